// Which cases and requirements the patterns of a command line mean.
#pragma once

#include "report/listing.hpp"

namespace lockstep::cli {

/// The cases that match at least one pattern; all cases without a pattern. The error: a pattern that matches nothing,
/// with the nearest names.
Result<report::Cases, std::string> select_cases(const std::vector<std::string>& patterns);
/// The same for requirements: shell-like patterns over ids, or the beginning of an id ("TDISP", "TDISP-LOCK").
Result<std::vector<Rule>, std::string> select_requirements(const std::vector<std::string>& patterns);

}  // namespace lockstep::cli
