// Secured messages (DSP0277): records that carry a session, and records that must not be taken.
#include "cases/steps.hpp"

namespace lockstep::cases {
namespace {

using S = spdm::Stimulus;

Step s(S stimulus, Via via = Via::session) { return spdm_step(stimulus, spdm::Defect::none, via); }

/// The answer has 13 bytes: on DOE it is padded, whatever the chain is like.
Step five_bytes() { return ignored({set("Length", 5)}, s(S::GET_CERTIFICATE)); }

struct Spoilt {
  Record record;
  std::string_view name;
  Rule rule;
  std::string_view about;
};
constexpr Spoilt spoilt[] = {
    {Record::flipped, "bit-of-ciphertext", "SECMSG-010", "A record with a flipped bit is not taken."},
    {Record::flipped_tag, "bit-of-tag", "SECMSG-010", "A record whose tag has a flipped bit is not taken."},
    {Record::truncated, "truncated", "SECMSG-011", "A record without its last bytes is not taken."},
    {Record::length_too_great, "length-too-great", "SECMSG-012", "A record that ends before its Length is not taken."},
    {Record::length_changed, "length-not-authentic", "SECMSG-003",
     "SessionID and Length are authenticated with the record."},
    {Record::inner_length, "application-data-length", "SECMSG-013",
     "An ApplicationDataLength beyond the plaintext is refused."},
    {Record::replayed, "replayed", "SECMSG-008", "A record that was taken before is not taken again."},
    {Record::skipped, "sequence-skipped", "SECMSG-009", "A record that leaves out a sequence number is not taken."},
    {Record::reflected, "reflected", "SECMSG-005",
     "The device does not take its own record: each direction has its own key."},
    {Record::of_other_session, "of-another-session", "SECMSG-003",
     "A record made for another session is not taken in this one."},
};

/// One good exchange, the spoilt record, and one more record of the session: it must be over.
Case refused(const Spoilt& what) {
  return {.id = "secmsg/record/" + std::string(what.name),
          .about = std::string(what.about),
          .asks = {what.rule, "SPDM-LIFE-018"},
          .given = Given::established,
          .needs = {Needs::session, Needs::heartbeat},
          .steps = {s(S::HEARTBEAT), then_reuse(in_record(what.record, s(S::HEARTBEAT)))}};
}

// clang-format off
std::vector<Case> declared() { return {
  {.id = "secmsg/session/records", .about = "The records of a session have the right form, keys, ids and sequence numbers.",
   .asks = {"SECMSG-001", "SECMSG-002", "SECMSG-003", "SECMSG-004", "SECMSG-006", "SECMSG-018", "SECMSG-020", "SECMSG-021", "SECMSG-022"},
   .given = Given::handshaking, .session = SessionKind::psk, .needs = {Needs::psk}, .steps = {s(S::PSK_FINISH), s(S::HEARTBEAT), s(S::HEARTBEAT)}},
  {.id = "secmsg/session/handshake-keys", .about = "Until it is finished a session speaks with its handshake keys.",
   .asks = {"SECMSG-022", "SECMSG-003"}, .given = Given::handshaking, .session = SessionKind::key_exchange, .needs = {Needs::key_exchange}, .steps = {s(S::FINISH), s(S::HEARTBEAT)}},
  {.id = "secmsg/session/two-at-a-time", .about = "Two sessions have keys and sequence numbers of their own.",
   .asks = {"SECMSG-020", "SECMSG-006"}, .given = Given::established, .needs = {Needs::session, Needs::heartbeat},
   .steps = {s(S::HEARTBEAT), s(S::HEARTBEAT, Via::second_session), s(S::HEARTBEAT), s(S::HEARTBEAT, Via::second_session)}},
  {.id = "secmsg/session/errors-stay-inside", .about = "What is refused in a living session is refused under its keys.",
   .asks = {"SECMSG-019"}, .given = Given::established, .needs = {Needs::session, Needs::heartbeat},
   .steps = {s(S::GET_VERSION), s(S::HEARTBEAT), s(S::CHALLENGE), s(S::HEARTBEAT)}},
  {.id = "secmsg/session/unknown-id", .about = "A record with a SessionID that nobody has gets no answer.",
   .asks = {"SPDM-LIFE-019"}, .given = Given::established, .needs = {Needs::session, Needs::heartbeat},
   .steps = {in_record(Record::unknown_session, s(S::HEARTBEAT)), s(S::HEARTBEAT)}},
  {.id = "secmsg/session/bare-message", .about = "A plain message where a record belongs is not served.",
   .asks = {"SPDM-LIFE-019"}, .given = Given::established, .needs = {Needs::session}, .steps = {in_record(Record::bare, s(S::GET_VERSION))}},
  {.id = "secmsg/session/bad-record-of-another", .about = "A bad record of one session does not end another.",
   .asks = {"SPDM-LIFE-016"}, .given = Given::established, .needs = {Needs::session, Needs::heartbeat},
   .steps = {in_record(Record::flipped, s(S::HEARTBEAT, Via::second_session)), s(S::HEARTBEAT)}},
  {.id = "secmsg/session/over-doe", .about = "Over DOE a record has no sequence number and no random padding.",
   .asks = {"SECMSG-015"}, .given = Given::established, .needs = {Needs::session, Needs::heartbeat, Needs::doe}, .steps = {s(S::HEARTBEAT)}},
  {.id = "secmsg/session/over-mctp", .about = "Over MCTP a record has two bytes of sequence number, a message type inside, and padding that is taken off.",
   .asks = {"SECMSG-016", "SECMSG-032", "SECMSG-014", "MCTP-007"}, .given = Given::established, .needs = {Needs::session, Needs::heartbeat, Needs::mctp},
   .steps = {s(S::HEARTBEAT), s(S::HEARTBEAT), s(S::HEARTBEAT)}},
  {.id = "secmsg/session/sequence-over-mctp", .about = "An explicit sequence number other than the next one is refused.",
   .asks = {"MCTP-007", "SECMSG-009"}, .given = Given::established, .needs = {Needs::session, Needs::heartbeat, Needs::mctp},
   .steps = {in_record(Record::skipped, s(S::HEARTBEAT))}},
};}

std::vector<Case> transports() { return {
  {.id = "doe/discovery/list", .about = "Discovery begins with itself, ends, and lists CMA/SPDM with and without protection.",
   .asks = {"DOE-001", "DOE-002", "DOE-003", "DOE-005"}, .given = Given::version, .needs = {Needs::doe}, .steps = {s(S::GET_VERSION)}},
  {.id = "doe/object/plain", .about = "A plain answer is a data object of the request's type, whose Length is true.",
   .asks = {"DOE-007", "DOE-015"}, .given = Given::version, .needs = {Needs::doe}, .steps = {s(S::GET_VERSION), s(S::GET_CAPABILITIES)}},
  {.id = "doe/object/secured", .about = "A secured answer is a secured data object.",
   .asks = {"DOE-015", "DOE-007"}, .given = Given::established, .needs = {Needs::doe, Needs::session, Needs::heartbeat}, .steps = {s(S::HEARTBEAT)}},
  {.id = "doe/object/padding-in-no-transcript", .about = "Padding is zeros, and in no transcript: a signature over messages of odd size verifies.",
   .asks = {"DOE-018", "DOE-016"}, .given = Given::negotiated, .needs = {Needs::doe}, .steps = {s(S::GET_DIGESTS), five_bytes(), whole(s(S::GET_CERTIFICATE)), s(S::CHALLENGE)}},
  {.id = "doe/object/padded-request", .about = "A request of odd size is padded with zeros, and served.",
   .asks = {"DOE-017"}, .given = Given::negotiated, .needs = {Needs::doe}, .steps = {s(S::GET_DIGESTS), whole(s(S::GET_CERTIFICATE)), s(S::GET_MEASUREMENTS)}},
  {.id = "mctp/message/types", .about = "SPDM is message type 5 and secured messages are type 6, without integrity check.",
   .asks = {"MCTP-001", "MCTP-002"}, .given = Given::established, .needs = {Needs::mctp, Needs::session, Needs::heartbeat}, .steps = {s(S::HEARTBEAT), s(S::GET_DIGESTS, Via::clear)}},
  {.id = "mctp/message/type-in-no-transcript", .about = "The message type byte is in no transcript.",
   .asks = {"MCTP-003"}, .given = Given::negotiated, .needs = {Needs::mctp}, .steps = {s(S::GET_DIGESTS), whole(s(S::GET_CERTIFICATE)), s(S::CHALLENGE)}},
  {.id = "tcp/message/header", .about = "The TCP header has a true length, binding version 1 and the message type of what it carries.",
   .asks = {"TCP-001", "TCP-002", "TCP-003", "TCP-006"}, .given = Given::established, .needs = {Needs::tcp, Needs::session, Needs::heartbeat}, .steps = {s(S::HEARTBEAT), s(S::GET_DIGESTS, Via::clear)}},
};}

/// A message that would be served, in an object in which it must not be.
Case odd_object(Object object, Needs transport, std::string id, std::string about, Rule rule, S message = S::GET_VERSION) {
  return {.id = std::move(id), .about = std::move(about), .asks = {rule}, .given = Given::negotiated, .needs = {transport, Needs::objects}, .steps = {in_object(object, s(message))}};
}

std::vector<Case> objects() {
  std::vector<Case> all{
  odd_object(Object::unknown_type, Needs::doe, "doe/object/unknown-type", "An object of an unknown type is not served.", "DOE-011"),
  odd_object(Object::unknown_vendor, Needs::doe, "doe/object/unknown-vendor", "An object of an unknown vendor is not served.", "DOE-012"),
  odd_object(Object::length_one, Needs::doe, "doe/object/length-one", "A Length below that of the header is an error.", "DOE-009"),
  odd_object(Object::length_short, Needs::doe, "doe/object/length-short", "A Length below that of the object is an error.", "DOE-010"),
  odd_object(Object::length_beyond, Needs::doe, "doe/object/length-beyond", "A Length beyond that of the object is an error.", "DOE-010"),
  odd_object(Object::secured_type, Needs::doe, "doe/object/plain-message-as-secured", "A plain message in a secured object is not served.", "DOE-013"),
  odd_object(Object::plain_type, Needs::doe, "doe/object/record-as-plain-message", "A record in a plain object is not opened.", "DOE-014", S::HEARTBEAT),
  odd_object(Object::unknown_index, Needs::doe, "doe/discovery/unknown-index", "Discovery of an index that no chain leads to names no protocol.", "DOE-004"),
  odd_object(Object::unknown_version, Needs::doe, "doe/discovery/unknown-version", "Discovery in an unknown version names no protocol.", "DOE-006"),
  odd_object(Object::other_message_type, Needs::mctp, "mctp/message/other-type", "A message of another type does not reach SPDM.", "MCTP-006"),
  odd_object(Object::role_inquiry, Needs::tcp, "tcp/message/role-inquiry", "A role inquiry is answered by a role.", "TCP-004"),
  odd_object(Object::binding_version, Needs::tcp, "tcp/message/binding-version", "A message of another version of the binding is not served.", "TCP-005"),
  };
  for (Case& test : all)
    if (test.steps.front().object == Object::plain_type) {
      test.given = Given::established;
      test.needs.push_back(Needs::session);
      test.needs.push_back(Needs::heartbeat);
    }
  return all;
}
// clang-format on

}  // namespace

std::vector<Case> record_cases() {
  std::vector<Case> all = declared();
  for (const Spoilt& what : spoilt) all.push_back(refused(what));
  return all;
}

std::vector<Case> transport_cases() { return joined({transports(), objects()}); }

}  // namespace lockstep::cases
