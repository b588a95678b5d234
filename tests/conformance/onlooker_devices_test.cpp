// Recordings of correct devices and hosts that do what a recording does not show or what is seldom seen: resets,
// sessions that die, keys that are programmed anew, discovery that begins again. Each must come out clean.
#include <gtest/gtest.h>

#include "forge.hpp"

namespace lockstep::runner {
namespace {

// --- TDIs ------------------------------------------------------------------------------------------------------------

TEST(Reset, OfTheDeviceUnlocksItsTdisBeforeTheNextConnection) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  lock(forge, 7, 1);
  start(forge, 7, 1);
  forge.connect();
  forge.open_session(0x4321);
  key(forge, 0, false, 0x20);
  lock(forge, 7, 2);
  read_state(forge, 7, LOCKED_STATE);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Reset, OfAFunctionIsSeenOnlyByTheStateItLeaves) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  lock(forge, 7, 1);
  read_state(forge, 7, LOCKED_STATE);
  read_state(forge, 7, ERROR_STATE);  // FLR
  stop(forge, 7);
  lock(forge, 7, 2);
  start(forge, 7, 2);
  read_state(forge, 7, ERROR_STATE);     // and once more
  read_state(forge, 7, UNLOCKED_STATE);  // scrubbed by itself
  lock(forge, 7, 3);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Reset, OfAFunctionThatHasScrubbedBeforeAnybodyLooked) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  lock(forge, 7, 1);
  read_state(forge, 7, LOCKED_STATE);
  read_state(forge, 7, UNLOCKED_STATE);
  lock(forge, 7, 2);
  read_state(forge, 7, LOCKED_STATE);
  EXPECT_EQ(rules(forge.judged()), "warn TDISP-STATE-014 ") << "no recording can tell, and a device may lie";
}

TEST(Session, ThatEndsLeavesATdiThatMayBeUnlockedAgain) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  lock(forge, 7, 1);
  forge.exchange(END_SESSION, END_SESSION_ACK);
  forge.open_session(0x4321);
  key(forge, 0, false, 0x20);
  lock(forge, 7, 2);  // it has scrubbed
  read_state(forge, 7, LOCKED_STATE);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Session, ThatEndsLeavesATdiThatMayFirstBeBusy) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  lock(forge, 7, 1);
  forge.exchange(END_SESSION, END_SESSION_ACK);
  forge.open_session(0x4321);
  key(forge, 0, false, 0x20);
  forge.exchange(tdisp(GET_STATE, 7), BUSY);
  lock(forge, 7, 2);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Function, MayVanish) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  lock(forge, 7, 1);
  forge.exchange(tdisp(GET_STATE, 7), error(7, 0x101));
  greet(forge, 7);
  read_state(forge, 7, UNLOCKED_STATE);
  lock(forge, 7, 2);
  EXPECT_EQ(rules(forge.judged()), "warn TDISP-HDR-007 ") << "no recording can tell, and a device may lie";
}

TEST(Tdi, FollowsItsStreamInItsOwnTime) {
  Forge forge(SESSION_BEGUN);
  key(forge, 1, false, 0x20);
  greet(forge, 7);
  lock(forge, 7, 1, 1);
  start(forge, 7, 1);
  query(forge, 1, SECURE);
  query(forge, 1, INSECURE);
  read_state(forge, 7, RUN_STATE);
  read_state(forge, 7, ERROR_STATE);
  EXPECT_EQ(rules(forge.judged()), "warn TDISP-STATE-016 ") << "no recording can tell, and a device may never follow";
}

TEST(Tdi, MayBeMovedInMemoryWhileItIsNotLocked) {
  const auto report = [](Forge& forge, std::uint64_t page) {
    Bytes body;
    append_le(body, 0, 2), append_le(body, 0, 2), append_le(body, 0, 8), append_le(body, 1, 4);
    append_le(body, page, 8), append_le(body, 4, 4), append_le(body, 0, 4), append_le(body, 0, 4);
    Bytes portion;
    append_le(portion, body.size(), 2), append_le(portion, 0, 2);
    append(portion, body);
    forge.exchange(tdisp(GET_REPORT, 7, {0, 0, 0xFF, 0}), tdisp(REPORT, 7, portion));
  };
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  lock(forge, 7, 1);
  report(forge, 0x8000);
  stop(forge, 7);
  lock(forge, 7, 2);
  report(forge, 0x9000);
  EXPECT_EQ(rules(forge.judged()), "warn TDISP-RPT-024 ") << "no recording can tell, and a device may lie";
  forge.connect();  // and may have been reset
  forge.open_session(0x4321);
  key(forge, 0, false, 0x20);
  lock(forge, 7, 3);
  report(forge, 0xA000);
  EXPECT_EQ(rules(forge.judged()), "warn TDISP-RPT-024 ");
}

TEST(Tdi, OfBeforeTheRecordingMayBeInAnyState) {
  for (const Byte state : {UNLOCKED_STATE, LOCKED_STATE, RUN_STATE, ERROR_STATE}) {
    Forge forge(KEYS_IN_USE);
    greet(forge, 7);
    read_state(forge, 7, state);
    stop(forge, 7);
    read_state(forge, 7, UNLOCKED_STATE);
    lock(forge, 7, 1);
    start(forge, 7, 1);
    EXPECT_EQ(trouble(forge.judged()), "") << int{state};
  }
}

// --- streams ---------------------------------------------------------------------------------------------------------

TEST(Stream, IsRefreshedFromOneKeySetToTheOtherAndBack) {
  Forge forge(SESSION_BEGUN);
  key(forge, 1, true, 0x20);  // K1 first
  query(forge, 1, SECURE);
  lock(forge, 7, 1, 1);
  start(forge, 7, 1);
  for (Byte round = 0; round < 4; ++round) {
    key(forge, 1, round % 2 == 1, static_cast<Byte>(0x40 + 8 * round));
    query(forge, 1, SECURE);
    read_state(forge, 7, RUN_STATE);
  }
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Stream, IsKeyedAnewAfterItWasLost) {
  for (const bool looks : {false, true}) {
    Forge forge(SESSION_BEGUN);
    key(forge, 1, false, 0x20);
    query(forge, 1, SECURE);
    if (looks) query(forge, 1, INSECURE);
    program(forge, 1, false, 0x40);
    if (looks) query(forge, 1, INSECURE);
    go(forge, 1, false);
    query(forge, 1, SECURE);
    EXPECT_EQ(trouble(forge.judged()), "") << looks;
  }
  Forge forge(SESSION_BEGUN);
  key(forge, 1, false, 0x20);
  query(forge, 1, SECURE);
  program(forge, 1, false, 0x40);
  query(forge, 1, INSECURE);
  go(forge, 1, false);
  query(forge, 1, SECURE);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Stream, HasNothingToDoWithAnotherPort) {
  Forge forge(SESSION_BEGUN);
  key(forge, 1, false, 0x20);
  query(forge, 1, SECURE);
  query(forge, 1, INSECURE, 2);  // the same id
  query(forge, 0, INSECURE, 0);
  query(forge, 1, SECURE);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Stream, OfADeadSessionIsStoppedByTheNext) {
  Forge forge(SESSION_BEGUN);
  forge.open_session(0x4321, 5);
  key(forge, 1, false, 0x20);
  forge.open_session(0x4322, 5);
  forge.exchange(vendor_defined(true, {0, 5, 0, 0, 1, 0, 0, 1}), go_ack(1, 0));
  key(forge, 1, false, 0x40);
  query(forge, 1, SECURE);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Stream, OfTheSameIdAtAnotherPortStopsAlone) {
  const auto at_port = [](Bytes message, Byte port) {
    message[9 + 2 + 7] = port;  // behind the envelope and its length
    return message;
  };
  Forge forge(SESSION_BEGUN);
  const auto all = [&](Byte port, auto asked, auto answered) {
    for (const Byte slot : SLOTS) forge.exchange(at_port(asked(slot), port), at_port(answered(slot), port));
  };
  const auto stop_key = [](Byte slot) { return vendor_defined(true, {0, 5, 0, 0, 1, 0, slot, 0}); };
  for (const Byte port : {Byte{1}, Byte{0}}) {
    const Byte first = static_cast<Byte>(0x20 + 0x20 * port);
    all(
        port, [&](Byte slot) { return key_prog(1, slot, static_cast<Byte>(first + slot)); },
        [](Byte slot) { return kp_ack(1, slot); });
    all(
        port, [](Byte slot) { return set_go(1, slot); }, [](Byte slot) { return go_ack(1, slot); });
  }
  greet(forge, 7);
  lock(forge, 7, 1, 1);
  start(forge, 7, 1);
  all(1, stop_key, [](Byte slot) { return go_ack(1, slot); });
  read_state(forge, 7, RUN_STATE);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Stream, IsTakenDownInAnyOrder) {
  const auto stop_key = [](Byte slot) { return vendor_defined(true, {0, 5, 0, 0, 1, 0, slot, 1}); };
  for (const bool tdi_first : {true, false}) {
    Forge forge(SESSION_BEGUN);
    key(forge, 1, false, 0x20);
    greet(forge, 7);
    lock(forge, 7, 1, 1);
    start(forge, 7, 1);
    if (tdi_first) stop(forge, 7);
    for (const Byte slot : Bytes{0x02, 0x12, 0x22, 0x00, 0x10, 0x20})
      forge.exchange(stop_key(static_cast<Byte>(slot)), go_ack(1, static_cast<Byte>(slot)));
    if (!tdi_first) {
      read_state(forge, 7, ERROR_STATE);
      stop(forge, 7);
    }
    key(forge, 1, false, 0x40);
    lock(forge, 7, 2, 1);
    start(forge, 7, 2);
    EXPECT_EQ(trouble(forge.judged()), "") << tdi_first;
  }
}

TEST(Stream, MayBeKeyedInAnyOrder) {
  Forge forge(SESSION_BEGUN);
  for (const Byte slot : Bytes{0x22, 0x00, 0x12, 0x20, 0x02, 0x10}) {
    const Byte s = static_cast<Byte>(slot);
    forge.exchange(key_prog(1, s, static_cast<Byte>(0x40 + s)), kp_ack(1, s));
  }
  for (const Byte slot : Bytes{0x20, 0x22, 0x00, 0x02, 0x10, 0x12}) {
    const Byte s = static_cast<Byte>(slot);
    forge.exchange(set_go(1, s), go_ack(1, s));
  }
  lock(forge, 7, 1, 1);
  EXPECT_EQ(trouble(forge.judged()), "");
}

TEST(Stream, IsLockedWithBeforeItsKeysAreInUse) {
  Forge forge(SESSION_BEGUN);
  program(forge, 1, false, 0x20);
  greet(forge, 7);
  lock(forge, 7, 1, 1);
  go(forge, 1, false);
  start(forge, 7, 1);
  EXPECT_EQ(trouble(forge.judged()), "");
}

}  // namespace
}  // namespace lockstep::runner
