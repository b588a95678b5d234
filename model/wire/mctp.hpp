// MCTP around SPDM (DSP0236, DSP0275, DSP0276).
#pragma once

#include "wire/layout.hpp"

namespace lockstep::wire::mctp {

/// Message type; bit 7 of its byte is IC, the integrity check.
enum class MessageType : Byte {
  CONTROL = 0x00,
  PLDM = 0x01,
  SPDM = 0x05,
  SECURED_MESSAGES = 0x06,
  VENDOR_DEFINED_PCI = 0x7E,
  VENDOR_DEFINED_IANA = 0x7F,
};

/// A message as the socket of an emulator carries it, and as application data inside a session.
struct Message {
  static const Layout& layout();
  Byte message_type = static_cast<Byte>(MessageType::SPDM);  ///< bit 7 IC, [6:0] MessageType
  Bytes body = {};
};

/// The message with its transport header, as captures have it.
struct Packet {
  static const Layout& layout();
  Byte header_version = 1;
  Byte destination_eid = 0;
  Byte source_eid = 0;
  Byte flags = 0xC0;  ///< 7 SOM, 6 EOM, [5:4] packet sequence, 3 TO, [2:0] tag
  Byte message_type = static_cast<Byte>(MessageType::SPDM);
  Bytes body = {};
};

Bytes wrap_mctp(MessageType type, View body);

}  // namespace lockstep::wire::mctp
