// Bytes that no requester would send: the device refuses them, and nothing moves.
#include <rapidcheck.h>

#include "steps.hpp"

namespace lockstep::device {
namespace {

using spdm::Stimulus;

/// A session, keys and a locked TDI: as much as there is to lose.
Pair prepared() {
  PairOptions options;
  options.responder.shape.tdis = 2;
  Pair pair(options);
  negotiate(pair);
  identify(pair);
  open_session(pair, true);
  program_keys(pair, 0);
  lock(pair, 0);
  return pair;
}

/// What was refused changed nothing.
void check(Pair& pair, const Control& before) {
  if (!pair.device.latest_answer().is_refusal()) return;
  EXPECT_EQ(pair.control(), before) << describe(pair.device.latest_letter());
}

void send_clear(Pair& pair, Bytes bytes) {
  const Control before = pair.control();
  pair.device.receive({false, std::move(bytes)});
  check(pair, before);
}

/// A sealed record with any plaintext.
void send_sealed(Pair& pair, View plaintext) {
  const auto id = pair.store.session_ids[0];
  if (!id || pair.control().sessions[0].state == spdm::SessionState::NONE) return;
  crypto::SeededRandom random(1);
  auto record = pair.store.conversation.seal(Role::requester, *id, plaintext, random);
  ASSERT_TRUE(record);
  const Control before = pair.control();
  pair.device.receive({true, *record});
  check(pair, before);
}

Bytes bytes_of(const std::vector<int>& values) {
  Bytes bytes;
  for (const int v : values) bytes.push_back(static_cast<Byte>(v));
  return bytes;
}

/// Random bytes, mostly with a plausible header.
rc::Gen<Bytes> noise() {
  const auto byte = rc::gen::inRange(0, 256);
  const auto body = rc::gen::map(rc::gen::container<std::vector<int>>(byte), bytes_of);
  return rc::gen::map(rc::gen::tuple(rc::gen::element<Byte>(0x10, 0x14, 0x14, 0x20), rc::gen::inRange(0x80, 0x100),
                                     body, rc::gen::inRange(0, 4)),
                      [](const auto& parts) {
                        const auto& [version, code, rest, kind] = parts;
                        if (kind == 0) return rest;
                        Bytes bytes{version, static_cast<Byte>(code)};
                        append(bytes, rest);
                        return bytes;
                      });
}

TEST(Hostile, NoiseInTheClear) {
  Pair pair = prepared();
  EXPECT_TRUE(rc::check([&] { send_clear(pair, *noise()); }));
}

TEST(Hostile, NoiseInASession) {
  Pair pair = prepared();
  EXPECT_TRUE(rc::check([&] { send_sealed(pair, *noise()); }));
}

TEST(Hostile, NoiseAsRecords) {
  EXPECT_TRUE(rc::check([] {
    static Pair pair = prepared();
    const Control before = pair.control();
    Bytes record = *noise();
    if (record.size() >= 4 && read_le(View(record).first(4)) == *pair.store.session_ids[0]) return;
    pair.device.receive({true, record});
    EXPECT_EQ(pair.control(), before);
  }));
}

/// Every request that can be made here, cut short at every length, and with one byte too many.
TEST(Hostile, EverythingTruncated) {
  Pair pair = prepared();
  for (int i = 0; i < static_cast<int>(spdm::FIRST_OUT_OF_BAND); ++i) {
    const auto stimulus = static_cast<Stimulus>(i);
    const auto bytes = pair.requester.concretise(pair.store, pair.control(), letter(stimulus));
    if (!bytes || stimulus == Stimulus::GET_VERSION) continue;
    for (std::size_t size = 0; size < bytes->size(); ++size) send_clear(pair, copy(View(*bytes).first(size)));
  }
  for (int i = 0; i < static_cast<int>(tdisp::FIRST_OUT_OF_BAND); ++i) {
    const auto bytes =
        pair.requester.concretise(pair.store, pair.control(), letter(static_cast<tdisp::Stimulus>(i), 0));
    if (!bytes) continue;
    for (std::size_t size = 0; size < bytes->size(); ++size) send_sealed(pair, View(*bytes).first(size));
  }
  for (int i = 0; i < static_cast<int>(ide_km::FIRST_OUT_OF_BAND); ++i) {
    const auto bytes =
        pair.requester.concretise(pair.store, pair.control(), letter(static_cast<ide_km::Stimulus>(i), 0));
    if (!bytes) continue;
    for (std::size_t size = 0; size < bytes->size(); ++size) send_sealed(pair, View(*bytes).first(size));
  }
}

TEST(Hostile, ATruncatedRecordEndsItsSessionAtMost) {
  Pair pair = prepared();
  crypto::SeededRandom random(1);
  const auto record =
      pair.store.conversation.seal(Role::requester, *pair.store.session_ids[0], Bytes{0x14, 0xE8, 0, 0}, random);
  for (std::size_t size = 0; size < record->size(); ++size)
    pair.device.receive({true, copy(View(*record).first(size))});
  EXPECT_EQ(pair.control().connection.state, spdm::ConnectionState::NEGOTIATED);
  served(pair, letter(Stimulus::GET_DIGESTS));
}

}  // namespace
}  // namespace lockstep::device
