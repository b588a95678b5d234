// For the sources of this folder: what the checks on one message see, and the list of them.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "spdm/conversation.hpp"
#include "spdm/transcript.hpp"
#include "wire/spdm_registry.hpp"

namespace lockstep::spdm {

/// One message in its place: a request that has just come (`seen` is the request), or a response (`seen`) to `request`.
struct Turn {
  Memory& memory;
  Channel& channel;
  SessionData* session;  ///< nullptr outside sessions
  Pending& request;
  Seen& seen;

  const Negotiated& negotiated() const { return memory.negotiated; }
  template <class M>
  const M& requested() const {
    return *request.message.as<M>();
  }
  template <class M>
  const M& message() const {
    return *seen.message.as<M>();
  }
  void finding(Rule rule, std::string field, std::string what) {
    seen.findings.push_back({rule, std::move(field), std::move(what)});
  }
  /// A finding on a request which the responder must refuse for it.
  void refusable(Rule rule, std::string field, std::string what) {
    finding(rule, std::move(field), std::move(what));
    request.refused_for.push_back(rule);
  }
  void not_judged(Rule rule, std::string why) { seen.not_judged.push_back({rule, std::move(why)}); }
  void expect_echo(bool equal, Rule rule, std::string field) {
    if (!equal) finding(rule, std::move(field), "does not repeat the request");
  }
  /// A value that may not come twice.
  void expect_fresh(const Bytes& value, Rule rule, std::string field);
};

/// What is signed and what keys are made of names the version; 1.0 signs as 1.1 does, and has no keys.
inline constexpr Byte VERSIONS_WITH_LABELS[] = {wire::spdm::VERSION_1_1, wire::spdm::VERSION_1_2,
                                                wire::spdm::VERSION_1_3, wire::spdm::VERSION_1_4};

/// Does something with one message; the message, and for a response its request, could be decoded.
using Check = void (*)(Turn&);

struct CodeCheck {
  wire::spdm::Code code;
  Check check;
};

// --- one family of messages each: checks_*.cpp -----------------------------------------------------------------------

using CodeChecks = std::span<const CodeCheck>;
CodeChecks negotiation_checks();            ///< VERSION, CAPABILITIES, ALGORITHMS
CodeChecks identity_checks();               ///< GET_CERTIFICATE, CHALLENGE, and what answers them; SET_CERTIFICATE_RSP
CodeChecks measurement_checks();            ///< MEASUREMENTS, MEASUREMENT_EXTENSION_LOG, ENDPOINT_INFO
CodeChecks exchange_checks();               ///< KEY_EXCHANGE, PSK_EXCHANGE and their responses
CodeChecks finish_checks();                 ///< FINISH, PSK_FINISH and their responses
CodeChecks session_checks();                ///< KEY_UPDATE, KEY_UPDATE_ACK, END_SESSION_ACK, VENDOR_DEFINED_RESPONSE
CodeChecks encapsulated_checks();           ///< what carries messages of the other direction
CodeChecks encapsulated_response_checks();  ///< messages of the requester in the role of a responder

// --- shared between them ---------------------------------------------------------------------------------------------

/// Decodes `bytes` into `seen`: layout findings, or the error.
void decode_into(Seen& seen, View bytes, const wire::Context& context);
/// The context of a message in either direction; `request` is what it answers, nullptr: it is a request itself.
wire::Context context_for(const Memory& memory, const Pending* request);
/// The same for messages of the encapsulated flow.
wire::Context encapsulated_context_for(const Memory& memory, const Pending* request);
/// Runs the check for the code of `turn.seen`, if one of the lists has it.
void run(std::initializer_list<CodeChecks> lists, Turn& turn);

/// A key to verify with, or why there is none.
Result<crypto::PublicKey, std::string> signer_key(const Memory& memory, Role signer, Byte slot);
Result<SignatureScheme, std::string> signature_scheme(const Memory& memory, Role signer);

/// A transcript that a signature may stand over, and the rule that is strained when only this one fits.
struct Candidate {
  Bytes transcript;
  Rule strained;
  std::string_view what;
};
/// Verifies `signature` over the first candidate that fits. No fit is a finding under `rule`; a missing key or
/// algorithm is not judged. Returns the position of the fit.
std::optional<std::size_t> verify_signature(Turn& turn, Rule rule, Role signer, Byte slot, Purpose purpose,
                                            const std::vector<Candidate>& candidates, View signature);

/// The message without its last `tail` bytes, which were decoded from it.
inline View without_tail(View bytes, std::size_t tail) { return bytes.first(bytes.size() - tail); }

/// A slot of the responder that DIGESTS did not name must be refused.
void refuse_empty_slot(Turn& turn, Rule rule, Byte slot);
/// What DIGESTS and CERTIFICATE tell of the owner's slots, with the findings about it.
void learn_digests(Turn& turn, Identity& identity);
void learn_certificate(Turn& turn, Identity& identity, Role owner);

/// What KEY_EXCHANGE_RSP or PSK_EXCHANGE_RSP (its bytes as far as they go, VerifyData excluded) makes of the pending
/// request: a session with transcript and, where the secrets are known, handshake keys.
struct Opening {
  View request;
  View response_so_far;
  std::optional<Bytes> digests;  ///< D, KEY_EXCHANGE in a multi-key connection
};
SessionData begin_session(const Memory& memory, const Opening& opening, const wire::spdm::KEY_EXCHANGE& request,
                          const wire::spdm::KEY_EXCHANGE_RSP& response);
SessionData begin_session(const Memory& memory, const Opening& opening, const wire::spdm::PSK_EXCHANGE& request,
                          const wire::spdm::PSK_EXCHANGE_RSP& response);
/// Handshake keys from a HandshakeSecret.
void give_handshake_keys(const Memory& memory, SessionData& session, Bytes handshake_secret);
/// The session is established; `finish` is complete. From the next record on the data keys count.
void establish(const Memory& memory, SessionData& session);
/// New keys for one direction after KEY_UPDATE; the secret moves on.
void update_keys(const Memory& memory, SessionData& session, Role direction);
/// Forgets the session.
void forget_session(Memory& memory, std::uint32_t id);

}  // namespace lockstep::spdm
