// Shorthand for the tables of verbs; included by them alone. `w` is the world, `s` the setting.
#pragma once

#include "host/verb.hpp"

#define IF(...) [](const World& w [[maybe_unused]], const Setting& s [[maybe_unused]]) -> bool { return __VA_ARGS__; }
#define DO(...) [](World& w [[maybe_unused]], const Setting& s [[maybe_unused]]) { __VA_ARGS__; }

namespace lockstep::host {

using enum Actor;
using enum Scope;
using enum Mood;

inline bool locked(const World& w) { return w.tdi == TdiState::CONFIG_LOCKED; }
inline bool runs(const World& w) { return w.tdi == TdiState::RUN; }
inline bool locked_or_runs(const World& w) { return locked(w) || runs(w); }
inline bool seen_locked_or_running(const World& w) { return w.view == View::LOCKED || w.view == View::RUN; }
inline bool bound(const World& w) { return w.owner != Party::nobody; }
inline bool quiet(const World& w) { return w.talk == Talk::none; }

}  // namespace lockstep::host
