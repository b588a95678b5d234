// Devices that break one law each, to show that the property which stands for the law can fail.
#pragma once

#include "verify/device_scope.hpp"

namespace lockstep::verify {

struct DeviceMutant {
  std::string name, what;
  DeviceRules rules;
};
const std::vector<DeviceMutant>& device_mutants();
const DeviceMutant* device_mutant(std::string_view name);

}  // namespace lockstep::verify
