// The state machine of an SPDM connection as the responder keeps it (DSP0274; table in connection.cpp): everything that
// comes outside a session.
#pragma once

#include "machine/tables.hpp"
#include "spdm/letter.hpp"

namespace lockstep::spdm {

enum class ConnectionState : Byte { NOT_STARTED, AFTER_VERSION, AFTER_CAPABILITIES, NEGOTIATED };

struct Connection {
  ConnectionState state = ConnectionState::NOT_STARTED;
  Byte spdm_version = 0;       ///< negotiated SPDMVersion byte, 0 before
  bool authenticated = false;  ///< a CHALLENGE was answered
  bool encapsulated = false;   ///< an encapsulated flow is open outside sessions (basic mutual authentication)
  bool not_ready = false;      ///< ResponseNotReady was given: a response is owed to RESPOND_IF_READY
  Stimulus owed = Stimulus::GET_VERSION;  ///< and to which request it is the response
  bool operator==(const Connection&) const = default;
};

/// Letters that arrive outside any session. FINISH of a handshake in the clear belongs to its session, not here.
Outcome<Connection> step(const Connection&, const Letter&, Choice choice = Choice::as_specified);
/// Every permitted choice; the first is as_specified. What a request leads to that meets RESPOND_IF_READY belongs to
/// the request that is owed: a KEY_EXCHANGE that was not ready opens its session when RESPOND_IF_READY is served.
Options options(const Connection&, const Letter&);

/// Whether these control values can occur.
bool consistent(const Connection&);
/// How many rows answer a letter, and whether a refusal does: for the proof that exactly one does.
Answering answering(const Connection&, const Letter&);
/// Both tables as text, for the generated documents.
const machine::StateTable& connection_table();
std::string_view name(ConnectionState);

}  // namespace lockstep::spdm
