#include "report/style.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace lockstep::report {
namespace {

constexpr std::size_t LAST_COLUMN = 110;

constexpr std::string_view labels[runner::VERDICTS] = {
    "PASS", "FAIL", "WARN", "EXPECTED FAIL", "UNEXPECTED PASS", "INCONCLUSIVE", "NOT APPLICABLE", "UNSUPPORTED"};
constexpr std::string_view colours[runner::VERDICTS] = {"32", "1;31", "33", "36", "1;36", "35", "2", "2"};

}  // namespace

Style Style::of(std::FILE* stream) {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool refused = no_colour != nullptr && *no_colour != '\0';
  return Style(!refused && ::isatty(::fileno(stream)) == 1);
}

std::string Style::wrapped(std::string_view code, std::string_view text) const {
  return colour_ ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}
std::string Style::coloured(runner::Verdict verdict, std::string_view text) const {
  return wrapped(colours[static_cast<std::size_t>(verdict)], text);
}
std::string Style::label(runner::Verdict verdict) const {
  return coloured(verdict, labels[static_cast<std::size_t>(verdict)]);
}
std::string Style::strong(std::string_view text) const { return wrapped("1", text); }

std::string entry(std::string_view name, std::string_view text, std::size_t indent, std::size_t name_width) {
  const std::size_t margin = indent + name_width;
  std::string out = fmt::format("{:{}}{:<{}}", "", indent, name, name_width);
  std::size_t column = margin;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (column + word.size() > LAST_COLUMN && column > margin) {
      while (out.back() == ' ') out.pop_back();
      out += fmt::format("\n{:{}}", "", margin);
      column = margin;
    }
    out += word;
    column += word.size() + 1;
    if (!text.empty()) out += ' ';
  }
  return out + '\n';
}

}  // namespace lockstep::report
