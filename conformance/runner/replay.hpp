// The same actions once more, against a live target and with fresh cryptography; judged like any other traffic.
#pragma once

#include "runner/run.hpp"
#include "runner/script.hpp"

namespace lockstep::runner {

/// One action that was done again.
struct Replayed {
  std::size_t line = 0;  ///< as in Script::Entry
  std::string action = {}, answer = {}, recorded = {};
  Exchange exchange = {};
  std::vector<Breach> breaches = {};

  /// The target answered as the recording tells, or the recording does not tell.
  bool agrees() const { return recorded.empty() || recorded == answer; }
};

struct Replay {
  std::string target, case_id;
  bool fresh = false;     ///< the target was without memory at the beginning
  std::size_t whole = 0;  ///< actions of the script
  std::vector<Replayed> steps;
  std::string stopped;  ///< why the next action could not be done; empty: all were
  std::size_t stopped_line = 0;

  /// Where the target parts from the recording; nullptr: nowhere.
  const Replayed* parting() const;
  /// 0 no rule is broken, 1 a rule is broken, 4 not all actions could be done.
  int exit_code() const;
};

Replay replay(adapters::Target& target, const Profile& profile, const Script& script);

}  // namespace lockstep::runner
