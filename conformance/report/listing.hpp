// Cases and requirements as tables for people and as JSON for scripts: `lockstep list`.
#pragma once

#include <string>
#include <vector>

#include "cases/case.hpp"

namespace lockstep::report {

using Cases = std::vector<const cases::Case*>;

std::string case_table(const Cases&);
std::string case_json(const Cases&);

std::string requirement_table(const std::vector<Rule>&);
std::string requirement_json(const std::vector<Rule>&);

}  // namespace lockstep::report
