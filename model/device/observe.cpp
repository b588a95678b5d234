// What an answer is to the machines.
#include <algorithm>

#include "device/store.hpp"
#include "wire/spdm.hpp"

namespace lockstep::device {
namespace {

using wire::spdm::Code;
using wire::spdm::KEY_EXCHANGE_RSP;

Answer tdisp_answer(const wire::AnyMessage& message) {
  if (const auto* error = message.as<wire::tdisp::TDISP_ERROR>())
    return Answer::error(AnswerProtocol::TDISP, error->error_code);
  return Answer::response(AnswerProtocol::TDISP, *message.layout().code);
}

Answer ide_km_answer(const wire::AnyMessage& message) {
  const auto* ack = message.as<wire::ide_km::KP_ACK>();
  if (ack != nullptr && ack->status != static_cast<Byte>(wire::ide_km::Status::SUCCESSFUL))
    return Answer::error(AnswerProtocol::IDE_KM, ack->status);
  return Answer::response(AnswerProtocol::IDE_KM, *message.layout().code);
}

/// An empty VENDOR_DEFINED_RESPONSE says nothing, which is how devices without an IDE_KM error object refuse.
bool says_nothing(const spdm::Seen& response) {
  const auto* envelope = response.message.as<wire::spdm::VENDOR_DEFINED_RESPONSE>();
  return envelope != nullptr && envelope->vendor_defined_payload.size() <= 1;
}

/// A part of a large request that is refused: the ERROR stands inside the acknowledgement.
std::optional<Answer> chunk_refusal(const spdm::Seen& response) {
  const auto* ack = response.message.as<wire::spdm::CHUNK_SEND_ACK>();
  if (ack == nullptr) return std::nullopt;
  const Bytes& inside = ack->response_to_large_request;
  const bool error = inside.size() > 2 && inside[1] == static_cast<Byte>(Code::ERROR);
  if (!error && (ack->param1 & wire::spdm::EARLY_ERROR_DETECTED) == 0) return std::nullopt;
  return Answer::error(AnswerProtocol::SPDM, error ? inside[2] : 0);
}

/// Messages of other standards and vendors may be empty: only their own rules say what that means.
bool is_foreign(const Letter& letter) {
  const auto* l = std::get_if<SpdmLetter>(&letter.body);
  return l != nullptr && l->letter.stimulus == spdm::Stimulus::VENDOR_DEFINED_REQUEST &&
         l->letter.defect == spdm::Defect::none;
}

Answer answer_of(const Letter& letter, const spdm::Seen& response) {
  if (response.bytes.size() < 2) return Answer::silent();
  if (const auto refused = chunk_refusal(response)) return *refused;
  if (response.is(Code::ERROR))
    return Answer::error(AnswerProtocol::SPDM, response.bytes.size() > 2 ? response.bytes[2] : 0);
  if (says_nothing(response) && !is_foreign(letter)) return Answer::silent();
  const wire::AnyMessage inner = inner_of(response.message);
  if (!inner) return Answer::response(AnswerProtocol::SPDM, response.bytes[1]);
  return inner.layout().protocol == wire::Protocol::TDISP ? tdisp_answer(inner) : ide_km_answer(inner);
}

/// The state register of the stream at the queried port.
std::optional<ide_km::StreamState> state_in(const Store& store, const wire::ide_km::QUERY_RESP& response, Byte stream) {
  if (stream == NONE) return std::nullopt;
  for (const auto& block : response.selective_ide) {
    const bool enabled = (block.control & 1) != 0;
    if (!enabled || (block.control >> 24) != store.streams[stream].stream_id) continue;
    return (block.status & 0xF) == 2 ? ide_km::StreamState::SECURE : ide_km::StreamState::INSECURE;
  }
  return std::nullopt;  // the stream is not configured there: its keys have no register to show
}

spdm::MutAuth mut_auth_of(Byte requested) {
  if ((requested & KEY_EXCHANGE_RSP::MUT_AUTH_WITH_GET_DIGESTS) != 0) return spdm::MutAuth::implicit_get_digests;
  if ((requested & KEY_EXCHANGE_RSP::MUT_AUTH_WITH_ENCAP_REQUEST) != 0) return spdm::MutAuth::encapsulated;
  return requested == 0 ? spdm::MutAuth::none : spdm::MutAuth::no_encapsulation;
}

/// PortIndex of an IDE_KM request that names a port of which nothing is known: no stream of ours is there.
bool names_unknown_port(const Store& store, const wire::AnyMessage& request) {
  if (!request || store.max_port_index) return false;
  const wire::Field* field = request.layout().find("PortIndex");
  if (field == nullptr) return false;
  const std::uint64_t port = field->get(request.object());
  return std::none_of(store.streams.begin(), store.streams.end(),
                      [&](const StreamRecord& stream) { return stream.port_index == port; });
}

/// A refusal says that the device does not have the port, where nobody knows how many it has.
void complete_port(IdeKmLetter& l, const wire::AnyMessage& response) {
  const auto* ack = response.as<wire::ide_km::KP_ACK>();
  const bool says_so = ack != nullptr && ack->status == static_cast<Byte>(wire::ide_km::Status::UNSUPPORTED_PORT_INDEX);
  const bool refused = l.letter.stimulus == ide_km::Stimulus::QUERY && l.letter.defect == ide_km::Defect::none &&
                       response.as<wire::ide_km::QUERY_RESP>() == nullptr;
  if (says_so || refused) l.letter.defect = ide_km::Defect::port_unsupported;
}

/// So does UNSUPPORTED_REQUEST, as long as the device has not said which optional requests it offers.
void complete_offer(TdispLetter& l, const Store& store, const wire::AnyMessage& response) {
  if (l.tdi == NONE || store.tdis[l.tdi].optional_requests || l.letter.defect == tdisp::Defect::wrong_version) return;
  const auto* error = response.as<wire::tdisp::TDISP_ERROR>();
  const auto unsupported = static_cast<std::uint32_t>(wire::tdisp::ErrorCode::UNSUPPORTED_REQUEST);
  const tdisp::Letter not_offered{.stimulus = l.letter.stimulus, .defect = tdisp::Defect::not_supported};
  if (error != nullptr && error->error_code == unsupported && tdisp::meaningful(not_offered)) l.letter = not_offered;
}

}  // namespace

void complete(Letter& letter, const Store& store, const spdm::Seen& request, const spdm::Seen* response) {
  const wire::AnyMessage answered = response == nullptr ? wire::AnyMessage{} : inner_of(response->message);
  if (auto* ide_km = std::get_if<IdeKmLetter>(&letter.body))
    if (names_unknown_port(store, inner_of(request.message))) complete_port(*ide_km, answered);
  if (auto* tdisp = std::get_if<TdispLetter>(&letter.body)) complete_offer(*tdisp, store, answered);
  auto* l = std::get_if<SpdmLetter>(&letter.body);
  if (l == nullptr || response == nullptr) return;
  if (const auto* rsp = response->message.as<KEY_EXCHANGE_RSP>()) {
    l->letter.mut_auth = mut_auth_of(rsp->mut_auth_requested);
    l->letter.heartbeat = rsp->param1 != 0;
  }
  if (const auto* rsp = response->message.as<wire::spdm::PSK_EXCHANGE_RSP>()) l->letter.heartbeat = rsp->param1 != 0;
  if (const auto* auth = response->message.as<wire::spdm::CHALLENGE_AUTH>())
    if ((auth->param1 & wire::spdm::CHALLENGE_AUTH::BASIC_MUT_AUTH_REQ) != 0)
      l->letter.mut_auth = spdm::MutAuth::encapsulated;
  if (const auto* ack = response->message.as<wire::spdm::ENCAPSULATED_RESPONSE_ACK>())
    l->letter.encapsulated_last =
        ack->param2 != static_cast<Byte>(wire::spdm::ENCAPSULATED_RESPONSE_ACK::PayloadType::Present);
}

Observation abstract_answer(const Store& store, const Letter& letter, const spdm::Seen* response) {
  Observation seen;
  if (response == nullptr) {
    seen.answer = Answer::silent();
    return seen;
  }
  seen.answer = answer_of(letter, *response);
  const wire::AnyMessage inner = inner_of(response->message);
  if (!inner) return seen;
  if (const auto* state = inner.as<wire::tdisp::DEVICE_INTERFACE_STATE>(); state && state->tdi_state <= 3)
    seen.tdi_state = static_cast<tdisp::TdiState>(state->tdi_state);
  if (const auto* query = inner.as<wire::ide_km::QUERY_RESP>())
    if (const auto* l = std::get_if<IdeKmLetter>(&letter.body)) seen.stream_state = state_in(store, *query, l->stream);
  return seen;
}

}  // namespace lockstep::device
