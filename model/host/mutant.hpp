// Machine-made mutants of the tables of verbs: one row of one table, spoilt in one way.
#pragma once

#include <optional>

#include "host/verb.hpp"

namespace lockstep::host {

struct RowMutant {
  enum class Kind : Byte {
    row_deleted,
    guard_dropped,
    guard_forgets,   ///< what the guard says of one field
    effect_dropped,  ///< the step is made, and changes nothing
    effect_forgets,  ///< what the effect does to one field
  };
  const Verb* row = nullptr;
  Kind kind = Kind::row_deleted;
  std::size_t field = 0;  ///< of the two that forget
};

/// "VMM bind (access): guard forgets view".
std::string name(const RowMutant&);
std::optional<RowMutant> find_mutant(std::string_view name);

/// What the spoilt row does in place of guard and effect.
bool enabled(const RowMutant&, const World&, const Setting&);
void perform(const RowMutant&, World&, const Setting&);

/// Every mutant of the row that makes a difference in one of these worlds at least.
std::vector<RowMutant> mutants_of(const Verb&, std::span<const World>, const Setting&);
/// Whether the spoilt row leads from this world where the row leads; a step that changes nothing is as good as none.
bool leads_alike(const RowMutant&, const World&, const Setting&);

}  // namespace lockstep::host
