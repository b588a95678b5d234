// Files that a user names.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace lockstep::runner {

/// The whole file. The error names it.
Result<std::string, std::string> read_text(const std::filesystem::path& path);

}  // namespace lockstep::runner
