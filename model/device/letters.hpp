// Every letter that a device of a given shape can meet: for explorers, generators and mutants.
#pragma once

#include <vector>

#include "device/control.hpp"

namespace lockstep::device {

/// Every letter, out-of-band events included, before the state has its say: see possible() and normalised(). Stimuli
/// that only couplings make (the end of a session as a stream meets it) are not among them.
std::vector<Letter> letters(const Shape&);

/// Whether the letter can come in this state: its session lives, its heartbeat can expire, ...
bool possible(const Shape&, const Control&, const Letter&);

/// What the device's own state makes of a letter that says only what the wire says: whether the stream of a LOCK is
/// keyed, and over which session; who owns a stream; whether a session is free; what is still owed before FINISH.
/// abstract() ends with it. A defect that stands in the letter already goes first.
Letter normalised(const Shape&, const Control&, Letter);

/// The place that a new session would take; NONE: there is none.
Byte free_session(const Shape&, const Control&);
/// GET_CAPABILITIES or NEGOTIATE_ALGORITHMS was served: another one is a retry.
bool served_before(const spdm::Connection&, spdm::Stimulus);
/// The encapsulated flow that KEY_EXCHANGE_RSP asked for has not ended.
bool flow_owed(const spdm::Session&);

}  // namespace lockstep::device
