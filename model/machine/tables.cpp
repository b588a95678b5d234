#include "machine/tables.hpp"

#include <map>

namespace lockstep::machine {
namespace {

using Edges = std::map<std::pair<std::string_view, std::string_view>, std::vector<std::string_view>>;

/// The stimuli that lead from one state to another, in the order of the table. Rows that keep the state draw nothing:
/// a picture of them all would hide the few that count.
Edges edges_of(const StateTable& table) {
  Edges edges;
  for (const RowText& row : table.rows) {
    if (row.to.empty() || row.to == row.from) continue;
    auto& stimuli = edges[{row.from, row.to}];
    if (stimuli.empty() || stimuli.back() != row.stimulus) stimuli.push_back(row.stimulus);
  }
  return edges;
}

std::string joined(const std::vector<std::string_view>& words, std::string_view separator) {
  std::string text;
  for (std::string_view word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

std::string line(std::initializer_list<std::string_view> cells) {
  std::string text = "|";
  for (std::string_view cell : cells) text.append(" ").append(cell).append(" |");
  return text + "\n";
}

std::string_view or_any(std::string_view text) { return text.empty() ? "any" : text; }
std::string_view or_same(std::string_view text) { return text.empty() ? "(same)" : text; }

std::string as_mermaid(const StateTable& table) {
  std::string text = "```mermaid\nstateDiagram-v2\n";
  text.append("  [*] --> ").append(table.initial).append("\n");
  for (const auto& [ends, stimuli] : edges_of(table))
    text.append("  ").append(ends.first).append(" --> ").append(ends.second).append(" : ") +=
        joined(stimuli, "<br>") + "\n";
  return text + "```\n";
}

}  // namespace

std::string as_markdown(const StateTable& table) {
  std::string text = "# " + std::string(table.title) + "\n\n" + as_mermaid(table) + "\n## Transitions\n\n";
  text += line({"Rule", "From", "Stimulus", "If", "To", "Do"}) + line({"---", "---", "---", "---", "---", "---"});
  for (const RowText& row : table.rows)
    text += line({row.rule, row.from, row.stimulus, row.guard, or_same(row.to), row.action});
  text += "\n## Refusals\n\nThe state stays. The first line that fits counts.\n\n";
  text += line({"Rule", "From", "Stimulus", "Defect", "Answer"}) + line({"---", "---", "---", "---", "---"});
  for (const RefusalText& refusal : table.refusals)
    text +=
        line({refusal.rule, or_any(refusal.from), or_any(refusal.stimulus), or_any(refusal.defect), refusal.answer});
  return text;
}

std::string as_dot(const StateTable& table) {
  std::string text = "digraph \"" + std::string(table.title) + "\" {\n  node [shape=box];\n";
  text.append("  start [shape=point];\n  start -> ").append(table.initial).append(";\n");
  for (const auto& [ends, stimuli] : edges_of(table))
    text.append("  ").append(ends.first).append(" -> ").append(ends.second).append(" [label=\"") +=
        joined(stimuli, "\\n") + "\"];\n";
  return text + "}\n";
}

}  // namespace lockstep::machine
