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
  /// One request, not one for each key of a key set; the answer to those is the last of many.
  bool is_single() const { return !tables.actions[action_of(label)].whole_key_set; }
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
  bool as_specified = false;  ///< it speaks of steps in which the device does as specified, and the statement says so
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

/// The property in the form that the explorer takes. `tables` must outlive it.
Property<device::Control> asked(const DeviceTables& tables, const DeviceProperty&);

}  // namespace lockstep::verify
