#include "runner/run.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "runner/case_run.hpp"
#include "runner/setup_breaches.hpp"
#include "runner/shortening.hpp"

namespace lockstep::runner {

using cases::Case;

bool matches(std::string_view pattern, const Case& test) {
  if (pattern.starts_with("req:")) {
    const std::string wanted(pattern.substr(4));
    return std::any_of(test.asks.begin(), test.asks.end(),
                       [&](Rule rule) { return fnmatch(wanted.c_str(), std::string(rule.id()).c_str(), 0) == 0; });
  }
  if (pattern.find_first_of("*?[") != std::string_view::npos)
    return fnmatch(std::string(pattern).c_str(), std::string(test.id).c_str(), 0) == 0;
  return test.id == pattern ||
         (test.id.starts_with(pattern) && (pattern.ends_with('/') || test.id[pattern.size()] == '/'));
}

namespace {

/// What does not come again from a fresh start is no verdict on the device; what comes twice is.
template <class RunCase>
CaseResult confirm(Driver& driver, CaseResult first, RunCase&& run_case) {
  driver.distrust();
  CaseResult second = run_case();
  if (second.verdict == first.verdict || second.verdict != Verdict::fail) {
    if (first.verdict != Verdict::fail || second.verdict == Verdict::fail) return second;
    first.verdict = Verdict::inconclusive;
    first.reason = "failed once (" + first.reason + "); from a fresh start: " + std::string(name(second.verdict)) +
                   (second.reason.empty() ? "" : " (" + second.reason + ")");
    for (Breach& breach : second.breaches) first.add(std::move(breach));
    return first;
  }
  driver.distrust();
  CaseResult third = run_case();
  return third.verdict == Verdict::fail ? third : first;
}

/// "1.4"; empty when nothing was negotiated.
std::string version_text(const Driver& driver) {
  if (!driver.connected()) return {};
  const Byte version = driver.claims().spdm_version;
  return version == 0 ? std::string() : std::to_string(version >> 4) + "." + std::to_string(version & 15);
}

}  // namespace

Run run(adapters::Target& target, const Profile& profile, std::vector<const Case*> selection, const RunOptions& options,
        Observer& observer) {
  std::stable_sort(selection.begin(), selection.end(), [](const Case* a, const Case* b) {
    return std::pair(a->session, a->given) < std::pair(b->session, b->given);
  });
  Run run;
  run.target = target.name();
  run.seed = profile.requester.seed;
  run.strict = options.strict;
  Driver driver(target, profile);
  SetupBreaches breaches;
  Shortening shortening(driver, options);
  driver.listen([&](const oracle::Step& step, const wire::Context& context) {
    shortening.add(step);
    if (shortening.busy()) return;
    observer.secrets(driver.follower().store().conversation.memory());
    observer.steps(step, context);
  });
  driver.on_connect([&](bool fresh) {
    if (shortening.busy()) return;
    shortening.connects();
    observer.connects(fresh);
  });
  if (const auto failed = driver.survey()) run.survey = failed->why;
  run.spdm_version = version_text(driver);
  for (const Case* test : selection) {
    const bool stopped = options.stop != nullptr && options.stop->load();
    if (stopped || driver.given_up()) {
      run.complete = false;
      break;
    }
    const auto start = std::chrono::steady_clock::now();
    observer.begins(*test);
    bool unasked_failure = false;
    Symptom symptom;
    const auto run_case = [&] {
      CaseRun case_run(driver, *test);
      CaseResult once = case_run.run();
      if (driver.connected()) breaches.add(case_run);
      unasked_failure = case_run.unasked_failure();
      if (once.verdict == Verdict::fail) symptom = case_run.symptom();
      return once;
    };
    CaseResult result = run_case();
    if (result.verdict == Verdict::fail || result.verdict == Verdict::inconclusive || unasked_failure)
      result = confirm(driver, std::move(result), run_case);
    if (result.verdict != Verdict::pass && result.verdict != Verdict::warn && result.verdict != Verdict::not_applicable)
      driver.distrust();
    if (options.expectations != nullptr) options.expectations->apply(result, options.strict);
    if (result.verdict == Verdict::fail) shortening.shorten(result, symptom);
    result.trace = observer.trace();
    result.again = options.again + " --filter " + result.case_id;
    result.replay = replay_command(options, result);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    observer.ends(result);
    run.results.push_back(std::move(result));
  }
  breaches.report(run, options);
  if (options.expectations != nullptr) run.stale = options.expectations->stale(run.results);
  std::sort(run.results.begin(), run.results.end(),
            [](const CaseResult& a, const CaseResult& b) { return a.case_id < b.case_id; });
  return run;
}

}  // namespace lockstep::runner
