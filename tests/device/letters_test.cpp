// All letters of a small device, in states that a walk over them reaches.
#include "device/letters.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <set>

namespace lockstep::device {
namespace {

constexpr Shape SMALL{.kind = Kind::endpoint_with_ide, .sessions = 2, .streams = 1, .tdis = 2};

/// States that random walks over every letter meet, the initial one first.
std::vector<Control> some_states(const Shape& shape, std::size_t count) {
  const std::vector<Letter> all = letters(shape);
  std::mt19937_64 engine(1);
  std::vector<Control> states{Control{}};
  Control now;
  while (states.size() < count) {
    const Letter& any = all[engine() % all.size()];
    if (!possible(shape, now, any)) continue;
    const Letter letter = normalised(shape, now, any);
    const bool resets = std::holds_alternative<DeviceEvent>(letter.body);
    const Control next = step(shape, now, letter).after;
    if (resets && engine() % 100 != 0) continue;
    if (next != now) states.push_back(next);
    now = next;
  }
  return states;
}

/// The states of an everyday life, to which random walks rarely come.
std::vector<Control> everyday(const Shape& shape) {
  std::vector<Control> states;
  Control now;
  const auto take = [&](const Letter& letter) {
    const auto outcome = step(shape, now, normalised(shape, now, letter));
    ASSERT_EQ(outcome.answer.kind, Answer::Kind::response) << describe(letter) << " " << describe(shape, now);
    states.push_back(now = outcome.after);
  };
  const auto spdm = [](spdm::Letter l, Byte session = NONE) { return Letter{session, SpdmLetter{l}}; };
  take(spdm({.stimulus = spdm::Stimulus::GET_VERSION}));
  take(spdm({.stimulus = spdm::Stimulus::GET_CAPABILITIES, .spdm_version = 0x12}));
  take(spdm({.stimulus = spdm::Stimulus::NEGOTIATE_ALGORITHMS}));
  take(spdm({.stimulus = spdm::Stimulus::KEY_EXCHANGE}));
  take(spdm({.stimulus = spdm::Stimulus::FINISH}, 0));
  for (const auto stimulus : {ide_km::Stimulus::KEY_PROG, ide_km::Stimulus::K_SET_GO})
    for (const bool tx : {false, true})
      for (Byte sub_stream = 0; sub_stream < 3; ++sub_stream)
        take({0, IdeKmLetter{{.stimulus = stimulus, .slot = {false, tx, sub_stream}}, 0}});
  take({0, TdispLetter{{.stimulus = tdisp::Stimulus::LOCK_INTERFACE_REQUEST}, 0, 0}});
  take({0, TdispLetter{{.stimulus = tdisp::Stimulus::START_INTERFACE_REQUEST}, 0, NONE}});
  take(spdm({.stimulus = spdm::Stimulus::PSK_EXCHANGE}));
  take(spdm({.stimulus = spdm::Stimulus::PSK_FINISH}, 1));
  return states;
}

TEST(Letters, AreMeaningfulAndDistinct) {
  const std::vector<Letter> all = letters(SMALL);
  EXPECT_GT(all.size(), 1000U);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = i + 1; j < std::min(all.size(), i + 200); ++j) ASSERT_FALSE(all[i] == all[j]) << i << " " << j;
}

TEST(Letters, EveryOneHasAnAnswerInEveryStateAndLeavesTheMachinesConsistent) {
  std::vector<Control> states = some_states(SMALL, 150);
  for (const Control& state : everyday(SMALL)) states.push_back(state);
  const std::vector<Letter> all = letters(SMALL);
  std::size_t steps = 0;
  for (const Control& state : states)
    for (const Letter& any : all) {
      if (!possible(SMALL, state, any)) continue;
      const Letter letter = normalised(SMALL, state, any);
      ASSERT_TRUE(normalised(SMALL, state, letter) == letter) << describe(letter);
      const Options permitted = options(SMALL, state, letter);
      ASSERT_GT(permitted.size(), 0U);
      for (const Option& option : permitted) {
        const Control after = step(SMALL, state, letter, option.choice).after;
        ++steps;
        const auto where = [&] { return describe(letter) + " in " + describe(SMALL, state); };
        ASSERT_TRUE(spdm::consistent(after.connection)) << where();
        for (const auto& session : after.sessions) ASSERT_TRUE(spdm::consistent(session)) << where();
        for (const auto& stream : after.streams) ASSERT_TRUE(ide_km::consistent(stream)) << where();
        for (const auto& tdi : after.tdis) ASSERT_TRUE(tdisp::consistent(tdi)) << where();
      }
    }
  EXPECT_GT(steps, 100000U);
}

// What abstract() says of the state, said by hand here: keys, owner, free places.
TEST(Normalised, LockSaysWhatTheStreamIsToTheSession) {
  Control control;
  const Letter lock{1, TdispLetter{{.stimulus = tdisp::Stimulus::LOCK_INTERFACE_REQUEST}, 0, 0}};
  const auto defect = [&] { return std::get<TdispLetter>(normalised(SMALL, control, lock).body).letter.defect; };
  EXPECT_EQ(defect(), tdisp::Defect::stream_not_keyed);
  control.streams[0].programmed = ide_km::KEY_SET_K0;
  control.streams[0].owner = 0;
  EXPECT_EQ(defect(), tdisp::Defect::stream_keyed_elsewhere);
  control.streams[0].owner = 1;
  EXPECT_EQ(defect(), tdisp::Defect::none);
  control.streams[0].programmed = ide_km::KEY_SET_K0 & ~1;
  EXPECT_EQ(defect(), tdisp::Defect::stream_not_keyed);
  Shape rciep = SMALL;
  rciep.kind = Kind::root_complex_integrated;
  EXPECT_EQ(std::get<TdispLetter>(normalised(rciep, control, lock).body).letter.defect, tdisp::Defect::none);
}

TEST(Normalised, ASessionIsRefusedOnlyWhenNoPlaceIsFree) {
  Control control;
  const Letter exchange{NONE, SpdmLetter{{.stimulus = spdm::Stimulus::KEY_EXCHANGE}}};
  const auto made = [&] { return std::get<SpdmLetter>(normalised(SMALL, control, exchange).body); };
  EXPECT_EQ(made().created, 0);
  control.sessions[0].state = spdm::SessionState::ESTABLISHED;
  EXPECT_EQ(made().created, 1);
  control.sessions[1].state = spdm::SessionState::HANDSHAKING;
  EXPECT_EQ(made().created, NONE);
  EXPECT_EQ(made().letter.defect, spdm::Defect::session_limit);
}

}  // namespace
}  // namespace lockstep::device
