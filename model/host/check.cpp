#include "host/check.hpp"

#include "host/rosetta.hpp"

namespace lockstep::host {
namespace {

Story story(const Model& model, const verify::Trace<State>& trace) {
  Story told;
  for (const auto& step : trace.steps) told.lines.push_back({&model.verb(step.label), unpack(step.after)});
  told.loop = trace.loop;
  return told;
}

bool same_run(const Setting& a, const Property& p, const Setting& b) {
  return a.scope == b.scope && a.flaws == b.flaws && a.moods == b.moods && a.scenario == b.scenario &&
         p.scope == b.scope;
}
bool same_where_noted(const Policies& a, const Policies& b, std::uint64_t noted) {
  for (std::size_t i = 0; i < SWITCHES; ++i)
    if ((noted >> i & 1) != 0 && a.values[i] != b.values[i]) return false;
  return true;
}

bool is_liveness(verify::Shape shape) { return shape == verify::Shape::eventually || shape == verify::Shape::leads_to; }

/// The sum does not depend on the order.
std::uint64_t digest_of(const verify::StateStore<State>& states) {
  std::uint64_t sum = 0;
  for (unsigned s = 0; s < verify::SHARDS; ++s)
    for (std::uint32_t i = 0; i < states.shard(s).size(); ++i)
      sum += verify::hash_of(states.shard(s).state(i)) * 0x9E3779B97F4A7C15ULL;
  return sum;
}

Exploration explore_all(const Setting& setting, verify::Limits limits) {
  const Model model(setting);
  std::vector<const Property*> asked;
  std::vector<verify::Property<State>> questions;
  for (const Property* property : properties())
    if (property->scope == setting.scope) {
      asked.push_back(property);
      questions.push_back(model.ask(*property));
    }
  verify::Explorer<Model> explorer(model, std::move(questions), limits);
  explorer.run();
  Exploration done{explorer.counts(), digest_of(explorer.states()), {}};
  for (std::size_t i = 0; i < asked.size(); ++i) {
    auto judged = explorer.judgement(i);
    if (is_liveness(asked[i]->shape))
      judged.verdict = verify::Verdict::inconclusive, judged.why = "liveness is not judged yet";
    Cell cell{asked[i], judged.verdict, judged.why, judged.premise_reached, {}, {}};
    if (judged.counterexample) cell.counterexample = story(model, *judged.counterexample);
    if (judged.witness) cell.witness = story(model, *judged.witness);
    done.cells.push_back(std::move(cell));
  }
  return done;
}

}  // namespace

std::string_view verdict_word(const Cell& cell) {
  const bool vacuous = cell.verdict != verify::Verdict::fails && !cell.premise_reached && !cell.why.empty();
  return vacuous ? "unreachable" : verify::name(cell.verdict);
}

Setting setting_for(const Setting& base, const Property& property) {
  Setting setting = base;
  setting.scope = property.scope;
  setting.moods = std::min(base.moods, property.moods);
  for (Flaw flaw : property.assumes) setting.break_(flaw);
  return setting;
}

const Exploration& Checker::explore(const Setting& base, const Property& property) {
  Setting setting = setting_for(base, property);
  for (const auto& known : known_)
    if (same_run(setting, property, known->setting) &&
        same_where_noted(setting.policies, known->setting.policies, known->noted))
      return known->exploration;
  setting.forget_noted();
  auto made = std::make_unique<Known>(Known{setting, 0, explore_all(setting, limits_)});
  made->noted = setting.noted();
  known_.push_back(std::move(made));
  return known_.back()->exploration;
}

const Cell& Checker::check(const Setting& setting, const Property& property) {
  for (const Cell& cell : explore(setting, property).cells)
    if (cell.property == &property) return cell;
  LOCKSTEP_ASSERT(false);
  return known_.front()->exploration.cells.front();
}

verify::Counts Checker::total() const {
  verify::Counts sum;
  for (const auto& known : known_) {
    const verify::Counts& counts = known->exploration.counts;
    sum.states += counts.states, sum.transitions += counts.transitions, sum.seconds += counts.seconds;
    sum.depth = std::max(sum.depth, counts.depth), sum.bytes = std::max(sum.bytes, counts.bytes);
  }
  return sum;
}

std::string as_text(const Story& story, Profile profile) {
  std::string text;
  World before;
  for (std::size_t i = 0; i < story.lines.size(); ++i) {
    const Line& line = story.lines[i];
    if (story.loop == i) text += "  -- from here on for ever --\n";
    std::string who = std::string(name(line.verb->actor)) + " -> " + std::string(name(line.verb->to));
    who.resize(std::max<std::size_t>(who.size(), 18), ' ');
    text += "  " + std::to_string(i + 1) + (i < 9 ? ".  " : ". ") + who + "  " + vendor_name(*line.verb, profile);
    const std::string change = describe(line.after, before);
    if (!change.empty()) text += "   (" + change + ")";
    text += "\n";
    before = line.after;
  }
  return text;
}

std::string as_mermaid(const Story& story, Profile profile) {
  std::string text = "sequenceDiagram\n";
  World before;
  for (const Line& line : story.lines) {
    const std::string actor(name(line.verb->actor)), to(name(line.verb->to));
    text += "  " + actor + "->>" + to + ": " + vendor_name(*line.verb, profile) + "\n";
    const std::string change = describe(line.after, before);
    if (!change.empty()) text += "  Note right of " + to + ": " + change + "\n";
    before = line.after;
  }
  return text;
}

std::string in_short(const Story& story, Profile profile) {
  std::string text;
  for (const Line& line : story.lines) text += (text.empty() ? "" : ", ") + vendor_name(*line.verb, profile);
  return text;
}

}  // namespace lockstep::host
