// The decoders that choose a layout by code: SPDM with what its VENDOR_DEFINED messages carry, IDE_KM, TDISP, opaque
// data. Input: which decoder, a context, the message.
#include "device/store.hpp"
#include "fuzz/contexts.hpp"
#include "spdm/opaque.hpp"
#include "wire/spdm_registry.hpp"
#include "wire/text.hpp"
#include "wire/vendor_defined.hpp"

namespace lockstep::fuzz {
namespace {

using Decoded = Result<wire::DecodedAny, wire::DecodeError>;

void check(const Decoded& decoded, View bytes, const wire::Context& context) {
  if (!decoded) return require(decoded.error().offset <= bytes.size(), "an error is inside the message");
  const wire::AnyMessage& message = decoded->message;
  require(decoded->consumed <= bytes.size(), "no more is consumed than there is");
  const Bytes again = wire::encode(message.layout(), message.object(), context);
  require(again == copy(bytes.first(decoded->consumed)), "what was decoded encodes to the same bytes");
  wire::validate(message.layout(), message.object(), context);
  if (const wire::AnyMessage inner = device::inner_of(message)) wire::text(inner, {});
}

void opaque(View bytes, const wire::Context& context) {
  spdm::Negotiated negotiated;
  negotiated.spdm_version = context.spdm_version;
  negotiated.opaque_format = context.multi_key ? spdm::OpaqueFormat::format_1 : spdm::OpaqueFormat::format_0;
  const auto parsed = spdm::parse_opaque(negotiated, bytes);
  if (!parsed || parsed->supported_versions.empty()) return;
  if (parsed->supported_versions.size() > 0xFF) return;
  const Bytes rebuilt = spdm::build_supported_versions(negotiated, parsed->supported_versions);
  const auto again = spdm::parse_opaque(negotiated, rebuilt);
  require(again && again->supported_versions == parsed->supported_versions, "opaque data is read as it was built");
}

}  // namespace

void run(View input) {
  Reader reader(input);
  const std::size_t which = reader.below(4);
  const wire::Context context = read_context(reader);
  const View bytes = reader.rest();
  if (which == 0) check(wire::spdm::decode_spdm(bytes, context), bytes, context);
  if (which == 1) check(wire::tdisp::decode_tdisp(bytes, context), bytes, context);
  if (which == 2) check(wire::ide_km::decode_ide_km(bytes, context), bytes, context);
  if (which == 3) opaque(bytes, context);
}

}  // namespace lockstep::fuzz
