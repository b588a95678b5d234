// KEY_EXCHANGE_RSP, PSK_EXCHANGE_RSP, FINISH_RSP and the encapsulated flow of the reference device.
#include <algorithm>
#include <array>

#include "device/responder_author.hpp"
#include "device/responder_encapsulated.hpp"
#include "device/responder_measurements.hpp"
#include "spdm/opaque.hpp"

namespace lockstep::device {
namespace {

namespace w = wire::spdm;
namespace cap = wire::spdm::capability;
using spdm::MutAuth;

constexpr std::size_t CONTEXT_SIZE = 32;

Byte mut_auth_bits(MutAuth wanted) {
  switch (wanted) {
    case MutAuth::no_encapsulation:
      return w::KEY_EXCHANGE_RSP::MUT_AUTH_REQUESTED;
    case MutAuth::encapsulated:
      return w::KEY_EXCHANGE_RSP::MUT_AUTH_WITH_ENCAP_REQUEST;
    case MutAuth::implicit_get_digests:
      return w::KEY_EXCHANGE_RSP::MUT_AUTH_WITH_GET_DIGESTS;
    case MutAuth::none:
      break;
  }
  return 0;
}

/// The highest version of secured messages that was offered; nothing offered is nothing to select. nullopt: none fits.
std::optional<Bytes> select_secured_messages(const spdm::Negotiated& negotiated, View opaque_data) {
  const auto offer = spdm::parse_opaque(negotiated, opaque_data);
  if (!offer) return std::nullopt;
  const auto& offered = offer->supported_versions;
  if (offered.empty()) return Bytes{};
  const auto is_offered = [&](std::uint16_t version) {
    return std::any_of(offered.begin(), offered.end(), [&](std::uint16_t o) { return o >> 8 == version >> 8; });
  };
  const auto& ours = spdm::SECURED_MESSAGE_VERSIONS;
  const auto newest = std::find_if(ours.rbegin(), ours.rend(), is_offered);
  if (newest != ours.rend()) return spdm::build_selected_version(negotiated, *newest);
  return std::nullopt;
}

}  // namespace

bool Author::wants_mutual_authentication(const spdm::Negotiated& negotiated) const {
  return negotiated.both_have(cap::MUT_AUTH_CAP) && negotiated.requester_asym.has_value();
}

Byte Author::heartbeat_period(const spdm::Negotiated& negotiated) const {
  return negotiated.both_have(cap::HBEAT_CAP) ? options_->heartbeat_period : Byte{0};
}

std::uint16_t Author::fresh_session_id(const Store& store, std::uint16_t requester_half) {
  for (;;) {
    const auto half = static_cast<std::uint16_t>(read_le(random_.bytes(2)));
    const std::uint32_t id = std::uint32_t{half} << 16 | requester_half;
    if (half != 0 && half != 0xFFFF && store.conversation.session(id) == nullptr) return half;
  }
}

Author::Contents Author::key_exchange_rsp(Store& store, const Decided& d) {
  const wire::AnyMessage asked = request(store, d);
  const auto* exchange = asked.as<w::KEY_EXCHANGE>();
  const auto& negotiated = store.conversation.negotiated();
  if (exchange == nullptr || exchange->param2 != 0 || !negotiated.group) return Unexpected{Declined{}};
  const auto opaque_data = select_secured_messages(negotiated, exchange->opaque_data);
  const bool keeps = behaviour_ != nullptr && behaviour_->keeps_ephemeral;
  const auto& first = keeps ? store.conversation.secrets().ephemeral : options_->ephemeral;
  const bool given = first && first->group() == *negotiated.group;
  const auto own =
      given ? Result<crypto::KeyExchange, crypto::Error>(*first) : crypto::KeyExchange::generate(*negotiated.group);
  if (!opaque_data || !own || !own->shared_secret(exchange->exchange_data)) return Unexpected{Declined{}};
  store.conversation.secrets().ephemeral = *own;

  const wire::Context c = context(store, d);
  const spdm::Letter& letter = std::get<SpdmLetter>(d.letter.body).letter;
  w::KEY_EXCHANGE_RSP message;
  message.param1 = letter.heartbeat ? heartbeat_period(negotiated) : Byte{0};
  message.rsp_session_id = fresh_session_id(store, exchange->req_session_id);
  message.mut_auth_requested = mut_auth_bits(letter.mut_auth);
  message.random_data = random_.bytes(w::NONCE_SIZE);
  message.exchange_data = own->public_bytes();
  if (c.measurement_summary_hash) message.measurement_summary_hash = measurement_summary(negotiated, exchange->param1);
  message.opaque_data = *opaque_data;
  Bytes bytes = finish(store, message, c);
  bytes.resize(bytes.size() - c.signature_size - (c.handshake_in_the_clear ? 0 : c.hash_size));
  if (auto declined = sign(store, d, spdm::Purpose::responder_key_exchange_rsp, bytes)) return Unexpected{*declined};
  if (!c.handshake_in_the_clear)
    if (auto declined = add_verify_data(store, d, bytes)) return Unexpected{*declined};
  return bytes;
}

Author::Contents Author::psk_exchange_rsp(Store& store, const Decided& d) {
  const wire::AnyMessage asked = request(store, d);
  const auto* exchange = asked.as<w::PSK_EXCHANGE>();
  if (exchange == nullptr) return Unexpected{Declined{}};
  const auto& negotiated = store.conversation.negotiated();
  const auto opaque_data = select_secured_messages(negotiated, exchange->opaque_data);
  if (!opaque_data) return Unexpected{Declined{}};
  const wire::Context c = context(store, d);
  const spdm::Letter& letter = std::get<SpdmLetter>(d.letter.body).letter;
  w::PSK_EXCHANGE_RSP message;
  message.param1 = letter.heartbeat ? heartbeat_period(negotiated) : Byte{0};
  message.rsp_session_id = fresh_session_id(store, exchange->req_session_id);
  if (!letter.psk_without_context) message.responder_context = random_.bytes(CONTEXT_SIZE);
  if (c.measurement_summary_hash) message.measurement_summary_hash = measurement_summary(negotiated, exchange->param1);
  message.opaque_data = *opaque_data;
  Bytes bytes = finish(store, message, c);
  bytes.resize(bytes.size() - c.hash_size);
  if (auto declined = add_verify_data(store, d, bytes)) return Unexpected{*declined};
  return bytes;
}

Author::Contents Author::finish_rsp(const Store& store, const Decided& d) {
  const wire::Context c = context(store, d);
  Bytes bytes = finish(store, w::FINISH_RSP{}, c);
  if (!c.handshake_in_the_clear) return bytes;
  bytes.resize(bytes.size() - c.hash_size);
  if (auto declined = add_verify_data(store, d, bytes)) return Unexpected{*declined};
  return bytes;
}

Author::Contents Author::key_update_ack(const Store& store, const Decided& d) {
  const wire::AnyMessage asked = request(store, d);
  const auto* update = asked.as<w::KEY_UPDATE>();
  if (update == nullptr) return Unexpected{Declined{}};
  w::KEY_UPDATE_ACK message;
  message.param1 = update->param1;
  message.param2 = update->param2;
  return finish(store, message, context(store, d));
}

Author::Contents Author::encapsulated_request(const Store& store, const Decided& d) {
  const wire::Context c = context(store, d);
  w::ENCAPSULATED_REQUEST message;
  message.param1 = ++request_id_;
  message.encapsulated_request = first_encapsulated(c);
  return finish(store, message, c);
}

Author::Contents Author::encapsulated_response_ack(const Store& store, const Decided& d) {
  using M = w::ENCAPSULATED_RESPONSE_ACK;
  const wire::AnyMessage asked = request(store, d);
  const auto* deliver = asked.as<w::DELIVER_ENCAPSULATED_RESPONSE>();
  if (deliver == nullptr) return Unexpected{Declined{}};
  const wire::Context c = context(store, d);
  M message;
  message.ack_request_id = deliver->param1;
  const auto next = next_encapsulated(store, d.session, random_);
  if (next) {
    message.param1 = ++request_id_;
    message.param2 = static_cast<Byte>(M::PayloadType::Present);
    message.encapsulated_request = *next;
  } else if (d.letter.session != NONE) {
    message.param2 = static_cast<Byte>(M::PayloadType::ReqSlotNumber);
    message.encapsulated_request = {REQUESTER_SLOT};
  }
  return finish(store, message, c);
}

}  // namespace lockstep::device
