// The IDE stream machine against what public descriptions of PCIe Base 6.x 6.33 say of each event.
#include <gtest/gtest.h>

#include <set>

#include "everything.hpp"

namespace lockstep::ide_km {
namespace {

using enum Stimulus;

constexpr Slot RX_PR{}, TX_PR{.tx = true}, RX_PR_K1{.k1 = true}, TX_PR_K1{.k1 = true, .tx = true};

/// "ack/S": the response and Secure; "2/I": KP_ACK status 2 and Insecure; "spdm/I": SPDM ERROR and Insecure.
std::string summary(const Outcome<Stream>& outcome) {
  const Answer& answer = outcome.answer;
  std::string text = "-";
  if (answer.kind == Answer::Kind::response) text = "ack";
  if (answer.kind == Answer::Kind::error)
    text = answer.protocol == AnswerProtocol::SPDM ? "spdm" : std::to_string(answer.code);
  return text + (outcome.after.state == StreamState::SECURE ? "/S" : "/I");
}

struct Line {
  Letter letter;
  const char* fresh;   ///< no keys
  const char* keyed;   ///< K0 programmed over our session, no K_SET_GO yet
  const char* secure;  ///< K0 active
};

// clang-format off
const Line LINES[] = {
  //  stimulus       defect                      slot      session           no keys   K0 programmed  K0 active
    {{QUERY,          Defect::none,               {},       OURS},            "ack/I",  "ack/I",       "ack/S"},
    {{QUERY,          Defect::port_unsupported,   {},       OURS},            "spdm/I", "spdm/I",      "spdm/S"},
    {{QUERY,          Defect::none,               {},       THEIRS},          "ack/I",  "spdm/I",      "spdm/S"},
    {{KEY_PROG,       Defect::none,               RX_PR,    OURS},            "ack/I",  "ack/I",       "4/S"},
    {{KEY_PROG,       Defect::none,               RX_PR_K1, OURS},            "ack/I",  "ack/I",       "ack/S"},
    {{KEY_PROG,       Defect::none,               RX_PR_K1, THEIRS},          "ack/I",  "spdm/I",      "spdm/S"},
    {{KEY_PROG,       Defect::wrong_length,       RX_PR,    OURS},            "1/I",    "1/I",         "1/S"},
    {{KEY_PROG,       Defect::port_unsupported,   RX_PR,    OURS},            "2/I",    "2/I",         "2/S"},
    {{KEY_PROG,       Defect::sub_stream_invalid, RX_PR,    OURS},            "3/I",    "3/I",         "3/S"},
    {{KEY_PROG,       Defect::ifv_not_initial,    RX_PR,    OURS},            "3/I",    "3/I",         "3/S"},
    {{KEY_PROG,       Defect::stream_unknown,     RX_PR,    OURS},            "3/I",    "3/I",         "3/S"},
    {{K_SET_GO,       Defect::none,               RX_PR,    OURS},            "spdm/I", "ack/I",       "ack/S"},
    {{K_SET_GO,       Defect::none,               RX_PR_K1, OURS},            "spdm/I", "spdm/I",      "spdm/S"},
    {{K_SET_GO,       Defect::none,               RX_PR,    THEIRS},          "spdm/I", "spdm/I",      "spdm/S"},
    {{K_SET_GO,       Defect::wrong_length,       RX_PR,    OURS},            "spdm/I", "spdm/I",      "spdm/S"},
    {{K_SET_STOP,     Defect::none,               RX_PR,    OURS},            "ack/I",  "ack/I",       "ack/I"},
    {{K_SET_STOP,     Defect::none,               RX_PR_K1, OURS},            "ack/I",  "ack/I",       "ack/S"},
    {{K_SET_STOP,     Defect::stream_unknown,     RX_PR,    OURS},            "spdm/I", "spdm/I",      "spdm/S"},
    {{UNKNOWN_OBJECT, Defect::none,               {},       OURS},            "spdm/I", "spdm/I",      "spdm/S"},
    {{CONVENTIONAL_RESET},                                                    "-/I",    "-/I",         "-/I"},
    {{FUNCTION_LEVEL_RESET},                                                  "-/I",    "-/I",         "-/I"},
    {{SESSION_ENDED},                                                         "-/I",    "-/I",         "-/I"},
    {{CHECK_FAILED},                                                          "-/I",    "-/I",         "-/I"},
    {{PCRC_FAILED},                                                           "-/I",    "-/I",         "-/S"},
    {{MISROUTED_TLP},                                                         "-/I",    "-/I",         "-/S"},
    {{IV_EXHAUSTED},                                                          "-/I",    "-/I",         "-/I"},
    {{STREAM_ENABLED},                                                        "-/I",    "-/I",         "-/S"},
    {{STREAM_DISABLED},                                                       "-/I",    "-/I",         "-/I"},
    {{REGISTERS_CHANGED},                                                     "-/I",    "-/I",         "-/I"},
    {{LINK_DOWN},                                                             "-/I",    "-/I",         "-/I"},
    {{FIRST_TLP_OF_NEW_KEY_SET, Defect::none,     RX_PR_K1},                  "-/I",    "-/I",         "-/S"},
};
// clang-format on

TEST(Stream, follows_the_table_by_hand) {
  for (const Line& line : LINES) {
    EXPECT_EQ(summary(step({}, line.letter)), line.fresh) << "no keys, " << line.letter;
    EXPECT_EQ(summary(step(programmed(), line.letter)), line.keyed) << "K0 programmed, " << line.letter;
    EXPECT_EQ(summary(step(secure(), line.letter)), line.secure) << "K0 active, " << line.letter;
  }
}

TEST(Stream, the_table_by_hand_names_every_stimulus) {
  std::set<Stimulus> named;
  for (const Line& line : LINES) named.insert(line.letter.stimulus);
  EXPECT_EQ(named.size(), STIMULI);
}

TEST(Stream, six_keys_and_six_go_and_enable_make_it_secure_and_nothing_less) {
  for (Slot missing : slots(false)) {
    std::vector<Slot> five = slots(false);
    std::erase(five, missing);
    EXPECT_EQ(after(programmed(), K_SET_GO, five).state, StreamState::INSECURE);
    EXPECT_EQ(after(after({}, KEY_PROG, five), K_SET_GO, slots(false)).state, StreamState::INSECURE);
  }
  EXPECT_EQ(secure().state, StreamState::SECURE);
  Stream disabled;
  disabled.enabled = false;
  const Stream waiting = after(programmed(disabled), K_SET_GO, slots(false));
  EXPECT_EQ(waiting.state, StreamState::INSECURE);
  EXPECT_EQ(step(waiting, {STREAM_ENABLED}).after.state, StreamState::SECURE);
}

TEST(Stream, keys_of_both_sets_mixed_never_make_it_secure) {
  Stream stream = programmed(programmed(), true);
  for (Byte sub_stream = 0; sub_stream < 3; ++sub_stream)
    for (bool tx : {false, true})
      stream = step(stream, {.stimulus = K_SET_GO, .slot = {tx, tx, sub_stream}, .session = OURS}).after;
  EXPECT_EQ(stream.state, StreamState::INSECURE);
}

TEST(Stream, refresh_keeps_it_secure_at_every_step_and_retires_the_old_keys) {
  Stream stream = secure();
  for (bool k1 : {true, false, true}) {
    for (Slot slot : slots(k1)) {
      stream = step(stream, {.stimulus = KEY_PROG, .slot = slot, .session = OURS}).after;
      EXPECT_EQ(stream.state, StreamState::SECURE);
    }
    for (Slot slot : slots(k1)) {  // all Rx, then all Tx
      stream = step(stream, {.stimulus = K_SET_GO, .slot = slot, .session = OURS}).after;
      EXPECT_EQ(stream.state, StreamState::SECURE);
    }
    for (Byte sub_stream = 0; sub_stream < 3; ++sub_stream)
      stream = step(stream, {.stimulus = FIRST_TLP_OF_NEW_KEY_SET, .slot = {k1, false, sub_stream}}).after;
    EXPECT_EQ(stream.active, k1 ? KEY_SET_K1 : KEY_SET_K0);
    EXPECT_EQ(stream.programmed, stream.active);
  }
}

TEST(Stream, refresh_works_without_any_traffic_in_between) {
  Stream stream = secure();
  for (bool k1 : {true, false, true}) {
    for (Stimulus stimulus : {KEY_PROG, K_SET_GO})
      for (Slot slot : slots(k1)) {
        const auto outcome = step(stream, {.stimulus = stimulus, .slot = slot, .session = OURS});
        EXPECT_EQ(summary(outcome), "ack/S") << stream;
        stream = outcome.after;
      }
  }
}

TEST(Stream, a_receiver_accepts_both_keys_until_it_sees_the_new_one) {
  Stream stream = after(programmed(secure(), true), K_SET_GO, {RX_PR_K1});
  EXPECT_EQ(stream.active & (RX_PR.mask() | RX_PR_K1.mask()), RX_PR.mask() | RX_PR_K1.mask());
  stream = step(stream, {.stimulus = FIRST_TLP_OF_NEW_KEY_SET, .slot = RX_PR_K1}).after;
  EXPECT_EQ(stream.active & (RX_PR.mask() | RX_PR_K1.mask()), RX_PR_K1.mask());
}

TEST(Stream, a_transmitter_is_done_with_the_old_key_at_once) {
  const Stream stream = after(programmed(secure(), true), K_SET_GO, {TX_PR_K1});
  EXPECT_EQ(stream.active & (TX_PR.mask() | TX_PR_K1.mask()), TX_PR_K1.mask());
}

TEST(Stream, insecure_erases_all_keys_and_their_owner) {
  for (Stimulus stimulus : {CONVENTIONAL_RESET, FUNCTION_LEVEL_RESET, SESSION_ENDED, CHECK_FAILED, IV_EXHAUSTED,
                            STREAM_DISABLED, REGISTERS_CHANGED, LINK_DOWN}) {
    const Stream stream = step(secure(), {stimulus}).after;
    EXPECT_EQ(stream.programmed, 0) << name(stimulus);
    EXPECT_EQ(stream.owner, NO_OWNER) << name(stimulus);
  }
}

TEST(Stream, another_session_can_key_it_after_the_owner_has_ended) {
  const Stream stream = step(secure(), {SESSION_ENDED}).after;
  const auto outcome = step(stream, {.stimulus = KEY_PROG, .session = THEIRS});
  EXPECT_EQ(summary(outcome), "ack/I");
  EXPECT_EQ(outcome.after.owner, THEIRS);
}

TEST(Stream, an_orphaned_stream_is_torn_down_by_the_next_session) {
  const Stream orphan = step(secure(), {SESSION_ENDED}, Choice::no_effect).after;
  EXPECT_EQ(orphan.state, StreamState::SECURE);
  EXPECT_EQ(summary(step(orphan, {.stimulus = QUERY, .session = THEIRS})), "ack/I");
  const auto keyed = step(orphan, {.stimulus = KEY_PROG, .slot = TX_PR, .session = THEIRS});
  EXPECT_EQ(summary(keyed), "ack/I");
  EXPECT_EQ(keyed.after.programmed, TX_PR.mask());
  EXPECT_EQ(summary(step(orphan, {.stimulus = K_SET_STOP, .session = THEIRS})), "spdm/S");
}

TEST(Stream, keying_as_a_lock_request_sees_it) {
  EXPECT_EQ(keying({}, OURS), Keying::none);
  EXPECT_EQ(keying(after({}, KEY_PROG, {RX_PR}), OURS), Keying::partly);
  EXPECT_EQ(keying(programmed(), OURS), Keying::by_this_session);
  EXPECT_EQ(keying(secure(), OURS), Keying::by_this_session);
  EXPECT_EQ(keying(secure(), THEIRS), Keying::by_another_session);
}

TEST(Stream, tables_as_text_name_states_and_rules) {
  const std::string markdown = as_markdown(state_table());
  EXPECT_NE(markdown.find("| IDE-STREAM-002 | INSECURE | K_SET_GO | CompletesKeySet | SECURE | Activate |"),
            std::string::npos);
  EXPECT_NE(markdown.find("| IDE-MSG-020 | any | KEY_PROG | port_unsupported | KP_ACK UNSUPPORTED_PORT_INDEX |"),
            std::string::npos);
}

}  // namespace
}  // namespace lockstep::ide_km
