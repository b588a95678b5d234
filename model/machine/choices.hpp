// How the machines write down what a device is free to do.
#pragma once

#include "machine/step.hpp"

namespace lockstep::machine {

/// Where the row or refusal of the rule `applied` decides, a device may take `choice` as well.
struct Leeway {
  Rule applied;
  Choice choice;
  Tag tag;
  Rule strains = {};  ///< the rule that allows the choice, or that it strains; none: the one that applies
  bool progress = true;
};

template <std::size_t Size>
constexpr const Leeway* leeway(const Leeway (&leeways)[Size], Rule applied, Choice choice) {
  for (const Leeway& each : leeways)
    if (each.applied == applied && each.choice == choice) return &each;
  return nullptr;
}

inline bool offers(const Options& options, Choice choice) {
  for (const Option& option : options)
    if (option.choice == choice) return true;
  return false;
}

}  // namespace lockstep::machine
