// A case is data: what it asks, where it starts, what it sends. The model says what may come back.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "device/control.hpp"
#include "requirements/catalogue.hpp"

namespace lockstep::cases {

/// How far the device is taken by legal steps before the case begins. Every stage includes those before it.
enum class Given : Byte {
  nothing,       ///< connected, no message yet
  version,       ///< VERSION received
  capabilities,  ///< CAPABILITIES received
  negotiated,    ///< ALGORITHMS received
  handshaking,   ///< KEY_EXCHANGE_RSP or PSK_EXCHANGE_RSP received, FINISH not yet sent
  established,   ///< a session; the addressed TDI in CONFIG_UNLOCKED, its stream without keys
  keyed,         ///< six keys of set 0 programmed
  secure,        ///< and taken into use: the stream is Secure
  session_lost,  ///< the session that made it Secure has ended, another is open
  tdi_locked,    ///< TDI in CONFIG_LOCKED
  tdi_run,       ///< TDI in RUN
  tdi_error,     ///< TDI in ERROR, reached in band: locked, the session ended, a new session and Secure stream
};

/// The kind of session the case runs in.
enum class SessionKind : Byte { any, key_exchange, psk };

/// Over what a step is sent.
enum class Via : Byte {
  session,         ///< the case's session (the connection itself when the case has none)
  clear,           ///< outside any session
  second_session,  ///< another established session, opened when first needed
};

/// One message of a case: what it means to the machines. The runner makes its bytes from the letter.
struct Step {
  std::variant<spdm::Letter, ide_km::Letter, tdisp::Letter> letter;
  Via via = Via::session;
  bool until_complete = false;  ///< GET_CERTIFICATE, GET_DEVICE_INTERFACE_REPORT: again until the last portion has come
  bool then_reuse = false;      ///< END_SESSION: one more record of that session follows, which must not be served
  bool known_interface = true;  ///< TDISP: addressed to the TDI under test, else to an INTERFACE_ID that is not hosted
};

/// What the target must have for the case to apply.
enum class Needs : Byte {
  nothing,
  session,
  key_exchange,
  psk,
  ide_km,
  tdisp,
  heartbeat,
  key_update,
  p2p,
  two_tdis,
  mutual_authentication
};

struct Case {
  std::string id;          ///< "tdisp/lock/in-run"
  std::string about;       ///< one sentence
  std::vector<Rule> asks;  ///< what it decides, the main rule first
  Given given = Given::established;
  SessionKind session = SessionKind::any;
  std::vector<Needs> needs = {};
  std::vector<Step> steps = {};
  Byte since = 0x10;  ///< lowest SPDM version it applies to
};

/// Every case, declared and derived, sorted by id.
std::span<const Case> all_cases();
const Case* find_case(std::string_view id);

}  // namespace lockstep::cases
