#include "wire/names.hpp"

#include <algorithm>
#include <cctype>

namespace lockstep::wire {

std::vector<std::string> unique_names(const Layout& layout) {
  std::vector<std::string> names;
  for (const Field& field : layout.fields) {
    const auto same = std::count_if(layout.fields.begin(), layout.fields.begin() + static_cast<long>(names.size()),
                                    [&](const Field& earlier) { return earlier.name == field.name; });
    names.push_back(std::string(field.name) + (same == 0 ? "" : " " + std::to_string(same + 1)));
  }
  return names;
}

std::string slug(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    else if (!out.empty() && out.back() != '-')
      out.push_back('-');
  }
  if (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string_view name(Protocol protocol) {
  switch (protocol) {
    case Protocol::SPDM:
      return "SPDM";
    case Protocol::SECURED_MESSAGE:
      return "SECURED_MESSAGE";
    case Protocol::IDE_KM:
      return "IDE_KM";
    case Protocol::TDISP:
      return "TDISP";
    case Protocol::DOE:
      return "DOE";
    case Protocol::MCTP:
      return "MCTP";
    case Protocol::TCP:
      return "TCP";
    case Protocol::EMU:
      return "EMU";
  }
  return {};
}

}  // namespace lockstep::wire
