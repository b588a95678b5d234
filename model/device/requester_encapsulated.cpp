// The requester as the one that answers: its identity, and its responses in the encapsulated flow.
#include <algorithm>

#include "crypto/hash.hpp"
#include "device/channel.hpp"
#include "device/requester.hpp"
#include "spdm/chain.hpp"
#include "wire/spdm_registry.hpp"

namespace lockstep::device {
namespace {

namespace w = wire::spdm;

Result<Bytes, std::string> nothing(std::string why) { return Unexpected{std::move(why)}; }

}  // namespace

Result<Signer, std::string> Requester::make_signer(crypto::Asym asym, crypto::Hash hash) const {
  if (options_.identity) {
    auto given = signer(*options_.identity, asym);
    if (!given) return Unexpected{std::string("the requester's key is not of the algorithm that was negotiated")};
    return std::move(*given);
  }
  auto pki =
      crypto::make_pki(asym, hash, {.name = "Lockstep requester", .responder_auth = false, .requester_auth = true});
  if (!pki) return Unexpected{pki.error().why};
  return Signer{pki->chain, pki->leaf_key};
}

/// Our own chain for mutual authentication, of the algorithm that was negotiated for it.
Requester::Made Requester::know_own_chain(Store& store) {
  const auto& negotiated = store.conversation.negotiated();
  if (!negotiated.requester_asym || !negotiated.hash)
    return nothing("no algorithm for the requester's signature was negotiated");
  if (!own_ || own_->key.asym() != *negotiated.requester_asym) {
    auto made = make_signer(*negotiated.requester_asym, *negotiated.hash);
    if (!made) return nothing(made.error());
    own_ = std::move(*made);
  }
  Bytes chain = spdm::build_chain(version(store), *negotiated.hash, own_->certificates.front(), own_->certificates);
  store.conversation.know_chain(Role::requester, 0, chain);
  return chain;
}

namespace {

Bytes encapsulated_digests(const Store& store, View chain, const wire::Context& context) {
  w::DIGESTS response;
  response.param2 = 1;  // slot 0
  response.digests.push_back({crypto::digest(*store.conversation.negotiated().hash, chain)});
  if (context.spdm_version >= w::VERSION_1_3) response.param1 = 1;
  return encoded(response, context.spdm_version, context);
}

Bytes encapsulated_certificate(const w::GET_CERTIFICATE& request, View chain, const wire::Context& context) {
  w::CERTIFICATE response;
  response.param1 = request.param1;
  const std::size_t offset = std::min<std::size_t>(request.offset, chain.size());
  response.cert_chain = copy(chain.subspan(offset, std::min<std::size_t>(request.length, chain.size() - offset)));
  response.remainder_length = static_cast<std::uint16_t>(chain.size() - offset - response.cert_chain.size());
  return encoded(response, context.spdm_version, context);
}

}  // namespace

/// CHALLENGE_AUTH of basic mutual authentication: signed over what the encapsulated flow has carried.
Requester::Made Requester::encapsulated_challenge_auth(const Store& store, const w::CHALLENGE& challenge, View chain,
                                                       spdm::SessionId session) {
  const wire::Context context = store.conversation.encapsulated_context(Role::requester, session);
  w::CHALLENGE_AUTH response;
  response.param2 = 1;  // slot 0
  response.cert_chain_hash = crypto::digest(*store.conversation.negotiated().hash, chain);
  response.nonce = random_.bytes(w::NONCE_SIZE);
  response.context = challenge.context;
  Bytes message = encoded(response, context.spdm_version, context);
  message.resize(message.size() - context.signature_size);
  auto signature = store.conversation.sign(spdm::Purpose::requester_challenge_auth, own_->key, message, session);
  if (!signature) return signature;
  append(message, *signature);
  return message;
}

Requester::Made Requester::deliver(Store& store, const spdm::Letter& letter, spdm::SessionId session) {
  auto own = know_own_chain(store);
  if (!own) return own;
  const spdm::Channel* channel = channel_of(store, session);
  const wire::Context context = store.conversation.context(Role::requester, session);
  const wire::Context inner = w::encapsulated(context);
  w::DELIVER_ENCAPSULATED_RESPONSE request;
  request.param1 = channel != nullptr ? channel->encapsulated_id : Byte{0};
  if (letter.defect == spdm::Defect::request_id_mismatch) ++request.param1;
  const wire::AnyMessage asked =
      channel != nullptr && channel->encapsulated ? channel->encapsulated->message : wire::AnyMessage{};
  if (const auto* get = asked.as<w::GET_CERTIFICATE>()) {
    request.encapsulated_response = encapsulated_certificate(*get, *own, inner);
  } else if (const auto* challenge = asked.as<w::CHALLENGE>()) {
    auto response = encapsulated_challenge_auth(store, *challenge, *own, session);
    if (!response) return response;
    request.encapsulated_response = std::move(*response);
  } else if (const auto* update = asked.as<w::KEY_UPDATE>()) {
    w::KEY_UPDATE_ACK ack;
    ack.param1 = update->param1;
    ack.param2 = update->param2;
    request.encapsulated_response = encoded(ack, version(store), inner);
  } else {
    request.encapsulated_response = encapsulated_digests(store, *own, inner);
  }
  return encoded(request, version(store), context);
}

}  // namespace lockstep::device
