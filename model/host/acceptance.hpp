// Every row of the discussions as something that can be run: what was said, what shows that the model has it, and the
// claims that are checked. Published attacks stand here too.
#pragma once

#include <functional>

#include "host/check.hpp"

namespace lockstep::host {

/// What came of one claim.
struct Outcome {
  bool kept = false;
  std::string text;  ///< "P15 fails under CONSENT_BINDING=NONE"
};
using Claim = std::function<Outcome(Checker&)>;

struct Acceptance {
  std::string_view id;     ///< S1.12, D17, CVE-2025-9613
  std::string_view said;   ///< the row in a few words
  std::string_view check;  ///< what is to be seen
  std::vector<Claim> claims;
  std::string_view why_not = {};  ///< no claims: why the row cannot be executed
};

std::span<const Acceptance> acceptances();
std::span<const Acceptance> acceptances_s0();
std::span<const Acceptance> acceptances_s1();
std::span<const Acceptance> acceptances_s2_s3();
std::span<const Acceptance> acceptances_s4();

/// "S1.12  appraisal in user space ...", one line each, and the properties: for `lockstep verify --list`.
std::string list_text();

}  // namespace lockstep::host
