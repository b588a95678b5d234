#include "report_file.hpp"

#include "commands.hpp"
#include "report/file.hpp"

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

int write_reports(const std::vector<ReportFile>& files, const std::string& json, const std::string& text, int status) {
  for (const ReportFile& file : files) {
    const auto failed = report::write_file(file.path, file.json ? json : text);
    if (!failed) continue;
    std::fprintf(stderr, "lockstep: a report is missing: %s\n", failed->c_str());
    status = with_trouble(status);
  }
  return status;
}

int with_trouble(int status) { return status == FAILED ? FAILED : INCONCLUSIVE; }

}  // namespace lockstep::cli
