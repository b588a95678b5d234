#include "report/evidence.hpp"

#include <sstream>

#include "requirements/catalogue.hpp"

namespace lockstep::report {
namespace {

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> words;
  std::istringstream stream(line);
  for (std::string word; std::getline(stream, word, separator);) words.push_back(std::move(word));
  return words;
}

Result<Evidence, std::string> parse_line(const std::string& line) {
  const std::vector<std::string> columns = split(line, '\t');
  const auto rule_of = [](const std::string& id) { return Rule::find(id); };
  const auto rule = columns.empty() ? std::nullopt : rule_of(columns[0]);
  if (!rule) return Unexpected{std::string("begins with no rule of the catalogue")};
  Evidence evidence{.rule = *rule};
  if (columns.size() == 2) {
    evidence.why_not = columns[1];
    return evidence;
  }
  if (columns.size() != 5 && columns.size() != 6) return Unexpected{std::string("has neither 2, 5 nor 6 columns")};
  evidence.fault = columns[1];
  evidence.case_id = columns[2];
  evidence.device = columns[3];
  evidence.warns = columns[4] == "warn";
  if (columns[4] != "fail" && !evidence.warns) return Unexpected{"says neither fail nor warn but " + columns[4]};
  if (columns.size() < 6) return evidence;
  for (const std::string& id : split(columns[5], ' ')) {
    const auto other = rule_of(id);
    if (!other) return Unexpected{"names " + id + ", which is no rule of the catalogue"};
    evidence.also.push_back(*other);
  }
  return evidence;
}

}  // namespace

Result<std::vector<Evidence>, std::string> parse_evidence(std::string_view text) {
  std::vector<Evidence> all;
  std::istringstream lines{std::string(text)};
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    auto evidence = parse_line(line);
    if (!evidence) return Unexpected{"line " + std::to_string(number) + " " + evidence.error()};
    all.push_back(std::move(*evidence));
  }
  return all;
}

std::string text(const Evidence& evidence) {
  const std::string id(evidence.rule.id());
  if (evidence.fault.empty()) return id + "\t" + evidence.why_not;
  std::string line = id + "\t" + evidence.fault + "\t" + evidence.case_id + "\t" + evidence.device +
                     (evidence.warns ? "\twarn" : "\tfail");
  for (std::size_t i = 0; i < evidence.also.size(); ++i) line.append(i == 0 ? "\t" : " ").append(evidence.also[i].id());
  return line;
}

bool covers(const Evidence& evidence) {
  return !evidence.fault.empty() && (!evidence.warns || evidence.rule.requirement().on_breach == OnBreach::warn);
}

}  // namespace lockstep::report
