// What the checker says of traffic that no recording has: several TDIs and streams, gaps, dead sessions, rules of the
// requester. Each recording begins like a real one; the rest is made up, and what is right about it follows from the
// rule that each test names.
#include <gtest/gtest.h>

#include <algorithm>

#include "forge.hpp"

namespace lockstep::runner {
namespace {

constexpr std::size_t LAST = KEYS_IN_USE;
const Bytes DECRYPT_ERROR{0x14, 0x7F, 0x06, 0};

void expect_only(const CheckReport& report, Kind kind, std::string_view rule, std::string_view sender) {
  for (const Kind other : {Kind::warn, Kind::fail, Kind::missing}) {
    const auto found = of(report, other, SESSION_BEGUN);
    const auto known = std::count_if(found.begin(), found.end(), [&](const RecordVerdict& v) {
      return v.kind == kind && v.rule.id() == rule && v.sender == sender;
    });
    EXPECT_EQ(known, other == kind ? 1 : 0) << rule;
    EXPECT_EQ(found.size(), static_cast<std::size_t>(known));
    for (const RecordVerdict& v : found)
      EXPECT_EQ(v.rule.id(), rule) << v.number << " " << v.sender << " " << v.reason << "\n" << v.message;
  }
}

TEST(Onlooker, FollowsFourTdisAndSaysSoOfTheFifth) {
  Forge forge(KEYS_IN_USE);
  for (std::uint32_t function = 0; function < 4; ++function) {  // 0 is an INTERFACE_ID like any other
    greet(forge, function);
    lock(forge, function, static_cast<Byte>(function + 1));
    read_state(forge, function, 1);
  }
  const CheckReport four = forge.judged();
  EXPECT_EQ(four.exit_code(), 0);
  EXPECT_EQ(of(four, Kind::legal, LAST).size(), 24U);
  EXPECT_EQ(of(four, Kind::not_judged, LAST).size(), 0U);
  greet(forge, 4);
  const auto beyond = of(forge.judged(), Kind::not_judged, LAST);
  ASSERT_EQ(beyond.size(), 2U);
  EXPECT_EQ(beyond[0].reason, "more TDIs than are followed");
}

TEST(Onlooker, OneTdiNeverMovesAnother) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  greet(forge, 8);
  read_state(forge, 7, 0);
  read_state(forge, 8, 0);
  lock(forge, 7, 1);
  read_state(forge, 8, 1);  // nobody locked this one
  const auto fails = of(forge.judged(), Kind::fail, LAST);
  ASSERT_EQ(fails.size(), 1U);
  EXPECT_EQ(fails[0].rule.id(), "TDISP-LOCK-025");
  EXPECT_EQ(fails[0].sender, "responder");
}

TEST(Onlooker, ANonceOfAnotherTdiIsFound) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  greet(forge, 8);
  lock(forge, 7, 1);
  lock(forge, 8, 1);
  expect_only(forge.judged(), Kind::fail, "TDISP-LOCK-024", "responder");
}

TEST(Onlooker, AnInterfaceThatIsNotHostedTakesNoPlace) {
  Forge forge(KEYS_IN_USE);
  for (std::uint32_t function = 0x100; function < 0x108; ++function)
    forge.exchange(tdisp(GET_STATE, function), tdisp(TDISP_ERROR, function, {1, 1, 0, 0, 0, 0, 0, 0}));
  greet(forge, 7);
  const CheckReport report = forge.judged();
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_EQ(of(report, Kind::not_judged, LAST).size(), 0U);
}

TEST(Onlooker, FollowsFourStreamsAndSaysSoOfTheFifth) {
  Forge forge(SESSION_BEGUN);
  for (Byte stream = 0; stream < 5; ++stream) {
    forge.exchange(key_prog(stream, 0, static_cast<Byte>(stream + 1)), kp_ack(stream, 0));
    forge.exchange(set_go(stream, 0), go_ack(stream, 0));
  }
  const CheckReport report = forge.judged();
  EXPECT_EQ(report.exit_code(), 0);
  const auto beyond = of(report, Kind::not_judged, SESSION_BEGUN);
  ASSERT_EQ(beyond.size(), 4U);
  EXPECT_EQ(beyond[0].reason, "more IDE streams than are followed");
  EXPECT_EQ(beyond[0].number, SESSION_BEGUN + 17);
}

TEST(Onlooker, AStreamWhoseKeysWereNotRecordedIsNotJudged) {
  Forge forge(SESSION_BEGUN);
  forge.exchange(set_go(9, 0), go_ack(9, 0));
  forge.exchange(vendor_defined(true, {0, 4, 0, 0, 0, 0, 0, 0}), vendor_defined(false, {0, 6, 0, 0, 0, 0, 0, 0}));
  const auto beyond = of(forge.judged(), Kind::not_judged, SESSION_BEGUN);
  ASSERT_EQ(beyond.size(), 4U) << "a Stream ID and a port of 0 as well";
  EXPECT_EQ(beyond[0].reason, "an IDE stream whose keys were not recorded");
}

/// QUERY_RESP of a port with one selective stream, with the Stream ID of the recording, in the given state.
Bytes query_resp(wire::ide_km::StreamState state) {
  constexpr std::uint32_t SELECTIVE = 2, ENABLE = 1;
  wire::ide_km::QUERY_RESP response;
  response.port_index = 1;
  response.max_port_index = 7;
  response.ide_capability = SELECTIVE;
  response.selective_ide.resize(1);
  response.selective_ide[0].control = ENABLE;
  response.selective_ide[0].status = static_cast<std::uint32_t>(state);
  return vendor_defined(false, wire::encode(response, {}));
}
void query(Forge& forge, wire::ide_km::StreamState state) {
  forge.exchange(vendor_defined(true, {0, 0, 0, 1}), query_resp(state));
}
/// All six keys of K0 are stopped.
void stop_keys(Forge& forge) {
  for (const Byte slot : Bytes{0x02, 0x12, 0x22, 0x00, 0x10, 0x20})
    forge.exchange(vendor_defined(true, {0, 5, 0, 0, 0, 0, slot, 1}),
                   vendor_defined(false, {0, 6, 0, 0, 0, 0, slot, 1}));
}

// Nobody sees in a recording when the stream is enabled, and how long ago it was turned.
TEST(Stream, MayShowItselfInsecureUntilItHasTurned) {
  using enum wire::ide_km::StreamState;
  Forge forge(KEYS_IN_USE);
  query(forge, Insecure);
  query(forge, Insecure);
  greet(forge, 0);
  lock(forge, 0, 1);
  query(forge, Secure);
  read_state(forge, 0, 1);
  const CheckReport report = forge.judged();
  EXPECT_EQ(report.exit_code(true), 0);
  EXPECT_EQ(of(report, Kind::legal, KEYS_IN_USE).size(), 12U);
}

TEST(Stream, MayShowItselfSecureUntilItHasStopped) {
  using enum wire::ide_km::StreamState;
  Forge forge(KEYS_IN_USE);
  query(forge, Secure);
  stop_keys(forge);
  query(forge, Secure);
  query(forge, Insecure);
  const CheckReport report = forge.judged();
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_EQ(of(report, Kind::fail, 0).size(), 0U);
  query(forge, Secure);  // it had turned
  expect_only(forge.judged(), Kind::fail, "IDE-MSG-014", "responder");
}

// What was Secure and is not any more has lost its keys: no TDI can be locked on it.
TEST(Stream, ThatHasLostItsProtectionTakesNoLock) {
  using enum wire::ide_km::StreamState;
  Forge forge(KEYS_IN_USE);
  query(forge, Secure);
  query(forge, Insecure);
  greet(forge, 0);
  lock(forge, 0, 1);
  EXPECT_EQ(of(forge.judged(), Kind::fail, KEYS_IN_USE).size(), 1U);
}

// --- the report ------------------------------------------------------------------------------------------------------

/// A TDISP message of TDI 0.
template <class Message>
Bytes of_tdi(const Message& message) {
  Bytes payload{1};
  append(payload, wire::encode(wire::canonical(message, {}), {}));
  return vendor_defined((payload[2] & 0x80) != 0, payload);
}
wire::tdisp::MMIO_RANGE updatable(std::uint16_t attributes) {
  wire::tdisp::MMIO_RANGE range;
  range.first_page = 0x1000;
  range.number_of_pages = 4;
  range.attributes = wire::tdisp::MMIO_RANGE::IS_MEM_ATTR_UPDATABLE | attributes;
  return range;
}
void read_report(Forge& forge, std::uint16_t attributes) {
  wire::tdisp::GET_DEVICE_INTERFACE_REPORT get;
  get.length = 0xFFFF;
  wire::tdisp::TDI_REPORT report;
  report.mmio_range = {updatable(attributes)};
  wire::tdisp::DEVICE_INTERFACE_REPORT portion;
  portion.report_bytes = wire::encode(wire::canonical(report, {}), {});
  forge.exchange(of_tdi(get), of_tdi(portion));
}
void start(Forge& forge, Byte nonce) {
  wire::tdisp::START_INTERFACE_REQUEST start;
  start.nonce = Bytes(32, nonce);
  forge.exchange(of_tdi(start), of_tdi(wire::tdisp::START_INTERFACE_RESPONSE{}));
}
void make_non_tee(Forge& forge) {
  wire::tdisp::SET_MMIO_ATTRIBUTE_REQUEST set;
  static_cast<wire::tdisp::MMIO_RANGE&>(set) = updatable(wire::tdisp::MMIO_RANGE::IS_NON_TEE_MEM);
  forge.exchange(of_tdi(set), of_tdi(wire::tdisp::SET_MMIO_ATTRIBUTE_RESPONSE{}));
}
constexpr std::uint16_t TEE = 0, NON_TEE = wire::tdisp::MMIO_RANGE::IS_NON_TEE_MEM;

// No source settles whether the report follows an attribute that is set: a device that lets it follow is warned of, and
// one that does not is not.
TEST(Report, MayFollowAnAttributeThatIsSet) {
  Forge follows(KEYS_IN_USE), stays(KEYS_IN_USE);
  for (Forge* forge : {&follows, &stays}) {
    greet(*forge, 0);
    lock(*forge, 0, 1);
    read_report(*forge, TEE);
    start(*forge, 1);
    read_report(*forge, TEE);
    make_non_tee(*forge);
  }
  read_report(follows, NON_TEE);
  read_report(follows, NON_TEE);
  read_report(stays, TEE);
  expect_only(follows.judged(), Kind::warn, "TDISP-RPT-009", "responder");
  EXPECT_EQ(stays.judged().exit_code(true), 0);
  read_report(follows, TEE);  // nothing has changed since
  const auto fails = of(follows.judged(), Kind::fail, KEYS_IN_USE);
  ASSERT_EQ(fails.size(), 1U);
  EXPECT_EQ(fails[0].rule.id(), "TDISP-RPT-008");
}

TEST(Report, ThatWasNotRecordedIsNotHeldAgainstARange) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 0);
  lock(forge, 0, 1);
  start(forge, 1);
  make_non_tee(forge);
  EXPECT_EQ(forge.judged().exit_code(true), 0);
}

// --- the requester ---------------------------------------------------------------------------------------------------

constexpr Byte RX = 0x00, TX = 0x02;  // key set 0, PR

TEST(Requester, TakesRxKeysIntoUseBeforeTx) {
  Forge right(SESSION_BEGUN), wrong(SESSION_BEGUN);
  for (Forge* forge : {&right, &wrong})
    for (const Byte slot : {RX, TX}) forge->exchange(key_prog(0, slot, slot), kp_ack(0, slot));
  for (const Byte slot : {RX, TX}) right.exchange(set_go(0, slot), go_ack(0, slot));
  for (const Byte slot : {TX, RX}) wrong.exchange(set_go(0, slot), go_ack(0, slot));
  EXPECT_EQ(right.judged().exit_code(), 0);
  expect_only(wrong.judged(), Kind::fail, "IDE-STREAM-028", "requester");
}

TEST(Requester, NeverUsesAKeyForBothDirections) {
  Forge forge(SESSION_BEGUN);
  forge.exchange(key_prog(0, 0x00, 5), kp_ack(0, 0x00));
  forge.exchange(key_prog(0, 0x02, 5), kp_ack(0, 0x02));
  expect_only(forge.judged(), Kind::fail, "IDE-STREAM-029", "requester");
}

TEST(Requester, NeverUsesAKeyTwice) {
  Forge forge(SESSION_BEGUN);
  forge.exchange(key_prog(0, 0x00, 5), kp_ack(0, 0x00));
  forge.exchange(set_go(0, 0x00), go_ack(0, 0x00));
  forge.exchange(key_prog(0, 0x01, 5), kp_ack(0, 0x01));  // the other key set, the same direction
  expect_only(forge.judged(), Kind::fail, "IDE-STREAM-029", "requester");
}

TEST(Requester, StopsWhenAKeyIsRefused) {
  Forge forge(SESSION_BEGUN);
  forge.exchange(key_prog(0, 0x00, 5), kp_ack(0, 0x00, 4));
  forge.request(set_go(0, 0x00));
  const auto warns = of(forge.judged(), Kind::warn, SESSION_BEGUN);
  ASSERT_EQ(warns.size(), 2U);
  EXPECT_EQ(warns[0].sender, "responder") << "the refusal itself";
  EXPECT_EQ(warns[1].rule.id(), "IDE-STREAM-031");
  EXPECT_EQ(warns[1].sender, "requester");
}

TEST(Requester, SpeaksAVersionThatWasListed) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  forge.request(tdisp(GET_STATE, 7, {}, 0x20));
  expect_only(forge.judged(), Kind::fail, "TDISP-VER-006", "requester");
}

TEST(Requester, DoesNotUseASessionAfterDecryptError) {
  Forge forge(KEYS_IN_USE);
  forge.request(HEARTBEAT);
  forge.remember_keys();
  forge.response(DECRYPT_ERROR);
  forge.say_with_old_keys(Role::requester, HEARTBEAT);
  const auto fails = of(forge.judged(), Kind::fail, LAST);
  ASSERT_EQ(fails.size(), 1U);
  EXPECT_EQ(fails[0].rule.id(), "SECMSG-030");
  EXPECT_EQ(fails[0].sender, "requester");
}

// --- sessions --------------------------------------------------------------------------------------------------------

TEST(Session, KeysOfAnEndedOneSealNothing) {
  Forge forge(KEYS_IN_USE);
  forge.request(END_SESSION);
  forge.remember_keys();
  forge.response(END_SESSION_ACK);
  EXPECT_EQ(forge.judged().exit_code(), 0);
  forge.say_with_old_keys(Role::responder, END_SESSION_ACK);  // takes the number that the real one took
  forge.drop_last(1);
  forge.say_with_old_keys(Role::requester, HEARTBEAT);
  forge.say_with_old_keys(Role::responder, {0x14, 0x7F, 0x04, 0});
  const CheckReport report = forge.judged();
  const auto fails = of(report, Kind::fail, LAST);
  ASSERT_EQ(fails.size(), 1U);
  EXPECT_EQ(fails[0].rule.id(), "SECMSG-029");
  EXPECT_EQ(fails[0].sender, "responder");
  const auto warns = of(report, Kind::warn, LAST);
  ASSERT_EQ(warns.size(), 1U);
  EXPECT_EQ(warns[0].sender, "requester");
}

TEST(Session, AGapShowsInTheSequenceNumbersAndBlamesNobody) {
  Forge forge(KEYS_IN_USE);
  forge.exchange(HEARTBEAT, HEARTBEAT_ACK);
  forge.exchange(HEARTBEAT, HEARTBEAT_ACK);
  forge.drop_last(4);
  greet(forge, 7);
  lock(forge, 7, 1);
  const CheckReport report = forge.judged();
  const auto missing = of(report, Kind::missing, LAST);
  ASSERT_EQ(missing.size(), 2U) << "one for each direction";
  EXPECT_EQ(missing[0].reason, "2 records of its direction before it were not recorded");
  EXPECT_EQ(of(report, Kind::fail, 0).size(), 0U);
  EXPECT_EQ(report.exit_code(), 4);
}

TEST(Session, ARecordThatComesAgainFails) {
  Forge forge(KEYS_IN_USE);
  forge.repeat(65);
  expect_only(forge.judged(), Kind::fail, "SECMSG-008", "requester");
}

TEST(Session, OfBeforeTheRecordingIsNotJudged) {
  const auto all = records_of(psk_recording());
  Checker checker(psk_recording().transport, options_of(psk_recording()));
  for (const adapters::Record& record : all)
    if (record.number > KEYS_IN_USE && record.number < 101) checker.take(record);
  EXPECT_EQ(checker.report().counts()[static_cast<std::size_t>(Kind::not_judged)], 34U);
  EXPECT_EQ(checker.report().exit_code(), 5);
}

}  // namespace
}  // namespace lockstep::runner
