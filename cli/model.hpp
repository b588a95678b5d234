// What people may ask the reference device to do wrong.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "device/responder.hpp"

namespace lockstep::cli {

/// One line for each fault that the reference device can be told to have.
std::string fault_table();
/// Why there is no such fault, with the nearest ones; nullopt: there is one.
std::optional<std::string> unknown_fault(const std::string& name);

}  // namespace lockstep::cli
