// The text report says what an engineer needs, and a summary that a newcomer understands.
#include "report/text.hpp"

#include <gtest/gtest.h>

#include "example.hpp"
#include "report/coverage.hpp"
#include "requirements/catalogue.hpp"

namespace lockstep::report {
namespace {

using runner::Verdict;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(CaseLine, IsPlainAndBeginsWithTheVerdict) {
  EXPECT_EQ(case_line(runner::example("tdisp/lock/in-run", Verdict::pass, "")), "PASS tdisp/lock/in-run\n");
  EXPECT_EQ(case_line(runner::example("x", Verdict::not_applicable, "no PSK_CAP")), "NOT APPLICABLE x  (no PSK_CAP)\n");
  EXPECT_EQ(case_line(runner::example_failure()).rfind("FAIL tdisp/lock/in-run  TDISP-LOCK-001", 0), 0u);
}

TEST(CaseLine, HasColourOnlyWhenAsked) {
  const auto failure = runner::example_failure();
  EXPECT_FALSE(contains(case_line(failure), "\033"));
  EXPECT_EQ(case_line(failure, Style(true)).rfind("\033[1;31mFAIL\033[0m ", 0), 0u);
}

TEST(Details, ShowRuleMessagesStatesAndHowToRepeat) {
  const std::string text = details(runner::example_failure());
  const Requirement& rule = *find_requirement("TDISP-LOCK-001");
  for (const std::string_view part :
       {std::string_view("FAIL tdisp/lock/in-run"), rule.id, rule.clause, std::string_view("SHALL"),
        std::string_view("sent      LOCK_INTERFACE_REQUEST FLAGS=0x0001"),
        std::string_view("expected  TDISP_ERROR INVALID_INTERFACE_STATE"),
        std::string_view("actual    LOCK_INTERFACE_RESPONSE"), std::string_view("before    NEGOTIATED; TDI 0 RUN"),
        std::string_view("after     NEGOTIATED; TDI 0 CONFIG_LOCKED"),
        std::string_view("trace     out/tdisp-lock-in-run.jsonl"),
        std::string_view("again     lockstep test --seed 7 --filter tdisp/lock/in-run")})
    EXPECT_TRUE(contains(text, part)) << part << "\nis missing in\n" << text;
}

TEST(Details, ShowTheShortestSequenceAndItsCommand) {
  auto failure = runner::example_failure();
  EXPECT_FALSE(contains(details(failure), "shortest"));
  failure.shortest = {"spdm:GET_VERSION", "spdm:CHALLENGE"};
  failure.replay = "lockstep replay x.jsonl";
  EXPECT_TRUE(contains(details(failure), "     shortest   1 spdm:GET_VERSION\n                2 spdm:CHALLENGE\n"))
      << details(failure);
  EXPECT_TRUE(contains(details(failure), "     replay    lockstep replay x.jsonl\n"));
}

TEST(Details, CallSilenceByItsName) {
  auto failure = runner::example_failure();
  failure.decisive[0].response.clear();
  EXPECT_TRUE(contains(details(failure), "actual    silence"));
}

TEST(Details, FitOnOneScreen) {
  auto failure = runner::example_failure();
  failure.decisive.resize(50, failure.decisive[0]);
  const std::string text = details(failure);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 40);
  EXPECT_TRUE(contains(text, "47 more exchanges"));
}

TEST(NotRun, GroupsByReasonLargestFirst) {
  const auto groups = not_run(runner::example_run());
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].reason, "no P2P requests offered");
  EXPECT_EQ(groups[0].cases, (std::vector<std::string>{"d/p2p-1", "d/p2p-2"}));
  EXPECT_EQ(groups[1].verdict, Verdict::inconclusive);
}

TEST(NotRun, LeavesOutWhatIsAboutOneCase) {
  runner::Run run;
  run.results = {runner::example("a", Verdict::unsupported, "no such request; it would be A"),
                 runner::example("b", Verdict::unsupported, "no such request; it would be B")};
  ASSERT_EQ(not_run(run).size(), 1u);
  EXPECT_EQ(not_run(run)[0].reason, "no such request");
}

TEST(Summary, CountsEveryVerdictAndNamesTheReasons) {
  const std::string text = summary(runner::example_run());
  for (const char* part : {"8 cases against emu://127.0.0.1:2323 over pci-doe, SPDM 1.3, seed 7, lockstep 9.8.7",
                           "2 pass ", "1 fail ", "1 warn ", "1 inconclusive ", "2 not applicable ", "1 unsupported ",
                           "no P2P requests offered (d/p2p-1, d/p2p-2)", "no ML-KEM in this provider",
                           "FAILED: 1 of 4 cases shows that the target breaks 1 rule."})
    EXPECT_TRUE(contains(text, part)) << part << "\nis missing in\n" << text;
}

TEST(Summary, SaysWhenTheTargetCouldNotBeAsked) {
  auto run = runner::example_run();
  EXPECT_FALSE(contains(summary(run), "claims is not known"));
  run.survey = "connection refused";
  EXPECT_TRUE(contains(summary(run), "What the target claims is not known: connection refused"));
}

TEST(Verdict, IsOneSentenceForEachExitCode) {
  runner::Run run;
  EXPECT_EQ(run.exit_code(), 5);
  EXPECT_EQ(verdict_sentence(run), "NOTHING TESTED: no case applies to this target.");
  run.results = {runner::example("a", Verdict::pass, ""), runner::example("b", Verdict::warn, "odd")};
  EXPECT_EQ(verdict_sentence(run), "PASSED: the target did what the rules demand in 2 cases, 1 warning.");
  run.strict = true;
  run.results[1].rule = "TDISP-HDR-003";
  EXPECT_EQ(verdict_sentence(run), "FAILED: 1 of 2 cases shows that the target strains 1 rule (--strict).");
  run.strict = false;
  run.complete = false;
  EXPECT_EQ(verdict_sentence(run), "NO VERDICT: the run was stopped after 2 cases.");
  run.complete = true;
  run.results.push_back(runner::example("c", Verdict::inconclusive, "BUSY"));
  EXPECT_EQ(verdict_sentence(run), "NO VERDICT: 1 case inconclusive, nothing failed.");
}

TEST(Verdict, WithWaiversClaimsNothing) {
  runner::Run run;
  run.expectations = "e.json";
  run.results = {runner::example("a", Verdict::pass, ""), runner::example_failure()};
  run.results[1].verdict = Verdict::expected_fail;
  run.results[1].waiver = runner::Waiver{"old silicon", "FW-1", "2027-03-01", Verdict::fail};
  run.results[1].breaches = {{"TDISP-LOCK-001", Verdict::fail, "LOCK was served in RUN"}};
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_EQ(verdict_sentence(run),
            "PASSED WITH WAIVERS: the target did what the rules demand in 1 case, and in 1 what "
            "is waived, in 1 of them against a mandatory rule.");
  const std::string text = summary(run);
  EXPECT_TRUE(contains(text, "Waived by e.json:\n  tdisp/lock/in-run\n")) << text;
  EXPECT_TRUE(contains(text, "\n      fail TDISP-LOCK-001 (SHALL): old silicon; FW-1, until 2027-03-01"));
  EXPECT_FALSE(contains(text, "conformant"));
  EXPECT_FALSE(contains(text, "Stale in"));
}

TEST(Verdict, NamesStaleExpectations) {
  runner::Run run;
  run.expectations = "e.json";
  run.results = {runner::example("a", Verdict::unexpected_pass, "passes, though a (fail) is expected")};
  run.results[0].waiver.emplace();
  run.stale = {"b/* (fail)"};
  EXPECT_EQ(verdict_sentence(run),
            "STALE: nothing unexpected is wrong, but 2 expectations of the expectation file no longer hold.");
  EXPECT_TRUE(contains(summary(run),
                       "Stale in e.json, to be removed:\n  a passes, though a (fail) is expected\n"
                       "  b/* (fail) is shown by no case any more\n"));
}

TEST(RepeatCommands, AreThereForFailuresOnly) {
  auto run = runner::example_run();
  EXPECT_EQ(repeat_commands(run), "\nTo see a failure again:\n  lockstep test --seed 7 --filter tdisp/lock/in-run\n");
  run.results.erase(run.results.begin());
  EXPECT_EQ(repeat_commands(run), "");
}

TEST(Coverage, CountsOnlyCasesWithAVerdict) {
  const auto of = [](const runner::Run& run, std::string_view protocol) {
    for (const Coverage& each : coverage(run))
      if (each.protocol == protocol) return each.exercised;
    return std::size_t{99};
  };
  auto run = runner::example_run();
  EXPECT_EQ(of(run, "TDISP"), 3u);  // TDISP-LOCK-001, TDISP-ERR-001, TDISP-HDR-001
  EXPECT_EQ(of(run, "SPDM"), 0u);
  run.results = {runner::example("a", Verdict::not_applicable, "why")};
  EXPECT_EQ(of(run, "TDISP"), 0u);
}

TEST(Entry, BreaksLinesAtSpacesAndLosesNothing) {
  const std::string long_word(200, 'x');
  const std::string text = entry("name", "one two " + long_word + " three", 2, 12);
  EXPECT_EQ(text, "  name        one two\n              " + long_word + "\n              three\n");
}

}  // namespace
}  // namespace lockstep::report
