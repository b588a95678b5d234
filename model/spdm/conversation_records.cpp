// Records of the sessions of a conversation.
#include "spdm/conversation.hpp"
#include "spdm/turn.hpp"

namespace lockstep::spdm {
namespace {

using Kind = RecordError::Kind;
using namespace wire::spdm;

/// UpdateAllKeys waits for its acknowledgement, which comes under the new key.
bool updates_all_keys(const SessionData& session) {
  const auto& pending = session.channel.pending;
  const auto* request = pending ? pending->message.as<KEY_UPDATE>() : nullptr;
  return request != nullptr && request->param1 == static_cast<Byte>(KeyOperation::UpdateAllKeys);
}

const SecuredDirection& direction(const SessionKeys& keys, Role sender) {
  return sender == Role::requester ? keys.records.request : keys.records.response;
}

/// Errors: unknown_session, keys_unknown.
Result<SessionData*, RecordError> session_with_keys(Memory& memory, std::uint32_t id) {
  SessionData* session = memory.find_session(id);
  if (session == nullptr)
    return Unexpected{RecordError{Kind::unknown_session, "SPDM-LIFE-019", "no live session has this id", id}};
  if (!session->keys)
    return Unexpected{RecordError{Kind::keys_unknown, Rule::none(), "not judged: " + session->keys_missing, id}};
  return session;
}

Result<RecordContent, RecordError> open_request(SessionData& session, View record) {
  auto content = session.keys->records.request.open(record);
  if (content) session.request_with_old_key = content->with_old_key;
  return content;
}

/// Under the keys of `there`, at the place that the records of the responder have come to.
bool opens_there(const SecuredDirection& there, View record) {
  SecuredDirection trial = there;
  const auto content = trial.open(record);
  return content && !content->with_old_key;
}

/// The key that UpdateKey must not make.
bool opens_with_next_key(const Memory& memory, SessionData updated, View record) {
  if (!updated.request_key_only || updated.phase != SessionData::Phase::established) return false;
  update_keys(memory, updated, Role::responder);
  return opens_there(updated.keys->records.response, record);
}

bool opens_with_request_key(const SessionData& session, View record) {
  SecuredDirection one_key = session.keys->records.response;
  const std::uint64_t number = one_key.sequence_number();
  one_key.update(session.keys->records.request.keys());
  one_key.resume_at(number);
  return opens_there(one_key, record);
}

/// The data keys, of a handshake whose last answer this is.
bool opens_with_data_key(const Memory& memory, SessionData session, Role sender, View record) {
  const auto& pending = session.channel.pending;
  const bool finishes =
      pending && (pending->message.as<FINISH>() != nullptr || pending->message.as<PSK_FINISH>() != nullptr);
  if (session.phase != SessionData::Phase::handshaking || !finishes) return false;
  const wire::Context context = context_for(memory, &*pending);
  const auto whole = [&](auto response) {
    response.version = context.spdm_version;
    return wire::encode(wire::canonical(response, context), context);
  };
  session.finish = pending->bytes;
  append(session.finish, session.psk ? whole(PSK_FINISH_RSP{}) : whole(FINISH_RSP{}));
  establish(memory, session);
  return session.keys && opens_there(direction(*session.keys, sender), record);
}

/// A record that does not authenticate as it should, and tells by another key why.
RecordError explained(const Memory& memory, const SessionData& session, View record, RecordError error) {
  const auto because = [&](Rule rule, std::string why) { error.rule = rule, error.why = std::move(why); };
  if (error.kind != Kind::not_authentic) return error;
  if (opens_with_next_key(memory, session, record))
    because("SPDM-LIFE-005", "opens only under the next key, which UpdateAllKeys alone makes");
  else if (opens_with_request_key(session, record))
    because("SECMSG-005", "opens only under the key of the requester");
  else if (opens_with_data_key(memory, session, Role::responder, record))
    because(session.psk ? Rule("SECMSG-022") : Rule("SPDM-FIN-002"),
            "opens only under the data key, and the handshake is not over");
  return error;
}

Result<RecordContent, RecordError> open_response(const Memory& memory, SessionData& session, View record) {
  session.response_updated = session.response_with_old_key = false;
  if (!updates_all_keys(session)) {
    auto content = session.keys->records.response.open(record);
    if (!content) return Unexpected{explained(memory, session, record, content.error())};
    return content;
  }
  SessionData updated = session;
  update_keys(memory, updated, Role::responder);
  auto content = updated.keys->records.response.open(record);
  if (!content) return content;
  if (content->with_old_key) {  // an ERROR, or a responder that updates late
    updated.keys->records.response.revert();
    session.keys->records.response = updated.keys->records.response;
    session.response_with_old_key = true;
  } else {
    updated.keys->records.response.confirm();
    session.keys = std::move(updated.keys);
    session.response_updated = true;
  }
  return content;
}

}  // namespace

std::optional<Conversation::Position> Conversation::locate(Role sender, View record, std::uint64_t window) const {
  const auto header = read_record_header(memory_.records, record);
  const SessionData* session = header ? memory_.find_session(header->session_id) : nullptr;
  if (session == nullptr || !session->keys) return std::nullopt;
  const SecuredDirection& now = direction(*session->keys, sender);
  const std::uint64_t next = now.sequence_number();
  Position position{.session = session->id, .expected = next};
  if (const auto ahead = now.locate(record, next, next + window)) {
    position.number = *ahead;
    return position;
  }
  if (session->phase == SessionData::Phase::established) {
    SessionData updated = *session;
    update_keys(memory_, updated, sender);
    if (const auto later = direction(*updated.keys, sender).locate(record, 0, window)) {
      position.number = *later;
      position.next_keys = true;
      return position;
    }
  }
  const auto before = now.locate(record, next < window ? 0 : next - window, next);
  if (!before) return std::nullopt;
  position.number = *before;
  return position;
}

bool Conversation::ends_handshake_unseen(View record) const {
  const auto header = read_record_header(memory_.records, record);
  const SessionData* session = header ? memory_.find_session(header->session_id) : nullptr;
  return session != nullptr && session->keys && opens_with_data_key(memory_, *session, Role::requester, record);
}

void Conversation::resume_at(Role sender, const Position& position) {
  SessionData* session = memory_.find_session(position.session);
  LOCKSTEP_ASSERT(session != nullptr && session->keys);
  if (position.next_keys) update_keys(memory_, *session, sender);
  auto& records = session->keys->records;
  (sender == Role::requester ? records.request : records.response).resume_at(position.number);
}

Result<Opened, RecordError> Conversation::open(Role sender, View record) {
  const auto header = read_record_header(memory_.records, record);
  if (!header) return Unexpected{header.error()};
  const auto session = session_with_keys(memory_, header->session_id);
  if (!session) return Unexpected{session.error()};
  auto content =
      sender == Role::requester ? open_request(**session, record) : open_response(memory_, **session, record);
  if (!content) return Unexpected{content.error()};
  return Opened{header->session_id, std::move(*content)};
}

Result<Bytes, RecordError> Conversation::seal(Role sender, std::uint32_t id, View message, crypto::Random& random,
                                              Byte inner_type) {
  const auto found = session_with_keys(memory_, id);
  if (!found) return Unexpected{found.error()};
  SessionData& session = **found;
  if (sender == Role::requester) {
    session.request_with_old_key = false;
    return session.keys->records.request.seal(id, message, random, inner_type);
  }
  session.response_updated = session.response_with_old_key = false;
  const bool acknowledges = message.size() > 1 && message[1] == static_cast<Byte>(Code::KEY_UPDATE_ACK);
  if (acknowledges && updates_all_keys(session)) {
    update_keys(memory_, session, Role::responder);
    session.keys->records.response.confirm();
    session.response_updated = true;
  }
  return session.keys->records.response.seal(id, message, random, inner_type);
}

}  // namespace lockstep::spdm
