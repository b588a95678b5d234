#include "report_file.hpp"

#include <algorithm>

#include "commands.hpp"
#include "report/file.hpp"

namespace lockstep::cli {

Result<std::vector<ReportFile>, std::string> parse_report_files(const std::vector<std::string>& texts,
                                                                const std::vector<std::string_view>& formats) {
  std::vector<ReportFile> files;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::string format = text.substr(0, equals);
    const bool known = std::find(formats.begin(), formats.end(), format) != formats.end();
    if (!known || equals == text.npos || equals + 1 == text.size()) {
      std::string expected;
      for (const std::string_view each : formats)
        expected += (expected.empty() ? "" : each == formats.back() ? " or " : ", ") + std::string(each) + "=FILE";
      return Unexpected{"--report " + text + ": expected " + expected};
    }
    files.push_back({format, text.substr(equals + 1)});
  }
  return files;
}

int write_reports(const std::vector<ReportFile>& files, const std::vector<ReportFormat>& formats, int status) {
  for (const ReportFile& file : files) {
    const auto format =
        std::find_if(formats.begin(), formats.end(), [&](const ReportFormat& f) { return f.name == file.format; });
    const auto failed = report::write_file(file.path, format->text());
    if (!failed) continue;
    std::fprintf(stderr, "lockstep: a report is missing: %s\n", failed->c_str());
    status = with_trouble(status);
  }
  return status;
}

int with_trouble(int status) { return status == FAILED ? FAILED : INCONCLUSIVE; }

}  // namespace lockstep::cli
