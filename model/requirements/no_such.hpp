// What to say to a user whose word is no known name.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lockstep {

/// "; did you mean ONE, ANOTHER?", or nothing when nothing is similar.
std::string did_you_mean(std::string_view wanted, std::span<const std::string_view> names, std::size_t count = 3);
/// "no WHAT is called 'WANTED'; did you mean ONE, ANOTHER?"
std::string no_such(std::string_view what, std::string_view wanted, std::span<const std::string_view> names);

}  // namespace lockstep
