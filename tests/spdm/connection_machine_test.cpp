#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "machine_letters.hpp"
#include "requirements/catalogue.hpp"

namespace lockstep::spdm {
namespace {

using enum Stimulus;
using enum ConnectionState;

Connection in(ConnectionState state, Byte version = 0x12) {
  return {.state = state, .spdm_version = state >= AFTER_CAPABILITIES ? version : Byte{0}};
}
std::uint32_t error_of(const Connection& c, const Letter& l) {
  const Answer answer = step(c, l).answer;
  return answer.kind == Answer::Kind::error ? answer.code : 0;
}
std::string text(const Connection& c, const Letter& l) {
  return std::string(name(c.state)) + (c.encapsulated ? ", flow open" : "") + ": " + text(l);
}

const auto letters = all_letters();
const auto connections = all_connections();

TEST(ConnectionMachine, AnswersEveryLetterExactlyOnce) {
  ASSERT_GT(letters.size(), 200u);
  ASSERT_GT(connections.size(), 200u);
  std::set<std::string_view> cited;
  for (const Connection& c : connections)
    for (const Letter& l : letters) {
      const Answering a = answering(c, l);
      ASSERT_EQ(a.rows + (a.refusal ? 1 : 0), 1u) << text(c, l);
      const auto outcome = step(c, l);
      ASSERT_TRUE(outcome.rule) << text(c, l);
      ASSERT_TRUE(consistent(outcome.after)) << text(c, l);
      ASSERT_EQ(outcome.answer.kind == Answer::Kind::none, l.stimulus > RECORD_UNOPENED) << text(c, l);
      cited.insert(outcome.rule.id());
    }
  for (const auto& row : connection_table().rows) EXPECT_TRUE(cited.contains(row.rule)) << row.rule << " is never used";
  for (const auto& refusal : connection_table().refusals)
    EXPECT_TRUE(cited.contains(refusal.rule)) << refusal.rule << " is never used";
}

TEST(ConnectionMachine, RefusalsChangeNothing) {
  for (const Connection& c : connections)
    for (const Letter& l : letters) {
      const auto outcome = step(c, l);
      if (!outcome.answer.is_refusal()) continue;
      Connection expected = c;
      // What was owed is answered now, by a refusal.
      if (c.not_ready && l.stimulus == RESPOND_IF_READY && l.defect == Defect::none)
        expected.not_ready = false, expected.owed = {};
      ASSERT_EQ(outcome.after, expected) << text(c, l);
    }
}

// DSP0274, "message validity", column of messages outside sessions; written from the text, not from the tables.
// '*' always, 'V' only after VERSION, 'C' only after CAPABILITIES, 'c' from CAPABILITIES on, 'N' negotiated, '-' never.
const std::map<Stimulus, char> OUTSIDE{{GET_VERSION, '*'},
                                       {GET_CAPABILITIES, 'V'},
                                       {NEGOTIATE_ALGORITHMS, 'C'},
                                       {GET_DIGESTS, 'N'},
                                       {GET_CERTIFICATE, 'N'},
                                       {CHALLENGE, 'N'},
                                       {GET_MEASUREMENTS, 'N'},
                                       {GET_MEASUREMENT_EXTENSION_LOG, 'N'},
                                       {GET_ENDPOINT_INFO, 'N'},
                                       {KEY_EXCHANGE, 'N'},
                                       {PSK_EXCHANGE, 'N'},
                                       {FINISH, '-'},
                                       {PSK_FINISH, '-'},
                                       {HEARTBEAT, '-'},
                                       {KEY_UPDATE_UpdateKey, '-'},
                                       {KEY_UPDATE_UpdateAllKeys, '-'},
                                       {KEY_UPDATE_VerifyNewKey, '-'},
                                       {KEY_UPDATE_undefined, '-'},
                                       {END_SESSION, '-'},
                                       {GET_ENCAPSULATED_REQUEST, '-'},  // unless a flow is open
                                       {DELIVER_ENCAPSULATED_RESPONSE, '-'},
                                       {GET_CSR, 'N'},
                                       {SET_CERTIFICATE, 'N'},
                                       {GET_KEY_PAIR_INFO, 'N'},
                                       {SET_KEY_PAIR_INFO, 'N'},
                                       {SLOT_MANAGEMENT, 'N'},
                                       {GET_SUPPORTED_EVENT_TYPES, '-'},
                                       {SUBSCRIBE_EVENT_TYPES, '-'},
                                       {SEND_EVENT, '-'},
                                       {CHUNK_SEND, 'c'},
                                       {CHUNK_GET, 'c'},
                                       {RESPOND_IF_READY, '-'},  // unless a response is owed
                                       {VENDOR_DEFINED_REQUEST, 'N'},
                                       {UNKNOWN_REQUEST, '-'}};

bool legal(char where, ConnectionState state) {
  switch (where) {
    case '*':
      return true;
    case 'V':
      return state == AFTER_VERSION;
    case 'C':
      return state == AFTER_CAPABILITIES;
    case 'c':
      return state >= AFTER_CAPABILITIES;
    case 'N':
      return state == NEGOTIATED;
    default:
      return false;
  }
}

TEST(ConnectionMachine, ServesWhatTheSpecificationPutsOutsideSessions) {
  ASSERT_EQ(OUTSIDE.size(), static_cast<std::size_t>(FIRST_OUT_OF_BAND));
  for (const auto& [stimulus, where] : OUTSIDE)
    for (const Byte version : VERSIONS)
      for (const auto state : {NOT_STARTED, AFTER_VERSION, AFTER_CAPABILITIES, NEGOTIATED}) {
        const Connection c = in(state, version);
        const bool expected = legal(where, state) && exists(stimulus, c.spdm_version);
        const Letter l{.stimulus = stimulus};
        EXPECT_EQ(is_response(step(c, l).answer, stimulus), expected) << text(c, l) << " in " << int(version);
      }
}

// First versions of the request codes, from the list of codes in DSP0274 1.0 to 1.4.
TEST(ConnectionMachine, KnowsWhichVersionBroughtARequest) {
  const std::map<Stimulus, Byte> since{{KEY_EXCHANGE, 0x11},
                                       {PSK_EXCHANGE, 0x11},
                                       {FINISH, 0x11},
                                       {PSK_FINISH, 0x11},
                                       {HEARTBEAT, 0x11},
                                       {KEY_UPDATE_UpdateKey, 0x11},
                                       {END_SESSION, 0x11},
                                       {GET_ENCAPSULATED_REQUEST, 0x11},
                                       {GET_CSR, 0x12},
                                       {SET_CERTIFICATE, 0x12},
                                       {CHUNK_SEND, 0x12},
                                       {CHUNK_GET, 0x12},
                                       {GET_ENDPOINT_INFO, 0x13},
                                       {GET_MEASUREMENT_EXTENSION_LOG, 0x13},
                                       {SUBSCRIBE_EVENT_TYPES, 0x13},
                                       {SEND_EVENT, 0x13},
                                       {GET_KEY_PAIR_INFO, 0x13},
                                       {SET_KEY_PAIR_INFO, 0x13},
                                       {SLOT_MANAGEMENT, 0x14}};
  for (const auto& [stimulus, version] : since) {
    const Connection before = in(NEGOTIATED, static_cast<Byte>(version - 1));
    EXPECT_EQ(error_of(before, {.stimulus = stimulus}), 0x07u) << name(stimulus);  // UnsupportedRequest
    EXPECT_FALSE(tag_of(before, {.stimulus = stimulus}, Choice::serve)) << name(stimulus);
    EXPECT_NE(error_of(in(NEGOTIATED, version), {.stimulus = stimulus}), 0x07u) << name(stimulus);
  }
}

TEST(ConnectionMachine, NegotiatesInOrder) {
  Connection c;
  c = step(c, {.stimulus = GET_VERSION}).after;
  EXPECT_EQ(c.state, AFTER_VERSION);
  c = step(c, {.stimulus = GET_CAPABILITIES, .spdm_version = 0x13}).after;
  EXPECT_EQ(c.state, AFTER_CAPABILITIES);
  EXPECT_EQ(c.spdm_version, 0x13);
  c = step(c, {.stimulus = NEGOTIATE_ALGORITHMS}).after;
  EXPECT_EQ(c, (Connection{.state = NEGOTIATED, .spdm_version = 0x13}));
  c = step(c, {.stimulus = CHALLENGE}).after;
  EXPECT_TRUE(c.authenticated);
  EXPECT_FALSE(c.encapsulated);
  EXPECT_EQ(step(c, {.stimulus = GET_VERSION}).after, Connection{.state = AFTER_VERSION});
}

TEST(ConnectionMachine, EveryVersionStartsAgain) {
  for (const Connection& c : connections) {
    EXPECT_EQ(step(c, {.stimulus = GET_VERSION}).after, Connection{.state = AFTER_VERSION});
    EXPECT_EQ(step(c, {.stimulus = CONVENTIONAL_RESET}).after, Connection{});
    // An invalid GET_VERSION changes nothing, and is never answered by VERSION (false alarm P01).
    for (const Defect defect : {Defect::wrong_version, Defect::malformed})
      for (const Option& o : options(c, {.stimulus = GET_VERSION, .defect = defect})) {
        const auto outcome = step(c, {.stimulus = GET_VERSION, .defect = defect}, o.choice);
        EXPECT_EQ(outcome.after, c);
        EXPECT_TRUE(outcome.answer.is_refusal());
      }
  }
}

TEST(ConnectionMachine, AnswersWithTheCodesOfTheVersion) {
  for (const auto& [version, session_required, nothing_pending, too_large] :
       {std::tuple{0x11, 0x04u, 0x04u, 0x01u}, {0x12, 0x0Bu, 0x04u, 0x0Eu}, {0x13, 0x0Bu, 0x45u, 0x0Eu}}) {
    const Connection c = in(NEGOTIATED, static_cast<Byte>(version));
    for (const Stimulus s : {FINISH, PSK_FINISH, HEARTBEAT, KEY_UPDATE_UpdateKey, END_SESSION})
      EXPECT_EQ(error_of(c, {.stimulus = s}), session_required) << name(s);
    EXPECT_EQ(error_of(c, {.stimulus = GET_ENCAPSULATED_REQUEST}), nothing_pending);
    EXPECT_EQ(error_of(c, {.stimulus = GET_MEASUREMENTS, .defect = Defect::too_large}), too_large);
  }
  const Connection c = in(NEGOTIATED);
  EXPECT_EQ(error_of(c, {.stimulus = CHALLENGE, .defect = Defect::wrong_version}), 0x41u);
  EXPECT_EQ(error_of(c, {.stimulus = CHALLENGE, .defect = Defect::not_supported}), 0x07u);
  EXPECT_EQ(error_of(c, {.stimulus = CHALLENGE, .defect = Defect::invalid_field}), 0x01u);
  EXPECT_EQ(error_of(c, {.stimulus = KEY_EXCHANGE, .defect = Defect::session_limit}), 0x0Au);
  EXPECT_EQ(error_of(c, {.stimulus = UNKNOWN_REQUEST}), 0x07u);
  EXPECT_EQ(error_of(in(AFTER_VERSION), {.stimulus = CHALLENGE}), 0x04u);
}

TEST(ConnectionMachine, BasicMutualAuthenticationRunsItsFlow) {
  Connection c = in(NEGOTIATED, 0x11);
  c = step(c, {.stimulus = CHALLENGE, .mut_auth = MutAuth::encapsulated}).after;
  EXPECT_TRUE(c.encapsulated);
  EXPECT_TRUE(is_response(step(c, {.stimulus = GET_ENCAPSULATED_REQUEST}).answer, GET_ENCAPSULATED_REQUEST));
  EXPECT_EQ(error_of(c, {.stimulus = GET_DIGESTS}), 0x08u);  // RequestInFlight
  EXPECT_EQ(tag_of(c, {.stimulus = GET_DIGESTS}, Choice::serve), Tag::unclear);
  c = step(c, {.stimulus = DELIVER_ENCAPSULATED_RESPONSE}).after;
  EXPECT_TRUE(c.encapsulated);
  c = step(c, {.stimulus = DELIVER_ENCAPSULATED_RESPONSE, .encapsulated_last = true}).after;
  EXPECT_FALSE(c.encapsulated);
  EXPECT_EQ(error_of(c, {.stimulus = DELIVER_ENCAPSULATED_RESPONSE}), 0x04u);
  EXPECT_TRUE(served(step(c, {.stimulus = GET_DIGESTS}).answer));
}

TEST(ConnectionMachine, OwesTheResponseThatWasNotReady) {
  const Connection c = in(AFTER_CAPABILITIES, 0x12);
  ASSERT_TRUE(tag_of(c, {.stimulus = NEGOTIATE_ALGORITHMS}, Choice::not_ready));
  auto outcome = step(c, {.stimulus = NEGOTIATE_ALGORITHMS}, Choice::not_ready);
  EXPECT_EQ(outcome.answer, Answer::error(AnswerProtocol::SPDM, 0x42));
  EXPECT_EQ(outcome.after.state, AFTER_CAPABILITIES);
  EXPECT_EQ(error_of(c, {.stimulus = RESPOND_IF_READY}), 0x01u) << "nothing is owed";
  EXPECT_EQ(error_of(outcome.after, {.stimulus = RESPOND_IF_READY, .defect = Defect::invalid_field}), 0x01u);
  outcome = step(outcome.after, {.stimulus = RESPOND_IF_READY}, Choice::not_ready);
  outcome = step(outcome.after, {.stimulus = RESPOND_IF_READY});
  EXPECT_TRUE(is_response(outcome.answer, NEGOTIATE_ALGORITHMS));
  EXPECT_EQ(outcome.after, in(NEGOTIATED, 0x12));
}

// What no option may ever do.
TEST(ConnectionMachine, PermitsNoneOfTheWorstCases) {
  const std::set<Stimulus> in_sessions_only{FINISH,
                                            PSK_FINISH,
                                            HEARTBEAT,
                                            KEY_UPDATE_UpdateKey,
                                            END_SESSION,
                                            GET_SUPPORTED_EVENT_TYPES,
                                            SUBSCRIBE_EVENT_TYPES,
                                            SEND_EVENT};
  for (const Connection& c : connections)
    for (const Letter& l : letters)
      for (const Option& o : options(c, l)) {
        const auto outcome = step(c, l, o.choice);
        ASSERT_TRUE(consistent(outcome.after)) << text(c, l) << name(o.choice);
        if (!served(outcome.answer)) {
          ASSERT_TRUE(outcome.after.state <= c.state) << text(c, l);
          continue;
        }
        for (const Stimulus s : in_sessions_only) ASSERT_FALSE(is_response(outcome.answer, s)) << text(c, l);
        ASSERT_NE(outcome.answer.code, Answer::ANY);
        const bool early = c.state != NEGOTIATED;
        const bool may_be_early = is_response(outcome.answer, GET_VERSION) || is_response(outcome.answer, CHUNK_SEND) ||
                                  is_response(outcome.answer, CHUNK_GET) ||
                                  is_response(outcome.answer, GET_CAPABILITIES) ||
                                  is_response(outcome.answer, NEGOTIATE_ALGORITHMS) ||
                                  is_response(outcome.answer, VENDOR_DEFINED_REQUEST);  // only a warning
        ASSERT_TRUE(!early || may_be_early) << text(c, l);
        if (l.stimulus == GET_CAPABILITIES) {
          ASSERT_TRUE(c.state == AFTER_VERSION ? l.defect == Defect::none : l.defect == Defect::identical_retry);
        }
        if (l.stimulus == NEGOTIATE_ALGORITHMS) {
          ASSERT_NE(l.defect, Defect::changed_retry);
          ASSERT_TRUE(c.state == AFTER_CAPABILITIES || (c.state == NEGOTIATED && l.defect == Defect::identical_retry))
              << text(c, l);
        }
        ASSERT_TRUE(exists(l.stimulus, c.spdm_version)) << text(c, l);
      }
}

TEST(ConnectionMachine, KnowsTheFalseAlarms) {
  const Connection c = in(NEGOTIATED);
  using enum Choice;
  // P01, P02, P03: the code of these errors is open.
  EXPECT_EQ(tag_of(c, {.stimulus = GET_VERSION, .defect = Defect::wrong_version}, other_code), Tag::tolerated);
  EXPECT_EQ(tag_of(in(AFTER_CAPABILITIES), {.stimulus = CHALLENGE}, other_code), Tag::tolerated);
  EXPECT_EQ(tag_of(c, {.stimulus = FINISH}, other_code), Tag::tolerated);
  EXPECT_EQ(tag_of(c, {.stimulus = HEARTBEAT}, other_code), Tag::unclear);
  // P26: the same answer or UnexpectedRequest; never an answer to a changed request.
  EXPECT_EQ(tag_of(c, {.stimulus = GET_CAPABILITIES, .defect = Defect::identical_retry}, serve), Tag::tolerated);
  EXPECT_EQ(step(c, {.stimulus = GET_CAPABILITIES, .defect = Defect::identical_retry}, serve).after, c);
  EXPECT_EQ(tag_of(c, {.stimulus = NEGOTIATE_ALGORITHMS, .defect = Defect::identical_retry}, serve), Tag::tolerated);
  EXPECT_FALSE(tag_of(c, {.stimulus = GET_CAPABILITIES, .defect = Defect::changed_retry}, serve));
  // Silence is always legal for what is refused, and Busy for everything.
  for (const Letter& l : letters) {
    if (l.stimulus >= FIRST_OUT_OF_BAND) continue;
    EXPECT_TRUE(tag_of(c, l, busy)) << text(l);
    if (!served(step(c, l).answer)) {
      EXPECT_TRUE(tag_of(c, l, discard)) << text(l);
    }
  }
  // From 1.2 an out-of-order request may cost the negotiation.
  EXPECT_TRUE(tag_of(c, {.stimulus = HEARTBEAT}, forgets));
  EXPECT_EQ(step(c, {.stimulus = HEARTBEAT}, forgets).after, Connection{});
  EXPECT_TRUE(tag_of(c, {.stimulus = HEARTBEAT}, forgets_silently));
  EXPECT_FALSE(tag_of(in(NEGOTIATED, 0x11), {.stimulus = HEARTBEAT}, forgets));
  EXPECT_FALSE(tag_of(c, {.stimulus = CHALLENGE, .defect = Defect::invalid_field}, forgets));
}

TEST(ConnectionMachine, OptionsAreWellFormed) {
  for (const Connection& c : connections)
    for (const Letter& l : letters) {
      const Options all = options(c, l);
      ASSERT_EQ(all[0].choice, Choice::as_specified);
      ASSERT_EQ(all[0].tag, Tag::expected);
      std::set<Choice> seen;
      for (const Option& o : all) {
        ASSERT_TRUE(seen.insert(o.choice).second) << text(c, l);
        ASSERT_TRUE(o.rule) << text(c, l);
        if (o.choice == Choice::serve || o.choice == Choice::discard) {
          ASSERT_EQ(served(step(c, l, o.choice).answer), o.choice == Choice::serve) << text(c, l);
        }
        ASSERT_TRUE(o.choice == Choice::as_specified || o.tag != Tag::expected) << text(c, l);
        if (o.choice == Choice::busy || o.choice == Choice::not_ready || o.choice == Choice::refuse) {
          ASSERT_FALSE(o.progress) << text(c, l);
        }
      }
    }
}

TEST(ConnectionMachine, TablesAreText) {
  const auto& table = connection_table();
  EXPECT_EQ(table.rows.front().stimulus, "GET_VERSION");
  EXPECT_EQ(table.rows.front().to, "AFTER_VERSION");
  for (const auto& row : table.rows) EXPECT_TRUE(Rule::find(row.rule)) << row.rule;
  for (const auto& refusal : table.refusals) EXPECT_TRUE(Rule::find(refusal.rule)) << refusal.stimulus;
}

RC_GTEST_PROP(ConnectionMachine, StaysConsistentOnAnyWalk, ()) {
  Connection c;
  bool challenged = false;
  for (int i = 0; i < 60; ++i) {
    const Letter l = *rc::gen::elementOf(letters);
    const Options all = options(c, l);
    const Option o = all[*rc::gen::inRange<std::size_t>(0, all.size())];
    const auto outcome = step(c, l, o.choice);
    if (is_response(outcome.answer, CHALLENGE)) challenged = true;
    if (outcome.after.state != NEGOTIATED) challenged = false;
    c = outcome.after;
    RC_ASSERT(consistent(c));
    RC_ASSERT(c.authenticated == challenged);
  }
}

}  // namespace
}  // namespace lockstep::spdm
