// Vectors: RFC 6979, A.2.5 and A.2.6 (ECDSA); RFC 8032, 7.1 (Ed25519); Wycheproof rsa_pss_2048_sha256_mgf1_32,
// rsa_pss_2048_sha256_mgf1_0 and rsa_signature_2048_sha256, case 3 of each (RSA).
#include "crypto/signature.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <thread>

#include "crypto/hash.hpp"
#include "support.hpp"

namespace lockstep::crypto {
namespace {

// SubjectPublicKeyInfo up to the key itself (RFC 5480, RFC 8410).
const std::string p256_header = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
const std::string p384_header = "3076301006072a8648ce3d020106052b8104002203620004";
const std::string ed25519_header = "302a300506032b6570032100";

PublicKey public_key(const std::string& spki) {
  auto key = PublicKey::from_subject_public_key_info(hex(spki));
  EXPECT_TRUE(key);
  return *key;
}

PublicKey p256_key() {
  return public_key(p256_header +
                    "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
                    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");
}

PublicKey rsa_key() {
  return public_key(
      "30820122300d06092a864886f70d01010105000382010f003082010a0282010100a2b451a07d0aa5f96e455671513550514a8a5b462ebef7"
      "17094fa1fee82224e637f9746d3f7cafd31878d80325b6ef5a1700f65903b469429e89d6eac8845097b5ab393189db92512ed8a7711a1253"
      "facd20f79c15e8247f3d3e42e46e48c98e254a2fe9765313a03eff8f17e1a029397a1fa26a8dce26f490ed81299615d9814c22da610428e0"
      "9c7d9658594266f5c021d0fceca08d945a12be82de4d1ece6b4c03145b5d3495d4ed5411eb878daf05fd7afc3e09ada0f1126422f590975a"
      "1969816f48698bcbba1b4d9cae79d460d8f9f85e7975005d9bc22c4e5ac0f7c1a45d12569a62807d3b9a02e5a530e773066f453d1f5b4c2e"
      "9cf7820283f742b9d50203010001");
}

constexpr const char* pss_signature =
    "401eb03cdb47ca88033e3030f6bdecbac8f5c8fc1dd6a13d23d379ed9a2b309891d13d74fea9d21d159b9e6d8f37efa2489962e24555f56dd4"
    "34ff1d31ce4f9f5abd3f22cbea8b691d6a11e44efb83e2bca155e6a164325e0fde2a8865afd5c9f51161a9d615f62af7ec2e31b3e5ab649c16"
    "4490d31d88cfae35b84aea7925690f929a144b6d2f48e8fb894a52deecd1b9a6496990c4ecf1588699a42cacd10c53af350514e4291ea9a058"
    "e77f101e32c1c0cefa61d945f7bc931f8bd19e7ba3169358a60e5a8b0123bc3199b9fdcafe8e519c41ba675491a27b85e44ef2d77277c10fe1"
    "07293c8290186913bc9a99b640d8da041b64f31eab1d35920985f4a5";
constexpr const char* pss_signature_without_salt =
    "2b3155b14971f79c9e3294723c7e41ded41af709f6edb2c19f3526584aaa1ef2de2e7a8dcaf5d7c3239f604c421656dc58e8b0852f7a65cd55"
    "7724a9b2a17cac38d8020e939bfefec5dce0d8993e75615b974944e4c4a811e40db63f13d2b626bf26257a706a7bedc863d0100b676ab70d4a"
    "4f6eaf4692e0b69ee4426cfe7cfc3e92d93bb804569883cf31fb282efa5a81ce9f6d9f0ed79251ef2a0b596f80e0eb96ede67e30457a07655d"
    "777928b898ed1679046673e489d9c6305dee05abfdeba7357099f9cffd00735165ddc39aa7355b10a8b8612dfa2f836fb9f5f89f1407365d6b"
    "39a39e89c6647ff9da5fc6f960306686a8ed8e2ce12cc7fd9870d576";
constexpr const char* pkcs1_signature =
    "264491e844c119f14e425c03282139a558dcdaeb82a4628173cd407fd319f9076eaebc0dd87a1c22e4d17839096886d58a9d5b7f7aeb63efec"
    "56c45ac7bead4203b6886e1faa90e028ec0ae094d46bf3f97efdd19045cfbc25a1abda2432639f9876405c0d68f8edbf047c12a454f7681d5d"
    "5a2b54bd3723d193dbad4338baad753264006e2d08931c4b8bb79aa1c9cad10eb6605f87c5831f6e2b08e002f9c6f21141f5841d92727dd3e1"
    "d99c36bc560da3c9067df99fcaf818941f72588be33032bad22caf6704223bb114d575b6d02d9d222b580005d930e8f40cce9f672eebb634a2"
    "0177d84351627964b83f2053d736a84ab1a005f63bd5ba943de6205c";

struct Example {
  const char* name;
  PublicKey key;
  Asym asym;
  Hash hash;
  Bytes message, signature;
};

std::vector<Example> examples() {
  const PublicKey p384_key =
      public_key(p384_header +
                 "EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13"
                 "8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720");
  const Bytes sample = text_bytes("sample"), test = text_bytes("test"), short_test = text_bytes("Test");
  return {
      {"P-256 SHA-256 sample", p256_key(), Asym::ECDSA_P256, Hash::SHA_256, sample,
       hex("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
           "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8")},
      {"P-256 SHA-256 test", p256_key(), Asym::ECDSA_P256, Hash::SHA_256, test,
       hex("F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
           "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083")},
      {"P-256 SHA-384 sample", p256_key(), Asym::ECDSA_P256, Hash::SHA_384, sample,
       hex("0EAFEA039B20E9B42309FB1D89E213057CBF973DC0CFC8F129EDDDC800EF7719"
           "4861F0491E6998B9455193E34E7B0D284DDD7149A74B95B9261F13ABDE940954")},
      {"P-384 SHA-384 sample", p384_key, Asym::ECDSA_P384, Hash::SHA_384, sample,
       hex("94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46"
           "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8")},
      {"Ed25519 1",
       public_key(ed25519_header + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
       Asym::ED25519,
       Hash::SHA_256,
       {},
       hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
           "d25bf5f0595bbe24655141438e7a100b")},
      {"Ed25519 3", public_key(ed25519_header + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
       Asym::ED25519, Hash::SHA_256, hex("af82"),
       hex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
           "4a7c15e9716ed28dc027beceea1ec40a")},
      {"RSASSA-PSS", rsa_key(), Asym::RSAPSS_2048, Hash::SHA_256, short_test, hex(pss_signature)},
      {"RSASSA-PKCS1", rsa_key(), Asym::RSASSA_2048, Hash::SHA_256, short_test, hex(pkcs1_signature)},
  };
}

TEST(Signature, PublishedVectors) {
  for (const Example& e : examples()) {
    EXPECT_TRUE(e.key.verify(e.asym, e.hash, e.message, e.signature)) << e.name;
    if (signs_message_itself(e.asym)) continue;
    EXPECT_TRUE(e.key.verify_digest(e.asym, e.hash, digest(e.hash, e.message), e.signature)) << e.name;
  }
}

TEST(Signature, EveryFlippedBitOfTheVectorsFails) {
  for (const Example& e : examples()) {
    for (std::size_t bit = 0; bit < e.signature.size() * 8; bit += 7) {
      const auto outcome = e.key.verify(e.asym, e.hash, e.message, flip_bit(e.signature, bit));
      ASSERT_FALSE(outcome) << e.name << " bit " << bit;
      EXPECT_EQ(outcome.error().code, ErrorCode::authentication_failed);
    }
    EXPECT_FALSE(e.key.verify(e.asym, e.hash, text_bytes("another message"), e.signature)) << e.name;
  }
}

TEST(Signature, PaddingIsPartOfTheAlgorithm) {
  EXPECT_FALSE(rsa_key().verify(Asym::RSASSA_2048, Hash::SHA_256, text_bytes("Test"), hex(pss_signature)));
  EXPECT_FALSE(rsa_key().verify(Asym::RSAPSS_2048, Hash::SHA_256, text_bytes("Test"), hex(pkcs1_signature)));
}

TEST(Signature, SaltIsAsLongAsTheHash) {
  EXPECT_EQ(rsa_key()
                .verify(Asym::RSAPSS_2048, Hash::SHA_256, text_bytes("Test"), hex(pss_signature_without_salt))
                .error()
                .code,
            ErrorCode::authentication_failed);
}

TEST(Signature, AllZeroAndAllOnesAreErrors) {
  for (Byte fill : {Byte{0}, Byte{0xFF}})
    EXPECT_EQ(p256_key().verify(Asym::ECDSA_P256, Hash::SHA_256, {}, Bytes(64, fill)).error().code,
              ErrorCode::authentication_failed);
}

TEST(Signature, WrongKeyOrSize) {
  const auto key = p256_key();
  EXPECT_EQ(key.verify(Asym::ECDSA_P384, Hash::SHA_384, {}, Bytes(96)).error().code, ErrorCode::wrong_key);
  EXPECT_EQ(key.verify(Asym::RSASSA_2048, Hash::SHA_256, {}, Bytes(256)).error().code, ErrorCode::wrong_key);
  EXPECT_EQ(rsa_key().verify(Asym::RSAPSS_3072, Hash::SHA_256, {}, Bytes(384)).error().code, ErrorCode::wrong_key);
  for (std::size_t size : {0, 63, 65})
    EXPECT_EQ(key.verify(Asym::ECDSA_P256, Hash::SHA_256, {}, Bytes(size)).error().code, ErrorCode::wrong_size);
  EXPECT_EQ(key.verify_digest(Asym::ECDSA_P256, Hash::SHA_256, Bytes(31), Bytes(64)).error().code,
            ErrorCode::wrong_size);
  EXPECT_TRUE(key.fits(Asym::ECDSA_P256));
  EXPECT_TRUE(rsa_key().fits(Asym::RSASSA_2048) && rsa_key().fits(Asym::RSAPSS_2048));
  EXPECT_FALSE(rsa_key().fits(Asym::RSASSA_4096) || rsa_key().fits(Asym::ECDSA_P256) || key.fits(Asym::SM2_P256));
}

TEST(Signature, MissingAlgorithmsAreValues) {
  EXPECT_EQ(unsupported(Asym::ML_DSA_65), "OpenSSL 3.0 has no ML-DSA-65");
  for (int i = static_cast<int>(Asym::ED448); i <= static_cast<int>(Asym::SLH_DSA_SHAKE_256F); ++i) {
    const Asym asym = static_cast<Asym>(i);
    EXPECT_NE(unsupported(asym), std::nullopt);
    EXPECT_EQ(PrivateKey::generate(asym).error().code, ErrorCode::unsupported);
    EXPECT_EQ(PrivateKey::from_pem(asym, "").error().code, ErrorCode::unsupported);
    EXPECT_EQ(p256_key().verify(asym, Hash::SHA_256, {}, Bytes(signature_size(asym))).error().code,
              ErrorCode::unsupported);
  }
}

TEST(Signature, AlgorithmsThatTakeTheMessageRefuseADigest) {
  for (Asym asym : {Asym::ED25519, Asym::SM2_P256}) {
    if (unsupported(asym)) continue;
    const auto key = PrivateKey::generate(asym);
    const auto refused = key->sign_digest(Hash::SM3_256, Bytes(32));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
    EXPECT_EQ(key->public_key().verify_digest(asym, Hash::SM3_256, Bytes(32), Bytes(64)).error().code,
              ErrorCode::unsupported);
  }
}

// Every key type with every hash: either the provider refuses the pair on both sides, or what is signed is verified.
TEST(Signature, SignedIsVerified) {
  const Bytes message = text_bytes("dmtf-spdm-v1.2.*");
  for (Asym asym : {Asym::RSASSA_2048, Asym::RSAPSS_2048, Asym::RSASSA_3072, Asym::RSAPSS_3072, Asym::ECDSA_P256,
                    Asym::ECDSA_P384, Asym::ECDSA_P521, Asym::SM2_P256, Asym::ED25519}) {
    if (unsupported(asym)) continue;
    const PrivateKey key = *PrivateKey::generate(asym);
    EXPECT_EQ(key.asym(), asym);
    for (Hash hash :
         {Hash::SHA_256, Hash::SHA_384, Hash::SHA_512, Hash::SHA3_256, Hash::SHA3_384, Hash::SHA3_512, Hash::SM3_256}) {
      if (unsupported(hash)) continue;
      const std::string what = name(asym) + " " + name(hash);
      const auto signature = key.sign(hash, message);
      const bool expected = asym == Asym::SM2_P256 ? hash == Hash::SM3_256 : hash != Hash::SM3_256;
      if (!expected && !signature) {
        EXPECT_EQ(signature.error().code, ErrorCode::unsupported) << what;
        continue;
      }
      ASSERT_TRUE(signature) << what << ": " << signature.error().why;
      EXPECT_EQ(signature->size(), signature_size(asym)) << what;
      EXPECT_TRUE(key.public_key().verify(asym, hash, message, *signature)) << what;
      EXPECT_FALSE(key.public_key().verify(asym, hash, message, flip_bit(*signature, 9))) << what;
      if (signs_message_itself(asym) || asym == Asym::SM2_P256) continue;
      const auto of_digest = key.sign_digest(hash, digest(hash, message));
      ASSERT_TRUE(of_digest) << what << ": " << of_digest.error().why;
      EXPECT_TRUE(key.public_key().verify(asym, hash, message, *of_digest)) << what;
      EXPECT_TRUE(key.public_key().verify_digest(asym, hash, digest(hash, message), *signature)) << what;
    }
  }
}

TEST(PrivateKey, Ed25519FromPemGivesTheVector) {
  // RFC 8410, 7: PKCS #8 of the secret of RFC 8032, 7.1, test 1, in base 64.
  const auto key = PrivateKey::from_pem(Asym::ED25519,
                                        "-----BEGIN PRIVATE KEY-----\n"
                                        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                                        "-----END PRIVATE KEY-----\n");
  ASSERT_TRUE(key) << key.error().why;
  EXPECT_EQ(*key->sign(Hash::SHA_256, {}), examples()[4].signature);
}

TEST(PrivateKey, PemRoundTrip) {
  const auto key = PrivateKey::generate(Asym::ECDSA_P256);
  const auto again = PrivateKey::from_pem(Asym::ECDSA_P256, key->to_pem());
  ASSERT_TRUE(again);
  const Bytes signature = *again->sign(Hash::SHA_256, text_bytes("x"));
  EXPECT_TRUE(key->public_key().verify(Asym::ECDSA_P256, Hash::SHA_256, text_bytes("x"), signature));
  EXPECT_EQ(PrivateKey::from_pem(Asym::ECDSA_P384, key->to_pem()).error().code, ErrorCode::wrong_key);
  EXPECT_EQ(PrivateKey::from_pem(Asym::ECDSA_P384, "nothing").error().code, ErrorCode::malformed);
}

TEST(PublicKey, MalformedEncodings) {
  const Bytes good = p256_key().subject_public_key_info();
  EXPECT_TRUE(PublicKey::from_subject_public_key_info(good));
  Bytes longer = good;
  longer.push_back(0);
  for (const Bytes& bad : {Bytes{}, Bytes(good.begin(), good.end() - 1), longer})
    EXPECT_EQ(PublicKey::from_subject_public_key_info(bad).error().code, ErrorCode::malformed);
  EXPECT_EQ(PublicKey::from_certificate(good).error().code, ErrorCode::malformed);
  Bytes unknown = good;
  unknown[12] = 0x7F;  // inside the OID of the key type
  EXPECT_EQ(PublicKey::from_subject_public_key_info(unknown).error().code, ErrorCode::unsupported);
}

TEST(PublicKey, OneKeyServesManyThreads) {
  const PrivateKey key = *PrivateKey::generate(Asym::ECDSA_P256);
  const PublicKey verifier = key.public_key();
  std::vector<int> good(4);
  std::vector<std::thread> threads;
  for (int& count : good)
    threads.emplace_back([&key, &verifier, &count] {
      for (int i = 0; i < 20; ++i) {
        const Bytes message(static_cast<std::size_t>(i));
        count += verifier.verify(Asym::ECDSA_P256, Hash::SHA_256, message, *key.sign(Hash::SHA_256, message)) ? 1 : 0;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, std::vector<int>(4, 20));
}

}  // namespace
}  // namespace lockstep::crypto
