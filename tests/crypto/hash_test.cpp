// Vectors: FIPS 180-4 and FIPS 202 examples ("abc"), GB/T 32905 A.1, RFC 4231, RFC 5869.
#include "crypto/hash.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support.hpp"

namespace lockstep::crypto {
namespace {

constexpr Hash every_hash[] = {Hash::SHA_256,  Hash::SHA_384,  Hash::SHA_512, Hash::SHA3_256,
                               Hash::SHA3_384, Hash::SHA3_512, Hash::SM3_256};

TEST(Digest, StandardExamples) {
  const std::pair<Hash, const char*> examples[] = {
      {Hash::SHA_256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {Hash::SHA_384,
       "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
      {Hash::SHA_512,
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
       "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
      {Hash::SHA3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
      {Hash::SHA3_384,
       "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25"},
      {Hash::SHA3_512,
       "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
       "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0"},
      {Hash::SM3_256, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"}};
  for (const auto& [hash, expected] : examples) {
    if (unsupported(hash)) continue;
    EXPECT_EQ(to_hex(digest(hash, text_bytes("abc"))), expected) << name(hash);
    EXPECT_EQ(digest(hash, {}).size(), hash_size(hash));
  }
}

TEST(Digest, OnlySm3MayBeMissing) {
  for (Hash hash : every_hash) {
    if (hash == Hash::SM3_256) continue;
    EXPECT_EQ(unsupported(hash), std::nullopt) << name(hash);
  }
}

TEST(Digest, AskingDoesNotDisturbAndCopiesFork) {
  Digest running(Hash::SHA_256);
  running.update(text_bytes("a"));
  const Bytes first = running.value();
  EXPECT_EQ(first, running.value());
  Digest fork = running;
  running.update(text_bytes("bc"));
  EXPECT_EQ(running.value(), digest(Hash::SHA_256, text_bytes("abc")));
  EXPECT_EQ(fork.value(), first);
  fork = running;
  EXPECT_EQ(fork.update({}).value(), running.value());
  EXPECT_EQ(fork.hash(), Hash::SHA_256);
}

RC_GTEST_PROP(Digest, PiecesMakeTheWhole, (const std::vector<Bytes>& pieces)) {
  const Hash hash = *rc::gen::elementOf(std::vector<Hash>(std::begin(every_hash), std::end(every_hash) - 1));
  Digest running(hash);
  Bytes whole;
  for (const Bytes& piece : pieces) {
    running.update(piece);
    append(whole, piece);
  }
  RC_ASSERT(running.value() == digest(hash, whole));
}

TEST(Hmac, Rfc4231) {
  const Bytes key1(20, 0x0b), hi = text_bytes("Hi There");
  EXPECT_EQ(to_hex(hmac(Hash::SHA_256, key1, hi)), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac(Hash::SHA_384, key1, hi)),
            "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6");
  EXPECT_EQ(to_hex(hmac(Hash::SHA_512, key1, hi)),
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
            "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
  EXPECT_EQ(to_hex(hmac(Hash::SHA_256, text_bytes("Jefe"), text_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac(Hash::SHA_256, Bytes(131, 0xaa),
                        text_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hmac, EmptyKeyIsNotTheKeyBefore) {
  // FIPS 198: HMAC pads the key with zeros, so no key and zero bytes of it are the same; the second call would show a
  // key left over from the first.
  EXPECT_EQ(hmac(Hash::SHA_256, text_bytes("left over"), {}).size(), 32u);
  EXPECT_EQ(to_hex(hmac(Hash::SHA_256, {}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_EQ(hmac(Hash::SHA_384, {}, text_bytes("x")), hmac(Hash::SHA_384, Bytes(48, 0), text_bytes("x")));
}

TEST(Hkdf, Rfc5869) {
  const Bytes ikm(22, 0x0b);
  const Bytes prk1 = hkdf_extract(Hash::SHA_256, hex("000102030405060708090a0b0c"), ikm);
  EXPECT_EQ(to_hex(prk1), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  EXPECT_EQ(to_hex(hkdf_expand(Hash::SHA_256, prk1, hex("f0f1f2f3f4f5f6f7f8f9"), 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  const Bytes prk3 = hkdf_extract(Hash::SHA_256, {}, ikm);
  EXPECT_EQ(to_hex(prk3), "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
  EXPECT_EQ(to_hex(hkdf_expand(Hash::SHA_256, prk3, {}, 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, LengthRunsFromNothingTo255Blocks) {
  EXPECT_TRUE(hkdf_expand(Hash::SHA_256, Bytes(32, 1), {}, 0).empty());
  const Bytes longest = hkdf_expand(Hash::SHA_256, Bytes(32, 1), {}, 255 * 32);
  EXPECT_EQ(longest.size(), 255u * 32);
  EXPECT_EQ(copy(View(longest).first(40)), hkdf_expand(Hash::SHA_256, Bytes(32, 1), {}, 40));
}

}  // namespace
}  // namespace lockstep::crypto
