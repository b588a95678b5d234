// The SARIF report: the parts that SARIF 2.1.0 requires and code scanning reads.
#include "report/sarif.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "example.hpp"

namespace lockstep::report {
namespace {

using Json = nlohmann::json;

runner::Run breached_run() {
  auto run = runner::example_run();
  run.results[0].breaches = {{"TDISP-LOCK-001", runner::Verdict::fail, "LOCK was served in RUN"},
                             {"TDISP-HDR-003", runner::Verdict::warn, "odd"}};
  run.results[3].breaches = {{"TDISP-HDR-003", runner::Verdict::warn, "odd \xFF"}};
  return run;
}

TEST(Sarif, HasARuleForEachRequirementAndAResultForEachBreach) {
  const Json log = Json::parse(sarif_report(breached_run()));
  EXPECT_EQ(log["version"], "2.1.0");
  ASSERT_EQ(log["runs"].size(), 1u);
  const Json& run = log["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["name"], "lockstep");
  const Json& rules = run["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[0]["id"], "TDISP-HDR-003");
  EXPECT_EQ(rules[1]["shortDescription"]["text"], find_requirement("TDISP-LOCK-001")->statement);
  ASSERT_EQ(run["results"].size(), 3u);
  const Json& first = run["results"][0];
  EXPECT_EQ(first["ruleId"], "TDISP-LOCK-001");
  EXPECT_EQ(first["level"], "error");
  EXPECT_EQ(first["message"]["text"], "tdisp/lock/in-run: LOCK was served in RUN");
  ASSERT_TRUE(first["locations"].is_array());
  EXPECT_EQ(first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "tdisp/lock/in-run");
  EXPECT_TRUE(first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].is_string());
  EXPECT_EQ(run["results"][1]["level"], "warning");
  EXPECT_FALSE(first.contains("suppressions"));
  EXPECT_EQ(run["invocations"][0]["exitCode"], 1);
  EXPECT_EQ(run["invocations"][0]["executionSuccessful"], true);
}

TEST(Sarif, WaivedResultsAreSuppressed) {
  auto run = breached_run();
  run.results[0].verdict = runner::Verdict::expected_fail;
  run.results[0].waiver = runner::Waiver{"old silicon", "", "", runner::Verdict::fail};
  const Json log = Json::parse(sarif_report(run));
  const Json& results = log["runs"][0]["results"];
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0]["suppressions"][0]["justification"], "old silicon");
  EXPECT_FALSE(results[1].contains("suppressions")) << "a warning is not what the entry waives";
}

TEST(Sarif, SaysThatARunGaveNoVerdict) {
  runner::Run run;
  const Json log = Json::parse(sarif_report(run));
  EXPECT_EQ(log["runs"][0]["invocations"][0]["executionSuccessful"], false);
  EXPECT_TRUE(log["runs"][0]["results"].is_array());
}

}  // namespace
}  // namespace lockstep::report
