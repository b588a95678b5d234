// The report for scripts: everything a run says, as JSON. Its schema is schema/report-1.json in this folder.
#pragma once

#include <string>

#include "runner/result.hpp"

namespace lockstep::report {

/// "lockstep/report-1"
std::string json_report(const runner::Run&);
/// One element of its `results`, on one line.
std::string json_result(const runner::CaseResult&);

}  // namespace lockstep::report
