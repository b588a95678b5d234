// SPDM messages by code, and the context that a response is read in.
#pragma once

#include "wire/registry.hpp"

namespace lockstep::wire::spdm {

/// The layout of a request code, or nullptr.
const Layout* find_request(Byte code);
/// The layout of a response code, or nullptr.
const Layout* find_response(Byte code);
/// Every message, by code; then the parts of messages, which have no code.
Layouts all_layouts();

/// Decodes a whole message by its RequestResponseCode. Bytes behind its end are left alone: transports pad. The
/// messages that go on to their end (ERROR, the encapsulated ones, CHUNK_SEND_ACK, SET_CERTIFICATE) keep such padding.
Result<DecodedAny, DecodeError> decode_spdm(View bytes, const Context& context);

/// The context for the response to `request`: measurement_summary_hash and signature_requested follow from it and from
/// measurement_capability.
Context answering(Context context, const AnyMessage& request);
/// The context for a response that the requester gives in the encapsulated flow: it signs with its own key and has no
/// measurements. Context::multi_key is the caller's to set.
Context encapsulated(Context context);

}  // namespace lockstep::wire::spdm
