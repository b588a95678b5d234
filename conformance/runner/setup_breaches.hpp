// Breaches that set-up steps saw and no case reported: results of their own, so that nothing seen is lost.
#pragma once

#include <map>

#include "runner/case_run.hpp"
#include "runner/run.hpp"

namespace lockstep::runner {

class SetupBreaches {
 public:
  void add(const CaseRun& run);
  /// Adds a result for each rule that no result names yet. What was seen once only is no verdict.
  void report(Run& run, const RunOptions& options);

 private:
  struct Sighting {
    CaseResult result;
    std::size_t count = 0;
  };
  void add(const CaseRun& run, const oracle::Step& step, const Breach& breach);

  std::map<Rule, Sighting> results_;
};

}  // namespace lockstep::runner
