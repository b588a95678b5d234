// Vector: NIST CAVP, HMAC_DRBG, SHA-256, no reseed, COUNT = 0 (entropy input || nonce is the seed; the second of two
// outputs of 1024 bits is the expected one).
#include "crypto/random.hpp"

#include <gtest/gtest.h>

#include "support.hpp"

namespace lockstep::crypto {
namespace {

TEST(SeededRandom, CavpVector) {
  SeededRandom random(
      hex("ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488659ba96c601dc69fc902940805ec0ca8"));
  random.bytes(128);
  EXPECT_EQ(to_hex(random.bytes(128)),
            "e528e9abf2dece54d47c7e75e5fe302149f817ea9fb4bee6f4199697d04d5b89d54fbb978a15b5c443c9ec21036d2460"
            "b6f73ebad0dc2aba6e624abf07745bc107694bb7547bb0995f70de25d6b29e2d3011bb19d27676c07162c8b5ccde0668"
            "961df86803482cb37ed6d5c0bb8d50cf1f50d476aa0458bdaba806f48be9dcb8");
}

TEST(SeededRandom, TheSeedDecides) {
  SeededRandom a(7), again(7), other(8);
  const Bytes first = a.bytes(32);
  EXPECT_EQ(first, again.bytes(32));
  EXPECT_NE(first, other.bytes(32));
  EXPECT_NE(first, a.bytes(32));
  EXPECT_TRUE(a.bytes(0).empty());
}

TEST(SeededRandom, LargeRequests) {
  SeededRandom whole(1), parts(1);
  Bytes pieces = parts.bytes(65536);
  append(pieces, parts.bytes(1000));
  EXPECT_EQ(whole.bytes(66536), pieces);
}

TEST(SystemRandom, NeverTheSame) {
  SystemRandom random;
  EXPECT_EQ(random.bytes(48).size(), 48u);
  EXPECT_NE(random.bytes(32), random.bytes(32));
  EXPECT_EQ(random_bytes(70000).size(), 70000u);
  EXPECT_TRUE(random_bytes(0).empty());
}

}  // namespace
}  // namespace lockstep::crypto
