// Faults of a device with a measurement extension log and ENDPOINT_INFO, and of negotiations and exchanges in detail.
#include "device/faults_words.hpp"

namespace lockstep::device {
namespace {

using namespace faulty;

/// The remainder is counted modulo 2^32 from the Offset and Length that were asked for.
void log_remainder_wraps(wire::AnyMessage& message, const Store& store) {
  auto* log = edit<w::MEASUREMENT_EXTENSION_LOG>(message);
  const spdm::Pending* pending = store.conversation.pending(std::nullopt);
  const auto* get = pending == nullptr ? nullptr : pending->message.as<w::GET_MEASUREMENT_EXTENSION_LOG>();
  if (log == nullptr || get == nullptr) return;
  const auto total = static_cast<std::uint32_t>(get->offset + log->mel.size() + log->remainder_length);
  log->remainder_length = total - (get->offset + get->length);
}
void log_of_any_offset(wire::AnyMessage& message, const Store&) {
  auto* log = edit<w::MEASUREMENT_EXTENSION_LOG>(message);
  if (log != nullptr && log->mel.empty()) log->mel = Bytes(log->portion_length = 16);
}
/// The session that is asked for gets the SessionID of one that lives and has the same ReqSessionID.
void id_of_a_live_session(wire::AnyMessage& message, const Store& store) {
  auto* response = edit<w::KEY_EXCHANGE_RSP>(message);
  const spdm::Pending* pending = store.conversation.pending(std::nullopt);
  const auto* asked = pending == nullptr ? nullptr : pending->message.as<w::KEY_EXCHANGE>();
  if (response == nullptr || asked == nullptr) return;
  for (const auto& [id, session] : store.conversation.memory().sessions)
    if ((id & 0xFFFF) == asked->req_session_id) response->rsp_session_id = static_cast<std::uint16_t>(id >> 16);
}
void serve_too_much_opaque_data(const Meeting& m, Outcome<Control>& outcome) {
  constexpr std::size_t MOST = 1024;
  const auto* exchange = m.request->as<w::KEY_EXCHANGE>();
  if (exchange != nullptr && exchange->opaque_data_length > MOST)
    outcome.answer = spdm_response(w::Code::KEY_EXCHANGE_RSP);
}
void flip(Bytes& signature) { signature.back() ^= 1; }
void same_random_data(wire::AnyMessage& message, const Store&) {
  if (auto* response = edit<w::KEY_EXCHANGE_RSP>(message)) response->random_data = Bytes(w::NONCE_SIZE, 0x5A);
}

}  // namespace

std::vector<Behaviour> information_behaviours() {
  return {
      {.fault = {"spdm-log-remainder-wraps", "RemainderLength is made of the Length that was asked for, modulo 2^32",
                 "SPDM-MEAS-018"},
       .write = log_remainder_wraps,
       .has_information = true},
      {.fault = {"spdm-log-past-the-end", "gives bytes from behind the end of the measurement extension log",
                 "SPDM-MEAS-018"},
       .misread = overlook<S::GET_MEASUREMENT_EXTENSION_LOG, spdm::Defect::invalid_field>,
       .write = log_of_any_offset,
       .makes_up_contents = true,
       .has_information = true},
      {.fault = {"spdm-endpoint-info-signature", "the signature of ENDPOINT_INFO does not verify", "SPDM-MEAS-019"},
       .sign = flip,
       .has_information = true},
      {.fault = {"spdm-endpoint-info-any-subcode", "serves any subcode of GET_ENDPOINT_INFO", "SPDM-MEAS-020"},
       .misread = overlook<S::GET_ENDPOINT_INFO, spdm::Defect::invalid_field>,
       .has_information = true},
      {.fault = {"spdm-algorithms-any-number", "takes any number of extended algorithms", "SPDM-ALG-009"},
       .misread = overlook<S::NEGOTIATE_ALGORITHMS, spdm::Defect::invalid_field>},
      {.fault = {"spdm-event-policy-taken", "takes EventAllPolicy without EVENT_CAP", "SPDM-KEX-014"},
       .misread = overlook<S::KEY_EXCHANGE, spdm::Defect::invalid_field>},
      {.fault = {"spdm-random-data-repeats", "RandomData of KEY_EXCHANGE_RSP is always the same", "SPDM-KEX-018"},
       .write = same_random_data},
      {.fault = {"spdm-ephemeral-key-repeats", "ExchangeData is always the same", "SPDM-KEX-019"},
       .keeps_ephemeral = true},
      {.fault = {"spdm-session-id-repeats", "gives the SessionID of a live session where ReqSessionID is the same",
                 "SPDM-KEX-012"},
       .write = id_of_a_live_session},
      {.fault = {"spdm-opaque-any-length", "takes more OpaqueData than there may be", "SECMSG-026"},
       .decide = serve_too_much_opaque_data,
       .writes_zeros = true},
      {.fault = {"spdm-leaf-of-requester", "the extended key usage of its leaf is that of a requester",
                 "SPDM-CERT-010"},
       .shows_leaf_of_requester = true},
  };
}

}  // namespace lockstep::device
