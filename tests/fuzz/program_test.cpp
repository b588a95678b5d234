// The device target itself: a program does what it says, and the oracle behind it hears a faulty device.
#include "fuzz/program.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "device/responder.hpp"

namespace lockstep::fuzz {
namespace {

device::Letter lock(Byte session) {
  return {session, device::TdispLetter{{.stimulus = tdisp::Stimulus::LOCK_INTERFACE_REQUEST}, 0, 0}};
}

TEST(Program, ACorrectDeviceIsLegalAndAFaultyOneIsNot) {
  Bytes program = program_start(0x14, Stage::running, 0, false);
  append_letter(program, lock(0));
  EXPECT_EQ(judge_device(program), std::nullopt);
  const auto illegal = judge_device(program, "tdisp-lock-in-run");
  ASSERT_TRUE(illegal.has_value());
  EXPECT_NE(illegal->find("TDISP-LOCK-003"), std::string::npos) << *illegal;
}

TEST(Program, AStageIsReached) {
  Bytes program = program_start(0x14, Stage::locked, 0, false);
  append_letter(program, lock(0));  // in CONFIG_LOCKED: the fault is one of RUN
  EXPECT_EQ(judge_device(program, "tdisp-lock-in-run"), std::nullopt);
}

TEST(Program, RawMessagesReachTheDevice) {
  // GET_VERSION with SPDMVersion 2.0 is what the fault overlooks.
  Bytes program = program_start(0x14, Stage::negotiated, 0, false);
  append_raw(program, device::NONE, Bytes{0x20, 0xE1, 0, 0});
  EXPECT_EQ(judge_device(program), std::nullopt);
}

bool corpus_finds(std::string_view fault) {
  for (const auto& entry : std::filesystem::directory_iterator(LOCKSTEP_SOURCE_DIR "/fuzz/corpus/device")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const Bytes program{std::istreambuf_iterator<char>(in), {}};
    if (judge_device(program, fault)) return true;
  }
  return false;
}

/// The corpus reaches deep: one fault of each machine, and of what stands between them.
TEST(Program, TheCorpusFindsFaultsEverywhere) {
  for (const char* fault : {"tdisp-start-old-nonce", "tdisp-session-end-keeps-run", "ide-foreign-key-prog",
                            "spdm-finish-any-verify-data", "spdm-key-update-tag-wrong"})
    EXPECT_TRUE(corpus_finds(fault)) << fault;
}

}  // namespace
}  // namespace lockstep::fuzz
