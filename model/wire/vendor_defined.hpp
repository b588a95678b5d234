// IDE_KM and TDISP inside SPDM VENDOR_DEFINED messages: which of them a message carries, and the envelope around one.
#pragma once

#include <optional>

#include "wire/registry.hpp"
#include "wire/spdm_vendor_defined.hpp"

namespace lockstep::wire {

/// A message inside a VENDOR_DEFINED payload. IDE_KM keeps the Protocol ID byte, TDISP starts behind it.
struct Inner {
  Protocol protocol = Protocol::TDISP;
  View bytes;  ///< into the envelope's payload
};

/// nullopt unless the envelope is the PCI-SIG's (StandardID 3, VendorID 0001h of two bytes) and its Protocol ID is that
/// of IDE_KM or TDISP.
std::optional<Inner> inner_message(const spdm::VendorDefinedFields& envelope);
/// Decodes with decode_ide_km() or decode_tdisp().
Result<DecodedAny, DecodeError> decode_inner(const Inner& inner, const Context& context);

/// Protocol ID and message, as they stand in the payload; `protocol` is IDE_KM (its encoding has the Protocol ID) or
/// TDISP.
Bytes inner_payload(Protocol protocol, View encoded);
/// Makes the envelope the PCI-SIG's, with `payload` in it.
void fill_envelope(spdm::VendorDefinedFields& envelope, Bytes payload);

/// VENDOR_DEFINED_REQUEST or VENDOR_DEFINED_RESPONSE around an IDE_KM or TDISP message.
template <class Envelope>
Envelope wrap_inner(const AnyMessage& inner, const Context& context) {
  Envelope envelope;
  envelope.version = context.spdm_version;
  fill_envelope(envelope, inner_payload(inner.layout().protocol, encode(inner.layout(), inner.object(), context)));
  return envelope;
}

}  // namespace lockstep::wire
