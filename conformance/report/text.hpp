// The report for people: one line for each case, one screen for each failure, and a summary.
#pragma once

#include <string>
#include <vector>

#include "report/style.hpp"
#include "runner/result.hpp"

namespace lockstep::report {

/// Cases without verdict on the target that have the reason in common.
struct NotRun {
  runner::Verdict verdict;
  std::string reason;
  std::vector<std::string> cases;
};
/// Not applicable, unsupported and inconclusive, the largest group first. What follows a semicolon in a reason is about
/// the one case.
std::vector<NotRun> not_run(const runner::Run&);

/// Of an expected failure: what fails, why it is waived, and for how long.
std::string waived(const runner::CaseResult&);
/// "PASS tdisp/lock/in-run", with the reason unless it passed.
std::string case_line(const runner::CaseResult&, Style = {});
/// Everything an engineer needs of a failure or warning: rule, sent, expected, actual, states, how to see it again.
std::string details(const runner::CaseResult&, Style = {});
/// Counts, waivers, what was not run and why, coverage, and the verdict.
std::string summary(const runner::Run&, Style = {});
/// The verdict in one sentence.
std::string verdict_sentence(const runner::Run&);
/// The commands that repeat each failure; empty without one.
std::string repeat_commands(const runner::Run&);
/// All of it.
std::string text_report(const runner::Run&);

}  // namespace lockstep::report
