// Actions are written so that they can be read back, with everything that a step of a case can do.
#include "runner/action.hpp"

#include <gtest/gtest.h>

#include <set>

namespace lockstep::runner {
namespace {

/// The letter of a step over session 1, as the driver makes it.
device::Letter letter_of(const cases::Step& step) {
  device::Letter letter{step.via == cases::Via::clear ? device::NONE : Byte{1}, {}};
  if (const auto* l = std::get_if<spdm::Letter>(&step.letter)) letter.body = device::SpdmLetter{*l};
  if (const auto* l = std::get_if<tdisp::Letter>(&step.letter))
    letter.body = device::TdispLetter{*l, step.tdi, step.stream};
  if (const auto* l = std::get_if<ide_km::Letter>(&step.letter)) {
    letter.body = device::IdeKmLetter{*l, step.stream};
    if (l->stimulus < ide_km::FIRST_OUT_OF_BAND)
      std::get<device::IdeKmLetter>(letter.body).letter.session = letter.session;
    else
      letter.session = device::NONE;
  }
  if (const auto* event = std::get_if<device::DeviceEvent>(&step.letter)) letter = {device::NONE, *event};
  return letter;
}

TEST(ActionText, EveryStepOfEveryCaseComesBack) {
  std::size_t steps = 0;
  for (const cases::Case& test : cases::all_cases())
    for (const cases::Step& step : test.steps) {
      const std::string written = text(Action::of(letter_of(step), &step));
      const auto again = parse_action(written);
      ASSERT_TRUE(again) << test.id << ": " << written << ": " << again.error();
      ASSERT_EQ(text(*again), written) << test.id;
      ASSERT_EQ(again->letter, letter_of(step)) << test.id << ": " << written;
      ASSERT_EQ(text(Action::of(letter_of(again->step()), nullptr)), text(Action{letter_of(step)})) << test.id;
      ++steps;
    }
  EXPECT_GT(steps, 200u);
}

TEST(ActionText, HoldsEditsAndRecords) {
  using cases::Edit;
  cases::Step step{.letter = tdisp::Letter{.stimulus = tdisp::Stimulus::LOCK_INTERFACE_REQUEST}};
  step.edits = {{Edit::How::flip, "FLAGS", 15},
                {Edit::How::add, "a: b;%", ~std::uint64_t{0}},
                {Edit::How::cut, "", 4},
                {Edit::How::session, "b", 0},
                {Edit::How::mutate, "flags/bit-15", 0}};
  step.record = cases::Record::of_other_session;
  step.same_meaning = step.may_refuse = step.then_reuse = true;
  const std::string written = text(Action::of(letter_of(step), &step));
  EXPECT_EQ(written,
            "tdisp:LOCK_INTERFACE_REQUEST tdi=0 session=1 record=of_other_session edit=flip:FLAGS:15 "
            "edit=add:a:%20b%3B%25:18446744073709551615 edit=cut:4 edit=session:b edit=mutate:flags/bit-15 "
            "same_meaning may_refuse "
            "then_reuse");
  const auto again = parse_action(written);
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(text(*again), written);
  EXPECT_EQ(again->edits[1].field, "a: b;%");
  EXPECT_TRUE(again->step().then_reuse);
}

TEST(ActionText, MistakesNameTheWord) {
  const auto why = [](std::string_view words) {
    const auto action = parse_action(words);
    return action ? "read as " + text(*action) : action.error();
  };
  EXPECT_NE(why("spdm:HEARTBEAT session=0 record=fliped").find("expected one of sound, flipped"), std::string::npos);
  for (const char* bad : {"edit=flip", "edit=flop:FLAGS:1", "edit=flip:FLAGS", "edit=set:FLAGS:x",
                          "edit=cut:", "edit=set::1", "edit=session:", "edit=cut:99999999999999999999"})
    EXPECT_NE(why(std::string("spdm:HEARTBEAT ") + bad).find(std::string(bad) + ": expected HOW"), std::string::npos)
        << why(std::string("spdm:HEARTBEAT ") + bad);
  EXPECT_EQ(why("spdm:HEARTBEAT sesion=0"), "'sesion=0' is no part of this action");
}

TEST(ActionRecording, KeepsWhatWasPutOffOrCameInPartsOnce) {
  Recording recording;
  recording.add({"spdm:GET_VERSION", "VERSION"});
  recording.add({"tdisp:LOCK_INTERFACE_REQUEST tdi=0", "TDISP_ERROR BUSY", true});
  recording.add({"tdisp:LOCK_INTERFACE_REQUEST tdi=0", "LOCK_INTERFACE_RESPONSE"});
  recording.add({"tdisp:LOCK_INTERFACE_REQUEST tdi=0", "TDISP_ERROR INVALID_INTERFACE_STATE"});
  recording.add({"spdm:CHALLENGE", "ERROR ResponseNotReady", true});
  recording.add({"spdm:RESPOND_IF_READY", "CHALLENGE_AUTH"});
  recording.add({"", "of the step before"});
  ASSERT_EQ(recording.done().size(), 4u);
  EXPECT_EQ(recording.done()[1].answer, "LOCK_INTERFACE_RESPONSE");
  EXPECT_EQ(recording.done()[2].answer, "TDISP_ERROR INVALID_INTERFACE_STATE");
  EXPECT_EQ(recording.done()[3].action, "spdm:CHALLENGE");
  EXPECT_EQ(recording.done()[3].answer, "CHALLENGE_AUTH");
  recording.add({"spdm:GET_CERTIFICATE", "ERROR LargeResponse"});
  recording.add({"spdm:CHUNK_GET", "CHUNK_RESPONSE"});
  recording.add({"spdm:CHUNK_GET", "CHUNK_RESPONSE"});
  recording.add({"spdm:GET_CERTIFICATE", "CERTIFICATE"});
  recording.add({"spdm:CHUNK_GET", "ERROR UnexpectedRequest"});
  ASSERT_EQ(recording.done().size(), 7u);
  EXPECT_EQ(recording.done()[4].answer, "CHUNK_RESPONSE");
  EXPECT_EQ(recording.done()[6].action, "spdm:CHUNK_GET");
  recording.connects();
  EXPECT_TRUE(recording.done().empty());
}

}  // namespace
}  // namespace lockstep::runner
