#include "spdm/secured_message.hpp"

#include <limits>

#include "crypto/aead.hpp"
#include "wire/secured_message.hpp"
#include "wire/tcp.hpp"

namespace lockstep::spdm {
namespace {

using wire::secured_message::Plaintext;
using wire::secured_message::SecuredMessage;
using Kind = RecordError::Kind;

wire::Context wire_context(RecordFormat format) {
  wire::Context context;
  context.sequence_number_size = format.sequence_number_size;
  return context;
}

/// The sequence number is XORed into the IV: at its low indices in little-endian, at its high ones in big-endian.
Bytes nonce(const Bytes& iv, std::uint64_t sequence_number, NonceOrder order) {
  Bytes number;
  if (order == NonceOrder::big)
    number.resize(iv.size() - 8, 0x00), append_be(number, sequence_number, 8);
  else
    append_le(number, sequence_number, 8), number.resize(iv.size(), 0x00);
  for (std::size_t i = 0; i < iv.size(); ++i) number[i] = static_cast<Byte>(number[i] ^ iv[i]);
  return number;
}

RecordError crypto_error(const crypto::Error& error, std::uint32_t session_id) {
  if (error.code == crypto::ErrorCode::authentication_failed)
    return {Kind::not_authentic, "SECMSG-003", "the tag does not fit the record", session_id};
  return {Kind::unsupported, Rule::none(), error.why, session_id};
}

void remove_tcp_header(Bytes& message) {
  auto inner = wire::decode<wire::tcp::Message>(message, {});
  const bool is_header = inner && inner->consumed == message.size() &&
                         inner->message.message_type == static_cast<Byte>(wire::tcp::MessageType::OUT_OF_SESSION);
  if (is_header) message = std::move(inner->message.payload);
}

constexpr std::uint64_t last_sequence_number = std::numeric_limits<std::uint64_t>::max();

}  // namespace

Result<RecordHeader, RecordError> read_record_header(RecordFormat format, View record) {
  const auto decoded = wire::decode<SecuredMessage>(record, wire_context(format));
  if (!decoded) {
    std::optional<std::uint32_t> session;
    if (record.size() >= 4) session = static_cast<std::uint32_t>(read_le(record.first(4)));
    return Unexpected{RecordError{Kind::malformed,
                                  decoded.error().field == "Ciphertext" ? Rule("SECMSG-002") : Rule("SECMSG-001"),
                                  decoded.error().field + ": " + decoded.error().why, session}};
  }
  const SecuredMessage& message = decoded->message;
  if (message.length < crypto::tag_size)
    return Unexpected{RecordError{Kind::malformed, "SECMSG-002", "Length is less than the tag", message.session_id()}};
  return RecordHeader{message.session_id(), message.sequence_number, message.length, decoded->consumed};
}

Result<Bytes, RecordError> SecuredDirection::seal(std::uint32_t session_id, View message, crypto::Random& random,
                                                  Byte inner_type) {
  if (current_.sequence_number == last_sequence_number)
    return Unexpected{RecordError{Kind::exhausted, "SECMSG-007", "the last sequence number was used", session_id}};
  Bytes application_data;
  if (scheme_.format.inner_message_type) application_data.push_back(inner_type);
  if (scheme_.format.inner_tcp_header && message.size() <= wire::tcp::MAX_PAYLOAD)
    application_data = wire::tcp::wrap_tcp(wire::tcp::MessageType::OUT_OF_SESSION, message);
  else
    append(application_data, message);

  Bytes plaintext = application_data;
  if (scheme_.encrypts) {
    Plaintext wrapped;
    wrapped.application_data_length = static_cast<std::uint16_t>(application_data.size());
    wrapped.application_data = application_data;
    if (scheme_.format.max_random_pad > 0)
      wrapped.random = random.bytes(1 + random.bytes(1)[0] % scheme_.format.max_random_pad);
    plaintext = wire::encode(wrapped, {});
  }
  if (application_data.size() > 0xFFFF || plaintext.size() + crypto::tag_size > 0xFFFF)
    return Unexpected{RecordError{Kind::malformed, Rule::none(), "the message does not fit a record", session_id}};

  SecuredMessage record;
  record.req_session_id = static_cast<std::uint16_t>(session_id);
  record.rsp_session_id = static_cast<std::uint16_t>(session_id >> 16);
  record.sequence_number = static_cast<std::uint16_t>(current_.sequence_number);
  record.length = static_cast<std::uint16_t>(plaintext.size() + crypto::tag_size);
  const wire::Context context = wire_context(scheme_.format);
  Bytes associated_data = wire::secured_message::associated_data(record, context);
  if (!scheme_.encrypts) append(associated_data, plaintext);
  const NonceOrder order = order_ == NonceOrder::big ? NonceOrder::big : NonceOrder::little;
  const auto sealed =
      crypto::aead_seal(scheme_.aead, current_.keys.key, nonce(current_.keys.iv, current_.sequence_number, order),
                        associated_data, scheme_.encrypts ? View(plaintext) : View());
  if (!sealed) return Unexpected{crypto_error(sealed.error(), session_id)};
  if (!scheme_.encrypts) record.ciphertext_and_tag = plaintext;
  append(record.ciphertext_and_tag, *sealed);
  ++current_.sequence_number;
  return wire::encode(record, context);
}

Result<Bytes, crypto::Error> SecuredDirection::decrypt(const Epoch& epoch, NonceOrder order, View record) const {
  const std::size_t header_size = 4 + scheme_.format.sequence_number_size + 2;
  const Bytes iv = nonce(epoch.keys.iv, epoch.sequence_number, order);
  if (scheme_.encrypts)
    return crypto::aead_open(scheme_.aead, epoch.keys.key, iv, record.first(header_size), record.subspan(header_size));
  const View authenticated = record.first(record.size() - crypto::tag_size);
  const auto tag = crypto::aead_open(scheme_.aead, epoch.keys.key, iv, authenticated, record.last(crypto::tag_size));
  if (!tag) return Unexpected{tag.error()};
  return copy(authenticated.subspan(header_size));
}

Result<RecordContent, RecordError> SecuredDirection::open_with(Epoch& epoch, const RecordHeader& header, View record) {
  const std::uint32_t id = header.session_id;
  if (epoch.sequence_number == last_sequence_number)
    return Unexpected{RecordError{Kind::exhausted, "SECMSG-007", "the last sequence number was used", id}};
  if (scheme_.format.sequence_number_size > 0 &&
      header.sequence_number != static_cast<std::uint16_t>(epoch.sequence_number))
    return Unexpected{RecordError{Kind::wrong_sequence, "MCTP-007",
                                  "sequence number " + std::to_string(header.sequence_number) + ", expected " +
                                      std::to_string(epoch.sequence_number),
                                  id}};
  NonceOrder order = order_ == NonceOrder::unknown ? NonceOrder::little : order_;
  auto plaintext = decrypt(epoch, order, record);
  if (!plaintext && order_ == NonceOrder::unknown && epoch.sequence_number != 0) {
    order = NonceOrder::big;
    plaintext = decrypt(epoch, order, record);
  }
  if (!plaintext) return Unexpected{crypto_error(plaintext.error(), id)};

  RecordContent content{.message = {}, .inner_type = std::nullopt, .sequence_number = epoch.sequence_number};
  if (epoch.sequence_number != 0) order_ = order;
  ++epoch.sequence_number;
  if (scheme_.encrypts) {
    auto wrapped = wire::decode<Plaintext>(*plaintext, {});
    if (!wrapped)
      return Unexpected{
          RecordError{Kind::bad_plaintext, "SECMSG-013", wrapped.error().field + ": " + wrapped.error().why, id}};
    content.message = std::move(wrapped->message.application_data);
  } else {
    content.message = std::move(*plaintext);
  }
  if (scheme_.format.inner_message_type) {
    if (content.message.empty())
      return Unexpected{
          RecordError{Kind::bad_plaintext, "SECMSG-032", "the message type is missing inside the record", id}};
    content.inner_type = content.message.front();
    content.message.erase(content.message.begin());
  }
  if (scheme_.format.inner_tcp_header) remove_tcp_header(content.message);
  return content;
}

Result<RecordContent, RecordError> SecuredDirection::open(View padded_record) {
  const auto header = read_record_header(scheme_.format, padded_record);
  if (!header) return Unexpected{header.error()};
  const View record = padded_record.first(header->size);
  auto content = open_with(current_, *header, record);
  if (content || !old_ || content.error().kind == Kind::bad_plaintext) return content;
  auto with_old = open_with(*old_, *header, record);
  if (!with_old) return content;
  with_old->with_old_key = true;
  return with_old;
}

std::optional<std::uint64_t> SecuredDirection::locate(View padded_record, std::uint64_t from, std::uint64_t to) const {
  const auto header = read_record_header(scheme_.format, padded_record);
  if (!header) return std::nullopt;
  for (std::uint64_t number = from; number < to; ++number) {
    SecuredDirection there = *this;
    there.current_.sequence_number = number;
    if (there.open_with(there.current_, *header, padded_record.first(header->size))) return number;
  }
  return std::nullopt;
}

void SecuredDirection::update(RecordKeys keys) {
  old_ = std::move(current_);
  current_ = Epoch{std::move(keys), 0};
}

void SecuredDirection::revert() {
  LOCKSTEP_ASSERT(old_.has_value());
  current_ = std::move(*old_);
  old_.reset();
}

}  // namespace lockstep::spdm
