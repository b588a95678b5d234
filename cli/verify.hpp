// What the kinds of `lockstep verify` have in common.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "commands.hpp"
#include "verify/outcome.hpp"

namespace lockstep::cli {

/// Each adds a kind of verification to the command.
void add_verify_device(CLI::App& verify, int& status);
void add_verify_host(CLI::App& verify, int& status);
void add_verify_matrix(CLI::App& verify, int& status);

/// holds 0, fails 1, inconclusive 4.
int exit_code(verify::Verdict);

/// "512M", "8GiB", "1000000": bytes. The error is a sentence.
Result<std::uint64_t, std::string> parse_size(const std::string& text);

/// "html=FILE" for the formats that are named.
struct NamedFile {
  std::string format, path;
};
Result<std::vector<NamedFile>, std::string> parse_named_files(const std::vector<std::string>& texts,
                                                              const std::vector<std::string>& formats,
                                                              const std::string& option = "--report");

/// What `lockstep verify --list` says of the device.
std::string device_listing();

}  // namespace lockstep::cli
