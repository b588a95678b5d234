// The letters of SPDM: what a responder's connection and sessions can meet, as relations instead of data (DSP0274).
#pragma once

#include <string_view>

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
  none,                  ///< MutAuthRequested 0
  no_encapsulation,      ///< bit 0: the requester's certificate is known, only the signature is wanted
  encapsulated,          ///< bit 1: the encapsulated flow is owed first
  implicit_get_digests,  ///< bit 2: the same, and KEY_EXCHANGE_RSP stands for its first request
};
constexpr bool wants_encapsulated_flow(MutAuth m) {
  return m == MutAuth::encapsulated || m == MutAuth::implicit_get_digests;
}

/// RESPOND_IF_READY carries what the letter of the owed request would carry.
struct Letter {
  Stimulus stimulus = Stimulus::GET_VERSION;
  Defect defect = Defect::none;
  Byte spdm_version = 0;  ///< GET_CAPABILITIES without a defect: the SPDMVersion that it selects
  // KEY_EXCHANGE and PSK_EXCHANGE: what the session will be like.
  bool handshake_in_the_clear = false;
  bool psk_without_context = false;  ///< responder PSK_CAP 1: established without PSK_FINISH
  MutAuth mut_auth = MutAuth::none;  ///< of CHALLENGE: encapsulated when CHALLENGE_AUTH sets BasicMutAuthReq
  bool heartbeat = false;            ///< the session has a heartbeat period other than 0
  bool termination_policy = false;   ///< SessionPolicy TerminationPolicy: the session may outlive a firmware update
  bool encapsulated_last = false;    ///< DELIVER_ENCAPSULATED_RESPONSE: the flow ends with this one
  bool operator==(const Letter&) const = default;
};

/// Whether such a letter exists (a HEARTBEAT has no signature to be wrong).
bool meaningful(const Letter&);

/// What the catalogue says about one request, beside what the tables of the machines say. A rule of none: the request
/// cannot meet the case.
struct Request {
  Stimulus stimulus;
  Byte code;             ///< RequestResponseCode; the response is code - 80h
  Byte since;            ///< first SPDM version that has it
  Rule wrong_version;    ///< SPDMVersion differs from the negotiated one
  Rule absent;           ///< the negotiated version does not have the code
  Rule not_supported;    ///< the capability is missing
  Rule malformed;        ///< size
  Rule invalid_field;    ///< value
  Rule too_early;        ///< before the connection is negotiated
  Rule outside_session;  ///< session only, and outside
  Rule in_handshake;
  Rule in_application;
};
/// Asks for a request: `stimulus` < FIRST_OUT_OF_BAND.
const Request& request(Stimulus stimulus);
/// Whether the version has the request; version 0 (not negotiated yet) has all.
bool exists(Stimulus stimulus, Byte spdm_version);

/// What answers a letter: rows of the transition table, or the refusal table.
struct Answering {
  std::size_t rows = 0;
  bool refusal = false;
};

std::string_view name(Stimulus);
std::string_view name(Defect);

}  // namespace lockstep::spdm
