// Data Object Exchange (PCIe Base 6.x, 6.30): the data object and discovery.
#pragma once

#include "wire/layout.hpp"

namespace lockstep::wire::doe {

inline constexpr std::uint16_t VENDOR_ID_PCISIG = 0x0001;
inline constexpr std::uint16_t VENDOR_ID_NONE = 0xFFFF;   ///< in DiscoveryResponse: no such index
inline constexpr std::uint32_t MAX_LENGTH_DW = 1u << 18;  ///< written as 0

/// Data Object Type of the PCI-SIG.
enum class DataObjectType : Byte {
  DISCOVERY = 0,
  SPDM = 1,
  SECURED_SPDM = 2,
  SPDM_CONN_ID = 3,
  SECURED_SPDM_CONN_ID = 4
};

struct DataObject {
  static const Layout& layout();
  std::uint16_t vendor_id = VENDOR_ID_PCISIG;
  Byte data_object_type = 0;
  Byte reserved = 0;
  std::uint32_t length = 0;  ///< [17:0] double words, the two of the header included; 0 means 2^18
  Bytes payload = {};        ///< padded with zeros to double words

  /// Bytes of the payload that Length announces; 0 when it is less than the header.
  std::size_t payload_size() const;
};

/// The whole object around `payload`, padded, with its Length; at most 2^18 double words.
Bytes wrap_doe(DataObjectType type, View payload);

struct DiscoveryRequest {
  static const Layout& layout();
  Byte index = 0;
  Byte version = 0;  ///< DOE discovery version: 0, or 2 for capability version 2 and later
  std::uint16_t reserved = 0;
};

struct DiscoveryResponse {
  static const Layout& layout();
  std::uint16_t vendor_id = VENDOR_ID_PCISIG;
  Byte data_object_type = 0;
  Byte next_index = 0;  ///< 0: this was the last
};

}  // namespace lockstep::wire::doe
