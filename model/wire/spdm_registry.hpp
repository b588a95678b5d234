// SPDM messages by code.
#pragma once

#include <span>

#include "wire/layout.hpp"

namespace lockstep::wire::spdm {

/// The layout of a request code, or nullptr.
const Layout* find_request(Byte code);
/// The layout of a response code, or nullptr.
const Layout* find_response(Byte code);
/// Every message, by code; then the parts of messages, which have no code.
std::span<const Layout* const> all_layouts();

/// Decodes a whole message by its RequestResponseCode. Bytes behind its end are left alone: transports pad.
Result<AnyMessage, DecodeError> decode_spdm(View bytes, const Context& context);

/// What the response to `request` depends on: the context with measurement_summary_hash and signature_requested set
/// from the request.
Context answering(Context context, const AnyMessage& request);
/// The context of a response that the requester gives in the encapsulated flow: it signs with its own key.
Context encapsulated(Context context);

}  // namespace lockstep::wire::spdm
