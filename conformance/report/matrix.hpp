// The requirement matrix: which case asks about which requirement, and which requirements no case asks about.
#pragma once

#include <span>
#include <string>

#include "cases/case.hpp"

namespace lockstep::report {

/// Markdown, without a heading of the first level.
std::string requirement_matrix(std::span<const cases::Case>);

}  // namespace lockstep::report
