// Secured messages (DSP0277): the record on the wire and what its ciphertext holds.
#pragma once

#include "wire/layout.hpp"

namespace lockstep::wire::secured_message {

/// SessionID, sequence number (Context::sequence_number_size) and Length are the associated data of the AEAD.
struct SecuredMessage {
  static const Layout& layout();
  std::uint16_t req_session_id = 0;
  std::uint16_t rsp_session_id = 0;
  std::uint16_t sequence_number = 0;  ///< the low bits, where the transport carries it
  std::uint16_t length = 0;           ///< bytes behind this field
  Bytes ciphertext_and_tag = {};      ///< session without encryption: the application data, then the tag

  /// As DSP0274 composes it: RspSessionID in the upper half.
  std::uint32_t session_id() const { return std::uint32_t{rsp_session_id} << 16 | req_session_id; }
};

/// The bytes before the ciphertext, as they are on the wire.
Bytes associated_data(const SecuredMessage& message, const Context& context);

/// What an encrypting session has inside the ciphertext. In a session of MCTP the application data begins with the MCTP
/// message type.
struct Plaintext {
  static const Layout& layout();
  std::uint16_t application_data_length = 0;
  Bytes application_data = {};
  Bytes random = {};  ///< padding of random size, none on DOE and TCP
};

}  // namespace lockstep::wire::secured_message
