#include "runner/setup_breaches.hpp"

#include <algorithm>

namespace lockstep::runner {

void SetupBreaches::add(const CaseRun& run) {
  for (const oracle::Step& step : run.unasked())
    for (const Breach& breach : breaches_of(step)) add(run, step, breach);
}

void SetupBreaches::add(const CaseRun& run, const oracle::Step& step, const Breach& breach) {
  Sighting& sighting = results_[breach.rule];
  ++sighting.count;
  CaseResult& result = sighting.result;
  if (result.verdict == Verdict::fail) return;
  result.verdict = breach.weight;
  result.rule = breach.rule;
  if (breach.rule) result.requirements = {breach.rule};
  result.case_id = "setup/" + (breach.rule ? std::string(breach.rule.id()) : "unnamed");
  result.reason = breach.reason;
  result.breaches = {breach};
  result.decisive = {run.shown(step)};
}

void SetupBreaches::report(Run& run, const RunOptions& options) {
  for (auto& [rule, sighting] : results_) {
    CaseResult& result = sighting.result;
    if (result.verdict == Verdict::fail && sighting.count < 2) {
      result.verdict = Verdict::inconclusive;
      result.reason = "seen once only: " + result.reason;
    }
    const auto same = [&](const CaseResult& known) {
      return known.rule == result.rule && known.verdict != Verdict::inconclusive;
    };
    if (std::any_of(run.results.begin(), run.results.end(), same)) continue;
    result.again = options.again;
    if (options.expectations != nullptr) options.expectations->apply(result, options.strict);
    run.results.push_back(std::move(result));
  }
}

}  // namespace lockstep::runner
