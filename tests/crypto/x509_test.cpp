#include "crypto/x509.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "crypto/hash.hpp"
#include "crypto/pki.hpp"
#include "support.hpp"

namespace lockstep::crypto {
namespace {

Pki pki(const MakePkiOptions& options = {}) { return *make_pki(Asym::ECDSA_P256, Hash::SHA_256, options); }

std::vector<ChainFaultKind> faults(const std::vector<Bytes>& chain, const ChainOptions& options = {}) {
  std::vector<ChainFaultKind> kinds;
  const auto outcome = verify_chain(chain, options);
  if (!outcome)
    for (const ChainFault& fault : outcome.error()) kinds.push_back(fault.kind);
  return kinds;
}

using Kinds = std::vector<ChainFaultKind>;
using enum ChainFaultKind;

TEST(Pki, EveryKindOfKeyMakesAChainThatHolds) {
  for (Asym asym : {Asym::RSASSA_2048, Asym::RSAPSS_2048, Asym::ECDSA_P256, Asym::ECDSA_P384, Asym::ECDSA_P521,
                    Asym::SM2_P256, Asym::ED25519}) {
    if (unsupported(asym)) continue;
    for (Hash hash : {Hash::SHA_256, Hash::SHA3_384}) {
      const auto made = make_pki(asym, hash);
      ASSERT_TRUE(made) << name(asym);
      ASSERT_EQ(made->chain.size(), 3u);
      EXPECT_EQ(faults(made->chain), Kinds{}) << name(asym) << " " << name(hash);
      const auto leaf_key = PublicKey::from_certificate(made->leaf());
      ASSERT_TRUE(leaf_key) << name(asym);
      EXPECT_TRUE(leaf_key->fits(asym)) << name(asym);
      const Bytes message = text_bytes("challenge");
      const Hash signing = asym == Asym::SM2_P256 ? Hash::SM3_256 : hash;
      EXPECT_TRUE(leaf_key->verify(asym, signing, message, *made->leaf_key.sign(signing, message))) << name(asym);
      std::vector<Bytes> broken = made->chain;
      broken[2] = flip_bit(broken[2], broken[2].size() * 8 - 8);
      EXPECT_EQ(faults(broken), Kinds{bad_signature}) << name(asym);
    }
  }
  EXPECT_EQ(make_pki(Asym::ML_DSA_44, Hash::SHA_256).error().code, ErrorCode::unsupported);
}

TEST(Certificate, LeafHasWhatSpdmAsksFor) {
  const Pki made = pki({.name = "Acme", .requester_auth = true, .mutable_certificate = true, .device_info = "A:B:C"});
  const auto leaf = parse_certificate(made.leaf());
  ASSERT_TRUE(leaf);
  EXPECT_EQ(leaf->version, 3);
  EXPECT_EQ(leaf->subject, "CN=Acme leaf");
  EXPECT_EQ(leaf->issuer, "CN=Acme intermediate");
  EXPECT_EQ(leaf->serial.size(), 16u);
  EXPECT_EQ(leaf->not_before, 1735689600);
  EXPECT_EQ(leaf->not_after, 4102444800);
  EXPECT_EQ(leaf->signature_algorithm, "1.2.840.10045.4.3.2");  // RFC 5758: ecdsa-with-SHA256
  EXPECT_FALSE(leaf->is_ca);
  EXPECT_TRUE(leaf->has_key_usage(KeyUsage::digital_signature));
  EXPECT_FALSE(leaf->has_key_usage(KeyUsage::key_cert_sign));
  EXPECT_TRUE(leaf->has_extended_key_usage(oid::eku_responder_auth));
  EXPECT_TRUE(leaf->has_extended_key_usage(oid::eku_requester_auth));
  EXPECT_EQ(leaf->spdm_oids(),
            (std::vector<std::string>{std::string(oid::hardware_identity), std::string(oid::mutable_certificate)}));
  EXPECT_EQ(leaf->public_key()->subject_public_key_info(), made.leaf_key.public_key().subject_public_key_info());
  const Extension* names = leaf->find_extension(oid::subject_alternative_name);
  ASSERT_NE(names, nullptr);
  // GeneralNames { [0] otherName { 1.3.6.1.4.1.412.274.1, [0] UTF8String "A:B:C" } }, encoded by hand.
  EXPECT_EQ(to_hex(names->value), "3017a015060a2b06010401831c821201a0070c05413a423a43");

  const auto root = parse_certificate(made.root());
  EXPECT_TRUE(root->is_ca && root->has_key_usage(KeyUsage::key_cert_sign));
  EXPECT_EQ(root->subject, root->issuer);
  EXPECT_FALSE(root->has_key_usage(KeyUsage::digital_signature));
  EXPECT_EQ(root->path_length, std::nullopt);
}

TEST(Certificate, LeafWithoutTheOptions) {
  const auto leaf = parse_certificate(pki({.responder_auth = false, .hardware_identity = false}).leaf());
  EXPECT_TRUE(leaf->extended_key_usage.empty() && leaf->spdm_oids().empty());
  EXPECT_EQ(leaf->find_extension(oid::spdm_extension), nullptr);
}

TEST(Certificate, MalformedIsAnError) {
  const Bytes good = pki().leaf();
  Bytes longer = good;
  longer.push_back(0);
  for (const Bytes& bad : {Bytes{}, Bytes{0x30, 0x00}, Bytes(good.begin(), good.end() - 1), longer})
    EXPECT_EQ(parse_certificate(bad).error().code, ErrorCode::malformed);
}

TEST(Certificate, UnreadableExtensionIsAnError) {
  Bytes der = pki().leaf();
  const Bytes key_usage = hex("0603551d0f0101ff040403020780");  // RFC 5280, 4.2.1.3: digitalSignature, critical
  const auto at = std::search(der.begin(), der.end(), key_usage.begin(), key_usage.end());
  ASSERT_NE(at, der.end());
  EXPECT_EQ(parse_certificate(der)->key_usage, 1);
  at[10] = 0x02;  // INTEGER instead of BIT STRING
  EXPECT_EQ(parse_certificate(der).error().code, ErrorCode::malformed);
}

RC_GTEST_PROP(Certificate, DamagedBytesAreAnsweredAndNeverVerified, ()) {
  static const Pki made = pki();
  std::vector<Bytes> chain = made.chain;
  const std::size_t which = *rc::gen::inRange<std::size_t>(0, chain.size());
  chain[which] = flip_bit(chain[which], *rc::gen::inRange<std::size_t>(0, chain[which].size() * 8));
  RC_ASSERT(!verify_chain(chain, {.root = made.root()}).has_value());
}

TEST(SplitChain, UndoesConcatenation) {
  const Pki made = pki();
  EXPECT_EQ(*split_chain(made.concatenated()), made.chain);
  EXPECT_TRUE(split_chain({})->empty());
}

TEST(SplitChain, BadLengthsAreErrors) {
  const Bytes all = pki().concatenated();
  Bytes trailing = all;
  trailing.push_back(0);
  const std::vector<Bytes> bad = {
      Bytes(all.begin(), all.end() - 1), trailing, hex("3080"), hex("30"), hex("0400"), hex("3084ffffffff00"),
      hex("308900000000000000000100")};
  for (const Bytes& der : bad)
    EXPECT_EQ(split_chain(der).error().code, ErrorCode::malformed) << to_hex(View(der).first(1));
}

TEST(Chain, RootMayBeAbsent) {
  const Pki made = pki(), other = pki();
  const std::vector<Bytes> below(made.chain.begin() + 1, made.chain.end());
  const Bytes hash = digest(Hash::SHA_256, made.root()), other_hash = digest(Hash::SHA_256, other.root());
  EXPECT_EQ(faults(below), Kinds{root_unknown});
  EXPECT_EQ(faults(below, {.root_hash = hash}), Kinds{root_unknown});
  EXPECT_EQ(faults(below, {.root = made.root()}), Kinds{});
  EXPECT_EQ(faults(below, {.root = made.root(), .root_hash = hash}), Kinds{});
  EXPECT_EQ(faults(below, {.root = made.root(), .root_hash = other_hash}), Kinds{root_hash_mismatch});
  // Same names, another key.
  EXPECT_EQ(faults(below, {.root = other.root()}), Kinds{bad_signature});
}

TEST(Chain, RootIsTheTrustedOne) {
  const Pki made = pki(), other = pki({.name = "Other"});
  const Bytes hash = digest(Hash::SHA_384, made.root()), other_hash = digest(Hash::SHA_384, other.root());
  EXPECT_EQ(faults(made.chain, {.root = made.root(), .root_hash = hash, .hash = Hash::SHA_384}), Kinds{});
  EXPECT_EQ(faults(made.chain, {.root_hash = hash, .hash = Hash::SHA_384}), Kinds{});
  EXPECT_EQ(faults(made.chain, {.root_hash = other_hash, .hash = Hash::SHA_384}), Kinds{root_hash_mismatch});
  EXPECT_EQ(faults(made.chain, {.root = other.root()}), Kinds{root_mismatch});
  EXPECT_EQ(faults(made.chain, {.root = pki().root()}), Kinds{root_mismatch});  // the same name, another key
  // A trusted intermediate serves as the start of a shorter chain.
  const std::vector<Bytes> below(made.chain.begin() + 1, made.chain.end());
  EXPECT_EQ(faults(below, {.root_hash = digest(Hash::SHA_256, below[0])}), Kinds{});
  EXPECT_EQ(faults(made.chain, {.root = Bytes{0x30}}), Kinds{malformed});
}

TEST(Chain, EachFaultIsNamedAtItsPlace) {
  const Pki made = pki(), other = pki({.name = "Other"}), twin = pki();
  EXPECT_EQ(faults({}), Kinds{empty});
  EXPECT_EQ(faults({made.chain[0], hex("3000"), hex("00")}), (Kinds{malformed, malformed}));
  EXPECT_EQ(faults({made.chain[0], made.chain[2]}), Kinds{issuer_mismatch});
  EXPECT_EQ(faults({made.chain[0], made.chain[1], other.chain[2]}), Kinds{issuer_mismatch});
  EXPECT_EQ(faults({made.chain[0], made.chain[1], twin.chain[2]}), Kinds{bad_signature});
  EXPECT_EQ(faults({made.chain[0], twin.chain[1], made.chain[2]}), (Kinds{bad_signature, bad_signature}));
  EXPECT_EQ(faults(pki({.issuer_is_ca = false}).chain), Kinds{not_a_ca});
  EXPECT_EQ(faults(pki({.root_path_length = 0}).chain), Kinds{path_too_long});
  EXPECT_EQ(faults(pki({.root_path_length = 1}).chain), Kinds{});
  // A leaf as an issuer has neither the CA flag nor keyCertSign, and is not the issuer.
  EXPECT_EQ(faults({made.chain[2], made.chain[2]}, {.root = made.chain[1]}),
            (Kinds{not_a_ca, not_a_ca, issuer_mismatch}));
  const auto outcome = verify_chain({made.chain[0], made.chain[1], twin.chain[2]});
  EXPECT_EQ(outcome.error()[0].index, 2u);
  EXPECT_EQ(outcome.error()[0].why, "\"CN=Lockstep leaf\" is not signed by \"CN=Lockstep intermediate\"");
}

TEST(Chain, UnknownAlgorithmsAreUndecidedNotWrong) {
  const auto renamed = [](Bytes der, const char* oid_of, std::size_t last) {
    const Bytes oid = hex(oid_of);
    for (auto at = der.begin(); (at = std::search(at, der.end(), oid.begin(), oid.end())) != der.end();)
      at[last] = 0x7F;
    return der;
  };
  const Pki made = pki();
  const Bytes unknown_signature = renamed(made.leaf(), "06082a8648ce3d040302", 9);
  EXPECT_EQ(faults({made.chain[0], made.chain[1], unknown_signature}), Kinds{undecided});
  // The issuer's key is of an unknown type: its own signature is broken by that, the one below it cannot be checked.
  const Bytes unknown_key = renamed(made.chain[1], "06072a8648ce3d0201", 8);
  EXPECT_EQ(parse_certificate(unknown_key)->public_key().error().code, ErrorCode::unsupported);
  EXPECT_EQ(faults({made.chain[0], unknown_key, made.leaf()}), (Kinds{bad_signature, undecided}));
}

TEST(Chain, SelfSignatureOfTheRootIsChecked) {
  Pki made = pki();
  made.chain[0] = flip_bit(made.chain[0], made.chain[0].size() * 8 - 8);
  EXPECT_EQ(faults(made.chain), Kinds{bad_signature});
}

TEST(Chain, ValidityIsCheckedOnRequest) {
  const Pki made = pki({.not_before = 1000, .not_after = 2000});
  EXPECT_EQ(faults(made.chain), Kinds{});
  EXPECT_EQ(faults(made.chain, {.at = 1000}), Kinds{});
  EXPECT_EQ(faults(made.chain, {.at = 2000}), Kinds{});
  EXPECT_EQ(faults(made.chain, {.at = 999}), Kinds(3, not_yet_valid));
  EXPECT_EQ(faults(made.chain, {.at = 2001}), Kinds(3, expired));
}

TEST(Chain, SelfSignedLeafAlone) {
  const Pki made = pki();
  EXPECT_EQ(faults({made.root()}), Kinds{});
  EXPECT_EQ(faults({made.root()}, {.root = made.root()}), Kinds{});
}

}  // namespace
}  // namespace lockstep::crypto
