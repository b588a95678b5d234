// A requester and a responder in memory, with every algorithm that the provider has: what one makes, the other accepts.
#include <gtest/gtest.h>

#include "pair.hpp"

namespace lockstep::spdm::testing {
namespace {

using namespace wire::spdm;
using crypto::Aead;
using crypto::Asym;
using crypto::Group;
using crypto::Hash;

void update_keys(Pair& pair, std::uint32_t session, KeyOperation operation, Byte tag) {
  for (const auto op : {operation, KeyOperation::VerifyNewKey}) {
    KEY_UPDATE request;
    request.param1 = static_cast<Byte>(op);
    request.param2 = tag;
    pair.send(Role::requester, request, session);
    KEY_UPDATE_ACK answer;
    answer.param1 = static_cast<Byte>(op);
    answer.param2 = tag++;
    pair.send(Role::responder, answer, session);
  }
}

void live(Pair& pair, std::uint32_t session) {
  const auto beat = [&] {
    pair.send(Role::requester, HEARTBEAT(), session);
    EXPECT_TRUE(pair.send(Role::responder, HEARTBEAT_ACK(), session).is(Code::HEARTBEAT_ACK));
  };
  beat();
  update_keys(pair, session, KeyOperation::UpdateKey, 1);
  beat();
  update_keys(pair, session, KeyOperation::UpdateAllKeys, 7);
  beat();
  pair.measure(false, session);
  pair.measure(true, session);
  pair.send(Role::requester, END_SESSION(), session);
  pair.send(Role::responder, END_SESSION_ACK(), session);
  EXPECT_EQ(pair.requester.session(session), nullptr);
  EXPECT_EQ(pair.responder.session(session), nullptr);
}

class Handshake : public ::testing::TestWithParam<Setup> {};

TEST_P(Handshake, BothEndsAgreeFromTheFirstMessageToTheLast) {
  Pair pair(GetParam());
  pair.negotiate();
  pair.read_chain();
  pair.challenge();
  pair.measure(false, {});
  pair.measure(true, {});
  ASSERT_EQ(pair.problems, none);
  if (GetParam().version == 0x10) return;
  const std::uint32_t session = pair.open_session();
  ASSERT_EQ(pair.problems, none);
  ASSERT_NE(pair.requester.session(session), nullptr);
  EXPECT_EQ(pair.requester.session(session)->phase, SessionData::Phase::established);
  EXPECT_EQ(pair.requester.session(session)->keys->export_secret, pair.responder.session(session)->keys->export_secret);
  live(pair, session);
  live(pair, pair.open_psk_session());
  EXPECT_EQ(pair.problems, none);
}

std::vector<Setup> every_algorithm() {
  std::vector<Setup> setups;
  for (const Byte version : {VERSION_1_0, VERSION_1_1, VERSION_1_2, VERSION_1_3, VERSION_1_4})
    setups.push_back({.version = version});
  for (int i = 0; i <= static_cast<int>(Hash::SM3_256); ++i)
    if (!crypto::unsupported(static_cast<Hash>(i))) setups.push_back({.hash = static_cast<Hash>(i)});
  for (int i = 0; i <= static_cast<int>(Asym::SLH_DSA_SHAKE_256F); ++i)
    if (const auto asym = static_cast<Asym>(i); !crypto::unsupported(asym))
      setups.push_back({.hash = asym == Asym::SM2_P256 ? Hash::SM3_256 : Hash::SHA_384,
                        .asym = asym,
                        .requester_asym = asym,
                        .mutual = true});
  for (int i = 0; i <= static_cast<int>(Group::SM2_P256); ++i)
    if (!crypto::unsupported(static_cast<Group>(i))) setups.push_back({.group = static_cast<Group>(i)});
  for (int i = 0; i <= static_cast<int>(Aead::SM4_GCM); ++i)
    if (!crypto::unsupported(static_cast<Aead>(i)))
      for (const bool encrypts : {true, false})
        setups.push_back({.aead = static_cast<Aead>(i), .format = mctp_records, .encrypts = encrypts});
  return setups;
}

std::vector<Setup> every_shape() {
  std::vector<Setup> setups;
  for (const Byte version : {VERSION_1_1, VERSION_1_2, VERSION_1_3, VERSION_1_4})
    for (const bool in_the_clear : {false, true})
      for (const bool mutual : {false, true})
        setups.push_back({.version = version,
                          .in_the_clear = in_the_clear,
                          .mutual = mutual,
                          .psk_with_context = mutual,
                          .multi_key = version >= 0x13 && mutual});
  return setups;
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Handshake, ::testing::ValuesIn(every_algorithm()));
INSTANTIATE_TEST_SUITE_P(Shapes, Handshake, ::testing::ValuesIn(every_shape()));

TEST(Handshake, OpenSSL30LacksPostQuantumAndSaysSo) {
  Negotiated negotiated;
  negotiated.hash = Hash::SHA_384;
  negotiated.key_schedule = true;
  negotiated.aead = Aead::SM4_GCM;
  EXPECT_EQ(negotiated.session_missing(), crypto::unsupported(Aead::SM4_GCM));
  EXPECT_TRUE(crypto::unsupported(Asym::ML_DSA_87));
}

}  // namespace
}  // namespace lockstep::spdm::testing
