#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "machine_letters.hpp"

namespace lockstep::spdm {
namespace {

using enum Stimulus;
using enum SessionState;

const auto letters = all_letters();
const auto sessions = all_sessions();

Session handshake(Letter opening = {.stimulus = KEY_EXCHANGE}, Byte version = 0x12) {
  return step(Session{.spdm_version = version}, opening).after;
}
Session application(Byte version = 0x12) {
  return step(handshake({.stimulus = KEY_EXCHANGE, .heartbeat = true}, version), {.stimulus = FINISH}).after;
}
std::uint32_t error_of(const Session& s, const Letter& l) {
  const Answer answer = step(s, l).answer;
  return answer.kind == Answer::Kind::error ? answer.code : 0;
}
std::string text(const Session& s, const Letter& l) {
  return std::string(name(s.state)) + (s.psk ? ", PSK" : "") + (s.encapsulated_open ? ", flow open" : "") + ": " +
         text(l);
}

TEST(SessionMachine, AnswersEveryLetterExactlyOnce) {
  ASSERT_GT(letters.size(), 200u);
  ASSERT_GT(sessions.size(), 1000u);
  std::set<std::string_view> cited;
  for (const Session& s : sessions)
    for (const Letter& l : letters) {
      const Answering a = answering(s, l);
      ASSERT_EQ(a.rows + (a.refusal ? 1 : 0), 1u) << text(s, l);
      const auto outcome = step(s, l);
      ASSERT_TRUE(outcome.rule) << text(s, l);
      ASSERT_TRUE(consistent(outcome.after)) << text(s, l);
      ASSERT_EQ(outcome.answer.kind == Answer::Kind::none, l.stimulus > RECORD_UNOPENED) << text(s, l);
      cited.insert(outcome.rule.id());
    }
  for (const auto& row : session_table().rows) EXPECT_TRUE(cited.contains(row.rule)) << row.rule << " is never used";
  for (const auto& refusal : session_table().refusals)
    EXPECT_TRUE(cited.contains(refusal.rule)) << refusal.rule << " is never used";
}

// A refusal leaves the session as it was, or ends it where the specification says so.
TEST(SessionMachine, RefusalsChangeNothingOrEndTheSession) {
  for (const Session& s : sessions)
    for (const Letter& l : letters) {
      const auto outcome = step(s, l);
      if (!outcome.answer.is_refusal()) continue;
      Session expected = s;
      if (s.not_ready && l.stimulus == RESPOND_IF_READY && l.defect == Defect::none)
        expected.not_ready = false, expected.owed = {};
      const bool fatal = l.defect == Defect::bad_verify_data || l.defect == Defect::bad_signature;
      if (l.stimulus == RECORD_UNOPENED || fatal) {
        ASSERT_TRUE(outcome.after == s || outcome.after == Session{}) << text(s, l);
      } else {
        ASSERT_EQ(outcome.after, expected) << text(s, l);
      }
    }
}

// DSP0274, "message validity", columns of sessions; written from the text, not from the tables. '?' is left open.
struct InSession {
  bool handshake;
  bool application;
};
const std::map<Stimulus, InSession> INSIDE{{GET_VERSION, {false, false}},
                                           {GET_CAPABILITIES, {false, false}},
                                           {NEGOTIATE_ALGORITHMS, {false, false}},
                                           {GET_DIGESTS, {false, true}},
                                           {GET_CERTIFICATE, {false, true}},
                                           {CHALLENGE, {false, false}},
                                           {GET_MEASUREMENTS, {false, true}},
                                           {GET_MEASUREMENT_EXTENSION_LOG, {false, true}},
                                           {GET_ENDPOINT_INFO, {false, true}},
                                           {KEY_EXCHANGE, {false, false}},
                                           {PSK_EXCHANGE, {false, false}},
                                           {FINISH, {true, false}},
                                           {PSK_FINISH, {true, false}},
                                           {HEARTBEAT, {false, true}},
                                           {KEY_UPDATE_UpdateKey, {false, true}},
                                           {KEY_UPDATE_UpdateAllKeys, {false, true}},
                                           {KEY_UPDATE_VerifyNewKey, {false, true}},
                                           {KEY_UPDATE_undefined, {false, false}},
                                           {END_SESSION, {false, true}},
                                           {GET_CSR, {false, true}},
                                           {SET_CERTIFICATE, {false, true}},
                                           {GET_KEY_PAIR_INFO, {false, true}},
                                           {SET_KEY_PAIR_INFO, {false, true}},
                                           {SLOT_MANAGEMENT, {false, true}},
                                           {GET_SUPPORTED_EVENT_TYPES, {false, true}},
                                           {SUBSCRIBE_EVENT_TYPES, {false, true}},
                                           {SEND_EVENT, {false, true}},
                                           {CHUNK_SEND, {true, true}},
                                           {CHUNK_GET, {true, true}},
                                           {VENDOR_DEFINED_REQUEST, {false, true}},
                                           {UNKNOWN_REQUEST, {false, false}}};

TEST(SessionMachine, ServesWhatTheSpecificationPutsInsideSessions) {
  for (const auto& [stimulus, where] : INSIDE)
    for (const Byte version : {Byte{0x11}, Byte{0x12}, Byte{0x13}, Byte{0x14}}) {
      const Letter l{.stimulus = stimulus};
      const Session h = handshake({.stimulus = stimulus == PSK_FINISH ? PSK_EXCHANGE : KEY_EXCHANGE}, version);
      ASSERT_EQ(h.state, HANDSHAKING);
      EXPECT_EQ(is_response(step(h, l).answer, stimulus), where.handshake && exists(stimulus, version)) << text(h, l);
      Session a = application(version);
      ASSERT_EQ(a.state, ESTABLISHED);
      if (stimulus == KEY_UPDATE_VerifyNewKey) a = step(a, {.stimulus = KEY_UPDATE_UpdateKey}).after;
      const bool too_old = version == 0x11 && (stimulus == GET_DIGESTS || stimulus == GET_CERTIFICATE);
      EXPECT_EQ(is_response(step(a, l).answer, stimulus), where.application && exists(stimulus, version) && !too_old)
          << text(a, l);
      if (exists(stimulus, version) && stimulus != UNKNOWN_REQUEST) {
        if (!where.handshake) {
          EXPECT_EQ(error_of(h, l), 0x04u) << text(h, l);
        }
        if (stimulus != KEY_UPDATE_undefined && (!where.application || too_old)) {
          EXPECT_EQ(error_of(a, l), 0x04u) << text(a, l);
        }
      }
      EXPECT_EQ(error_of(a, {.stimulus = KEY_UPDATE_undefined}), 0x01u);
    }
}

TEST(SessionMachine, GoesTheWayOfKeyExchange) {
  Session s = step(Session{}, {.stimulus = KEY_EXCHANGE, .handshake_in_the_clear = true, .heartbeat = true}).after;
  EXPECT_EQ(s, (Session{.state = HANDSHAKING, .in_the_clear = true, .heartbeat = true}));
  EXPECT_EQ(error_of(s, {.stimulus = KEY_EXCHANGE}), 0x04u);
  s = step(s, {.stimulus = FINISH}).after;
  EXPECT_EQ(s.state, ESTABLISHED);
  EXPECT_TRUE(is_response(step(s, {.stimulus = HEARTBEAT}).answer, HEARTBEAT));
  EXPECT_EQ(step(s, {.stimulus = END_SESSION}).after, Session{});
}

TEST(SessionMachine, GoesTheWaysOfPsk) {
  EXPECT_EQ(step(Session{}, {.stimulus = PSK_EXCHANGE, .psk_without_context = true}).after,
            (Session{.state = ESTABLISHED, .psk = true}));
  Session s = step(Session{}, {.stimulus = PSK_EXCHANGE}).after;
  EXPECT_EQ(s, (Session{.state = HANDSHAKING, .psk = true}));
  EXPECT_FALSE(served(step(s, {.stimulus = FINISH}).answer));
  s = step(s, {.stimulus = PSK_FINISH}).after;
  EXPECT_EQ(s, (Session{.state = ESTABLISHED, .psk = true}));
}

TEST(SessionMachine, AsksForMutualAuthenticationBeforeFinish) {
  EXPECT_EQ(step(handshake({.stimulus = KEY_EXCHANGE, .mut_auth = MutAuth::no_encapsulation}), {.stimulus = FINISH})
                .after.state,
            ESTABLISHED);
  Session s = handshake({.stimulus = KEY_EXCHANGE, .mut_auth = MutAuth::encapsulated});
  EXPECT_FALSE(served(step(s, {.stimulus = FINISH}).answer));
  EXPECT_FALSE(served(step(s, {.stimulus = DELIVER_ENCAPSULATED_RESPONSE}).answer)) << "no request was fetched";
  s = step(s, {.stimulus = GET_ENCAPSULATED_REQUEST}).after;
  EXPECT_FALSE(served(step(s, {.stimulus = FINISH}).answer));
  s = step(s, {.stimulus = DELIVER_ENCAPSULATED_RESPONSE}).after;
  EXPECT_FALSE(served(step(s, {.stimulus = FINISH}).answer));
  s = step(s, {.stimulus = DELIVER_ENCAPSULATED_RESPONSE, .encapsulated_last = true}).after;
  EXPECT_FALSE(served(step(s, {.stimulus = GET_ENCAPSULATED_REQUEST}).answer));
  EXPECT_EQ(step(s, {.stimulus = FINISH}).after.state, ESTABLISHED);

  // Bit 2: KEY_EXCHANGE_RSP stands for the first request, so DELIVER comes at once; asking for it does no harm.
  s = handshake({.stimulus = KEY_EXCHANGE, .mut_auth = MutAuth::implicit_get_digests});
  EXPECT_TRUE(served(step(s, {.stimulus = GET_ENCAPSULATED_REQUEST}).answer));
  EXPECT_TRUE(served(step(s, {.stimulus = DELIVER_ENCAPSULATED_RESPONSE}).answer));
  s = step(s, {.stimulus = DELIVER_ENCAPSULATED_RESPONSE, .encapsulated_last = true}).after;
  EXPECT_EQ(step(s, {.stimulus = FINISH}).after.state, ESTABLISHED);
}

TEST(SessionMachine, EndsOnWrongVerifyData) {
  const Session s = handshake();
  for (const Defect defect : {Defect::bad_verify_data, Defect::bad_signature}) {
    EXPECT_EQ(error_of(s, {.stimulus = FINISH, .defect = defect}), 0x06u);  // DecryptError
    EXPECT_EQ(step(s, {.stimulus = FINISH, .defect = defect}).after, Session{});
    // Whatever it answers: only a device that was too busy to look keeps the session.
    for (const Option& o : options(s, {.stimulus = FINISH, .defect = defect}))
      EXPECT_TRUE(o.choice == Choice::busy ||
                  step(s, {.stimulus = FINISH, .defect = defect}, o.choice).after == Session{})
          << name(o.choice);
  }
  const Session psk = handshake({.stimulus = PSK_EXCHANGE});
  const Letter wrong{.stimulus = PSK_FINISH, .defect = Defect::bad_verify_data};
  EXPECT_EQ(error_of(psk, wrong), 0x01u);  // InvalidRequest, as the text of PSK_FINISH says
  EXPECT_EQ(tag_of(psk, wrong, Choice::other_code), Tag::tolerated);
  EXPECT_EQ(step(psk, wrong, Choice::other_code).after, Session{});
  EXPECT_EQ(tag_of(psk, wrong, Choice::refuse), Tag::unclear);
  EXPECT_EQ(step(psk, wrong, Choice::refuse).after, psk);
}

TEST(SessionMachine, UpdatesKeysOneAtATime) {
  for (const auto& [request_stimulus, update] :
       {std::pair{KEY_UPDATE_UpdateKey, KeyUpdate::requester_key}, {KEY_UPDATE_UpdateAllKeys, KeyUpdate::all_keys}}) {
    Session s = application();
    EXPECT_EQ(error_of(s, {.stimulus = KEY_UPDATE_VerifyNewKey}), 0x01u);
    s = step(s, {.stimulus = request_stimulus}).after;
    EXPECT_EQ(s.key_update, update);
    EXPECT_EQ(error_of(s, {.stimulus = KEY_UPDATE_UpdateKey}), 0x01u);
    EXPECT_EQ(error_of(s, {.stimulus = KEY_UPDATE_UpdateAllKeys}), 0x01u);
    s = step(s, {.stimulus = KEY_UPDATE_VerifyNewKey}).after;
    EXPECT_EQ(s, application());
  }
}

TEST(SessionMachine, EveryEndIsNone) {
  const Session h = handshake(), a = application();
  for (const Stimulus end : {RECORD_UNOPENED, CONVENTIONAL_RESET, SESSION_DROPPED, FIRMWARE_UPDATED}) {
    EXPECT_EQ(step(h, {.stimulus = end}).after, Session{}) << name(end);
    EXPECT_EQ(step(a, {.stimulus = end}).after, Session{}) << name(end);
  }
  EXPECT_EQ(step(a, {.stimulus = HEARTBEAT_EXPIRED}).after, Session{});
  const Session silent = step(handshake(), {.stimulus = FINISH}).after;
  EXPECT_EQ(step(silent, {.stimulus = HEARTBEAT_EXPIRED}).after, silent) << "HeartbeatPeriod 0";
  // TerminationPolicy exists from 1.2: with it, and before it, the device decides.
  for (const Session& kept : {handshake({.stimulus = KEY_EXCHANGE, .termination_policy = true}),
                              handshake({.stimulus = KEY_EXCHANGE}, 0x11)}) {
    EXPECT_EQ(step(kept, {.stimulus = FIRMWARE_UPDATED}).after, kept);
    EXPECT_EQ(step(kept, {.stimulus = FIRMWARE_UPDATED}, Choice::forgets).after, Session{});
    EXPECT_EQ(tag_of(kept, {.stimulus = FIRMWARE_UPDATED}, Choice::forgets), Tag::tolerated);
  }
  EXPECT_FALSE(tag_of(a, {.stimulus = FIRMWARE_UPDATED}, Choice::forgets));
}

TEST(SessionMachine, ADeadSessionIsSilent) {
  const Session dead;
  for (const Letter& l : letters) {
    if (l.stimulus > RECORD_UNOPENED ||
        (l.defect == Defect::none && (l.stimulus == KEY_EXCHANGE || l.stimulus == PSK_EXCHANGE)))
      continue;
    EXPECT_EQ(step(dead, l).answer, Answer::silent()) << text(l);
    for (const Option& o : options(dead, l)) {
      EXPECT_TRUE(step(dead, l, o.choice).answer.is_refusal()) << text(l);
      EXPECT_EQ(step(dead, l, o.choice).after, dead) << text(l);
    }
  }
}

TEST(SessionMachine, OwesTheResponseThatWasNotReady) {
  auto outcome = step(handshake(), {.stimulus = FINISH}, Choice::not_ready);
  EXPECT_EQ(outcome.after.state, HANDSHAKING);
  outcome = step(outcome.after, {.stimulus = RESPOND_IF_READY});
  EXPECT_TRUE(is_response(outcome.answer, FINISH));
  EXPECT_EQ(outcome.after, step(handshake(), {.stimulus = FINISH}).after);
}

// What no option may ever do.
TEST(SessionMachine, PermitsNoneOfTheWorstCases) {
  for (const Session& s : sessions)
    for (const Letter& l : letters) {
      for (const Option& o : options(s, l)) {
        ASSERT_TRUE(o.rule) << text(s, l);
        ASSERT_EQ(o.choice == Choice::as_specified, o.tag == Tag::expected) << text(s, l);
        const auto outcome = step(s, l, o.choice);
        if (o.choice == Choice::serve || o.choice == Choice::discard) {
          ASSERT_EQ(served(outcome.answer), o.choice == Choice::serve) << text(s, l);
        }
        const Session& after = outcome.after;
        ASSERT_TRUE(consistent(after)) << text(s, l) << name(o.choice);
        // Only a response opens or establishes a session.
        if (after.state > s.state) {
          ASSERT_TRUE(served(outcome.answer)) << text(s, l);
        }
        if (after.state == ESTABLISHED && s.state == NONE) {
          ASSERT_TRUE(is_response(outcome.answer, PSK_EXCHANGE) && l.psk_without_context);
        }
        if (after.state == ESTABLISHED && s.state == HANDSHAKING) {
          ASSERT_TRUE(is_response(outcome.answer, s.psk ? PSK_FINISH : FINISH)) << text(s, l);  // CVE-2023-31127
          ASSERT_TRUE(!wants_encapsulated_flow(s.mut_auth) || (s.encapsulated_done && !s.encapsulated_open))
              << text(s, l);
          ASSERT_TRUE(l.defect == Defect::none || l.defect == Defect::wrong_version) << text(s, l);
        }
        if (l.stimulus == FINISH && l.defect == Defect::mut_auth_missing) {
          ASSERT_FALSE(served(outcome.answer));
        }
        if (after.encapsulated_done && !s.encapsulated_done) {
          ASSERT_TRUE(l.defect == Defect::none || l.defect == Defect::wrong_version ||
                      l.defect == Defect::not_supported)
              << text(s, l);
        }
        if (!served(outcome.answer)) continue;
        ASSERT_NE(outcome.answer.code, Answer::ANY);
        if (s.state == NONE) {
          ASSERT_TRUE(l.stimulus == KEY_EXCHANGE || l.stimulus == PSK_EXCHANGE);
        }
        if (s.state == HANDSHAKING && l.stimulus != RESPOND_IF_READY && l.stimulus != VENDOR_DEFINED_REQUEST) {
          ASSERT_TRUE(!INSIDE.contains(l.stimulus) || INSIDE.at(l.stimulus).handshake) << text(s, l);
        }
        if (s.state == ESTABLISHED && l.stimulus != RESPOND_IF_READY) {
          ASSERT_TRUE(!INSIDE.contains(l.stimulus) || INSIDE.at(l.stimulus).application) << text(s, l);
        }
        if (is_response(outcome.answer, END_SESSION)) {
          ASSERT_EQ(after, Session{});
        }
        ASSERT_TRUE(exists(l.stimulus, s.spdm_version)) << text(s, l);
      }
    }
}

TEST(SessionMachine, KnowsTheFalseAlarms) {
  using enum Choice;
  const Session a = application(), h = handshake();
  const Session period_zero = step(h, {.stimulus = FINISH}).after;
  for (const Choice c : {serve, discard, other_code})  // P13
    EXPECT_EQ(tag_of(period_zero, {.stimulus = HEARTBEAT}, c), Tag::tolerated);
  EXPECT_EQ(tag_of(a, {.stimulus = KEY_UPDATE_VerifyNewKey}, serve), Tag::unclear);  // P19
  EXPECT_EQ(step(a, {.stimulus = KEY_UPDATE_VerifyNewKey}, serve).after, a);
  EXPECT_EQ(tag_of(a, {.stimulus = RECORD_UNOPENED}, discard), Tag::tolerated);  // P21, P20
  EXPECT_EQ(step(a, {.stimulus = RECORD_UNOPENED}, discard).after, Session{});
  const Letter truncated{.stimulus = RECORD_UNOPENED, .defect = Defect::malformed};
  EXPECT_EQ(step(a, truncated, discard).after, a);
  EXPECT_EQ(step(a, truncated, forgets_silently).after, Session{});
  EXPECT_EQ(tag_of(a, {.stimulus = GET_ENCAPSULATED_REQUEST}, serve), Tag::tolerated);
  const Session flow = step(a, {.stimulus = GET_ENCAPSULATED_REQUEST}, serve).after;
  EXPECT_TRUE(flow.encapsulated_open);
  EXPECT_EQ(error_of(flow, {.stimulus = GET_MEASUREMENTS}), 0x08u);
  EXPECT_EQ(tag_of(flow, {.stimulus = GET_MEASUREMENTS}, serve), Tag::unclear);
  EXPECT_EQ(step(flow, {.stimulus = GET_MEASUREMENTS}, serve).after, flow);
  EXPECT_TRUE(tag_of(h, {.stimulus = CHALLENGE}, forgets));
  for (const Session& s : {a, h})
    for (const Letter& l : letters) {
      if (l.stimulus >= FIRST_OUT_OF_BAND) continue;
      EXPECT_TRUE(tag_of(s, l, busy)) << text(s, l);
      if (!served(step(s, l).answer)) {
        EXPECT_TRUE(tag_of(s, l, discard)) << text(s, l);
        EXPECT_TRUE(tag_of(s, l, other_code)) << text(s, l);
      }
    }
}

TEST(SessionMachine, TablesAreText) {
  const auto& table = session_table();
  EXPECT_EQ(table.rows.front().stimulus, "KEY_EXCHANGE");
  EXPECT_EQ(table.initial, "NONE");
  for (const auto& row : table.rows) EXPECT_TRUE(Rule::find(row.rule)) << row.rule;
  for (const auto& refusal : table.refusals) EXPECT_TRUE(Rule::find(refusal.rule)) << refusal.stimulus;
}

// The requester is authenticated by the flow that was asked for, whatever a device chooses on the way.
RC_GTEST_PROP(SessionMachine, KeepsItsPromisesOnAnyWalk, ()) {
  static const std::vector<Stimulus> usual{
      KEY_EXCHANGE,    PSK_EXCHANGE, FINISH, PSK_FINISH, GET_ENCAPSULATED_REQUEST, DELIVER_ENCAPSULATED_RESPONSE,
      RESPOND_IF_READY};
  Session s{.spdm_version = *rc::gen::elementOf(std::vector<Byte>{0x11, 0x12, 0x13, 0x14})};
  MutAuth asked = MutAuth::none;
  bool flow_ended = false, finished = false;
  for (int i = 0; i < 60; ++i) {
    Letter l = *rc::gen::elementOf(letters);
    if (*rc::gen::inRange(0, 2) == 0) l = {.stimulus = *rc::gen::elementOf(usual), .encapsulated_last = false};
    if (l.stimulus == DELIVER_ENCAPSULATED_RESPONSE && l.defect == Defect::none)
      l.encapsulated_last = *rc::gen::arbitrary<bool>();
    const Options all = options(s, l);
    const auto outcome = step(s, l, all[*rc::gen::inRange<std::size_t>(0, all.size())].choice);
    if (s.state == NONE) asked = l.mut_auth, flow_ended = finished = false;
    if (is_response(outcome.answer, DELIVER_ENCAPSULATED_RESPONSE) && l.encapsulated_last) flow_ended = true;
    if (is_response(outcome.answer, FINISH) || is_response(outcome.answer, PSK_FINISH)) finished = true;
    if (is_response(outcome.answer, PSK_EXCHANGE) && l.psk_without_context) finished = true;
    s = outcome.after;
    RC_ASSERT(consistent(s));
    if (s.state == ESTABLISHED) {
      RC_ASSERT(finished);
      if (wants_encapsulated_flow(asked)) RC_ASSERT(flow_ended);
    }
  }
}

}  // namespace
}  // namespace lockstep::spdm
