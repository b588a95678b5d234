// The device as a whole: the machines put side by side, with what one does to another (couplings in device.cpp).
#pragma once

#include <array>
#include <variant>

#include "ide_km/stream.hpp"
#include "machine/step.hpp"
#include "spdm/connection.hpp"
#include "spdm/session.hpp"
#include "tdisp/tdi.hpp"

namespace lockstep::device {

inline constexpr std::size_t MAX_SESSIONS = 4;
inline constexpr std::size_t MAX_STREAMS = 4;
inline constexpr std::size_t MAX_TDIS = 4;
/// An index that means none: no session, no such stream, no such TDI.
inline constexpr Byte NONE = 0xFF;

/// A device that needs IDE, or one inside the root complex whose link to the host needs no protection.
enum class Kind : Byte { endpoint_with_ide, root_complex_integrated };

/// What is fixed about a device while it runs.
struct Shape {
  Kind kind = Kind::endpoint_with_ide;
  Byte sessions = MAX_SESSIONS;
  Byte streams = 1;
  Byte tdis = 1;
  bool operator==(const Shape&) const = default;
};

/// What a TDI was locked with: it follows the fate of that session and of those streams.
struct Binding {
  Byte session = NONE;
  Byte stream = NONE;      ///< the default stream
  Byte p2p_stream = NONE;  ///< bound by BIND_P2P_STREAM_REQUEST
  bool operator==(const Binding&) const = default;
};

/// The finite half of a device state; the other half, what was seen on the wire, is Store.
struct Control {
  spdm::Connection connection;
  std::array<spdm::Session, MAX_SESSIONS> sessions{};
  std::array<ide_km::Stream, MAX_STREAMS> streams{};
  std::array<tdisp::Tdi, MAX_TDIS> tdis{};
  std::array<Binding, MAX_TDIS> bindings{};
  bool operator==(const Control&) const = default;
};
static_assert(std::is_trivially_copyable_v<Control>);

/// A message or event of SPDM itself. `created` is the place that KEY_EXCHANGE or PSK_EXCHANGE would fill.
struct SpdmLetter {
  spdm::Letter letter;
  Byte created = NONE;
  bool operator==(const SpdmLetter&) const = default;
};
/// An IDE_KM object for, or an event of, the stream with index `stream` (NONE: no such stream).
struct IdeKmLetter {
  ide_km::Letter letter;
  Byte stream = 0;
  bool operator==(const IdeKmLetter&) const = default;
};
/// A TDISP message for, or an event of, the TDI with index `tdi` (NONE: not hosted). `stream`: the stream that
/// LOCK_INTERFACE_REQUEST or BIND_P2P_STREAM_REQUEST names.
struct TdispLetter {
  tdisp::Letter letter;
  Byte tdi = 0;
  Byte stream = 0;
  bool operator==(const TdispLetter&) const = default;
};
/// What happens to the device as a whole.
enum class DeviceEvent : Byte {
  CONVENTIONAL_RESET,
  FUNCTION_0_RESET,  ///< FLR of the function that holds the IDE capability, and the VFs' physical function
};

/// One stimulus. `session`: index of the session that carried it, NONE: in the clear, or no message at all.
struct Letter {
  Byte session = NONE;
  std::variant<SpdmLetter, IdeKmLetter, TdispLetter, DeviceEvent> body;
  bool operator==(const Letter&) const = default;
};

/// One step of the whole device. `choice` must be one of options().
Outcome<Control> step(const Shape&, const Control&, const Letter&, Choice choice = Choice::as_specified);
/// Every permitted choice; the first is as_specified.
Options options(const Shape&, const Control&, const Letter&);

/// "LOCK_INTERFACE_REQUEST(nonce_old) TDI 0 over session 1"
std::string describe(const Letter&);
/// "NEGOTIATED; session 0 ESTABLISHED; stream 0 SECURE; TDI 0 CONFIG_LOCKED"
std::string describe(const Shape&, const Control&);
std::string describe(const Answer&);

}  // namespace lockstep::device
