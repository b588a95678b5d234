// Fields that only the request, or an earlier message, can judge; the encapsulated flow.
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/hash.hpp"
#include "pair.hpp"

namespace lockstep::spdm::testing {
namespace {

using namespace wire::spdm;
using Rules = std::vector<std::string>;

Rules rules_of(const Seen& seen) {
  Rules rules;
  for (const wire::Finding& f : seen.findings) rules.emplace_back(f.rule.id());
  return rules;
}
bool contains(const Rules& rules, const char* rule) {
  return std::find(rules.begin(), rules.end(), rule) != rules.end();
}

TEST(Fields, NonceAndRandomDataMayNotComeTwice) {
  Pair pair = negotiated();
  pair.read_chain();
  const auto random = pair.random;
  pair.challenge();
  pair.read_chain();
  pair.random = random;
  pair.challenge();
  EXPECT_BREACH(pair, "CHALLENGE_AUTH SPDM-CHAL-009 Nonce");
  pair.problems.clear();
  pair.random = random;
  pair.begin_session();
  ASSERT_EQ(pair.problems, none);
  pair.random = random;
  pair.begin_session();
  EXPECT_BREACH(pair, "KEY_EXCHANGE_RSP SPDM-KEX-018 RandomData");
}

TEST(Fields, BasicMutualAuthenticationNeedsARequesterThatCan) {
  Pair pair = negotiated({.version = VERSION_1_0});
  pair.read_chain();
  CHALLENGE request;
  request.nonce = pair.nonce();
  pair.send(Role::requester, request);
  CHALLENGE_AUTH answer;
  answer.param1 = CHALLENGE_AUTH::BASIC_MUT_AUTH_REQ;
  answer.cert_chain_hash = crypto::digest(pair.setup.hash, pair.responder_chain());
  pair.send(Role::responder, answer);
  EXPECT_BREACH(pair, "SPDM-CHAL-011 BasicMutAuthReq");
}

TEST(Fields, SizeOfASlotComesWithoutData) {
  Pair pair = negotiated({.version = VERSION_1_3});
  GET_CERTIFICATE request;
  request.param2 = GET_CERTIFICATE::SLOT_SIZE_REQUESTED;
  request.length = 16;
  pair.send(Role::requester, request);
  CERTIFICATE answer;
  answer.cert_chain = Bytes(16);
  answer.remainder_length = 100;
  pair.send(Role::responder, answer);
  EXPECT_BREACH(pair, "SPDM-CERT-011 PortionLength");
}

MeasurementBlock block(Byte index, std::size_t size) {
  MeasurementBlock b;
  b.index = index;
  b.measurement_value = Bytes(size);
  b.dmtf_spec_measurement_value_size = static_cast<std::uint16_t>(size);
  b.measurement_size = static_cast<std::uint16_t>(size + 3);
  return b;
}

/// What is found when `operation` is answered by these blocks.
Rules measured(Byte operation, const std::vector<MeasurementBlock>& blocks, Byte count) {
  Pair pair = negotiated();
  GET_MEASUREMENTS request;
  request.param2 = operation;
  pair.send(Role::requester, request);
  MEASUREMENTS answer;
  answer.number_of_blocks = count;
  for (const MeasurementBlock& b : blocks) append(answer.measurement_record, wire::encode(b, {}));
  answer.nonce = pair.nonce();
  return rules_of(pair.send(Role::responder, answer));
}

TEST(Fields, MeasurementsAreThoseThatWereAskedFor) {
  EXPECT_EQ(measured(0x00, {}, 0), none);
  EXPECT_EQ(measured(0x00, {block(1, 48)}, 1), Rules{"SPDM-MEAS-001"});
  EXPECT_EQ(measured(0x01, {block(1, 48)}, 1), none);
  EXPECT_EQ(measured(0x01, {block(2, 48)}, 1), Rules{"SPDM-MEAS-003"});
  EXPECT_EQ(measured(0x01, {block(1, 48), block(2, 48)}, 2), Rules{"SPDM-MEAS-003"});
  EXPECT_EQ(measured(0xFF, {block(1, 48), block(2, 48)}, 2), none);
  EXPECT_EQ(measured(0xFF, {block(1, 48), block(1, 48)}, 2), Rules{"SPDM-MEAS-002"});
  EXPECT_EQ(measured(0xFF, {block(2, 48), block(1, 48)}, 2), Rules{"SPDM-MEAS-002"});
  EXPECT_EQ(measured(0xFF, {block(1, 48)}, 2), Rules{"SPDM-MEAS-002"});
  EXPECT_EQ(measured(0x01, {block(1, 32)}, 1), Rules{"SPDM-MEAS-013"});
}

TEST(Fields, LogIsNoLongerThanAskedFor) {
  Pair pair = negotiated({.version = VERSION_1_3});
  GET_MEASUREMENT_EXTENSION_LOG request;
  request.length = 4;
  pair.send(Role::requester, request);
  MEASUREMENT_EXTENSION_LOG answer;
  answer.mel = Bytes(5);
  pair.send(Role::responder, answer);
  EXPECT_BREACH(pair, "SPDM-MEAS-018");
}

TEST(Fields, SignatureOfFinishIsThereExactlyWhenAskedFor) {
  const auto finish_with = [](bool mutual, Byte attributes) {
    Pair pair = negotiated({.mutual = mutual});
    pair.read_chain();
    const auto id = pair.begin_session();
    FINISH finish;
    finish.param1 = attributes;
    return rules_of(pair.send(Role::requester, finish, id));
  };
  EXPECT_TRUE(contains(finish_with(false, FINISH::SIGNATURE_INCLUDED), "SPDM-FIN-005"));
  EXPECT_TRUE(contains(finish_with(true, 0), "SPDM-FIN-006"));
  EXPECT_FALSE(contains(finish_with(false, 0), "SPDM-FIN-005"));
  EXPECT_FALSE(contains(finish_with(false, 0), "SPDM-FIN-006"));
}

TEST(Fields, PskWithTheSaltOfOtherVersionsIsToldApart) {
  Pair pair = negotiated();  // 1.2: zero
  const KeySchedule schedule(VERSION_1_2, pair.setup.hash);
  PSK_EXCHANGE request;
  request.psk_hint = {'h'};
  request.requester_context = pair.nonce();
  pair.send(Role::requester, request);
  PSK_EXCHANGE_RSP answer;
  answer.responder_context = pair.nonce();
  Bytes bytes = pair.encode(Role::responder, answer, {});
  Bytes th = pair.requester.memory().transcripts.vca;
  append(th, pair.requester.pending({})->bytes);
  append(th, View(bytes).first(bytes.size() - 48));
  const Bytes secret = schedule.psk_handshake_secret(Bytes{1, 2, 3}, 0xFF);
  const auto directions = schedule.handshake_direction_secrets(secret, crypto::digest(pair.setup.hash, th));
  const Bytes verify_data = schedule.verify_data(schedule.finished_key(directions.response), th);
  std::copy(verify_data.begin(), verify_data.end(), bytes.end() - 48);
  pair.send(Role::responder, bytes);
  EXPECT_BREACH(pair, "SPDM-FIN-016");
  EXPECT_FALSE(pair.has("SPDM-KEX-002"));
}

// --- the encapsulated flow -------------------------------------------------------------------------------------------

ENCAPSULATED_REQUEST ask(Byte id, Bytes request) {
  ENCAPSULATED_REQUEST message;
  message.param1 = id;
  message.encapsulated_request = std::move(request);
  return message;
}
DELIVER_ENCAPSULATED_RESPONSE deliver(Byte id, Bytes response) {
  DELIVER_ENCAPSULATED_RESPONSE message;
  message.param1 = id;
  message.encapsulated_response = std::move(response);
  return message;
}
ENCAPSULATED_RESPONSE_ACK done(Byte id) {
  ENCAPSULATED_RESPONSE_ACK message;
  message.ack_request_id = id;
  return message;
}
Bytes key_update(Code code, KeyOperation operation) {
  return {VERSION_1_2, static_cast<Byte>(code), static_cast<Byte>(operation), 0};
}

TEST(Encapsulated, RequestIdMustBeThatOfTheRequest) {
  Pair pair = negotiated();
  pair.send(Role::requester, GET_ENCAPSULATED_REQUEST());
  pair.send(Role::responder, ask(1, {VERSION_1_2, static_cast<Byte>(Code::GET_DIGESTS), 0, 0}));
  pair.send(Role::requester, deliver(2, {VERSION_1_2, static_cast<Byte>(Code::ERROR), 3, 0}));
  EXPECT_BREACH(pair, "SPDM-ENCAP-003 RequestID");
}

TEST(Encapsulated, EachFlowHasATranscriptOfItsOwn) {
  Pair pair = negotiated();
  DIGESTS digests;
  digests.version = VERSION_1_2;
  digests.param2 = 1;
  digests.digests = {{crypto::digest(pair.setup.hash, pair.requester_chain())}};
  const Bytes request = {VERSION_1_2, static_cast<Byte>(Code::GET_DIGESTS), 0, 0};
  const Bytes response = wire::encode(digests, pair.requester.encapsulated_context(Role::requester, {}));
  for (int flow = 0; flow < 2; ++flow) {
    pair.send(Role::requester, GET_ENCAPSULATED_REQUEST());
    pair.send(Role::responder, ask(1, request));
    pair.send(Role::requester, deliver(1, response));
    pair.send(Role::requester, deliver(1, response));  // a retry counts once
    pair.send(Role::responder, done(1));
    Bytes b = request;
    append(b, response);
    EXPECT_EQ(pair.responder.memory().transcripts.requester_b, b);
  }
  EXPECT_EQ(pair.problems, none);
}

TEST(Encapsulated, ResponderRenewsOnlyTheKeyItSendsWith) {
  Pair pair = negotiated();
  const auto session = pair.open_psk_session();
  const auto before = pair.requester.session(session)->keys->direction_secret;
  for (const auto operation : {KeyOperation::UpdateKey, KeyOperation::VerifyNewKey}) {
    pair.send(Role::requester, GET_ENCAPSULATED_REQUEST(), session);
    pair.send(Role::responder, ask(1, key_update(Code::KEY_UPDATE, operation)), session);
    pair.send(Role::requester, deliver(1, key_update(Code::KEY_UPDATE_ACK, operation)), session);
    pair.send(Role::responder, done(1), session);
  }
  const auto& after = pair.requester.session(session)->keys->direction_secret;
  EXPECT_EQ(after.request, before.request);
  EXPECT_NE(after.response, before.response);
  pair.send(Role::requester, HEARTBEAT(), session);
  pair.send(Role::responder, HEARTBEAT_ACK(), session);
  EXPECT_EQ(pair.problems, none);
}

TEST(Encapsulated, ImpliedGetDigestsNeedsNoRequest) {
  Pair pair = negotiated({.mutual = true});
  pair.read_chain();
  const auto id = pair.begin_session(KEY_EXCHANGE_RSP::MUT_AUTH_WITH_GET_DIGESTS);
  DIGESTS digests;
  digests.version = VERSION_1_2;
  digests.param2 = 1;
  digests.digests = {{crypto::digest(pair.setup.hash, pair.requester_chain())}};
  const Bytes inner = wire::encode(digests, pair.requester.encapsulated_context(Role::requester, id));
  pair.send(Role::requester, deliver(0, inner), id);
  EXPECT_TRUE(pair.responder.memory().identities.request.slots[0].digest);
  EXPECT_EQ(pair.problems, none);
}

}  // namespace
}  // namespace lockstep::spdm::testing
