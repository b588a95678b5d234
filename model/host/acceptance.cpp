#include "host/acceptance.hpp"

#include <fmt/format.h>

namespace lockstep::host {

std::span<const Acceptance> acceptances() {
  static const std::vector<Acceptance> all = [] {
    std::vector<Acceptance> made;
    for (const auto& part : {acceptances_s0(), acceptances_s1(), acceptances_s2_s3(), acceptances_s4()})
      made.insert(made.end(), part.begin(), part.end());
    return made;
  }();
  return all;
}

std::string list_text() {
  std::string text = "Properties (lockstep verify host --property NAME):\n";
  for (const Property* property : properties())
    text += fmt::format("  {:<16} {:<12} {}\n", property->id, name(property->scope), property->text);
  text += "Scenarios (run by the tests):\n";
  for (const Acceptance& row : acceptances())
    text += fmt::format("  {:<14} {}: {}\n", row.id, row.said,
                        row.claims.empty() ? fmt::format("not executable: {}", row.why_not) : std::string(row.check));
  text += "Not modelled:\n";
  for (const NotModelled& row : not_modelled()) text += fmt::format("  {:<14} {}\n", row.id, row.why);
  text += "Policies (--set POLICY=VALUE):\n";
  for (const Switch& each : switches()) {
    std::string values;
    for (const std::string_view value : each.values) values += fmt::format("{}{}", values.empty() ? "" : ", ", value);
    text += fmt::format("  {:>2} {:<20} {}: {}\n", each.row, each.name, each.debate, values);
  }
  return text;
}

}  // namespace lockstep::host
