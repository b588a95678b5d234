// The state machine of one SPDM session as the responder keeps it (DSP0274 sessions; table in session.cpp).
#pragma once

#include "machine/tables.hpp"
#include "spdm/letter.hpp"

namespace lockstep::spdm {

/// NONE: the place is free; a session that has ended is gone.
enum class SessionState : Byte { NONE, HANDSHAKING, ESTABLISHED };
enum class KeyUpdate : Byte { none, requester_key, all_keys };

struct Session {
  SessionState state = SessionState::NONE;
  bool psk = false;
  bool in_the_clear = false;         ///< handshake in the clear
  MutAuth mut_auth = MutAuth::none;  ///< what was asked for in KEY_EXCHANGE_RSP
  bool encapsulated_open = false;    ///< the encapsulated flow runs
  bool encapsulated_done = false;    ///< and has ended
  bool heartbeat = false;
  bool termination_policy = false;         ///< a firmware update at run time need not end it
  KeyUpdate key_update = KeyUpdate::none;  ///< an update that VerifyNewKey has not yet confirmed
  bool not_ready = false;                  ///< ResponseNotReady was given: a response is owed to RESPOND_IF_READY
  Stimulus owed = Stimulus::GET_VERSION;   ///< and to which request it is the response
  Byte spdm_version = 0x12;                ///< of the connection; fixed while the session lives
  bool operator==(const Session&) const = default;
};

/// Letters that arrive inside the session (KEY_EXCHANGE and PSK_EXCHANGE: those that create it, from NONE). With a
/// handshake in the clear FINISH and the encapsulated flow come here as well, and a KEY_EXCHANGE before FINISH.
/// GET_VERSION outside sessions ends every session: SESSION_DROPPED.
Outcome<Session> step(const Session&, const Letter&, Choice choice = Choice::as_specified);
/// Every permitted choice; the first is as_specified.
Options options(const Session&, const Letter&);

/// Whether these control values can occur.
bool consistent(const Session&);
/// How many rows answer a letter, and whether a refusal does: for the proof that exactly one does.
Answering answering(const Session&, const Letter&);
/// Both tables as text, for the generated documents.
const machine::StateTable& session_table();
std::string_view name(SessionState);

}  // namespace lockstep::spdm
