// Transports that take what they must not, or send it: what becomes of an object before the device looks at it, and of
// the object that answers. evidence.txt names them as it names faults of the device.
#pragma once

#include "adapters/serve_object.hpp"
#include "reference_device.hpp"

namespace lockstep {

struct ObjectFault {
  std::string_view name;  ///< "object/..."
  Rule breaks;
  void (*takes)(Bytes& object);
  void (*sends)(Bytes& object);
};

namespace objects {

constexpr std::size_t VENDOR = 0, TYPE = 2, LENGTH = 4, PAYLOAD = 8;  // of a DOE object
constexpr std::size_t PROTOCOL = PAYLOAD + 2, NEXT = PAYLOAD + 3;     // of the answer of a DOE discovery
constexpr std::size_t TCP_VERSION = 2, TCP_TYPE = 3, TCP_PAYLOAD = 4;
constexpr Byte DISCOVERY = 0, SPDM = 1, SECURED = 2;
constexpr Byte DIGESTS = 0x01, CERTIFICATE = 0x02, CAPABILITIES = 0x61;

inline void nothing(Bytes&) {}

/// Whether an SPDM message in the clear begins at `start` and has such a code: what comes before it is needed to get
/// there.
inline bool carries(const Bytes& object, std::size_t start, Byte code) {
  return object.size() > start + 1 && object[start + 1] == code;
}
inline bool is_message(const Bytes& object) { return object[PAYLOAD] >= 0x10 && object[PAYLOAD] <= 0x14; }

inline void any_length(Bytes& object) {
  object[LENGTH] = static_cast<Byte>(object.size() / 4);
  object[LENGTH + 1] = 0;
}

inline void spoil_padding(Bytes& object) {
  constexpr std::size_t HEADER = 8, PORTION_LENGTH = PAYLOAD + 4;
  if (!carries(object, PAYLOAD, CERTIFICATE)) return;
  const std::size_t end = PAYLOAD + HEADER + object[PORTION_LENGTH] + 256U * object[PORTION_LENGTH + 1];
  if (end < object.size()) object.back() = 1;
}

// clang-format off
inline constexpr ObjectFault FAULTS[] = {
    {"object/discovery-begins-elsewhere", "DOE-001", nothing, [](Bytes& o) { if (o[TYPE] == DISCOVERY && o[PROTOCOL] == DISCOVERY) o[PROTOCOL] = 9; }},
    {"object/discovery-without-end", "DOE-002", nothing, [](Bytes& o) { if (o[TYPE] == DISCOVERY && o[NEXT] == 0) o[NEXT] = 1; }},
    {"object/spdm-not-listed", "DOE-003", nothing, [](Bytes& o) { if (o[TYPE] == DISCOVERY && o[PROTOCOL] == SPDM) o[PROTOCOL] = 9; }},
    {"object/any-discovery-index", "DOE-004", [](Bytes& o) { if (o[TYPE] == DISCOVERY && o[PAYLOAD] > 2) o[PAYLOAD] = 2; }, nothing},
    {"object/no-discovery-version", "DOE-005", nothing, [](Bytes& o) { if (o[TYPE] == DISCOVERY) o[PAYLOAD] = o[PAYLOAD + 1] = 0xFF; }},
    {"object/any-discovery-version", "DOE-006", [](Bytes& o) { if (o[TYPE] == DISCOVERY) o[PAYLOAD + 1] = 0; }, nothing},
    {"object/sends-wrong-length", "DOE-007", nothing, [](Bytes& o) { if (carries(o, PAYLOAD, CAPABILITIES)) --o[LENGTH]; }},
    {"object/takes-length-one", "DOE-009", any_length, nothing},
    {"object/takes-any-length", "DOE-010", any_length, nothing},
    {"object/takes-any-type", "DOE-011", [](Bytes& o) { if (o[TYPE] > SECURED) o[TYPE] = SPDM; }, nothing},
    {"object/takes-any-vendor", "DOE-012", [](Bytes& o) { o[VENDOR] = 1, o[VENDOR + 1] = 0; }, nothing},
    {"object/takes-message-as-record", "DOE-013", [](Bytes& o) { if (o[TYPE] == SECURED && is_message(o)) o[TYPE] = SPDM; }, nothing},
    {"object/takes-record-as-message", "DOE-014", [](Bytes& o) { if (o[TYPE] == SPDM && !is_message(o)) o[TYPE] = SECURED; }, nothing},
    {"object/sends-message-as-discovery", "DOE-015", nothing, [](Bytes& o) { if (carries(o, PAYLOAD, CAPABILITIES)) o[TYPE] = DISCOVERY; }},
    {"object/pads-with-anything", "DOE-016", nothing, spoil_padding},
    {"object/mctp-sends-message-as-record", "MCTP-001", nothing, [](Bytes& o) { if (carries(o, 1, DIGESTS)) o[0] = 6; }},
    {"object/mctp-integrity-check", "MCTP-002", nothing, [](Bytes& o) { o[0] |= 0x80; }},
    {"object/mctp-takes-any-type", "MCTP-006", [](Bytes& o) { if (o[0] != 6) o[0] = 5; }, nothing},
    {"object/tcp-sends-other-version", "TCP-001", nothing, [](Bytes& o) { o[TCP_VERSION] = 7; }},
    {"object/tcp-sends-wrong-length", "TCP-002", nothing, [](Bytes& o) { if (carries(o, TCP_PAYLOAD, DIGESTS)) ++o[0]; }},
    {"object/tcp-sends-message-as-record", "TCP-003", nothing, [](Bytes& o) { if (carries(o, TCP_PAYLOAD, DIGESTS)) o[TCP_TYPE] = 6; }},
    {"object/tcp-serves-role-inquiry", "TCP-004", [](Bytes& o) { if (o[TCP_TYPE] == 0xBF) o[TCP_TYPE] = 0x7F; }, nothing},
    {"object/tcp-takes-any-version", "TCP-005", [](Bytes& o) { o[TCP_VERSION] = 1; }, nothing},
};
// clang-format on

}  // namespace objects

/// nullptr: a fault of the device, or none.
inline const ObjectFault* find_object_fault(std::string_view name) {
  const auto* found = std::find_if(std::begin(objects::FAULTS), std::end(objects::FAULTS),
                                   [&](const ObjectFault& fault) { return fault.name == name; });
  return found == std::end(objects::FAULTS) ? nullptr : found;
}

/// The reference device behind a transport with this fault.
inline adapters::LocalDevice behind(const device::ResponderOptions& options, adapters::Transport transport,
                                    const ObjectFault& fault) {
  adapters::LocalDevice device = runner::reference_device_behind(options, transport);
  device.objects = [fault, objects = device.objects](View object) {
    Bytes seen = copy(object);
    fault.takes(seen);
    auto answer = objects(seen);
    if (answer) fault.sends(*answer);
    return answer;
  };
  return device;
}

}  // namespace lockstep
