// What the registries of the protocols have in common: a list of layouts, found by direction and code.
#pragma once

#include <span>

#include "wire/layout.hpp"

namespace lockstep::wire {

using Layouts = std::span<const Layout* const>;

struct DecodedAny {
  AnyMessage message;
  std::size_t consumed = 0;  ///< bytes of the message; the rest belongs to somebody else
};

/// nullptr when no layout has this direction and code.
const Layout* find_layout(Layouts layouts, Direction direction, Byte code);
/// nullptr when no layout has this name.
const Layout* find_layout(Layouts layouts, std::string_view name);
/// Decodes as the given layout; nullptr (no such code) is a DecodeError at `code_offset`.
Result<DecodedAny, DecodeError> decode_any(const Layout* layout, std::size_t code_offset, View bytes,
                                           const Context& context);

}  // namespace lockstep::wire
