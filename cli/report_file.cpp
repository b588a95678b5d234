#include "report_file.hpp"

#include "report/file.hpp"
#include "report/json_report.hpp"
#include "report/text.hpp"

namespace lockstep::cli {

Result<std::vector<ReportFile>, std::string> parse_report_files(const std::vector<std::string>& texts) {
  std::vector<ReportFile> files;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::string format = text.substr(0, equals);
    if ((format != "json" && format != "text") || equals == text.npos || equals + 1 == text.size())
      return Unexpected{"--report " + text + ": expected json=FILE or text=FILE"};
    files.push_back({format == "json", text.substr(equals + 1)});
  }
  return files;
}

std::optional<std::string> write_report(const ReportFile& file, const runner::Run& run) {
  return report::write_file(file.path, file.json ? report::json_report(run) : report::text_report(run));
}

}  // namespace lockstep::cli
