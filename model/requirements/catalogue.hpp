// The requirement catalogue: catalogue.csv and false_alarms.csv as constant data.
//
// Sources of the rows are named in their column `clause`; the wording is ours. Terms from the specifications keep their
// spelling.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "requirements/rule.hpp"

namespace lockstep {

enum class Level : std::uint8_t { SHALL, SHOULD, MAY };

/// Who has to obey. A rule can bind several: see Roles.
enum class Role : std::uint8_t { responder = 1, requester = 2, host = 4 };

class Roles {
 public:
  constexpr Roles() = default;
  constexpr Roles(Role role) : bits_(static_cast<std::uint8_t>(role)) {}  // NOLINT(google-explicit-constructor)
  constexpr bool has(Role role) const { return (bits_ & static_cast<std::uint8_t>(role)) != 0; }
  friend constexpr Roles operator|(Roles a, Roles b) {
    Roles both;
    both.bits_ = static_cast<std::uint8_t>(a.bits_ | b.bits_);
    return both;
  }
  constexpr bool operator==(const Roles&) const = default;

 private:
  std::uint8_t bits_ = 0;
};
constexpr Roles operator|(Role a, Role b) { return Roles(a) | Roles(b); }

/// How sure the catalogue is of a row: from a source, from memory, or open ("?" in the file).
enum class Confidence : std::uint8_t { ok, recall, unclear };
/// What a breach of the rule does to the verdict (column `verdict`). A correct device must never fail.
enum class OnBreach : std::uint8_t { fail, warn };
/// What it takes to provoke the rule: plain messages, a secured session, or an event outside the protocol.
enum class Needs : std::uint8_t { plain, session, injection };

struct Requirement {
  std::string_view id;
  std::string_view statement;
  std::string_view clause;
  std::string_view stimulus;
  std::string_view expected;
  std::string_view tested_by;      ///< public tests that exercise it, "none" when none is known
  std::string_view why_uncertain;  ///< empty unless confidence is not ok
  std::string_view basis;          ///< where the row comes from
  std::string_view audited;        ///< what a second reading said of it, empty when none was made
  Level level = Level::SHALL;
  Roles roles;
  Confidence confidence = Confidence::ok;
  OnBreach on_breach = OnBreach::warn;
  Needs needs = Needs::plain;
  std::uint8_t since = 0;  ///< first SPDM version byte (0x10 to 0x14) it applies to, 0 = no limit
  std::uint8_t until = 0;  ///< last SPDM version byte it applies to, 0 = no limit

  constexpr bool applies_to(std::uint8_t spdm_version) const {
    return (since == 0 || spdm_version >= since) && (until == 0 || spdm_version <= until);
  }
};

/// All rows, sorted by id; Rule::index() is the position in it.
std::span<const Requirement> catalogue();
/// Null when there is no such id.
const Requirement* find_requirement(std::string_view id);
/// The known ids most like `id`, best first, for "did you mean"; empty when nothing is similar.
std::vector<std::string_view> nearest(std::string_view id, std::size_t count = 3);
/// The same for names of any kind.
std::vector<std::string_view> nearest(std::string_view wanted, std::span<const std::string_view> names,
                                      std::size_t count = 3);
/// Changes whenever catalogue.csv changes: the first 12 hexadecimal digits of its SHA-256.
std::string_view catalogue_version();

/// A place where validators failed correct devices, and what this project does instead.
struct FalseAlarm {
  std::string_view id;  ///< P01, P02, ...
  std::string_view trap;
  std::string_view rule;
};
/// All rows of false_alarms.csv, in the order of their ids.
std::span<const FalseAlarm> false_alarms();

std::string_view name(Level level);
std::string_view name(Roles roles);
std::string_view name(Confidence confidence);
std::string_view name(OnBreach on_breach);
std::string_view name(Needs needs);

}  // namespace lockstep
