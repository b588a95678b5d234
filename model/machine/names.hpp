// Names of enumerators and types as they are spelled in the source, so that no list of names is kept beside them.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace lockstep::machine {

namespace detail {

/// The last identifier of what a compiler prints behind `key` in the signature of a function template.
constexpr std::string_view last_identifier(std::string_view signature, std::string_view key) {
  signature.remove_prefix(signature.find(key) + key.size());
  signature = signature.substr(0, signature.find_first_of(";]"));
  return signature.substr(signature.rfind(':') + 1);
}

template <auto Value>
constexpr std::string_view value_name() {
  return last_identifier(__PRETTY_FUNCTION__, "Value = ");
}

template <class Enum, std::size_t... I>
constexpr auto value_names(std::index_sequence<I...>) {
  return std::array{value_name<static_cast<Enum>(I)>()...};
}

}  // namespace detail

/// "CONFIG_LOCKED" for a type or a class of that name, whatever its namespace.
template <class Type>
constexpr std::string_view type_name() {
  return detail::last_identifier(__PRETTY_FUNCTION__, "Type = ");
}

/// The name of an enumerator of an enumeration whose values are 0 to Size - 1.
template <std::size_t Size, class Enum>
constexpr std::string_view enumerator_name(Enum value) {
  constexpr auto names = detail::value_names<Enum>(std::make_index_sequence<Size>());
  return names[static_cast<std::size_t>(value)];
}

/// The same for an enumeration with gaps: the name of the one of `Values` that `value` is, empty when it is none.
template <auto... Values>
constexpr std::string_view name_among(auto value) {
  std::string_view found;
  ((value == Values ? static_cast<void>(found = detail::value_name<Values>()) : static_cast<void>(0)), ...);
  return found;
}

/// "LOCK_INTERFACE_REQUEST" -> "lock-interface-request"
inline std::string kebab(std::string_view name) {
  std::string text;
  for (const char c : name) text += c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

}  // namespace lockstep::machine
