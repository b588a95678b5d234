// Traces: what happened is in the file at once, and a trace that cannot be written is told once.
#include "report/trace.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "example.hpp"
#include "runner/script.hpp"
#include "wire/spdm.hpp"

namespace lockstep::report {
namespace {

using Json = nlohmann::json;

std::vector<Json> lines_of(const std::filesystem::path& path) {
  std::vector<Json> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(Json::parse(line));
  return lines;
}

class Trace : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    directory = std::filesystem::temp_directory_path() / ("lockstep-trace-" + std::string(info->name()));
    std::filesystem::remove_all(directory);
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  Tracer tracer() const { return {directory, {"9.8.7", "emu://x:1", 7, "pci-doe"}, {}}; }

  /// GET_VERSION and silence.
  static oracle::Step step() {
    oracle::Step step;
    step.letter = {device::NONE, device::SpdmLetter{{.stimulus = spdm::Stimulus::GET_VERSION}}};
    step.action = "spdm:GET_VERSION";
    step.observation.answer = Answer::silent();
    step.request.bytes = {0x10, 0x84, 0, 0};
    step.request.message = wire::AnyMessage(wire::spdm::GET_VERSION{});
    step.before = {{}};
    step.after = {{}, {{}, Tag::unclear, "TDISP-HDR-003"}};
    step.judgement.ruling = oracle::Ruling::fail;
    step.judgement.rule = "SPDM-VER-001";
    step.judgement.reason = "no answer";
    step.judgement.permitted = {Answer::response(AnswerProtocol::SPDM, 0x04)};
    step.findings = {{"TDISP-HDR-001", "VendorID", "wrong"}};
    step.not_judged = {{"TDISP-HDR-002", "no key"}};
    return step;
  }

  std::filesystem::path directory;
  cases::Case test{.id = "tdisp/lock/in-run", .about = "", .asks = {"TDISP-LOCK-001"}, .needs = {}, .steps = {}};
};

TEST_F(Trace, HasHeaderStepsAndResult) {
  Tracer tracing = tracer();
  tracing.begins(test);
  tracing.steps(step(), {});
  EXPECT_EQ(tracing.trace(), (directory / "tdisp-lock-in-run.jsonl").string());
  tracing.ends(runner::example_failure());
  EXPECT_FALSE(tracing.error());

  const auto lines = lines_of(directory / "tdisp-lock-in-run.jsonl");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], Json({{"schema", "lockstep/trace-1"},
                            {"tool_version", "9.8.7"},
                            {"catalogue_version", catalogue_version()},
                            {"case", "tdisp/lock/in-run"},
                            {"seed", 7},
                            {"target", "emu://x:1"},
                            {"transport", "pci-doe"},
                            {"history", Json::array()}}));
  EXPECT_EQ(lines[1]["seq"], 1);
  EXPECT_EQ(lines[1]["action"], "spdm:GET_VERSION");
  EXPECT_EQ(lines[1]["answer"], "silence");
  EXPECT_EQ(lines[1]["put_off"], false);
  EXPECT_EQ(lines[1]["letter"], "GET_VERSION in the clear");
  EXPECT_EQ(lines[1]["session"], nullptr);
  EXPECT_EQ(lines[1]["request"]["hex"], "10840000");
  EXPECT_EQ(lines[1]["request"]["outer"]["message"], "GET_VERSION");
  EXPECT_EQ(lines[1]["response"], nullptr);
  EXPECT_EQ(lines[1]["before"].size(), 1u);
  EXPECT_NE(lines[1]["after"][1].get<std::string>().find("(strains TDISP-HDR-003)"), std::string::npos);
  EXPECT_EQ(lines[1]["permitted"], Json({"VERSION"}));
  EXPECT_EQ(lines[1]["ruling"], "fail");
  EXPECT_EQ(lines[1]["rule"], "SPDM-VER-001");
  EXPECT_EQ(lines[1]["reason"], "no answer");
  EXPECT_EQ(lines[1]["findings"][0]["weight"], "fail");
  EXPECT_EQ(lines[1]["not_judged"][0], Json({{"rule", "TDISP-HDR-002"}, {"why", "no key"}}));
  EXPECT_EQ(lines[2]["result"]["verdict"], "fail");
}

TEST_F(Trace, KnowsWhatWasDoneOnTheConnectionBefore) {
  Tracer tracing = tracer();
  tracing.connects(true);
  tracing.steps(step(), {});
  tracing.begins(test);
  tracing.connects(false);
  auto secured = step();
  secured.request_record = {1, 2};
  secured.response_record = {3, 4};
  tracing.steps(secured, {});
  tracing.ends(runner::example_failure());
  const auto lines = lines_of(directory / "tdisp-lock-in-run.jsonl");
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0]["history"], Json::array({"spdm:GET_VERSION"}));
  EXPECT_EQ(lines[1], Json({{"connection", "again"}}));
  EXPECT_EQ(lines[2]["request"]["record"], "0102");
  EXPECT_EQ(lines[2]["response"], Json({{"record", "0304"}})) << "a record that does not open";
  tracing.begins(test);
  EXPECT_EQ(lines_of(tracing.trace())[0]["history"].size(), 1u) << "of this connection only";
}

TEST_F(Trace, TheShortenedFailureStandsBesideIt) {
  Tracer tracing = tracer();
  tracing.begins(test);
  auto failure = runner::example_failure();
  failure.shortest = {"spdm:GET_VERSION", "spdm:CHALLENGE"};
  tracing.ends(failure);
  const auto script = runner::read_script(directory / "tdisp-lock-in-run.shortest.jsonl");
  ASSERT_TRUE(script) << script.error();
  EXPECT_EQ(script->case_id, "tdisp/lock/in-run");
  ASSERT_EQ(script->entries.size(), 2u);
  EXPECT_EQ(text(script->entries[1].action), "spdm:CHALLENGE");
}

TEST_F(Trace, LeavesOutAHistoryThatIsTooLong) {
  Tracer tracing = tracer();
  for (int i = 0; i < 201; ++i) tracing.steps(step(), {});
  tracing.begins(test);
  EXPECT_EQ(lines_of(tracing.trace())[0]["history"], nullptr);
}

TEST_F(Trace, IsReadableWhileTheCaseRuns) {
  Tracer tracing = tracer();
  tracing.begins(test);
  tracing.steps(step(), {});
  EXPECT_EQ(lines_of(tracing.trace()).size(), 2u);
}

TEST_F(Trace, TellsThatTheDirectoryCannotBeMade) {
  std::ofstream(directory) << "a file stands here";
  Tracer tracing = tracer();
  tracing.begins(test);
  tracing.steps(step(), {});
  tracing.ends(runner::example_failure());
  ASSERT_TRUE(tracing.error());
  EXPECT_NE(tracing.error()->find(directory.string()), std::string::npos);
  EXPECT_EQ(tracing.trace(), "");
}

TEST(TraceWriterTest, TellsThatTheDiskIsFull) {
  const auto writer = TraceWriter::create("/dev/full", {}, "x");
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error(), "cannot write /dev/full: No space left on device");
}

}  // namespace
}  // namespace lockstep::report
