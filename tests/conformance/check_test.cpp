// Recorded traffic of a real stack, judged whole. The expectations come from reading the recordings and from what the
// stack is known to do (tests/captures/README.md, docs/adjudications.md), not from what the checker printed first.
#include "runner/check.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace lockstep::runner {
namespace {

using Kind = RecordVerdict::Kind;

std::filesystem::path capture(std::string_view file) {
  return std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "tests/captures" / file;
}

CheckOptions with_psk() {
  const Bytes key = *from_hex("5465737450736b4461746100");
  return {{{*from_hex("5465737450736b48696e7400"), key}}};
}

std::size_t count(const CheckReport& report, Kind kind) { return report.counts()[static_cast<std::size_t>(kind)]; }

bool mentions(const CheckReport& report, std::string_view message, Kind kind) {
  return std::any_of(report.records.begin(), report.records.end(), [&](const RecordVerdict& record) {
    return record.kind == kind && record.message.starts_with(message);
  });
}

class PskCapture : public testing::TestWithParam<const char*> {};

TEST_P(PskCapture, IsDecryptedAndJudgedToItsEnd) {
  const auto report = check(capture(GetParam()), with_psk());
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->error, "");
  EXPECT_EQ(count(*report, Kind::fail), 0U);
  EXPECT_TRUE(mentions(*report, "LOCK_INTERFACE_RESPONSE", Kind::legal));
  EXPECT_TRUE(mentions(*report, "START_INTERFACE_RESPONSE", Kind::legal));
  EXPECT_TRUE(mentions(*report, "K_GOSTOP_ACK", Kind::legal));
  EXPECT_TRUE(mentions(*report, "END_SESSION_ACK", Kind::legal));
  // NUM_REQ_THIS and NUM_REQ_ALL are 0 in this stack, which strains a rule that only warns.
  EXPECT_TRUE(mentions(*report, "TDISP_CAPABILITIES", Kind::warn));
  // The second session's key travels inside the first one, in a message of another protocol.
  EXPECT_GT(count(*report, Kind::not_judged), 0U);
  EXPECT_GT(count(*report, Kind::legal), 120U);
}
INSTANTIATE_TEST_SUITE_P(Recorded, PskCapture, testing::Values("doe_psk_tdisp_11.pcap", "doe_psk_tdisp_14.pcap"));

TEST(Check, WithoutTheKeyRecordsAreNotJudged) {
  const auto closed = check(capture("doe_psk_tdisp_14.pcap"), {});
  const auto open = check(capture("doe_psk_tdisp_14.pcap"), with_psk());
  ASSERT_TRUE(closed.has_value());
  EXPECT_GT(count(*closed, Kind::not_judged), count(*open, Kind::not_judged));
  EXPECT_FALSE(mentions(*closed, "LOCK_INTERFACE_RESPONSE", Kind::legal));
}

TEST(Check, PlainTrafficOfTheOldestVersionIsLegal) {
  const auto report = check(capture("mctp_10.pcap"), {});
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(count(*report, Kind::legal), 22U);
}

TEST(Check, AFlippedBitInASignatureIsADeviation) {
  std::ifstream in(capture("mctp_10.pcap"), std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  // The last byte of the last CHALLENGE_AUTH or MEASUREMENTS is the last byte of its signature; the file ends with one.
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  const auto path = std::filesystem::temp_directory_path() / "lockstep_flipped.pcap";
  std::ofstream(path, std::ios::binary) << bytes;
  const auto report = check(path, {});
  std::filesystem::remove(path);
  ASSERT_TRUE(report.has_value());
  EXPECT_GT(count(*report, Kind::fail), 0U);
  EXPECT_EQ(report->exit_code(), 1);
}

TEST(Check, ATruncatedCaptureIsJudgedAsFarAsItGoes) {
  std::ifstream in(capture("doe_psk_tdisp_14.pcap"), std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  const auto path = std::filesystem::temp_directory_path() / "lockstep_truncated.pcap";
  std::ofstream(path, std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  const auto report = check(path, with_psk());
  std::filesystem::remove(path);
  ASSERT_TRUE(report.has_value());
  EXPECT_FALSE(report->error.empty());
  EXPECT_GT(count(*report, Kind::legal), 20U);
  EXPECT_EQ(report->exit_code(), 4);
}

TEST(Check, AFileThatIsNoCaptureIsAnError) {
  const auto report = check(capture("README.md"), {});
  ASSERT_FALSE(report.has_value());
  EXPECT_NE(report.error().find("README.md"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::runner
