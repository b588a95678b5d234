// The reference device against our own requester: what it serves, and that nothing in its answers breaks a rule.
#include "spdm/chain.hpp"
#include "steps.hpp"

namespace lockstep::device {
namespace {

using spdm::MutAuth;
using spdm::SessionState;
using spdm::Stimulus;

PairOptions version(Byte highest) {
  PairOptions options;
  options.requester.highest_version = highest;
  return options;
}

/// A path made for the test, as files would give it.
Identity identity(crypto::Asym asym) {
  const auto pki = crypto::make_pki(asym, crypto::Hash::SHA_384, {.requester_auth = true});
  EXPECT_TRUE(pki);
  return {pki->chain, pki->leaf_key.to_pem()};
}

class EveryVersion : public testing::TestWithParam<int> {
 protected:
  Byte spdm_version() const { return static_cast<Byte>(GetParam()); }
};
class SessionVersion : public EveryVersion {};
INSTANTIATE_TEST_SUITE_P(Spdm, EveryVersion, testing::Values(0x10, 0x11, 0x12, 0x13, 0x14));
INSTANTIATE_TEST_SUITE_P(Spdm, SessionVersion, testing::Values(0x11, 0x12, 0x13, 0x14));

TEST_P(EveryVersion, Identity) {
  Pair pair(version(spdm_version()));
  negotiate(pair);
  EXPECT_EQ(pair.control().connection.spdm_version, spdm_version());
  identify(pair);
  EXPECT_NE(pair.store.conversation.memory().identities.response.chain(0), nullptr);
  served(pair, letter(Stimulus::CHALLENGE));
  EXPECT_TRUE(pair.control().connection.authenticated);
}

TEST_P(EveryVersion, Measurements) {
  Pair pair(version(spdm_version()));
  negotiate(pair);
  identify(pair);
  const Reply reply = served(pair, letter(Stimulus::GET_MEASUREMENTS));
  ASSERT_TRUE(reply.seen);
  EXPECT_TRUE(reply.seen->not_judged.empty());
  const auto* measurements = reply.seen->message.as<wire::spdm::MEASUREMENTS>();
  ASSERT_NE(measurements, nullptr);
  EXPECT_EQ(measurements->number_of_blocks, spdm_version() >= 0x12 ? 6 : 4);
  EXPECT_EQ(measurements->signature.size(), crypto::signature_size(crypto::Asym::ECDSA_P384));
}

TEST_P(EveryVersion, MeasurementsOneByOne) {
  Pair pair(version(spdm_version()));
  negotiate(pair);
  wire::spdm::GET_MEASUREMENTS get;
  get.version = spdm_version();
  get.context.resize(spdm_version() >= 0x13 ? 8 : 0);
  const auto ask = [&](Byte operation) {
    get.param2 = operation;
    return pair.send_bytes(wire::encode(get, pair.store.conversation.context(Role::requester, std::nullopt)), {});
  };
  const Reply total = ask(0);
  ASSERT_NE(total.seen->message.as<wire::spdm::MEASUREMENTS>(), nullptr);
  EXPECT_EQ(text(total.findings), "");
  const Byte count = total.seen->message.as<wire::spdm::MEASUREMENTS>()->param1;
  int found = 0;
  for (unsigned index = 1; index < 0xFF; ++index) {
    const Reply one = ask(static_cast<Byte>(index));
    if (one.observation.answer.kind == Answer::Kind::response) ++found;
    EXPECT_EQ(text(one.findings), "") << index;
  }
  EXPECT_EQ(found, count);
}

TEST_P(SessionVersion, Psk) {
  Pair pair(version(spdm_version()));
  negotiate(pair);
  open_session(pair, true);
  served(pair, letter(Stimulus::HEARTBEAT, 0));
  served(pair, letter(Stimulus::END_SESSION, 0));
  EXPECT_EQ(pair.control().sessions[0].state, SessionState::NONE);
}

TEST_P(SessionVersion, PskWithoutContext) {
  PairOptions options = version(spdm_version());
  options.responder.psk_without_context = true;
  Pair pair(options);
  negotiate(pair);
  open_session(pair, true);
  served(pair, letter(Stimulus::HEARTBEAT, 0));
}

TEST_P(SessionVersion, KeyExchange) {
  Pair pair(version(spdm_version()));
  negotiate(pair);
  identify(pair);
  open_session(pair, false);
  served(pair, letter(Stimulus::HEARTBEAT, 0));
  served(pair, letter(Stimulus::GET_MEASUREMENTS, 0));
  served(pair, letter(Stimulus::END_SESSION, 0));
}

TEST_P(SessionVersion, KeyExchangeInTheClear) {
  PairOptions options = version(spdm_version());
  options.responder.handshake_in_the_clear = options.requester.handshake_in_the_clear = true;
  Pair pair(options);
  negotiate(pair);
  identify(pair);
  open_session(pair, false);
  EXPECT_TRUE(pair.control().sessions[0].in_the_clear);
  served(pair, letter(Stimulus::HEARTBEAT, 0));
}

TEST_P(SessionVersion, MutualAuthentication) {
  for (const bool clear : {false, true})
    for (const MutAuth how : {MutAuth::encapsulated, MutAuth::implicit_get_digests}) {
      PairOptions options = version(spdm_version());
      options.responder.mutual_authentication = true;
      options.responder.mutual_authentication_by = how;
      options.responder.handshake_in_the_clear = options.requester.handshake_in_the_clear = clear;
      Pair pair(options);
      negotiate(pair);
      identify(pair);
      open_session(pair, false);
      EXPECT_EQ(pair.control().sessions[0].mut_auth, how);
      EXPECT_TRUE(pair.control().sessions[0].encapsulated_done);
      served(pair, letter(Stimulus::HEARTBEAT, 0));
    }
}

TEST_P(SessionVersion, MutualAuthenticationOfAKnownRequester) {
  PairOptions options = version(spdm_version());
  options.responder.mutual_authentication = true;
  options.responder.mutual_authentication_by = MutAuth::no_encapsulation;
  static const Identity requester = identity(crypto::Asym::RSAPSS_3072);  // RSA keys are slow to make
  options.requester.identity = requester;
  options.responder.requester_certificates = options.requester.identity->certificates;
  Pair pair(options);
  negotiate(pair);
  identify(pair);
  open_session(pair, false);
  EXPECT_EQ(pair.control().sessions[0].mut_auth, MutAuth::no_encapsulation);
  EXPECT_EQ(pair.store.conversation.negotiated().requester_asym, crypto::Asym::RSAPSS_3072);
}

TEST_P(SessionVersion, AnIdentityFromOutside) {
  PairOptions options = version(spdm_version());
  options.responder.identity = identity(crypto::Asym::ECDSA_P521);
  Pair pair(options);
  negotiate(pair);
  identify(pair);
  const auto chain = spdm::parse_chain(spdm_version(), *pair.store.conversation.negotiated().hash,
                                       *pair.store.conversation.memory().identities.response.chain(0));
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->certificates, options.responder.identity->certificates);
  served(pair, letter(Stimulus::CHALLENGE));
  open_session(pair, false);
}

TEST(Identity, ItsFlawsAreNamed) {
  Identity own = identity(crypto::Asym::ECDSA_P256);
  EXPECT_EQ(flaw(own), std::nullopt);
  Identity other = own;
  other.private_key = identity(crypto::Asym::ECDSA_P256).private_key;
  EXPECT_EQ(flaw(other), "the key is not that of the last certificate");
  other.private_key = "no PEM";
  EXPECT_EQ(flaw(other), "the key is no PEM of an algorithm that SPDM knows");
  other.certificates.clear();
  EXPECT_EQ(flaw(other), "there is no certificate in it");
}

TEST(Responder, AnUnknownRequesterIsNotAuthenticated) {
  PairOptions options;
  options.responder.mutual_authentication = true;
  options.responder.mutual_authentication_by = MutAuth::no_encapsulation;
  Pair pair(options);
  negotiate(pair);
  identify(pair);
  Letter exchange = letter(Stimulus::KEY_EXCHANGE);
  std::get<SpdmLetter>(exchange.body).created = 0;
  served(pair, exchange);
  const Reply reply = pair.send(letter(Stimulus::FINISH, 0));
  EXPECT_EQ(reply.observation.answer.kind, Answer::Kind::error);
  EXPECT_EQ(pair.control().sessions[0].state, SessionState::NONE);
}

TEST_P(SessionVersion, BasicMutualAuthenticationToItsEnd) {
  PairOptions options = version(spdm_version());
  options.responder.basic_mutual_authentication = true;
  Pair pair(options);
  negotiate(pair);
  identify(pair);
  served(pair, letter(Stimulus::CHALLENGE));
  served(pair, letter(Stimulus::GET_ENCAPSULATED_REQUEST));
  bool challenged = false;
  for (int i = 0; i < 20 && pair.control().connection.encapsulated; ++i) {
    const auto* asked = pair.store.conversation.encapsulated(std::nullopt);
    challenged = challenged || (asked != nullptr && asked->message.as<wire::spdm::CHALLENGE>() != nullptr);
    served(pair, letter(Stimulus::DELIVER_ENCAPSULATED_RESPONSE));
    EXPECT_EQ(std::get<SpdmLetter>(pair.device.latest_letter().body).letter.defect, spdm::Defect::none);
  }
  EXPECT_TRUE(challenged);
  EXPECT_FALSE(pair.control().connection.encapsulated);
  served(pair, letter(Stimulus::GET_DIGESTS));
}

TEST_P(SessionVersion, BasicMutualAuthentication) {
  PairOptions options = version(spdm_version());
  options.responder.basic_mutual_authentication = true;
  Pair pair(options);
  negotiate(pair);
  identify(pair);
  served(pair, letter(Stimulus::CHALLENGE));
  EXPECT_TRUE(pair.control().connection.encapsulated);
  served(pair, letter(Stimulus::GET_ENCAPSULATED_REQUEST));
  const Byte in_flight = static_cast<Byte>(wire::spdm::ErrorCode::RequestInFlight);
  refused(pair, letter(Stimulus::GET_DIGESTS), in_flight);
}

TEST_P(SessionVersion, KeyUpdates) {
  Pair pair(version(spdm_version()));
  negotiate(pair);
  open_session(pair, true);
  for (const auto update : {Stimulus::KEY_UPDATE_UpdateKey, Stimulus::KEY_UPDATE_UpdateAllKeys})
    for (int i = 0; i < 3; ++i) {
      served(pair, letter(update, 0));
      served(pair, letter(Stimulus::KEY_UPDATE_VerifyNewKey, 0));
      served(pair, letter(Stimulus::HEARTBEAT, 0));
    }
  const Byte invalid = static_cast<Byte>(wire::spdm::ErrorCode::InvalidRequest);
  refused(pair, letter(Stimulus::KEY_UPDATE_VerifyNewKey, 0), invalid);
  refused(pair, letter(Stimulus::KEY_UPDATE_undefined, 0), invalid);
  served(pair, letter(Stimulus::HEARTBEAT, 0));
}

TEST(Responder, FourSessionsAndNoFifth) {
  Pair pair({});
  negotiate(pair);
  identify(pair);
  for (Byte i = 0; i < MAX_SESSIONS; ++i) open_session(pair, i % 2 == 0, i);
  Letter fifth = letter(Stimulus::KEY_EXCHANGE, NONE, spdm::Defect::session_limit);
  refused(pair, fifth, static_cast<Byte>(wire::spdm::ErrorCode::SessionLimitExceeded));
  served(pair, letter(Stimulus::END_SESSION, 2));
  open_session(pair, false, 2);
  for (Byte i = 0; i < MAX_SESSIONS; ++i) served(pair, letter(Stimulus::HEARTBEAT, i));
}

TEST(Responder, WrongVerifyDataEndsTheHandshake) {
  Pair pair({});
  negotiate(pair);
  identify(pair);
  Letter exchange = letter(Stimulus::KEY_EXCHANGE);
  std::get<SpdmLetter>(exchange.body).created = 0;
  served(pair, exchange);
  const Reply reply = pair.send(letter(Stimulus::FINISH, 0, spdm::Defect::bad_verify_data));
  EXPECT_EQ(reply.observation.answer,
            Answer::error(AnswerProtocol::SPDM, static_cast<Byte>(wire::spdm::ErrorCode::DecryptError)));
  EXPECT_EQ(pair.control().sessions[0].state, SessionState::NONE);
  EXPECT_FALSE(pair.send(letter(Stimulus::FINISH, 0)).seen);
}

TEST(Responder, AFlippedBitEndsTheSession) {
  Pair pair({});
  negotiate(pair);
  open_session(pair, true);
  crypto::SeededRandom random(5);
  auto record =
      pair.store.conversation.seal(Role::requester, *pair.store.session_ids[0], Bytes{0x14, 0xE8, 0, 0}, random);
  ASSERT_TRUE(record);
  record->back() ^= 1;
  pair.device.receive({true, *record});
  EXPECT_EQ(pair.control().sessions[0].state, SessionState::NONE);
}

TEST(Responder, OverMctpTooWithApplicationMessages) {
  PairOptions options;
  options.records = spdm::mctp_records;
  options.responder.application = [](Byte type, View message) -> std::optional<Bytes> {
    if (type != 0x01) return std::nullopt;
    return copy(message);
  };
  Pair pair(options);
  negotiate(pair);
  open_session(pair, true);
  served(pair, letter(Stimulus::HEARTBEAT, 0));
  crypto::SeededRandom random(5);
  const auto record =
      pair.store.conversation.seal(Role::requester, *pair.store.session_ids[0], Bytes{1, 2, 3}, random, 0x01);
  const auto answer = pair.device.receive({true, *record});
  ASSERT_TRUE(answer);
  const auto opened = pair.store.conversation.open(Role::responder, answer->payload);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->content.inner_type, 0x01);
  EXPECT_EQ(opened->message(), (Bytes{1, 2, 3}));
}

TEST(Responder, AnEventMovesIt) {
  Pair pair({});
  negotiate(pair);
  open_session(pair, true);
  pair.device.happens(letter(Stimulus::HEARTBEAT_EXPIRED, 0));
  EXPECT_EQ(pair.control().sessions[0].state, SessionState::NONE);
  EXPECT_FALSE(pair.send(letter(Stimulus::HEARTBEAT, 0)).seen);
  pair.device.happens({NONE, DeviceEvent::CONVENTIONAL_RESET});
  EXPECT_EQ(pair.control(), Control{});
}

TEST(Responder, WhatWasNotReadyComesLater) {
  PairOptions options;
  bool asleep = false;
  options.responder.choose = [&](const Control&, const Letter&, const Options& permitted) {
    for (const Option& option : permitted)
      if (asleep && option.choice == Choice::not_ready) return Choice::not_ready;
    return Choice::as_specified;
  };
  Pair pair(options);
  negotiate(pair);
  identify(pair);
  for (const auto stimulus : {Stimulus::CHALLENGE, Stimulus::KEY_EXCHANGE}) {
    Letter l = letter(stimulus);
    if (stimulus == Stimulus::KEY_EXCHANGE) std::get<SpdmLetter>(l.body).created = 0;
    asleep = true;
    const Reply later = pair.send(l);
    asleep = false;
    const auto* error = later.seen->message.as<wire::spdm::ERROR>();
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->param1, static_cast<Byte>(wire::spdm::ErrorCode::ResponseNotReady));
    const auto data = wire::decode<wire::spdm::ResponseNotReadyData>(error->extended_error_data, {});
    ASSERT_TRUE(data);
    const Reply reply = pair.send_bytes({0x14, 0xFF, data->message.request_code, data->message.token}, {});
    EXPECT_EQ(reply.observation.answer.code, std::uint32_t{data->message.request_code} & 0x7F);
    EXPECT_EQ(text(reply.findings), "");
  }
  EXPECT_EQ(pair.control().sessions[0].state, SessionState::HANDSHAKING);
  served(pair, letter(Stimulus::FINISH, 0));
  served(pair, letter(Stimulus::HEARTBEAT, 0));
}

}  // namespace
}  // namespace lockstep::device
