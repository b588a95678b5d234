// Recordings of correct devices and hosts that do what a recording does not show or what is seldom seen: resets,
// sessions that die, keys that are programmed anew, discovery that begins again. Each must come out clean.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "forge.hpp"

namespace lockstep::runner {
namespace {

using Kind = RecordVerdict::Kind;
constexpr Byte GET_VERSION = 0x81, LOCK = 0x83, GET_REPORT = 0x84, GET_STATE = 0x85, START = 0x86, STOP = 0x87,
               VERSION = 0x01, LOCKED = 0x03, REPORT = 0x04, STATE = 0x05, STARTED = 0x06, STOPPED = 0x07,
               TDISP_ERROR = 0x7F;
constexpr Byte UNLOCKED_STATE = 0, LOCKED_STATE = 1, RUN_STATE = 2, ERROR_STATE = 3;
constexpr std::size_t SESSION_BEGUN = 42, KEYS_IN_USE = 66;
constexpr Byte SECURE = 2, INSECURE = 0;
const Bytes END_SESSION{0x14, 0xEC, 0, 0}, END_SESSION_ACK{0x14, 0x6C, 0, 0}, HEARTBEAT{0x14, 0xE8, 0, 0},
    HEARTBEAT_ACK{0x14, 0x68, 0, 0};

/// All that is not clean behind a record, as text.
std::string trouble(const CheckReport& report, std::size_t behind = SESSION_BEGUN) {
  std::string all;
  for (const RecordVerdict& v : report.records)
    if (v.kind != Kind::legal && v.number > behind)
      all += std::to_string(v.number) + " " + v.sender + " " + std::string(name(v.kind)) + " " +
             (v.rule ? std::string(v.rule.id()) : "-") + " " + v.reason + " [" + v.message.substr(0, 60) + "]\n";
  return all;
}
/// The rules that are not clean, each with its kind: "warn TDISP-STATE-014 ".
std::string rules(const CheckReport& report, std::size_t behind = SESSION_BEGUN) {
  std::string all;
  for (const RecordVerdict& v : report.records)
    if (v.kind != Kind::legal && v.number > behind)
      all += std::string(name(v.kind)) + " " + (v.rule ? std::string(v.rule.id()) : "-") + " ";
  return all;
}

void greet(Forge& forge, std::uint32_t function) {
  forge.exchange(tdisp(GET_VERSION, function), tdisp(VERSION, function, {1, 0x10}));
}
void read_state(Forge& forge, std::uint32_t function, Byte state) {
  forge.exchange(tdisp(GET_STATE, function), tdisp(STATE, function, {state}));
}
void lock(Forge& forge, std::uint32_t function, Byte nonce, Byte stream = 0, std::uint64_t offset = 0) {
  Bytes body{0, 0, stream, 0};
  append_le(body, offset, 8);
  append_le(body, 0, 8);
  forge.exchange(tdisp(LOCK, function, body), tdisp(LOCKED, function, Bytes(32, nonce)));
}
void start(Forge& forge, std::uint32_t function, Byte nonce) {
  forge.exchange(tdisp(START, function, Bytes(32, nonce)), tdisp(STARTED, function));
}
void stop(Forge& forge, std::uint32_t function) { forge.exchange(tdisp(STOP, function), tdisp(STOPPED, function)); }
Bytes error(std::uint32_t function, std::uint32_t code, std::uint32_t data = 0, const Bytes& extended = {}) {
  Bytes body;
  append_le(body, code, 4);
  append_le(body, data, 4);
  append(body, extended);
  return tdisp(TDISP_ERROR, function, body);
}
constexpr Byte SLOTS[] = {0x00, 0x10, 0x20, 0x02, 0x12, 0x22};  // Rx, then Tx; PR, NPR, CPL
void program(Forge& forge, Byte stream, bool k1, Byte key) {
  for (const Byte slot : SLOTS) {
    const Byte s = static_cast<Byte>(slot | (k1 ? 1 : 0));
    forge.exchange(key_prog(stream, s, static_cast<Byte>(key + (slot >> 4) + ((slot & 2) != 0 ? 3 : 0))),
                   kp_ack(stream, s));
  }
}
void go(Forge& forge, Byte stream, bool k1) {
  for (const Byte slot : SLOTS) {
    const Byte s = static_cast<Byte>(slot | (k1 ? 1 : 0));
    forge.exchange(set_go(stream, s), go_ack(stream, s));
  }
}
void key(Forge& forge, Byte stream, bool k1, Byte first) {
  program(forge, stream, k1, first);
  go(forge, stream, k1);
}
/// One selective block, enabled, of this stream.
void query(Forge& forge, Byte stream, Byte state, Byte port = 0) {
  Bytes payload{0, 1, 0, port, 0, 0, 0, 7};
  append_le(payload, 0x2 | 0x40, 4);                                   // IDE Capability: selective, IDE_KM; one stream
  append_le(payload, 0, 4);                                            // IDE Control
  append_le(payload, 0, 4);                                            // Selective Capability
  append_le(payload, 1u | std::uint32_t{stream} << 24 | 1u << 22, 4);  // Control: enabled, default
  append_le(payload, state, 4);
  append_le(payload, 0, 4);
  append_le(payload, 0, 4);
  forge.exchange(vendor_defined(true, {0, 0, 0, port}), vendor_defined(false, payload));
}

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
  EXPECT_EQ(trouble(forge.judged()), "");
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

// --- sessions --------------------------------------------------------------------------------------------------------

TEST(Session, MayComeAgainWithTheSameId) {
  Forge forge(KEYS_IN_USE);
  forge.open_session(0x4321, 5);
  forge.exchange(HEARTBEAT, HEARTBEAT_ACK);
  forge.open_session(0x4321, 5);  // nobody heard of the first one for a while
  forge.exchange(HEARTBEAT, HEARTBEAT_ACK);
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

const Bytes BUSY{0x14, 0x7F, 0x03, 0}, NOT_READY{0x14, 0x7F, 0x42, 0, 1, 0xFE, 9, 1},
    RESPOND_IF_READY{0x14, 0xFF, 0xFE, 9};
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

CheckReport judged(const Capture& recording, const std::vector<adapters::Record>& records, std::size_t first) {
  Checker checker(recording.transport, options_of(recording));
  for (std::size_t i = first; i < records.size(); ++i) checker.take(records[i]);
  checker.finish();
  return checker.report();
}

// --- transports ------------------------------------------------------------------------------------------------------

class Walk {
 public:
  explicit Walk(const Capture& recording = psk_recording()) : recording_(recording) {}
  void say(const Bytes& payload) {
    Bytes object{1, 0, 0, 0, 3, 0, 0, 0};
    append(object, payload);
    records_.push_back(record_of(recording_, records_.size() + 1, object));
  }
  /// Index, then vendor, type, next index.
  void ask(Byte index, Byte version = 0) { say({index, version, 0, 0}); }
  void answer(Byte type, Byte next) { say({1, 0, type, next}); }
  std::string trouble_of() const {
    Checker checker(recording_.transport, {});
    for (const adapters::Record& record : records_) checker.take(record);
    checker.finish();
    return trouble(checker.report(), 0);
  }

 private:
  Capture recording_;
  std::vector<adapters::Record> records_;
};

TEST(Discovery, MayEndEarlyAndBeginAgain) {
  Walk walk;
  walk.ask(0);
  walk.answer(0, 1);
  walk.ask(1);
  walk.answer(1, 2);
  for (const Byte version : {Byte{2}, Byte{0}}) {
    walk.ask(0, version);
    walk.answer(0, 1);
    walk.ask(1, version);
    walk.answer(1, 2);
    walk.ask(2, version);
    walk.answer(2, 0);
  }
  EXPECT_EQ(walk.trouble_of(), "");
}

TEST(Discovery, IsAskedAgainWhenNoAnswerCame) {
  for (const Byte version : {Byte{0}, Byte{2}}) {
    Walk walk;
    walk.ask(0, version);
    walk.ask(0, version);
    walk.answer(0, 1);
    walk.ask(1, version);
    walk.ask(1, version);
    walk.answer(1, 0);
    EXPECT_EQ(walk.trouble_of().find("fail"), std::string::npos) << walk.trouble_of();
    EXPECT_EQ(walk.trouble_of().find("warn"), std::string::npos) << walk.trouble_of();
  }
}

TEST(Discovery, OfBeforeTheRecordingIsNotMissed) {
  Walk walk;
  walk.ask(2);
  walk.answer(2, 0);
  EXPECT_EQ(walk.trouble_of(), "");
}

TEST(Mctp, EachPairOfEndpointsHasItsOwnTags) {
  const Capture recording = recordings().at(0);
  std::vector<adapters::Record> records;
  const auto say = [&](Byte to, Byte from, Byte flags, const Bytes& message) {
    Bytes packet{1, to, from, flags, 5};
    append(packet, message);
    records.push_back(record_of(recording, records.size() + 1, packet));
  };
  const Bytes get_version{0x10, 0x84, 0, 0}, version{0x10, 0x04, 0, 0, 0, 1, 0, 0x12};
  say(9, 8, 0xC9, get_version);
  say(10, 8, 0xCA, get_version);
  say(8, 9, 0xC1, version);
  say(8, 10, 0xC2, version);
  Checker checker(recording.transport, {});
  for (const adapters::Record& record : records) checker.take(record);
  checker.finish();
  EXPECT_EQ(trouble(checker.report(), 0), "");
}

/// The records of a pcap file of MCTP packets.
std::vector<adapters::Record> records_of_packets(const std::vector<Bytes>& packets) {
  Bytes file;
  append_le(file, 0xA1B2C3D4, 4);
  append_le(file, 0x0004'0002, 4);
  append_le(file, 0, 8);
  append_le(file, 0x10000, 4);
  append_le(file, 291, 4);
  for (const Bytes& packet : packets) {
    append_le(file, 0, 8);
    append_le(file, packet.size(), 4);
    append_le(file, packet.size(), 4);
    append(file, packet);
  }
  const auto capture = adapters::read_capture(View(file));
  return capture ? capture->records : std::vector<adapters::Record>{};
}

/// A recording as it is on a bus that takes 64 bytes at a time.
std::vector<Bytes> in_packets(const std::vector<adapters::Record>& records) {
  constexpr std::size_t HEADER = 4, MOST = 64;
  std::vector<Bytes> packets;
  for (const adapters::Record& record : records) {
    const View message = View(record.bytes).subspan(HEADER);
    for (std::size_t at = 0, number = 0; at < message.size(); at += MOST, ++number) {
      const std::size_t size = std::min(MOST, message.size() - at);
      const bool first = at == 0, last = at + size == message.size();
      Bytes packet(record.bytes.begin(), record.bytes.begin() + HEADER);
      packet[3] = static_cast<Byte>((packet[3] & 0x0F) | (first ? 0x80 : 0) | (last ? 0x40 : 0) | (number % 4) << 4);
      append(packet, message.subspan(at, size));
      packets.push_back(std::move(packet));
    }
  }
  return packets;
}

TEST(Mctp, LongMessagesComeInPackets) {
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const Capture recording = recordings().at(i);
    const auto records = records_of(recording);
    const std::vector<Bytes> packets = in_packets(records);
    ASSERT_GT(packets.size(), records.size());
    const CheckReport whole = judged(recording, records, 0);
    const CheckReport parts = judged(recording, records_of_packets(packets), 0);
    EXPECT_EQ(parts.counts(), whole.counts());
    ASSERT_FALSE(parts.records.empty());
    EXPECT_EQ(parts.records.back().number, packets.size());
    for (std::size_t gone = 0; gone < packets.size(); gone += 7) {
      std::vector<Bytes> rest = packets;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(gone));
      for (const RecordVerdict& v : judged(recording, records_of_packets(rest), 0).records)
        EXPECT_NE(v.kind, Kind::fail) << "without " << gone + 1 << ": " << v.number << " " << v.reason;
    }
  }
}

// --- pieces of recordings --------------------------------------------------------------------------------------------

class Pieces : public testing::TestWithParam<std::size_t> {};

/// The recording begins at any time.
TEST_P(Pieces, FailNobody) {
  const Capture recording = recordings().at(GetParam());
  const auto records = records_of(recording);
  std::set<std::string_view> known;  // that the whole of it shows
  for (const RecordVerdict& v : judged(recording, records, 0).records)
    if (v.kind == Kind::warn) known.insert(v.rule.id());
  for (std::size_t first = 0; first < records.size(); ++first) {
    for (const RecordVerdict& v : judged(recording, records, first).records)
      if (v.kind == Kind::fail || (v.kind == Kind::warn && !known.contains(v.rule.id())))
        ADD_FAILURE() << "from " << first << ": " << v.number << " " << v.sender << " " << v.rule.id() << " "
                      << v.reason;
  }
}

/// A record is missing: what nothing else explains is nobody's mistake.
TEST_P(Pieces, FailNobodyForWhatIsMissing) {
  constexpr std::size_t AFTER = 12;  // records that are looked at
  const Capture recording = recordings().at(GetParam());
  const auto records = records_of(recording);
  Checker before(recording.transport, options_of(recording));
  for (std::size_t gone = 0; gone < records.size(); before.take(records[gone++])) {
    Checker checker = before;
    for (std::size_t i = gone + 1; i < std::min(records.size(), gone + AFTER); ++i) checker.take(records[i]);
    for (const RecordVerdict& v : checker.report().records)
      if (v.kind == Kind::fail)
        ADD_FAILURE() << "without " << gone + 1 << ": " << v.number << " " << v.sender << " " << v.rule.id() << " "
                      << v.reason;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Pieces, testing::Range(std::size_t{0}, std::size_t{5}));

}  // namespace
}  // namespace lockstep::runner
