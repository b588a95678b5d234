#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/coverage.hpp"

namespace lockstep::report {
namespace {

using runner::CaseResult;
using runner::Exchange;
using runner::Run;
using runner::Verdict;

constexpr std::size_t SHOWN_EXCHANGES = 3;
constexpr std::size_t SHOWN_CASES = 4;
constexpr std::size_t INDENT = 5, NAME_WIDTH = 10;

std::string line(std::string_view name, std::string_view text) {
  return text.empty() ? std::string() : entry(name, text, INDENT, NAME_WIDTH);
}

/// What a person copies stays on one line.
std::string unbroken(std::string_view name, std::string_view text) {
  return text.empty() ? std::string() : fmt::format("{:{}}{:<{}}{}\n", "", INDENT, name, NAME_WIDTH, text);
}

std::string plural(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::size_t count(const Run& run, Verdict verdict) { return run.counts()[static_cast<std::size_t>(verdict)]; }

bool is_shown(const CaseResult& result) { return result.verdict == Verdict::fail || result.verdict == Verdict::warn; }

bool is_failure(const Run& run, const CaseResult& result) {
  return result.verdict == Verdict::fail || (run.strict && result.verdict == Verdict::warn);
}

/// The rule a result is about: the broken one, else the first that the case asks about.
Rule main_rule(const CaseResult& result) {
  if (result.rule) return result.rule;
  return result.requirements.empty() ? Rule::none() : result.requirements.front();
}

std::string exchange(const Exchange& e) {
  return line("sent", e.request) + line("meaning", e.letter) + line("expected", e.permitted) +
         line("actual", e.response.empty() ? "silence" : e.response) + line("why", e.reason) +
         line("before", e.before) + line("after", e.after);
}

std::string_view meaning(Verdict verdict) {
  static constexpr std::string_view all[runner::VERDICTS] = {
      "did what the rules demand",
      "broke a rule",
      "strained a rule that only warns, or that no source settles",
      "did what the expectation file says, with a reason",
      "passed, though the expectation file says that it does not",
      "no verdict: the goal of the case was not reached",
      "the target does not claim what the case needs",
      "Lockstep cannot do it",
  };
  return all[static_cast<std::size_t>(verdict)];
}

std::string counts_text(const Run& run, Style style) {
  std::string out;
  for (std::size_t i = 0; i < runner::VERDICTS; ++i) {
    const auto verdict = static_cast<Verdict>(i);
    const std::size_t number = run.counts()[i];
    std::string words(runner::name(verdict));
    std::replace(words.begin(), words.end(), '_', ' ');
    words = fmt::format("{:<15}", words);
    out +=
        fmt::format("  {:>5} {}  {}\n", number, number > 0 ? style.coloured(verdict, words) : words, meaning(verdict));
  }
  return out;
}

std::string not_run_text(const Run& run) {
  std::string out;
  for (const NotRun& group : not_run(run)) {
    std::string names;
    for (std::size_t i = 0; i < std::min(group.cases.size(), SHOWN_CASES); ++i)
      names += (i == 0 ? "" : ", ") + group.cases[i];
    if (group.cases.size() > SHOWN_CASES) names += ", ...";
    out += entry(fmt::format("{:>5}", group.cases.size()), group.reason + " (" + names + ")", 2, 6);
  }
  return out.empty() ? out : "\nWithout a verdict on the target, and why:\n" + out;
}

/// Waivers stand beside the verdict in every report.
std::string waivers_text(const Run& run) {
  std::string out;
  for (const CaseResult& result : run.results)
    if (result.verdict == Verdict::expected_fail) out += "  " + result.case_id + "\n" + entry("", waived(result), 6, 0);
  if (!out.empty()) out = "\nWaived by " + run.expectations + ":\n" + out;
  std::string stale;
  for (const CaseResult& result : run.results)
    if (result.verdict == Verdict::unexpected_pass) stale += "  " + result.case_id + " " + result.reason + "\n";
  for (const std::string& one : run.stale) stale += "  " + one + " is shown by no case any more\n";
  return stale.empty() ? out : out + "\nStale in " + run.expectations + ", to be removed:\n" + stale;
}

std::string coverage_text(const Run& run) {
  std::string out = "\nRules for devices that were exercised:\n";
  for (const Coverage& each : coverage(run))
    out += fmt::format("  {:<16} {:>3} of {:>3}\n", each.protocol, each.exercised, each.rules);
  return out;
}

}  // namespace

std::vector<NotRun> not_run(const Run& run) {
  std::vector<NotRun> groups;
  for (const CaseResult& result : run.results) {
    if (result.is_judged() || result.waiver) continue;
    const std::string reason = result.reason.substr(0, result.reason.find("; "));
    const auto same = [&](const NotRun& g) { return g.verdict == result.verdict && g.reason == reason; };
    auto group = std::find_if(groups.begin(), groups.end(), same);
    if (group == groups.end()) group = groups.insert(groups.end(), {result.verdict, reason, {}});
    group->cases.push_back(result.case_id);
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const NotRun& a, const NotRun& b) { return a.cases.size() > b.cases.size(); });
  return groups;
}

std::string waived(const CaseResult& result) {
  std::string rules;
  for (const runner::Breach& breach : result.breaches)
    if (breach.weight == result.waiver->outcome && breach.rule)
      rules += fmt::format(" {} ({})", breach.rule.id(), name(breach.rule.requirement().level));
  const runner::Waiver& waiver = *result.waiver;
  return fmt::format("{}{}: {}{}{}", runner::name(waiver.outcome), rules, waiver.reason,
                     waiver.issue.empty() ? "" : "; " + waiver.issue,
                     waiver.until.empty() ? "" : ", until " + waiver.until);
}

std::string case_line(const CaseResult& result, Style style) {
  std::string text = style.label(result.verdict) + " " + result.case_id;
  if (is_shown(result) && result.rule) text += fmt::format("  {}", result.rule.id());
  if (result.verdict == Verdict::expected_fail)
    text += "  (" + waived(result) + ")";
  else if (result.verdict != Verdict::pass)
    text += fmt::format("  ({})", result.reason);
  return text + "\n";
}

std::string details(const CaseResult& result, Style style) {
  std::string out = style.label(result.verdict) + " " + style.strong(result.case_id);
  if (const Rule rule = main_rule(result)) {
    const Requirement& r = rule.requirement();
    out += fmt::format("    {}  {}  {}\n", r.id, r.clause, name(r.level)) + line("", r.statement);
  } else {
    out += '\n';
  }
  for (std::size_t i = 0; i < std::min(result.decisive.size(), SHOWN_EXCHANGES); ++i)
    out += exchange(result.decisive[i]);
  if (result.decisive.size() > SHOWN_EXCHANGES)
    out += line("", fmt::format("... and {}: see the JSON report",
                                plural(result.decisive.size() - SHOWN_EXCHANGES, "more exchange")));
  if (result.decisive.empty()) out += line("why", result.reason);
  for (std::size_t i = 0; i < result.shortest.size(); ++i)
    out += line(i == 0 ? "shortest" : "", fmt::format("{:>2} {}", i + 1, result.shortest[i]));
  return out + unbroken("trace", result.trace) + unbroken("again", result.again) + unbroken("replay", result.replay);
}

namespace {

/// No claim beyond what is said here: a waived rule that a device must obey is a broken one.
std::string passed_with_waivers(const Run& run) {
  const auto mandatory = static_cast<std::size_t>(
      std::count_if(run.results.begin(), run.results.end(), [](const CaseResult& r) { return r.waives_mandatory(); }));
  return fmt::format("PASSED WITH WAIVERS: the target did what the rules demand in {}, and in {} what is waived{}",
                     plural(count(run, Verdict::pass) + count(run, Verdict::warn), "case"),
                     count(run, Verdict::expected_fail),
                     mandatory == 0 ? "" : fmt::format(", in {} of them against a mandatory rule", mandatory));
}

}  // namespace

std::string verdict_sentence(const Run& run) {
  const std::size_t failed = count(run, Verdict::fail), warned = count(run, Verdict::warn);
  const auto judged = static_cast<std::size_t>(
      std::count_if(run.results.begin(), run.results.end(), [](const CaseResult& r) { return r.is_judged(); }));
  const std::string warnings = warned == 0 ? std::string() : fmt::format(", {}", plural(warned, "warning"));
  switch (run.exit_code()) {
    case 0:
      if (count(run, Verdict::expected_fail) > 0) return passed_with_waivers(run) + warnings + ".";
      return fmt::format("PASSED: the target did what the rules demand in {}{}.", plural(judged, "case"), warnings);
    case 1: {
      std::set<std::string_view> rules;
      for (const CaseResult& result : run.results)
        if (is_failure(run, result) && result.rule) rules.insert(result.rule.id());
      const bool by_warnings = failed == 0;
      return fmt::format("FAILED: {} of {} {} that the target {} {}{}.", by_warnings ? warned : failed,
                         plural(judged, "case"), (by_warnings ? warned : failed) == 1 ? "shows" : "show",
                         by_warnings ? "strains" : "breaks", plural(rules.size(), "rule"),
                         by_warnings ? " (--strict)" : "");
    }
    case 3:
      return fmt::format("STALE: nothing unexpected is wrong, but {} of the expectation file no longer {}.",
                         plural(count(run, Verdict::unexpected_pass) + run.stale.size(), "expectation"),
                         count(run, Verdict::unexpected_pass) + run.stale.size() == 1 ? "holds" : "hold");
    case 4:
      if (!run.complete)
        return fmt::format("NO VERDICT: the run was stopped after {}.", plural(run.results.size(), "case"));
      return fmt::format("NO VERDICT: {} inconclusive, nothing failed.",
                         plural(count(run, Verdict::inconclusive), "case"));
    default:
      return "NOTHING TESTED: no case applies to this target.";
  }
}

std::string summary(const Run& run, Style style) {
  std::string out = fmt::format("{} against {} over {}, SPDM {}, seed {}, lockstep {}, catalogue {}\n",
                                plural(run.results.size(), "case"), run.target, run.transport,
                                run.spdm_version.empty() ? "not negotiated" : run.spdm_version, run.seed,
                                run.tool_version, catalogue_version());
  if (!run.survey.empty()) out += "What the target claims is not known: " + run.survey + "\n";
  out += counts_text(run, style) + waivers_text(run) + not_run_text(run) + coverage_text(run);
  const int code = run.exit_code();
  const Verdict colour = code == 0 ? Verdict::pass : code == 1 ? Verdict::fail : Verdict::inconclusive;
  return out + "\n" + style.coloured(colour, verdict_sentence(run)) + "\n";
}

std::string repeat_commands(const Run& run) {
  std::string out;
  for (const CaseResult& result : run.results)
    if (is_failure(run, result)) out += "  " + result.again + "\n";
  return out.empty() ? out : "\nTo see a failure again:\n" + out;
}

std::string text_report(const Run& run) {
  std::string out;
  for (const CaseResult& result : run.results) out += case_line(result);
  out += "\n";
  for (const CaseResult& result : run.results)
    if (is_shown(result)) out += details(result) + "\n";
  return out + summary(run) + repeat_commands(run);
}

}  // namespace lockstep::report
