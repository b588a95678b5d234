// Sessions: key exchange, finish, pre-shared keys, heartbeat, key update, end (DSP0274, "Session").
#pragma once

#include "wire/spdm_header.hpp"

namespace lockstep::wire::spdm {

/// SessionPolicy of KEY_EXCHANGE and PSK_EXCHANGE, since 1.2.
namespace session_policy {
inline constexpr Byte TerminationPolicy = 1u << 0;  ///< 0: a runtime firmware update ends the session
inline constexpr Byte EventAllPolicy = 1u << 1;     ///< since 1.3
inline constexpr Byte reserved = 0xFC;
inline std::vector<Bits> bits() {
  return {{"TerminationPolicy", 0, 1, "0: a runtime update ends the session"}, {"EventAllPolicy", 1, 1, "since 1.3"}};
}
}  // namespace session_policy

/// Param1: measurement summary hash type; Param2: SlotID, FFh for a provisioned public key.
struct KEY_EXCHANGE : Message<Code::KEY_EXCHANGE> {
  static const Layout& layout();
  std::uint16_t req_session_id = 0;
  Byte session_policy = 0;  ///< since 1.2
  Byte reserved = 0;
  Bytes random_data;
  Bytes exchange_data;  ///< Context::request_exchange_size
  std::uint16_t opaque_data_length = 0;
  Bytes opaque_data;
};

/// Param1: HeartbeatPeriod in seconds.
struct KEY_EXCHANGE_RSP : Message<Code::KEY_EXCHANGE_RSP> {
  static const Layout& layout();
  static constexpr Byte MUT_AUTH_REQUESTED = 1u << 0;           ///< in MutAuthRequested
  static constexpr Byte MUT_AUTH_WITH_ENCAP_REQUEST = 1u << 1;  ///< in MutAuthRequested
  static constexpr Byte MUT_AUTH_WITH_GET_DIGESTS = 1u << 2;    ///< in MutAuthRequested
  std::uint16_t rsp_session_id = 0;
  Byte mut_auth_requested = 0;
  Byte slot_id_param = 0;  ///< [3:0] slot of the requester
  Bytes random_data;
  Bytes exchange_data;             ///< Context::response_exchange_size
  Bytes measurement_summary_hash;  ///< with Context::measurement_summary_hash
  std::uint16_t opaque_data_length = 0;
  Bytes opaque_data;
  Bytes signature;
  Bytes responder_verify_data;  ///< not with Context::handshake_in_the_clear
};

/// Param1: bit 0 Signature included; Param2: slot of the requester, FFh for a provisioned public key.
struct FINISH : Message<Code::FINISH> {
  static const Layout& layout();
  static constexpr Byte SIGNATURE_INCLUDED = 1u << 0;  ///< in Param1
  std::uint16_t opaque_data_length = 0;                ///< since 1.4
  Bytes opaque_data;                                   ///< since 1.4
  Bytes signature;                                     ///< Context::requester_signature_size, with SignatureIncluded
  Bytes requester_verify_data;
};

struct FINISH_RSP : Message<Code::FINISH_RSP> {
  static const Layout& layout();
  std::uint16_t opaque_data_length = 0;  ///< since 1.4
  Bytes opaque_data;                     ///< since 1.4
  Bytes responder_verify_data;           ///< with Context::handshake_in_the_clear
};

/// Param1: measurement summary hash type; Param2: SessionPolicy (since 1.2).
struct PSK_EXCHANGE : Message<Code::PSK_EXCHANGE> {
  static const Layout& layout();
  std::uint16_t req_session_id = 0;
  std::uint16_t psk_hint_length = 0;
  std::uint16_t requester_context_length = 0;
  std::uint16_t opaque_data_length = 0;
  Bytes psk_hint;
  Bytes requester_context;
  Bytes opaque_data;
};

/// Param1: HeartbeatPeriod in seconds.
struct PSK_EXCHANGE_RSP : Message<Code::PSK_EXCHANGE_RSP> {
  static const Layout& layout();
  std::uint16_t rsp_session_id = 0;
  std::uint16_t reserved = 0;
  std::uint16_t responder_context_length = 0;
  std::uint16_t opaque_data_length = 0;
  Bytes measurement_summary_hash;  ///< with Context::measurement_summary_hash
  Bytes responder_context;
  Bytes opaque_data;
  Bytes responder_verify_data;
};

struct PSK_FINISH : Message<Code::PSK_FINISH> {
  static const Layout& layout();
  std::uint16_t opaque_data_length = 0;  ///< since 1.4
  Bytes opaque_data;                     ///< since 1.4
  Bytes requester_verify_data;
};

struct PSK_FINISH_RSP : Message<Code::PSK_FINISH_RSP> {
  static const Layout& layout();
  std::uint16_t opaque_data_length = 0;  ///< since 1.4
  Bytes opaque_data;                     ///< since 1.4
};

struct HEARTBEAT : Message<Code::HEARTBEAT> {
  static const Layout& layout();
};

struct HEARTBEAT_ACK : Message<Code::HEARTBEAT_ACK> {
  static const Layout& layout();
};

/// Param1 of KEY_UPDATE.
enum class KeyOperation : Byte { UpdateKey = 1, UpdateAllKeys = 2, VerifyNewKey = 3 };

/// Param1: KeyOperation; Param2: Tag.
struct KEY_UPDATE : Message<Code::KEY_UPDATE> {
  static const Layout& layout();
};

/// Repeats KeyOperation and Tag.
struct KEY_UPDATE_ACK : Message<Code::KEY_UPDATE_ACK> {
  static const Layout& layout();
};

/// Param1: bit 0 clear the negotiated state that CACHE_CAP preserves.
struct END_SESSION : Message<Code::END_SESSION> {
  static const Layout& layout();
  static constexpr Byte NEGOTIATED_STATE_CLEAR = 1u << 0;  ///< in Param1
};

struct END_SESSION_ACK : Message<Code::END_SESSION_ACK> {
  static const Layout& layout();
};

}  // namespace lockstep::wire::spdm
