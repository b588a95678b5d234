#include "runner/text_file.hpp"

#include <fstream>
#include <iterator>

namespace lockstep::runner {

Result<std::string, std::string> read_text(const std::filesystem::path& path) {
  std::error_code ignored;  // what cannot be looked at cannot be opened either
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, ignored)) return Unexpected{"cannot read " + path.string()};
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

}  // namespace lockstep::runner
