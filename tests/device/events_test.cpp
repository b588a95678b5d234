// Events by name: what scripts and sockets say, and what the machines understand.
#include "device/events.hpp"

#include <gtest/gtest.h>

#include <set>

namespace lockstep::device {
namespace {

TEST(Events, AreNamedAsTheMachinesNameThem) {
  struct Known {
    std::string_view name;
    Letter letter;
  };
  for (const auto& [name, letter] : {
           Known{"conventional-reset", {NONE, DeviceEvent::CONVENTIONAL_RESET}},
           Known{"function-0-reset", {NONE, DeviceEvent::FUNCTION_0_RESET}},
           Known{"function-level-reset",
                 {NONE, TdispLetter{{.stimulus = tdisp::Stimulus::FUNCTION_LEVEL_RESET}, 2, 0}}},
           Known{"config-write-tracked",
                 {NONE, TdispLetter{{.stimulus = tdisp::Stimulus::CONFIG_WRITE_TRACKED}, 2, 0}}},
           Known{"check-failed", {NONE, IdeKmLetter{{.stimulus = ide_km::Stimulus::CHECK_FAILED}, 2}}},
           Known{"heartbeat-expired", {2, SpdmLetter{{.stimulus = spdm::Stimulus::HEARTBEAT_EXPIRED}}}},
       }) {
    EXPECT_EQ(find_event(name, 2), letter) << name;
    const auto back = happening(letter);
    ASSERT_TRUE(back) << name;
    EXPECT_EQ(back->name, name);
    EXPECT_EQ(back->index, std::holds_alternative<DeviceEvent>(letter.body) ? 0 : 2);
  }
  EXPECT_FALSE(find_event("CONVENTIONAL_RESET", 0));
  EXPECT_FALSE(find_event("", 0));
}

TEST(Events, HaveNamesOfTheirOwnAndComeBack) {
  std::set<std::string> names;
  for (const Event& event : events()) {
    EXPECT_TRUE(names.insert(event.name).second) << event.name << " means two things";
    for (const Byte index : {Byte{0}, Byte{3}}) {
      const auto letter = find_event(event.name, index);
      ASSERT_TRUE(letter) << event.name;
      const auto back = happening(*letter);
      ASSERT_TRUE(back) << event.name;
      EXPECT_EQ(back->name, event.name);
      EXPECT_EQ(back->index, event.of == Event::Of::device ? 0 : index) << event.name;
    }
  }
}

TEST(Events, AreNeitherMessagesNorConsequences) {
  EXPECT_FALSE(happening({0, SpdmLetter{{.stimulus = spdm::Stimulus::GET_VERSION}}}));
  EXPECT_FALSE(happening({NONE, SpdmLetter{{.stimulus = spdm::Stimulus::RECORD_UNOPENED}}}));
  EXPECT_FALSE(happening({NONE, TdispLetter{{.stimulus = tdisp::Stimulus::STOP_INTERFACE_REQUEST}, 0, 0}}));
  EXPECT_FALSE(happening({NONE, TdispLetter{{.stimulus = tdisp::Stimulus::STREAM_INSECURE}, 0, 0}}));
  EXPECT_FALSE(happening({NONE, IdeKmLetter{{.stimulus = ide_km::Stimulus::SESSION_ENDED}, 0}}));
}

TEST(Events, NeedWhatTheyConcern) {
  const Shape shape{.streams = 1, .tdis = 2};
  Control control;
  control.sessions[1].state = spdm::SessionState::ESTABLISHED;
  const auto why = [&](std::string_view name, Byte index) {
    return impossible(shape, control, *find_event(name, index)).value_or("");
  };
  EXPECT_EQ(why("security-lost", 1), "");
  EXPECT_EQ(why("security-lost", 2), "there is no TDI 2");
  EXPECT_EQ(why("iv-exhausted", 0), "");
  EXPECT_EQ(why("iv-exhausted", 1), "there is no IDE stream 1");
  EXPECT_EQ(why("session-dropped", 1), "");
  EXPECT_EQ(why("session-dropped", 0), "there is no session 0");
  EXPECT_EQ(why("session-dropped", 200), "there is no session 200");
  EXPECT_EQ(why("conventional-reset", 9), "");
}

}  // namespace
}  // namespace lockstep::device
