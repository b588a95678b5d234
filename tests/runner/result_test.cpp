// What a run's results add up to.
#include "runner/result.hpp"

#include <gtest/gtest.h>

namespace lockstep::runner {
namespace {

CaseResult with(Verdict verdict) {
  CaseResult result;
  result.verdict = verdict;
  if (verdict == Verdict::expected_fail || verdict == Verdict::unexpected_pass) result.waiver.emplace();
  return result;
}

int code_of(const std::vector<Verdict>& verdicts, bool strict = false) {
  runner::Run run;
  run.strict = strict;
  for (const Verdict verdict : verdicts) run.results.push_back(with(verdict));
  return run.exit_code();
}

TEST(ExitCode, IsTheVerdict) {
  using enum Verdict;
  EXPECT_EQ(code_of({}), 5);
  EXPECT_EQ(code_of({not_applicable, unsupported}), 5);
  EXPECT_EQ(code_of({pass, not_applicable}), 0);
  EXPECT_EQ(code_of({warn}), 0);
  EXPECT_EQ(code_of({warn}, true), 1);
  EXPECT_EQ(code_of({expected_fail}), 0);
  EXPECT_EQ(code_of({pass, unexpected_pass}), 3);
  EXPECT_EQ(code_of({unexpected_pass, inconclusive}), 4);
  EXPECT_EQ(code_of({pass, inconclusive}), 4);
  EXPECT_EQ(code_of({pass, inconclusive, unexpected_pass, fail}), 1);
}

TEST(ExitCode, KnowsRunsThatDidNotEndAndStaleEntries) {
  runner::Run run;
  run.results = {with(Verdict::pass)};
  run.stale = {"tdisp/* (fail)"};
  EXPECT_EQ(run.exit_code(), 3);
  run.complete = false;
  EXPECT_EQ(run.exit_code(), 4);
  run.results.push_back(with(Verdict::fail));
  EXPECT_EQ(run.exit_code(), 1);
}

TEST(Breaches, KeepEachRuleOnceWithItsWorstWeight) {
  CaseResult result;
  result.add({"TDISP-LOCK-001", Verdict::warn, "a"});
  result.add({"TDISP-LOCK-001", Verdict::fail, "b"});
  result.add({"TDISP-LOCK-001", Verdict::warn, "c"});
  result.add({"TDISP-LOCK-002", Verdict::warn, "d"});
  ASSERT_EQ(result.breaches.size(), 2u);
  EXPECT_EQ(result.breaches[0].weight, Verdict::fail);
  EXPECT_EQ(result.breaches[0].reason, "b");
}

TEST(CaseResult, KnowsWhatItWouldBeWithoutWaiver) {
  CaseResult result = with(Verdict::expected_fail);
  result.waiver->outcome = Verdict::inconclusive;
  EXPECT_EQ(result.bare(), Verdict::inconclusive);
  EXPECT_FALSE(result.is_judged());
  result.waiver->outcome = Verdict::fail;
  EXPECT_TRUE(result.is_judged());
  EXPECT_EQ(with(Verdict::unexpected_pass).bare(), Verdict::pass);
  EXPECT_FALSE(with(Verdict::not_applicable).is_judged());
}

}  // namespace
}  // namespace lockstep::runner
