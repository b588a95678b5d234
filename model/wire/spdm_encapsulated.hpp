// The encapsulated flow: requests of the responder inside answers (DSP0274, "Encapsulated messages").
#pragma once

#include "wire/spdm_header.hpp"

namespace lockstep::wire::spdm {

struct GET_ENCAPSULATED_REQUEST : Message<Code::GET_ENCAPSULATED_REQUEST> {
  static const Layout& layout();
};

/// Param1: RequestID.
struct ENCAPSULATED_REQUEST : Message<Code::ENCAPSULATED_REQUEST> {
  static const Layout& layout();
  Bytes encapsulated_request;  ///< an SPDM request, header included
};

/// Param1: RequestID.
struct DELIVER_ENCAPSULATED_RESPONSE : Message<Code::DELIVER_ENCAPSULATED_RESPONSE> {
  static const Layout& layout();
  Bytes encapsulated_response;  ///< an SPDM response, header included
};

/// Param1: RequestID of the next request; Param2: payload type.
struct ENCAPSULATED_RESPONSE_ACK : Message<Code::ENCAPSULATED_RESPONSE_ACK> {
  static const Layout& layout();
  enum class PayloadType : Byte { Absent = 0, Present = 1, ReqSlotNumber = 2 };
  Byte ack_request_id = 0;     ///< since 1.2
  std::uint32_t reserved = 0;  ///< since 1.2, three bytes
  Bytes encapsulated_request;  ///< the next request, or one byte: the slot number
};

}  // namespace lockstep::wire::spdm
