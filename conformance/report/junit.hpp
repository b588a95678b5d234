// The report for CI servers that read JUnit XML: Jenkins, GitLab, GitHub actions.
#pragma once

#include <string>

#include "runner/result.hpp"

namespace lockstep::report {

/// One testsuite for each topic ("tdisp/lock"). fail is a failure, and so is an unexpected pass, and a warning in a
/// strict run; inconclusive is an error; what is waived, not applicable or unsupported is skipped, with its reason. A
/// run that did not end has an error of its own.
std::string junit_report(const runner::Run&);

/// Text as XML 1.0 can carry it, for elements and attributes: markup and line ends escaped, characters that XML does
/// not have written as \x1b, bytes that are no UTF-8 as U+FFFD.
std::string xml_text(std::string_view);

}  // namespace lockstep::report
