// What a replay says: every action, where the target parts from the recording, and one sentence.
#include "report/replay_report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace lockstep::report {
namespace {

runner::Replay example() {
  runner::Replay replay;
  replay.target = "emu://x:1";
  replay.case_id = "a/b";
  replay.fresh = true;
  replay.whole = 2;
  replay.steps = {{.line = 2, .action = "spdm:GET_VERSION", .answer = "VERSION", .recorded = "VERSION"},
                  {.line = 3, .action = "spdm:CHALLENGE", .answer = "CHALLENGE_AUTH", .recorded = "ERROR Busy"}};
  return replay;
}
runner::Replay broken() {
  runner::Replay replay = example();
  replay.steps[1].breaches = {{"TDISP-LOCK-003", runner::Verdict::fail, "was served"}};
  replay.steps[1].exchange.reason = "was served";
  return replay;
}
bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(ReplayReport, OneSentenceForEachExitCode) {
  runner::Replay replay = example();
  EXPECT_EQ(replay.exit_code(), 0);
  EXPECT_EQ(verdict_sentence(replay), "PASSED: the target did what the rules demand in 2 of 2 actions.");
  replay.stopped = "there is no session 0";
  replay.whole = 3;
  EXPECT_EQ(replay.exit_code(), 4);
  EXPECT_EQ(verdict_sentence(replay), "NO VERDICT: 2 of 3 actions could be done, and nothing failed.");
  EXPECT_EQ(verdict_sentence(broken()), "FAILED: in 2 of 2 actions the target breaks TDISP-LOCK-003.");
  replay.steps[0].breaches = {{"TDISP-LOCK-003", runner::Verdict::fail, "was served"}};
  EXPECT_EQ(replay.exit_code(), 1) << "a broken rule stands, whatever comes behind it";
}

TEST(ReplayReport, TextShowsEveryActionAndThePlace) {
  const std::string text = replay_text(broken());
  for (const char* part :
       {"   1 PASS spdm:GET_VERSION -> VERSION\n", "   2 FAIL spdm:CHALLENGE -> CHALLENGE_AUTH  recorded: ERROR Busy\n",
        "FAIL action 2 (line 3)    TDISP-LOCK-003", "why       was served",
        "The target parts from the recording at spdm:CHALLENGE (line 3):\n  recorded  ERROR Busy\n  now       "
        "CHALLENGE_AUTH\n"})
    EXPECT_TRUE(contains(text, part)) << part << "\nis missing in\n" << text;
  EXPECT_FALSE(contains(text, "not restarted"));
  runner::Replay agreed = example();
  agreed.steps[1].recorded.clear();
  agreed.fresh = false;
  EXPECT_FALSE(contains(replay_text(agreed), "parts from"));
  EXPECT_TRUE(contains(replay_text(agreed), "not restarted"));
}

TEST(ReplayReport, JsonSaysTheSame) {
  const auto report = nlohmann::json::parse(replay_json(broken(), "9.8.7"));
  EXPECT_EQ(report["schema"], "lockstep/replay-1");
  EXPECT_EQ(report["parts_at"], 2);
  EXPECT_EQ(report["exit_code"], 1);
  EXPECT_EQ(report["stopped"], nullptr);
  EXPECT_EQ(report["steps"][1]["breaches"][0]["rule"], "TDISP-LOCK-003");
  EXPECT_EQ(report["steps"][0]["recorded"], "VERSION");
}

}  // namespace
}  // namespace lockstep::report
