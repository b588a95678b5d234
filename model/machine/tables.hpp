// A machine's tables as text: for the generated documents and for coverage.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::machine {

/// One row of a transition table. `from` may be ANY_OTHER; `to` is empty when the state stays.
struct RowText {
  std::string_view rule, from, stimulus, guard, to, action;
};
inline constexpr std::string_view ANY_OTHER = "any other";

/// One entry of a refusal table; what is empty stands for any.
struct RefusalText {
  std::string_view rule, from, stimulus, defect;
  std::string answer;
};

/// All that a machine says, in the order in which it says it.
struct StateTable {
  std::string_view title, initial;
  std::span<const RowText> rows;
  std::vector<RefusalText> refusals;
};

/// Markdown: a Mermaid stateDiagram, the transitions and the refusals.
std::string as_markdown(const StateTable&);
/// Graphviz source: one edge for each pair of states, labelled with its stimuli.
std::string as_dot(const StateTable&);

}  // namespace lockstep::machine
