// The key log of a run as a file (docs/keylog.md), written as sessions are made.
#pragma once

#include "report/file.hpp"
#include "runner/keylog.hpp"
#include "runner/run.hpp"

namespace lockstep::report {

class KeyLogFile : public runner::Observer {
 public:
  /// Nobody but the owner may read the file.
  static Result<KeyLogFile, std::string> create(const std::string& path);

  void secrets(const spdm::Memory& memory) override;
  /// The first reason why something could not be written; it ends the writing.
  const std::optional<std::string>& error() const { return error_; }

 private:
  explicit KeyLogFile(LineFile file) : file_(std::move(file)) {}
  LineFile file_;
  runner::KeyLog log_;
  std::optional<std::string> error_;
};

}  // namespace lockstep::report
