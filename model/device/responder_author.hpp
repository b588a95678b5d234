// Writes the contents of the reference device's answers. What is answered was decided before, by the machines.
#pragma once

#include "crypto/pki.hpp"
#include "device/faults.hpp"
#include "wire/spdm.hpp"

namespace lockstep::device {

/// Why there can be no such response: the device declines with this code.
struct Declined {
  wire::spdm::ErrorCode code = wire::spdm::ErrorCode::InvalidRequest;
  Bytes data = {};
};

/// A request and what was decided about it. The request itself waits in the conversation.
struct Decided {
  const Letter& letter;
  spdm::SessionId session;  ///< whose record carried it
  const Control& after;
  Answer answer;
  bool by_fault = false;  ///< a correct device would have decided otherwise
};

/// A throw-away path for these algorithms, the same for the whole run of the program: keys are slow to make.
/// `of_requester`: its leaf is for requesters, a fault. nullptr: the provider cannot make one.
const crypto::Pki* device_pki(crypto::Asym asym, crypto::Hash hash, bool of_requester = false);
/// The device presents this path instead, from now on and in the whole program: for vectors, whose keys are published.
void use_device_pki(crypto::Asym asym, crypto::Hash hash, crypto::Pki pki);

class Author {
 public:
  Author(const ResponderOptions& options, const Behaviour* behaviour)
      : options_(&options), behaviour_(behaviour), random_(options.seed) {}

  using Contents = Result<Bytes, Declined>;
  /// The whole message, VENDOR_DEFINED_RESPONSE included. Precondition: a response or an error is owed.
  Contents write(Store&, const Decided&);
  /// An SPDM ERROR.
  Bytes error(const Store&, const Decided&, const Declined&);
  /// What the device itself knows after an answer, beyond what remember() reads in it.
  void learn(Store&, const Decided&, const spdm::Seen& request);

  /// What the device asks for, before the machines decide: mutual authentication, heartbeat, the next step of an
  /// encapsulated flow.
  void ask(const Store&, Letter&, const spdm::Seen& request, spdm::SessionId session) const;

  crypto::Random& random() { return random_; }

 private:
  // responder_author.cpp
  Contents spdm_response(Store&, const Decided&);
  Contents inner(Store&, const Decided&);
  /// The request that is answered, decoded. Empty when it could not be decoded.
  wire::AnyMessage request(const Store&, const Decided&) const;
  wire::Context context(const Store&, const Decided&) const;
  /// Header, lengths, and what the fault makes of it.
  Bytes finish(const Store&, wire::AnyMessage message, const wire::Context&) const;
  /// The longest message that the requester takes, in one piece or in chunks.
  std::size_t most(const Store&) const;
  template <class M>
  Bytes finish(const Store& store, M message, const wire::Context& c) const {
    message.version = c.spdm_version;
    return finish(store, wire::AnyMessage(message), c);
  }
  /// The device's own chain and key for what was negotiated. nullopt: there are none.
  std::optional<Signer> own(const Store&) const;
  /// Made from the device's own certificates, whatever it has said about them so far.
  std::optional<Bytes> own_chain(const Store&) const;
  /// Puts a signature at the end of `message`, whose place is still empty.
  std::optional<Declined> sign(const Store&, const Decided&, spdm::Purpose, Bytes& message) const;
  std::optional<Declined> add_verify_data(const Store&, const Decided&, Bytes& message) const;

  // responder_negotiation.cpp
  Contents version(const Store&, const Decided&);
  Contents capabilities(const Store&, const Decided&);
  Contents algorithms(const Store&, const Decided&);

  // responder_identity.cpp
  /// The chains of both ends, as soon as their algorithms are known.
  void learn_chains(Store&) const;
  Contents digests(const Store&, const Decided&);
  Contents certificate(const Store&, const Decided&);
  Contents challenge_auth(const Store&, const Decided&);
  Contents measurements(const Store&, const Decided&);

  // responder_information.cpp
  Contents measurement_extension_log(const Store&, const Decided&);
  Contents endpoint_info(const Store&, const Decided&);

  // responder_session.cpp
  Contents key_exchange_rsp(Store&, const Decided&);
  Contents psk_exchange_rsp(Store&, const Decided&);
  Contents finish_rsp(const Store&, const Decided&);
  Contents key_update_ack(const Store&, const Decided&);
  Contents encapsulated_request(const Store&, const Decided&);
  Contents encapsulated_response_ack(const Store&, const Decided&);
  std::uint16_t fresh_session_id(const Store&, std::uint16_t requester_half);
  Byte heartbeat_period(const spdm::Negotiated&) const;
  bool wants_mutual_authentication(const spdm::Negotiated&) const;

  // responder_tdisp.cpp, responder_ide_km.cpp: with the Protocol ID of IDE_KM, without that of TDISP
  Contents tdisp(const Store&, const Decided&, const wire::AnyMessage& request);
  void learn_report(Store&, const Decided&, const spdm::Seen& request) const;
  Contents ide_km(const Store&, const Decided&, const wire::AnyMessage& request);

  const ResponderOptions* options_;
  const Behaviour* behaviour_;
  crypto::SeededRandom random_;
  Byte request_id_ = 0;  ///< of the encapsulated request given last
};

/// What TDISP_CAPABILITIES says of the reference device.
std::uint16_t supported_lock_flags();
std::uint16_t optional_requests(const ResponderOptions&);  ///< REQ_MSGS_SUPPORTED bits of 88h and up

}  // namespace lockstep::device
