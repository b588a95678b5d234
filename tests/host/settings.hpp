// Settings by their assignments.
#pragma once

#include <gtest/gtest.h>

#include "host/check.hpp"

namespace lockstep::host {

inline Setting setting(Profile profile, std::initializer_list<std::string_view> assignments = {}) {
  Setting made;
  made.profile = profile;
  made.policies = defaults(profile);
  for (std::string_view assignment : assignments) {
    const auto changed = set(made.policies, assignment);
    if (!changed) ADD_FAILURE() << changed.error();
    if (changed) made.policies = *changed;
  }
  return made;
}

inline const Property& property(std::string_view id) {
  const auto found = find_property(id);
  if (!found) ADD_FAILURE() << found.error();
  return found ? **found : *properties().front();
}

/// "fails", and the length of the counterexample.
inline std::string verdict(const Setting& asked, std::string_view id) {
  static Checker checker;
  return std::string(verdict_word(checker.check(asked, property(id))));
}

}  // namespace lockstep::host
