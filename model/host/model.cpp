#include "host/model.hpp"

#include "host/rosetta.hpp"

namespace lockstep::host {
namespace {

/// Every property of a run looks at the same one or two states: unpacked once for each thread.
const World& unpacked(const State& state, std::size_t slot) {
  struct Last {
    State state;
    World world = unpack(State());
  };
  thread_local std::array<Last, 2> last;
  if (last[slot].state != state) last[slot] = {state, unpack(state)};
  return last[slot].world;
}

}  // namespace

State Model::initial() const { return pack(World()); }

verify::Message Model::message(const State&, verify::Label label) const {
  const Verb& verb = *verbs_[label];
  return {std::string(name(verb.actor)), std::string(name(verb.to)), vendor_name(verb, setting_.profile)};
}

std::string Model::describe(const State& state) const { return host::describe(unpack(state)); }

verify::Property<State> Model::ask(const Property& p) const {
  verify::Property<State> asked{
      .name = std::string(p.id), .statement = std::string(p.text), .rules = {}, .shape = p.shape};
  const auto of_state = [this](auto* predicate) -> verify::Property<State>::OfState {
    if (predicate == nullptr) return {};
    return [this, predicate](const State& state) { return predicate(unpacked(state, 0), setting_); };
  };
  const auto of_step = [this](auto* predicate) -> verify::Property<State>::OfStep {
    if (predicate == nullptr) return {};
    return [this, predicate](const State& before, verify::Label label, const State& after) {
      return predicate(unpacked(before, 0), *verbs_[label], unpacked(after, 1), setting_);
    };
  };
  asked.state = of_state(p.state);
  asked.step = of_step(p.step);
  asked.premise = of_state(p.premise);
  asked.step_premise = of_step(p.step_premise);
  asked.mutant = p.spoilt;
  for (Flaw flaw : p.mutant) asked.mutant += (asked.mutant.empty() ? "" : "+") + std::string(name(flaw));
  return asked;
}

std::vector<verify::Fairness<State>> Model::fairness(const Property& p) const {
  std::vector<verify::Fairness<State>> fair;
  if (p.fair == nullptr) return fair;
  for (verify::Label label = 0; label < verbs_.size(); ++label)
    if (p.fair(*verbs_[label], setting_))
      fair.push_back(
          {std::string(verbs_[label]->name), [label](const State&, verify::Label l) { return l == label; }, true});
  return fair;
}

}  // namespace lockstep::host
