// The input of the device target: a device, how far it is taken by legal steps, and what it meets then. The oracle
// judges every answer; one that breaks a rule is a defect of the model, or of the reference device.
//
//   byte 0     highest SPDM version, and how far the device is taken (Stage)
//   byte 1     capabilities and behaviour (Flags)
//   byte 2     bit 0: the device takes any choice that the rules leave open, by the bytes of the program
//   then       operations, each of a byte and its arguments (see Operation)
#pragma once

#include <optional>

#include "device/control.hpp"
#include "fuzz/target.hpp"

namespace lockstep::fuzz {

enum class Stage : Byte {
  connected,
  negotiated,
  handshaking,
  psk_session,
  key_exchange_session,
  secure,
  locked,
  running
};
inline constexpr std::size_t STAGES = 8;

enum Flags : Byte {
  MCTP = 1,                 ///< records of MCTP instead of DOE
  PSK_WITHOUT_CONTEXT = 2,  ///< PSK_EXCHANGE alone establishes a session
  CLEAR_HANDSHAKE = 4,      ///< HANDSHAKE_IN_THE_CLEAR_CAP at both ends
  MUTUAL = 8,               ///< asks for mutual authentication in KEY_EXCHANGE_RSP and CHALLENGE_AUTH
  NO_HEARTBEAT = 16,        ///< HeartbeatPeriod 0
  FEW_REQUESTS = 32,        ///< none of the optional TDISP requests
  SMALL_PORTIONS = 64,      ///< report and certificate come in many portions
  ROOT_COMPLEX = 128,       ///< the device needs no IDE
};

enum class Operation : Byte {
  spdm,    ///< stimulus, defect, session, SPDM version
  tdisp,   ///< stimulus, defect (bit 7: BIND_P2P), session, TDI + 5 * stream
  ide_km,  ///< stimulus, defect, session, slot + 12 * stream
  event,   ///< which one, index
  alter,   ///< how, place, value: what the next message becomes before it is sent
  raw,     ///< session, size, bytes: a plaintext
  record,  ///< how, size, bytes: a record that does not open
};
inline constexpr std::size_t OPERATIONS = 7;

/// Runs a program. `fault`: of the device; empty: it is correct. The result names the rule that an answer broke, and
/// describes it; nullopt: every answer was legal.
std::optional<std::string> judge_device(View program, std::string_view fault = {});

// --- how corpora are written -----------------------------------------------------------------------------------------

Bytes program_start(Byte highest_version, Stage stage, Byte flags, bool free_choices);
/// Appends a message or an out-of-band event. Not every detail of a letter is kept: what only the device decides is
/// left out.
void append_letter(Bytes& program, const device::Letter& letter);
void append_raw(Bytes& program, Byte session, View message);

}  // namespace lockstep::fuzz
