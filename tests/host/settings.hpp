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

/// What a property needs to have something to say. The emulated device has one design at a time.
inline std::string_view needed_by(std::string_view id) {
  if (id == "V4") return "VIRTIO=ON_DEVICE_BUFFER";
  if (id == "V5") return "VIRTIO=ENCRYPTED_QUEUE_PASSTHROUGH";
  if (id == "P31/quarantine") return "STOP_FAILURE=QUARANTINE";
  if (id == "P24/panic" || id == "P24/panics") return "ON_MISMATCH=PANIC";
  if (id == "P27/ledger") return "ON_MISMATCH=DEGRADE";
  if (id == "L6/refused") return "CONNECT_WHEN=EAGER";
  return "VIRTIO=SNOOP";
}

/// The profile with every remedy that the discussions know: each property is expected to hold here.
inline Setting remedied(const Property& p) {
  Setting made = setting(Profile::tdx, {"CONSENT_BINDING=EPOCH", "APPRAISED_BY=REMOTE", "NO_FW_UPDATE=NO",
                                        "BIND_ON=VFIO", "AGENT=FIRMWARE", needed_by(p.id)});
  if (p.scope == Scope::QUEUE) made.scenario = Scenario::pkvm;  // where there is somebody to snoop
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
