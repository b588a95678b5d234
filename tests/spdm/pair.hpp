// A requester and a responder in memory, each with a conversation of its own: every message is made by one, told to
// both.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/pki.hpp"
#include "spdm/conversation.hpp"

namespace lockstep::spdm::testing {

/// What the two negotiate.
struct Setup {
  Byte version = 0x12;
  crypto::Hash hash = crypto::Hash::SHA_384;
  crypto::Asym asym = crypto::Asym::ECDSA_P384;
  crypto::Asym requester_asym = crypto::Asym::ECDSA_P256;
  crypto::Group group = crypto::Group::SECP384R1;
  crypto::Aead aead = crypto::Aead::AES_256_GCM;
  RecordFormat format = doe_records;
  bool encrypts = true;
  bool in_the_clear = false;
  bool mutual = false;
  bool psk_with_context = true;
  bool multi_key = false;
  std::uint32_t without = 0;  ///< capabilities that the responder lacks
};
std::ostream& operator<<(std::ostream& out, const Setup& setup);

/// Made once for each algorithm: keys take their time.
const crypto::Pki& pki_of(crypto::Asym asym);

class Pair {
 public:
  explicit Pair(Setup setup);

  Conversation requester, responder;
  Setup setup;
  /// Findings of either side, and records that did not open, as text.
  std::vector<std::string> problems;
  crypto::SeededRandom random{42};

  /// GET_VERSION to ALGORITHMS.
  void negotiate();
  /// GET_DIGESTS to the end of the chain in portions of `portion` bytes.
  void read_chain(std::uint16_t portion = 0x200);
  void challenge();
  void measure(bool signature, SessionId session);
  /// KEY_EXCHANGE and its response; the id of the session in its handshake.
  std::uint32_t begin_session(Byte mut_auth_requested = wire::spdm::KEY_EXCHANGE_RSP::MUT_AUTH_WITH_ENCAP_REQUEST);
  /// Up to the established session; its id.
  std::uint32_t open_session();
  /// PSK_EXCHANGE and its response; the same SessionID every time.
  std::uint32_t begin_psk_session();
  std::uint32_t open_psk_session();

  /// One message, told to both; in a session it travels as a record. What the receiver saw.
  Seen send(Role sender, Bytes message, SessionId session = std::nullopt);
  template <class M>
  Seen send(Role sender, M message, SessionId session = std::nullopt) {
    return send(sender, encode(sender, std::move(message), session), session);
  }
  /// The message with the negotiated version in it, lengths and counts true.
  template <class M>
  Bytes encode(Role sender, M message, SessionId session) const {
    const wire::Context context = (sender == Role::requester ? requester : responder).context(sender, session);
    if (message.version == 0x10 && negotiated_) message.version = setup.version;
    return wire::encode(wire::canonical(message, context), context);
  }

  Seen send_error(wire::spdm::ErrorCode code, SessionId session = {}, Bytes extended = {});

  /// Whether a problem has these words in it: "FINISH SPDM-FIN-004 RequesterVerifyData".
  bool has(std::string_view words) const;
  /// All problems, one line each.
  std::string text() const;

  Bytes nonce() { return random.bytes(32); }
  Bytes responder_chain() const;
  Bytes requester_chain() const;

 private:
  void exchange_keys(std::uint16_t session_half, Byte mut_auth_requested);
  void authenticate_requester(SessionId session);
  void finish(std::uint32_t id);
  bool negotiated_ = false;
};

inline const std::vector<std::string> none;

/// A pair behind ALGORITHMS.
Pair negotiated(const Setup& setup = {});

#define EXPECT_BREACH(pair, words) EXPECT_TRUE((pair).has(words)) << "found:\n" << (pair).text()

}  // namespace lockstep::spdm::testing
