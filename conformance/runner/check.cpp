#include "runner/check.hpp"

#include <fstream>

#include "runner/checker.hpp"
#include "runner/text_file.hpp"

namespace lockstep::runner {

std::string_view name(RecordVerdict::Kind kind) {
  static constexpr std::string_view names[] = {"legal", "warn", "fail", "not_judged", "missing"};
  return names[static_cast<std::size_t>(kind)];
}

std::array<std::size_t, 5> CheckReport::counts() const {
  std::array<std::size_t, 5> counts{};
  for (const RecordVerdict& record : records) ++counts[static_cast<std::size_t>(record.kind)];
  return counts;
}

int CheckReport::exit_code(bool strict) const {
  const auto [legal, warn, fail, not_judged, missing] = counts();
  if (fail > 0 || (strict && warn > 0)) return 1;
  if (!error.empty() || missing > 0) return 4;
  return legal + warn == 0 ? 5 : 0;
}

CheckReport check(const adapters::Capture& capture, const CheckOptions& options) {
  Checker checker(capture.transport, options);
  for (const adapters::Record& record : capture.records) checker.take(record);
  checker.finish();
  CheckReport report = checker.report();
  report.error = capture.error;
  return report;
}

Result<CheckReport, std::string> check(const std::filesystem::path& file, const CheckOptions& options) {
  // No capture begins with a brace.
  if (std::ifstream(file, std::ios::binary).peek() == '{') {
    const auto text = read_text(file);
    if (!text) return Unexpected{text.error()};
    return check_trace(*text, file.string(), options);
  }
  const auto capture = adapters::read_capture(file);
  if (!capture) return Unexpected{capture.error()};
  CheckReport report = check(*capture, options);
  report.file = file.string();
  return report;
}

}  // namespace lockstep::runner
