// The result of a run for people and programs: text, JSON, HTML, and traces as sequence charts.
#pragma once

#include <string>
#include <vector>

#include "verify/outcome.hpp"

namespace lockstep::verify {

/// What `lockstep replay` does for a step (docs/traces.md).
struct TraceAction {
  std::string action;
  std::string answer = {};  ///< of the model, in words; empty: any will do
};
struct TraceLine {
  Message message;
  std::string state;                      ///< after the step
  std::vector<TraceAction> actions = {};  ///< none: the model is not one of a device
};
struct TraceText {
  std::string start;
  std::vector<TraceLine> lines;
  std::optional<std::size_t> loop;  ///< the run goes on for ever from the state after this line
};

struct PropertyReport {
  std::string name, statement;
  std::vector<Rule> rules;
  Shape shape = Shape::always;
  Verdict verdict = Verdict::inconclusive;
  std::string why;
  std::optional<TraceText> counterexample, witness;
};

struct RunReport {
  std::string model;  ///< "device"
  std::string scope;  ///< everything that was left out stands here
  Counts counts;
  End end = End::none;
  std::vector<PropertyReport> properties;
  unsigned compacted = 0;  ///< bits that were kept of each state's hash; 0: every state was kept as it is
  double omission = 0;     ///< the probability that hash compaction has left a state out
};

/// fails when a property fails; holds when every state was visited and every property holds.
Verdict verdict(const RunReport&);

/// With the counterexamples; the last line is "N states, M transitions, depth D: VERDICT".
std::string as_text(const RunReport&);
std::string as_json(const RunReport&);
/// One file that needs nothing else.
std::string as_html(const RunReport&);
/// Text as HTML and SVG take it.
std::string escaped(std::string_view text);

std::string as_text(const TraceText&);
/// What `lockstep replay` reads; `name` is what was looked at. Only for traces whose lines have actions.
std::string as_replay(const TraceText&, std::string_view name);
/// A Mermaid sequenceDiagram.
std::string as_mermaid(const TraceText&);
std::string as_svg(const TraceText&);

std::string_view name(Shape);

/// The explorer's result in words; `text` turns a trace into a TraceText.
template <class Seen, class State, class Text>
PropertyReport report_of(const Property<Seen>& property, const Judgement<State>& judged, Text text) {
  PropertyReport report{property.name,  property.statement, property.rules, property.shape,
                        judged.verdict, judged.why,         std::nullopt,   std::nullopt};
  if (judged.counterexample) report.counterexample = text(*judged.counterexample);
  if (judged.witness) report.witness = text(*judged.witness);
  return report;
}

/// A trace of any model in its own words.
template <Model M>
TraceText text_of(const M& model, const Trace<typename M::State>& trace) {
  TraceText text{model.describe(trace.start), {}, trace.loop};
  typename M::State before = trace.start;
  for (const auto& step : trace.steps) {
    text.lines.push_back({model.message(before, step.label), model.describe(step.after)});
    before = step.after;
  }
  return text;
}

}  // namespace lockstep::verify
