#include "wire/registry.hpp"

#include <algorithm>

namespace lockstep::wire {
namespace {

template <class Predicate>
const Layout* find_if(Layouts layouts, Predicate predicate) {
  const auto found = std::find_if(layouts.begin(), layouts.end(), predicate);
  return found == layouts.end() ? nullptr : *found;
}

}  // namespace

const Layout* find_layout(Layouts layouts, Direction direction, Byte code) {
  return find_if(layouts, [&](const Layout* l) { return l->direction == direction && l->code == code; });
}

const Layout* find_layout(Layouts layouts, std::string_view name) {
  return find_if(layouts, [&](const Layout* l) { return l->name == name; });
}

Result<DecodedAny, DecodeError> decode_any(const Layout* layout, std::size_t code_offset, View bytes,
                                           const Context& context) {
  if (layout == nullptr) return Unexpected{DecodeError{"code", code_offset, "no message has this code", Rule::none()}};
  AnyMessage message(*layout);
  const auto consumed = decode(*layout, message.object(), bytes, context);
  if (!consumed) return Unexpected{consumed.error()};
  return DecodedAny{std::move(message), *consumed};
}

}  // namespace lockstep::wire
