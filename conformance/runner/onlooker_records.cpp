// Records of sessions: a record does not say who sent it. Requests and responses take turns, and the keys of a
// direction open only its own records, in the order of their sequence numbers: so what is missing shows.
#include "runner/onlooker.hpp"
#include "runner/padding.hpp"

namespace lockstep::runner {
namespace {

using ErrorKind = spdm::RecordError::Kind;

/// Sequence numbers to look ahead and back: as many messages may be missing in one place.
constexpr std::uint64_t WINDOW = 32;

bool opens_session(const spdm::Seen& request) {
  return request.is(wire::spdm::Code::KEY_EXCHANGE) || request.is(wire::spdm::Code::PSK_EXCHANGE);
}

Role other(Role role) { return role == Role::requester ? Role::responder : Role::requester; }

}  // namespace

void Onlooker::secured(std::size_t number, const Bytes& record) {
  const Role roles[] = {turn(), other(turn())};
  std::optional<spdm::RecordError> error;
  for (const Role sender : roles) {
    const auto content = conversation().open(sender, record);
    if (content) return opened(number, record, sender, *content);
    if (!error) error = content.error();
  }
  if (error->kind == ErrorKind::not_authentic || error->kind == ErrorKind::wrong_sequence)
    for (const Role sender : roles)
      if (out_of_order(number, record, sender)) return;
  unopened(number, record, *error);
}

/// The record is not the next one of its direction: records before it are missing, or it comes again.
bool Onlooker::out_of_order(std::size_t number, const Bytes& record, Role sender) {
  const auto position = conversation().locate(sender, record, WINDOW);
  if (!position) return false;
  sender_ = sender;
  if (!position->next_keys && position->number < position->expected) {
    add(number, sender, "secured record", Kind::fail, "SECMSG-008",
        "sequence number " + std::to_string(position->number) + " comes again or late, " +
            std::to_string(position->expected) + " is the next");
    return true;
  }
  conversation().resume_at(sender, *position);
  const auto content = conversation().open(sender, record);
  LOCKSTEP_ASSERT(content.has_value());
  const std::uint64_t skipped = position->next_keys ? position->number + 1 : position->number - position->expected;
  const std::uint64_t failed = failed_[{position->session, sender}];
  if (position->next_keys)
    missing(number, sender, "secured record", "a KEY_UPDATE before it was not recorded");
  else if (skipped > failed)
    missing(number, sender, "secured record",
            std::to_string(skipped - failed) + " records of its direction before it were not recorded");
  opened(number, record, sender, *content);
  return true;
}

void Onlooker::opened(std::size_t number, const Bytes& record, Role sender, const spdm::Opened& content) {
  sender_ = sender;
  failed_.erase({content.session, sender});
  if (!content.is_spdm()) {
    takes_turn(number, sender, to_hex(content.message()));
    return add(number, sender, to_hex(content.message()), Kind::not_judged, {}, "not an SPDM message");
  }
  const auto dirty = dirty_padding(sender, record, size_of_record(conversation().memory().records, record));
  if (dirty) add(number, sender, "secured record", Kind::warn, dirty->rule, dirty->field + ": " + dirty->what);
  sender == Role::requester ? request(number, content.message(), content.session)
                            : response(number, content.message(), content.session);
}

void Onlooker::unopened(std::size_t number, const Bytes& record, const spdm::RecordError& error) {
  sender_ = turn();
  switch (error.kind) {
    case ErrorKind::unknown_session:
      return without_session(number, record, error);
    case ErrorKind::keys_unknown:
      return without_keys(number, record, error);
    case ErrorKind::unsupported:
      takes_turn(number, turn(), "secured record");
      return add(number, *sender_, "secured record", Kind::not_judged, {}, error.why);
    default:
      return not_authentic(number, record, error);
  }
}

/// Malformed, or the tag does not fit: its sender is to blame, unless messages are missing without which nobody could
/// know the keys.
void Onlooker::not_authentic(std::size_t number, const Bytes& record, const spdm::RecordError& error) {
  if (waiting_ && conversation().ends_handshake_unseen(record)) unanswered();
  const Role sender = turn();
  const bool malformed = error.kind == ErrorKind::malformed || error.kind == ErrorKind::bad_plaintext;
  add(number, sender, "secured record", lossy_ && !malformed ? Kind::not_judged : Kind::fail, error.rule, error.why);
  if (error.session) ++failed_[{*error.session, sender}];
  if (sender == Role::responder) {
    lossy_ = lossy_devices_ = true;  // what it said is not known
    waiting_.reset();
    return;
  }
  const Byte session = follower_.store().session_index(error.session);
  waiting_ = Waiting{number, "secured record", session == device::NONE};
  if (session != device::NONE)
    follower_.spoilt_record(session, malformed ? spdm::Defect::malformed : spdm::Defect::none, record);
}

/// A session of before the recording, one that has ended, or none at all.
void Onlooker::without_session(std::size_t number, const Bytes& record, const spdm::RecordError& error) {
  const auto ended = ended_.find(error.session.value_or(0));
  if (ended != ended_.end()) return of_ended_session(number, record, ended->second);
  if (waiting_ && !waiting_->closed && opens_session(follower_.asked())) unanswered();  // it is of that session
  const Role sender = turn();
  if (begun_ && !lossy_) {
    const bool answers = sender == Role::responder;
    add(number, sender, "secured record", answers ? Kind::fail : Kind::warn, answers ? Rule("SECMSG-020") : error.rule,
        error.why);
    lossy_ = lossy_devices_ = true;
  } else {
    add(number, sender, "secured record", Kind::not_judged, {}, "its session did not begin in the recording");
  }
  takes_turn(number, sender, "secured record");
}

/// The keys of a session die with it (DSP0274, session termination phase).
void Onlooker::of_ended_session(std::size_t number, const Bytes& record, Ended& ended) {
  if (!ended.session.keys) {
    takes_turn(number, turn(), "secured record");
    return add(number, turn(), "secured record", Kind::not_judged, {}, ended.session.keys_missing);
  }
  auto& keys = ended.session.keys->records;
  Role sender = turn();
  const bool by_requester = keys.request.open(record).has_value();
  const bool by_responder = !by_requester && keys.response.open(record).has_value();
  if (by_requester) sender = Role::requester;
  if (by_responder) sender = Role::responder;
  sender_ = sender;
  const Kind fails = lossy_ ? Kind::warn : Kind::fail;
  if (by_responder)
    add(number, sender, "secured record", fails, "SECMSG-029", "is sealed with the keys of a session that has ended");
  else if (by_requester && ended.by_decrypt_error)
    add(number, sender, "secured record", fails, "SECMSG-030", "goes on with a session that DecryptError has ended");
  else
    add(number, sender, "secured record", Kind::warn, "SPDM-LIFE-014", "its session has ended");
  if (sender == Role::responder) return waiting_.reset();
  takes_turn(number, sender, "secured record");
}

/// Turns are all there is to go by, and over MCTP the sequence numbers.
void Onlooker::without_keys(std::size_t number, const Bytes& record, const spdm::RecordError& error) {
  const auto header = spdm::read_record_header(conversation().memory().records, record);
  const Role sender = turn();
  takes_turn(number, sender, "secured record");
  if (conversation().memory().records.sequence_number_size > 0) {
    const Direction direction{header->session_id, sender};
    const auto latest = numbers_.find(direction);
    const bool follows =
        header->sequence_number == 0 ||
        (latest != numbers_.end() && header->sequence_number == static_cast<std::uint16_t>(latest->second + 1));
    if (!follows)
      missing(number, sender, "secured record",
              "sequence number " + std::to_string(header->sequence_number) + " does not follow the one before");
    numbers_[direction] = header->sequence_number;
  }
  add(number, sender, "secured record", Kind::not_judged, {}, error.why);
}

}  // namespace lockstep::runner
