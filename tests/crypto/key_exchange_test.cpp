// Vectors: RFC 5903, section 8 (ECDH over P-256, P-384, P-521); RFC 7919, appendix A.1 (ffdhe2048).
#include "crypto/key_exchange.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support.hpp"

namespace lockstep::crypto {
namespace {

constexpr Group every_group[] = {Group::FFDHE2048, Group::FFDHE3072, Group::FFDHE4096,
                                 Group::SECP256R1, Group::SECP384R1, Group::SECP521R1};

struct Example {
  Group group;
  const char *private_i, *x_i, *y_i, *private_r, *x_r, *y_r, *secret;
};

constexpr Example rfc_5903[] = {
    {Group::SECP256R1, "C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433",
     "DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C3772581180",
     "5271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3",
     "C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53",
     "D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63",
     "56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB",
     "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE"},
    {Group::SECP384R1,
     "099F3C7034D4A2C699884D73A375A67F7624EF7C6B3C0F160647B67414DCE655E35B538041E649EE3FAEF896783AB194",
     "667842D7D180AC2CDE6F74F37551F55755C7645C20EF73E31634FE72B4C55EE6DE3AC808ACB4BDB4C88732AEE95F41AA",
     "9482ED1FC0EEB9CAFC4984625CCFC23F65032149E0E144ADA024181535A0F38EEB9FCFF3C2C947DAE69B4C634573A81C",
     "41CB0779B4BDB85D47846725FBEC3C9430FAB46CC8DC5060855CC9BDA0AA2942E0308312916B8ED2960E4BD55A7448FC",
     "E558DBEF53EECDE3D3FCCFC1AEA08A89A987475D12FD950D83CFA41732BC509D0D1AC43A0336DEF96FDA41D0774A3571",
     "DCFBEC7AACF3196472169E838430367F66EEBE3C6E70C416DD5F0C68759DD1FFF83FA40142209DFF5EAAD96DB9E6386C",
     "11187331C279962D93D604243FD592CB9D0A926F422E47187521287E7156C5C4D603135569B9E9D09CF5D4A270F59746"},
    {Group::SECP521R1,
     "0037ADE9319A89F4DABDB3EF411AACCCA5123C61ACAB57B5393DCE47608172A0"
     "95AA85A30FE1C2952C6771D937BA9777F5957B2639BAB072462F68C27A57382D4A52",
     "0015417E84DBF28C0AD3C278713349DC7DF153C897A1891BD98BAB4357C9ECBE"
     "E1E3BF42E00B8E380AEAE57C2D107564941885942AF5A7F4601723C4195D176CED3E",
     "017CAE20B6641D2EEB695786D8C946146239D099E18E1D5A514C739D7CB4A10A"
     "D8A788015AC405D7799DC75E7B7D5B6CF2261A6A7F1507438BF01BEB6CA3926F9582",
     "0145BA99A847AF43793FDD0E872E7CDFA16BE30FDC780F97BCCC3F078380201E"
     "9C677D600B343757A3BDBF2A3163E4C2F869CCA7458AA4A4EFFC311F5CB151685EB9",
     "00D0B3975AC4B799F5BEA16D5E13E9AF971D5E9B984C9F39728B5E5739735A21"
     "9B97C356436ADC6E95BB0352F6BE64A6C2912D4EF2D0433CED2B6171640012D9460F",
     "015C68226383956E3BD066E797B623C27CE0EAC2F551A10C2C724D9852077B87"
     "220B6536C5C408A1D2AEBB8E86D678AE49CB57091F4732296579AB44FCD17F0FC56A",
     "01144C7D79AE6956BC8EDB8E7C787C4521CB086FA64407F97894E5E6B2D79B04"
     "D1427E73CA4BAA240A34786859810C06B3C715A3A8CC3151F2BEE417996D19F3DDEA"}};

TEST(KeyExchange, Rfc5903) {
  for (const Example& e : rfc_5903) {
    const auto i = KeyExchange::from_private(e.group, hex(e.private_i));
    const auto r = KeyExchange::from_private(e.group, hex(e.private_r));
    ASSERT_TRUE(i && r) << name(e.group);
    EXPECT_EQ(i->public_bytes(), hex(std::string(e.x_i) + e.y_i)) << name(e.group);
    EXPECT_EQ(r->public_bytes(), hex(std::string(e.x_r) + e.y_r)) << name(e.group);
    EXPECT_EQ(*i->shared_secret(r->public_bytes()), hex(e.secret)) << name(e.group);
    EXPECT_EQ(*r->shared_secret(i->public_bytes()), hex(e.secret)) << name(e.group);
  }
}

TEST(KeyExchange, FreshKeysAgree) {
  for (Group group : every_group) {
    const auto a = KeyExchange::generate(group), b = KeyExchange::generate(group);
    ASSERT_TRUE(a && b) << name(group);
    EXPECT_EQ(a->group(), group);
    EXPECT_EQ(a->public_bytes().size(), exchange_size(group));
    EXPECT_NE(a->public_bytes(), b->public_bytes());
    const Bytes secret = *a->shared_secret(b->public_bytes());
    EXPECT_EQ(secret.size(), shared_secret_size(group));
    EXPECT_EQ(secret, *b->shared_secret(a->public_bytes()));
  }
}

Bytes padded(Group group, Byte value) {
  Bytes bytes(exchange_size(group));
  bytes.back() = value;
  return bytes;
}

const Bytes& ffdhe2048_modulus() {
  static const Bytes p =
      hex("FFFFFFFFFFFFFFFFADF85458A2BB4A9AAFDC5620273D3CF1D8B9C583CE2D3695A9E13641146433FBCC939DCE249B3EF9"
          "7D2FE363630C75D8F681B202AEC4617AD3DF1ED5D5FD65612433F51F5F066ED0856365553DED1AF3B557135E7F57C935"
          "984F0C70E0E68B77E2A689DAF3EFE8721DF158A136ADE73530ACCA4F483A797ABC0AB182B324FB61D108A94BB2C8E3FB"
          "B96ADAB760D7F4681D4F42A3DE394DF4AE56EDE76372BB190B07A7C8EE0A6D709E02FCE1CDF7E2ECC03404CD28342F61"
          "9172FE9CE98583FF8E4F1232EEF28183C3FE3B1B4C6FAD733BB5FCBC2EC22005C58EF1837D1683B2C6F34A26C1B2EFFA"
          "886B423861285C97FFFFFFFFFFFFFFFF");
  return p;
}

/// (p - 1) / 2 for the odd p.
Bytes half(Bytes p) {
  Byte carry = 0;
  for (Byte& b : p) {
    const Byte low = b & 1;
    b = static_cast<Byte>(b >> 1 | carry << 7);
    carry = low;
  }
  return p;
}

TEST(KeyExchange, FiniteFieldSecretsKeepLeadingZeros) {
  for (Group group : {Group::FFDHE2048, Group::FFDHE3072, Group::FFDHE4096}) {
    const auto three = KeyExchange::from_private(group, Bytes{3});
    ASSERT_TRUE(three);
    EXPECT_EQ(three->public_bytes(), padded(group, 8));                     // the generator is 2
    EXPECT_EQ(*three->shared_secret(padded(group, 4)), padded(group, 64));  // (2^2)^3
  }
}

TEST(KeyExchange, TheModulusIsThatOfRfc7919) {
  // The order of the subgroup is q = (p - 1) / 2, and 2^(q - 1) is the inverse of 2, which is (p + 1) / 2 = q + 1.
  Bytes q = half(ffdhe2048_modulus());
  EXPECT_EQ(KeyExchange::from_private(Group::FFDHE2048, q).error().code, ErrorCode::invalid_public_value);
  Bytes q_minus_1 = q, q_plus_1 = q;
  --q_minus_1.back();
  for (std::size_t i = q.size(); i-- > 0 && ++q_plus_1[i] == 0;) continue;
  const auto last = KeyExchange::from_private(Group::FFDHE2048, q_minus_1);
  ASSERT_TRUE(last);
  EXPECT_EQ(to_hex(last->public_bytes()), to_hex(q_plus_1));
}

TEST(KeyExchange, DegenerateNumbersAreErrors) {
  const auto mine = KeyExchange::generate(Group::FFDHE2048);
  Bytes p = ffdhe2048_modulus(), p_minus_1 = p;
  --p_minus_1.back();
  for (const Bytes& peer : {padded(Group::FFDHE2048, 0), padded(Group::FFDHE2048, 1), p_minus_1, p, Bytes(256, 0xFF)}) {
    const auto secret = mine->shared_secret(peer);
    ASSERT_FALSE(secret) << to_hex(View(peer).last(8));
    EXPECT_EQ(secret.error().code, ErrorCode::invalid_public_value);
  }
}

TEST(KeyExchange, PointsOffTheCurveAreErrors) {
  for (Group group : {Group::SECP256R1, Group::SECP384R1, Group::SECP521R1}) {
    const auto mine = KeyExchange::generate(group);
    const Bytes good = KeyExchange::generate(group)->public_bytes();
    for (const Bytes& peer : {flip_bit(good, 0), Bytes(good.size()), Bytes(good.size(), 0xFF)}) {
      const auto secret = mine->shared_secret(peer);
      ASSERT_FALSE(secret) << name(group);
      EXPECT_EQ(secret.error().code, ErrorCode::invalid_public_value);
    }
  }
}

TEST(KeyExchange, WrongSizesAreErrors) {
  for (Group group : every_group) {
    const auto mine = KeyExchange::generate(group);
    for (std::size_t size : {std::size_t{0}, exchange_size(group) - 1, exchange_size(group) + 1})
      EXPECT_EQ(mine->shared_secret(Bytes(size, 2)).error().code, ErrorCode::wrong_size) << name(group);
  }
}

TEST(KeyExchange, PrivateNumbersAreInRange) {
  for (Group group : every_group) {
    EXPECT_EQ(KeyExchange::from_private(group, {}).error().code, ErrorCode::invalid_public_value);
    EXPECT_EQ(KeyExchange::from_private(group, Bytes(exchange_size(group), 0xFF)).error().code,
              ErrorCode::invalid_public_value);
  }
}

TEST(KeyExchange, MissingAlgorithmsAreValues) {
  EXPECT_EQ(KeyExchange::generate(Group::SM2_P256).error().code, ErrorCode::unsupported);
  EXPECT_EQ(KeyExchange::from_private(Group::SM2_P256, Bytes{1}).error().code, ErrorCode::unsupported);
  EXPECT_EQ(unsupported(Group::SM2_P256), "OpenSSL 3.0 has no SM2 key exchange");
  EXPECT_EQ(unsupported(Kem::ML_KEM_768), "OpenSSL 3.0 has no ML-KEM-768");
  EXPECT_EQ(unsupported(Group::FFDHE2048), std::nullopt);
}

RC_GTEST_PROP(KeyExchange, AnyBytesOfAPeerAreAnswered, ()) {
  static const KeyExchange mine = *KeyExchange::generate(Group::SECP384R1);
  const Bytes peer = *rc::gen::container<Bytes>(96, rc::gen::arbitrary<Byte>());
  RC_ASSERT(mine.shared_secret(peer).error().code == ErrorCode::invalid_public_value);
}

}  // namespace
}  // namespace lockstep::crypto
