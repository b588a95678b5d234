// What is to be proved about the world: requirement, source, where it is proved, what its premise is and which mutants
// it must find. All of them stand in property_*.cpp.
#pragma once

#include "host/verb.hpp"

namespace lockstep::host {

struct Property {
  std::string_view id;    ///< "P22"; a variant that assumes a broken actor is "P22/early-dma"
  std::string_view name;  ///< a few words
  std::string_view text;  ///< the requirement
  Scope scope;
  verify::Shape shape;
  bool (*state)(const World&, const Setting&) = nullptr;
  bool (*step)(const World&, const Verb&, const World&, const Setting&) = nullptr;
  bool (*premise)(const World&, const Setting&) = nullptr;
  bool (*step_premise)(const World&, const Verb&, const World&, const Setting&) = nullptr;
  std::vector<Flaw> mutant = {};   ///< actors broken like this must be found out
  std::vector<Flaw> assumes = {};  ///< actors that are broken and must not matter
  Mood moods = Mood::HOSTILE;      ///< the worst that actors do
  /// Liveness: the verbs that are not put off for ever while they stay possible.
  bool (*fair)(const Verb&, const Setting&) = nullptr;
  /// Where no flaw of an actor stands for it, the machine-made mutant that must be found out (mutant.hpp).
  std::string_view spoilt = {};
  bool two_runs = false;  ///< about a pair of runs (two_runs.hpp); `premise` is asked of the first
};

std::span<const Property> access_properties();
std::span<const Property> evidence_properties();
std::span<const Property> teardown_properties();
std::span<const Property> link_properties();
std::span<const Property> ranges_properties();

/// What they rest on: records that agree, conversations that end.
std::span<const Property> lock_lemmas();
std::span<const Property> link_lemmas();

/// All of them, in the order of their ids.
std::span<const Property* const> properties();
/// Without the lemmas: what a policy is judged by.
std::span<const Property* const> questions();
Result<const Property*, std::string> find_property(std::string_view id);

/// What of the specification is not a property here, and why.
struct NotModelled {
  std::string_view id, why;
};
std::span<const NotModelled> not_modelled();

}  // namespace lockstep::host
