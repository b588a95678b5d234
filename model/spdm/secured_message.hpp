// The records of one direction of one session (DSP0277): keys, sequence number, sealing and opening.
#pragma once

#include <optional>
#include <string>

#include "crypto/random.hpp"
#include "spdm/key_schedule.hpp"
#include "wire/layout.hpp"

namespace lockstep::spdm {

/// What the transport binding fixes about records.
struct RecordFormat {
  std::size_t sequence_number_size = 0;  ///< bytes of the sequence number on the wire
  bool inner_message_type = false;       ///< MCTP: the message type byte precedes the message inside the record
  std::size_t max_random_pad = 0;        ///< MCTP: up to 32 random bytes hide the length
  bool inner_tcp_header = false;         ///< TCP: a header precedes the message inside the record (see open())
  bool operator==(const RecordFormat&) const = default;
};
inline constexpr RecordFormat doe_records{};
inline constexpr RecordFormat tcp_records{0, false, 0, true};
inline constexpr RecordFormat mctp_records{2, true, 32};

/// Where the 64-bit sequence number meets the 12 bytes of the IV. DSP0277 1.2 fixes little; 1.0 and 1.1 leave it open,
/// and the first record with a number other than 0 shows it.
enum class NonceOrder : Byte { unknown, little, big };

/// The algorithms of a session's records.
struct RecordScheme {
  crypto::Aead aead = crypto::Aead::AES_256_GCM;
  bool encrypts = true;  ///< false: MAC only
  RecordFormat format = {};
};

struct RecordError {
  enum class Kind {
    malformed,        ///< too short, or Length does not fit
    unknown_session,  ///< no live session has this id
    keys_unknown,     ///< the session is there, its secrets are not: not judged
    wrong_sequence,   ///< the explicit sequence number is not the expected one
    not_authentic,    ///< the tag does not fit: bit flip, replay, wrong key, wrong order
    bad_plaintext,    ///< authentic, but ApplicationDataLength or the inner type is wrong
    exhausted,        ///< the last sequence number was used
    unsupported,      ///< the provider cannot compute the algorithm
  };
  Kind kind;
  Rule rule;  ///< none() where nobody is to blame
  std::string why;
  std::optional<std::uint32_t> session = std::nullopt;  ///< as far as it could be read
};

/// The fields of a record that can be read without keys.
struct RecordHeader {
  std::uint32_t session_id = 0;  ///< RspSessionID << 16 | ReqSessionID
  std::uint16_t sequence_number = 0;
  std::uint16_t length = 0;
  std::size_t size = 0;  ///< of the whole record: what follows is padding of the transport
};
Result<RecordHeader, RecordError> read_record_header(RecordFormat format, View record);

/// What a record held.
struct RecordContent {
  Bytes message;                                  ///< without the inner message type
  std::optional<Byte> inner_type = std::nullopt;  ///< MCTP message type
  std::uint64_t sequence_number = 0;
  bool with_old_key = false;  ///< by the key before the latest KEY_UPDATE
};

/// Copyable: the state before a record is a copy.
class SecuredDirection {
 public:
  SecuredDirection(RecordScheme scheme, RecordKeys keys, NonceOrder order)
      : scheme_(scheme), current_{std::move(keys), 0}, order_(order) {}

  /// Takes one sequence number. `inner_type` counts where the format has one. Padding is drawn from `random`, up to
  /// `max_random_pad`. Errors: exhausted, unsupported, malformed (more than 65535 bytes).
  Result<Bytes, RecordError> seal(std::uint32_t session_id, View message, crypto::Random& random,
                                  Byte inner_type = 0x05);
  /// Takes one sequence number when the record is authentic, none otherwise. Before confirm() the key before the
  /// latest update() is tried too. libspdm writes a second TCP header into its records, and no source says that others
  /// have to: a message without it is taken as well.
  Result<RecordContent, RecordError> open(View record);

  /// An onlooker's search: the first sequence number in [from, to) with which the record is authentic under the current
  /// keys; nothing changes.
  std::optional<std::uint64_t> locate(View record, std::uint64_t from, std::uint64_t to) const;
  /// Goes on with this sequence number: the records before it were not seen.
  void resume_at(std::uint64_t sequence_number) { current_.sequence_number = sequence_number; }

  /// KEY_UPDATE: new keys from sequence number 0 on; the old ones stay as a fallback for open().
  void update(RecordKeys keys);
  /// VerifyNewKey was acknowledged: the old keys are gone.
  void confirm() { old_.reset(); }
  /// KEY_UPDATE came to nothing: back to the old keys.
  void revert();

  std::uint64_t sequence_number() const { return current_.sequence_number; }
  const RecordKeys& keys() const { return current_.keys; }
  bool has_old_keys() const { return old_.has_value(); }
  NonceOrder order() const { return order_; }

 private:
  struct Epoch {
    RecordKeys keys;
    std::uint64_t sequence_number;
  };
  Result<RecordContent, RecordError> open_with(Epoch& epoch, const RecordHeader& header, View record);
  Result<Bytes, crypto::Error> decrypt(const Epoch& epoch, NonceOrder order, View record) const;
  RecordScheme scheme_;
  Epoch current_;
  std::optional<Epoch> old_;
  NonceOrder order_;
};

}  // namespace lockstep::spdm
