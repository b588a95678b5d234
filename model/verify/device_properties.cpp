#include "verify/device_laws.hpp"

namespace lockstep::verify {

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
  std::erase_if(all, [&](const DeviceProperty& property) { return property.applies && !property.applies(scope); });
  return all;
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
