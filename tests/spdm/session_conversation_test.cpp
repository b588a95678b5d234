// Sessions as a conversation sees them: deviations of one message, and what they must not touch.
#include <gtest/gtest.h>

#include <algorithm>

#include "pair.hpp"
#include "spdm/opaque.hpp"

namespace lockstep::spdm::testing {
namespace {

using namespace wire::spdm;

/// The message, changed.
template <class Change>
Bytes changed(Bytes message, Change change) {
  change(message);
  return message;
}

TEST(Session, WrongVerifyDataMustBeRefused) {
  Pair pair = negotiated({.in_the_clear = true});
  pair.read_chain();
  const Pair before = pair;
  pair.open_session();
  ASSERT_EQ(pair.problems, none);
  Pair again = before;
  again.requester.secrets() = pair.requester.secrets();
  const auto& session = pair.requester.memory().sessions.begin()->second;
  const std::size_t request_size =
      8 + 32 + 96 + 2 + build_supported_versions(pair.requester.negotiated(), {0x1100, 0x1200}).size();
  const Bytes request = copy(View(session.exchange).first(request_size));
  again.send(Role::requester, request);
  again.responder.secrets() = pair.responder.secrets();
  again.send(Role::responder, copy(View(session.exchange).subspan(request_size)));
  ASSERT_EQ(again.problems, none);
  const Bytes finish = copy(View(session.finish).first(4 + 48));
  again.send(Role::requester, changed(finish, [](Bytes& m) { m[10] ^= 1; }));
  EXPECT_BREACH(again, "FINISH SPDM-FIN-004 RequesterVerifyData");
  again.problems.clear();
  again.send(Role::responder, copy(View(session.finish).subspan(4 + 48)));
  EXPECT_BREACH(again, "FINISH_RSP SPDM-FIN-004");
}

/// KEY_EXCHANGE_RSP with one byte changed before it is signed.
struct WrongAnswer {
  std::uint32_t without;  ///< capabilities that the responder lacks
  std::size_t offset;
  Byte value;
  const char* breach;
};
class KeyExchangeRsp : public ::testing::TestWithParam<WrongAnswer> {};
INSTANTIATE_TEST_SUITE_P(Fields, KeyExchangeRsp,
                         ::testing::Values(WrongAnswer{capability::HBEAT_CAP, 2, 5, "SPDM-KEX-006 HeartbeatPeriod"},
                                           WrongAnswer{capability::MUT_AUTH_CAP, 6, 1, "SPDM-KEX-005 MutAuthRequested"},
                                           WrongAnswer{0, 6, 3, "SPDM-KEX-004"},
                                           WrongAnswer{0, 0, VERSION_1_2, "SPDM-KEX-016 OpaqueData"}));

TEST_P(KeyExchangeRsp, IsJudgedAgainstWhatWasNegotiated) {
  const WrongAnswer& wrong = GetParam();
  Pair pair = negotiated({.without = wrong.without});
  pair.read_chain();
  pair.requester.secrets().ephemeral = *crypto::KeyExchange::generate(pair.setup.group);
  pair.responder.secrets().ephemeral = *crypto::KeyExchange::generate(pair.setup.group);
  KEY_EXCHANGE request;
  request.random_data = pair.nonce();
  request.exchange_data = pair.requester.secrets().ephemeral->public_bytes();
  request.opaque_data = build_supported_versions(pair.requester.negotiated(), {0x1100});  // and 1.2 is selected
  pair.send(Role::requester, request);
  KEY_EXCHANGE_RSP answer;
  answer.random_data = pair.nonce();
  answer.exchange_data = pair.responder.secrets().ephemeral->public_bytes();
  answer.opaque_data = build_selected_version(pair.responder.negotiated(), 0x1200);
  Bytes bytes = pair.encode(Role::responder, answer, {});
  bytes[wrong.offset] = wrong.value;
  const View view(bytes);
  const std::size_t mac = 48, signature = 96;
  const auto by_responder = pair.responder.sign(Purpose::responder_key_exchange_rsp, pki_of(pair.setup.asym).leaf_key,
                                                view.first(bytes.size() - mac - signature), {});
  std::copy(by_responder->begin(), by_responder->end(), bytes.end() - mac - signature);
  const auto verify_data = pair.responder.verify_data(view.first(bytes.size() - mac), {});
  std::copy(verify_data->begin(), verify_data->end(), bytes.end() - mac);
  pair.send(Role::responder, bytes);
  EXPECT_BREACH(pair, wrong.breach);
  EXPECT_FALSE(pair.has("SPDM-KEX-001") || pair.has("SPDM-KEX-002")) << pair.text();
}

TEST(Session, KeyUpdateAckMustEcho) {
  Pair pair = negotiated();
  const auto session = pair.open_psk_session();
  KEY_UPDATE request;
  request.param1 = 1;
  request.param2 = 0x44;
  pair.send(Role::requester, request, session);
  KEY_UPDATE_ACK answer;
  answer.param1 = 1;
  answer.param2 = 0x45;
  pair.send(Role::responder, answer, session);
  EXPECT_BREACH(pair, "SPDM-LIFE-010 Tag");
}

TEST(Session, UpdateThatIsRefusedLeavesTheKeys) {
  Pair pair = negotiated();
  const auto session = pair.open_psk_session();
  for (const Byte operation : {Byte{1}, Byte{2}}) {
    KEY_UPDATE request;
    request.param1 = operation;
    pair.send(Role::requester, request, session);
    pair.send_error(ErrorCode::InvalidRequest, session);
    pair.send(Role::requester, HEARTBEAT(), session);
    pair.send(Role::responder, HEARTBEAT_ACK(), session);
  }
  EXPECT_EQ(pair.problems, none);
  EXPECT_FALSE(pair.requester.session(session)->keys->records.response.has_old_keys());
}

TEST(Session, OldKeyOpensNothingAfterVerifyNewKey) {
  Pair pair = negotiated();
  const auto session = pair.open_psk_session();
  SecuredDirection old = pair.requester.session(session)->keys->records.request;
  for (const Byte operation : {Byte{1}, Byte{3}}) {
    KEY_UPDATE request;
    request.param1 = operation;
    pair.send(Role::requester, request, session);
    KEY_UPDATE_ACK answer;
    answer.param1 = operation;
    pair.send(Role::responder, answer, session);
  }
  ASSERT_EQ(pair.problems, none);
  ASSERT_TRUE(old.seal(session, Bytes{1}, pair.random));  // the number that UpdateKey had
  const auto record = old.seal(session, pair.encode(Role::requester, HEARTBEAT(), session), pair.random);
  EXPECT_EQ(pair.responder.open(Role::requester, *record).error().kind, RecordError::Kind::not_authentic);
}

TEST(Session, AcknowledgementOfUpdateAllKeysUnderTheOldKeyIsFound) {
  Pair pair = negotiated();
  const auto session = pair.open_psk_session();
  KEY_UPDATE request;
  request.param1 = 2;
  pair.send(Role::requester, request, session);
  Conversation late = pair.responder;
  const Bytes ping = {VERSION_1_2, static_cast<Byte>(Code::HEARTBEAT_ACK), 0, 0};
  ASSERT_TRUE(late.seal(Role::responder, session, ping, pair.random));  // any record but the acknowledgement: old key
  const auto old_keys = pair.responder.session(session)->keys->records.response;
  SecuredDirection direction = old_keys;
  const Bytes ack = {VERSION_1_2, static_cast<Byte>(Code::KEY_UPDATE_ACK), 2, 0};
  const auto record = direction.seal(session, ack, pair.random);
  const auto opened = pair.requester.open(Role::responder, *record);
  ASSERT_TRUE(opened);
  const Seen seen = pair.requester.on_response(opened->message(), session);
  ASSERT_EQ(seen.findings.size(), 1u);
  EXPECT_EQ(seen.findings[0].rule, Rule("SPDM-LIFE-006"));
}

/// The rule that a record breaks which the responder seals with the key after the one that it has.
Rule rule_of_next_key(std::initializer_list<Byte> operations) {
  Pair pair = negotiated();
  const auto session = pair.open_psk_session();
  KEY_UPDATE request;
  for (const Byte operation : operations) {
    request.param1 = operation;
    pair.send(Role::requester, request, session);
    KEY_UPDATE_ACK answer;
    answer.param1 = operation;
    pair.send(Role::responder, answer, session);
  }
  EXPECT_EQ(pair.problems, none);
  request.param1 = 2;
  pair.responder.on_request(pair.encode(Role::requester, request, session), session);  // nobody has said so
  const Bytes ack = {VERSION_1_2, static_cast<Byte>(Code::KEY_UPDATE_ACK), 2, 0};
  const auto record = pair.responder.seal(Role::responder, session, ack, pair.random);
  return pair.requester.open(Role::responder, *record).error().rule;
}

TEST(Session, KeyOfTheResponderThatUpdateKeyMustNotMakeIsNamedAfterUpdateKeyOnly) {
  const Rule changes_both("SPDM-LIFE-005");
  EXPECT_EQ(rule_of_next_key({1}), changes_both);
  EXPECT_EQ(rule_of_next_key({1, 3}), changes_both);
  EXPECT_NE(rule_of_next_key({}), changes_both);
  EXPECT_NE(rule_of_next_key({2, 3}), changes_both);
  EXPECT_NE(rule_of_next_key({1, 3, 2, 3}), changes_both);
}

TEST(Session, VerifyNewKeyUnderTheOldKeyMustBeRefused) {
  Pair pair = negotiated();
  const auto session = pair.open_psk_session();
  KEY_UPDATE request;
  request.param1 = 1;
  pair.send(Role::requester, request, session);
  SecuredDirection old = pair.requester.session(session)->keys->records.request;
  KEY_UPDATE_ACK answer;
  answer.param1 = 1;
  pair.send(Role::responder, answer, session);
  request.param1 = 3;
  const auto record = old.seal(session, pair.encode(Role::requester, request, session), pair.random);
  const auto opened = pair.responder.open(Role::requester, *record);
  ASSERT_TRUE(opened);
  const Seen seen = pair.responder.on_request(opened->message(), session);
  ASSERT_EQ(seen.findings.size(), 1u);
  EXPECT_EQ(seen.findings[0].rule, Rule("SPDM-LIFE-007"));
}

TEST(Session, DecryptErrorEndsIt) {
  Pair pair = negotiated();
  const auto session = pair.open_psk_session();
  pair.send(Role::requester, HEARTBEAT(), session);
  pair.send_error(ErrorCode::DecryptError, session);
  EXPECT_EQ(pair.requester.session(session), nullptr);
  EXPECT_EQ(pair.requester.seal(Role::requester, session, Bytes{1}, pair.random).error().kind,
            RecordError::Kind::unknown_session);
}

TEST(Session, IdOfALiveSessionMayNotComeAgain) {
  Pair pair = negotiated();
  pair.open_psk_session();
  ASSERT_EQ(pair.problems, none);
  pair.open_psk_session();
  EXPECT_BREACH(pair, "SPDM-KEX-012 RspSessionID");
}

TEST(Session, IdOfAnUnfinishedSessionMayComeAgain) {  // a device may have dropped it for the new one
  Pair pair = negotiated();
  const auto session = pair.begin_psk_session();
  ASSERT_TRUE(pair.requester.session(session)->keys);
  ASSERT_EQ(pair.problems, none);
  pair.open_psk_session();
  const std::string doubt = "PSK_EXCHANGE_RSP not judged SPDM-KEX-012: the other session was never finished";
  EXPECT_EQ(pair.problems, (std::vector{doubt, doubt})) << "one of each side";
}

TEST(Session, VendorDefinedResponseRepeatsItsRegistry) {
  Pair pair = negotiated();
  const auto session = pair.open_psk_session();
  VENDOR_DEFINED_REQUEST request;
  request.standard_id = 3;
  request.vendor_id = {1, 0};
  pair.send(Role::requester, request, session);
  VENDOR_DEFINED_RESPONSE answer;
  answer.standard_id = 3;
  answer.vendor_id = {2, 0};
  pair.send(Role::responder, answer, session);
  EXPECT_BREACH(pair, "SPDM-VDM-006 VendorID");
}

TEST(Session, UnknownSessionIsDecodedAndNotJudged) {
  Pair pair = negotiated();
  const Seen seen = pair.requester.on_request(Bytes{VERSION_1_2, static_cast<Byte>(Code::HEARTBEAT), 0, 0}, 0x12345678);
  EXPECT_TRUE(seen.is(Code::HEARTBEAT));
  EXPECT_EQ(seen.not_judged.size(), 1u);
}

}  // namespace
}  // namespace lockstep::spdm::testing
