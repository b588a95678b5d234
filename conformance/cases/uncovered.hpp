// Rules for devices that no case asks about, and why.
#pragma once

#include <string_view>

#include "requirements/rule.hpp"

namespace lockstep::cases {

/// One line; empty when a case asks about the rule, or when it binds no device.
std::string_view why_uncovered(Rule rule);

}  // namespace lockstep::cases
