// VENDOR_DEFINED messages: the envelope of IDE_KM and TDISP (DSP0274, "VENDOR_DEFINED_REQUEST").
#pragma once

#include "wire/spdm_header.hpp"

namespace lockstep::wire::spdm {

/// StandardID and registry of an SVH.
enum class RegistryID : Byte {
  DMTF = 0,
  TCG = 1,
  USB = 2,
  PCISIG = 3,
  IANA = 4,
  HDBaseT = 5,
  MIPI = 6,
  CXL = 7,
  JEDEC = 8,
  VESA = 9,
  IANA_CBOR = 10,
  DMTF_DSP = 11,
};

/// StandardID from here on: registries are numbered from 0 up, and nobody keeps one with such a number.
inline constexpr std::uint16_t FIRST_UNKEPT_REGISTRY = 0xFF00;

/// VendorID of the PCI-SIG's own protocols.
inline constexpr std::uint16_t PCISIG_VENDOR_ID = 0x0001;

/// Param1: bit 7 LargePayload (1.4). Then ReqLength is reserved and LargePayloadLength counts the payload.
struct VendorDefinedFields {
  static constexpr Byte LARGE_PAYLOAD = 1u << 7;  ///< in Param1
  std::uint16_t standard_id = 0;
  Byte vendor_id_len = 0;
  Bytes vendor_id;
  std::uint16_t payload_length = 0;
  std::uint32_t large_payload_length = 0;  ///< with LargePayload
  Bytes vendor_defined_payload;
};

struct VENDOR_DEFINED_REQUEST : Message<Code::VENDOR_DEFINED_REQUEST>, VendorDefinedFields {
  static const Layout& layout();
};

struct VENDOR_DEFINED_RESPONSE : Message<Code::VENDOR_DEFINED_RESPONSE>, VendorDefinedFields {
  static const Layout& layout();
};

}  // namespace lockstep::wire::spdm
