// The reference device behind the interfaces of the adapters.
#pragma once

#include "adapters/claims.hpp"
#include "adapters/transport.hpp"
#include "device/responder.hpp"

namespace lockstep::runner {

/// A device without memory, for records as `binding` makes them; it takes every event of device/events.hpp.
adapters::LocalDevice reference_device(const device::ResponderOptions&, const adapters::Binding&);
/// The same behind a transport that has headers.
adapters::LocalDevice reference_device_behind(const device::ResponderOptions&, adapters::Transport);

/// The options of the device behind model: two TDIs and two streams, and it asks for mutual authentication.
device::ResponderOptions like_model(device::ResponderOptions);
/// What the reference device says of itself as a shim.
adapters::Claims reference_claims(const device::ResponderOptions&, adapters::Transport);

}  // namespace lockstep::runner
