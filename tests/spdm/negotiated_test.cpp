// Algorithm bits, opaque data and certificate chains.
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/hash.hpp"
#include "pair.hpp"
#include "spdm/chain.hpp"
#include "spdm/opaque.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

// --- algorithms ------------------------------------------------------------------------------------------------------

TEST(Algorithms, BitsAreThoseOfTheSpecification) {
  EXPECT_EQ(hash_of(base_hash_algo::TPM_ALG_SHA_384), crypto::Hash::SHA_384);
  EXPECT_EQ(hash_of(base_hash_algo::TPM_ALG_SM3_256), crypto::Hash::SM3_256);
  EXPECT_EQ(measurement_hash_of(measurement_hash_algo::TPM_ALG_SHA_256), crypto::Hash::SHA_256);
  EXPECT_EQ(measurement_hash_of(measurement_hash_algo::RawBitStreamOnly), std::nullopt);
  EXPECT_EQ(base_asym_of(base_asym_algo::TPM_ALG_ECDSA_ECC_NIST_P256), crypto::Asym::ECDSA_P256);
  EXPECT_EQ(base_asym_of(base_asym_algo::TPM_ALG_RSASSA_4096), crypto::Asym::RSASSA_4096);
  EXPECT_EQ(base_asym_of(base_asym_algo::EdDSA_ed448), crypto::Asym::ED448);
  EXPECT_EQ(pqc_asym_of(pqc_asym_algo::ML_DSA_87), crypto::Asym::ML_DSA_87);
  EXPECT_EQ(pqc_asym_of(pqc_asym_algo::SLH_DSA_SHAKE_256F), crypto::Asym::SLH_DSA_SHAKE_256F);
  EXPECT_EQ(group_of(dhe::secp521r1), crypto::Group::SECP521R1);
  EXPECT_EQ(kem_of(kem::ML_KEM_1024), crypto::Kem::ML_KEM_1024);
  EXPECT_EQ(aead_of(aead::CHACHA20_POLY1305), crypto::Aead::CHACHA20_POLY1305);
}

TEST(Algorithms, NoBitSeveralBitsAndUnknownBitsAreNoAlgorithm) {
  for (const std::uint32_t bits : {0u, 3u, 1u << 7, 1u << 31}) EXPECT_EQ(hash_of(bits), std::nullopt) << bits;
  EXPECT_EQ(base_asym_of(1u << 12), std::nullopt);
  EXPECT_EQ(aead_of(1u << 4), std::nullopt);
}

TEST(Algorithms, BitAndAlgorithmAreInverse) {
  for (int bit = 0; bit < 12; ++bit) EXPECT_EQ(bit_of(*base_asym_of(1u << bit)), 1u << bit);
  for (int bit = 0; bit < 15; ++bit) EXPECT_EQ(bit_of(*pqc_asym_of(1u << bit)), 1u << bit);
  for (int bit = 0; bit < 7; ++bit) EXPECT_EQ(bit_of(*hash_of(1u << bit)), 1u << bit);
  for (int bit = 1; bit < 8; ++bit) EXPECT_EQ(measurement_bit_of(*measurement_hash_of(1u << bit)), 1u << bit);
}

TEST(Algorithms, ContextHasTheSizesOfTheSelection) {
  Negotiated n;
  n.spdm_version = VERSION_1_4;
  n.hash = crypto::Hash::SHA_512;
  n.asym = crypto::Asym::ML_DSA_87;
  n.requester_asym = crypto::Asym::ECDSA_P521;
  n.kem = crypto::Kem::ML_KEM_768;
  n.group = crypto::Group::SECP256R1;
  const wire::Context context = n.context();
  EXPECT_EQ(context.hash_size, 64u);
  EXPECT_EQ(context.signature_size, 4627u);
  EXPECT_EQ(context.requester_signature_size, 132u);
  EXPECT_EQ(context.request_exchange_size, 1184u);
  EXPECT_EQ(context.response_exchange_size, 1088u);
  EXPECT_TRUE(n.session_missing());
}

// --- opaque data -----------------------------------------------------------------------------------------------------

Negotiated general_format() {
  Negotiated n;
  n.spdm_version = VERSION_1_3;
  n.opaque_format = OpaqueFormat::format_1;
  return n;
}
Negotiated old_format() {
  Negotiated n;
  n.spdm_version = VERSION_1_1;
  return n;
}

// Opaque data of PSK_EXCHANGE in doe_psk_tdisp_11.pcap, of PSK_EXCHANGE and PSK_EXCHANGE_RSP in mctp_psk_13.pcap.
const Bytes supported_11 = *from_hex("46544d44 01 01 0000 00 00 0900 01 01 03 0010 0011 0012 000000");
const Bytes supported_13 = *from_hex("01 000000 00 00 0900 01 01 03 0010 0011 0012 000000");
const Bytes selected_13 = *from_hex("01 000000 00 00 0400 01 00 0012");
const std::vector<std::uint16_t> recorded_versions = {0x1000, 0x1100, 0x1200};

TEST(Opaque, WrappersAreThoseOfTheVersion) {
  EXPECT_EQ(build_supported_versions(old_format(), recorded_versions), supported_11);
  EXPECT_EQ(build_supported_versions(general_format(), recorded_versions), supported_13);
  EXPECT_EQ(build_selected_version(general_format(), 0x1200), selected_13);
}

TEST(Opaque, ParsesWhatItBuilds) {
  EXPECT_EQ(parse_opaque(old_format(), supported_11)->supported_versions, recorded_versions);
  EXPECT_EQ(parse_opaque(general_format(), supported_13)->supported_versions, recorded_versions);
  EXPECT_EQ(parse_opaque(general_format(), selected_13)->selected_version, std::optional<std::uint16_t>(0x1200));
  EXPECT_EQ(parse_opaque(general_format(), {})->selected_version, std::nullopt);
}

TEST(Opaque, TheOtherWrapperBreaksTheRuleOfTheVersion) {
  EXPECT_EQ(parse_opaque(old_format(), supported_13).error().rule, Rule("SECMSG-024"));
  EXPECT_EQ(parse_opaque(general_format(), supported_11).error().rule, Rule("SECMSG-025"));
}

// --- certificate chains ----------------------------------------------------------------------------------------------

class Chain : public ::testing::TestWithParam<Byte> {
 protected:
  const crypto::Pki& pki = testing::pki_of(crypto::Asym::ECDSA_P256);
  const Bytes blob = build_chain(GetParam(), crypto::Hash::SHA_256, pki.root(), pki.chain);
  bool finds(const Bytes& changed, Rule rule, const ChainExpectation& expectation = {}) {
    const auto findings = check_chain(GetParam(), crypto::Hash::SHA_256, changed, expectation);
    return std::any_of(findings.begin(), findings.end(), [&](const auto& f) { return f.rule == rule; });
  }
};
INSTANTIATE_TEST_SUITE_P(Versions, Chain, ::testing::Values(VERSION_1_0, VERSION_1_3, VERSION_1_4));

TEST_P(Chain, HasLengthRootHashAndCertificates) {
  Bytes expected;
  append_le(expected, blob.size(), 4);  // up to 1.3 the upper half is reserved
  append(expected, crypto::digest(crypto::Hash::SHA_256, pki.root()));
  append(expected, pki.concatenated());
  EXPECT_EQ(blob, expected);
  EXPECT_TRUE(check_chain(GetParam(), crypto::Hash::SHA_256, blob).empty());
  const auto key = leaf_key(GetParam(), crypto::Hash::SHA_256, blob);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->subject_public_key_info(), pki.leaf_key.public_key().subject_public_key_info());
}

TEST_P(Chain, EachPartIsChecked) {
  const auto flipped = [&](std::size_t at) {
    Bytes changed = blob;
    changed[at] ^= 1;
    return changed;
  };
  EXPECT_TRUE(finds(flipped(0), "SPDM-CERT-009")) << "Length";
  EXPECT_TRUE(finds(flipped(10), "SPDM-CERT-009")) << "RootHash";
  EXPECT_TRUE(finds(flipped(blob.size() - 1), "SPDM-CERT-009")) << "signature of the leaf";
  EXPECT_TRUE(finds(copy(View(blob).first(20)), "SPDM-CERT-009")) << "cut short";
  EXPECT_TRUE(finds(blob, "SPDM-CERT-010", {.root = {}, .at = 4200000000})) << "expired";
}

TEST_P(Chain, RootMayBeAbsent) {
  const std::vector<Bytes> below(pki.chain.begin() + 1, pki.chain.end());
  const Bytes shorter = build_chain(GetParam(), crypto::Hash::SHA_256, pki.root(), below);
  EXPECT_TRUE(check_chain(GetParam(), crypto::Hash::SHA_256, shorter).empty());
  EXPECT_TRUE(check_chain(GetParam(), crypto::Hash::SHA_256, shorter, {.root = pki.root()}).empty());
  const auto& stranger = testing::pki_of(crypto::Asym::ECDSA_P384);
  EXPECT_TRUE(finds(shorter, "SPDM-CERT-009", {.root = stranger.root()}));
}

}  // namespace
}  // namespace lockstep::spdm
