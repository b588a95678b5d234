// The reference device as a target in this process, with a fault if one is named.
#pragma once

#include "adapters/memory.hpp"
#include "runner/reference_device.hpp"
#include "runner/run.hpp"

namespace lockstep::runner {

inline Profile test_profile() {
  Profile profile;
  profile.shape.tdis = 2;
  profile.function_ids = {0xBEEF, 0xBEF0};
  profile.streams = {{0, 1}};
  profile.psk = device::sample_psks();
  profile.requester.psk_hint = profile.psk.begin()->first;
  return profile;
}

inline adapters::LocalDevice local_device(const device::ResponderOptions& options) {
  return reference_device(options, adapters::binding(adapters::Transport::pci_doe));
}

inline adapters::MemoryTarget device_with(std::optional<std::string> fault) {
  device::ResponderOptions options;
  options.shape = test_profile().shape;
  options.psks = test_profile().psk;
  options.mutual_authentication = true;
  options.data_transfer_size = 0x1000;
  options.fault = std::move(fault);
  return adapters::MemoryTarget("reference device", [options] { return local_device(options); });
}

inline Run run_cases(adapters::Target& target, std::vector<const cases::Case*> selection,
                     const RunOptions& options = {}, Observer* observer = nullptr) {
  Observer nobody;
  return run(target, test_profile(), std::move(selection), options, observer == nullptr ? nobody : *observer);
}

}  // namespace lockstep::runner
