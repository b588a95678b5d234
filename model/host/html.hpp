// What the HTML reports of this layer have in common.
#pragma once

#include <string>
#include <string_view>

#include "verify/report.hpp"

namespace lockstep::host {

using verify::escaped;
/// Head, style sheet, title as a heading; the body is open.
std::string html_head(std::string_view title);

}  // namespace lockstep::host
