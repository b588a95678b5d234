// What SPDM signs (DSP0274, "Signature generation").
#include "spdm/signing.hpp"

#include <gtest/gtest.h>

#include <map>

#include "crypto/hash.hpp"

namespace lockstep::spdm {
namespace {

using crypto::Asym;
using crypto::Hash;

const Bytes transcript = {1, 2, 3, 4};

TEST(Signing, PrefixIsFourTimesTheVersionZerosAndTheContext) {
  // Sizes and zero padding of each context as DSP0274 tabulates them.
  const std::map<Purpose, std::pair<std::string, std::size_t>> contexts = {
      {Purpose::responder_challenge_auth, {"responder-challenge_auth signing", 4}},
      {Purpose::requester_challenge_auth, {"requester-challenge_auth signing", 4}},
      {Purpose::responder_measurements, {"responder-measurements signing", 6}},
      {Purpose::responder_key_exchange_rsp, {"responder-key_exchange_rsp signing", 2}},
      {Purpose::requester_finish, {"requester-finish signing", 12}},
      {Purpose::responder_endpoint_info, {"responder-endpoint_info signing", 5}},
      {Purpose::requester_endpoint_info, {"requester-endpoint_info signing", 5}}};
  for (const auto& [purpose, context] : contexts) {
    Bytes expected = text_bytes("dmtf-spdm-v1.3.*dmtf-spdm-v1.3.*dmtf-spdm-v1.3.*dmtf-spdm-v1.3.*");
    expected.resize(expected.size() + context.second);
    append(expected, text_bytes(context.first));
    ASSERT_EQ(expected.size(), 100u) << context.first;
    append(expected, crypto::digest(Hash::SHA_384, transcript));
    EXPECT_EQ(signed_message({0x13, Hash::SHA_384, Asym::ECDSA_P384}, purpose, transcript), expected) << context.first;
  }
}

TEST(Signing, VersionsTo11SignTheHashItself) {
  const auto key = *crypto::PrivateKey::generate(Asym::ECDSA_P256);
  const SignatureScheme scheme{0x11, Hash::SHA_256, Asym::ECDSA_P256};
  const Bytes signature = *sign(scheme, key, Purpose::responder_measurements, transcript);
  EXPECT_TRUE(key.public_key().verify(Asym::ECDSA_P256, Hash::SHA_256, transcript, signature));
  EXPECT_TRUE(verify(scheme, key.public_key(), Purpose::responder_measurements, transcript, signature));
}

TEST(Signing, SignatureHoldsForItsVersionPurposeAndTranscriptOnly) {
  const auto key = *crypto::PrivateKey::generate(Asym::ED25519);
  const SignatureScheme scheme{0x12, Hash::SHA_256, Asym::ED25519};
  const auto purpose = Purpose::responder_challenge_auth;
  const Bytes signature = *sign(scheme, key, purpose, transcript);
  const auto holds = [&](Byte version, Purpose p, const Bytes& t) {
    return verify({version, Hash::SHA_256, Asym::ED25519}, key.public_key(), p, t, signature).has_value();
  };
  EXPECT_TRUE(holds(0x12, purpose, transcript));
  EXPECT_FALSE(holds(0x13, purpose, transcript));
  EXPECT_FALSE(holds(0x12, Purpose::requester_challenge_auth, transcript));
  EXPECT_FALSE(holds(0x12, purpose, {1, 2, 3, 5}));
}

}  // namespace
}  // namespace lockstep::spdm
