// The layers of the device (SPDM sessions, IDE stream, TDISP interface) as parts that can be exchanged.
#pragma once

#include "host/claims.hpp"

namespace lockstep::host {

/// In every world of the link and for every letter: what the composed device does to a layer is what the layer's own
/// machine does by itself, with that letter or with one of its events. So any part that does what the machine does can
/// stand in its place.
Claim layers_can_be_exchanged();

/// One layer in turn is broken: its own property fails, and those of the others hold.
Claim a_broken_layer_is_found();

}  // namespace lockstep::host
