// Secured message records (DSP0277): arbitrary records, arbitrary plaintexts that authenticate, and messages that are
// sealed and then altered. Input: the format, what is done, the bytes.
#include "crypto/aead.hpp"
#include "fuzz/target.hpp"
#include "spdm/secured_message.hpp"
#include "wire/secured_message.hpp"

namespace lockstep::fuzz {
namespace {

constexpr std::uint32_t session = 0x00010002;

struct Scheme {
  spdm::RecordScheme scheme;
  spdm::RecordKeys keys;

  spdm::SecuredDirection direction() const { return {scheme, keys, spdm::NonceOrder::little}; }
};

Scheme read_scheme(Byte flags) {
  static constexpr crypto::Aead aeads[] = {crypto::Aead::AES_128_GCM, crypto::Aead::AES_256_GCM,
                                           crypto::Aead::CHACHA20_POLY1305};
  const crypto::Aead aead = aeads[flags / 4 % 3];
  return {{aead, (flags & 1) == 0, (flags & 2) != 0 ? spdm::mctp_records : spdm::doe_records},
          {Bytes(crypto::key_size(aead), 0x11), Bytes(crypto::iv_size, 0x22)}};
}

void arbitrary_record(const Scheme& s, View record) {
  auto direction = s.direction();
  const auto opened = direction.open(record);
  require(!opened, "nobody makes a record without the key");
  require(direction.sequence_number() == 0, "a record that does not open takes no sequence number");
}

/// An authentic record with any plaintext: a peer that has the keys and makes mistakes.
void arbitrary_plaintext(const Scheme& s, View plaintext) {
  if (plaintext.size() > 0x8000) return;
  wire::secured_message::SecuredMessage record;
  record.req_session_id = session & 0xFFFF;
  record.rsp_session_id = session >> 16;
  record.length = static_cast<std::uint16_t>(plaintext.size() + crypto::tag_size);
  wire::Context context;
  context.sequence_number_size = s.scheme.format.sequence_number_size;
  Bytes associated = wire::secured_message::associated_data(record, context);
  if (!s.scheme.encrypts) append(associated, plaintext), record.ciphertext_and_tag = copy(plaintext);
  append(record.ciphertext_and_tag,
         *crypto::aead_seal(s.scheme.aead, s.keys.key, s.keys.iv, associated, s.scheme.encrypts ? plaintext : View()));
  auto direction = s.direction();
  const auto opened = direction.open(wire::encode(record, context));
  require(opened || opened.error().kind == spdm::RecordError::Kind::bad_plaintext,
          "an authentic record opens, or its plaintext is to blame");
  require(direction.sequence_number() == 1, "an authentic record takes a sequence number");
}

/// The message comes out again; with one bit flipped nothing does.
void sealed(const Scheme& s, Reader& reader) {
  const std::size_t place = reader.byte() + 256U * reader.byte();
  const View message = reader.rest();
  if (message.size() > 0x8000) return;
  auto sender = s.direction(), receiver = s.direction();
  crypto::SeededRandom random(1);
  auto record = sender.seal(session, message, random);
  require(record.has_value(), "a message of this size can be sealed");
  Bytes altered = *record;
  altered[place % altered.size()] ^= static_cast<Byte>(1 << (place / 256 % 8));
  // Nobody authenticates the session id but the AEAD; the receiver looks the session up by it before.
  require(!receiver.open(altered), "an altered record does not open");
  const auto opened = receiver.open(*record);
  require(opened && opened->message == copy(message), "a sealed message comes out as it was");
}

}  // namespace

void run(View input) {
  Reader reader(input);
  const Scheme scheme = read_scheme(reader.byte());
  const std::size_t which = reader.below(3);
  if (which == 0) arbitrary_record(scheme, reader.rest());
  if (which == 1) arbitrary_plaintext(scheme, reader.rest());
  if (which == 2) sealed(scheme, reader);
}

}  // namespace lockstep::fuzz
