// Digests, certificate chains and CHALLENGE (DSP0274, "Responder identity authentication").
#pragma once

#include "wire/spdm_header.hpp"

namespace lockstep::wire::spdm {

struct GET_DIGESTS : Message<Code::GET_DIGESTS> {
  static const Layout& layout();
};

/// One digest; a struct because it is the element of a list.
struct Digest {
  static const Layout& layout();
  Bytes value = {};
};

struct KeyPairID {
  static const Layout& layout();
  Byte value = 0;
};

struct CertificateInfo {
  static const Layout& layout();
  Byte value = 0;  ///< [2:0] certificate model: 0 none, 1 DeviceCert, 2 AliasCert, 3 GenericCert
};

struct KeyUsageMask {
  static const Layout& layout();
  std::uint16_t value = 0;
};

/// Key usage bits (KeyUsageMask and the key-pair messages).
namespace key_usage {
inline constexpr std::uint16_t KeyExUse = 1u << 0;
inline constexpr std::uint16_t ChallengeUse = 1u << 1;
inline constexpr std::uint16_t MeasurementUse = 1u << 2;
inline constexpr std::uint16_t EndpointInfoUse = 1u << 3;
inline constexpr std::uint16_t StandardsKeyUse = 1u << 14;
inline constexpr std::uint16_t VendorKeyUse = 1u << 15;
inline constexpr std::uint16_t reserved = 0x3FF0;
std::vector<Bits> bits();
}  // namespace key_usage

/// Param1: SupportedSlotMask (since 1.3); Param2: ProvisionedSlotMask, one digest for each bit. The three lists behind
/// the digests are there in a multi-key connection (Context::multi_key) and have as many elements.
struct DIGESTS : Message<Code::DIGESTS> {
  static const Layout& layout();
  std::vector<Digest> digests;
  std::vector<KeyPairID> key_pair_ids;
  std::vector<CertificateInfo> certificate_infos;
  std::vector<KeyUsageMask> key_usage_masks;
};

/// Param1: [3:0] SlotID, bit 7 LargeCertChain (1.4); Param2: bit 0 SlotSizeRequested (1.3).
struct GET_CERTIFICATE : Message<Code::GET_CERTIFICATE> {
  static const Layout& layout();
  static constexpr Byte LARGE_CERT_CHAIN = 1u << 7;     ///< in Param1
  static constexpr Byte SLOT_SIZE_REQUESTED = 1u << 0;  ///< in Param2
  std::uint16_t offset = 0;
  std::uint16_t length = 0;
  std::uint32_t large_offset = 0;  ///< with LargeCertChain
  std::uint32_t large_length = 0;  ///< with LargeCertChain
};

/// Param1: [3:0] SlotID, bit 7 LargeCertChain (1.4); Param2: [2:0] certificate model (1.3, multi-key).
struct CERTIFICATE : Message<Code::CERTIFICATE> {
  static const Layout& layout();
  static constexpr Byte LARGE_CERT_CHAIN = 1u << 7;  ///< in Param1
  std::uint16_t portion_length = 0;
  std::uint16_t remainder_length = 0;
  std::uint32_t large_portion_length = 0;    ///< with LargeCertChain
  std::uint32_t large_remainder_length = 0;  ///< with LargeCertChain
  Bytes cert_chain;                          ///< this portion of it
};

/// The chain that the portions of CERTIFICATE add up to. Length has four bytes since 1.4, two and two reserved before.
struct CertificateChain {
  static const Layout& layout();
  std::uint32_t length = 0;  ///< bytes of the whole chain, this field included
  std::uint16_t reserved = 0;
  Bytes root_hash = {};
  Bytes certificates = {};  ///< DER, one behind the other, leaf last
};

/// Param1: SlotID; Param2: measurement summary hash type (0 none, 1 TCB, FFh all).
struct CHALLENGE : Message<Code::CHALLENGE> {
  static const Layout& layout();
  Bytes nonce;
  Bytes context;  ///< since 1.3
};

/// Param1: [3:0] SlotID, bit 7 BasicMutAuthReq (deprecated since 1.2); Param2: SlotMask.
struct CHALLENGE_AUTH : Message<Code::CHALLENGE_AUTH> {
  static const Layout& layout();
  static constexpr Byte BASIC_MUT_AUTH_REQ = 1u << 7;  ///< in Param1
  Bytes cert_chain_hash;
  Bytes nonce;
  Bytes measurement_summary_hash;  ///< with Context::measurement_summary_hash
  std::uint16_t opaque_data_length = 0;
  Bytes opaque_data;
  Bytes context;  ///< since 1.3
  Bytes signature;
};

}  // namespace lockstep::wire::spdm
