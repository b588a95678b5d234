#include "report/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/coverage.hpp"
#include "report/style.hpp"

namespace lockstep::report {
namespace {

using Json = nlohmann::ordered_json;

Json ids(const std::vector<Rule>& rules) {
  Json list = Json::array();
  for (const Rule rule : rules) list.push_back(rule.id());
  return list;
}

}  // namespace

std::string case_table(const Cases& selection) {
  std::size_t width = 0;
  for (const cases::Case* test : selection) width = std::max(width, test->id.size());
  std::string out;
  for (const cases::Case* test : selection)
    out += fmt::format("{:<{}}  {:<15}  {}\n", test->id, width, test->asks.empty() ? "" : test->asks.front().id(),
                       test->about);
  return out;
}

std::string case_json(const Cases& selection) {
  Json list = Json::array();
  for (const cases::Case* test : selection)
    list.push_back({{"case", test->id}, {"about", test->about}, {"requirements", ids(test->asks)}});
  return list.dump(2) + "\n";
}

std::string requirement_table(const std::vector<Rule>& rules) {
  const auto by_rule = cases_by_rule(cases::all_cases());
  std::string out = fmt::format("{:<18}  {:<6}  {:<19}  {:<10}  {:<6}  {:>5}  {}\n", "requirement", "level", "role",
                                "confidence", "breach", "cases", "statement");
  for (const Rule rule : rules) {
    const Requirement& r = rule.requirement();
    out += fmt::format("{:<18}  {:<6}  {:<19}  {:<10}  {:<6}  {:>5}  {}\n", r.id, name(r.level), name(r.roles),
                       name(r.confidence), name(r.on_breach), by_rule[rule.index()].size(), r.statement);
  }
  return out;
}

std::string requirement_json(const std::vector<Rule>& rules) {
  const auto by_rule = cases_by_rule(cases::all_cases());
  Json list = Json::array();
  for (const Rule rule : rules) {
    const Requirement& r = rule.requirement();
    Json asking = Json::array();
    for (const cases::Case* test : by_rule[rule.index()]) asking.push_back(test->id);
    list.push_back({{"requirement", r.id},
                    {"level", name(r.level)},
                    {"role", name(r.roles)},
                    {"confidence", name(r.confidence)},
                    {"on_breach", name(r.on_breach)},
                    {"clause", r.clause},
                    {"statement", r.statement},
                    {"cases", std::move(asking)}});
  }
  return list.dump(2) + "\n";
}

}  // namespace lockstep::report
