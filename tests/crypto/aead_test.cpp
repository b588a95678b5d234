// Vectors: McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B; RFC 8439, 2.8.2.
#include "crypto/aead.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support.hpp"

namespace lockstep::crypto {
namespace {

struct Example {
  const char* name;
  Aead aead;
  Bytes key, iv, associated_data, plaintext, sealed;
};

const std::string gcm_plaintext =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
const std::string gcm_key = "feffe9928665731c6d6a8f9467308308";
const std::string gcm_associated_data = "feedfacedeadbeeffeedfacedeadbeefabaddad2";

std::vector<Example> examples() {
  return {{"GCM 1", Aead::AES_128_GCM, Bytes(16), Bytes(12), {}, {}, hex("58e2fccefa7e3061367f1d57a4e7455a")},
          {"GCM 3",
           Aead::AES_128_GCM,
           hex(gcm_key),
           hex("cafebabefacedbaddecaf888"),
           {},
           hex(gcm_plaintext + "1aafd255"),
           hex("42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
               "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"
               "4d5c2af327cd64a62cf35abd2ba6fab4")},
          {"GCM 4", Aead::AES_128_GCM, hex(gcm_key), hex("cafebabefacedbaddecaf888"), hex(gcm_associated_data),
           hex(gcm_plaintext),
           hex("42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
               "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
               "5bc94fbc3221a5db94fae95ae7121a47")},
          {"GCM 16", Aead::AES_256_GCM, hex(gcm_key + gcm_key), hex("cafebabefacedbaddecaf888"),
           hex(gcm_associated_data), hex(gcm_plaintext),
           hex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
               "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
               "76fc6ece0f4e1768cddf8853bb2d551b")},
          {"RFC 8439", Aead::CHACHA20_POLY1305, hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
           hex("070000004041424344454647"), hex("50515253c0c1c2c3c4c5c6c7"),
           text_bytes("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                      "sunscreen would be it."),
           hex("d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
               "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
               "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
               "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691")}};
}

TEST(Aead, PublishedVectors) {
  for (const Example& e : examples()) {
    const auto sealed = aead_seal(e.aead, e.key, e.iv, e.associated_data, e.plaintext);
    ASSERT_TRUE(sealed) << e.name;
    EXPECT_EQ(to_hex(*sealed), to_hex(e.sealed)) << e.name;
    const auto opened = aead_open(e.aead, e.key, e.iv, e.associated_data, e.sealed);
    ASSERT_TRUE(opened) << e.name;
    EXPECT_EQ(*opened, e.plaintext) << e.name;
  }
}

TEST(Aead, MissingAlgorithmIsAValue) {
  EXPECT_EQ(unsupported(Aead::SM4_GCM), "OpenSSL 3.0 has no SM4-GCM");
  const auto sealed = aead_seal(Aead::SM4_GCM, Bytes(16), Bytes(12), {}, {});
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().code, ErrorCode::unsupported);
  EXPECT_EQ(aead_open(Aead::SM4_GCM, Bytes(16), Bytes(12), {}, Bytes(16)).error().code, ErrorCode::unsupported);
}

TEST(Aead, WrongSizes) {
  for (Aead aead : {Aead::AES_128_GCM, Aead::AES_256_GCM, Aead::CHACHA20_POLY1305}) {
    const Bytes key(key_size(aead)), iv(iv_size);
    EXPECT_EQ(aead_seal(aead, Bytes(key.size() - 1), iv, {}, {}).error().code, ErrorCode::wrong_size);
    EXPECT_EQ(aead_open(aead, Bytes(key.size() + 1), iv, {}, Bytes(16)).error().code, ErrorCode::wrong_size);
    EXPECT_EQ(aead_seal(aead, key, Bytes(11), {}, {}).error().code, ErrorCode::wrong_size);
    EXPECT_EQ(aead_open(aead, key, iv, {}, Bytes(15)).error().code, ErrorCode::wrong_size);
  }
}

struct Sealing {
  Aead aead;
  Bytes key, iv, associated_data, plaintext, sealed;
};

Bytes some_bytes(std::size_t size) { return *rc::gen::container<Bytes>(size, rc::gen::arbitrary<Byte>()); }

Sealing some_sealing() {
  Sealing s;
  s.aead = *rc::gen::element(Aead::AES_128_GCM, Aead::AES_256_GCM, Aead::CHACHA20_POLY1305);
  s.key = some_bytes(key_size(s.aead));
  s.iv = some_bytes(iv_size);
  s.associated_data = *rc::gen::arbitrary<Bytes>();
  s.plaintext = *rc::gen::arbitrary<Bytes>();
  s.sealed = *aead_seal(s.aead, s.key, s.iv, s.associated_data, s.plaintext);
  return s;
}

RC_GTEST_PROP(Aead, OpenUndoesSeal, ()) {
  const Sealing s = some_sealing();
  RC_ASSERT(s.sealed.size() == s.plaintext.size() + tag_size);
  RC_ASSERT(*aead_open(s.aead, s.key, s.iv, s.associated_data, s.sealed) == s.plaintext);
}

RC_GTEST_PROP(Aead, AnyFlippedBitFails, ()) {
  Sealing s = some_sealing();
  Bytes* const parts[] = {&s.sealed, &s.key, &s.iv, &s.associated_data};
  Bytes& part = *parts[*rc::gen::inRange<std::size_t>(0, s.associated_data.empty() ? 3 : 4)];
  part = flip_bit(part, *rc::gen::inRange<std::size_t>(0, part.size() * 8));
  const auto opened = aead_open(s.aead, s.key, s.iv, s.associated_data, s.sealed);
  RC_ASSERT(!opened.has_value());
  RC_ASSERT(opened.error().code == ErrorCode::authentication_failed);
}

}  // namespace
}  // namespace lockstep::crypto
