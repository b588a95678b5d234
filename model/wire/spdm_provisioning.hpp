// Provisioning and device information: CSR, certificates, key pairs, endpoint information, slots
// (DSP0274, "Certificate provisioning", "Key pair", "Endpoint information", "Slot management").
#pragma once

#include "wire/spdm_header.hpp"

namespace lockstep::wire::spdm {

/// Since 1.3 - Param1: KeyPairID; Param2: [2:0] certificate model, [5:3] CSR tracking tag, bit 7 Overwrite.
struct GET_CSR : Message<Code::GET_CSR> {
  static const Layout& layout();
  static constexpr Byte OVERWRITE = 1u << 7;  ///< in Param2
  std::uint16_t requester_info_length = 0;
  std::uint16_t opaque_data_length = 0;
  Bytes requester_info;
  Bytes opaque_data;
};

struct CSR : Message<Code::CSR> {
  static const Layout& layout();
  std::uint16_t csr_length = 0;
  std::uint16_t reserved = 0;
  Bytes csr;  ///< PKCS #10, DER
};

/// Param1: [3:0] SlotID; since 1.3 [6:4] certificate model, bit 7 Erase; Param2: KeyPairID (1.3).
struct SET_CERTIFICATE : Message<Code::SET_CERTIFICATE> {
  static const Layout& layout();
  static constexpr Byte ERASE = 1u << 7;  ///< in Param1
  Bytes cert_chain;                       ///< a CertificateChain, empty with Erase
};

/// Param1: [3:0] SlotID.
struct SET_CERTIFICATE_RSP : Message<Code::SET_CERTIFICATE_RSP> {
  static const Layout& layout();
};

struct GET_KEY_PAIR_INFO : Message<Code::GET_KEY_PAIR_INFO> {
  static const Layout& layout();
  Byte key_pair_id = 0;  ///< 1 to TotalKeyPairs
};

struct KEY_PAIR_INFO : Message<Code::KEY_PAIR_INFO> {
  static const Layout& layout();
  Byte total_key_pairs = 0;
  Byte key_pair_id = 0;
  std::uint16_t capabilities = 0;
  std::uint16_t key_usage_capabilities = 0;  ///< namespace key_usage
  std::uint16_t current_key_usage = 0;       ///< namespace key_usage
  std::uint32_t asym_algo_capabilities = 0;
  std::uint32_t current_asym_algo = 0;
  std::uint16_t public_key_info_len = 0;
  Byte assoc_cert_slot_mask = 0;
  Bytes public_key_info;               ///< DER AlgorithmIdentifier
  Byte pqc_asym_algo_cap_len = 0;      ///< since 1.4
  Bytes pqc_asym_algo_capabilities;    ///< since 1.4
  Byte current_pqc_asym_algo_len = 0;  ///< since 1.4
  Bytes current_pqc_asym_algo;         ///< since 1.4
};

/// Param1: operation. An erase ends behind KeyPairID.
struct SET_KEY_PAIR_INFO : Message<Code::SET_KEY_PAIR_INFO> {
  static const Layout& layout();
  enum class Operation : Byte { ParameterChange = 0, KeyPairErase = 1, GenerateKeyPair = 2 };
  Byte key_pair_id = 0;
  Byte reserved = 0;
  std::uint16_t desired_key_usage = 0;
  std::uint32_t desired_asym_algo = 0;
  Byte desired_assoc_cert_slot_mask = 0;
  Byte desired_pqc_asym_algo_len = 0;  ///< since 1.4
  Bytes desired_pqc_asym_algo;         ///< since 1.4
};

struct SET_KEY_PAIR_INFO_ACK : Message<Code::SET_KEY_PAIR_INFO_ACK> {
  static const Layout& layout();
};

/// Param1: subcode, 1 device class identifier; Param2: [3:0] SlotID.
struct GET_ENDPOINT_INFO : Message<Code::GET_ENDPOINT_INFO> {
  static const Layout& layout();
  static constexpr Byte DEVICE_CLASS_IDENTIFIER = 1;    ///< in Param1
  static constexpr Byte SIGNATURE_REQUESTED = 1u << 0;  ///< in RequestAttributes
  Byte request_attributes = 0;
  std::uint32_t reserved = 0;  ///< three bytes
  Bytes nonce;                 ///< with a signature
};

/// Param2: [3:0] SlotID.
struct ENDPOINT_INFO : Message<Code::ENDPOINT_INFO> {
  static const Layout& layout();
  std::uint32_t reserved = 0;
  Bytes nonce;  ///< with Context::signature_requested
  std::uint32_t ep_info_len = 0;
  Bytes ep_info;
  Bytes signature;  ///< with Context::signature_requested
};

/// The layout behind the header is in no public source: carried as it is.
struct SLOT_MANAGEMENT : Message<Code::SLOT_MANAGEMENT> {
  static const Layout& layout();
  Bytes payload;
};

struct SLOT_MANAGEMENT_RESP : Message<Code::SLOT_MANAGEMENT_RESP> {
  static const Layout& layout();
  Bytes payload;
};

}  // namespace lockstep::wire::spdm
