// What every SPDM message begins with, and the numbers of DSP0274 that belong to no single message.
#pragma once

#include <cstdint>

#include "wire/layout.hpp"

namespace lockstep::wire::spdm {

inline constexpr Byte VERSION_1_0 = 0x10;
inline constexpr Byte VERSION_1_1 = 0x11;
inline constexpr Byte VERSION_1_2 = 0x12;
inline constexpr Byte VERSION_1_3 = 0x13;
inline constexpr Byte VERSION_1_4 = 0x14;

inline constexpr std::size_t NONCE_SIZE = 32;
inline constexpr std::size_t REQUESTER_CONTEXT_SIZE = 8;
inline constexpr std::size_t MIN_DATA_TRANSFER_SIZE = 42;

/// RequestResponseCode (DSP0274, "SPDM request codes" and "SPDM response codes").
enum class Code : Byte {
  DIGESTS = 0x01,
  CERTIFICATE = 0x02,
  CHALLENGE_AUTH = 0x03,
  VERSION = 0x04,
  CHUNK_SEND_ACK = 0x05,
  CHUNK_RESPONSE = 0x06,
  ENDPOINT_INFO = 0x07,
  SLOT_MANAGEMENT_RESP = 0x08,
  MEASUREMENTS = 0x60,
  CAPABILITIES = 0x61,
  SUPPORTED_EVENT_TYPES = 0x62,
  ALGORITHMS = 0x63,
  KEY_EXCHANGE_RSP = 0x64,
  FINISH_RSP = 0x65,
  PSK_EXCHANGE_RSP = 0x66,
  PSK_FINISH_RSP = 0x67,
  HEARTBEAT_ACK = 0x68,
  KEY_UPDATE_ACK = 0x69,
  ENCAPSULATED_REQUEST = 0x6A,
  ENCAPSULATED_RESPONSE_ACK = 0x6B,
  END_SESSION_ACK = 0x6C,
  CSR = 0x6D,
  SET_CERTIFICATE_RSP = 0x6E,
  MEASUREMENT_EXTENSION_LOG = 0x6F,
  SUBSCRIBE_EVENT_TYPES_ACK = 0x70,
  EVENT_ACK = 0x71,
  KEY_PAIR_INFO = 0x7C,
  SET_KEY_PAIR_INFO_ACK = 0x7D,
  VENDOR_DEFINED_RESPONSE = 0x7E,
  ERROR = 0x7F,

  GET_DIGESTS = 0x81,
  GET_CERTIFICATE = 0x82,
  CHALLENGE = 0x83,
  GET_VERSION = 0x84,
  CHUNK_SEND = 0x85,
  CHUNK_GET = 0x86,
  GET_ENDPOINT_INFO = 0x87,
  SLOT_MANAGEMENT = 0x88,
  GET_MEASUREMENTS = 0xE0,
  GET_CAPABILITIES = 0xE1,
  GET_SUPPORTED_EVENT_TYPES = 0xE2,
  NEGOTIATE_ALGORITHMS = 0xE3,
  KEY_EXCHANGE = 0xE4,
  FINISH = 0xE5,
  PSK_EXCHANGE = 0xE6,
  PSK_FINISH = 0xE7,
  HEARTBEAT = 0xE8,
  KEY_UPDATE = 0xE9,
  GET_ENCAPSULATED_REQUEST = 0xEA,
  DELIVER_ENCAPSULATED_RESPONSE = 0xEB,
  END_SESSION = 0xEC,
  GET_CSR = 0xED,
  SET_CERTIFICATE = 0xEE,
  GET_MEASUREMENT_EXTENSION_LOG = 0xEF,
  SUBSCRIBE_EVENT_TYPES = 0xF0,
  SEND_EVENT = 0xF1,
  GET_KEY_PAIR_INFO = 0xFC,
  SET_KEY_PAIR_INFO = 0xFD,
  VENDOR_DEFINED_REQUEST = 0xFE,
  RESPOND_IF_READY = 0xFF,
};

constexpr bool is_request(Byte code) { return (code & 0x80) != 0; }

/// Error code in Param1 of ERROR.
enum class ErrorCode : Byte {
  InvalidRequest = 0x01,
  InvalidSession = 0x02,  ///< 1.1 only
  Busy = 0x03,
  UnexpectedRequest = 0x04,
  Unspecified = 0x05,
  DecryptError = 0x06,
  UnsupportedRequest = 0x07,
  RequestInFlight = 0x08,
  InvalidResponseCode = 0x09,
  SessionLimitExceeded = 0x0A,
  SessionRequired = 0x0B,
  ResetRequired = 0x0C,
  ResponseTooLarge = 0x0D,
  RequestTooLarge = 0x0E,
  LargeResponse = 0x0F,
  MessageLost = 0x10,
  InvalidPolicy = 0x11,
  DataTooLarge = 0x12,
  VersionMismatch = 0x41,  ///< MajorVersionMismatch in 1.0 and 1.1
  ResponseNotReady = 0x42,
  RequestResynch = 0x43,
  OperationFailed = 0x44,
  NoPendingRequests = 0x45,
  RequestSessionTerminated = 0x46,
  InvalidState = 0x47,
  VendorDefined = 0xFF,
};

/// The first four bytes. Param1 and Param2 have a meaning of their own in each message.
struct Header {
  Byte version = VERSION_1_0;      ///< SPDMVersion: [7:4] major, [3:0] minor
  Byte request_response_code = 0;  ///< RequestResponseCode
  Byte param1 = 0;
  Byte param2 = 0;
};

/// The base of every message struct: knows its code and begins with it.
template <Code RequestResponseCode>
struct Message : Header {
  static constexpr Byte code = static_cast<Byte>(RequestResponseCode);
  Message() { request_response_code = code; }
};

/// Flags of GET_CAPABILITIES and CAPABILITIES. A field of several bits has its mask under the plain name and its values
/// behind it.
namespace capability {
inline constexpr std::uint32_t CACHE_CAP = 1u << 0;  ///< responder only
inline constexpr std::uint32_t CERT_CAP = 1u << 1;
inline constexpr std::uint32_t CHAL_CAP = 1u << 2;
inline constexpr std::uint32_t MEAS_CAP = 3u << 3;  ///< responder only
inline constexpr std::uint32_t MEAS_CAP_NO_SIG = 1u << 3;
inline constexpr std::uint32_t MEAS_CAP_SIG = 2u << 3;
inline constexpr std::uint32_t MEAS_FRESH_CAP = 1u << 5;  ///< responder only
inline constexpr std::uint32_t ENCRYPT_CAP = 1u << 6;
inline constexpr std::uint32_t MAC_CAP = 1u << 7;
inline constexpr std::uint32_t MUT_AUTH_CAP = 1u << 8;
inline constexpr std::uint32_t KEY_EX_CAP = 1u << 9;
inline constexpr std::uint32_t PSK_CAP = 3u << 10;
inline constexpr std::uint32_t PSK_CAP_NO_CONTEXT = 1u << 10;    ///< the only value a requester may have
inline constexpr std::uint32_t PSK_CAP_WITH_CONTEXT = 2u << 10;  ///< responder only
inline constexpr std::uint32_t ENCAP_CAP = 1u << 12;
inline constexpr std::uint32_t HBEAT_CAP = 1u << 13;
inline constexpr std::uint32_t KEY_UPD_CAP = 1u << 14;
inline constexpr std::uint32_t HANDSHAKE_IN_THE_CLEAR_CAP = 1u << 15;
inline constexpr std::uint32_t PUB_KEY_ID_CAP = 1u << 16;
inline constexpr std::uint32_t CHUNK_CAP = 1u << 17;
inline constexpr std::uint32_t ALIAS_CERT_CAP = 1u << 18;          ///< responder only
inline constexpr std::uint32_t SET_CERT_CAP = 1u << 19;            ///< responder only
inline constexpr std::uint32_t CSR_CAP = 1u << 20;                 ///< responder only
inline constexpr std::uint32_t CERT_INSTALL_RESET_CAP = 1u << 21;  ///< responder only
inline constexpr std::uint32_t EP_INFO_CAP = 3u << 22;
inline constexpr std::uint32_t EP_INFO_CAP_NO_SIG = 1u << 22;
inline constexpr std::uint32_t EP_INFO_CAP_SIG = 2u << 22;
inline constexpr std::uint32_t MEL_CAP = 1u << 24;  ///< responder only
inline constexpr std::uint32_t EVENT_CAP = 1u << 25;
inline constexpr std::uint32_t MULTI_KEY_CAP = 3u << 26;
inline constexpr std::uint32_t MULTI_KEY_CAP_ONLY = 1u << 26;
inline constexpr std::uint32_t MULTI_KEY_CAP_NEG = 2u << 26;
inline constexpr std::uint32_t GET_KEY_PAIR_INFO_CAP = 1u << 28;   ///< responder only
inline constexpr std::uint32_t SET_KEY_PAIR_INFO_CAP = 1u << 29;   ///< responder only
inline constexpr std::uint32_t SET_KEY_PAIR_RESET_CAP = 1u << 30;  ///< responder only
inline constexpr std::uint32_t LARGE_RESP_CAP = 1u << 31;
inline constexpr std::uint16_t SLOT_MGMT_CAP = 1u << 0;  ///< in ExtFlags, responder only

/// The flags that a version defines; the others are reserved in it.
constexpr std::uint32_t requester_flags(Byte spdm_version) {
  if (spdm_version <= VERSION_1_0) return 0;
  std::uint32_t flags = 0x0001F7C6;
  if (spdm_version >= VERSION_1_2) flags |= CHUNK_CAP;
  if (spdm_version >= VERSION_1_3) flags |= EP_INFO_CAP | EVENT_CAP | MULTI_KEY_CAP;
  if (spdm_version >= VERSION_1_4) flags |= LARGE_RESP_CAP;
  return flags;
}
constexpr std::uint32_t responder_flags(Byte spdm_version) {
  if (spdm_version <= VERSION_1_0) return 0x3F;
  if (spdm_version == VERSION_1_1) return 0x0001FFFF;
  if (spdm_version == VERSION_1_2) return 0x003FFFFF;
  return spdm_version == VERSION_1_3 ? 0x3FFFFFFF : 0xFFFFFFFF;
}
}  // namespace capability

}  // namespace lockstep::wire::spdm
