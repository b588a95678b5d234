// One run of the verifier on the device: tables, exploration, properties, report.
#pragma once

#include <atomic>

#include "verify/device_mutants.hpp"
#include "verify/explorer.hpp"
#include "verify/report.hpp"

namespace lockstep::verify {

struct DeviceRun {
  DeviceScope scope = {};
  Limits limits = {};
  std::vector<std::string> properties = {};  ///< names; empty: all that apply
  const DeviceMutant* mutant = nullptr;      ///< explores a device that breaks a law
  unsigned compact = 0;                      ///< bits of hash compaction (keys.hpp); 0: exact
  std::string checkpoint = {};               ///< file to write when the run ends early; empty: none
  std::string resume = {};                   ///< file to go on from; empty: none
};

/// The error is a sentence for the user: an unknown property with the nearest names, a checkpoint that cannot be used,
/// a device that is too large to pack.
Result<RunReport, std::string> run_device(const DeviceRun&, const std::atomic<bool>& stop,
                                          const std::function<void(const Progress&)>& report);

/// Name and statement of every property, for any scope.
std::vector<std::pair<std::string, std::string>> device_property_names();

}  // namespace lockstep::verify
