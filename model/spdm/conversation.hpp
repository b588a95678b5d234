// One SPDM connection as seen by somebody: the requester, the responder, or an onlooker, with secrets or without.
//
// Messages are told in the order they are exchanged, as plaintext; for each there is what it was and everything that is
// wrong with it. Records are opened and sealed here too. The order for a message in a session:
//   the receiver opens, then tells (open, on_...); the sender seals, then tells (seal, on_...).
// A request changes nothing but what rules say it resets; what was agreed counts from the successful response on.
#pragma once

#include "spdm/memory.hpp"
#include "spdm/signing.hpp"
#include "wire/spdm.hpp"

namespace lockstep::spdm {

using SessionId = std::optional<std::uint32_t>;  ///< nullopt: outside sessions

/// A rule that could not be applied, and why: never a verdict.
struct NotJudged {
  Rule rule;
  std::string why;
};

/// What one message was.
struct Seen {
  Role sender = Role::requester;
  Bytes bytes = {};                             ///< the message without padding of the transport
  wire::AnyMessage message = {};                ///< empty when it could not be decoded
  std::optional<wire::DecodeError> error = {};  ///< why not
  std::vector<wire::Finding> findings = {};     ///< rules that the sender broke
  std::vector<NotJudged> not_judged = {};
  std::vector<Seen> carried = {};  ///< messages inside: encapsulated ones, a large message when its last chunk came

  bool is(wire::spdm::Code code) const { return bytes.size() > 1 && bytes[1] == static_cast<Byte>(code); }
};

/// A record that was opened.
struct Opened {
  std::uint32_t session = 0;
  RecordContent content;
  /// Told to Conversation when true; an application message of another MCTP type otherwise.
  bool is_spdm() const { return content.inner_type.value_or(0x05) == 0x05; }
  const Bytes& message() const { return content.message; }
};

class Conversation {
 public:
  explicit Conversation(RecordFormat records = doe_records, Secrets secrets = {});

  /// Plaintext messages. A session that is not known gives a Seen that is decoded, and not judged.
  Seen on_request(View message, SessionId session);
  /// An answer that never came needs no call: the next request takes its place.
  Seen on_response(View message, SessionId session);

  /// `sender`: requester or responder. Errors are values; nothing changes then.
  Result<Opened, RecordError> open(Role sender, View record);
  Result<Bytes, RecordError> seal(Role sender, std::uint32_t session, View message, crypto::Random& random,
                                  Byte inner_type = 0x05);

  // --- onlookers whose recording has gaps --------------------------------------------------------------------------

  /// Where a record of `sender` stands that does not open as the next one.
  struct Position {
    std::uint32_t session = 0;
    std::uint64_t number = 0;    ///< its sequence number
    std::uint64_t expected = 0;  ///< that of the next record; more than `number`: it comes again or late
    bool next_keys = false;      ///< under the keys after one more KEY_UPDATE
  };
  /// Looks `window` numbers ahead, then into the next keys, then back. nullopt: nowhere, or the session or its keys are
  /// not known.
  std::optional<Position> locate(Role sender, View record, std::uint64_t window) const;
  /// The records before this position were not recorded: open() takes the record next.
  void resume_at(Role sender, const Position& position);

  /// The record is sealed by the requester with the data keys, and the answer that ends the handshake was not told.
  bool ends_handshake_unseen(View record) const;

  // --- making messages ---------------------------------------------------------------------------------------------

  /// What encode, decode and validate need for the next message of `sender`: with what the pending request asked for.
  wire::Context context(Role sender, SessionId session) const;
  /// The same for a message inside the encapsulated flow: requests of the responder, responses of the requester.
  wire::Context encapsulated_context(Role sender, SessionId session) const;
  /// The transcript that is signed in the message under construction; `so_far`: up to the signature.
  /// Error: what is not known, in words.
  Result<Bytes, std::string> to_be_signed(Purpose purpose, View so_far, SessionId session) const;
  /// The signature itself.
  Result<Bytes, std::string> sign(Purpose purpose, const crypto::PrivateKey& key, View so_far, SessionId session) const;
  /// ResponderVerifyData of KEY_EXCHANGE_RSP, PSK_EXCHANGE_RSP or FINISH_RSP, RequesterVerifyData of FINISH or
  /// PSK_FINISH; `so_far`: the message up to it. A requester sees `session` in KEY_EXCHANGE_RSP; FINISH of a handshake
  /// in the clear takes the session of that handshake whatever `session` is.
  Result<Bytes, std::string> verify_data(View so_far, SessionId session) const;

  // --- what is known -----------------------------------------------------------------------------------------------

  Secrets& secrets() { return memory_.secrets; }
  /// The chain of a slot (as in CERTIFICATE: header and all) without reading it from the wire: one's own, or cached.
  void know_chain(Role owner, Byte slot, Bytes chain);
  /// SubjectPublicKeyInfo in place of a chain, slot FFh.
  void know_public_key(Role owner, Bytes subject_public_key_info);
  /// The session is over without END_SESSION: heartbeat missed, DecryptError, dropped.
  void end_session(std::uint32_t session);

  const Negotiated& negotiated() const { return memory_.negotiated; }
  const Memory& memory() const { return memory_; }
  /// For devices with a fault: what they remember wrongly.
  Memory& altered() { return memory_; }
  /// nullptr: no live session has this id.
  const SessionData* session(std::uint32_t id) const { return memory_.find_session(id); }
  /// The request that waits for its response.
  const Pending* pending(SessionId session) const;
  /// The request of the responder that waits for DELIVER_ENCAPSULATED_RESPONSE.
  const Pending* encapsulated(SessionId session) const;

 private:
  const Channel* channel(SessionId session) const;
  Memory memory_;
};

}  // namespace lockstep::spdm
