// How a layout is written: Fields<M> makes the fields of the message struct M from its members.
//
//   const Layout& START_INTERFACE_REQUEST::layout() {
//     using F = Fields<START_INTERFACE_REQUEST>;
//     static const Layout layout = make_layout<START_INTERFACE_REQUEST>({
//         .name = "START_INTERFACE_REQUEST", .protocol = Protocol::TDISP, ..., .fields = {
//             F::integer<&M::version>("TDISPVersion", "..."), ..., F::fixed<&M::nonce, 32>("START_INTERFACE_NONCE",
//             "...")}});
//     return layout;
//   }
#pragma once

#include <utility>

#include "wire/layout.hpp"

namespace lockstep::wire {

/// Fills in what follows from the rest: the factory and the length fields that sized fields name.
Layout finish_layout(Layout layout);

template <class M>
const Layout make_layout(Layout layout) {
  layout.make = [] { return std::shared_ptr<void>(std::make_shared<M>()); };
  layout.copy = [](const void* message) {
    return std::shared_ptr<void>(std::make_shared<M>(*static_cast<const M*>(message)));
  };
  return finish_layout(std::move(layout));
}

/// Appends the fields that a group of messages has in common.
inline std::vector<Field> join(std::vector<Field> head, std::vector<Field> tail) {
  for (auto& field : tail) head.push_back(std::move(field));
  return head;
}

template <class M>
struct Fields {
  static M& of(void* message) { return *static_cast<M*>(message); }
  static const M& of(const void* message) { return *static_cast<const M*>(message); }

  /// An unsigned integer of `Width` bytes (its member's size unless said).
  template <auto Member, std::size_t Width = sizeof(std::declval<M>().*Member)>
  static Field integer(std::string_view name, std::string_view meaning) {
    using T = std::remove_cvref_t<decltype(std::declval<M>().*Member)>;
    Field field{.name = name, .meaning = meaning, .kind = Kind::integer, .width = Width};
    field.get = [](const void* m) -> std::uint64_t { return static_cast<std::uint64_t>(of(m).*Member); };
    field.set = [](void* m, std::uint64_t value) { of(m).*Member = static_cast<T>(value); };
    return field;
  }

  /// A reserved integer: sent as zero, ignored when received, kept as it was.
  template <auto Member, std::size_t Width = sizeof(std::declval<M>().*Member)>
  static Field reserved(std::string_view name = "Reserved", Rule rule = Rule::none()) {
    return integer<Member, Width>(name, "reserved").with_reserved(~std::uint64_t{0} >> (64 - 8 * Width), rule);
  }

  /// `Size` bytes. The member is Bytes; another size is written as it stands and reported by validate.
  template <auto Member, std::size_t Size>
  static Field fixed(std::string_view name, std::string_view meaning) {
    Field field = raw<Member>(name, meaning);
    field.width = Size;
    return field;
  }

  /// Bytes whose size follows from the context or from earlier fields.
  template <auto Member>
  static Field sized(std::string_view name, std::string_view meaning, std::size_t (*size)(const M&, const Context&)) {
    Field field = raw<Member>(name, meaning);
    field.size = [size](const void* m, const Context& c) { return size(of(m), c); };
    return field;
  }

  /// Bytes whose size stands in the earlier integer field `length_field`.
  template <auto Member>
  static Field counted(std::string_view name, std::string_view meaning, std::string_view length_field) {
    Field field = raw<Member>(name, meaning);
    field.length_from = length_field;
    return field;
  }

  /// Everything up to the end of the message.
  template <auto Member>
  static Field rest(std::string_view name, std::string_view meaning) {
    Field field = raw<Member>(name, meaning);
    field.rest = true;
    return field;
  }

  /// A list of structs with a layout of their own; the element count stands in the earlier integer field `count_field`.
  template <auto Member>
  static Field list(std::string_view name, std::string_view meaning, std::string_view count_field) {
    Field field = elements<Member>(name, meaning);
    field.length_from = count_field;
    return field;
  }

  /// A list whose element count follows from the context or from earlier fields.
  template <auto Member>
  static Field list_of(std::string_view name, std::string_view meaning,
                       std::size_t (*count)(const M&, const Context&)) {
    Field field = elements<Member>(name, meaning);
    field.size = [count](const void* m, const Context& c) { return count(of(m), c); };
    return field;
  }

  /// A list that goes on to the end of the message.
  template <auto Member>
  static Field list_rest(std::string_view name, std::string_view meaning) {
    Field field = elements<Member>(name, meaning);
    field.rest = true;
    return field;
  }

  /// A condition on the message itself, for Field::when().
  static std::function<bool(const void*, const Context&)> condition(bool (*holds)(const M&, const Context&)) {
    return [holds](const void* m, const Context& c) { return holds(of(m), c); };
  }

  /// A rule over the whole message.
  static Check check(Rule rule, std::string_view what, bool (*holds)(const M&, const Context&)) {
    return {rule, what, condition(holds)};
  }

 private:
  template <auto Member>
  static Field raw(std::string_view name, std::string_view meaning) {
    Field field{.name = name, .meaning = meaning, .kind = Kind::bytes};
    field.bytes = [](void* m) -> Bytes& { return of(m).*Member; };
    return field;
  }

  template <auto Member>
  static Field elements(std::string_view name, std::string_view meaning) {
    using Element = typename std::remove_cvref_t<decltype(std::declval<M>().*Member)>::value_type;
    Field field{.name = name, .meaning = meaning, .kind = Kind::list};
    field.element = [] { return &Element::layout(); };
    field.element_count = [](const void* m) { return (of(m).*Member).size(); };
    field.element_at = [](void* m, std::size_t i) -> void* { return &(of(m).*Member)[i]; };
    field.resize = [](void* m, std::size_t n) { (of(m).*Member).resize(n); };
    return field;
  }
};

}  // namespace lockstep::wire
