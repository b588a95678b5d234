// Colours of a terminal, and text in paragraphs.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "runner/result.hpp"

namespace lockstep::report {

/// Plain text unless told otherwise.
class Style {
 public:
  constexpr Style() = default;
  constexpr explicit Style(bool colour) : colour_(colour) {}
  /// Colour only for a terminal, and not when NO_COLOR is set (https://no-color.org).
  static Style of(std::FILE* stream);

  /// The verdict's label ("PASS", "NOT APPLICABLE") in its colour.
  std::string label(runner::Verdict) const;
  /// `text` in the colour of the verdict.
  std::string coloured(runner::Verdict, std::string_view text) const;
  std::string strong(std::string_view text) const;

 private:
  std::string wrapped(std::string_view code, std::string_view text) const;
  bool colour_ = false;
};

/// "name      text" with the lines of `text` broken at spaces before column 110 and set below one another. A word that
/// is longer stands on a line of its own.
std::string entry(std::string_view name, std::string_view text, std::size_t indent = 2, std::size_t name_width = 12);

}  // namespace lockstep::report
