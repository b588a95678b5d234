// A failure in as few actions as it takes, counted from a target without memory.
#pragma once

#include "runner/driver.hpp"

namespace lockstep::runner {

/// What must be seen again for a failure to be the same one.
struct Symptom {
  Rule rule;                ///< that the step breaks, by itself
  bool state_only = false;  ///< the answer is right, the state that it reports is not
  bool shows(const oracle::Step&) const;
};

struct Shrunk {
  std::vector<Action> actions;  ///< the last one shows the symptom; empty: it did not come again
  std::size_t attempts = 0;
};

/// Leaves out actions while the symptom still shows and no other failure comes before it, in at most `attempts` runs,
/// each on a new connection. What comes out was seen twice. The driver is left without a connection that could be
/// relied on.
Shrunk shrink(Driver& driver, std::vector<Action> actions, const Symptom& symptom, std::size_t attempts);

}  // namespace lockstep::runner
