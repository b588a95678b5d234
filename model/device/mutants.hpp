// Faults that nobody thought of by hand: the machines, cell by cell, gone wrong, and every field of every answer. A
// cell is a state of one machine and a stimulus; what it says can be a wrong target, a wrong answer, or nothing at all.
#pragma once

#include <memory>

#include "device/faults.hpp"

namespace lockstep::device {

using Mutants = std::vector<std::unique_ptr<const Behaviour>>;

/// Every mutant of the machines and of what they share, in a fixed order; names begin with "machine/", "coupling/" or
/// "store/".
///   machine/tdi/CONFIG_LOCKED/START_INTERFACE_REQUEST/to-ERROR   serves and goes elsewhere
///   .../no-row                                                   does not serve, or does not notice the event
///   .../no-action                                                goes to its state and does nothing else
///   .../wrong-answer                                             does what it should and answers that it did not
///   .../serves                                                   serves what this state refuses
///   .../acts                                                     refuses, and something has changed all the same
///   machine/tdi/blind/START_INTERFACE_REQUEST/nonce_old          does not see this defect
///   coupling/session-end/tdis                                    what one machine does to another is left out
///   coupling/key-update/unlocks-every-tdi                        and the other way round: what must not be done is
///   store/...                                                    what was seen on the wire is remembered wrongly
const Mutants& mutants();

/// Every mutant that decides rightly and writes something else into a response; names begin with "answer/" or
/// "record/". Some are permitted, for some fields are the device's to choose.
///   answer/TDISP_VERSION/VERSION_NUM_ENTRY/zeros                 a field (of a list: its first element)
///   answer/KEY_EXCHANGE_RSP/short, long                  the message ends early, or late
///   answer/START_INTERFACE_RESPONSE/silence                      does what it should, and nobody hears of it
///   record/malformed/taken                                       serves a record that it cannot open
///   answer/HEARTBEAT/refused-in-HANDSHAKING                      answers what it must refuse there, and does nothing
const Mutants& answer_mutants();

/// One of either list; nullptr: there is none with this name.
const Behaviour* find_mutant(std::string_view name);

}  // namespace lockstep::device
