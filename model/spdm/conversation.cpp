// The course of a conversation: which response belongs to which request, what resets what, and messages that carry
// others. What a single message means is in checks_*.cpp.
#include "spdm/conversation.hpp"

#include "spdm/large.hpp"
#include "spdm/letter.hpp"
#include "spdm/turn.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

constexpr Byte code_of(Code code) { return static_cast<Byte>(code); }

/// Where a message belongs.
struct Place {
  Memory& memory;
  Channel& channel;
  SessionData* session;
};

std::optional<Place> place_of(Memory& memory, SessionId id) {
  if (!id) return Place{memory, memory.outside, nullptr};
  SessionData* session = memory.find_session(*id);
  if (session == nullptr) return std::nullopt;
  return Place{memory, session->channel, session};
}

/// FINISH of a handshake in the clear comes outside sessions and belongs to one.
SessionData* session_for(const Place& place, Byte request_code) {
  if (place.session == nullptr && request_code == code_of(Code::FINISH) && place.memory.in_the_clear)
    return place.memory.find_session(*place.memory.in_the_clear);
  return place.session;
}

// --- requests --------------------------------------------------------------------------------------------------------

bool resets_m1(Code code) {
  switch (code) {
    case Code::GET_MEASUREMENTS:
    case Code::KEY_EXCHANGE:
    case Code::FINISH:
    case Code::PSK_EXCHANGE:
    case Code::PSK_FINISH:
    case Code::HEARTBEAT:
    case Code::KEY_UPDATE:
    case Code::GET_ENCAPSULATED_REQUEST:
    case Code::DELIVER_ENCAPSULATED_RESPONSE:
    case Code::END_SESSION:
    case Code::GET_MEASUREMENT_EXTENSION_LOG:
      return true;
    default:
      return false;
  }
}

/// A request resets transcripts whatever is answered (DSP0274, "M1/M2 and L1/L2 transcripts").
void reset_transcripts(const Place& place, Byte code) {
  Transcripts& transcripts = place.memory.transcripts;
  if (code != code_of(Code::GET_MEASUREMENTS)) {
    place.channel.measurements.clear();
    place.channel.reset_by_error = false;
  }
  if (code == code_of(Code::GET_DIGESTS) && place.session == nullptr) transcripts.reset_b();
  if (resets_m1(static_cast<Code>(code)) && !transcripts.authenticated) transcripts.reset_b();
}

void check_version(Seen& seen, Byte expected, Rule rule) {
  if (expected != 0 && seen.bytes[0] != expected)
    seen.findings.push_back({rule, "SPDMVersion", "is not the negotiated version"});
}

void take_request(const Place& place, View bytes, Seen& seen);

/// With the last chunk the large request is there, and waits for CHUNK_SEND_ACK to answer it.
void take_part_of_request(const Place& place, Seen& seen) {
  Channel& channel = place.channel;
  const auto whole = take_chunk_send(place.memory, channel, seen);
  if (!whole) return;
  const auto outer = std::move(channel.pending);
  Seen inner{.sender = Role::requester};
  take_request(place, *whole, inner);
  channel.large = std::move(channel.pending);
  channel.pending = outer;
  seen.carried.push_back(std::move(inner));
}

/// The request that was not ready waits again for its response.
void take_respond_if_ready(Channel& channel, Seen& seen) {
  const bool known = channel.not_ready && seen.bytes.size() >= 4 && seen.bytes[2] == channel.not_ready->code() &&
                     seen.bytes[3] == channel.token;
  if (known) {
    channel.pending = channel.not_ready;
    return;
  }
  seen.findings.push_back({"SPDM-LIFE-020", {}, "no request with this code and token is not ready"});
  channel.pending->refused_for.push_back("SPDM-LIFE-020");
}

void take_request(const Place& place, View bytes, Seen& seen) {
  Memory& memory = place.memory;
  Channel& channel = place.channel;
  decode_into(seen, bytes, context_for(memory, nullptr));
  if (channel.pending && channel.chunks) channel.chunks->certain = false;  // what came before had no answer
  channel.pending = Pending{seen.bytes, seen.message, {}};
  if (seen.bytes.size() > 1 && interrupts(channel, seen.bytes[1])) return take_interruption(memory, channel);
  if (!seen.message) return;
  const Byte code = seen.bytes[1];
  if (!is_request(code)) {
    seen.findings.push_back({"SPDM-LIFE-025", "RequestResponseCode", "is that of a response"});
    channel.pending->message = {};
    return;
  }
  switch (static_cast<Code>(code)) {
    case Code::CHUNK_SEND:
      return take_part_of_request(place, seen);
    case Code::CHUNK_GET:
      return take_chunk_get(memory, channel, seen);
    case Code::RESPOND_IF_READY:
      return take_respond_if_ready(channel, seen);
    default:
      break;
  }
  if (code != code_of(Code::GET_VERSION) && code != code_of(Code::GET_CAPABILITIES))
    check_version(seen, memory.negotiated.spdm_version, Rule::none());
  channel.not_ready.reset();
  if (!channel.chunks) channel.large.reset();
  reset_transcripts(place, code);
  Turn turn{memory, channel, session_for(place, code), *channel.pending, seen};
  run({identity_checks(), measurement_checks(), exchange_checks(), finish_checks(), session_checks(),
       encapsulated_checks()},
      turn);
}

// --- responses -------------------------------------------------------------------------------------------------------

/// Whose rule says that a version byte other than the negotiated one never comes back.
Rule version_rule(Byte request_code) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(FIRST_OUT_OF_BAND); ++i)
    if (const Request& row = request(static_cast<Stimulus>(i)); row.code == request_code) return row.wrong_version;
  return Rule::none();
}

void take_response(const Place& place, View bytes, Seen& seen);

/// A session is over: nothing of it may be touched any more.
void end_of(const Place& place, Byte request_code) {
  if (const SessionData* session = session_for(place, request_code)) forget_session(place.memory, session->id);
}

/// An ERROR in the middle of a transfer: the answer to a part of it, or to what has interrupted it.
void take_error_in_transfer(const Place& place, const Pending& request, ErrorCode code, Seen& seen) {
  if (code == ErrorCode::Busy || code == ErrorCode::ResponseNotReady || !place.channel.chunks) return;
  if (!request.interrupts) return take_refused_chunk(place.memory, place.channel, request, seen);
  place.channel.chunks->interrupted = true;
  if (code == ErrorCode::RequestResynch) place.channel.chunks->certain = false;
}

void take_error(const Place& place, Pending request, Seen& seen) {
  Channel& channel = place.channel;
  const auto& error = *seen.message.as<ERROR>();
  const Bytes& data = error.extended_error_data;
  const bool announces = static_cast<ErrorCode>(error.param1) == ErrorCode::LargeResponse;
  if (!announces) take_error_in_transfer(place, request, static_cast<ErrorCode>(error.param1), seen);
  if (request.code() == code_of(Code::GET_MEASUREMENTS) && !announces && !request.interrupts) {
    channel.measurements.clear();
    channel.reset_by_error = true;
  }
  switch (static_cast<ErrorCode>(error.param1)) {
    case ErrorCode::ResponseNotReady:
      if (data.size() >= 3) channel.token = data[2];
      channel.not_ready = std::move(request);
      return;
    case ErrorCode::LargeResponse:
      return take_large_response(place.memory, channel, std::move(request), seen);
    case ErrorCode::DecryptError:
      return end_of(place, request.code());
    default:
      return;
  }
}

/// What came in chunks answers the request that they belong to.
void take_whole_response(const Place& place, const std::optional<Bytes>& whole, Seen& seen) {
  if (!whole) return;
  place.channel.pending = std::move(place.channel.large);
  place.channel.large.reset();
  Seen inner{.sender = Role::responder};
  take_response(place, *whole, inner);
  seen.carried.push_back(std::move(inner));
}

/// A request is served although a transfer was under way, which is over now.
void end_transfer(const Place& place, Byte request_code) {
  place.channel.chunks.reset();
  place.channel.large.reset();
  reset_transcripts(place, request_code);
}

/// A CHALLENGE_AUTH that can be read with the measurement summary alone that was not asked for, or without the one that
/// was.
void blame_the_summary(Seen& seen, wire::Context context) {
  constexpr std::size_t MOST_PADDING = 3;
  const bool challenge_auth = seen.bytes.size() > 1 && seen.bytes[1] == code_of(Code::CHALLENGE_AUTH);
  if (!challenge_auth || context.spdm_version < VERSION_1_2) return;  // before, who gives it is open (false alarm P14)
  context.measurement_summary_hash = !context.measurement_summary_hash;
  const auto other = decode_spdm(seen.bytes, context);
  if (!other || seen.bytes.size() - other->consumed > MOST_PADDING) return;
  seen.error->rule = "SPDM-CHAL-008";
  seen.error->field = "MeasurementSummaryHash";
  seen.error->why = context.measurement_summary_hash ? "is there, and was not asked for" : "is not there";
}

void take_response(const Place& place, View bytes, Seen& seen) {
  Memory& memory = place.memory;
  if (!place.channel.pending) {
    decode_into(seen, bytes, context_for(memory, nullptr));
    seen.not_judged.push_back({Rule::none(), "no request waits for this response"});
    return;
  }
  Pending request = std::move(*place.channel.pending);
  place.channel.pending.reset();
  const wire::Context context = context_for(memory, &request);
  decode_into(seen, bytes, context);
  if (!seen.message) return blame_the_summary(seen, context);
  place.channel.not_ready.reset();
  if (seen.is(Code::ERROR)) return take_error(place, std::move(request), seen);
  if (seen.bytes[1] != (request.code() & 0x7F)) {
    seen.findings.push_back({Rule::none(), "RequestResponseCode", "is not that of the response to the request"});
    return;
  }
  if (!request.message) {
    seen.not_judged.push_back({Rule::none(), "the request could not be decoded"});
    return;
  }
  const bool first = seen.is(Code::VERSION);  // its version byte is a rule of its layout
  const bool second = seen.is(Code::CAPABILITIES);
  if (!first)
    check_version(seen, second ? request.bytes[0] : memory.negotiated.spdm_version, version_rule(request.code()));
  if (!refuses_chunk(seen))
    for (const Rule rule : request.refused_for)
      seen.findings.push_back({rule, {}, "the request was accepted although it must be refused"});
  if (request.interrupts && !refuses_chunk(seen)) end_transfer(place, request.code());
  if (seen.is(Code::CHUNK_RESPONSE))
    return take_whole_response(place, take_chunk_response(memory, place.channel, seen), seen);
  if (seen.is(Code::CHUNK_SEND_ACK))
    return take_whole_response(place, take_chunk_send_ack(memory, place.channel, request, seen), seen);
  Turn turn{memory, place.channel, session_for(place, request.code()), request, seen};
  run({negotiation_checks(), identity_checks(), measurement_checks(), exchange_checks(), finish_checks(),
       session_checks(), encapsulated_checks()},
      turn);
}

}  // namespace

Conversation::Conversation(RecordFormat records, Secrets secrets) {
  memory_.records = records;
  memory_.secrets = std::move(secrets);
}

Seen Conversation::on_request(View message, SessionId session) {
  Seen seen{.sender = Role::requester};
  if (const auto place = place_of(memory_, session)) {
    take_request(*place, message, seen);
  } else {
    decode_into(seen, message, context_for(memory_, nullptr));
    seen.not_judged.push_back({Rule::none(), "the session is not known"});
  }
  return seen;
}

Seen Conversation::on_response(View message, SessionId session) {
  Seen seen{.sender = Role::responder};
  if (const auto place = place_of(memory_, session)) {
    take_response(*place, message, seen);
    check_size(memory_, seen);
  } else {
    decode_into(seen, message, context_for(memory_, nullptr));
    seen.not_judged.push_back({Rule::none(), "the session is not known"});
  }
  return seen;
}

wire::Context Conversation::context(Role sender, SessionId session) const {
  return context_for(memory_, sender == Role::responder ? pending(session) : nullptr);
}

wire::Context Conversation::encapsulated_context(Role sender, SessionId session) const {
  return encapsulated_context_for(memory_, sender == Role::requester ? encapsulated(session) : nullptr);
}

void Conversation::know_chain(Role owner, Byte slot, Bytes chain) {
  LOCKSTEP_ASSERT(slot < SLOTS);
  Identity& identity = owner == Role::requester ? memory_.identities.request : memory_.identities.response;
  identity.slots[slot].chain = std::move(chain);
}

void Conversation::know_public_key(Role owner, Bytes subject_public_key_info) {
  Identity& identity = owner == Role::requester ? memory_.identities.request : memory_.identities.response;
  identity.public_key = std::move(subject_public_key_info);
}

void Conversation::end_session(std::uint32_t session) { forget_session(memory_, session); }

const Channel* Conversation::channel(SessionId session) const {
  if (!session) return &memory_.outside;
  const SessionData* data = memory_.find_session(*session);
  return data != nullptr ? &data->channel : nullptr;
}

const Pending* Conversation::pending(SessionId session) const {
  const Channel* where = channel(session);
  return where != nullptr && where->pending ? &*where->pending : nullptr;
}

const Pending* Conversation::encapsulated(SessionId session) const {
  const Channel* where = channel(session);
  return where != nullptr && where->encapsulated ? &*where->encapsulated : nullptr;
}

}  // namespace lockstep::spdm
