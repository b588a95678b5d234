#include "wire/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::wire {
namespace {

constexpr std::size_t BYTES_SHOWN = 16;

std::string integer_text(const Field& field, std::uint64_t value) {
  for (const Named& named : field.values)
    if (named.value == value) return std::string(named.name);
  return fmt::format("0x{:0{}x}", value, field.width * 2);
}

std::string bytes_text(const Bytes& bytes) {
  if (bytes.size() <= BYTES_SHOWN) return bytes.empty() ? "-" : to_hex(bytes);
  return fmt::format("{}...({} bytes)", to_hex(View(bytes).first(BYTES_SHOWN / 2)), bytes.size());
}

bool all_zero(const Field& field, const void* message) {
  return field.reserved != 0 && field.bits.empty() && field.get(message) == 0;
}

}  // namespace

std::string text(const Layout& layout, const void* message, const Context& context) {
  std::string line(layout.name);
  void* object = const_cast<void*>(message);  // the accessors are shared with decode; nothing is written here
  for (const Field& field : layout.fields) {
    if (field.present && !field.present(message, context)) continue;
    switch (field.kind) {
      case Kind::integer:
        if (!all_zero(field, message))
          line += fmt::format(" {}={}", field.name, integer_text(field, field.get(message)));
        break;
      case Kind::bytes:
        line += fmt::format(" {}={}", field.name, bytes_text(field.bytes(object)));
        break;
      case Kind::list:
        line += fmt::format(" {}=[", field.name);
        for (std::size_t i = 0; i < field.element_count(message); ++i)
          line += (i == 0 ? "" : ", ") + text(*field.element(), field.element_at(object, i), context);
        line += "]";
        break;
    }
  }
  return line;
}

}  // namespace lockstep::wire
