// The state machine of one IDE stream at one port (PCIe Base 6.x 6.33; table in stream.cpp).
#pragma once

#include <span>

#include "machine/step.hpp"
#include "machine/tables.hpp"

namespace lockstep::ide_km {

enum class StreamState : Byte { INSECURE = 0, SECURE = 2 };

/// One of the 12 key slots of a stream at a port: key set K0 or K1, Rx or Tx as seen from the port, and the sub-stream.
struct Slot {
  bool k1 = false;
  bool tx = false;
  Byte sub_stream = 0;  ///< 0 posted, 1 non-posted, 2 completions
  constexpr unsigned bit() const { return (k1 ? 6U : 0U) + (tx ? 3U : 0U) + sub_stream; }
  constexpr std::uint16_t mask() const { return static_cast<std::uint16_t>(1U << bit()); }
  /// The slot of the other key set for the same direction and sub-stream.
  constexpr Slot other() const { return {!k1, tx, sub_stream}; }
  bool operator==(const Slot&) const = default;
};
inline constexpr std::uint16_t KEY_SET_K0 = 0x03F;
inline constexpr std::uint16_t KEY_SET_K1 = 0xFC0;

/// Session index that owns nothing.
inline constexpr Byte NO_OWNER = 0xFF;
/// The session that programmed the keys has ended, and the device tears the stream down only when the next QUERY or
/// KEY_PROG comes (legal for devices that are not TEE-IO capable).
inline constexpr Byte DEAD_OWNER = 0xFE;

struct Stream {
  StreamState state = StreamState::INSECURE;
  bool enabled = true;           ///< the enable bit of the stream's control register
  std::uint16_t programmed = 0;  ///< bit Slot::bit(): a key is programmed (active slots included)
  std::uint16_t active = 0;      ///< bit Slot::bit(): K_SET_GO has taken the key into use
  Byte owner = NO_OWNER;         ///< index of the session that programmed the keys
  bool operator==(const Stream&) const = default;

  /// Six keys of one set are programmed. A Secure stream has them too, though a refresh may spread them over both sets.
  bool has_all_keys() const {
    return state == StreamState::SECURE || (programmed & KEY_SET_K0) == KEY_SET_K0 ||
           (programmed & KEY_SET_K1) == KEY_SET_K1;
  }
};

/// What a LOCK_INTERFACE_REQUEST over `session` finds (PCIe ECN 11.3.8: all sub-streams, same session).
enum class Keying : Byte { none, partly, by_this_session, by_another_session };
Keying keying(const Stream& stream, Byte session);

/// Whether these control values can occur: Secure only when enabled and with an active key for each direction and
/// sub-stream, active only what is programmed, ...
bool consistent(const Stream&);

enum class Stimulus : Byte {
  QUERY,
  KEY_PROG,
  K_SET_GO,
  K_SET_STOP,
  UNKNOWN_OBJECT,  ///< any other Object ID, those of responses included
  // Out of band.
  CONVENTIONAL_RESET,
  FUNCTION_LEVEL_RESET,  ///< of the function that holds the IDE capability
  SESSION_ENDED,         ///< the session that programmed the keys
  CHECK_FAILED,          ///< integrity check failure on a received TLP
  PCRC_FAILED,           ///< no effect on the state
  MISROUTED_TLP,         ///< no effect on the state
  IV_EXHAUSTED,
  STREAM_ENABLED,
  STREAM_DISABLED,
  REGISTERS_CHANGED,         ///< control, RID or address association while enabled
  LINK_DOWN,                 ///< without a reset
  FIRST_TLP_OF_NEW_KEY_SET,  ///< the receiver retires the other key set
  END_OF_STIMULI,
};
inline constexpr std::size_t STIMULI = static_cast<std::size_t>(Stimulus::END_OF_STIMULI);
inline constexpr Stimulus FIRST_OUT_OF_BAND = Stimulus::CONVENTIONAL_RESET;

enum class Defect : Byte {
  none,
  wrong_length,
  port_unsupported,  ///< PortIndex beyond MaxPortIndex
  stream_unknown,    ///< Stream ID that the port does not have
  sub_stream_invalid,
  ifv_not_initial,  ///< KEY_PROG: the invocation field value is not 1
  foreign_session,  ///< another session owns IDE_KM; follows from Stream::owner and Letter::session as well
  not_programmed,   ///< K_SET_GO: no key is in the slot. Follows from the stream, no letter carries it
  slot_in_use,      ///< KEY_PROG: the slot's key is the one in use. Follows from the stream, no letter carries it
  END_OF_DEFECTS,
};
inline constexpr std::size_t DEFECTS = static_cast<std::size_t>(Defect::END_OF_DEFECTS);

struct Letter {
  Stimulus stimulus = Stimulus::QUERY;
  Defect defect = Defect::none;
  Slot slot = {};
  Byte session = NO_OWNER;  ///< over which session the request came
  bool operator==(const Letter&) const = default;
};

/// Whether such a letter exists (a QUERY has no slot).
bool meaningful(const Letter&);
/// One step. `choice` must be one of options(stream, letter). A QUERY_RESP tells `after.state`.
Outcome<Stream> step(const Stream& stream, const Letter& letter, Choice choice = Choice::as_specified);
Options options(const Stream& stream, const Letter& letter);

/// What a refused object leads to. KEY_PROG has a status (KP_ACK); the others have no error object at all.
struct Refusal {
  Stimulus stimulus;
  Defect defect;
  Answer answer;
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
Answering answering(const Stream& stream, const Letter& letter);

std::string_view name(StreamState);
std::string_view name(Stimulus);
std::string_view name(Defect);

}  // namespace lockstep::ide_km
