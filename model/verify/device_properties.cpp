#include "verify/device_laws.hpp"

namespace lockstep::verify {

using device::Control;

Answer DeviceStep::answer() const {
  return apply(tables.rules(), tables.scope, before, tables.actions[action_of(label)], choice()).answer;
}

std::vector<DeviceProperty> device_properties(const DeviceScope& scope) {
  using namespace laws;
  std::vector<DeviceProperty> all;
  add_tdisp_states(all);
  add_tdisp_steps(all);
  add_envelope(all);
  add_streams(all);
  add_sessions(all);
  for (DeviceProperty& property : all)
    if (property.as_specified) property.statement += ", where the device does as specified";
  std::erase_if(all, [&](const DeviceProperty& property) { return property.applies && !property.applies(scope); });
  return all;
}

Property<Control> asked(const DeviceTables& tables, const DeviceProperty& property) {
  const auto of_step = [&tables](const DeviceProperty::OfStep& predicate) -> Property<Control>::OfStep {
    if (!predicate) return {};
    return [&tables, predicate](const Control& before, Label label, const Control& after) {
      return predicate({tables, before, tables.actions[action_of(label)].letter, label, after});
    };
  };
  Property<Control> result{property.name,  property.statement,     property.rules,   property.shape,
                           property.state, of_step(property.step), property.premise, of_step(property.step_premise),
                           property.mutant};
  result.only_changes = property.only_changes;
  for (Label label = 0; label < tables.actions.size() * CHOICES; ++label)
    result.concerns.push_back((!property.concerns || property.concerns(tables.actions[action_of(label)].letter)) &&
                              (!property.as_specified || choice_of(label) == Choice::as_specified));
  return result;
}

std::vector<DeviceFairness> device_fairness() {
  using namespace laws;
  return {
      {"STOP_INTERFACE_REQUEST for TDI 0 is sent again and again over an established session, and answered as "
       "specified",
       [](const Control& control, const Letter& letter, Choice choice) {
         return is(letter, tdisp::Stimulus::STOP_INTERFACE_REQUEST) && tdi_of(letter) == 0 && faultless(letter) &&
                alive(control, letter.session) && choice == Choice::as_specified;
       }}};
}

}  // namespace lockstep::verify
