// What a run writes can be judged from outside: its traces, with its key log, like any capture.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "device.hpp"
#include "report/keylog_file.hpp"
#include "report/progress.hpp"
#include "report/trace.hpp"
#include "runner/check.hpp"
#include "runner/text_file.hpp"

namespace lockstep::report {
namespace {

using Kind = runner::RecordVerdict::Kind;

constexpr const char* DHE = "spdm/session/key-exchange";
constexpr const char* PSK = "spdm/session/psk";

class Recording : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    directory = std::filesystem::temp_directory_path() / ("lockstep-recording-" + std::string(info->name()));
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  std::string keys() const { return (directory / "keys").string(); }
  std::filesystem::path trace(std::string test) const {
    std::replace(test.begin(), test.end(), '/', '-');
    return directory / (test + ".jsonl");
  }

  /// Runs one case and leaves its trace and key log.
  void record(const char* test, std::optional<std::string> fault = {}) {
    ASSERT_NE(cases::find_case(test), nullptr) << test;
    auto target = runner::device_with(std::move(fault));
    Tracer tracer(directory, {"9.8.7", "reference device", 1, "pci-doe"}, runner::test_profile().shape);
    auto keylog = KeyLogFile::create(keys());
    ASSERT_TRUE(keylog) << keylog.error();
    Observers observers;
    observers.add(tracer);
    observers.add(*keylog);
    runner::run_cases(target, {cases::find_case(test)}, {}, &observers);
    EXPECT_FALSE(keylog->error());
  }

  runner::CheckReport checked(const char* test, bool with_keys) const {
    runner::CheckOptions options;
    if (with_keys) {
      const auto secrets = runner::LoggedSecrets::read(keys());
      EXPECT_TRUE(secrets) << secrets.error();
      options.keylog = *secrets;
    }
    const auto report = runner::check(trace(test), options);
    EXPECT_TRUE(report) << (report ? "" : report.error());
    return report ? *report : runner::CheckReport{};
  }

  static std::size_t count(const runner::CheckReport& report, Kind kind) {
    return report.counts()[static_cast<std::size_t>(kind)];
  }
  static std::string wrong(const runner::CheckReport& report) {
    std::string all;
    for (const auto& record : report.records)
      if (record.kind != Kind::legal)
        all += std::to_string(record.number) + " " + std::string(name(record.kind)) + " " + record.message + ": " +
               std::string(record.rule.id()) + " " + record.reason + "\n";
    return all;
  }
  static bool mentions(const runner::CheckReport& report, std::string_view message, Kind kind) {
    return std::any_of(report.records.begin(), report.records.end(),
                       [&](const auto& record) { return record.kind == kind && record.message.starts_with(message); });
  }

  std::filesystem::path directory;
};

TEST_F(Recording, TheKeyLogOpensASessionOfKeyExchange) {
  record(DHE);
  const auto closed = checked(DHE, false), open = checked(DHE, true);
  EXPECT_GT(count(closed, Kind::not_judged), 0u) << "its records are secured";
  EXPECT_EQ(count(closed, Kind::fail), 0u) << wrong(closed);
  EXPECT_EQ(count(open, Kind::not_judged) + count(open, Kind::fail), 0u) << wrong(open);
  EXPECT_GT(count(open, Kind::legal), count(closed, Kind::legal));
  EXPECT_TRUE(mentions(open, "FINISH_RSP", Kind::legal)) << wrong(open);
  EXPECT_TRUE(mentions(open, "HEARTBEAT_ACK", Kind::legal)) << wrong(open);
}

TEST_F(Recording, TheKeyLogStandsForAPreSharedKey) {
  record(PSK);
  EXPECT_GT(count(checked(PSK, false), Kind::not_judged), 0u);
  const auto open = checked(PSK, true);
  EXPECT_EQ(count(open, Kind::not_judged) + count(open, Kind::fail), 0u) << wrong(open);
  EXPECT_TRUE(mentions(open, "PSK_FINISH_RSP", Kind::legal));
}

TEST_F(Recording, LargeMessagesStandThereAsTheyCame) {
  for (const char* test : {"spdm/chunks/response/in-order", "spdm/chunks/response/in-session",
                           "spdm/chunks/send/key-exchange", "spdm/chunks/interrupted/request"}) {
    record(test);
    const auto open = checked(test, true);
    EXPECT_EQ(count(open, Kind::legal), open.records.size()) << test << "\n" << wrong(open);
    EXPECT_TRUE(mentions(open, "CHUNK_", Kind::legal)) << test;
  }
}

TEST_F(Recording, AFaultInATransferIsSeenFromOutsideToo) {
  constexpr const char* CASE = "spdm/chunks/interrupted/between-chunks";
  record(CASE, "spdm-chunk-others-served");
  const auto open = checked(CASE, true);
  const auto found = std::find_if(open.records.begin(), open.records.end(),
                                  [](const auto& record) { return record.kind == Kind::fail; });
  ASSERT_NE(found, open.records.end());
  EXPECT_EQ(found->rule, Rule("SPDM-CHUNK-013")) << wrong(open);
}

TEST_F(Recording, AFaultIsSeenFromOutsideToo) {
  constexpr const char* CASE = "tdisp/lock/in-run";
  record(CASE, "tdisp-lock-in-run");
  const auto open = checked(CASE, true);
  const auto found = std::find_if(open.records.begin(), open.records.end(),
                                  [](const auto& record) { return record.kind == Kind::fail; });
  ASSERT_NE(found, open.records.end());
  EXPECT_EQ(found->rule, Rule("TDISP-LOCK-003")) << wrong(open);
  EXPECT_EQ(found->sender, "responder");
}

TEST_F(Recording, AChangedRecordDoesNotOpen) {
  record(DHE);
  auto text = *runner::read_text(trace(DHE));
  const std::size_t at = text.find("\"record\":\"") + 40;
  text[at] = text[at] == '0' ? '1' : '0';
  runner::CheckOptions options;
  options.keylog = *runner::LoggedSecrets::read(keys());
  const auto report = runner::check_trace(text, "x", options);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->exit_code(), 1) << wrong(*report);
}

TEST_F(Recording, MistakesNameTheLine) {
  const auto refusal = [](const std::string& more) {
    const auto report = runner::check_trace("{\"schema\": \"lockstep/trace-1\"}\n" + more, "t", {});
    return report ? std::string("accepted") : report.error();
  };
  EXPECT_EQ(refusal(""), "accepted");
  EXPECT_EQ(refusal("{\"action\": \"\", \"request\": {\"hex\": \"1\"}}"),
            "t: line 2: request: expected an even number of hexadecimal digits");
  EXPECT_EQ(refusal("{\"action\": \"\", \"request\": 1}"), "t: line 2: request: expected an object or null");
  EXPECT_EQ(refusal("{\"action\": \"\", \"response\": {\"record\": 1}}"),
            "t: line 2: response: record: expected a text");
  EXPECT_EQ(refusal("{\"connection\": \"new\"}"), "t: line 2: connection: expected fresh or again");
  EXPECT_EQ(refusal("{\"action\""), "t: line 2: is no JSON: the file may have been cut off");
  EXPECT_NE(runner::check_trace("{\"schema\": \"lockstep/trace-1\", \"transport\": \"x\"}", "t", {})
                .error()
                .find("'x' is none of"),
            std::string::npos);
  EXPECT_EQ(runner::check_trace("", "t", {}).error(), "t: the file is empty");
}

TEST(KeyLogFileTest, TellsThatTheDiskIsFull) {
  const auto file = KeyLogFile::create("/dev/full");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().find("/dev/full"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::report
