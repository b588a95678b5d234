// The requirement matrix: which case asks about which requirement, which fault shows that it sees it broken, and which
// requirements no case asks about.
#pragma once

#include <span>
#include <string>

#include "cases/case.hpp"
#include "report/evidence.hpp"

namespace lockstep::report {

/// Markdown, without a heading of the first level.
std::string requirement_matrix(std::span<const cases::Case>, std::span<const Evidence>);

}  // namespace lockstep::report
