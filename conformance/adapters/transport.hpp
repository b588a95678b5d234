// The transport bindings: what stands around a message, for sockets and captures alike.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "adapters/link.hpp"

namespace lockstep::adapters {

enum class Transport { none, mctp, pci_doe, tcp };

/// Facts of the binding, DSP0277 and its transport bindings (DSP0276, PCIe 6.31).
const Binding& binding(Transport);
/// By the name in Binding: "none", "mctp", "pci-doe", "tcp".
std::optional<Transport> find_transport(std::string_view name);

/// What a transport object carries, without header. DOE payloads keep their padding (at most 3 bytes of zeros), since
/// only the message knows its length.
struct Carried {
  enum class Kind { spdm, secured, discovery, other };
  Kind kind = Kind::spdm;
  Bytes payload;
  std::string other;                      ///< Kind::other: the foreign type in words
  std::vector<wire::Finding> findings{};  ///< rules that the header breaks

  bool is_packet() const { return kind == Kind::spdm || kind == Kind::secured; }
  Packet packet() const { return {kind == Kind::secured, payload}; }
};

/// The header and the packet behind it: a DOE data object, an MCTP message with its type byte, a TCP message (at most
/// 65533 bytes), or the packet alone.
Bytes wrap(Transport, const Packet&);
/// Takes exactly one object; offsets in the error count from its start. Over `none` everything is in the clear.
Result<Carried, wire::DecodeError> unwrap(Transport, View object);
/// The packet in an object that answers a packet. What the object breaks goes to `findings`, with and without one.
Result<Packet, wire::DecodeError> unwrap_answer(Transport, View object, std::vector<wire::Finding>& findings);

}  // namespace lockstep::adapters
