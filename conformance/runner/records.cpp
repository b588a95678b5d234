#include "runner/records.hpp"

#include <algorithm>

#include "crypto/aead.hpp"
#include "wire/secured_message.hpp"

namespace lockstep::runner {
namespace {

using cases::Record;
using Made = Result<Bytes, std::string>;

constexpr std::size_t CUT = 4;  // a DWORD: the padding of a DOE mailbox does not make up for it

Made sealed(const Spoiling& from, std::uint32_t session, crypto::Random& random, int skipped = 0) {
  spdm::Conversation copy = from.conversation;
  for (int i = 0; i < skipped; ++i)
    if (auto record = copy.seal(Role::requester, session, from.message, random); !record)
      return Unexpected{record.error().why};
  auto record = copy.seal(Role::requester, session, from.message, random);
  if (!record) return Unexpected{record.error().why};
  return std::move(*record);
}

Made latest(const std::map<std::uint32_t, Bytes>& records, std::uint32_t session) {
  const auto found = records.find(session);
  return found == records.end() ? Made(Unexpected{std::string("nothing was sent in the session yet")})
                                : Made(found->second);
}

/// KEY_UPDATE itself took the sequence number before.
Made with_updated_key(const Spoiling& from, crypto::Random& random) {
  const auto found = from.latest.before_update.find(from.session);
  if (found == from.latest.before_update.end()) return Unexpected{std::string("no key was updated in the session yet")};
  return sealed({found->second, from.latest, from.session, from.other, from.message}, from.session, random, 1);
}

void write_le(Bytes& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<Byte>(value >> (8 * i));
}

/// Length stands behind SessionID and sequence number.
void add_to_length(Bytes& record, std::size_t sequence_number_size, std::uint64_t more) {
  const std::size_t at = 4 + sequence_number_size;
  write_le(record, at, read_le(View(record).subspan(at, 2)) + more, 2);
}

/// A record of the session's own keys whose plaintext says that it is longer than it is.
Made with_inner_length(const Spoiling& from, crypto::Random& random) {
  const auto* data = from.conversation.session(from.session);
  const auto& negotiated = from.conversation.negotiated();
  if (data == nullptr || !data->keys || !negotiated.aead || !negotiated.both_have(wire::spdm::capability::ENCRYPT_CAP))
    return Unexpected{std::string("the session does not encrypt")};
  auto record = sealed(from, from.session, random);
  if (!record) return record;
  const spdm::RecordFormat& format = from.conversation.memory().records;
  const spdm::SecuredDirection& direction = data->keys->records.request;
  const std::size_t header = 4 + format.sequence_number_size + 2;
  Bytes nonce = direction.keys().iv;
  const bool big = direction.order() == spdm::NonceOrder::big;
  for (std::size_t i = 0; i < 8; ++i)
    nonce[big ? nonce.size() - 1 - i : i] =
        static_cast<Byte>(nonce[big ? nonce.size() - 1 - i : i] ^ (direction.sequence_number() >> (8 * i)));
  auto plaintext = crypto::aead_open(*negotiated.aead, direction.keys().key, nonce, View(*record).first(header),
                                     View(*record).subspan(header));
  if (!plaintext) return Unexpected{plaintext.error().why};
  write_le(*plaintext, 0, plaintext->size(), 2);  // the two bytes of the length itself are too many
  auto body = crypto::aead_seal(*negotiated.aead, direction.keys().key, nonce, View(*record).first(header), *plaintext);
  if (!body) return Unexpected{body.error().why};
  record->resize(header);
  append(*record, *body);
  return record;
}

}  // namespace

spdm::Defect defect_of(Record how) {
  const bool malformed =
      how == Record::truncated || how == Record::length_too_great || how == Record::inner_length || how == Record::bare;
  return malformed ? spdm::Defect::malformed : spdm::Defect::none;
}

Made spoilt_record(Record how, const Spoiling& from, crypto::Random& random) {
  const std::size_t sequence_number_size = from.conversation.memory().records.sequence_number_size;
  if (how == Record::replayed) return latest(from.latest.sent, from.session);
  if (how == Record::reflected) return latest(from.latest.received, from.session);
  if (how == Record::bare) return copy(from.message);
  if (how == Record::updated_key) return with_updated_key(from, random);
  if (how == Record::inner_length) return with_inner_length(from, random);
  if (how == Record::of_other_session && !from.other) return Unexpected{std::string("there is no second session")};
  auto record = sealed(from, how == Record::of_other_session ? *from.other : from.session, random,
                       how == Record::skipped ? 1 : 0);
  if (!record) return record;
  switch (how) {
    case Record::flipped:
      (*record)[4 + sequence_number_size + 2] ^= 1;
      break;
    case Record::flipped_tag:
      record->back() ^= 1;
      break;
    case Record::truncated:
      record->resize(record->size() - CUT);
      break;
    case Record::length_too_great:
      add_to_length(*record, sequence_number_size, 4 * CUT);
      break;
    case Record::length_changed:
      add_to_length(*record, sequence_number_size, CUT);
      record->resize(record->size() + CUT);
      break;
    case Record::of_other_session:
      write_le(*record, 0, from.session, 4);
      break;
    case Record::unknown_session:
      write_le(*record, 0, ~from.session, 4);
      break;
    default:
      break;
  }
  return record;
}

}  // namespace lockstep::runner
