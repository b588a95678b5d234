// SPDM over TCP (DSP0287).
#pragma once

#include "wire/layout.hpp"

namespace lockstep::wire::tcp {

inline constexpr std::uint16_t PORT = 4194;
inline constexpr Byte BINDING_VERSION = 1;
inline constexpr std::size_t MAX_PAYLOAD = 0xFFFF - 2;  ///< PayloadLength counts two bytes of the header as well

enum class MessageType : Byte {
  OUT_OF_SESSION = 0x05,
  IN_SESSION = 0x06,
  ROLE_INQUIRY = 0xBF,
  ERROR_TOO_LARGE = 0xC0,
  ERROR_NOT_SUPPORTED = 0xC1,
  ERROR_CANNOT_OPERATE_AS_REQUESTER = 0xC2,
  ERROR_CANNOT_OPERATE_AS_RESPONDER = 0xC3,
};

struct Message {
  static const Layout& layout();
  std::uint16_t payload_length = 2;  ///< bytes behind this field: two of the header, then the payload
  Byte binding_version = BINDING_VERSION;
  Byte message_type = static_cast<Byte>(MessageType::OUT_OF_SESSION);
  Bytes payload = {};
};

/// The whole message around `payload` (at most MAX_PAYLOAD bytes).
Bytes wrap_tcp(MessageType type, View payload);

}  // namespace lockstep::wire::tcp
