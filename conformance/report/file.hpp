// Files that a run writes. Every error is a sentence that names the file.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace lockstep::report {

/// A file written line by line: what was written is with the system at once, and stays when this process dies.
class LineFile {
 public:
  static Result<LineFile, std::string> create(const std::string& path);
  /// The reason when it could not be written.
  std::optional<std::string> write(std::string_view line);
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  LineFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
};

/// The whole file at once; the reason when it could not be written.
std::optional<std::string> write_file(const std::string& path, std::string_view text);

}  // namespace lockstep::report
