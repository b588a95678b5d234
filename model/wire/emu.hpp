// The frames of the spdm-emu socket protocol: every number big-endian.
#pragma once

#include "wire/layout.hpp"

namespace lockstep::wire::emu {

inline constexpr std::uint16_t PORT = 2323;
inline constexpr std::size_t HEADER_SIZE = 12;

enum class Command : std::uint32_t {
  NORMAL = 0x0001,
  OOB_ENCAP_KEY_UPDATE = 0x8001,
  OOB_ENCAP_ENDPOINT_INFO = 0x8002,
  CONTINUE = 0xFFFD,
  SHUTDOWN = 0xFFFE,
  UNKNOWN = 0xFFFF,
  TEST = 0xDEAD,
};

enum class TransportType : std::uint32_t { NONE = 0, MCTP = 1, PCI_DOE = 2, TCP = 3 };

/// Of both directions. A frame without payload is valid.
struct Frame {
  static const Layout& layout();
  std::uint32_t command = static_cast<std::uint32_t>(Command::NORMAL);
  std::uint32_t transport_type = static_cast<std::uint32_t>(TransportType::NONE);
  std::uint32_t payload_size = 0;
  Bytes payload = {};  ///< NORMAL: the transport's header, then the message
};

Bytes wrap_emu(Command command, TransportType transport, View payload);

}  // namespace lockstep::wire::emu
