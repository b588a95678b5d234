// Faults that nobody thought of by hand: the machines, cell by cell, gone wrong. A cell is a state of one machine and a
// stimulus; what it says can be a wrong target, a wrong answer, or nothing at all.
#pragma once

#include <memory>

#include "device/faults.hpp"

namespace lockstep::device {

/// Every machine-made mutant, in a fixed order; names begin with "machine/", "coupling/" or "store/".
///   machine/tdi/CONFIG_LOCKED/START_INTERFACE_REQUEST/to-ERROR   serves and goes elsewhere
///   .../no-row                                                   does not serve, or does not notice the event
///   .../no-action                                                goes to its state and does nothing else
///   .../wrong-answer                                             does what it should and answers that it did not
///   .../serves                                                   serves what this state refuses
///   .../acts                                                     refuses, and something has changed all the same
///   machine/tdi/blind/START_INTERFACE_REQUEST/nonce_old          does not see this defect
///   coupling/session-end/tdis                                    what one machine does to another is left out
///   store/...                                                    what was seen on the wire is remembered wrongly
const std::vector<std::unique_ptr<const Behaviour>>& mutants();

}  // namespace lockstep::device
