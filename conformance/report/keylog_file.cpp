#include "report/keylog_file.hpp"

#include <filesystem>

namespace lockstep::report {

Result<KeyLogFile, std::string> KeyLogFile::create(const std::string& path) {
  auto file = LineFile::create(path);
  if (!file) return Unexpected{file.error()};
  std::error_code ignored;  // a pipe has no permissions to change
  std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
  if (auto failed = file->write(runner::KEY_LOG_HEAD)) return Unexpected{*failed};
  return KeyLogFile(std::move(*file));
}

void KeyLogFile::secrets(const spdm::Memory& memory) {
  for (const std::string& line : log_.news(memory))
    if (!error_) error_ = file_.write(line);
}

}  // namespace lockstep::report
