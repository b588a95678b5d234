// What the transition tables of connection and session know of a letter. Requests that behave alike are one event; a
// defective request is an event only where it ends a session, all others stand in the refusal tables. Private.
#pragma once

#include "spdm/letter.hpp"

namespace lockstep::spdm {

enum class Event : Byte {
  GET_VERSION,
  GET_CAPABILITIES,
  NEGOTIATE_ALGORITHMS,
  CHALLENGE,
  KEY_EXCHANGE,
  PSK_EXCHANGE,
  FINISH,
  FINISH_bad_verify_data,
  FINISH_bad_signature,
  PSK_FINISH,
  PSK_FINISH_bad_verify_data,
  HEARTBEAT,
  KEY_UPDATE_UpdateKey,
  KEY_UPDATE_UpdateAllKeys,
  KEY_UPDATE_VerifyNewKey,
  END_SESSION,
  GET_ENCAPSULATED_REQUEST,
  DELIVER_ENCAPSULATED_RESPONSE,
  CERTIFICATE_REQUEST,   ///< GET_DIGESTS, GET_CERTIFICATE
  MEASUREMENT_REQUEST,   ///< GET_MEASUREMENTS, GET_MEASUREMENT_EXTENSION_LOG, GET_ENDPOINT_INFO
  PROVISIONING_REQUEST,  ///< GET_CSR, SET_CERTIFICATE, key pairs, SLOT_MANAGEMENT
  EVENT_REQUEST,         ///< GET_SUPPORTED_EVENT_TYPES, SUBSCRIBE_EVENT_TYPES, SEND_EVENT
  VENDOR_DEFINED_REQUEST,
  APPLICATION_REQUEST,  ///< inside a session, the four above
  CHUNK,                ///< CHUNK_SEND, CHUNK_GET
  RECORD_UNOPENED,
  HEARTBEAT_EXPIRED,
  CONVENTIONAL_RESET,
  FIRMWARE_UPDATED,
  SESSION_DROPPED,
  NO_EVENT,
};
inline constexpr std::size_t EVENTS = static_cast<std::size_t>(Event::NO_EVENT);

Event event_of(const Letter& letter);
/// Inside a session more of them behave alike: a reset is one way to lose it.
Event event_in_session(const Letter& letter);
std::string_view name(Event);

}  // namespace lockstep::spdm
