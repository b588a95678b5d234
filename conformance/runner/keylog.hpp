// Key logs: the secrets of sessions, so that what was recorded of them can be read. docs/keylog.md has the format.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "spdm/memory.hpp"

namespace lockstep::runner {

/// The first line of a key log.
inline constexpr std::string_view KEY_LOG_HEAD = "# lockstep key log 1";

/// Turns what a conversation knows into lines, each of which is told once.
class KeyLog {
 public:
  /// What is new since the last call.
  std::vector<std::string> news(const spdm::Memory& memory);

 private:
  std::set<std::string> told_;  ///< label and session of each line
};

/// What a key log says, as far as it takes to open records.
class LoggedSecrets {
 public:
  /// The error names the line.
  static Result<LoggedSecrets, std::string> parse(std::string_view text, std::string_view name);
  static Result<LoggedSecrets, std::string> read(const std::filesystem::path& path);

  /// For spdm::Secrets::handshake_secret.
  std::optional<Bytes> handshake_secret(View request, View response) const;
  std::size_t sessions() const { return handshake_.size(); }

 private:
  std::map<std::pair<Bytes, Bytes>, Bytes> handshake_;
};

}  // namespace lockstep::runner
