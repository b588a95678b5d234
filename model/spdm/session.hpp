// The state machine of one SPDM session as the responder keeps it (DSP0274 sessions; table in session.cpp).
#pragma once

#include <span>

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
  KeyUpdate key_update = KeyUpdate::none;  ///< an update that VerifyNewKey has not yet confirmed
  Byte spdm_version = 0x12;                ///< of the connection; fixed while the session lives
  bool operator==(const Session&) const = default;
};

/// Letters that arrive inside the session (KEY_EXCHANGE and PSK_EXCHANGE: those that create it, from NONE).
Outcome<Session> step(const Session&, const Letter&, Choice choice = Choice::as_specified);
Options options(const Session&, const Letter&);

}  // namespace lockstep::spdm
