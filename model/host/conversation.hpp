// The TSM's half of a conversation with the device: begun by a verb, carried by the host, ended by the answer or given
// up.
#pragma once

#include "host/setting.hpp"
#include "host/world.hpp"

namespace lockstep::host {

/// Hands a request to the relay.
void begin(World&, Talk);
/// The answer is in.
void finish(World&, const Setting&);
/// There will be none, or it is a refusal.
void give_up(World&, const Setting&);
/// Begins the STOP of a bound TDI, in the order that the policy says.
void begin_stop(World&, const Setting&);
/// Takes the TDI out of the IOMMU.
void close_gate(World&, const Setting&);

/// Runs the device's TDI machine: whether the request was served, or the event met.
bool drive(World&, tdisp::Stimulus, tdisp::Defect = tdisp::Defect::none);

}  // namespace lockstep::host
