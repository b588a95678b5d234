// What a layout must know that the message itself does not say: the negotiated version and sizes, and the request
// answered.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"

namespace lockstep::wire {

struct Context {
  Byte spdm_version = 0x10;  ///< negotiated SPDMVersion, 0x10 to 0x14

  // Sizes in bytes that follow from ALGORITHMS (DSP0274, NEGOTIATE_ALGORITHMS).
  std::size_t hash_size = 0;                 ///< H: the negotiated BaseHashAlgo
  std::size_t signature_size = 0;            ///< of the responder's BaseAsymAlgo or PqcAsymAlgo
  std::size_t requester_signature_size = 0;  ///< of the requester's ReqBaseAsymAlg or ReqPqcAsymAlg
  std::size_t request_exchange_size =
      0;  ///< D: ExchangeData in KEY_EXCHANGE (DHE public value or KEM encapsulation key)
  std::size_t response_exchange_size = 0;  ///< ExchangeData in KEY_EXCHANGE_RSP (DHE public value or KEM ciphertext)

  std::size_t measurement_hash_size = 0;  ///< of a digest in a measurement block; 0: not checked

  bool measurement_capability = false;  ///< the responder has MEAS_CAP

  // What the request asked for; it decides which fields its response has.
  bool measurement_summary_hash =
      false;                         ///< a summary hash type other than 0 was asked for and the responder has MEAS_CAP
  bool signature_requested = false;  ///< GET_MEASUREMENTS or GET_ENDPOINT_INFO asked for a signature
  bool supported_algorithms =
      false;  ///< CAPABILITIES carries the Supported Algorithms block (1.3, GET_CAPABILITIES Param1 bit 0)

  bool handshake_in_the_clear = false;  ///< both ends have HANDSHAKE_IN_THE_CLEAR_CAP: VerifyData moves to FINISH_RSP
  bool multi_key = false;               ///< MULTI_KEY_CONN was selected for the sender of DIGESTS

  // Secured messages (DSP0277): what the transport binding fixes.
  std::size_t sequence_number_size = 0;  ///< bytes of the sequence number on the wire: MCTP 2, DOE and TCP 0
};

}  // namespace lockstep::wire
