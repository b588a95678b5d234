// VERSION, CAPABILITIES, ALGORITHMS of the reference device.
#include <algorithm>
#include <array>

#include "device/offers.hpp"
#include "device/responder_author.hpp"
#include "spdm/chain.hpp"

namespace lockstep::device {
namespace {

namespace w = wire::spdm;
namespace cap = wire::spdm::capability;
using crypto::Aead;
using crypto::Asym;
using crypto::Group;
using crypto::Hash;

constexpr Byte CT_EXPONENT = 20;  // a second for a signature
constexpr std::uint32_t MESSAGE_SIZE = 0x1200;

// What is selected from the common algorithms: the usual strength of a TEE-IO device first.
constexpr std::array SIGNATURES{Asym::ECDSA_P384,  Asym::ECDSA_P256,  Asym::ECDSA_P521,  Asym::RSAPSS_3072,
                                Asym::RSASSA_3072, Asym::RSAPSS_4096, Asym::RSASSA_4096, Asym::RSAPSS_2048,
                                Asym::RSASSA_2048, Asym::ED25519,     Asym::ED448,       Asym::SM2_P256};
constexpr std::array HASHES{Hash::SHA_384,  Hash::SHA_256,  Hash::SHA_512, Hash::SHA3_384,
                            Hash::SHA3_256, Hash::SHA3_512, Hash::SM3_256};
constexpr std::array GROUPS{Group::SECP384R1, Group::SECP256R1, Group::SECP521R1, Group::FFDHE3072,
                            Group::FFDHE4096, Group::FFDHE2048, Group::SM2_P256};
constexpr std::array AEADS{Aead::AES_256_GCM, Aead::AES_128_GCM, Aead::CHACHA20_POLY1305, Aead::SM4_GCM};

/// The bit of the first algorithm that is in `common`, 0 when there is none.
template <class Algorithms>
std::uint32_t first_of(const Algorithms& preferred, std::uint32_t common) {
  for (const auto algorithm : preferred)
    if (const std::uint32_t bit = spdm::bit_of(algorithm); (common & bit) != 0) return bit;
  return 0;
}

std::uint16_t select(const w::AlgStruct& table, const Offers& offers) {
  const std::uint32_t offered = table.alg_supported;
  switch (static_cast<w::AlgType>(table.alg_type)) {
    case w::AlgType::DHE:
      return static_cast<std::uint16_t>(first_of(GROUPS, offered & offers.dhe));
    case w::AlgType::AEADCipherSuite:
      return static_cast<std::uint16_t>(first_of(AEADS, offered & offers.aead));
    case w::AlgType::ReqBaseAsymAlg:
      return static_cast<std::uint16_t>(first_of(SIGNATURES, offered & offers.requester_asym));
    case w::AlgType::KeySchedule:
      return static_cast<std::uint16_t>(offered & w::KEY_SCHEDULE_SPDM);
    default:
      return 0;
  }
}

/// Tables that the device knows; the others are left out (false alarm P25).
bool known(const w::AlgStruct& table) {
  return table.alg_type >= static_cast<Byte>(w::AlgType::DHE) &&
         table.alg_type <= static_cast<Byte>(w::AlgType::KeySchedule);
}

/// OpaqueDataFmt1 where it is offered; sessions need it.
Byte opaque_format(Byte offered) {
  if ((offered & w::other_params::OpaqueDataFmt1) != 0) return w::other_params::OpaqueDataFmt1;
  return offered & w::other_params::OpaqueDataFmt0;
}

bool sessions(const spdm::Negotiated& n) { return n.both_have(cap::KEY_EX_CAP) || n.both_have(cap::PSK_CAP); }

}  // namespace

Author::Contents Author::version(const Store& store, const Decided& d) {
  w::VERSION message;
  for (const Byte v : options_->versions)
    message.version_number_entries.push_back({static_cast<std::uint16_t>(std::uint16_t{v} << 8)});
  wire::Context c = context(store, d);
  c.spdm_version = w::VERSION_1_0;
  return finish(store, message, c);
}

Author::Contents Author::capabilities(const Store& store, const Decided& d) {
  const wire::Context c = context(store, d);
  w::CAPABILITIES message;
  std::uint32_t flags = cap::CERT_CAP | cap::CHAL_CAP | cap::MEAS_CAP_SIG | cap::MEAS_FRESH_CAP | cap::ENCRYPT_CAP |
                        cap::MAC_CAP | cap::MUT_AUTH_CAP | cap::KEY_EX_CAP | cap::ENCAP_CAP | cap::HBEAT_CAP |
                        cap::KEY_UPD_CAP;
  flags |= options_->psk_without_context ? cap::PSK_CAP_NO_CONTEXT : cap::PSK_CAP_WITH_CONTEXT;
  if (options_->handshake_in_the_clear) flags |= cap::HANDSHAKE_IN_THE_CLEAR_CAP;
  if (options_->data_transfer_size) flags |= cap::CHUNK_CAP;
  const bool information = options_->information || (behaviour_ != nullptr && behaviour_->has_information);
  if (information) flags |= cap::MEL_CAP | cap::EP_INFO_CAP_SIG;
  if (behaviour_ != nullptr) flags |= behaviour_->claims;
  message.flags = flags & cap::responder_flags(c.spdm_version) & ~options_->capabilities_left_out;
  message.ct_exponent = CT_EXPONENT;
  message.data_transfer_size = options_->data_transfer_size.value_or(MESSAGE_SIZE);
  message.max_spdm_msg_size = MESSAGE_SIZE;
  return finish(store, message, c);
}

Author::Contents Author::algorithms(const Store& store, const Decided& d) {
  const wire::AnyMessage asked = request(store, d);
  const auto* offer = asked.as<w::NEGOTIATE_ALGORITHMS>();
  if (offer == nullptr) return Unexpected{Declined{}};
  const wire::Context c = context(store, d);
  const auto& negotiated = store.conversation.negotiated();
  const Offers& offers = options_->algorithms;

  w::ALGORITHMS message;
  const std::uint32_t signs = options_->identity ? usable(*options_->identity, offers.base_asym) : offers.base_asym;
  message.base_asym_sel = first_of(SIGNATURES, offer->base_asym_algo & signs);
  message.base_hash_sel = first_of(HASHES, offer->base_hash_algo & offers.base_hash);
  if (message.base_asym_sel == 0 || message.base_hash_sel == 0) return Unexpected{Declined{}};
  if (negotiated.responder.has(cap::MEAS_CAP))
    message.measurement_specification_sel = offer->measurement_specification & w::MEASUREMENT_SPECIFICATION_DMTF;
  if (message.measurement_specification_sel != 0)
    message.measurement_hash_algo = spdm::measurement_bit_of(*spdm::hash_of(message.base_hash_sel));
  if (c.spdm_version >= w::VERSION_1_2) {
    message.other_params_selection = opaque_format(offer->other_params_support);
    if (sessions(negotiated) && message.other_params_selection != w::other_params::OpaqueDataFmt1)
      return Unexpected{Declined{}};
  }
  if (c.spdm_version >= w::VERSION_1_3) {
    if (negotiated.responder.has(cap::MEL_CAP))
      message.mel_specification_sel = offer->mel_specification & w::MEL_SPECIFICATION_DMTF;
    // The device has one key for each algorithm; a requester that has several only says so.
    if ((offer->other_params_support & w::other_params::MULTI_KEY_CONN) != 0) return Unexpected{Declined{}};
    if ((negotiated.requester.flags & cap::MULTI_KEY_CAP) == cap::MULTI_KEY_CAP_ONLY)
      message.other_params_selection |= w::other_params::MULTI_KEY_CONN;
  }
  for (const w::AlgStruct& table : offer->alg_structs) {
    if (!known(table)) continue;
    w::AlgStruct selection;
    selection.alg_type = table.alg_type;
    selection.alg_supported = select(table, offers);
    message.alg_structs.push_back(selection);
  }
  message.version = c.spdm_version;
  message = wire::canonical(std::move(message), c);
  message.length = static_cast<std::uint16_t>(wire::encode(message, c).size());
  return finish(store, message, c);
}

}  // namespace lockstep::device
