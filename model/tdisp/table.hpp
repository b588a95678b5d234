// What the parts of the TDI machine say to each other: the transition table, the refusal table, the choices.
#pragma once

#include <optional>

#include "tdisp/tdi.hpp"

namespace lockstep::tdisp {

/// A letter together with what is wrong with it in the present state.
struct Request {
  const Letter& letter;
  Defect defect;
};

/// The defect that counts in this state: what the control data say themselves (no nonce, P2P not enabled) is added,
/// and what does not matter to the stimulus or in the state is left out.
Defect defect_in(const Tdi& tdi, const Letter& letter);

struct Taken {
  Tdi after;
  Rule rule;
};
/// Runs the transition table. Empty: no row takes the request.
std::optional<Taken> take(const Tdi& tdi, const Request& request);

/// The refusal of a request; null when there is none.
const Refusal* refusal_of(const Tdi& tdi, const Request& request);

constexpr bool in_band(const Letter& letter) { return letter.stimulus < FIRST_OUT_OF_BAND; }
constexpr bool secured(const Tdi& tdi) { return tdi.state == TdiState::CONFIG_LOCKED || tdi.state == TdiState::RUN; }

}  // namespace lockstep::tdisp
