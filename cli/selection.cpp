#include "selection.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <set>

#include "requirements/no_such.hpp"
#include "runner/run.hpp"

namespace lockstep::cli {
namespace {

constexpr std::string_view REQUIREMENT = "req:";

bool matches(const std::string& pattern, std::string_view id) {
  if (pattern.find_first_of("*?[") != std::string::npos)
    return fnmatch(pattern.c_str(), std::string(id).c_str(), FNM_CASEFOLD) == 0;
  return id == pattern || (id.starts_with(pattern) && id[pattern.size()] == '-');
}

/// Ids of cases, and the folders that they are in: "tdisp/lock/in-run", "tdisp/lock", "tdisp".
std::vector<std::string_view> case_names() {
  std::set<std::string_view> names;
  for (const cases::Case& test : cases::all_cases()) {
    const std::string_view id = test.id;
    for (std::size_t end = id.size(); end != id.npos; end = id.rfind('/', end - 1)) names.insert(id.substr(0, end));
  }
  return {names.begin(), names.end()};
}

std::vector<std::string_view> requirement_ids() {
  std::vector<std::string_view> ids;
  for (const Requirement& requirement : catalogue()) ids.push_back(requirement.id);
  return ids;
}

std::string no_case(const std::string& pattern) {
  if (!pattern.starts_with(REQUIREMENT)) return "--filter matches nothing: " + no_such("case", pattern, case_names());
  const std::string id = pattern.substr(REQUIREMENT.size());
  if (Rule::find(id)) return "--filter " + pattern + " matches nothing: no case asks about this requirement";
  return "--filter matches nothing: " + no_such("requirement", id, requirement_ids());
}

}  // namespace

Result<report::Cases, std::string> select_cases(const std::vector<std::string>& patterns) {
  const auto all = cases::all_cases();
  std::vector<bool> chosen(all.size(), patterns.empty());
  for (const std::string& pattern : patterns) {
    bool any = false;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (runner::matches(pattern, all[i])) chosen[i] = any = true;
    if (!any) return Unexpected{no_case(pattern)};
  }
  report::Cases selection;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (chosen[i]) selection.push_back(&all[i]);
  return selection;
}

Result<std::vector<Rule>, std::string> select_requirements(const std::vector<std::string>& patterns) {
  std::vector<bool> chosen(catalogue().size(), patterns.empty());
  for (const std::string& pattern : patterns) {
    bool any = false;
    for (std::size_t i = 0; i < chosen.size(); ++i)
      if (matches(pattern, catalogue()[i].id)) chosen[i] = any = true;
    if (!any) return Unexpected{"--filter matches nothing: " + no_such("requirement", pattern, requirement_ids())};
  }
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < chosen.size(); ++i)
    if (chosen[i]) rules.push_back(*Rule::find(catalogue()[i].id));
  return rules;
}

}  // namespace lockstep::cli
