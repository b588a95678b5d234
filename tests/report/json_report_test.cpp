// The JSON report fits its schema and says what the run says.
#include "report/json_report.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "example.hpp"
#include "report/check_report.hpp"
#include "requirements/catalogue.hpp"
#include "schema.hpp"

namespace lockstep::report {
namespace {

using test::Json;

test::Schema schema() {
  std::ifstream file(LOCKSTEP_SOURCE_DIR "/conformance/report/schema/report-1.json");
  return test::Schema(Json::parse(file));
}

TEST(JsonReport, FitsItsSchema) {
  const auto breaches = schema().breaches(Json::parse(json_report(runner::example_run())));
  EXPECT_TRUE(breaches.empty()) << Json(breaches).dump(2);
}

TEST(JsonReport, SchemaSeesWhatIsWrong) {
  const Json good = Json::parse(json_report(runner::example_run()));
  Json missing = good, extra = good, wrong = good, verdict = good;
  missing["results"][0].erase("again");
  extra["surprise"] = 1;
  wrong["counts"]["pass"] = "two";
  verdict["results"][1]["verdict"] = "perhaps";
  for (const Json& bad : {missing, extra, wrong, verdict}) EXPECT_EQ(schema().breaches(bad).size(), 1u);
}

TEST(JsonReport, SaysWhatTheRunSays) {
  const Json report = Json::parse(json_report(runner::example_run()));
  EXPECT_EQ(report["schema"], "lockstep/report-1");
  EXPECT_EQ(report["tool_version"], "9.8.7");
  EXPECT_EQ(report["catalogue_version"], catalogue_version());
  EXPECT_EQ(report["seed"], 7);
  EXPECT_EQ(report["exit_code"], 1);
  EXPECT_EQ(report["counts"], Json({{"pass", 2},
                                    {"fail", 1},
                                    {"warn", 1},
                                    {"expected_fail", 0},
                                    {"unexpected_pass", 0},
                                    {"inconclusive", 1},
                                    {"not_applicable", 2},
                                    {"unsupported", 1}}));
  EXPECT_EQ(report["not_run"][0]["reason"], "no P2P requests offered");
  const Json& failure = report["results"][0];
  EXPECT_EQ(failure["case"], "tdisp/lock/in-run");
  EXPECT_EQ(failure["requirements"], Json({"TDISP-LOCK-001", "TDISP-ERR-001"}));
  EXPECT_EQ(failure["rule"], "TDISP-LOCK-001");
  EXPECT_EQ(failure["confidence"], "ok");
  EXPECT_EQ(failure["decisive"][0]["response"]["hex"], "107e");
  EXPECT_EQ(report["results"][1]["rule"], nullptr);
}

TEST(JsonReport, WaiversStandBesideTheVerdict) {
  auto run = runner::example_run();
  run.results[0].verdict = runner::Verdict::expected_fail;
  run.results[0].waiver = runner::Waiver{"old silicon", "FW-1", "2027-03-01", runner::Verdict::fail};
  run.results[0].breaches = {{"TDISP-LOCK-001", runner::Verdict::fail, "LOCK was served in RUN"}};
  run.expectations = "e.json";
  run.stale = {"spdm/* (fail)"};
  const Json report = Json::parse(json_report(run));
  const auto breaches = schema().breaches(report);
  EXPECT_TRUE(breaches.empty()) << Json(breaches).dump(2);
  EXPECT_EQ(report["expectations"], "e.json");
  EXPECT_EQ(report["waived"], Json({"tdisp/lock/in-run"}));
  EXPECT_EQ(report["stale"], Json({"spdm/* (fail)"}));
  EXPECT_EQ(report["results"][0]["waiver"], Json({{"outcome", "fail"},
                                                  {"reason", "old silicon"},
                                                  {"issue", "FW-1"},
                                                  {"until", "2027-03-01"},
                                                  {"mandatory", true}}));
  EXPECT_EQ(report["results"][1]["waiver"], nullptr);
  EXPECT_EQ(report["results"][0]["shortest"], Json::array());
}

TEST(JsonReport, SilenceIsNull) {
  auto run = runner::example_run();
  run.results[0].decisive[0].response.clear();
  const Json report = Json::parse(json_report(run));
  EXPECT_EQ(report["results"][0]["decisive"][0]["response"], nullptr);
  EXPECT_TRUE(schema().breaches(report).empty());
}

TEST(JsonReport, SurvivesTextThatIsNoUtf8) {
  auto run = runner::example_run();
  run.results[0].reason = "said \xFF\xFE";
  EXPECT_EQ(Json::parse(json_report(run))["results"][0]["verdict"], "fail");
}

runner::CheckReport example_check() {
  using Kind = runner::RecordVerdict::Kind;
  runner::CheckReport report;
  report.file = "x.pcap";
  report.transport = "pci-doe";
  report.records = {{1, "requester", "GET_VERSION", Kind::legal, {}, "", "NOT_STARTED"},
                    {2, "responder", "VERSION", Kind::fail, "TDISP-HDR-001", "wrong envelope", "AFTER_VERSION"},
                    {4, "responder", "VERSION", Kind::fail, "TDISP-HDR-001", "wrong envelope", "AFTER_VERSION"},
                    {5, "requester", "secured record", Kind::not_judged, {}, "no key", "AFTER_VERSION"}};
  return report;
}

TEST(CheckReport, TextShowsEachReasonOnce) {
  const std::string text = check_text(example_check(), false);
  EXPECT_EQ(text.find("wrong envelope"), text.rfind("wrong envelope"));
  for (const char* part :
       {"FAIL records 2, 4, by the responder    TDISP-HDR-001", "2 fail", "1 legal",
        "1 not judged\n        1 no key (record 5)", "DEVIATES: 2 of 3 judged messages break a rule."})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nis missing in\n" << text;
  EXPECT_EQ(text.find("GET_VERSION"), std::string::npos);
  EXPECT_NE(check_text(example_check(), true).find("GET_VERSION"), std::string::npos);
}

TEST(CheckReport, JsonCountsAndListsEveryRecord) {
  const Json report = Json::parse(check_json(example_check(), "9.8.7"));
  EXPECT_EQ(report["schema"], "lockstep/check-1");
  EXPECT_EQ(report["counts"], Json({{"legal", 1}, {"warn", 0}, {"fail", 2}, {"not_judged", 1}, {"missing", 0}}));
  EXPECT_EQ(report["records"][1]["rule"], "TDISP-HDR-001");
  EXPECT_EQ(report["records"][3]["reason"], "no key");
  EXPECT_EQ(report["exit_code"], 1);
}

}  // namespace
}  // namespace lockstep::report
