// VERSION, CAPABILITIES and ALGORITHMS, with their requests (DSP0274, "Capability discovery and negotiation messages").
#pragma once

#include "wire/spdm_algorithms.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::wire::spdm {

struct GET_VERSION : Message<Code::GET_VERSION> {
  static const Layout& layout();
};

/// VersionNumberEntry: [15:12] major, [11:8] minor, [7:4] update, [3:0] alpha.
struct VersionNumberEntry {
  static const Layout& layout();
  std::uint16_t value = 0;
  /// As it stands in SPDMVersion: update and alpha do not count.
  constexpr Byte version() const { return static_cast<Byte>(value >> 8); }
};

struct VERSION : Message<Code::VERSION> {
  static const Layout& layout();
  Byte reserved = 0;
  Byte version_number_entry_count = 0;
  std::vector<VersionNumberEntry> version_number_entries;
};

/// What GET_CAPABILITIES and CAPABILITIES have in common.
struct CapabilityFields {
  Byte reserved = 0;
  Byte ct_exponent = 0;                  ///< cryptographic timeout: 2^CTExponent microseconds
  std::uint16_t ext_flags = 0;           ///< since 1.4, reserved before
  std::uint32_t flags = 0;               ///< namespace capability
  std::uint32_t data_transfer_size = 0;  ///< since 1.2: bytes that the sender can receive in one transfer
  std::uint32_t max_spdm_msg_size = 0;   ///< since 1.2: bytes of the largest message, chunked or not
};

struct GET_CAPABILITIES : Message<Code::GET_CAPABILITIES>, CapabilityFields {
  static const Layout& layout();
  static constexpr Byte SUPPORTED_ALGORITHMS = 1u << 0;  ///< in Param1, since 1.3
};

/// Extended algorithm.
struct ExtAlg {
  static const Layout& layout();
  Byte registry_id = 0;
  Byte reserved = 0;
  std::uint16_t algorithm_id = 0;
};

/// Algorithm structure table. AlgSupported is read as the two bytes that every defined type has; another size in
/// AlgCount is kept and reported.
struct AlgStruct {
  static const Layout& layout();
  Byte alg_type = 0;      ///< AlgType
  Byte alg_count = 0x20;  ///< [7:4] bytes of AlgSupported, [3:0] number of AlgExternal
  std::uint16_t alg_supported = 0;
  std::vector<ExtAlg> alg_external = {};
};

/// What a requester offers in NEGOTIATE_ALGORITHMS, and what a responder of 1.3 may tell in CAPABILITIES.
struct OfferedAlgorithms {
  std::uint16_t length = 0;  ///< bytes of the whole message
  Byte measurement_specification = 0;
  Byte other_params_support = 0;  ///< since 1.2
  std::uint32_t base_asym_algo = 0;
  std::uint32_t base_hash_algo = 0;
  std::uint32_t pqc_asym_algo = 0;  ///< since 1.4, reserved before
  std::uint64_t reserved_20 = 0;
  Byte ext_asym_count = 0;
  Byte ext_hash_count = 0;
  Byte reserved_30 = 0;
  Byte mel_specification = 0;  ///< since 1.3
  std::vector<ExtAlg> ext_asym;
  std::vector<ExtAlg> ext_hash;
  std::vector<AlgStruct> alg_structs;  ///< since 1.1, Param1 is their number
};

/// Block at the end of CAPABILITIES since 1.3: NEGOTIATE_ALGORITHMS without its first two bytes.
struct SupportedAlgorithms : OfferedAlgorithms {
  static const Layout& layout();
  Byte param1 = 0;  ///< number of AlgStruct
  Byte param2 = 0;
};

struct CAPABILITIES : Message<Code::CAPABILITIES>, CapabilityFields {
  static const Layout& layout();
  static constexpr Byte SUPPORTED_ALGORITHMS = 1u << 0;   ///< in Param1, since 1.3: the block is there
  std::vector<SupportedAlgorithms> supported_algorithms;  ///< none or one
};

struct NEGOTIATE_ALGORITHMS : Message<Code::NEGOTIATE_ALGORITHMS>, OfferedAlgorithms {
  static const Layout& layout();
};

struct ALGORITHMS : Message<Code::ALGORITHMS> {
  static const Layout& layout();
  std::uint16_t length = 0;  ///< bytes of the whole message
  Byte measurement_specification_sel = 0;
  Byte other_params_selection = 0;  ///< since 1.2
  std::uint32_t measurement_hash_algo = 0;
  std::uint32_t base_asym_sel = 0;
  std::uint32_t base_hash_sel = 0;
  std::uint32_t pqc_asym_sel = 0;  ///< since 1.4, reserved before
  std::uint64_t reserved_24 = 0;   ///< seven bytes
  Byte mel_specification_sel = 0;  ///< since 1.3
  Byte ext_asym_sel_count = 0;
  Byte ext_hash_sel_count = 0;
  std::uint16_t reserved_34 = 0;
  std::vector<ExtAlg> ext_asym;
  std::vector<ExtAlg> ext_hash;
  std::vector<AlgStruct> alg_structs;  ///< since 1.1, Param1 is their number
};

}  // namespace lockstep::wire::spdm
