#include "requirements/no_such.hpp"

#include "requirements/catalogue.hpp"

namespace lockstep {

std::string did_you_mean(std::string_view wanted, std::span<const std::string_view> names, std::size_t count) {
  std::string text;
  for (const std::string_view one : nearest(wanted, names, count))
    text += (text.empty() ? "; did you mean " : ", ") + std::string(one);
  return text.empty() ? text : text + "?";
}

std::string no_such(std::string_view what, std::string_view wanted, std::span<const std::string_view> names) {
  return "no " + std::string(what) + " is called '" + std::string(wanted) + "'" + did_you_mean(wanted, names);
}

}  // namespace lockstep
