// Refinement: whether everything that an observer can see of one model can be seen of another, too.
#pragma once

#include "host/check.hpp"

namespace lockstep::host {

/// What is seen of a step; empty: nothing.
using Observer = std::string (*)(const World& before, const Verb&, const World& after);

struct Refinement {
  bool holds = false;
  std::size_t pairs = 0;  ///< of a world of the one and all worlds that the other may be in
  Story broken_by;        ///< the shortest run whose last step is seen of the first model alone
};

/// Every run of `concrete` is seen as a run of `abstract` is. Steps that are not seen are free on either side.
Refinement refines(const Model& concrete, const Model& abstract, Observer);

/// Which page becomes a guest's, and which page the device reaches.
std::string accesses_seen(const World& before, const Verb&, const World& after);

}  // namespace lockstep::host
