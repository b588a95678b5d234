// RapidCheck generators derived from the layouts: arbitrary messages that decode, and contexts.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "wire_json/json.hpp"

namespace lockstep::wire {

/// Shown by RapidCheck when a property fails.
inline void showValue(const AnyMessage& message, std::ostream& out) { out << to_json_text(message, Context{}); }

namespace generators {

inline constexpr std::size_t MOST_BYTES = 24;     ///< of a field that may have any size
inline constexpr std::size_t MOST_ELEMENTS = 3;   ///< of a list that may have any count
inline constexpr std::size_t TOO_LARGE = 0x1000;  ///< sizes that follow from other fields: larger ones are drawn again

inline std::uint64_t greatest(std::size_t width) { return ~std::uint64_t{0} >> (64 - 8 * width); }

/// Named values, small numbers and arbitrary ones alike: reserved bits and undefined values included.
inline std::uint64_t integer(const Field& field) {
  const auto any = *rc::gen::arbitrary<std::uint64_t>() & greatest(field.width);
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return any;
    case 1:
      return field.values.empty() ? 0 : field.values[any % field.values.size()].value;
    default:
      return any % (MOST_BYTES + 1);
  }
}

inline Bytes bytes(std::size_t size) { return *rc::gen::container<Bytes>(size, rc::gen::arbitrary<Byte>()); }

inline bool fill(const Layout& layout, void* message, const Context& context);

inline std::size_t most(const Field& field) { return field.kind == Kind::list ? MOST_ELEMENTS : MOST_BYTES; }

inline std::uint64_t integer_of(const Layout& layout, const Field& field) {
  for (const Field& other : layout.fields)
    if (other.length_field == &field) return *rc::gen::inRange<std::size_t>(0, most(other) + 1);
  return integer(field);
}

inline bool fill_field(const Field& field, void* message, const Context& context) {
  const auto fixed = extent(field, message, context);
  const std::size_t count = fixed ? *fixed : *rc::gen::inRange<std::size_t>(0, most(field) + 1);
  if (count > TOO_LARGE) return false;
  if (field.kind == Kind::bytes) return field.bytes(message) = bytes(count), true;
  field.resize(message, count);
  for (std::size_t i = 0; i < count; ++i)
    if (!fill(*field.element(), field.element_at(message, i), context)) return false;
  return true;
}

/// Field by field in wire order, so that what a field depends on is there before it. False: grew too large.
inline bool fill(const Layout& layout, void* message, const Context& context) {
  return std::all_of(layout.fields.begin(), layout.fields.end(), [&](const Field& field) {
    if (!is_present(field, message, context)) return true;
    if (field.kind == Kind::integer) return field.set(message, integer_of(layout, field)), true;
    return fill_field(field, message, context);
  });
}

}  // namespace generators

/// A message whose sizes are true and whose values are anything; fields absent in the context keep their default.
inline rc::Gen<AnyMessage> arbitrary(const Layout& layout, const Context& context) {
  // At the sizes that RapidCheck starts with every number is 0, and where 0 stands for the largest size no draw is
  // small.
  return rc::gen::resize(rc::kNominalSize, rc::gen::exec([&layout, context] {
                           for (int draw = 0; draw < 20; ++draw) {
                             AnyMessage message(layout);
                             if (generators::fill(layout, message.object(), context)) return message;
                           }
                           AnyMessage message(layout);
                           canonicalise(layout, message.object(), context);
                           return message;
                         }));
}

/// A context as a negotiation could leave it.
inline rc::Gen<Context> arbitrary_context() {
  return rc::gen::exec([] {
    Context context;
    context.spdm_version = *rc::gen::element<Byte>(0x10, 0x11, 0x12, 0x13, 0x14);
    context.hash_size = *rc::gen::element<std::size_t>(32, 48, 64);
    context.signature_size = *rc::gen::element<std::size_t>(64, 96, 256);
    context.requester_signature_size = *rc::gen::element<std::size_t>(64, 96, 256);
    context.request_exchange_size = *rc::gen::element<std::size_t>(64, 96, 256);
    context.response_exchange_size = *rc::gen::element<std::size_t>(64, 96, 256);
    context.measurement_summary_hash = *rc::gen::arbitrary<bool>();
    context.signature_requested = *rc::gen::arbitrary<bool>();
    context.supported_algorithms = *rc::gen::arbitrary<bool>();
    context.handshake_in_the_clear = *rc::gen::arbitrary<bool>();
    context.multi_key = *rc::gen::arbitrary<bool>();
    context.sequence_number_size = *rc::gen::element<std::size_t>(0, 2);
    return context;
  });
}

}  // namespace lockstep::wire
