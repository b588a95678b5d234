// The report for code scanning: SARIF 2.1.0 (OASIS), where a rule is a requirement and a result is a broken rule.
#pragma once

#include <string>

#include "runner/result.hpp"

namespace lockstep::report {

/// One result for each rule that a case saw broken or strained; waived ones are suppressed, with their reason. A run
/// that gives no verdict says so: executionSuccessful is false.
std::string sarif_report(const runner::Run&);

}  // namespace lockstep::report
