#include "device/responder_author.hpp"

#include <mutex>
#include <tuple>

#include "device/responder_encapsulated.hpp"
#include "wire/spdm_registry.hpp"
#include "wire/vendor_defined.hpp"

namespace lockstep::device {
namespace {

namespace w = wire::spdm;
using w::Code;
using w::ErrorCode;

/// A code where the machines leave it open: after a forgotten negotiation 1.2.2 asks for RequestResynch.
ErrorCode any_error(const Decided& d) {
  const bool forgotten = d.session == std::nullopt && d.after.connection.state == spdm::ConnectionState::NOT_STARTED;
  return forgotten ? ErrorCode::RequestResynch : ErrorCode::InvalidRequest;
}

/// The conversation as if a neighbouring version had been negotiated.
spdm::Conversation of_another_version(const Store& store) {
  spdm::Conversation other = store.conversation;
  Byte& version = other.altered().negotiated.spdm_version;
  version = version == w::VERSION_1_3 ? w::VERSION_1_4 : w::VERSION_1_3;
  return other;
}

}  // namespace

namespace {

struct DevicePki {
  std::mutex mutex;
  std::map<std::tuple<crypto::Asym, crypto::Hash, bool>, std::optional<crypto::Pki>> made;
};
DevicePki& pki_of_all() {
  static DevicePki all;
  return all;
}

}  // namespace

void use_device_pki(crypto::Asym asym, crypto::Hash hash, crypto::Pki pki) {
  auto& [mutex, made] = pki_of_all();
  const std::lock_guard guard(mutex);
  made[{asym, hash, false}] = std::move(pki);
}

const crypto::Pki* device_pki(crypto::Asym asym, crypto::Hash hash, bool of_requester) {
  auto& [mutex, made] = pki_of_all();
  const std::lock_guard guard(mutex);
  const auto [place, is_new] = made.try_emplace({asym, hash, of_requester});
  crypto::MakePkiOptions options{.name = "Lockstep reference device"};
  options.responder_auth = !of_requester;
  options.requester_auth = of_requester;
  if (is_new)
    if (auto pki = crypto::make_pki(asym, hash, options)) place->second = std::move(*pki);
  return place->second ? &*place->second : nullptr;
}

wire::AnyMessage Author::request(const Store& store, const Decided& d) const {
  const spdm::Pending* pending = store.conversation.pending(d.session);
  return pending == nullptr ? wire::AnyMessage{} : pending->message;
}

wire::Context Author::context(const Store& store, const Decided& d) const {
  return store.conversation.context(Role::responder, d.session);
}

Bytes Author::finish(const Store& store, wire::AnyMessage message, const wire::Context& c) const {
  wire::canonicalise(message.layout(), message.object(), c);
  if (behaviour_ != nullptr && behaviour_->write) behaviour_->write(message, store);
  Bytes bytes = wire::encode(message.layout(), message.object(), c);
  if (behaviour_ != nullptr && behaviour_->resize) behaviour_->resize(message.layout(), bytes);
  return bytes;
}

std::optional<Declined> Author::sign(const Store& store, const Decided& d, spdm::Purpose purpose,
                                     Bytes& message) const {
  const auto signer = own(store);
  if (!signer) return Declined{ErrorCode::Unspecified};
  const bool oddly = behaviour_ != nullptr && behaviour_->signs_as_another_version;
  const spdm::Conversation odd = oddly ? of_another_version(store) : spdm::Conversation{};
  auto signature = (oddly ? odd : store.conversation).sign(purpose, signer->key, message, d.session);
  if (!signature) return Declined{ErrorCode::Unspecified};
  if (behaviour_ != nullptr && behaviour_->sign) behaviour_->sign(*signature);
  append(message, *signature);
  return std::nullopt;
}

std::optional<Declined> Author::add_verify_data(const Store& store, const Decided& d, Bytes& message) const {
  const bool oddly = behaviour_ != nullptr && behaviour_->derives_as_another_version;
  const spdm::Conversation odd = oddly ? of_another_version(store) : spdm::Conversation{};
  const auto verify_data = (oddly ? odd : store.conversation).verify_data(message, d.session);
  if (!verify_data) return Declined{};
  append(message, *verify_data);
  return std::nullopt;
}

// --- every answer ----------------------------------------------------------------------------------------------------

Author::Contents Author::write(Store& store, const Decided& d) {
  const bool is_error = d.answer.kind == Answer::Kind::error;
  if (is_error && d.answer.protocol == AnswerProtocol::SPDM) {
    const bool open = d.answer.code == Answer::ANY;
    return error(store, d, {open ? any_error(d) : static_cast<ErrorCode>(d.answer.code)});
  }
  Contents contents = d.answer.protocol == AnswerProtocol::SPDM ? spdm_response(store, d) : inner(store, d);
  const bool zeros =
      behaviour_ != nullptr && (behaviour_->makes_up_contents || (behaviour_->writes_zeros && d.by_fault));
  if (!contents && zeros)
    if (const wire::Layout* layout = w::find_response(static_cast<Byte>(d.answer.code))) {
      const wire::Context c = context(store, d);
      wire::AnyMessage message(*layout);
      if (const wire::Field* version = layout->find("SPDMVersion")) version->set(message.object(), c.spdm_version);
      return finish(store, std::move(message), c);
    }
  if (contents && contents->size() > most(store)) {
    Bytes size;
    append_le(size, contents->size(), 4);
    return Unexpected{Declined{ErrorCode::ResponseTooLarge, size}};
  }
  return contents;
}

std::size_t Author::most(const Store& store) const {
  const auto& negotiated = store.conversation.negotiated();
  const auto& requester = negotiated.requester;
  const bool unlimited = behaviour_ != nullptr && behaviour_->answers_of_any_size;
  if (requester.data_transfer_size == 0 || unlimited) return SIZE_MAX;  // before 1.2 nothing is said
  return negotiated.both_have(w::capability::CHUNK_CAP) ? requester.max_spdm_msg_size : requester.data_transfer_size;
}

Bytes Author::error(const Store& store, const Decided& d, const Declined& declined) {
  const spdm::Pending* pending = store.conversation.pending(d.session);
  const Byte code = pending == nullptr ? Byte{0} : pending->code();
  const Byte negotiated = store.conversation.negotiated().spdm_version;
  w::ERROR message;
  message.version = negotiated != 0 && code != static_cast<Byte>(Code::GET_VERSION) ? negotiated : w::VERSION_1_0;
  message.param1 = static_cast<Byte>(declined.code);
  if (declined.code == ErrorCode::UnsupportedRequest) message.param2 = code;
  message.extended_error_data = declined.data;
  if (declined.code == ErrorCode::ResponseNotReady) {
    w::ResponseNotReadyData data;
    data.rdt_exponent = 10;  // a millisecond
    data.rdtm = 100;
    data.request_code = code;
    data.token = random_.bytes(1)[0];
    message.extended_error_data = wire::encode(data, {});
  }
  return finish(store, wire::AnyMessage(message), {});
}

Author::Contents Author::spdm_response(Store& store, const Decided& d) {
  const auto code = static_cast<Code>(d.answer.code);
  switch (code) {
    case Code::VERSION:
      return version(store, d);
    case Code::CAPABILITIES:
      return capabilities(store, d);
    case Code::ALGORITHMS:
      return algorithms(store, d);
    case Code::DIGESTS:
      return digests(store, d);
    case Code::CERTIFICATE:
      return certificate(store, d);
    case Code::CHALLENGE_AUTH:
      return challenge_auth(store, d);
    case Code::MEASUREMENTS:
      return measurements(store, d);
    case Code::MEASUREMENT_EXTENSION_LOG:
      return measurement_extension_log(store, d);
    case Code::ENDPOINT_INFO:
      return endpoint_info(store, d);
    case Code::KEY_EXCHANGE_RSP:
      return key_exchange_rsp(store, d);
    case Code::PSK_EXCHANGE_RSP:
      return psk_exchange_rsp(store, d);
    case Code::FINISH_RSP:
      return finish_rsp(store, d);
    case Code::PSK_FINISH_RSP:
      return finish(store, w::PSK_FINISH_RSP{}, context(store, d));
    case Code::HEARTBEAT_ACK:
      return finish(store, w::HEARTBEAT_ACK{}, context(store, d));
    case Code::KEY_UPDATE_ACK:
      return key_update_ack(store, d);
    case Code::END_SESSION_ACK:
      return finish(store, w::END_SESSION_ACK{}, context(store, d));
    case Code::ENCAPSULATED_REQUEST:
      return encapsulated_request(store, d);
    case Code::ENCAPSULATED_RESPONSE_ACK:
      return encapsulated_response_ack(store, d);
    default:  // VENDOR_DEFINED of a vendor that the device does not know
      return Unexpected{Declined{ErrorCode::UnsupportedRequest}};
  }
}

Author::Contents Author::inner(Store& store, const Decided& d) {
  const wire::AnyMessage outer = request(store, d);
  const wire::AnyMessage asked = inner_of(outer);
  const bool is_tdisp = d.answer.protocol == AnswerProtocol::TDISP;
  Contents message = is_tdisp ? tdisp(store, d, asked) : ide_km(store, d, asked);
  if (!message) return message;
  w::VENDOR_DEFINED_RESPONSE envelope;
  wire::fill_envelope(envelope,
                      wire::inner_payload(is_tdisp ? wire::Protocol::TDISP : wire::Protocol::IDE_KM, *message));
  return finish(store, envelope, context(store, d));
}

void Author::learn(Store& store, const Decided& d, const spdm::Seen& request) {
  if (d.answer.kind != Answer::Kind::response) return;
  if (d.answer.protocol == AnswerProtocol::SPDM && d.answer.code == w::ALGORITHMS::code) learn_chains(store);
  learn_report(store, d, request);
}

void Author::ask(const Store& store, Letter& letter, const spdm::Seen& request, spdm::SessionId session) const {
  auto* l = std::get_if<SpdmLetter>(&letter.body);
  if (l == nullptr || l->letter.defect != spdm::Defect::none) return;
  const auto& negotiated = store.conversation.negotiated();
  const spdm::Pending* pending = store.conversation.pending(session);
  const wire::AnyMessage asked = pending == nullptr ? request.message : pending->message;
  const bool key_exchange = asked.as<w::KEY_EXCHANGE>() != nullptr;
  if (key_exchange || asked.as<w::PSK_EXCHANGE>() != nullptr) l->letter.heartbeat = heartbeat_period(negotiated) != 0;
  if (key_exchange && options_->mutual_authentication && wants_mutual_authentication(negotiated))
    l->letter.mut_auth = options_->mutual_authentication_by;
  if (asked.as<w::CHALLENGE>() != nullptr && options_->basic_mutual_authentication &&
      wants_mutual_authentication(negotiated))
    l->letter.mut_auth = spdm::MutAuth::encapsulated;
  if (asked.as<w::DELIVER_ENCAPSULATED_RESPONSE>() != nullptr)
    l->letter.encapsulated_last = !flow_goes_on(store, session);
}

}  // namespace lockstep::device
