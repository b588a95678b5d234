// A verb of an actor: a guarded command. Each actor's verbs stand in one table (vmm.cpp, tsm.cpp, ...).
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "host/setting.hpp"
#include "host/world.hpp"

namespace lockstep::host {

struct Scopes {
  std::uint32_t bits = 0;
  constexpr Scopes(std::initializer_list<Scope> scopes) {
    for (Scope scope : scopes) bits |= 1U << static_cast<unsigned>(scope);
  }
  constexpr bool contains(Scope scope) const { return (bits >> static_cast<unsigned>(scope) & 1U) != 0; }
};

struct Verb {
  Actor actor, to;          ///< who acts, and on whom
  std::string_view name;    ///< abstract; rosetta.cpp has the vendors' names
  Scopes scopes;            ///< where it takes part
  std::string_view source;  ///< rows of the systems, debates and properties it comes from
  Mood mood;
  bool (*guard)(const World&, const Setting&);
  void (*effect)(World&, const Setting&);
};

std::span<const Verb> vmm_verbs();
std::span<const Verb> tsm_verbs();
std::span<const Verb> device_verbs();
std::span<const Verb> tvm_verbs();
std::span<const Verb> agent_verbs();
std::span<const Verb> lowvisor_verbs();

/// Those that take part, in the order of the tables.
std::vector<const Verb*> verbs(const Setting&);
/// All of them.
std::vector<const Verb*> all_verbs();

}  // namespace lockstep::host
