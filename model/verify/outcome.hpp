// What a run of the explorer has found.
#pragma once

#include <optional>
#include <string_view>

#include "verify/model.hpp"

namespace lockstep::verify {

enum class Verdict : std::uint8_t { holds, fails, inconclusive };
std::string_view name(Verdict);

/// Why a run ended.
enum class End : std::uint8_t {
  none,         ///< it has not
  complete,     ///< every state that can be reached was visited
  memory,       ///< a limit
  states,       ///< a limit
  depth,        ///< a limit
  interrupted,  ///< from outside
  decided,      ///< nothing is left to find out, or a property has failed
};
/// "the memory limit was reached"
std::string_view text_of(End);

struct Counts {
  std::uint64_t states = 0, transitions = 0;
  std::uint64_t changes = 0;  ///< transitions that change the state and were looked up
  std::uint32_t depth = 0;    ///< steps to the farthest state
  double seconds = 0;
  std::uint64_t bytes = 0;
};

template <class State>
struct Step {
  Label label;
  State after;
};

/// A run of the model. With `loop`, its end goes on for ever: the state after step loop is also the last one.
template <class State>
struct Trace {
  State start;
  std::vector<Step<State>> steps;
  std::optional<std::size_t> loop;
};

template <class State>
struct Judgement {
  Verdict verdict = Verdict::inconclusive;
  std::string why;  ///< where the verdict needs a reason
  bool premise_reached = false;
  std::optional<Trace<State>> counterexample, witness;
};

}  // namespace lockstep::verify
