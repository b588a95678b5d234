#include "report/file.hpp"

#include <cerrno>
#include <system_error>

namespace lockstep::report {
namespace {

std::string reason(const std::string& path) {
  return "cannot write " + path + ": " + std::generic_category().message(errno);
}

}  // namespace

Result<LineFile, std::string> LineFile::create(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return Unexpected{reason(path)};
  return LineFile(path, file);
}

std::optional<std::string> LineFile::write(std::string_view line) {
  const bool whole = std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size() &&
                     std::fputc('\n', file_.get()) != EOF && std::fflush(file_.get()) == 0;
  return whole ? std::nullopt : std::optional(reason(path_));
}

std::optional<std::string> write_file(const std::string& path, std::string_view text) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return reason(path);
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
  const std::string why = written ? std::string() : reason(path);
  if (std::fclose(file) != 0 && written) return reason(path);
  return written ? std::nullopt : std::optional(why);
}

}  // namespace lockstep::report
