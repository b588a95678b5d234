// What `lockstep check` says of a recording.
#pragma once

#include <string>

#include "report/style.hpp"
#include "runner/check.hpp"

namespace lockstep::report {

/// Everything that deviates, once for each reason, then the counts and the verdict; `verbose`: every record too.
std::string check_text(const runner::CheckReport&, bool verbose, Style = {});
/// "lockstep/check-1"
std::string check_json(const runner::CheckReport&, std::string_view tool_version);
/// The verdict in one sentence.
std::string verdict_sentence(const runner::CheckReport&);

}  // namespace lockstep::report
