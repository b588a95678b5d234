// What shows that a case can see a rule broken: a fault of the reference device that breaks the rule, and the case that
// turns red for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "requirements/rule.hpp"

namespace lockstep::report {

struct Evidence {
  Rule rule;
  std::string fault = {};       ///< of the reference device; empty: none shows it
  std::string case_id = {};     ///< which alone, against the device with the fault, names the rule
  std::string device = {};      ///< which shape of the reference device: "usual"
  bool warns = false;           ///< the case only warns of the rule
  std::vector<Rule> also = {};  ///< what the case names besides; empty: the rule alone
  std::string why_not = {};     ///< why no fault shows it; empty: one does
};

/// Lines of "rule TAB fault TAB case TAB device TAB fail|warn [TAB other rules]" or "rule TAB why no fault shows it";
/// '#' begins a comment. The error names the line.
Result<std::vector<Evidence>, std::string> parse_evidence(std::string_view text);
std::string text(const Evidence&);

/// A fault turns a case red for the rule: it fails, or warns where the catalogue asks for no more.
bool covers(const Evidence&);

}  // namespace lockstep::report
