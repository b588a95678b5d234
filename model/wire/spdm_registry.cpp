#include "wire/spdm_registry.hpp"

#include "wire/spdm.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::size_t code_offset = 1;

template <class... M>
std::vector<const Layout*> layouts_of() {
  return {&M::layout()...};
}

/// True when Param1 or Param2 of the request names a measurement summary hash.
bool asks_for_summary(const AnyMessage& request) {
  if (const auto* m = request.as<CHALLENGE>()) return m->param2 != 0;
  if (const auto* m = request.as<KEY_EXCHANGE>()) return m->param1 != 0;
  if (const auto* m = request.as<PSK_EXCHANGE>()) return m->param1 != 0;
  return false;
}

bool asks_for_signature(const AnyMessage& request) {
  if (const auto* m = request.as<GET_MEASUREMENTS>()) return (m->param1 & m->SIGNATURE_REQUESTED) != 0;
  if (const auto* m = request.as<GET_ENDPOINT_INFO>()) return (m->request_attributes & m->SIGNATURE_REQUESTED) != 0;
  return false;
}

}  // namespace

Layouts all_layouts() {
  static const std::vector<const Layout*> layouts = layouts_of<
      // Requests and responses by code, then the parts.
      GET_DIGESTS, DIGESTS, GET_CERTIFICATE, CERTIFICATE, CHALLENGE, CHALLENGE_AUTH, GET_VERSION, VERSION, CHUNK_SEND,
      CHUNK_SEND_ACK, CHUNK_GET, CHUNK_RESPONSE, GET_ENDPOINT_INFO, ENDPOINT_INFO, SLOT_MANAGEMENT,
      SLOT_MANAGEMENT_RESP, GET_MEASUREMENTS, MEASUREMENTS, GET_CAPABILITIES, CAPABILITIES, GET_SUPPORTED_EVENT_TYPES,
      SUPPORTED_EVENT_TYPES, NEGOTIATE_ALGORITHMS, ALGORITHMS, KEY_EXCHANGE, KEY_EXCHANGE_RSP, FINISH, FINISH_RSP,
      PSK_EXCHANGE, PSK_EXCHANGE_RSP, PSK_FINISH, PSK_FINISH_RSP, HEARTBEAT, HEARTBEAT_ACK, KEY_UPDATE, KEY_UPDATE_ACK,
      GET_ENCAPSULATED_REQUEST, ENCAPSULATED_REQUEST, DELIVER_ENCAPSULATED_RESPONSE, ENCAPSULATED_RESPONSE_ACK,
      END_SESSION, END_SESSION_ACK, GET_CSR, CSR, SET_CERTIFICATE, SET_CERTIFICATE_RSP, GET_MEASUREMENT_EXTENSION_LOG,
      MEASUREMENT_EXTENSION_LOG, SUBSCRIBE_EVENT_TYPES, SUBSCRIBE_EVENT_TYPES_ACK, SEND_EVENT, EVENT_ACK,
      GET_KEY_PAIR_INFO, KEY_PAIR_INFO, SET_KEY_PAIR_INFO, SET_KEY_PAIR_INFO_ACK, VENDOR_DEFINED_REQUEST,
      VENDOR_DEFINED_RESPONSE, RESPOND_IF_READY, ERROR, VersionNumberEntry, ExtAlg, AlgStruct, SupportedAlgorithms,
      Digest, KeyPairID, CertificateInfo, KeyUsageMask, CertificateChain, MeasurementBlock, MeasurementRecord,
      ResponseNotReadyData, LargeResponseData, TooLargeData, EventData, OpaqueElement, OpaqueData, OpaqueDataFmt1,
      SMDataElement, SMVersionSelection, SMSupportedVersions>();
  return layouts;
}

const Layout* find_request(Byte code) { return find_layout(all_layouts(), Direction::request, code); }
const Layout* find_response(Byte code) { return find_layout(all_layouts(), Direction::response, code); }

Result<DecodedAny, DecodeError> decode_spdm(View bytes, const Context& context) {
  if (bytes.size() <= code_offset)
    return Unexpected{DecodeError{"RequestResponseCode", bytes.size(), "the message ends in its header"}};
  const Byte code = bytes[code_offset];
  return decode_any(is_request(code) ? find_request(code) : find_response(code), code_offset, bytes, context);
}

Context answering(Context context, const AnyMessage& request) {
  context.measurement_summary_hash = context.measurement_capability && asks_for_summary(request);
  context.signature_requested = asks_for_signature(request);
  return context;
}

Context encapsulated(Context context) {
  context.signature_size = context.requester_signature_size;
  context.measurement_capability = false;
  return context;
}

}  // namespace lockstep::wire::spdm
