// The reference device behind the interfaces of the adapters.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "adapters/claims.hpp"
#include "device/responder.hpp"

namespace lockstep::cli {

/// A device without memory, for records as `binding` makes them; it takes every event of device/events.hpp.
adapters::LocalDevice reference_device(const device::ResponderOptions&, const adapters::Binding&);

/// The options of the device behind model: two TDIs, and it asks for mutual authentication.
device::ResponderOptions like_model(device::ResponderOptions);
/// What the reference device says of itself as a shim.
adapters::Claims reference_claims(const device::ResponderOptions&, adapters::Transport);

/// One line for each fault that the reference device can be told to have.
std::string fault_table();
/// Why there is no such fault, with the nearest ones; nullopt: there is one.
std::optional<std::string> unknown_fault(const std::string& name);

}  // namespace lockstep::cli
