// Shortens the failures of a run while it goes on.
#pragma once

#include <set>

#include "runner/run.hpp"
#include "runner/script.hpp"
#include "runner/shrink.hpp"

namespace lockstep::runner {

/// The first failure of each symptom, while there are attempts left in this run.
class Shortening {
 public:
  Shortening(Driver& driver, const RunOptions& options)
      : driver_(driver), options_(options), left_(options.shrink * SHRINKS) {}

  void connects() { recording_.connects(); }
  void add(const oracle::Step& step);
  /// While it works, its steps are nobody else's.
  bool busy() const { return busy_; }
  /// `result`: a failure that came again from a fresh start, which was the latest connection.
  void shorten(CaseResult& result, const Symptom& symptom);

 private:
  Driver& driver_;
  const RunOptions& options_;
  std::size_t left_;
  bool busy_ = false;
  Recording recording_;
  std::set<std::pair<Rule, bool>> seen_;
};

/// The command that replays the file beside the trace that holds the shortened failure, or the actions themselves;
/// empty where it was not shortened.
std::string replay_command(const RunOptions& options, const CaseResult& result);

}  // namespace lockstep::runner
