#include "report/coverage.hpp"

#include <algorithm>

namespace lockstep::report {
namespace {

struct Name {
  std::string_view prefix, protocol;
};
constexpr Name names[] = {{"TDISP", "TDISP"}, {"IDE", "IDE_KM"}, {"SPDM", "SPDM"}, {"SECMSG", "Secured Messages"},
                          {"DOE", "DOE"},     {"MCTP", "MCTP"},  {"TCP", "TCP"},   {"HOST", "Host"}};

}  // namespace

std::string_view protocol_of(std::string_view requirement_id) {
  const std::string_view prefix = requirement_id.substr(0, requirement_id.find('-'));
  const auto* found =
      std::find_if(std::begin(names), std::end(names), [&](const Name& n) { return n.prefix == prefix; });
  return found == std::end(names) ? prefix : found->protocol;
}

std::span<const std::string_view> protocols() {
  static const auto all = [] {
    std::vector<std::string_view> list;
    for (const Name& name : names) list.push_back(name.protocol);
    return list;
  }();
  return all;
}

bool binds_device(const Requirement& requirement) { return requirement.roles.has(Role::responder); }

std::vector<std::vector<const cases::Case*>> cases_by_rule(std::span<const cases::Case> all) {
  std::vector<std::vector<const cases::Case*>> by_rule(catalogue().size());
  for (const cases::Case& test : all)
    for (const Rule rule : test.asks) by_rule[rule.index()].push_back(&test);
  return by_rule;
}

std::vector<Coverage> coverage(const runner::Run& run) {
  std::vector<bool> exercised(catalogue().size());
  for (const runner::CaseResult& result : run.results) {
    if (result.is_judged())
      for (const Rule rule : result.requirements) exercised[rule.index()] = true;
  }
  std::vector<Coverage> all;
  for (const std::string_view protocol : protocols()) {
    Coverage one{protocol};
    for (std::size_t i = 0; i < catalogue().size(); ++i) {
      if (!binds_device(catalogue()[i]) || protocol_of(catalogue()[i].id) != protocol) continue;
      ++one.rules;
      if (exercised[i]) ++one.exercised;
    }
    if (one.rules > 0) all.push_back(one);
  }
  return all;
}

}  // namespace lockstep::report
