// What only a conversation can see: each deviation of one message, and what it must not touch.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "capture.hpp"
#include "crypto/hash.hpp"
#include "pair.hpp"
#include "spdm/opaque.hpp"

namespace lockstep::spdm::testing {
namespace {

using namespace wire::spdm;

/// The message as it was sent, changed before it is told again to a fresh copy of both ends.
template <class Change>
Bytes changed(Bytes message, Change change) {
  change(message);
  return message;
}

// --- negotiation -----------------------------------------------------------------------------------------------------

/// A pair that has come as far as NEGOTIATE_ALGORITHMS, and the ALGORITHMS that would follow.
struct Offered {
  Pair pair;
  Bytes selection;
};
Offered offered(const Setup& setup = {}) {
  Pair whole = negotiated(setup);
  const Bytes vca = whole.requester.memory().transcripts.vca;
  Offered result{Pair(setup), {}};
  // GET_VERSION 4, VERSION 8, GET_CAPABILITIES and CAPABILITIES 20 each, NEGOTIATE_ALGORITHMS 48, ALGORITHMS 52.
  std::size_t at = 0;
  Role sender = Role::requester;
  for (const std::size_t size : {4, 8, 20, 20, 48}) {
    result.pair.send(sender, copy(View(vca).subspan(at, size)));
    at += size;
    sender = sender == Role::requester ? Role::responder : Role::requester;
  }
  result.selection = copy(View(vca).subspan(at));
  EXPECT_EQ(result.selection.size(), 52u);
  return result;
}

TEST(Negotiation, SelectionOutsideTheOfferIsABreach) {
  auto [pair, selection] = offered();
  selection[16] = 0x01;  // BaseHashSel: SHA-256
  pair.send(Role::responder, selection);
  EXPECT_BREACH(pair, "SPDM-ALG-002 BaseHashSel");
}

TEST(Negotiation, TableThatWasNotOfferedIsABreach) {
  auto [pair, selection] = offered();
  selection[36 + 12] = 6;  // the last AlgType
  pair.send(Role::responder, selection);
  EXPECT_BREACH(pair, "SPDM-ALG-004 AlgStructure");
}

TEST(Negotiation, MissingAndEmptyTablesAreLegal) {
  auto [pair, selection] = offered();
  selection[1 + 1] = 3;  // Param1: one table less
  selection[4] = 48;
  selection.resize(48);
  selection[36 + 8 + 2] = 0;  // ReqBaseAsymAlg: nothing selected
  pair.send(Role::responder, selection);
  EXPECT_EQ(pair.problems, none);
  EXPECT_FALSE(pair.requester.negotiated().key_schedule);
  EXPECT_FALSE(pair.requester.negotiated().requester_asym);
}

TEST(Negotiation, SelectionMustFitTheCapabilities) {
  auto [without_hash, selection] = offered();
  without_hash.send(Role::responder, changed(selection, [](Bytes& m) { m[8] = m[9] = m[10] = m[11] = 0; }));
  EXPECT_BREACH(without_hash, "SPDM-ALG-006 MeasurementHashAlgo");
  auto [without_format, same] = offered();
  without_format.send(Role::responder, changed(same, [](Bytes& m) { m[7] = 0; }));
  EXPECT_BREACH(without_format, "SPDM-ALG-007 OtherParamsSelection");
  auto [multi_key, newer] = offered({.version = VERSION_1_3});
  multi_key.send(Role::responder, changed(newer, [](Bytes& m) { m[7] |= other_params::MULTI_KEY_CONN; }));
  EXPECT_BREACH(multi_key, "SPDM-ALG-018 OtherParamsSelection");
}

TEST(Negotiation, VersionThatIsNotListedIsABreachWhenAccepted) {
  auto [pair, selection] = offered();
  const Bytes vca = pair.requester.memory().transcripts.vca;
  Pair fresh({});
  fresh.send(Role::requester, copy(View(vca).first(4)));
  fresh.send(Role::responder, changed(copy(View(vca).subspan(4, 8)), [](Bytes& m) { m[7] = 0x13; }));
  fresh.send(Role::requester, copy(View(vca).subspan(12, 20)));
  fresh.send(Role::responder, copy(View(vca).subspan(32, 20)));
  EXPECT_BREACH(fresh, "SPDM-VERS-001");
}

TEST(Negotiation, IdenticalRetryIsLegalAndADifferentOneIsNot) {
  Pair pair = negotiated();
  const Bytes vca = pair.requester.memory().transcripts.vca;
  const Bytes request = copy(View(vca).subspan(12, 20)), response = copy(View(vca).subspan(32, 20));
  pair.send(Role::requester, request);
  pair.send(Role::responder, response);
  EXPECT_EQ(pair.problems, none);
  EXPECT_EQ(pair.requester.memory().transcripts.vca, vca);
  pair.send(Role::requester, changed(request, [](Bytes& m) { m[5] = 11; }));
  pair.send(Role::responder, response);
  EXPECT_BREACH(pair, "SPDM-CAP-024");
  EXPECT_EQ(pair.requester.memory().transcripts.vca, vca);
}

TEST(Negotiation, GetVersionForgetsEverythingButWhatItDoesNotOwn) {
  Pair pair = negotiated();
  pair.read_chain();
  const auto session = pair.open_session();
  ASSERT_EQ(pair.problems, none);
  pair.negotiate();
  EXPECT_EQ(pair.requester.session(session), nullptr);
  EXPECT_FALSE(pair.requester.memory().identities.response.slots[0].digest);
  pair.challenge();  // the chain is still known
  EXPECT_EQ(pair.problems, none);
}

TEST(Negotiation, FailedGetVersionChangesNothing) {
  Pair pair = negotiated();
  pair.send(Role::requester, GET_VERSION());
  pair.send_error(ErrorCode::Busy);
  EXPECT_TRUE(pair.requester.negotiated().algorithms_selected);
}

// --- request and response --------------------------------------------------------------------------------------------

TEST(Exchange, ResponseOfAnotherRequestIsFound) {
  Pair pair = negotiated();
  pair.send(Role::requester, GET_DIGESTS());
  const Seen seen = pair.send(Role::responder, CERTIFICATE());
  ASSERT_EQ(seen.findings.size(), 1u);
  EXPECT_EQ(seen.findings[0].field, "RequestResponseCode");
}

TEST(Exchange, AnotherVersionByteIsFound) {
  Pair pair = negotiated();
  pair.send(Role::requester, GET_DIGESTS());
  DIGESTS digests;
  digests.version = VERSION_1_1;
  digests.param2 = 1;
  digests.digests = {{crypto::digest(pair.setup.hash, pair.responder_chain())}};
  pair.send(Role::responder, digests);
  EXPECT_BREACH(pair, "SPDM-VERS-003 SPDMVersion");
}

TEST(Exchange, UnansweredRequestGivesItsPlaceToTheNext) {
  Pair pair = negotiated();
  pair.send(Role::requester, GET_DIGESTS());
  pair.read_chain();
  pair.challenge();
  EXPECT_EQ(pair.problems, none);
}

TEST(Exchange, ErrorsStayOutOfTheTranscript) {
  Pair pair = negotiated();
  pair.read_chain();
  CHALLENGE request;
  request.nonce = pair.nonce();
  pair.send(Role::requester, request);
  pair.send_error(ErrorCode::Busy);
  pair.challenge();
  EXPECT_EQ(pair.problems, none);
}

TEST(Exchange, RespondIfReadyIsAnsweredByTheFirstResponse) {
  Pair pair = negotiated();
  pair.read_chain();
  pair.send(Role::requester, GET_DIGESTS());
  pair.send_error(ErrorCode::ResponseNotReady, {}, {1, static_cast<Byte>(Code::GET_DIGESTS), 9, 1});
  RESPOND_IF_READY again;
  again.param1 = static_cast<Byte>(Code::GET_DIGESTS);
  again.param2 = 9;
  pair.send(Role::requester, again);
  DIGESTS digests;
  digests.param2 = 1;
  digests.digests = {{crypto::digest(pair.setup.hash, pair.responder_chain())}};
  EXPECT_TRUE(pair.send(Role::responder, digests).is(Code::DIGESTS));
  pair.challenge();
  EXPECT_EQ(pair.problems, none);
}

TEST(Exchange, RespondIfReadyWithAnotherTokenMustBeRefused) {
  Pair pair = negotiated();
  pair.send(Role::requester, GET_DIGESTS());
  pair.send_error(ErrorCode::ResponseNotReady, {}, {1, static_cast<Byte>(Code::GET_DIGESTS), 9, 1});
  RESPOND_IF_READY again;
  again.param1 = static_cast<Byte>(Code::GET_DIGESTS);
  again.param2 = 8;
  const Seen seen = pair.send(Role::requester, again);
  ASSERT_EQ(seen.findings.size(), 1u);
  EXPECT_EQ(seen.findings[0].rule, Rule("SPDM-LIFE-020"));
}

TEST(Exchange, ResponseSentAsRequestChangesNothing) {
  Pair pair = negotiated();
  const auto session = pair.open_psk_session();
  const auto before = pair.responder.session(session)->keys->direction_secret.request;
  KEY_UPDATE_ACK ack;
  ack.param1 = 1;
  pair.send(Role::requester, ack, session);
  EXPECT_BREACH(pair, "SPDM-LIFE-025");
  pair.send(Role::responder, ack, session);
  EXPECT_EQ(pair.responder.session(session)->keys->direction_secret.request, before);
}

TEST(Exchange, CopiesGoTheirOwnWays) {
  Pair pair = negotiated();
  const Conversation before = pair.requester;
  pair.read_chain();
  EXPECT_TRUE(before.memory().transcripts.b.empty());
  EXPECT_FALSE(pair.requester.memory().transcripts.b.empty());
}

// --- certificates ----------------------------------------------------------------------------------------------------

TEST(Certificates, PortionsMustAddUpToTheSameTotal) {
  Pair pair = negotiated();
  const Bytes chain = pair.responder_chain();
  for (std::uint16_t wrong = 0; wrong < 2; ++wrong) {
    GET_CERTIFICATE get;
    get.offset = wrong;
    get.length = 100;
    pair.send(Role::requester, get);
    CERTIFICATE answer;
    answer.cert_chain = copy(View(chain).subspan(wrong, 100));
    answer.remainder_length = static_cast<std::uint16_t>(chain.size() - 100);  // wrong for offset 1
    pair.send(Role::responder, answer);
    EXPECT_EQ(pair.problems.empty(), wrong == 0);
  }
  EXPECT_BREACH(pair, "SPDM-CERT-008 RemainderLength");
}

TEST(Certificates, ChainOfAnEarlierConnectionMayHaveBeenReplaced) {
  Pair pair = negotiated();
  pair.read_chain();
  pair.negotiate();
  for (const bool read_in_this_connection : {false, true}) {
    if (read_in_this_connection) pair.read_chain();
    pair.send(Role::requester, GET_DIGESTS());
    DIGESTS digests;
    digests.param2 = 1;
    digests.digests = {{Bytes(48, 0x11)}};
    pair.send(Role::responder, digests);
    EXPECT_EQ(pair.has("SPDM-CERT-004 Digest[0]"), read_in_this_connection) << pair.text();
    EXPECT_FALSE(pair.requester.memory().identities.response.slots[0].chain);
  }
}

TEST(Certificates, ReadingAgainKeepsWhatIsKnown) {
  Pair pair = negotiated();
  pair.read_chain();
  GET_CERTIFICATE get;
  get.length = 10;
  pair.send(Role::requester, get);
  CERTIFICATE answer;
  answer.cert_chain = copy(View(pair.responder_chain()).first(10));
  answer.remainder_length = static_cast<std::uint16_t>(pair.responder_chain().size() - 10);
  pair.send(Role::responder, answer);
  pair.challenge();
  EXPECT_EQ(pair.problems, none);
}

// --- resets of the transcripts ---------------------------------------------------------------------------------------

TEST(Transcript, MeasurementsAreOneTranscriptUntilAnotherRequest) {
  Pair pair = negotiated();
  pair.read_chain();
  pair.measure(false, {});
  pair.measure(false, {});
  pair.measure(true, {});
  pair.measure(false, {});
  pair.read_chain();  // resets L1
  EXPECT_TRUE(pair.requester.memory().outside.measurements.empty());
  pair.measure(true, {});
  EXPECT_EQ(pair.problems, none);
}

TEST(Transcript, ResponderThatDoesNotResetL1IsToldSo) {
  Pair pair = negotiated();
  pair.read_chain();
  pair.measure(false, {});
  const Conversation keeps = pair.responder;
  pair.read_chain();
  pair.responder = keeps;
  pair.measure(true, {});
  EXPECT_BREACH(pair, "SPDM-MEAS-009");
  EXPECT_FALSE(pair.has("SPDM-MEAS-007"));
}

TEST(Transcript, CertificateMessagesAreForgottenByGetDigestsAndByOtherRequests) {
  Pair pair = negotiated();
  const auto b = [&] { return pair.requester.memory().transcripts.b.size(); };
  pair.read_chain();
  const std::size_t once = b();
  EXPECT_GT(once, pair.responder_chain().size());
  pair.read_chain();
  EXPECT_EQ(b(), once);
  pair.measure(false, {});
  EXPECT_EQ(b(), 0u);
  pair.challenge();  // over a transcript without certificate messages
  EXPECT_EQ(pair.problems, none);
}

TEST(Transcript, ErrorResetsL1AndAResponderThatDoesNotIsToldSo) {
  Pair pair = negotiated();
  pair.read_chain();
  pair.measure(false, {});
  const Conversation keeps = pair.responder;
  pair.send(Role::requester, GET_MEASUREMENTS());
  pair.send_error(ErrorCode::Busy);
  EXPECT_TRUE(pair.requester.memory().outside.measurements.empty());
  pair.responder = keeps;
  pair.measure(true, {});
  EXPECT_BREACH(pair, "SPDM-MEAS-010");
  EXPECT_FALSE(pair.has("SPDM-MEAS-007"));
}

/// What was measured in the session is told to the responder as if it had come in `where` as well, and signed there.
void sign_mixed(Pair& pair, std::uint32_t session, SessionId where) {
  pair.measure(false, session);
  const Bytes l1 = pair.responder.session(session)->channel.measurements;
  constexpr std::size_t REQUEST = 4;
  pair.responder.on_request(View(l1).first(REQUEST), where);
  pair.responder.on_response(View(l1).subspan(REQUEST), where);
  pair.measure(true, where);
}

TEST(Transcript, L1OfASessionInThatOutsideIsToldSo) {
  Pair pair = negotiated();
  pair.read_chain();
  sign_mixed(pair, pair.open_psk_session(), std::nullopt);
  EXPECT_BREACH(pair, "SPDM-MEAS-011");
  EXPECT_FALSE(pair.has("SPDM-MEAS-007"));
}

TEST(Transcript, L1OfASessionInThatOfAnotherIsNone) {
  Pair pair = negotiated();
  pair.read_chain();
  const auto one = pair.open_psk_session(), other = pair.open_session();
  sign_mixed(pair, one, other);
  EXPECT_BREACH(pair, "SPDM-MEAS-007");
  EXPECT_FALSE(pair.has("SPDM-MEAS-011"));
}

TEST(Transcript, SessionsHaveMeasurementsOfTheirOwn) {
  Pair pair = negotiated();
  pair.read_chain();
  const auto session = pair.open_psk_session();
  pair.measure(false, {});
  pair.measure(false, session);
  pair.measure(true, session);
  pair.measure(true, {});
  EXPECT_EQ(pair.problems, none);
}

// --- anything at all -------------------------------------------------------------------------------------------------

RC_GTEST_PROP(ConversationProperty, SurvivesAnyDamageToRecordedTraffic, ()) {
  static const auto recorded = read_capture("doe_psk_tdisp_14.pcap");
  auto frames = recorded;
  frames.resize(60);
  const auto hits = *rc::gen::inRange(1, 6);
  for (int i = 0; i < hits; ++i) {
    Bytes& bytes = frames[*rc::gen::inRange<std::size_t>(0, frames.size())].bytes;
    const auto at = *rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(bytes.size(), 64));
    bytes[at] = *rc::gen::arbitrary<Byte>();
    if (*rc::gen::inRange(0, 4) == 0) bytes.resize(at);
    if (bytes.empty()) bytes.push_back(0);
  }
  Secrets secrets;
  secrets.psk = recorded_psk;
  Conversation conversation(doe_records, secrets);
  const auto heard = replay(conversation, frames);
  RC_ASSERT(heard.size() == frames.size());
}

}  // namespace
}  // namespace lockstep::spdm::testing
