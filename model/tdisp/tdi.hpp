// The state machine of one TDI (PCIe Base 6.x chapter 11; table in tdi.cpp).
#pragma once

#include <span>

#include "machine/step.hpp"

namespace lockstep::tdisp {

enum class TdiState : Byte { CONFIG_UNLOCKED = 0, CONFIG_LOCKED = 1, RUN = 2, ERROR = 3 };

/// Everything about a TDI that decides what it may do next.
struct Tdi {
  TdiState state = TdiState::CONFIG_UNLOCKED;
  bool nonce = false;      ///< a START_INTERFACE_NONCE is valid
  bool bind_p2p = false;   ///< BIND_P2P was set in the LOCK flags
  bool p2p_bound = false;  ///< a peer-to-peer stream is bound
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
  SESSION_ENDED,          ///< the session that locked the TDI
  STREAM_INSECURE,        ///< a bound IDE stream
  KEYS_REFRESHED,         ///< of a bound stream, properly: no effect
  CONFIG_WRITE_TRACKED,   ///< a register whose change must force ERROR (BARs, MSI-X when locked, ...)
  CONFIG_WRITE_HARMLESS,  ///< a register that may change at any time
  MEMORY_SPACE_OR_BUS_MASTER_CLEARED,
  VF_DISABLED,       ///< VF Enable or VF MSE cleared on the physical function
  POWER_STATE_LOST,  ///< leaves D0 and loses state
  FIRMWARE_UPDATE,   ///< an attempt at run time
  SECURITY_LOST,     ///< the device detects a loss of security by itself
  SCRUBBED,          ///< the device leaves ERROR by itself after scrubbing
  END_OF_STIMULI,
};
inline constexpr std::size_t STIMULI = static_cast<std::size_t>(Stimulus::END_OF_STIMULI);
inline constexpr Stimulus FIRST_OUT_OF_BAND = Stimulus::CONVENTIONAL_RESET;

/// What is wrong with a request: the relation of its contents to what was observed before. One defect at a time; when a
/// request has several, the one that is named first counts.
enum class Defect : Byte {
  none,
  wrong_version,           ///< TDISPVersion is not the negotiated one
  too_short,               ///< shorter than its fixed size
  too_long,                ///< longer than its fixed size
  flags_unsupported,       ///< LOCK: FLAGS beyond LOCK_INTERFACE_FLAGS_SUPPORTED
  flags_reserved,          ///< LOCK: reserved FLAGS bits
  stream_unknown,          ///< LOCK, BIND: no such stream, or not a default stream
  stream_not_keyed,        ///< LOCK, BIND: a sub-stream has no key
  stream_keyed_elsewhere,  ///< LOCK, BIND: keys were programmed over another session
  stream_not_tc0,          ///< LOCK: default stream is not on TC0
  device_configuration,    ///< LOCK: phantom functions, overlapping or badly sized BARs, ...
  nonce_old,               ///< START: nonce of an earlier lock of this TDI
  nonce_of_another_tdi,    ///< START
  nonce_junk,              ///< START
  offset_beyond_report,    ///< GET_DEVICE_INTERFACE_REPORT: OFFSET at or behind the end
  length_zero,             ///< GET_DEVICE_INTERFACE_REPORT: LENGTH 0
  p2p_not_enabled,         ///< BIND: BIND_P2P was not set at LOCK
  p2p_not_bound,           ///< UNBIND: no such stream is bound
  range_not_updatable,     ///< SET_MMIO_ATTRIBUTE: IS_MEM_ATTR_UPDATABLE is clear
  range_unknown,           ///< SET_MMIO_ATTRIBUTE: not a reported range
  not_supported,           ///< an optional request that the device does not offer
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

/// One step. `choice` must be one of options(tdi, letter).
Outcome<Tdi> step(const Tdi& tdi, const Letter& letter, Choice choice = Choice::as_specified);
/// Every choice that is permitted; the first is as_specified.
Options options(const Tdi& tdi, const Letter& letter);

/// A refusal: what is no row of the transition table. `from` and `defect` empty: any.
struct Refusal {
  Stimulus stimulus;
  std::optional<TdiState> from;
  Defect defect;
  std::uint32_t error;  ///< TDISP_ERROR code
  Rule rule;
};
std::span<const Refusal> refusals();

/// One row of the transition table as text, for the generated state tables.
struct RowText {
  std::string_view rule, from, stimulus, guard, to, action;
};
std::span<const RowText> rows();

std::string_view name(TdiState);
std::string_view name(Stimulus);
std::string_view name(Defect);

}  // namespace lockstep::tdisp
