#include "wire/vendor_defined.hpp"

#include "wire/ide_km.hpp"
#include "wire/tdisp.hpp"

namespace lockstep::wire {
namespace {

constexpr auto PCISIG = static_cast<std::uint16_t>(spdm::RegistryID::PCISIG);
constexpr std::size_t VENDOR_ID_SIZE = 2;

}  // namespace

std::optional<Inner> inner_message(const spdm::VendorDefinedFields& envelope) {
  const View payload = envelope.vendor_defined_payload;
  const bool pcisig = envelope.standard_id == PCISIG && envelope.vendor_id.size() == VENDOR_ID_SIZE &&
                      read_le(envelope.vendor_id) == spdm::PCISIG_VENDOR_ID;
  if (!pcisig || payload.empty()) return std::nullopt;
  if (payload[0] == ide_km::PROTOCOL_ID) return Inner{Protocol::IDE_KM, payload};
  if (payload[0] == tdisp::PROTOCOL_ID) return Inner{Protocol::TDISP, payload.subspan(1)};
  return std::nullopt;
}

Result<DecodedAny, DecodeError> decode_inner(const Inner& inner, const Context& context) {
  return inner.protocol == Protocol::IDE_KM ? ide_km::decode_ide_km(inner.bytes, context)
                                            : tdisp::decode_tdisp(inner.bytes, context);
}

Bytes inner_payload(Protocol protocol, View encoded) {
  LOCKSTEP_ASSERT(protocol == Protocol::IDE_KM || protocol == Protocol::TDISP);
  Bytes payload;
  if (protocol == Protocol::TDISP) payload.push_back(tdisp::PROTOCOL_ID);
  append(payload, encoded);
  return payload;
}

void fill_envelope(spdm::VendorDefinedFields& envelope, Bytes payload) {
  LOCKSTEP_ASSERT(payload.size() <= 0xFFFF);
  envelope.standard_id = PCISIG;
  envelope.vendor_id_len = VENDOR_ID_SIZE;
  envelope.vendor_id.clear();
  append_le(envelope.vendor_id, spdm::PCISIG_VENDOR_ID, VENDOR_ID_SIZE);
  envelope.payload_length = static_cast<std::uint16_t>(payload.size());
  envelope.vendor_defined_payload = std::move(payload);
}

}  // namespace lockstep::wire
