// TDISP messages (PCIe Base 6.x chapter 11), as they stand behind the Protocol ID byte of the SPDM VENDOR_DEFINED
// payload.
#pragma once

#include <array>

#include "wire/layout.hpp"

namespace lockstep::wire::tdisp {

inline constexpr Byte PROTOCOL_ID = 0x01;
inline constexpr Byte VERSION_1_0 = 0x10;

/// INTERFACE_ID, 12 bytes: FUNCTION_ID (4: requester id, segment, segment valid) and 8 reserved bytes.
struct Header {
  Byte version = VERSION_1_0;
  Byte message_type = 0;
  std::uint16_t reserved = 0;
  std::uint32_t function_id = 0;
  std::uint64_t interface_id_reserved = 0;
};

struct LOCK_INTERFACE_REQUEST : Header {
  static constexpr Byte code = 0x83;
  static const Layout& layout();
  std::uint16_t flags = 0;
  Byte default_stream_id = 0;
  Byte reserved_19 = 0;
  std::uint64_t mmio_reporting_offset = 0;
  std::uint64_t bind_p2p_address_mask = 0;
};

}  // namespace lockstep::wire::tdisp
