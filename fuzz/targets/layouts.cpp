// Every layout of model/wire: what decodes encodes to the same bytes, and every derivation takes it.
// Input: which layout, a context, the message.
#include "fuzz/contexts.hpp"
#include "wire/mutations.hpp"
#include "wire/registries.hpp"
#include "wire/text.hpp"
#include "wire_json/json.hpp"

namespace lockstep::fuzz {
namespace {

const std::vector<const wire::Layout*>& layouts() {
  static const std::vector<const wire::Layout*> all = [] {
    std::vector<const wire::Layout*> list;
    for (const wire::Registry& registry : wire::registries())
      list.insert(list.end(), registry.layouts.begin(), registry.layouts.end());
    return list;
  }();
  return all;
}

Bytes encoded(const wire::AnyMessage& message, const wire::Context& context) {
  return wire::encode(message.layout(), message.object(), context);
}

void check_json(const wire::AnyMessage& message, const Bytes& bytes, const wire::Context& context) {
  const wire::Layout* const only[] = {&message.layout()};
  const auto read = wire::from_json_text(only, wire::to_json_text(message, context));
  if (!read) fail("JSON can be read back", read.error());
  require(encoded(*read, context) == bytes, "JSON loses nothing");
}

void check_canonical(wire::AnyMessage message, const wire::Context& context) {
  wire::canonicalise(message.layout(), message.object(), context);
  const Bytes once = encoded(message, context);
  wire::canonicalise(message.layout(), message.object(), context);
  require(encoded(message, context) == once, "canonical is idempotent");
}

/// They grow with the square of the size.
void check_mutations(const wire::AnyMessage& message, const Bytes& bytes, const wire::Context& context) {
  if (bytes.size() > 128) return;
  for (const wire::Mutation& mutation : wire::mutations(message, context))
    require(mutation.bytes != bytes, "a mutation differs");
}

}  // namespace

void run(View input) {
  Reader reader(input);
  const wire::Layout& layout = *layouts()[reader.below(layouts().size())];
  const wire::Context context = read_context(reader);
  const View message = reader.rest();
  const auto decoded = wire::decode_any(&layout, 0, message, context);
  if (!decoded) return require(decoded.error().offset <= message.size(), "an error is inside the message");
  require(decoded->consumed <= message.size(), "no more is consumed than there is");
  const Bytes bytes = copy(message.first(decoded->consumed));
  require(encoded(decoded->message, context) == bytes, "what was decoded encodes to the same bytes");
  wire::validate(layout, decoded->message.object(), context);
  require(!wire::text(decoded->message, context).empty(), "a message has a text");
  check_json(decoded->message, bytes, context);
  check_canonical(decoded->message.clone(), context);
  check_mutations(decoded->message, bytes, context);
}

}  // namespace lockstep::fuzz
