// The state machine of an SPDM connection as the responder keeps it (DSP0274; table in connection.cpp): everything that
// comes outside a session.
#pragma once

#include <span>

#include "spdm/letter.hpp"

namespace lockstep::spdm {

enum class ConnectionState : Byte { NOT_STARTED, AFTER_VERSION, AFTER_CAPABILITIES, NEGOTIATED };

struct Connection {
  ConnectionState state = ConnectionState::NOT_STARTED;
  Byte spdm_version = 0;       ///< negotiated SPDMVersion byte, 0 before
  bool authenticated = false;  ///< a CHALLENGE was answered
  bool encapsulated = false;   ///< an encapsulated flow is open outside sessions (basic mutual authentication)
  bool not_ready = false;      ///< ResponseNotReady was given: RESPOND_IF_READY is owed
  bool operator==(const Connection&) const = default;
};

/// Letters that arrive outside any session. FINISH of a handshake in the clear belongs to its session, not here.
Outcome<Connection> step(const Connection&, const Letter&, Choice choice = Choice::as_specified);
Options options(const Connection&, const Letter&);

}  // namespace lockstep::spdm
