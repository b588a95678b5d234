#include <algorithm>
#include <array>

#include "device/abstract.hpp"
#include "device/letters.hpp"
#include "wire/spdm_registry.hpp"

namespace lockstep::device {
namespace {

using spdm::Defect;
using spdm::Stimulus;
using wire::spdm::Code;
namespace cap = wire::spdm::capability;

/// What a request code means to the machines, and the capability that both, or only the responder, must have for it.
struct Entry {
  Code code;
  Stimulus stimulus;
  std::uint32_t responder_capability = 0;
  std::uint32_t requester_capability = 0;
};

// clang-format off
constexpr std::array entries{
    Entry{Code::GET_VERSION, Stimulus::GET_VERSION},
    Entry{Code::GET_CAPABILITIES, Stimulus::GET_CAPABILITIES},
    Entry{Code::NEGOTIATE_ALGORITHMS, Stimulus::NEGOTIATE_ALGORITHMS},
    Entry{Code::GET_DIGESTS, Stimulus::GET_DIGESTS, cap::CERT_CAP},
    Entry{Code::GET_CERTIFICATE, Stimulus::GET_CERTIFICATE, cap::CERT_CAP},
    Entry{Code::CHALLENGE, Stimulus::CHALLENGE, cap::CHAL_CAP},
    Entry{Code::GET_MEASUREMENTS, Stimulus::GET_MEASUREMENTS, cap::MEAS_CAP},
    Entry{Code::KEY_EXCHANGE, Stimulus::KEY_EXCHANGE, cap::KEY_EX_CAP, cap::KEY_EX_CAP},
    Entry{Code::FINISH, Stimulus::FINISH, cap::KEY_EX_CAP, cap::KEY_EX_CAP},
    Entry{Code::PSK_EXCHANGE, Stimulus::PSK_EXCHANGE, cap::PSK_CAP, cap::PSK_CAP},
    Entry{Code::PSK_FINISH, Stimulus::PSK_FINISH, cap::PSK_CAP_WITH_CONTEXT, cap::PSK_CAP},
    Entry{Code::HEARTBEAT, Stimulus::HEARTBEAT, cap::HBEAT_CAP, cap::HBEAT_CAP},
    Entry{Code::KEY_UPDATE, Stimulus::KEY_UPDATE_undefined, cap::KEY_UPD_CAP, cap::KEY_UPD_CAP},
    Entry{Code::GET_ENCAPSULATED_REQUEST, Stimulus::GET_ENCAPSULATED_REQUEST},
    Entry{Code::DELIVER_ENCAPSULATED_RESPONSE, Stimulus::DELIVER_ENCAPSULATED_RESPONSE},
    Entry{Code::END_SESSION, Stimulus::END_SESSION},
    Entry{Code::GET_CSR, Stimulus::GET_CSR, cap::CSR_CAP},
    Entry{Code::SET_CERTIFICATE, Stimulus::SET_CERTIFICATE, cap::SET_CERT_CAP},
    Entry{Code::GET_MEASUREMENT_EXTENSION_LOG, Stimulus::GET_MEASUREMENT_EXTENSION_LOG, cap::MEL_CAP},
    Entry{Code::GET_ENDPOINT_INFO, Stimulus::GET_ENDPOINT_INFO, cap::EP_INFO_CAP},
    Entry{Code::GET_KEY_PAIR_INFO, Stimulus::GET_KEY_PAIR_INFO, cap::GET_KEY_PAIR_INFO_CAP},
    Entry{Code::SET_KEY_PAIR_INFO, Stimulus::SET_KEY_PAIR_INFO, cap::SET_KEY_PAIR_INFO_CAP},
    Entry{Code::GET_SUPPORTED_EVENT_TYPES, Stimulus::GET_SUPPORTED_EVENT_TYPES, cap::EVENT_CAP},
    Entry{Code::SUBSCRIBE_EVENT_TYPES, Stimulus::SUBSCRIBE_EVENT_TYPES, cap::EVENT_CAP},
    Entry{Code::SEND_EVENT, Stimulus::SEND_EVENT, cap::EVENT_CAP},
    Entry{Code::SLOT_MANAGEMENT, Stimulus::SLOT_MANAGEMENT},
    Entry{Code::CHUNK_SEND, Stimulus::CHUNK_SEND, cap::CHUNK_CAP, cap::CHUNK_CAP},
    Entry{Code::CHUNK_GET, Stimulus::CHUNK_GET, cap::CHUNK_CAP, cap::CHUNK_CAP},
    Entry{Code::RESPOND_IF_READY, Stimulus::RESPOND_IF_READY},
    Entry{Code::VENDOR_DEFINED_REQUEST, Stimulus::VENDOR_DEFINED_REQUEST},
};
// clang-format on

const Entry* entry_of(Byte code) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return static_cast<Byte>(e.code) == code; });
  return found == entries.end() ? nullptr : &*found;
}

Byte expected_version(const Store& store, Stimulus stimulus) {
  if (stimulus == Stimulus::GET_VERSION) return wire::spdm::VERSION_1_0;
  return store.conversation.negotiated().spdm_version;
}

/// GET_CAPABILITIES selects the version: any that VERSION listed will do.
bool version_fits(const Store& store, Stimulus stimulus, Byte version) {
  if (stimulus != Stimulus::GET_CAPABILITIES) return version == expected_version(store, stimulus);
  const auto& listed = store.conversation.memory().versions;
  return listed.empty() || std::find(listed.begin(), listed.end(), version) != listed.end();
}

bool supported(const Store& store, const Control& control, const Entry& entry) {
  if (control.connection.state < spdm::ConnectionState::AFTER_CAPABILITIES) return true;
  const wire::Layout* layout = wire::spdm::find_request(static_cast<Byte>(entry.code));
  const auto& negotiated = store.conversation.negotiated();
  if (negotiated.spdm_version == 0) return true;  // a CAPABILITIES that nobody could read: nothing is known
  if (layout != nullptr && layout->since > negotiated.spdm_version) return false;
  if (entry.responder_capability != 0 && !negotiated.responder.has(entry.responder_capability)) return false;
  return entry.requester_capability == 0 || negotiated.requester.has(entry.requester_capability);
}

/// No device knows a vendor of a registry that nobody keeps.
bool of_no_registry(const spdm::Seen& seen) {
  const auto* vendor = seen.message.as<wire::spdm::VENDOR_DEFINED_REQUEST>();
  return vendor != nullptr && vendor->standard_id >= wire::spdm::FIRST_UNKEPT_REGISTRY;
}

/// GET_CAPABILITIES and NEGOTIATE_ALGORITHMS once more: the same bytes as before, or others.
Defect retry_defect(const Store& store, const Control& control, Stimulus stimulus, View message) {
  if (!served_before(control.connection, stimulus)) return Defect::none;
  const Bytes& vca = store.conversation.memory().transcripts.vca;
  const bool same = std::search(vca.begin(), vca.end(), message.begin(), message.end()) != vca.end();
  return same ? Defect::identical_retry : Defect::changed_retry;
}

bool mentions(const wire::Finding& finding, std::string_view word) {
  return finding.field.find(word) != std::string::npos;
}

/// What the conversation found: contents that do not authenticate, or a field that breaks a rule. Reserved bits are
/// none: a receiver ignores them (false alarm P11).
Defect found_defect(const spdm::Seen& seen) {
  for (const wire::Finding& finding : seen.findings) {
    if (mentions(finding, "RequestID")) return Defect::request_id_mismatch;
    if (mentions(finding, "VerifyData")) return Defect::bad_verify_data;
    if (mentions(finding, "Signature")) return Defect::bad_signature;
  }
  for (const wire::Finding& finding : seen.findings)
    if (finding.rule && finding.what.find("reserved") == std::string::npos) return Defect::invalid_field;
  return Defect::none;
}

bool finishes_without_authentication(const Control& control, const spdm::Seen& seen, Byte session) {
  if (session == NONE || control.sessions[session].mut_auth == spdm::MutAuth::none) return false;
  const auto* finish = seen.message.as<wire::spdm::FINISH>();
  if (finish == nullptr) return false;
  return flow_owed(control.sessions[session]) || (finish->param1 & wire::spdm::FINISH::SIGNATURE_INCLUDED) == 0;
}

/// The requester's response inside DELIVER_ENCAPSULATED_RESPONSE: an answer to what was asked, and authentic.
Defect carried_defect(const Store& store, const spdm::Seen& seen, Byte session) {
  if (!seen.is(Code::DELIVER_ENCAPSULATED_RESPONSE) || seen.carried.empty()) return Defect::none;
  const spdm::Seen& inner = seen.carried.front();
  if (inner.error) return Defect::malformed;
  const auto* data = session == NONE || !store.session_ids[session]
                         ? nullptr
                         : store.conversation.session(*store.session_ids[session]);
  const spdm::Channel& channel =
      data == nullptr || data->in_the_clear ? store.conversation.memory().outside : data->channel;
  const bool answers = !channel.encapsulated || inner.bytes[1] == (channel.encapsulated->code() & 0x7F);
  const Defect found = answers ? found_defect(inner) : Defect::invalid_field;
  return found == Defect::none ? Defect::none : Defect::invalid_field;
}

bool offers_nothing(const spdm::Seen& seen) {
  const auto* offer = seen.message.as<wire::spdm::NEGOTIATE_ALGORITHMS>();
  return offer != nullptr && ((offer->base_asym_algo == 0 && offer->pqc_asym_algo == 0) || offer->base_hash_algo == 0);
}

bool too_large(const Store& store, View message) {
  const auto& responder = store.conversation.negotiated().responder;
  return responder.max_spdm_msg_size != 0 && message.size() > responder.max_spdm_msg_size;
}

Defect defect_of(const Store& store, const Control& control, const spdm::Seen& seen, const Entry& entry, Byte session,
                 Stimulus stimulus) {
  const Byte version = seen.bytes.empty() ? Byte{0} : seen.bytes[0];
  // What the responder does not support may be refused for that before its version is looked at.
  if (!supported(store, control, entry) || of_no_registry(seen)) return Defect::not_supported;
  if (!version_fits(store, stimulus, version)) return Defect::wrong_version;
  if (seen.error) return Defect::malformed;
  if (too_large(store, seen.bytes)) return Defect::too_large;
  if (const Defect retry = retry_defect(store, control, stimulus, seen.bytes); retry != Defect::none) return retry;
  if (finishes_without_authentication(control, seen, session)) return Defect::mut_auth_missing;
  if (offers_nothing(seen)) return Defect::no_common_algorithm;
  const Defect found = found_defect(seen);
  if (!spdm::meaningful({.stimulus = stimulus, .defect = found})) return Defect::none;  // said by the stimulus itself
  return found == Defect::none ? carried_defect(store, seen, session) : found;
}

/// What the session will be like that a KEY_EXCHANGE or PSK_EXCHANGE asks for.
void describe_new_session(const Store& store, const wire::AnyMessage& asked, SpdmLetter& l) {
  if (l.letter.defect != Defect::none) return;
  const auto& memory = store.conversation.memory();
  const auto& negotiated = memory.negotiated;
  const auto keeps = [&](Byte policy) {
    return negotiated.spdm_version >= wire::spdm::VERSION_1_2 &&
           (policy & wire::spdm::session_policy::TerminationPolicy) != 0;
  };
  if (const auto* exchange = asked.as<wire::spdm::KEY_EXCHANGE>()) {
    l.letter.handshake_in_the_clear = negotiated.handshake_in_the_clear();
    l.letter.termination_policy = keeps(exchange->session_policy);
  } else if (const auto* psk = asked.as<wire::spdm::PSK_EXCHANGE>()) {
    const bool known = store.adopts_addresses || !memory.secrets.psk || memory.secrets.psk(psk->psk_hint).has_value();
    if (!known) {
      l.letter.defect = Defect::unknown_psk;
      return;
    }
    l.letter.psk_without_context = (negotiated.responder.flags & cap::PSK_CAP) == cap::PSK_CAP_NO_CONTEXT;
    l.letter.termination_policy = keeps(psk->param2);
  }
}

/// RESPOND_IF_READY is about the request that is owed.
wire::AnyMessage asked_for(const Store& store, const spdm::Seen& seen, Byte session) {
  if (!seen.is(Code::RESPOND_IF_READY)) return seen.message;
  const spdm::Pending* pending =
      store.conversation.pending(session == NONE ? std::nullopt : store.session_ids[session]);
  return pending == nullptr ? wire::AnyMessage{} : pending->message;
}

}  // namespace

Stimulus spdm_stimulus(Byte code, Byte param1) {
  const Entry* entry = entry_of(code);
  if (entry == nullptr) return Stimulus::UNKNOWN_REQUEST;
  if (entry->code != Code::KEY_UPDATE) return entry->stimulus;
  switch (static_cast<wire::spdm::KeyOperation>(param1)) {
    case wire::spdm::KeyOperation::UpdateKey:
      return Stimulus::KEY_UPDATE_UpdateKey;
    case wire::spdm::KeyOperation::UpdateAllKeys:
      return Stimulus::KEY_UPDATE_UpdateAllKeys;
    case wire::spdm::KeyOperation::VerifyNewKey:
      return Stimulus::KEY_UPDATE_VerifyNewKey;
  }
  return Stimulus::KEY_UPDATE_undefined;
}

SpdmLetter abstract_spdm(const Store& store, const Control& control, const spdm::Seen& seen, Byte session) {
  SpdmLetter l;
  if (seen.bytes.size() < 2) {
    l.letter = {.stimulus = Stimulus::UNKNOWN_REQUEST, .defect = Defect::malformed};
    return l;
  }
  const Byte param1 = seen.bytes.size() > 2 ? seen.bytes[2] : Byte{0};
  l.letter.stimulus = spdm_stimulus(seen.bytes[1], param1);
  if (l.letter.stimulus == Stimulus::UNKNOWN_REQUEST) return l;
  l.letter.defect = defect_of(store, control, seen, *entry_of(seen.bytes[1]), session, l.letter.stimulus);
  if (l.letter.stimulus == Stimulus::GET_CAPABILITIES && l.letter.defect == Defect::none)
    l.letter.spdm_version = seen.bytes[0];
  const wire::AnyMessage asked = asked_for(store, seen, session);
  if (asked.as<wire::spdm::KEY_EXCHANGE>() != nullptr || asked.as<wire::spdm::PSK_EXCHANGE>() != nullptr)
    describe_new_session(store, asked, l);
  return l;
}

}  // namespace lockstep::device
