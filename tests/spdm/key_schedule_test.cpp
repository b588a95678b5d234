// The key schedule against its description in DSP0274, put together here from HMAC alone (RFC 5869).
#include "spdm/key_schedule.hpp"

#include <gtest/gtest.h>

#include "crypto/hash.hpp"

namespace lockstep::spdm {
namespace {

using crypto::Hash;

Bytes text(std::string_view t) { return text_bytes(t); }

/// HKDF-Expand for one block of output.
Bytes expand_once(const Bytes& secret, Bytes info, std::size_t length) {
  info.push_back(1);
  Bytes block = crypto::hmac(Hash::SHA_256, secret, info);
  block.resize(length);
  return block;
}
Bytes info(std::uint16_t length, std::string_view label, const Bytes& context = {}) {
  Bytes all;
  append_le(all, length, 2);
  append(all, text(label));
  append(all, context);
  return all;
}

const Bytes th(32, 0x77);

TEST(KeySchedule, BinConcatIsLengthVersionLabelContext) {
  EXPECT_EQ(KeySchedule(0x11, Hash::SHA_256).bin_concat(0x20, "req hs data", Bytes{0xAA}),
            info(0x20, "spdm1.1 req hs data", {0xAA}));
  EXPECT_EQ(KeySchedule(0x14, Hash::SHA_512).bin_concat(0x140, "key", {}), info(0x140, "spdm1.4 key"));
}

TEST(KeySchedule, HandshakeSecretOfASharedSecretHasSaltZeroInEveryVersion) {
  for (const Byte version : {Byte{0x11}, Byte{0x14}})
    EXPECT_EQ(KeySchedule(version, Hash::SHA_256).handshake_secret(Bytes{1, 2}),
              crypto::hmac(Hash::SHA_256, Bytes(32, 0), Bytes{1, 2}));
}

TEST(KeySchedule, SaltOfAPskIsZeroTo12AndFFFrom13) {
  for (const Byte version : {Byte{0x11}, Byte{0x12}})
    EXPECT_EQ(KeySchedule(version, Hash::SHA_256).psk_handshake_secret(Bytes{1, 2}),
              crypto::hmac(Hash::SHA_256, Bytes(32, 0), Bytes{1, 2}));
  for (const Byte version : {Byte{0x13}, Byte{0x14}})
    EXPECT_EQ(KeySchedule(version, Hash::SHA_256).psk_handshake_secret(Bytes{1, 2}),
              crypto::hmac(Hash::SHA_256, Bytes(32, 0xFF), Bytes{1, 2}));
}

TEST(KeySchedule, EverySecretHasItsLabel) {
  const KeySchedule schedule(0x12, Hash::SHA_256);
  const Bytes secret(32, 0x55);
  const auto handshake = schedule.handshake_direction_secrets(secret, th);
  EXPECT_EQ(handshake.request, expand_once(secret, info(32, "spdm1.2 req hs data", th), 32));
  EXPECT_EQ(handshake.response, expand_once(secret, info(32, "spdm1.2 rsp hs data", th), 32));
  EXPECT_EQ(schedule.finished_key(secret), expand_once(secret, info(32, "spdm1.2 finished"), 32));
  const Bytes salt_1 = expand_once(secret, info(32, "spdm1.2 derived"), 32);
  EXPECT_EQ(schedule.master_secret(secret), crypto::hmac(Hash::SHA_256, salt_1, Bytes(32, 0)));
  const auto data = schedule.data_direction_secrets(secret, th);
  EXPECT_EQ(data.request, expand_once(secret, info(32, "spdm1.2 req app data", th), 32));
  EXPECT_EQ(data.response, expand_once(secret, info(32, "spdm1.2 rsp app data", th), 32));
  EXPECT_EQ(schedule.export_secret(secret, th), expand_once(secret, info(32, "spdm1.2 exp master", th), 32));
  EXPECT_EQ(schedule.updated(secret), expand_once(secret, info(32, "spdm1.2 traffic upd"), 32));
}

TEST(KeySchedule, RecordKeysHaveTheSizesOfTheAead) {
  const KeySchedule schedule(0x12, Hash::SHA_256);
  const Bytes secret(32, 0x55);
  const RecordKeys keys = schedule.record_keys(secret, crypto::Aead::AES_128_GCM);
  EXPECT_EQ(keys.key, expand_once(secret, info(16, "spdm1.2 key"), 16));
  EXPECT_EQ(keys.iv, expand_once(secret, info(12, "spdm1.2 iv"), 12));
}

TEST(KeySchedule, VerifyDataIsTheHmacOfTheHashOfTheTranscript) {
  const Bytes transcript = {1, 2, 3}, key(32, 9);
  EXPECT_EQ(KeySchedule(0x12, Hash::SHA_256).verify_data(key, transcript),
            crypto::hmac(Hash::SHA_256, key, crypto::digest(Hash::SHA_256, transcript)));
}

}  // namespace
}  // namespace lockstep::spdm
