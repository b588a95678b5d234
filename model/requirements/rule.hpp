// A citation of a requirement: two bytes, and an id that is not in the catalogue does not compile.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "requirements/rule_ids.hpp"  // generated: lockstep::detail::rule_ids, sorted

namespace lockstep {

struct Requirement;

/// Names one row of the catalogue. `Rule rule = "TDISP-LOCK-001";` is checked by the compiler.
class Rule {
 public:
  /// Cites nothing.
  constexpr Rule() = default;
  static constexpr Rule none() { return {}; }

  consteval Rule(const char* id) : index_(position_of(id)) {  // NOLINT(google-explicit-constructor): reads as the id
    if (index_ == absent) no_such_requirement();
  }

  /// For ids that are known only at run time: command lines, files.
  static constexpr std::optional<Rule> find(std::string_view id) {
    Rule rule;
    rule.index_ = position_of(id);
    return rule ? std::optional(rule) : std::nullopt;
  }

  /// Empty for none().
  constexpr std::string_view id() const { return *this ? detail::rule_ids[index_] : std::string_view(); }
  /// The catalogue row; asking none() for it is our own mistake.
  const Requirement& requirement() const;
  /// Position in catalogue(), for tables and bit sets over all rules; none() has the number of rows.
  constexpr std::size_t index() const { return *this ? index_ : std::size(detail::rule_ids); }

  constexpr explicit operator bool() const { return index_ != absent; }
  constexpr auto operator<=>(const Rule&) const = default;  // NOLINT(modernize-use-nullptr): false in clang-tidy 14

 private:
  static constexpr std::uint16_t absent = 0xFFFF;
  static constexpr std::uint16_t position_of(std::string_view id) {
    std::size_t first = 0, last = std::size(detail::rule_ids);
    while (first < last) {
      const std::size_t middle = first + (last - first) / 2;
      if (detail::rule_ids[middle] < id)
        first = middle + 1;
      else
        last = middle;
    }
    const bool found = first < std::size(detail::rule_ids) && detail::rule_ids[first] == id;
    return found ? static_cast<std::uint16_t>(first) : absent;
  }
  // Not constexpr on purpose: reaching it while compiling is the error message. clang 14 lets `Rule r{"..."}` at
  // namespace scope pass unchecked (fixed in later versions); such a program stops here when it starts.
  [[noreturn]] static void no_such_requirement();

  std::uint16_t index_ = absent;
};
static_assert(sizeof(Rule) == 2);

/// A string as a template argument.
template <std::size_t Size>
struct fixed_string {
  char text[Size]{};
  consteval fixed_string(const char (&literal)[Size]) {  // NOLINT(google-explicit-constructor): a literal as it stands
    for (std::size_t i = 0; i < Size; ++i) text[i] = literal[i];
  }
};

/// A citation as a type, for the rows of Boost.MSM tables: Req<"TDISP-LOCK-001">.
template <fixed_string Id>
struct Req {
  static constexpr Rule rule{Id.text};
};

}  // namespace lockstep
