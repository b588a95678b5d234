// What a connection has negotiated: capabilities, versions and algorithms (DSP0274, CAPABILITIES and ALGORITHMS), with
// every algorithm bit as the crypto layer names it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/algorithms.hpp"
#include "wire/spdm_negotiation.hpp"

namespace lockstep::spdm {

// --- one algorithm bit and its name; nullopt: no bit, several bits, or one that no version defines -------------------

std::optional<crypto::Hash> hash_of(std::uint32_t base_hash_algo);
std::optional<crypto::Hash> measurement_hash_of(std::uint32_t measurement_hash_algo);
std::optional<crypto::Asym> base_asym_of(std::uint32_t base_asym_algo);
std::optional<crypto::Asym> pqc_asym_of(std::uint32_t pqc_asym_algo);
std::optional<crypto::Group> group_of(std::uint16_t dhe);
std::optional<crypto::Kem> kem_of(std::uint16_t kem);
std::optional<crypto::Aead> aead_of(std::uint16_t aead);

std::uint32_t bit_of(crypto::Hash hash);
std::uint32_t measurement_bit_of(crypto::Hash hash);
std::uint32_t bit_of(crypto::Asym asym);  ///< in BaseAsymAlgo, or in PqcAsymAlgo when is_pqc(asym)
std::uint16_t bit_of(crypto::Group group);
std::uint16_t bit_of(crypto::Kem kem);
std::uint16_t bit_of(crypto::Aead aead);
constexpr bool is_pqc(crypto::Asym asym) { return asym >= crypto::Asym::ML_DSA_44; }

// --- the negotiated state --------------------------------------------------------------------------------------------

/// What one end said in GET_CAPABILITIES or CAPABILITIES.
struct Endpoint {
  std::uint32_t flags = 0;  ///< wire::spdm::capability
  std::uint16_t ext_flags = 0;
  Byte ct_exponent = 0;
  std::uint32_t data_transfer_size = 0;  ///< 0 before 1.2: not said
  std::uint32_t max_spdm_msg_size = 0;

  bool has(std::uint32_t capability) const { return (flags & capability) != 0; }
  static Endpoint from(const wire::spdm::CapabilityFields& fields);
};

enum class OpaqueFormat : Byte { none = 0, format_0 = 1, format_1 = 2 };

struct Negotiated {
  Byte spdm_version = 0;  ///< SPDMVersion byte of GET_CAPABILITIES; 0 before
  Endpoint requester, responder;

  // Selected by ALGORITHMS; nullopt: nothing selected, or before.
  std::optional<crypto::Hash> hash;
  std::optional<crypto::Hash> measurement_hash;  ///< nullopt also for "raw bit stream only"
  std::optional<crypto::Asym> asym;              ///< of the responder: BaseAsymSel, else PqcAsymSel
  std::optional<crypto::Asym> requester_asym;    ///< ReqBaseAsymAlg, else ReqPqcAsymAlg
  std::optional<crypto::Group> group;
  std::optional<crypto::Kem> kem;
  std::optional<crypto::Aead> aead;
  bool dmtf_measurements = false;
  bool dmtf_measurement_log = false;
  bool key_schedule = false;  ///< the SPDM key schedule was selected
  OpaqueFormat opaque_format = OpaqueFormat::none;
  bool responder_multi_key = false;  ///< MULTI_KEY_CONN_RSP: DIGESTS of the responder has key pair data
  bool requester_multi_key = false;  ///< MULTI_KEY_CONN_REQ

  bool algorithms_selected = false;  ///< ALGORITHMS was seen

  void take(const wire::spdm::GET_CAPABILITIES& request, const wire::spdm::CAPABILITIES& response);
  void take(const wire::spdm::NEGOTIATE_ALGORITHMS& request, const wire::spdm::ALGORITHMS& response);

  bool both_have(std::uint32_t capability) const { return requester.has(capability) && responder.has(capability); }
  bool handshake_in_the_clear() const;
  /// Records are encrypted; otherwise they only carry a MAC.
  bool encrypts() const;

  /// What a layout must know, without what depends on a pending request.
  wire::Context context() const;
  /// Why the provider cannot compute the hash, or there is none: nothing cryptographic can be judged then.
  std::optional<std::string> hash_missing() const;
  /// The same for what protects a session: hash, AEAD, key schedule.
  std::optional<std::string> session_missing() const;
};

}  // namespace lockstep::spdm
