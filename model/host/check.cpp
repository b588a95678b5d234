#include "host/check.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "host/rosetta.hpp"
#include "host/two_runs.hpp"
#include "verify/liveness.hpp"

namespace lockstep::host {
namespace {

const State& world_of(const Model&, const State& state) { return state; }
State world_of(const TwoRuns&, const TwoRuns::State& state) { return TwoRuns::world(state, 0); }

template <class M>
Story story(const M& model, const Model& verbs, const verify::Trace<typename M::State>& trace) {
  Story told;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    if (trace.loop && *trace.loop + 1 == i) told.loop = told.lines.size();
    const Line line{&verbs.verb(trace.steps[i].label), unpack(world_of(model, trace.steps[i].after))};
    const bool again = told.loop && told.lines.size() > *told.loop && told.lines.back().verb == line.verb &&
                       told.lines.back().after == line.after;
    if (!again) told.lines.push_back(line);  // what is done again and again without effect is told once
  }
  return told;
}

bool same_run(const Setting& known, const Setting& asked) {
  return known.scope == asked.scope && known.moods == asked.moods && known.scenario == asked.scenario &&
         known.agrees_where_noted(asked);
}
bool is_liveness(verify::Shape shape) { return shape == verify::Shape::eventually || shape == verify::Shape::leads_to; }

/// The sum does not depend on the order.
template <class S>
std::uint64_t digest_of(const verify::StateStore<S>& states) {
  std::uint64_t sum = 0;
  for (unsigned s = 0; s < verify::SHARDS; ++s)
    for (std::uint32_t i = 0; i < states.shard(s).size(); ++i)
      sum += verify::hash_of(states.shard(s).state(i)) * 0x9E3779B97F4A7C15ULL;
  return sum;
}

/// Of a world in which nobody remembers who moved the TDI; of two runs, which have no such mark, as they are.
State without_mark(const State& state) {
  World world = unpack(state);
  world.moved_by_vfio = false;
  return pack(world);
}
TwoRuns::State without_mark(const TwoRuns::State& state) { return state; }

template <class S>
std::uint64_t unmarked_digest_of(const verify::StateStore<S>& states) {
  std::set<std::uint64_t> hashes;
  for (unsigned s = 0; s < verify::SHARDS; ++s)
    for (std::uint32_t i = 0; i < states.shard(s).size(); ++i)
      hashes.insert(verify::hash_of(without_mark(states.shard(s).state(i))));
  return std::accumulate(hashes.begin(), hashes.end(), std::uint64_t{0},
                         [](std::uint64_t sum, std::uint64_t hash) { return sum + hash * 0x9E3779B97F4A7C15ULL; });
}

template <class M>
Cell cell_of(const M& model, const Model& verbs, const Property& property, verify::Judgement<typename M::State> judged,
             bool complete) {
  Cell cell{&property, judged.verdict, judged.why, judged.premise_reached, complete, {}, {}};
  if (judged.counterexample) cell.counterexample = story(model, verbs, *judged.counterexample);
  if (judged.witness) cell.witness = story(model, verbs, *judged.witness);
  return cell;
}

bool asked_alone(const Property& property) { return property.two_runs; }

Exploration explore_together(const Setting& setting, verify::Limits limits) {
  const Model model(setting);
  std::vector<const Property*> asked;
  std::vector<verify::Property<State>> questions;
  for (const Property* property : properties())
    if (property->scope == setting.scope && !asked_alone(*property)) {
      asked.push_back(property);
      questions.push_back(model.ask(*property));
    }
  verify::Explorer<Model> explorer(model, questions, limits);
  const bool complete = explorer.run() == verify::End::complete;
  Exploration done{
      explorer.counts(), complete, digest_of(explorer.states()), unmarked_digest_of(explorer.states()), {}};
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const bool later = is_liveness(asked[i]->shape) && complete;
    auto judged = later ? verify::Liveness<Model>(model, explorer, model.fairness(*asked[i])).judge(questions[i])
                        : explorer.judgement(i);
    done.cells.push_back(cell_of(model, model, *asked[i], std::move(judged), complete));
  }
  return done;
}

Exploration explore_two_runs(const Setting& setting, const Property& property, verify::Limits limits) {
  const TwoRuns model(setting);
  using Pair = TwoRuns::State;
  verify::Property<Pair> asked;
  asked.name = property.id;
  asked.statement = property.text;
  asked.shape = property.shape;
  asked.state = TwoRuns::look_alike;
  asked.premise = [&](const Pair& pair) { return property.premise(unpack(TwoRuns::world(pair, 0)), setting); };
  verify::Explorer<TwoRuns> explorer(model, {asked}, limits);
  const bool complete = explorer.run() == verify::End::complete;
  Exploration done{
      explorer.counts(), complete, digest_of(explorer.states()), unmarked_digest_of(explorer.states()), {}};
  done.cells.push_back(cell_of(model, model.model(), property, explorer.judgement(0), complete));
  return done;
}

Exploration explore_all(const Setting& setting, const Property& property, verify::Limits limits) {
  return asked_alone(property) ? explore_two_runs(setting, property, limits) : explore_together(setting, limits);
}

}  // namespace

std::string_view verdict_word(const Cell& cell) {
  const bool vacuous =
      cell.complete && cell.verdict != verify::Verdict::fails && !cell.premise_reached && !cell.why.empty();
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
  if (sound_ != nullptr && is_sound_in(setting)) return sound_->explore(base, property);
  setting.mutant = mutant_;
  const Property* alone = asked_alone(property) ? &property : nullptr;
  for (const auto& known : known_)
    if (known->alone == alone && same_run(known->setting, setting)) return known->exploration;
  setting.forget_noted();
  known_.push_back(std::make_unique<Known>(Known{setting, alone, explore_all(setting, property, limits_)}));
  return known_.back()->exploration;
}

const Cell& Checker::check(const Setting& setting, const Property& property) {
  for (const Cell& cell : explore(setting, property).cells)
    if (cell.property == &property) return cell;
  LOCKSTEP_ASSERT(false);
  return known_.front()->exploration.cells.front();
}

bool Checker::is_sound_in(const Setting& setting) const {
  if (mutant_ == nullptr) return true;
  const auto part = verbs(setting);
  return std::find(part.begin(), part.end(), mutant_->row) == part.end();
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

verify::TraceText chart(const Story& story, Profile profile) {
  verify::TraceText text{describe(World(), World()), {}, {}};
  World before;
  for (const Line& line : story.lines) {
    text.lines.push_back(
        {{std::string(name(line.verb->actor)), std::string(name(line.verb->to)), vendor_name(*line.verb, profile), {}},
         describe(line.after, before)});
    before = line.after;
  }
  if (story.loop && *story.loop > 0) text.loop = *story.loop - 1;
  return text;
}

std::string in_short(const Story& story, Profile profile) {
  std::string text;
  for (const Line& line : story.lines) text += (text.empty() ? "" : ", ") + vendor_name(*line.verb, profile);
  return text;
}

}  // namespace lockstep::host
