#include "spdm/algorithms.hpp"

#include <bit>

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

// The enumerations of crypto are in the order of the bits, the post-quantum signatures behind the others.
constexpr int hashes = 7, classical_signatures = 12, pqc_signatures = 15, groups = 7, kems = 3, aeads = 4;

/// The algorithm of the only bit in `bits`, when it is one of the first `count`; `first` is the algorithm of bit 0.
template <class Algorithm>
std::optional<Algorithm> only_bit(std::uint32_t bits, int count, Algorithm first = Algorithm{}) {
  if (std::popcount(bits) != 1 || std::countr_zero(bits) >= count) return std::nullopt;
  return static_cast<Algorithm>(static_cast<int>(first) + std::countr_zero(bits));
}

template <class Algorithm>
constexpr std::uint32_t bit(Algorithm algorithm, Algorithm first = Algorithm{}) {
  return 1u << (static_cast<int>(algorithm) - static_cast<int>(first));
}

const AlgStruct* find_table(const std::vector<AlgStruct>& tables, AlgType type) {
  for (const AlgStruct& table : tables)
    if (table.alg_type == static_cast<Byte>(type)) return &table;
  return nullptr;
}

std::uint16_t selected(const ALGORITHMS& response, AlgType type) {
  const AlgStruct* table = find_table(response.alg_structs, type);
  return table != nullptr ? table->alg_supported : std::uint16_t{0};
}

std::optional<crypto::Asym> signature_of(std::uint32_t classical, std::uint32_t pqc) {
  const auto asym = base_asym_of(classical);
  return asym ? asym : pqc_asym_of(pqc);
}

}  // namespace

std::optional<crypto::Hash> hash_of(std::uint32_t base_hash_algo) {
  return only_bit<crypto::Hash>(base_hash_algo, hashes);
}
std::optional<crypto::Hash> measurement_hash_of(std::uint32_t measurement_hash_algo) {
  if ((measurement_hash_algo & measurement_hash_algo::RawBitStreamOnly) != 0) return std::nullopt;
  return only_bit<crypto::Hash>(measurement_hash_algo >> 1, hashes);
}
std::optional<crypto::Asym> base_asym_of(std::uint32_t base_asym_algo) {
  return only_bit<crypto::Asym>(base_asym_algo, classical_signatures);
}
std::optional<crypto::Asym> pqc_asym_of(std::uint32_t pqc_asym_algo) {
  return only_bit(pqc_asym_algo, pqc_signatures, crypto::Asym::ML_DSA_44);
}
std::optional<crypto::Group> group_of(std::uint16_t dhe) { return only_bit<crypto::Group>(dhe, groups); }
std::optional<crypto::Kem> kem_of(std::uint16_t kem) { return only_bit<crypto::Kem>(kem, kems); }
std::optional<crypto::Aead> aead_of(std::uint16_t aead) { return only_bit<crypto::Aead>(aead, aeads); }

std::uint32_t bit_of(crypto::Hash hash) { return bit(hash); }
std::uint32_t measurement_bit_of(crypto::Hash hash) { return bit(hash) << 1; }
std::uint32_t bit_of(crypto::Asym asym) { return is_pqc(asym) ? bit(asym, crypto::Asym::ML_DSA_44) : bit(asym); }
std::uint16_t bit_of(crypto::Group group) { return static_cast<std::uint16_t>(bit(group)); }
std::uint16_t bit_of(crypto::Kem kem) { return static_cast<std::uint16_t>(bit(kem)); }
std::uint16_t bit_of(crypto::Aead aead) { return static_cast<std::uint16_t>(bit(aead)); }

Endpoint Endpoint::from(const CapabilityFields& fields) {
  return {fields.flags, fields.ext_flags, fields.ct_exponent, fields.data_transfer_size, fields.max_spdm_msg_size};
}

void Negotiated::take(const GET_CAPABILITIES& request, const CAPABILITIES& response) {
  *this = Negotiated{};
  spdm_version = request.version;
  requester = Endpoint::from(request);
  responder = Endpoint::from(response);
}

void Negotiated::take(const NEGOTIATE_ALGORITHMS& request, const ALGORITHMS& response) {
  hash = hash_of(response.base_hash_sel);
  measurement_hash = measurement_hash_of(response.measurement_hash_algo);
  dmtf_measurements = (response.measurement_specification_sel & MEASUREMENT_SPECIFICATION_DMTF) != 0;
  dmtf_measurement_log = (response.mel_specification_sel & MEL_SPECIFICATION_DMTF) != 0;
  const bool pqc = spdm_version >= VERSION_1_4;
  asym = signature_of(response.base_asym_sel, pqc ? response.pqc_asym_sel : 0);
  requester_asym = signature_of(selected(response, AlgType::ReqBaseAsymAlg),
                                pqc ? selected(response, AlgType::ReqPqcAsymAlg) : std::uint16_t{0});
  group = group_of(selected(response, AlgType::DHE));
  kem = pqc ? kem_of(selected(response, AlgType::KEMAlg)) : std::nullopt;
  aead = aead_of(selected(response, AlgType::AEADCipherSuite));
  key_schedule = (selected(response, AlgType::KeySchedule) & KEY_SCHEDULE_SPDM) != 0;
  if (spdm_version >= VERSION_1_2)
    opaque_format = static_cast<OpaqueFormat>(response.other_params_selection & other_params::OpaqueDataFmt);
  const bool multi_key = spdm_version >= VERSION_1_3;
  // The requester asks in its request for the responder's side; the responder answers for the requester's side.
  responder_multi_key = multi_key && (request.other_params_support & other_params::MULTI_KEY_CONN) != 0;
  requester_multi_key = multi_key && (response.other_params_selection & other_params::MULTI_KEY_CONN) != 0;
  algorithms_selected = true;
}

bool Negotiated::handshake_in_the_clear() const { return both_have(capability::HANDSHAKE_IN_THE_CLEAR_CAP); }

bool Negotiated::encrypts() const { return both_have(capability::ENCRYPT_CAP); }

wire::Context Negotiated::context() const {
  wire::Context context;
  if (spdm_version != 0) context.spdm_version = spdm_version;
  if (hash) context.hash_size = crypto::hash_size(*hash);
  if (asym) context.signature_size = crypto::signature_size(*asym);
  if (requester_asym) context.requester_signature_size = crypto::signature_size(*requester_asym);
  if (kem) {
    context.request_exchange_size = crypto::encapsulation_key_size(*kem);
    context.response_exchange_size = crypto::ciphertext_size(*kem);
  } else if (group) {
    context.request_exchange_size = context.response_exchange_size = crypto::exchange_size(*group);
  }
  context.handshake_in_the_clear = handshake_in_the_clear();
  context.multi_key = responder_multi_key;
  context.measurement_capability = responder.has(capability::MEAS_CAP);
  return context;
}

std::optional<std::string> Negotiated::hash_missing() const {
  if (!hash) return "no hash was selected";
  return crypto::unsupported(*hash);
}

std::optional<std::string> Negotiated::session_missing() const {
  if (auto why = hash_missing()) return why;
  if (!aead) return "no AEAD cipher suite was selected";
  if (!key_schedule) return "the SPDM key schedule was not selected";
  return crypto::unsupported(*aead);
}

}  // namespace lockstep::spdm
