// --report FORMAT=FILE
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace lockstep::cli {

struct ReportFile {
  bool json = false;  ///< else text
  std::string path;
};

Result<std::vector<ReportFile>, std::string> parse_report_files(const std::vector<std::string>& texts);

/// Writes the files and says on stderr which could not be written. The exit code is then `status` if that says FAILED,
/// else INCONCLUSIVE: a verdict stands, but a report that is missing is no success.
int write_reports(const std::vector<ReportFile>&, const std::string& json, const std::string& text, int status);
/// That exit code.
int with_trouble(int status);

}  // namespace lockstep::cli
