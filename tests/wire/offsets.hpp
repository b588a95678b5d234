// Finds where a field stands on the wire without asking the layout: sets its value and looks which bytes change.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "wire/registry.hpp"

namespace lockstep::wire {

/// One row of a table written by hand from the specification's tables.
struct Place {
  std::string message;
  std::string field;
  std::size_t offset;
  std::size_t width;
};
inline void PrintTo(const Place& place, std::ostream* out) { *out << place.message << "." << place.field; }

/// Puts every second bit pattern into the field and returns the changed bytes as [first, last + 1).
inline std::pair<std::size_t, std::size_t> changed_bytes(const Layout& layout, const Field& field) {
  const Context context;
  AnyMessage message(layout);
  const auto with = [&](Byte pattern) {
    if (field.kind == Kind::integer) {
      field.set(message.object(), read_le(Bytes(field.width, pattern)));
    } else {
      Bytes& bytes = field.bytes(message.object());
      bytes.assign(bytes.size(), pattern);
    }
    return encode(layout, message.object(), context);
  };
  const Bytes low = with(0x55), high = with(0xAA);
  std::size_t first = 0, last = low.size();
  while (first < low.size() && low[first] == high[first]) ++first;
  while (last > first && low[last - 1] == high[last - 1]) --last;
  return {first, last};
}

/// The field of `layout` at `place`: by name, and by offset where a name ("Reserved") occurs more than once.
inline void expect_at(const Layout& layout, const Place& place) {
  bool found = false;
  for (const Field& field : layout.fields) {
    if (field.name != place.field) continue;
    found = found || changed_bytes(layout, field) == std::pair{place.offset, place.offset + place.width};
  }
  EXPECT_TRUE(found) << place.message << "." << place.field << " is not at " << place.offset << ", " << place.width;
}

/// Size of the message as it is built by default.
inline std::size_t default_size(const Layout& layout) {
  return encode(layout, AnyMessage(layout).object(), Context{}).size();
}

}  // namespace lockstep::wire
