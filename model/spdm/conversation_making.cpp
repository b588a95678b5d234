// What somebody who makes a message needs of the conversation: transcripts to sign, VerifyData.
#include "spdm/conversation.hpp"
#include "spdm/turn.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

Unexpected<std::string> unknown(std::string what) { return Unexpected{std::move(what)}; }

/// The fields of a message that is complete but for its last ones: zeros stand in for those.
template <class M>
std::optional<M> decode_unfinished(View so_far, const wire::Context& context) {
  Bytes padded = copy(so_far);
  padded.resize(padded.size() + context.signature_size + context.hash_size);
  auto decoded = wire::decode<M>(padded, context);
  if (!decoded) return std::nullopt;
  return std::move(decoded->message);
}

/// The session that KEY_EXCHANGE_RSP or PSK_EXCHANGE_RSP under construction begins.
template <class Request, class Response>
Result<SessionData, std::string> draft_session(const Memory& memory, View so_far) {
  const auto& pending = memory.outside.pending;
  const auto* request = pending ? pending->message.template as<Request>() : nullptr;
  if (request == nullptr) return unknown("no exchange waits for its response");
  const auto response = decode_unfinished<Response>(so_far, context_for(memory, &*pending));
  if (!response) return unknown("the response is too short");
  return begin_session(memory, {pending->bytes, so_far, memory.transcripts.first_digests}, *request, *response);
}

const SessionData* session_of(const Memory& memory, SessionId id) {
  if (id) return memory.find_session(*id);
  return memory.in_the_clear ? memory.find_session(*memory.in_the_clear) : nullptr;
}

Result<Bytes, std::string> known(std::optional<Bytes> transcript, std::string_view missing) {
  if (!transcript) return unknown(std::string(missing));
  return std::move(*transcript);
}

constexpr std::string_view requester_unknown = "the requester's certificate chain is not known";
constexpr std::string_view responder_unknown = "the responder's certificate chain is not known";

Result<Bytes, std::string> key_exchange_rsp_th(const Memory& memory, const Pending& request, View so_far) {
  const auto* exchange = request.message.as<KEY_EXCHANGE>();
  if (exchange == nullptr) return unknown("no KEY_EXCHANGE waits for its response");
  auto th = before_key_exchange(memory, memory.transcripts.first_digests, exchange->param2);
  if (th) append(*th, request.bytes), append(*th, so_far);
  return known(std::move(th), responder_unknown);
}

}  // namespace

Result<Bytes, std::string> Conversation::to_be_signed(Purpose purpose, View so_far, SessionId session) const {
  if (const auto why = memory_.negotiated.hash_missing()) return unknown(*why);
  if (purpose == Purpose::requester_finish) {
    const SessionData* data = session_of(memory_, session);
    if (data == nullptr) return unknown("the session is not known");
    return known(th_finish(memory_, *data, so_far), requester_unknown);
  }
  const Channel* where = channel(session);
  if (where == nullptr) return unknown("the session is not known");
  const bool by_requester = purpose == Purpose::requester_challenge_auth || purpose == Purpose::requester_endpoint_info;
  const auto& request = by_requester ? where->encapsulated : where->pending;
  if (!request) return unknown("no request waits for this response");
  switch (purpose) {
    case Purpose::responder_challenge_auth:
      return m1_transcript(memory_, memory_.transcripts.b, request->bytes, so_far);
    case Purpose::requester_challenge_auth:
      return requester_m1_transcript(memory_, request->bytes, so_far);
    case Purpose::responder_measurements:
      return l1_transcript(memory_, where->measurements, request->bytes, so_far);
    case Purpose::responder_key_exchange_rsp:
      return key_exchange_rsp_th(memory_, *request, so_far);
    case Purpose::responder_endpoint_info:
    case Purpose::requester_endpoint_info:
      return il1_transcript(memory_, request->bytes, so_far);
    case Purpose::requester_finish:
      break;
  }
  LOCKSTEP_ASSERT(false);
}

Result<Bytes, std::string> Conversation::sign(Purpose purpose, const crypto::PrivateKey& key, View so_far,
                                              SessionId session) const {
  auto transcript = to_be_signed(purpose, so_far, session);
  if (!transcript) return transcript;
  const bool requester = purpose == Purpose::requester_challenge_auth || purpose == Purpose::requester_finish ||
                         purpose == Purpose::requester_endpoint_info;
  const auto scheme = signature_scheme(memory_, requester ? Role::requester : Role::responder);
  if (!scheme) return unknown(scheme.error());
  auto signature = spdm::sign(*scheme, key, purpose, *transcript);
  if (!signature) return unknown(signature.error().why);
  return std::move(*signature);
}

Result<Bytes, std::string> Conversation::verify_data(View so_far, SessionId session) const {
  if (const auto why = memory_.negotiated.session_missing()) return unknown(*why);
  if (so_far.size() < 4) return unknown("the message is too short");
  const KeySchedule schedule(memory_.negotiated.spdm_version, *memory_.negotiated.hash);
  const Code code = static_cast<Code>(so_far[1]);
  if (code == Code::KEY_EXCHANGE_RSP || code == Code::PSK_EXCHANGE_RSP) {
    const auto draft = code == Code::KEY_EXCHANGE_RSP ? draft_session<KEY_EXCHANGE, KEY_EXCHANGE_RSP>(memory_, so_far)
                                                      : draft_session<PSK_EXCHANGE, PSK_EXCHANGE_RSP>(memory_, so_far);
    if (!draft) return unknown(draft.error());
    if (!draft->keys) return unknown(draft->keys_missing);
    return schedule.verify_data(draft->keys->finished.response, th1(*draft));
  }
  const SessionData* data = session_of(memory_, session);
  if (data == nullptr) return unknown("the session is not known");
  if (!data->keys) return unknown(data->keys_missing);
  Bytes finish = copy(so_far);
  if (code == Code::FINISH_RSP) {
    const auto& pending = memory_.outside.pending;
    if (!pending) return unknown("no FINISH waits for its response");
    finish = pending->bytes;
    append(finish, so_far);
  }
  const auto th = th_finish(memory_, *data, finish);
  if (!th) return unknown(std::string(requester_unknown));
  return schedule.verify_data(code == Code::FINISH_RSP ? data->keys->finished.response : data->keys->finished.request,
                              *th);
}

}  // namespace lockstep::spdm
