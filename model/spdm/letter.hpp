// The letters of SPDM: what a responder's connection and sessions can meet, as relations instead of data (DSP0274).
#pragma once

#include "machine/step.hpp"

namespace lockstep::spdm {

enum class Stimulus : Byte {
  // Requests, in the order of facts: each may come outside a session or inside one.
  GET_VERSION,
  GET_CAPABILITIES,
  NEGOTIATE_ALGORITHMS,
  GET_DIGESTS,
  GET_CERTIFICATE,
  CHALLENGE,
  GET_MEASUREMENTS,
  KEY_EXCHANGE,
  FINISH,
  PSK_EXCHANGE,
  PSK_FINISH,
  HEARTBEAT,
  KEY_UPDATE_UpdateKey,
  KEY_UPDATE_UpdateAllKeys,
  KEY_UPDATE_VerifyNewKey,
  KEY_UPDATE_undefined,  ///< an operation that is not defined
  GET_ENCAPSULATED_REQUEST,
  DELIVER_ENCAPSULATED_RESPONSE,
  END_SESSION,
  GET_CSR,
  SET_CERTIFICATE,
  GET_MEASUREMENT_EXTENSION_LOG,
  GET_ENDPOINT_INFO,
  GET_KEY_PAIR_INFO,
  SET_KEY_PAIR_INFO,
  GET_SUPPORTED_EVENT_TYPES,
  SUBSCRIBE_EVENT_TYPES,
  SEND_EVENT,
  SLOT_MANAGEMENT,
  CHUNK_SEND,
  CHUNK_GET,
  RESPOND_IF_READY,
  VENDOR_DEFINED_REQUEST,
  UNKNOWN_REQUEST,  ///< any other code, response codes included
  // What is no request.
  RECORD_UNOPENED,  ///< a secured record of a known session that does not authenticate, is replayed or out of sequence
  HEARTBEAT_EXPIRED,  ///< nothing valid came for twice the heartbeat period
  CONVENTIONAL_RESET,
  FIRMWARE_UPDATED,  ///< at run time; the session policy decides
  SESSION_DROPPED,   ///< the responder ends a session by itself
  END_OF_STIMULI,
};
inline constexpr std::size_t STIMULI = static_cast<std::size_t>(Stimulus::END_OF_STIMULI);
inline constexpr Stimulus FIRST_OUT_OF_BAND = Stimulus::RECORD_UNOPENED;

/// What is wrong with a request. One at a time; when a request has several, the one that is named first counts.
enum class Defect : Byte {
  none,
  wrong_version,    ///< SPDMVersion is not the negotiated one (GET_VERSION: not 1.0)
  malformed,        ///< too short, or lengths that do not fit
  not_supported,    ///< the capability, or in this version the code, is absent
  invalid_field,    ///< a field breaks a rule: reserved value, bad slot, flags against the rules, ...
  changed_retry,    ///< GET_CAPABILITIES, NEGOTIATE_ALGORITHMS again and different
  identical_retry,  ///< the same again
  no_common_algorithm,
  session_limit,        ///< KEY_EXCHANGE, PSK_EXCHANGE: no free session
  unknown_psk,          ///< PSK_EXCHANGE: no key for the hint
  bad_verify_data,      ///< FINISH, PSK_FINISH: RequesterVerifyData
  bad_signature,        ///< FINISH with mutual authentication
  mut_auth_missing,     ///< FINISH without the signature that was asked for, or before the encapsulated flow has ended
  request_id_mismatch,  ///< DELIVER_ENCAPSULATED_RESPONSE
  too_large,            ///< beyond the responder's MaxSPDMmsgSize or DataTransferSize
  END_OF_DEFECTS,
};
inline constexpr std::size_t DEFECTS = static_cast<std::size_t>(Defect::END_OF_DEFECTS);

/// What the responder wants before FINISH (KEY_EXCHANGE_RSP MutAuthRequested).
enum class MutAuth : Byte {
  none,              ///< MutAuthRequested 0
  no_encapsulation,  ///< bit 0: the requester's certificate is known, only the signature is wanted
  encapsulated,      ///< bit 1 or 2: the encapsulated flow is owed first
};

struct Letter {
  Stimulus stimulus = Stimulus::GET_VERSION;
  Defect defect = Defect::none;
  // KEY_EXCHANGE and PSK_EXCHANGE: what the session will be like.
  bool handshake_in_the_clear = false;
  bool psk_without_context = false;  ///< responder PSK_CAP 1: established without PSK_FINISH
  MutAuth mut_auth = MutAuth::none;
  bool heartbeat = false;          ///< the session has a heartbeat period other than 0
  bool encapsulated_last = false;  ///< DELIVER_ENCAPSULATED_RESPONSE: the flow ends with this one
  bool operator==(const Letter&) const = default;
};

bool meaningful(const Letter&);
std::string_view name(Stimulus);
std::string_view name(Defect);

}  // namespace lockstep::spdm
