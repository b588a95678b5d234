#include "host/mutant.hpp"

#include <algorithm>

namespace lockstep::host {
namespace {

using Kind = RowMutant::Kind;

/// A field is forgotten when any value of it would do.
bool guard_without(std::size_t field, const Verb& row, const World& w, const Setting& s) {
  for (Byte value = 0; value < values_of_field(field); ++value)
    if (row.guard(with_field(w, field, value), s)) return true;
  return false;
}

std::string_view scope_name(const Verb& row) {
  for (std::size_t scope = 0; scope < SCOPES; ++scope)
    if (row.scopes.contains(static_cast<Scope>(scope))) return name(static_cast<Scope>(scope));
  return "";
}

/// The world that the step leads to; none: it cannot be made.
std::optional<World> of_row(const Verb& row, World w, const Setting& s) {
  if (!row.guard(w, s)) return {};
  row.effect(w, s);
  return w;
}
std::optional<World> of_mutant(const RowMutant& mutant, World w, const Setting& s) {
  if (!enabled(mutant, w, s)) return {};
  perform(mutant, w, s);
  return w;
}

}  // namespace

std::string name(const RowMutant& mutant) {
  const Verb& row = *mutant.row;
  const std::string where =
      std::string(name(row.actor)) + " " + std::string(row.name) + " (" + std::string(scope_name(row)) + "): ";
  const std::string field(field_name(mutant.field));
  switch (mutant.kind) {
    case Kind::row_deleted:
      return where + "deleted";
    case Kind::guard_dropped:
      return where + "no guard";
    case Kind::guard_forgets:
      return where + "guard forgets " + field;
    case Kind::effect_dropped:
      return where + "no effect";
    case Kind::effect_forgets:
      return where + "effect forgets " + field;
  }
  return where;
}

bool enabled(const RowMutant& mutant, const World& w, const Setting& s) {
  switch (mutant.kind) {
    case Kind::row_deleted:
      return false;
    case Kind::guard_dropped:
      return true;
    case Kind::guard_forgets:
      return guard_without(mutant.field, *mutant.row, w, s);
    case Kind::effect_dropped:
    case Kind::effect_forgets:
      break;
  }
  return mutant.row->guard(w, s);
}

void perform(const RowMutant& mutant, World& w, const Setting& s) {
  if (mutant.kind == Kind::effect_dropped) return;
  const Byte before = field_of(w, mutant.field);
  mutant.row->effect(w, s);
  if (mutant.kind == Kind::effect_forgets) w = with_field(w, mutant.field, before);
}

bool leads_alike(const RowMutant& mutant, const World& w, const Setting& s) {
  return of_row(*mutant.row, w, s).value_or(w) == of_mutant(mutant, w, s).value_or(w);
}

std::optional<RowMutant> find_mutant(std::string_view wanted) {
  for (const Verb* row : all_verbs())
    for (const Kind kind :
         {Kind::row_deleted, Kind::guard_dropped, Kind::effect_dropped, Kind::guard_forgets, Kind::effect_forgets}) {
      const bool of_a_field = kind == Kind::guard_forgets || kind == Kind::effect_forgets;
      for (std::size_t field = 0; field < (of_a_field ? field_count() : 1); ++field)
        if (const RowMutant mutant{row, kind, field}; name(mutant) == wanted) return mutant;
    }
  return {};
}

std::vector<RowMutant> mutants_of(const Verb& row, std::span<const World> worlds, const Setting& s) {
  std::vector<RowMutant> made;
  const auto differs = [&](const RowMutant& mutant) {
    return std::any_of(worlds.begin(), worlds.end(),
                       [&](const World& w) { return of_row(row, w, s) != of_mutant(mutant, w, s); });
  };
  const auto add = [&](const RowMutant& mutant) {
    if (differs(mutant)) made.push_back(mutant);
  };
  for (const Kind kind : {Kind::row_deleted, Kind::guard_dropped, Kind::effect_dropped}) add({&row, kind});
  for (std::size_t field = 0; field < field_count(); ++field) {
    const bool varies = std::any_of(worlds.begin(), worlds.end(), [&](const World& w) {
      return field_of(w, field) != field_of(worlds.front(), field);
    });
    if (!varies) continue;
    add({&row, Kind::guard_forgets, field});
    add({&row, Kind::effect_forgets, field});
  }
  return made;
}

}  // namespace lockstep::host
