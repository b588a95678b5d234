// --report FORMAT=FILE
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "runner/result.hpp"

namespace lockstep::cli {

struct ReportFile {
  bool json = false;  ///< else text
  std::string path;
};

Result<std::vector<ReportFile>, std::string> parse_report_files(const std::vector<std::string>& texts);
/// The reason when it could not be written.
std::optional<std::string> write_report(const ReportFile&, const runner::Run&);

}  // namespace lockstep::cli
