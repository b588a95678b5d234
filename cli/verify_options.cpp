#include <algorithm>

#include "verify.hpp"

namespace lockstep::cli {

int exit_code(verify::Verdict verdict) {
  switch (verdict) {
    case verify::Verdict::holds:
      return PASSED;
    case verify::Verdict::fails:
      return FAILED;
    case verify::Verdict::inconclusive:
      break;
  }
  return INCONCLUSIVE;
}

Result<std::uint64_t, std::string> parse_size(const std::string& text) {
  const std::string problem = "'" + text + "' is no size, such as 512M or 8G";
  std::size_t used = 0;
  std::uint64_t size = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return Unexpected{problem};
  try {
    size = std::stoull(text, &used);
  } catch (const std::out_of_range&) {
    return Unexpected{problem};
  }
  std::string unit = text.substr(used);
  if (unit.ends_with("iB"))
    unit.resize(unit.size() - 2);
  else if (unit.ends_with("B"))
    unit.resize(unit.size() - 1);
  const std::size_t power = std::string("KMGT").find(unit);
  if (unit.size() > 1 || (unit.size() == 1 && power == std::string::npos)) return Unexpected{problem};
  const unsigned shift = unit.empty() ? 0 : 10 * (static_cast<unsigned>(power) + 1);
  if (size == 0 || size > (UINT64_MAX >> shift)) return Unexpected{problem};
  return size << shift;
}

Result<std::vector<NamedFile>, std::string> parse_named_files(const std::vector<std::string>& texts,
                                                              const std::vector<std::string>& formats,
                                                              const std::string& option) {
  std::vector<NamedFile> files;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::string format = text.substr(0, equals);
    if (equals == std::string::npos || equals + 1 == text.size() ||
        std::find(formats.begin(), formats.end(), format) == formats.end()) {
      std::string known;
      for (const std::string& each : formats) known += (known.empty() ? "" : ", ") + each + "=FILE";
      return Unexpected{option + " " + text + ": expected " + known};
    }
    files.push_back({format, text.substr(equals + 1)});
  }
  return files;
}

}  // namespace lockstep::cli
