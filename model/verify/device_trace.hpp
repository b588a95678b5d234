// A run of the device model in words, and as actions that `lockstep replay` does to a live target.
#pragma once

#include "verify/device_model.hpp"
#include "verify/report.hpp"

namespace lockstep::verify {

/// Follows a trace by the rules themselves, one step after the other.
class DeviceNarrator {
 public:
  explicit DeviceNarrator(const DeviceTables&);

  /// Tries each action that can be meant: the tables do not tell sub-streams apart. `fits` says whether a device comes
  /// to the state that the trace has next.
  void step(Label label, const std::function<bool(const device::Control&)>& fits);
  /// What there is to tell, with what a live requester does besides: it reads the certificates that it verifies
  /// signatures with, and in the end the states that show where a device has come to.
  TraceText finish(std::optional<std::size_t> loop);

 private:
  void take(const DeviceAction& action, Choice choice);
  void read_certificates();
  void read_back();

  const DeviceTables& tables_;
  device::Control before_, control_;  ///< the last step
  DeviceAction last_;
  std::vector<std::size_t> negotiated_;  ///< lines after which the connection is negotiated
  bool verifies_ = false;                ///< a signature comes back in one of the lines
  TraceText text_;
};

template <std::size_t Words>
TraceText device_text(const DeviceModel<Words>& model, const Trace<Packed<Words>>& trace) {
  DeviceNarrator narrator(model.tables());
  for (const auto& step : trace.steps)
    narrator.step(step.label, [&](const device::Control& control) { return model.state(control) == step.after; });
  return narrator.finish(trace.loop);
}

}  // namespace lockstep::verify
