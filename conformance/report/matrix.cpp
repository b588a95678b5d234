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

/// By Rule::index(); nullptr: nothing is said of it.
using Shown = std::vector<const Evidence*>;

Shown by_rule(std::span<const Evidence> evidence) {
  Shown shown(catalogue().size());
  for (const Evidence& each : evidence) shown[each.rule.index()] = &each;
  return shown;
}

std::string shown_by(const Evidence* evidence) {
  if (evidence == nullptr) return "not looked for";
  if (evidence->fault.empty()) return cell(evidence->why_not);
  std::string text = fmt::format("`{}` in `{}`", evidence->fault, evidence->case_id);
  if (evidence->device != "usual") text += fmt::format(" ({})", evidence->device);
  if (!covers(*evidence)) text += ", which only warns";
  for (std::size_t i = 0; i < evidence->also.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? ", with " : " ", evidence->also[i].id());
  return text;
}

std::string overview(const Asking& asking, const Shown& shown) {
  std::string out =
      "| Protocol | Rules | that bind a device | asked by a case | shown by a fault | that shows it alone |\n"
      "|---|---:|---:|---:|---:|---:|\n";
  for (const std::string_view protocol : protocols()) {
    std::size_t rules = 0, device = 0, asked = 0, covered = 0, alone = 0;
    for (std::size_t i = 0; i < catalogue().size(); ++i) {
      if (protocol_of(catalogue()[i].id) != protocol) continue;
      ++rules;
      if (!binds_device(catalogue()[i])) continue;
      ++device;
      if (asking[i].empty()) continue;
      ++asked;
      if (shown[i] == nullptr || !covers(*shown[i])) continue;
      ++covered;
      if (shown[i]->also.empty()) ++alone;
    }
    out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", protocol, rules, device, asked, covered, alone);
  }
  return out;
}

std::string requirements(const Asking& asking, const Shown& shown, std::string_view protocol) {
  std::string out;
  for (std::size_t i = 0; i < catalogue().size(); ++i) {
    const Requirement& r = catalogue()[i];
    if (protocol_of(r.id) != protocol || asking[i].empty()) continue;
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", r.id, name(r.level), cell(r.clause), name(r.on_breach),
                       name(r.confidence), case_names(asking[i]),
                       binds_device(r) ? shown_by(shown[i]) : "binds no device");
  }
  if (out.empty()) return {};
  return fmt::format(
      "\n### {}\n\n| Requirement | Level | Clause | A breach | Confidence | Cases | Shown by a fault |\n"
      "|---|---|---|---|---|---|---|\n{}",
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

std::string requirement_matrix(std::span<const cases::Case> all, std::span<const Evidence> evidence) {
  const Asking asking = cases_by_rule(all);
  const Shown shown = by_rule(evidence);
  std::string out = overview(asking, shown) +
                    "\nA rule is covered when a fault of the reference device, or of the transport before it, that "
                    "breaks it turns a case red that asks "
                    "for it, and the result names the rule. The fault shows it alone when that case names no other.\n"
                    "\n## From requirements to cases\n\n`lockstep show ID` explains each.\n";
  for (const std::string_view protocol : protocols()) out += requirements(asking, shown, protocol);
  out += "\n## Rules for devices that no case asks about\n";
  out += "\nA case may still meet them: every answer is judged by every rule, whatever the case asks.\n";
  out += uncovered(asking);
  return out + "\n## From cases to requirements\n\n" + all_cases(all);
}

}  // namespace lockstep::report
