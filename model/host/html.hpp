// What the HTML reports of this layer have in common.
#pragma once

#include <string>
#include <string_view>

namespace lockstep::host {

std::string escaped(std::string_view text);
/// Head, style sheet, title as a heading; the body is open.
std::string html_head(std::string_view title);

}  // namespace lockstep::host
