// The state machine of one TDI (PCIe Base 6.x chapter 11; table in tdi.cpp).
#pragma once

#include <span>

#include "machine/step.hpp"
#include "machine/tables.hpp"
#include "wire/tdisp.hpp"

namespace lockstep::tdisp {

enum class TdiState : Byte { CONFIG_UNLOCKED = 0, CONFIG_LOCKED = 1, RUN = 2, ERROR = 3 };

/// Everything about a TDI that decides what it may do next.
struct Tdi {
  TdiState state = TdiState::CONFIG_UNLOCKED;
  bool nonce = false;      ///< a START_INTERFACE_NONCE is valid
  bool bind_p2p = false;   ///< BIND_P2P was set in the LOCK flags
  bool p2p_bound = false;  ///< the peer-to-peer stream is bound (the model knows one for each TDI)
  bool operator==(const Tdi&) const = default;
};

enum class Stimulus : Byte {
  // In band, in the order of their codes.
  GET_TDISP_VERSION,
  GET_TDISP_CAPABILITIES,
  LOCK_INTERFACE_REQUEST,
  GET_DEVICE_INTERFACE_REPORT,
  GET_DEVICE_INTERFACE_STATE,
  START_INTERFACE_REQUEST,
  STOP_INTERFACE_REQUEST,
  BIND_P2P_STREAM_REQUEST,
  UNBIND_P2P_STREAM_REQUEST,
  SET_MMIO_ATTRIBUTE_REQUEST,
  VDM_REQUEST,
  SET_TDISP_CONFIG_REQUEST,
  UNKNOWN_REQUEST,  ///< any other code, response codes included
  // Out of band.
  CONVENTIONAL_RESET,
  FUNCTION_LEVEL_RESET,
  SESSION_ENDED,    ///< the session that locked the TDI
  STREAM_INSECURE,  ///< a bound IDE stream
  KEYS_REFRESHED,   ///< of a bound stream, properly: no effect
  // Configuration writes are judged by what they did: a write that was blocked or dropped is HARMLESS.
  CONFIG_WRITE_TRACKED,    ///< changed a register that must force ERROR: BARs, IDE registers of the bound stream
  CONFIG_WRITE_SENSITIVE,  ///< changed one that devices usually track: expansion ROM BAR, BIST, resizable BAR, ATS, ...
  CONFIG_WRITE_UNDECIDED,  ///< wrote the value that was there, or nobody knows whether the write took effect
  CONFIG_WRITE_HARMLESS,   ///< changed a register that may change at any time
  MEMORY_SPACE_OR_BUS_MASTER_CLEARED,
  VF_DISABLED,       ///< VF Enable or VF MSE cleared on the physical function
  POWER_STATE_LOST,  ///< leaves D0 and loses state
  FIRMWARE_UPDATE,   ///< an attempt at run time
  SECURITY_LOST,     ///< the device detects a loss of security by itself
  TLP_REJECTED,      ///< a TLP broke the rules of the T bit and was rejected
  SCRUBBED,          ///< the device leaves ERROR by itself after scrubbing
  END_OF_STIMULI,
};
inline constexpr std::size_t STIMULI = static_cast<std::size_t>(Stimulus::END_OF_STIMULI);
inline constexpr Stimulus FIRST_OUT_OF_BAND = Stimulus::CONVENTIONAL_RESET;

/// What is wrong with a request: the relation of its contents to what was observed before. One defect at a time; when a
/// request has several, the one that is named first counts.
enum class Defect : Byte {
  none,
  wrong_version,           ///< TDISPVersion is not the negotiated one (GET_TDISP_VERSION: not 1.0)
  not_supported,           ///< an optional request that the device does not offer
  too_short,               ///< shorter than its fixed size; VDM: shorter than its VENDOR_ID_LEN says
  foreign_session,         ///< came over another session than the LOCK; counts only in CONFIG_LOCKED and RUN
  stream_unknown,          ///< LOCK, BIND: no such stream, or not a default stream
  stream_ambiguous,        ///< LOCK: several register blocks are marked Default Stream
  stream_not_keyed,        ///< LOCK, BIND: a sub-stream has no key
  stream_keyed_elsewhere,  ///< LOCK, BIND: keys were programmed over another session
  stream_not_tc0,          ///< LOCK: default stream is not on TC0
  device_configuration,    ///< LOCK: phantom functions, overlapping or badly sized BARs, ...
  flags_unsupported,       ///< LOCK: FLAGS beyond LOCK_INTERFACE_FLAGS_SUPPORTED
  flags_reserved,          ///< LOCK: reserved FLAGS bits
  nonce_old,               ///< START: nonce of an earlier lock of this TDI
  nonce_of_another_tdi,    ///< START
  nonce_junk,              ///< START
  nonce_spent,             ///< START: no nonce is valid any more. Follows from Tdi::nonce, no letter carries it
  offset_beyond_report,    ///< GET_DEVICE_INTERFACE_REPORT: OFFSET at or behind the end
  length_zero,             ///< GET_DEVICE_INTERFACE_REPORT: LENGTH 0
  p2p_not_enabled,         ///< BIND: BIND_P2P was not set at LOCK. Follows from Tdi::bind_p2p as well
  p2p_not_bound,           ///< UNBIND: no such stream is bound. Follows from Tdi::p2p_bound as well
  range_not_updatable,     ///< SET_MMIO_ATTRIBUTE: IS_MEM_ATTR_UPDATABLE is clear
  range_unknown,           ///< SET_MMIO_ATTRIBUTE: not a reported range
  too_long,                ///< longer than its fixed size, and nothing else is wrong
  END_OF_DEFECTS,
};
inline constexpr std::size_t DEFECTS = static_cast<std::size_t>(Defect::END_OF_DEFECTS);

struct Letter {
  Stimulus stimulus = Stimulus::GET_DEVICE_INTERFACE_STATE;
  Defect defect = Defect::none;
  bool bind_p2p = false;  ///< LOCK: BIND_P2P is set in FLAGS
  bool operator==(const Letter&) const = default;
};

/// Whether such a letter exists (a STOP has no nonce to be wrong).
bool meaningful(const Letter&);

/// Whether these control values can occur: a nonce only in CONFIG_LOCKED, a bound stream only in RUN, ...
bool consistent(const Tdi&);

/// One step. `choice` must be one of options(tdi, letter). A DEVICE_INTERFACE_STATE response tells `after.state`.
Outcome<Tdi> step(const Tdi& tdi, const Letter& letter, Choice choice = Choice::as_specified);
/// Every choice that is permitted; the first is as_specified. SPDM's own Busy and ResponseNotReady are not among them:
/// they belong to the message that carries TDISP.
Options options(const Tdi& tdi, const Letter& letter);

/// A refusal: what is no row of the transition table. What is empty stands for any. The first that fits counts.
struct Refusal {
  std::optional<Stimulus> stimulus;
  std::optional<TdiState> from;
  std::optional<Defect> defect;
  wire::tdisp::ErrorCode error;
  Rule rule;
};
std::span<const Refusal> refusals();

/// The transition table as text.
std::span<const machine::RowText> rows();
/// Both tables as text, for the generated documents.
machine::StateTable state_table();

/// How many rows answer a letter, and whether a refusal does: for the proof that exactly one does.
struct Answering {
  std::size_t rows = 0;
  bool refusal = false;
};
Answering answering(const Tdi& tdi, const Letter& letter);

std::string_view name(TdiState);
std::string_view name(Stimulus);
std::string_view name(Defect);

}  // namespace lockstep::tdisp
