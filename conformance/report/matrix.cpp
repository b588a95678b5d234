#include "report/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cases/uncovered.hpp"
#include "report/coverage.hpp"

namespace lockstep::report {
namespace {

using Asking = std::vector<std::vector<const cases::Case*>>;

constexpr std::size_t SHOWN_CASES = 6;

/// A bar would end the cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string case_names(const std::vector<const cases::Case*>& asking) {
  std::string text;
  for (std::size_t i = 0; i < std::min(asking.size(), SHOWN_CASES); ++i)
    text += fmt::format("{}`{}`", i == 0 ? "" : " ", asking[i]->id);
  if (asking.size() > SHOWN_CASES) text += fmt::format(" and {} more", asking.size() - SHOWN_CASES);
  return text;
}

std::string overview(const Asking& asking) {
  std::string out = "| Protocol | Rules | that bind a device | asked by a case |\n|---|---:|---:|---:|\n";
  for (const std::string_view protocol : protocols()) {
    std::size_t rules = 0, device = 0, asked = 0;
    for (std::size_t i = 0; i < catalogue().size(); ++i) {
      if (protocol_of(catalogue()[i].id) != protocol) continue;
      ++rules;
      if (!binds_device(catalogue()[i])) continue;
      ++device;
      if (!asking[i].empty()) ++asked;
    }
    out += fmt::format("| {} | {} | {} | {} |\n", protocol, rules, device, asked);
  }
  return out;
}

std::string requirements(const Asking& asking, std::string_view protocol) {
  std::string out;
  for (std::size_t i = 0; i < catalogue().size(); ++i) {
    const Requirement& r = catalogue()[i];
    if (protocol_of(r.id) != protocol || asking[i].empty()) continue;
    out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", r.id, name(r.level), cell(r.clause), name(r.on_breach),
                       name(r.confidence), case_names(asking[i]));
  }
  if (out.empty()) return {};
  return fmt::format(
      "\n### {}\n\n| Requirement | Level | Clause | A breach | Confidence | Cases |\n"
      "|---|---|---|---|---|---|\n{}",
      protocol, out);
}

std::string uncovered(const Asking& asking) {
  std::string out;
  for (const std::string_view protocol : protocols()) {
    std::string lines;
    for (std::size_t i = 0; i < catalogue().size(); ++i) {
      const Requirement& r = catalogue()[i];
      if (protocol_of(r.id) != protocol || !binds_device(r) || !asking[i].empty()) continue;
      lines += fmt::format("| {} | {} | {} |\n", r.id, cell(r.statement), cases::why_uncovered(*Rule::find(r.id)));
    }
    if (!lines.empty())
      out += fmt::format("\n### {}\n\n| Requirement | Statement | Why |\n|---|---|---|\n{}", protocol, lines);
  }
  return out;
}

std::string all_cases(std::span<const cases::Case> all) {
  std::string out = "| Case | About | Asks |\n|---|---|---|\n";
  for (const cases::Case& test : all) {
    std::string ids;
    for (const Rule rule : test.asks) ids += fmt::format("{}{}", ids.empty() ? "" : ", ", rule.id());
    out += fmt::format("| `{}` | {} | {} |\n", test.id, cell(test.about), ids);
  }
  return out;
}

}  // namespace

std::string requirement_matrix(std::span<const cases::Case> all) {
  const Asking asking = cases_by_rule(all);
  std::string out = overview(asking) + "\n## From requirements to cases\n\n`lockstep show ID` explains each.\n";
  for (const std::string_view protocol : protocols()) out += requirements(asking, protocol);
  out += "\n## Rules for devices that no case asks about\n";
  out += "\nA case may still meet them: every answer is judged by every rule, whatever the case asks.\n";
  out += uncovered(asking);
  return out + "\n## From cases to requirements\n\n" + all_cases(all);
}

}  // namespace lockstep::report
