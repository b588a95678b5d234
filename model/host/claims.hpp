// Claims about the model, in the words of the acceptance checks.
#pragma once

#include "host/acceptance.hpp"

namespace lockstep::host {

/// Where a claim is made. What is not said is as in the reference profile with the lock epoch in accepting verbs.
struct Where {
  std::vector<std::string_view> policies = {};
  std::vector<Flaw> flaws = {};
  Profile profile = Profile::riscv;
  Scenario scenario = Scenario::cvm;
  bool remedied = true;  ///< CONSENT_BINDING=EPOCH unless `policies` says otherwise
};
Setting setting_of(const Where&);
std::string text_of(const Where&);

Claim holds(std::string_view property, Where where = {});
Claim fails(std::string_view property, Where where = {});

/// Each flaw alone breaks its own property and none of the others'.
struct FlawOf {
  Flaw flaw;
  std::string_view property;
};
Claim each_breaks_its_own(std::vector<FlawOf>, std::string_view text);

using OfWorld = bool (*)(const World&, const Setting&);
/// A world like this can be reached in this part; or none can.
Claim reached(std::string_view what, Scope scope, OfWorld like, Where where = {});
Claim not_reached(std::string_view what, Scope scope, OfWorld like, Where where = {});
/// From every world of this part a way leads to one like this.
Claim always_a_way(std::string_view what, Scope scope, OfWorld like, Where where = {});

/// With this table behind the IOMMU a device is seen to reach no page that it could not with one that only the TSM
/// writes; or it is.
Claim walks_like_the_real_table(Where where);
Claim walks_unlike_the_real_table(Where where);

/// The actions of a helper outside the TEE look the same in CONFIG_LOCKED and in RUN.
Claim helper_sees_no_difference(Where where = {});
/// Some action does not: the control that the comparison can tell.
Claim helper_sees_a_difference(Where where);

}  // namespace lockstep::host
