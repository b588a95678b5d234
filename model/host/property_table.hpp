// Shorthand for the tables of properties; included by them alone. `w` is the world, `b` and `a` the worlds before and
// after the verb `v`, `s` the setting.
#pragma once

#include "host/property.hpp"
#include "host/verb_table.hpp"

#define STEP(...)                                                                                      \
  [](const World& b [[maybe_unused]], const Verb& v [[maybe_unused]], const World& a [[maybe_unused]], \
     const Setting& s [[maybe_unused]]) -> bool { return __VA_ARGS__; }
#define FAIR(...) [](const Verb& v [[maybe_unused]], const Setting& s [[maybe_unused]]) -> bool { return __VA_ARGS__; }

namespace lockstep::host {

using verify::Shape;

constexpr bool implies(bool premise, bool conclusion) { return !premise || conclusion; }
inline bool is(const Verb& verb, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names)
    if (verb.name == name) return true;
  return false;
}
/// What the TSM takes the TDI for is so, or the TDI has failed since.
inline bool belief_is_true(const World& w) {
  return implies(w.view == View::LOCKED, locked(w) || w.tdi == TdiState::ERROR) &&
         implies(w.view == View::RUN, runs(w) || w.tdi == TdiState::ERROR);
}
inline bool accepting(const Verb& verb) {
  return verb.actor == TVM && is(verb, {"accept_mmio", "start", "enable_dma"});
}

}  // namespace lockstep::host
