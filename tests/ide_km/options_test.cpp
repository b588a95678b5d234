// What a device may choose with an IDE stream, and what it must never choose; written by hand from the catalogue.
#include <gtest/gtest.h>

#include "everything.hpp"

namespace lockstep::ide_km {
namespace {

using enum Stimulus;

constexpr Slot RX_PR{}, RX_PR_K1{.k1 = true};
constexpr Answer ack(std::uint32_t object) { return Answer::response(AnswerProtocol::IDE_KM, object); }
constexpr Answer kp_ack(std::uint32_t status) { return Answer::error(AnswerProtocol::IDE_KM, status); }
constexpr Answer SPDM = Answer::error(AnswerProtocol::SPDM, 7);
constexpr Answer SILENCE = Answer::silent();
constexpr Answer KP_ACK = ack(3), GOSTOP_ACK = ack(6), QUERY_RESP = ack(1);
constexpr auto SECURE = StreamState::SECURE;
constexpr auto INSECURE = StreamState::INSECURE;

std::optional<Tag> permitted(const Stream& stream, const Letter& letter, const Answer& seen, StreamState state) {
  std::optional<Tag> best;
  for (const Option& option : options(stream, letter)) {
    const auto outcome = step(stream, letter, option.choice);
    if (outcome.answer.covers(seen) && outcome.after.state == state && (!best || option.tag < *best)) best = option.tag;
  }
  return best;
}

TEST(StreamOptions, what_failing_rules_forbid_is_never_permitted) {
  const Letter foreign{KEY_PROG, Defect::none, RX_PR_K1, THEIRS};
  EXPECT_FALSE(permitted(secure(), foreign, KP_ACK, SECURE)) << "keys from another session (STREAM-015)";
  EXPECT_FALSE(permitted(secure(), foreign, KP_ACK, INSECURE)) << "keys from another session (STREAM-015)";
  const Letter port{KEY_PROG, Defect::port_unsupported, RX_PR, OURS};
  EXPECT_FALSE(permitted({}, port, KP_ACK, INSECURE)) << "unknown port acknowledged (MSG-020)";
  const Letter sub_stream{KEY_PROG, Defect::sub_stream_invalid, RX_PR, OURS};
  EXPECT_FALSE(permitted({}, sub_stream, KP_ACK, INSECURE)) << "unknown sub-stream acknowledged (MSG-021)";

  std::vector<Slot> five = slots(false);
  five.erase(five.begin());
  const Stream lacks_a_key = after(after({}, KEY_PROG, five), K_SET_GO, five);
  for (Defect defect : {Defect::none, Defect::wrong_length, Defect::stream_unknown})
    EXPECT_FALSE(permitted(lacks_a_key, {K_SET_GO, defect, RX_PR, OURS}, GOSTOP_ACK, SECURE)) << "MSG-037";

  for (Stimulus stimulus : {CONVENTIONAL_RESET, CHECK_FAILED, STREAM_DISABLED, REGISTERS_CHANGED})
    EXPECT_FALSE(permitted(secure(), {stimulus}, {}, SECURE)) << name(stimulus) << " keeps the stream Secure";
  EXPECT_FALSE(
      permitted(after(programmed(), K_SET_GO, five), {K_SET_GO, Defect::none, RX_PR, OURS}, GOSTOP_ACK, INSECURE))
      << "six keys, six GO, enabled and still Insecure (STREAM-002)";
  EXPECT_FALSE(permitted(secure(), {K_SET_GO, Defect::none, RX_PR, OURS}, GOSTOP_ACK, INSECURE)) << "MSG-038";
  EXPECT_FALSE(permitted(secure(), {KEY_PROG, Defect::none, RX_PR_K1, OURS}, KP_ACK, INSECURE)) << "STREAM-004";
  EXPECT_FALSE(permitted({}, {QUERY, Defect::none, {}, OURS}, SILENCE, INSECURE)) << "QUERY must be answered";
}

TEST(StreamOptions, what_correct_devices_do_is_permitted) {
  using enum Tag;
  const auto expect = [](const Stream& stream, const Letter& letter, const Answer& seen, StreamState state, Tag tag) {
    EXPECT_EQ(permitted(stream, letter, seen, state), tag) << stream << " on " << letter;
  };
  for (const Answer& refusal : {SPDM, SILENCE}) {
    expect({}, {UNKNOWN_OBJECT, Defect::none, {}, OURS}, refusal, INSECURE, tolerated);
    expect(secure(), {KEY_PROG, Defect::none, RX_PR_K1, THEIRS}, refusal, SECURE, tolerated);
    expect({}, {K_SET_GO, Defect::none, RX_PR, OURS}, refusal, INSECURE, tolerated);
    expect(secure(), {K_SET_STOP, Defect::none, RX_PR, OURS}, refusal, SECURE, tolerated);  // P29: optional
    expect({}, {KEY_PROG, Defect::wrong_length, RX_PR, OURS}, refusal, INSECURE, unclear);
  }
  expect(secure(), {KEY_PROG, Defect::none, RX_PR_K1, THEIRS}, kp_ack(4), SECURE, tolerated);
  expect(secure(), {QUERY, Defect::none, {}, THEIRS}, QUERY_RESP, SECURE, unclear);
  expect({}, {K_SET_GO, Defect::none, RX_PR, OURS}, GOSTOP_ACK, INSECURE, tolerated);
  expect({}, {K_SET_GO, Defect::stream_unknown, RX_PR, OURS}, GOSTOP_ACK, INSECURE, tolerated);
  expect({}, {KEY_PROG, Defect::port_unsupported, RX_PR, OURS}, kp_ack(4), INSECURE, unclear);
  expect({}, {KEY_PROG, Defect::ifv_not_initial, RX_PR, OURS}, kp_ack(4), INSECURE, tolerated);
  expect({}, {KEY_PROG, Defect::ifv_not_initial, RX_PR, OURS}, KP_ACK, INSECURE, unclear);
  expect(secure(), {KEY_PROG, Defect::none, RX_PR, OURS}, kp_ack(3), SECURE, tolerated);
  expect(secure(), {KEY_PROG, Defect::none, RX_PR, OURS}, KP_ACK, SECURE, tolerated);  // MSG-026: or no effect
  for (const Slot slot : slots(false))  // STREAM-009: the last of six STOP makes it Insecure
    expect(secure(), {K_SET_STOP, Defect::none, slot, OURS}, GOSTOP_ACK, SECURE,
           slot == Slot{false, true, 2} ? unclear : tolerated);
  expect(secure(), {SESSION_ENDED}, {}, SECURE, tolerated);
  expect(secure(), {PCRC_FAILED}, {}, INSECURE, unclear);
  expect(secure(), {FUNCTION_LEVEL_RESET}, {}, SECURE, unclear);
  expect(secure(), {QUERY, Defect::none, {}, OURS}, QUERY_RESP, INSECURE, tolerated);
}

TEST(StreamOptions, a_stopped_key_may_be_kept_and_taken_into_use_again) {
  const Letter stop{K_SET_STOP, Defect::none, RX_PR, OURS};
  const Stream kept = step(secure(), stop, Choice::keeps_keys).after;
  EXPECT_EQ(kept.state, INSECURE);
  EXPECT_TRUE(kept.has_all_keys());
  EXPECT_EQ(step(kept, {K_SET_GO, Defect::none, RX_PR, OURS}).after.state, SECURE);
  EXPECT_FALSE(step(secure(), stop).after.has_all_keys());
}

TEST(StreamOptions, the_first_is_as_specified_and_the_only_expected_one) {
  for (const Stream& stream : {Stream{}, programmed(), secure(), programmed(secure(), true)})
    for (const Letter& letter : all_letters()) {
      const Options choices = options(stream, letter);
      EXPECT_EQ(choices[0].choice, Choice::as_specified);
      for (const Option& option : choices)
        EXPECT_EQ(option.tag == Tag::expected, option.choice == Choice::as_specified) << stream << " on " << letter;
    }
}

}  // namespace
}  // namespace lockstep::ide_km
