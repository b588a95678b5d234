// The events of the transition tables as types. Private, and included only by the files that hold a table: Boost.MSM
// takes long to compile.
#pragma once

#include "machine/rows.hpp"
#include "spdm/events.hpp"

namespace lockstep::spdm {

/// The events in the specification's capitals.
namespace on {
template <Event E>
using On = machine::On<E, Letter>;
using GET_VERSION = On<Event::GET_VERSION>;
using GET_CAPABILITIES = On<Event::GET_CAPABILITIES>;
using NEGOTIATE_ALGORITHMS = On<Event::NEGOTIATE_ALGORITHMS>;
using CHALLENGE = On<Event::CHALLENGE>;
using KEY_EXCHANGE = On<Event::KEY_EXCHANGE>;
using PSK_EXCHANGE = On<Event::PSK_EXCHANGE>;
using FINISH = On<Event::FINISH>;
using FINISH_bad_verify_data = On<Event::FINISH_bad_verify_data>;
using FINISH_bad_signature = On<Event::FINISH_bad_signature>;
using PSK_FINISH = On<Event::PSK_FINISH>;
using PSK_FINISH_bad_verify_data = On<Event::PSK_FINISH_bad_verify_data>;
using HEARTBEAT = On<Event::HEARTBEAT>;
using KEY_UPDATE_UpdateKey = On<Event::KEY_UPDATE_UpdateKey>;
using KEY_UPDATE_UpdateAllKeys = On<Event::KEY_UPDATE_UpdateAllKeys>;
using KEY_UPDATE_VerifyNewKey = On<Event::KEY_UPDATE_VerifyNewKey>;
using END_SESSION = On<Event::END_SESSION>;
using GET_ENCAPSULATED_REQUEST = On<Event::GET_ENCAPSULATED_REQUEST>;
using DELIVER_ENCAPSULATED_RESPONSE = On<Event::DELIVER_ENCAPSULATED_RESPONSE>;
using CERTIFICATE_REQUEST = On<Event::CERTIFICATE_REQUEST>;
using MEASUREMENT_REQUEST = On<Event::MEASUREMENT_REQUEST>;
using PROVISIONING_REQUEST = On<Event::PROVISIONING_REQUEST>;
using VENDOR_DEFINED_REQUEST = On<Event::VENDOR_DEFINED_REQUEST>;
using APPLICATION_REQUEST = On<Event::APPLICATION_REQUEST>;
using CHUNK = On<Event::CHUNK>;
using RECORD_UNOPENED = On<Event::RECORD_UNOPENED>;
using HEARTBEAT_EXPIRED = On<Event::HEARTBEAT_EXPIRED>;
using CONVENTIONAL_RESET = On<Event::CONVENTIONAL_RESET>;
using FIRMWARE_UPDATED = On<Event::FIRMWARE_UPDATED>;
using SESSION_DROPPED = On<Event::SESSION_DROPPED>;
}  // namespace on

template <fixed_string Id, class... Parts>
using Row = machine::Row<machine::Cite<Id>, Parts...>;

}  // namespace lockstep::spdm
