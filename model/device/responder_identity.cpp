// DIGESTS, CERTIFICATE, CHALLENGE_AUTH and MEASUREMENTS of the reference device. It has one slot.
#include <algorithm>

#include "crypto/hash.hpp"
#include "device/responder_author.hpp"
#include "device/responder_encapsulated.hpp"
#include "device/responder_measurements.hpp"
#include "spdm/chain.hpp"

namespace lockstep::device {
namespace {

namespace w = wire::spdm;
constexpr Byte SLOT_MASK = 0x01;
constexpr Byte CONTENT_UNCHANGED = 2 << 4;  // in Param2 of MEASUREMENTS, since 1.2
constexpr std::size_t CERTIFICATE_HEADER = 8;

/// Cuts the message where its signature begins.
void cut_signature(Bytes& message, const wire::Context& c) { message.resize(message.size() - c.signature_size); }

}  // namespace

std::optional<Signer> Author::own(const Store& store) const {
  const auto& negotiated = store.conversation.negotiated();
  if (!negotiated.asym || !negotiated.hash) return std::nullopt;
  if (options_->identity) return signer(*options_->identity, *negotiated.asym);
  const bool of_requester = behaviour_ != nullptr && behaviour_->shows_leaf_of_requester;
  const crypto::Pki* pki = device_pki(*negotiated.asym, *negotiated.hash, of_requester);
  if (pki == nullptr) return std::nullopt;
  return Signer{pki->chain, pki->leaf_key};
}

std::optional<Bytes> Author::own_chain(const Store& store) const {
  const auto signer = own(store);
  if (!signer) return std::nullopt;
  const auto& negotiated = store.conversation.negotiated();
  return spdm::build_chain(negotiated.spdm_version, *negotiated.hash, signer->certificates.front(),
                           signer->certificates);
}

void Author::learn_chains(Store& store) const {
  const auto& negotiated = store.conversation.negotiated();
  if (auto own = own_chain(store)) store.conversation.know_chain(Role::responder, 0, std::move(*own));
  const auto& theirs = options_->requester_certificates;
  if (!theirs.empty() && negotiated.hash && !negotiated.hash_missing())
    store.conversation.know_chain(Role::requester, REQUESTER_SLOT,
                                  spdm::build_chain(negotiated.spdm_version, *negotiated.hash, theirs.front(), theirs));
}

Author::Contents Author::digests(const Store& store, const Decided& d) {
  const std::optional<Bytes> chain = own_chain(store);
  if (!chain) return Unexpected{Declined{}};
  const wire::Context c = context(store, d);
  w::DIGESTS message;
  if (c.spdm_version >= w::VERSION_1_3) message.param1 = SLOT_MASK;
  message.param2 = SLOT_MASK;
  message.digests.push_back({crypto::digest(*store.conversation.negotiated().hash, *chain)});
  return finish(store, message, c);
}

Author::Contents Author::certificate(const Store& store, const Decided& d) {
  const wire::AnyMessage asked = request(store, d);
  const auto* get = asked.as<w::GET_CERTIFICATE>();
  const std::optional<Bytes> chain = own_chain(store);
  if (get == nullptr || !chain || (get->param1 & 0x0F) != 0) return Unexpected{Declined{}};
  const wire::Context c = context(store, d);
  if (c.spdm_version >= w::VERSION_1_4 && (get->param1 & get->LARGE_CERT_CHAIN) != 0)
    return Unexpected{Declined{w::ErrorCode::UnsupportedRequest}};  // LARGE_RESP_CAP is not claimed
  const bool only_size = c.spdm_version >= w::VERSION_1_3 && (get->param2 & get->SLOT_SIZE_REQUESTED) != 0;
  const std::size_t offset = only_size ? 0 : get->offset;
  const std::size_t length = only_size ? 0 : get->length;
  if (offset >= chain->size()) return Unexpected{Declined{}};
  const std::size_t size = std::min({length, chain->size() - offset, most(store) - CERTIFICATE_HEADER});
  w::CERTIFICATE message;
  message.cert_chain = copy(View(*chain).subspan(offset, size));
  message.remainder_length = static_cast<std::uint16_t>(chain->size() - offset - size);
  return finish(store, message, c);
}

Author::Contents Author::challenge_auth(const Store& store, const Decided& d) {
  const wire::AnyMessage asked = request(store, d);
  const auto* challenge = asked.as<w::CHALLENGE>();
  const std::optional<Bytes> chain = own_chain(store);
  if (challenge == nullptr || !chain || challenge->param1 != 0) return Unexpected{Declined{}};
  const auto& negotiated = store.conversation.negotiated();
  const wire::Context c = context(store, d);
  w::CHALLENGE_AUTH message;
  const auto& letter = std::get<SpdmLetter>(d.letter.body).letter;
  if (letter.mut_auth != spdm::MutAuth::none) message.param1 = w::CHALLENGE_AUTH::BASIC_MUT_AUTH_REQ;
  message.param2 = SLOT_MASK;
  message.cert_chain_hash = crypto::digest(*negotiated.hash, *chain);
  message.nonce = random_.bytes(w::NONCE_SIZE);
  if (c.measurement_summary_hash) message.measurement_summary_hash = measurement_summary(negotiated, challenge->param2);
  message.context = challenge->context;
  Bytes bytes = finish(store, message, c);
  cut_signature(bytes, c);
  if (auto declined = sign(store, d, spdm::Purpose::responder_challenge_auth, bytes)) return Unexpected{*declined};
  return bytes;
}

Author::Contents Author::measurements(const Store& store, const Decided& d) {
  using M = w::MEASUREMENTS;
  using Get = w::GET_MEASUREMENTS;
  const wire::AnyMessage asked = request(store, d);
  const auto* get = asked.as<Get>();
  const auto& negotiated = store.conversation.negotiated();
  const wire::Context c = context(store, d);
  if (get == nullptr || !negotiated.dmtf_measurements || (get->slot_id_param & 0x0F) != 0)
    return Unexpected{Declined{}};
  const bool raw = c.spdm_version >= w::VERSION_1_2 && (get->param1 & Get::RAW_BIT_STREAM_REQUESTED) != 0;
  const auto blocks = measurement_blocks(negotiated, raw);
  M message;
  if (get->param2 == Get::TOTAL_NUMBER) message.param1 = static_cast<Byte>(blocks.size());
  for (const auto& block : blocks) {
    if (get->param2 != Get::ALL && get->param2 != block.index) continue;
    append(message.measurement_record, wire::encode(block, c));
    ++message.number_of_blocks;
  }
  if (get->param2 != Get::TOTAL_NUMBER && message.number_of_blocks == 0) return Unexpected{Declined{}};
  if (c.signature_requested && c.spdm_version >= w::VERSION_1_2) message.param2 = CONTENT_UNCHANGED;
  message.nonce = random_.bytes(w::NONCE_SIZE);
  message.context = get->context;
  Bytes bytes = finish(store, message, c);
  if (!c.signature_requested) return bytes;
  cut_signature(bytes, c);
  if (auto declined = sign(store, d, spdm::Purpose::responder_measurements, bytes)) return Unexpected{*declined};
  return bytes;
}

}  // namespace lockstep::device
