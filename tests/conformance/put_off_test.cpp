// What the checker says of messages that are put off: the answer comes later, and belongs to the request.
#include <gtest/gtest.h>

#include "forge.hpp"

namespace lockstep::runner {
namespace {

std::string last_state(const CheckReport& report) { return report.records.back().state; }

TEST(PutOff, BusyAroundTdispIsLegalAndChangesNothing) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  read_state(forge, 7, 0);
  forge.exchange(tdisp(LOCK, 7, Bytes(20, 0)), BUSY);
  const CheckReport busy = forge.judged();
  EXPECT_EQ(busy.exit_code(), 0);
  EXPECT_EQ(of(busy, Kind::warn, KEYS_IN_USE).size(), 0U);
  EXPECT_NE(last_state(busy).find("TDI 0 CONFIG_UNLOCKED"), std::string::npos) << last_state(busy);
  lock(forge, 7, 1);
  EXPECT_NE(last_state(forge.judged()).find("TDI 0 CONFIG_LOCKED"), std::string::npos);
}

TEST(PutOff, RespondIfReadyBringsTheAnswerThatIsOwed) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  read_state(forge, 7, 0);
  forge.exchange(tdisp(LOCK, 7, Bytes(20, 0)), NOT_READY);
  const CheckReport owed = forge.judged();
  EXPECT_EQ(of(owed, Kind::fail, KEYS_IN_USE).size() + of(owed, Kind::warn, KEYS_IN_USE).size(), 0U);
  EXPECT_NE(last_state(owed).find("TDI 0 CONFIG_UNLOCKED"), std::string::npos);
  forge.exchange({0x14, 0xFF, 0xFE, 9}, tdisp(LOCKED, 7, Bytes(32, 1)));
  const CheckReport served = forge.judged();
  EXPECT_EQ(of(served, Kind::fail, KEYS_IN_USE).size() + of(served, Kind::warn, KEYS_IN_USE).size(), 0U);
  EXPECT_NE(last_state(served).find("TDI 0 CONFIG_LOCKED"), std::string::npos) << last_state(served);
}

TEST(PutOff, RespondIfReadyWithAnotherTokenMustBeRefused) {
  Forge forge(KEYS_IN_USE);
  greet(forge, 7);
  forge.exchange(tdisp(LOCK, 7, Bytes(20, 0)), NOT_READY);
  forge.exchange({0x14, 0xFF, 0xFE, 8}, tdisp(LOCKED, 7, Bytes(32, 1)));
  EXPECT_GT(of(forge.judged(), Kind::fail, KEYS_IN_USE).size() + of(forge.judged(), Kind::warn, KEYS_IN_USE).size(),
            0U);
}

TEST(PutOff, KeyProgIsOwedAsWell) {
  Forge forge(SESSION_BEGUN);
  forge.exchange(key_prog(0, 0, 1), NOT_READY);
  forge.exchange({0x14, 0xFF, 0xFE, 9}, kp_ack(0, 0));
  forge.exchange(set_go(0, 0), go_ack(0, 0));
  EXPECT_EQ(forge.judged().exit_code(), 0);
  EXPECT_EQ(of(forge.judged(), Kind::warn, SESSION_BEGUN).size(), 0U);
}

}  // namespace
}  // namespace lockstep::runner
