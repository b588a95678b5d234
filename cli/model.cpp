#include "model.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "device/mutants.hpp"
#include "requirements/no_such.hpp"

namespace lockstep::cli {

std::string fault_table() {
  std::size_t width = 0;
  for (const device::Fault& fault : device::faults()) width = std::max(width, fault.name.size());
  std::string out;
  for (const device::Fault& fault : device::faults())
    out += fmt::format("{:<{}}  {:<18}  {}\n", fault.name, width, fault.breaks.id(), fault.about);
  return out;
}

std::optional<std::string> unknown_fault(const std::string& name) {
  if (device::find_fault(name) != nullptr || device::find_mutant(name) != nullptr) return std::nullopt;
  std::vector<std::string_view> names;
  for (const device::Fault& fault : device::faults()) names.push_back(fault.name);
  return no_such("fault", name, names) + "; lockstep serve --fault list prints them";
}

}  // namespace lockstep::cli
