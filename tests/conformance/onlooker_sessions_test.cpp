// Recordings of correct devices and hosts whose sessions come and go, and what else is said in them. Each must come out
// clean.
#include <gtest/gtest.h>

#include "forge.hpp"

namespace lockstep::runner {
namespace {

TEST(Session, MayComeAgainWithTheSameId) {
  Forge forge(KEYS_IN_USE);
  forge.open_session(0x4321, 5);
  forge.exchange(HEARTBEAT, HEARTBEAT_ACK);
  forge.open_session(0x4321, 5);  // nobody heard of the first one for a while
  forge.exchange(HEARTBEAT, HEARTBEAT_ACK);
  greet(forge, 7);
  EXPECT_EQ(trouble(forge.judged()), "");
}

// Several states are believed, and the end of the session makes them one.
TEST(Session, OfTheSameIdMayComeWhenItsEndIsInDoubt) {
  Forge forge(SESSION_BEGUN);
  forge.open_session(0x4321, 5);
  key(forge, 1, false, 0x20);
  forge.open_session(0x4322, 5);
  forge.exchange(vendor_defined(true, {0, 0, 0, 1}), BUSY);
  forge.open_session(0x4321, 5);
  greet(forge, 7);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Session, ThatHasMissedItsHeartbeatLeavesItsStreamsAndTdis) {
  Forge forge(KEYS_IN_USE);
  forge.open_session(0x4321, 5);
  key(forge, 1, false, 0x20);
  greet(forge, 7);
  lock(forge, 7, 1, 1);
  start(forge, 7, 1);
  forge.open_session(0x4322, 5);
  read_state(forge, 7, ERROR_STATE);
  stop(forge, 7);
  key(forge, 1, false, 0x40);
  lock(forge, 7, 2, 1);
  start(forge, 7, 2);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Session, ManyComeAndGo) {
  Forge forge(KEYS_IN_USE);
  for (std::uint16_t id = 1; id < 9; ++id) {
    forge.open_session(id);
    greet(forge, 7);
    forge.exchange(END_SESSION, END_SESSION_ACK);
  }
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Session, TwoAtATimeEachWithItsOwnTdi) {
  Forge forge(KEYS_IN_USE);
  const std::uint32_t first = forge.session();
  greet(forge, 7);
  lock(forge, 7, 1);
  forge.open_session(0x4321);
  const std::uint32_t second = forge.session();
  key(forge, 1, false, 0x20);
  greet(forge, 8);
  lock(forge, 8, 2, 1);
  forge.go_on_in(first);
  start(forge, 7, 1);
  forge.go_on_in(second);
  start(forge, 8, 2);
  read_state(forge, 7, RUN_STATE);  // looked at from elsewhere
  forge.exchange(END_SESSION, END_SESSION_ACK);
  forge.go_on_in(first);
  read_state(forge, 8, ERROR_STATE);
  read_state(forge, 7, RUN_STATE);
  EXPECT_EQ(trouble(forge.judged()), "");
}

const Bytes RESPOND_IF_READY{0x14, 0xFF, 0xFE, 9};
Bytes key_update(Byte operation, Byte tag) { return {0x14, 0xE9, operation, tag}; }
Bytes key_update_ack(Byte operation, Byte tag) { return {0x14, 0x69, operation, tag}; }

TEST(Session, RenewsItsKeysInAnyWay) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  lock(forge, 7, 1);
  for (const Byte operation : {Byte{1}, Byte{2}, Byte{1}, Byte{2}}) {
    forge.exchange(key_update(operation, operation), key_update_ack(operation, operation));
    forge.exchange(key_update(3, 9), key_update_ack(3, 9));
    read_state(forge, 7, LOCKED_STATE);
  }
  start(forge, 7, 1);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Session, PutsOffAnything) {
  Forge forge(SESSION_BEGUN);
  for (const Byte slot : SLOTS) {
    forge.exchange(key_prog(1, slot, static_cast<Byte>(0x40 + slot)), BUSY);
    forge.exchange(key_prog(1, slot, static_cast<Byte>(0x40 + slot)), BUSY);
    forge.exchange(key_prog(1, slot, static_cast<Byte>(0x40 + slot)), kp_ack(1, slot));
  }
  for (const Byte slot : SLOTS) {
    forge.exchange(set_go(1, slot), NOT_READY);
    forge.exchange(RESPOND_IF_READY, NOT_READY);
    forge.exchange(RESPOND_IF_READY, go_ack(1, slot));
  }
  greet(forge, 7);
  const Bytes lock_it = tdisp(LOCK, 7, {0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  forge.exchange(lock_it, NOT_READY);
  forge.exchange(RESPOND_IF_READY, tdisp(LOCKED, 7, Bytes(32, 1)));
  forge.exchange(tdisp(START, 7, Bytes(32, 1)), error(7, 3));
  forge.exchange(tdisp(START, 7, Bytes(32, 1)), BUSY);
  start(forge, 7, 1);
  forge.exchange(tdisp(STOP, 7), error(7, 3));
  forge.exchange(tdisp(STOP, 7), NOT_READY);
  forge.exchange(RESPOND_IF_READY, tdisp(STOPPED, 7));
  read_state(forge, 7, UNLOCKED_STATE);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Session, IsForgottenByAConnectionThatBeginsAnew) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  lock(forge, 7, 1);
  for (int round = 0; round < 3; ++round) {
    forge.connect();
    forge.open_session(0x4321);  // the same id each time
    key(forge, 1, false, static_cast<Byte>(0x20 + 8 * round));
    read_state(forge, 7, round == 0 ? ERROR_STATE : UNLOCKED_STATE);
    if (round == 0) stop(forge, 7);
    lock(forge, 7, static_cast<Byte>(2 + round), 1);
    start(forge, 7, static_cast<Byte>(2 + round));
  }
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Session, WithoutTdispMayEndAndComeAgain) {
  Forge forge(KEYS_IN_USE);
  const std::uint32_t first = forge.session();
  greet(forge, 7);
  lock(forge, 7, 1);
  for (int round = 0; round < 6; ++round) {
    forge.open_session(0x4321, 5);
    forge.exchange(HEARTBEAT, HEARTBEAT_ACK);
    forge.exchange(END_SESSION, END_SESSION_ACK);
    forge.go_on_in(first);
    read_state(forge, 7, LOCKED_STATE);
  }
  start(forge, 7, 1);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Session, OfAnotherMayStopATdiAndLookAtIt) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  lock(forge, 7, 1);
  forge.open_session(0x4321);
  greet(forge, 7);
  read_state(forge, 7, LOCKED_STATE);
  stop(forge, 7);
  read_state(forge, 7, UNLOCKED_STATE);
  EXPECT_EQ(trouble(forge.judged()), "");
}

// --- vendor-defined messages -----------------------------------------------------------------------------------------

TEST(VendorDefined, OfOthersSayWhatTheyLike) {
  const auto message = [](bool asks, Byte standard, const Bytes& payload) {
    Bytes bytes{0x14, asks ? Byte{0xFE} : Byte{0x7E}, 0, 0, standard, 0};
    const Bytes vendor = standard == 0 ? Bytes{} : Bytes{0x34, 0x12};
    bytes.push_back(static_cast<Byte>(vendor.size()));
    append(bytes, vendor);
    append_le(bytes, payload.size(), 2);
    append(bytes, payload);
    return bytes;
  };
  for (const Byte standard : {Byte{0}, Byte{3}})
    for (const Bytes& payload : {Bytes{}, Bytes{0}, Bytes{1, 2, 3}}) {
      Forge forge(KEYS_IN_USE);
      forge.exchange(message(true, standard, {1, 2, 3, 4}), message(false, standard, payload));
      EXPECT_EQ(trouble(forge.judged()), "") << int{standard} << " " << payload.size();
    }
}

TEST(VendorDefined, OfPciSigMayBeOfAProtocolThatNobodyKnows) {
  Forge forge(KEYS_IN_USE);
  forge.exchange(vendor_defined(true, {2, 1, 2, 3}), vendor_defined(false, {2}));
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(VendorDefined, InsideTdisp) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  lock(forge, 7, 1);
  forge.exchange(tdisp(0x8B, 7, {0, 2, 0x34, 0x12, 1, 2}), tdisp(0x0B, 7, {0, 2, 0x34, 0x12, 9}));
  forge.exchange(tdisp(0x8B, 7, {0, 2, 0x34, 0x12, 1, 2}), error(7, 0xFF, 5, {0, 2, 0x34, 0x12, 9}));
  forge.exchange(tdisp(0x8B, 7, {0, 2, 0x34, 0x12, 1, 2}), error(7, 7, 0x8B));
  read_state(forge, 7, LOCKED_STATE);
  EXPECT_EQ(trouble(forge.judged()), "");
}

}  // namespace
}  // namespace lockstep::runner
