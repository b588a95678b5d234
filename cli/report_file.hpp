// --report FORMAT=FILE
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace lockstep::cli {

/// A format that a command can write.
struct ReportFormat {
  std::string_view name;
  std::function<std::string()> text;
};

struct ReportFile {
  std::string format, path;
};

/// The error names the formats that there are.
Result<std::vector<ReportFile>, std::string> parse_report_files(const std::vector<std::string>& texts,
                                                                const std::vector<std::string_view>& formats);

/// Writes the files and says on stderr which could not be written. The exit code is then `status` if that says FAILED,
/// else INCONCLUSIVE: a verdict stands, but a report that is missing is no success.
int write_reports(const std::vector<ReportFile>&, const std::vector<ReportFormat>&, int status);
/// That exit code.
int with_trouble(int status);

}  // namespace lockstep::cli
