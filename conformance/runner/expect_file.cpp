// Reading and writing the expectation file.
#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "cases/case.hpp"
#include "requirements/no_such.hpp"
#include "runner/expect.hpp"
#include "runner/text_file.hpp"

namespace lockstep::runner {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view SCHEMA = "lockstep/expectations-1";
constexpr std::string_view KEYS[] = {"case", "outcome", "rule", "reason", "issue", "until"};
constexpr std::string_view OUTCOMES[] = {"fail", "warn", "inconclusive"};

/// Why the file cannot be used; where.
struct Wrong {
  std::string why;
};

[[noreturn]] void wrong(const std::string& place, const std::string& why) { throw Wrong{place + ": " + why}; }

std::string line_and_column(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t start = before.rfind('\n');
  const std::size_t column = before.size() - (start == before.npos ? 0 : start + 1);
  return "line " + std::to_string(lines + 1) + ", column " + std::to_string(std::max<std::size_t>(column, 1));
}

/// JSON allows a key twice and drops the first: here it is a mistake.
Json parse_json(std::string_view text) {
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      throw Wrong{"the key " + parsed.dump() + " stands twice in one object"};
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::parse_error& error) {
    std::string what = error.what();  // "[json.exception...] parse error at line 1, column 2: what is wrong"
    const std::size_t colon = what.find(": ");
    what = colon == what.npos ? what : what.substr(colon + 2);
    throw Wrong{line_and_column(text, error.byte) + ": " + what};
  }
}

void only_keys(const Json& object, std::span<const std::string_view> known, const std::string& place) {
  for (const auto& [key, value] : object.items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      wrong(place, "unknown key \"" + key + "\"" + did_you_mean(key, known));
}

std::string text_at(const Json& entry, const char* key, const std::string& place) {
  const auto found = entry.find(key);
  if (found == entry.end()) return {};
  if (!found->is_string()) wrong(place + "." + key, "expected a text");
  auto text = found->get<std::string>();
  if (text.find_first_not_of(" \t\n") == text.npos) wrong(place + "." + key, "is empty");
  return text;
}

Verdict outcome_of(const std::string& text, const std::string& place) {
  if (text == OUTCOMES[0]) return Verdict::fail;
  if (text == OUTCOMES[1]) return Verdict::warn;
  if (text == OUTCOMES[2]) return Verdict::inconclusive;
  wrong(place, "\"" + text + "\" is no outcome: fail, warn or inconclusive" + did_you_mean(text, OUTCOMES));
}

std::vector<std::string> known_cases() {
  std::vector<std::string> ids;
  for (const cases::Case& test : cases::all_cases()) ids.push_back(test.id);
  for (const Requirement& requirement : catalogue()) ids.push_back("setup/" + std::string(requirement.id));
  return ids;
}

void exists(const Expectation& entry, const std::string& place) {
  static const std::vector<std::string> ids = known_cases();
  if (std::any_of(ids.begin(), ids.end(), [&](const std::string& id) { return entry.names(id); })) return;
  const std::vector<std::string_view> views(ids.begin(), ids.end());
  wrong(place, "\"" + entry.pattern + "\" matches no case" + did_you_mean(entry.pattern, views));
}

Rule rule_of(const Json& value, const std::string& place) {
  if (!value.is_string()) wrong(place, "expected the id of a requirement");
  const auto id = value.get<std::string>();
  if (const auto rule = Rule::find(id)) return *rule;
  std::vector<std::string_view> ids;
  for (const Requirement& requirement : catalogue()) ids.push_back(requirement.id);
  wrong(place, "no requirement is called \"" + id + "\"" + did_you_mean(id, ids));
}

std::vector<Rule> rules_of(const Json& entry, const std::string& place) {
  const auto found = entry.find("rule");
  if (found == entry.end()) return {};
  if (!found->is_array()) return {rule_of(*found, place + ".rule")};
  if (found->empty()) wrong(place + ".rule", "is empty");
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < found->size(); ++i)
    rules.push_back(rule_of((*found)[i], place + ".rule[" + std::to_string(i) + "]"));
  return rules;
}

bool is_date(const std::string& text) {
  int year = 0, month = 0, day = 0, end = 0;
  if (text.size() != 10 || std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || end != 10)
    return false;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  return date.ok() && text[4] == '-' && text[7] == '-';
}

void lasts(const Expectation& entry, std::string_view today, const std::string& place) {
  if (entry.until.empty()) return;
  if (!is_date(entry.until)) wrong(place, "\"" + entry.until + "\" is no date like 2027-03-01");
  if (entry.until < today)  // ISO dates sort as texts
    wrong(place, "was over on " + entry.until + ": mend " + entry.pattern + ", or give it a new date");
}

Expectation entry_of(const Json& json, const std::string& place, std::string_view today) {
  if (!json.is_object()) wrong(place, "expected an object");
  only_keys(json, KEYS, place);
  Expectation entry;
  entry.pattern = text_at(json, "case", place);
  if (entry.pattern.empty()) wrong(place, "has no \"case\"");
  exists(entry, place + ".case");
  const std::string outcome = text_at(json, "outcome", place);
  if (outcome.empty()) wrong(place, "has no \"outcome\": fail, warn or inconclusive");
  entry.outcome = outcome_of(outcome, place + ".outcome");
  entry.rules = rules_of(json, place);
  entry.reason = text_at(json, "reason", place);
  if (entry.reason.empty()) wrong(place, "has no \"reason\": nothing is waived without one");
  if (entry.reason.starts_with("(say why")) wrong(place + ".reason", "still says \"" + entry.reason + "\": say why");
  entry.issue = text_at(json, "issue", place);
  entry.until = text_at(json, "until", place);
  lasts(entry, today, place + ".until");
  return entry;
}

void no_repetition(const std::vector<Expectation>& entries, const std::string& place) {
  const Expectation& last = entries.back();
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
    const Expectation& other = entries[i];
    if (other.pattern != last.pattern || other.outcome != last.outcome) continue;
    const bool same_rule = last.rules.empty() || other.rules.empty() ||
                           std::any_of(last.rules.begin(), last.rules.end(), [&](Rule r) { return other.covers(r); });
    if (same_rule) wrong(place, "says of " + last.pattern + " what expect[" + std::to_string(i) + "] says already");
  }
}

std::vector<Expectation> entries_of(const Json& json, std::string_view today) {
  constexpr std::string_view top[] = {"schema", "expect"};
  if (!json.is_object()) wrong("line 1", "expected an object with \"schema\" and \"expect\"");
  only_keys(json, top, "top level");
  const std::string schema = text_at(json, "schema", "top level");
  if (schema != SCHEMA) wrong("schema", "expected \"" + std::string(SCHEMA) + "\"");
  if (!json.contains("expect") || !json["expect"].is_array()) wrong("expect", "expected a list");
  std::vector<Expectation> entries;
  for (const Json& each : json["expect"]) {
    const std::string place = "expect[" + std::to_string(entries.size()) + "]";
    entries.push_back(entry_of(each, place, today));
    no_repetition(entries, place);
  }
  return entries;
}

}  // namespace

Result<Expectations, std::string> Expectations::parse(std::string_view text, std::string_view name,
                                                      std::string_view today) {
  try {
    Expectations all;
    all.entries_ = entries_of(parse_json(text), today);
    return all;
  } catch (const Wrong& one) {
    return Unexpected{std::string(name) + ": " + one.why};
  }
}

Result<Expectations, std::string> Expectations::read(const std::filesystem::path& path, std::string_view today) {
  const auto text = read_text(path);
  if (!text) return Unexpected{text.error()};
  return parse(*text, path.string(), today);
}

std::string expectation_text(const std::vector<Expectation>& entries) {
  Json list = Json::array();
  for (const Expectation& entry : entries) {
    Json one = {{"case", entry.pattern}, {"outcome", name(entry.outcome)}};
    if (entry.rules.size() == 1) one["rule"] = entry.rules.front().id();
    if (entry.rules.size() > 1)
      for (const Rule rule : entry.rules) one["rule"].push_back(rule.id());
    one["reason"] = entry.reason;
    if (!entry.issue.empty()) one["issue"] = entry.issue;
    if (!entry.until.empty()) one["until"] = entry.until;
    list.push_back(std::move(one));
  }
  return Json({{"schema", SCHEMA}, {"expect", std::move(list)}}).dump(2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

}  // namespace lockstep::runner
