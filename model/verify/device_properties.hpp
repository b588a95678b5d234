// The laws of the device: what holds in every state and of every step, by the rules of TDISP, IDE_KM and SPDM.
#pragma once

#include "verify/device_model.hpp"

namespace lockstep::verify {

/// A step in full. The answer is made when it is asked for.
struct DeviceStep {
  const DeviceTables& tables;
  const device::Control& before;
  const device::Letter& letter;
  Label label;
  const device::Control& after;

  Choice choice() const { return choice_of(label); }
  Answer answer() const;
};

/// A property of the device, whatever the packing of its states.
struct DeviceProperty {
  using OfState = std::function<bool(const device::Control&)>;
  using OfStep = std::function<bool(const DeviceStep&)>;

  std::string name, statement;
  std::vector<Rule> rules;
  Shape shape = Shape::always;
  OfState state = {};
  OfStep step = {};
  OfState premise = {};
  OfStep step_premise = {};
  std::string mutant = {};
  /// Steps of other letters cannot break it, nor make its premise true. Empty: all letters count.
  std::function<bool(const device::Letter&)> concerns = {};
  bool only_changes = false;  ///< steps that change nothing cannot break it, nor make its premise true
  /// Whether it says anything in this scope; empty: in every one.
  std::function<bool(const DeviceScope&)> applies = {};
};

/// All that apply.
std::vector<DeviceProperty> device_properties(const DeviceScope&);

/// What is fair to assume of a requester and the world where a property of Shape::leads_to is to hold.
struct DeviceFairness {
  std::string name;
  std::function<bool(const device::Control&, const device::Letter&, Choice)> steps;
};
std::vector<DeviceFairness> device_fairness();

/// The property in the form that the explorer takes. `model` must outlive it.
template <std::size_t Words>
Property<Packed<Words>> packed(const DeviceModel<Words>& model, const DeviceProperty& property) {
  using State = Packed<Words>;
  Property<State> result{property.name,  property.statement, property.rules, property.shape, {}, {}, {}, {},
                         property.mutant};
  const auto of_state = [&model](const DeviceProperty::OfState& predicate) {
    return [&model, predicate](const State& state) { return predicate(model.control(state)); };
  };
  if (property.state) result.state = of_state(property.state);
  if (property.premise) result.premise = of_state(property.premise);
  const auto of_step = [&model](const DeviceProperty::OfStep& predicate) {
    return [&model, predicate](const State& before, Label label, const State& after) {
      const device::Control old = model.control(before), now = before == after ? old : model.control(after);
      return predicate({model.tables(), old, model.tables().actions[action_of(label)].letter, label, now});
    };
  };
  if (property.step) result.step = of_step(property.step);
  if (property.step_premise) result.step_premise = of_step(property.step_premise);
  result.only_changes = property.only_changes;
  for (const DeviceAction& action : model.tables().actions)
    result.concerns.insert(result.concerns.end(), CHOICES, !property.concerns || property.concerns(action.letter));
  return result;
}

}  // namespace lockstep::verify
