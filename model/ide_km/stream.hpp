// The state machine of one IDE stream at one port (PCIe Base 6.x 6.33; table in stream.cpp).
#pragma once

#include <span>

#include "machine/step.hpp"

namespace lockstep::ide_km {

enum class StreamState : Byte { INSECURE = 0, SECURE = 2 };

/// One of the 12 key slots of a stream at a port: key set K0 or K1, Rx or Tx as seen from the port, and the sub-stream.
struct Slot {
  bool k1 = false;
  bool tx = false;
  Byte sub_stream = 0;  ///< 0 posted, 1 non-posted, 2 completions
  constexpr unsigned bit() const { return (k1 ? 6U : 0U) + (tx ? 3U : 0U) + sub_stream; }
  bool operator==(const Slot&) const = default;
};
inline constexpr std::uint16_t KEY_SET_K0 = 0x03F;
inline constexpr std::uint16_t KEY_SET_K1 = 0xFC0;

/// Session index that owns nothing.
inline constexpr Byte NO_OWNER = 0xFF;

struct Stream {
  StreamState state = StreamState::INSECURE;
  bool enabled = true;           ///< the enable bit of the stream's control register
  std::uint16_t programmed = 0;  ///< bit Slot::bit(): a key is programmed (active slots included)
  std::uint16_t active = 0;      ///< bit Slot::bit(): K_SET_GO has taken the key into use
  Byte owner = NO_OWNER;         ///< index of the session that programmed the keys
  bool operator==(const Stream&) const = default;

  bool has_all_keys() const {
    return (programmed & KEY_SET_K0) == KEY_SET_K0 || (programmed & KEY_SET_K1) == KEY_SET_K1;
  }
};

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
  foreign_session,  ///< another session owns the stream
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

bool meaningful(const Letter&);
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

struct RowText {
  std::string_view rule, from, stimulus, guard, to, action;
};
std::span<const RowText> rows();

std::string_view name(StreamState);
std::string_view name(Stimulus);
std::string_view name(Defect);

}  // namespace lockstep::ide_km
