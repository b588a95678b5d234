// Compares messages field by field, as far as the context has the fields.
#pragma once

#include "wire/layout.hpp"

namespace lockstep::wire {

inline bool equal(const Layout& layout, const void* a, const void* b, const Context& context) {
  const auto writable = [](const void* message) { return const_cast<void*>(message); };
  for (const Field& field : layout.fields) {
    if (is_present(field, a, context) != is_present(field, b, context)) return false;
    if (!is_present(field, a, context)) continue;
    if (field.kind == Kind::integer && field.get(a) != field.get(b)) return false;
    if (field.kind == Kind::bytes && field.bytes(writable(a)) != field.bytes(writable(b))) return false;
    if (field.kind != Kind::list) continue;
    if (field.element_count(a) != field.element_count(b)) return false;
    for (std::size_t i = 0; i < field.element_count(a); ++i)
      if (!equal(*field.element(), field.element_at(writable(a), i), field.element_at(writable(b), i), context))
        return false;
  }
  return true;
}

inline bool equal(const AnyMessage& a, const AnyMessage& b, const Context& context) {
  return &a.layout() == &b.layout() && equal(a.layout(), a.object(), b.object(), context);
}

}  // namespace lockstep::wire
