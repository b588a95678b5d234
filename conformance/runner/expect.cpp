#include "runner/expect.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace lockstep::runner {
namespace {

constexpr std::string_view NEW_REASON = "(say why)";

bool asks_one_of(const CaseResult& result, const std::vector<Rule>& rules) {
  return std::any_of(rules.begin(), rules.end(), [&](Rule rule) {
    return std::find(result.requirements.begin(), result.requirements.end(), rule) != result.requirements.end();
  });
}

std::string in_words(const Expectation& entry) {
  std::string text = entry.pattern + " (" + std::string(name(entry.outcome));
  for (const Rule rule : entry.rules) text += " " + std::string(rule.id());
  return text + ")";
}

}  // namespace

bool Expectation::is_glob() const { return pattern.find_first_of("*?[") != std::string::npos; }

bool Expectation::names(std::string_view case_id) const {
  return is_glob() ? fnmatch(pattern.c_str(), std::string(case_id).c_str(), 0) == 0 : pattern == case_id;
}

bool Expectation::covers(Rule rule) const {
  return rules.empty() || std::find(rules.begin(), rules.end(), rule) != rules.end();
}

/// Exact entries beat patterns: where one speaks of this rule, no pattern does.
const Expectation* Expectations::covering(const CaseResult& result, Rule rule, Verdict outcome) const {
  for (const bool glob : {false, true}) {
    bool spoken = false;
    for (const Expectation& entry : entries_) {
      if (entry.is_glob() != glob || !entry.names(result.case_id) || !entry.covers(rule)) continue;
      if (entry.outcome == outcome) return &entry;
      spoken = true;
    }
    if (spoken) return nullptr;
  }
  return nullptr;
}

void Expectations::apply(CaseResult& result, bool strict) const {
  const auto waive = [&](const Expectation& entry, Verdict verdict) {
    result.waiver = Waiver{entry.reason, entry.issue, entry.until, entry.outcome};
    result.verdict = verdict;
  };
  if (result.verdict == Verdict::pass) {
    const auto says_no = [&](bool glob) {
      return std::find_if(entries_.begin(), entries_.end(), [&](const Expectation& entry) {
        return entry.is_glob() == glob && entry.names(result.case_id) && (!glob || entry.rules.empty());
      });
    };
    auto entry = says_no(false);
    if (entry == entries_.end()) entry = says_no(true);
    if (entry == entries_.end()) return;
    waive(*entry, Verdict::unexpected_pass);
    result.reason = "passes, though " + in_words(*entry) + " is expected";
    return;
  }
  if (result.verdict == Verdict::inconclusive) {
    if (const Expectation* entry = covering(result, result.rule, Verdict::inconclusive))
      waive(*entry, Verdict::expected_fail);
    return;
  }
  if (result.verdict != Verdict::fail && result.verdict != Verdict::warn) return;
  const Expectation* first = nullptr;
  for (const Verdict weight : {Verdict::fail, Verdict::warn}) {
    if (weight != result.verdict && !strict) continue;
    for (const Breach& breach : result.breaches) {
      if (breach.weight != weight) continue;
      const Expectation* entry = covering(result, breach.rule, weight);
      if (entry == nullptr) {
        result.verdict = weight;
        result.rule = breach.rule;
        result.reason = breach.reason;
        return;
      }
      if (weight == result.verdict && first == nullptr) first = entry;
    }
  }
  if (first != nullptr) waive(*first, Verdict::expected_fail);
}

bool Expectations::covers_something(const Expectation& entry, std::span<const CaseResult> results) const {
  return std::any_of(results.begin(), results.end(), [&](const CaseResult& result) {
    if (!entry.names(result.case_id)) return false;
    if (result.bare() == Verdict::inconclusive) return covering(result, result.rule, Verdict::inconclusive) == &entry;
    return std::any_of(result.breaches.begin(), result.breaches.end(),
                       [&](const Breach& breach) { return covering(result, breach.rule, breach.weight) == &entry; });
  });
}

/// A breach seen by set-up steps has a result only while it is there: that a case asked the rule and nothing was seen
/// stands for it.
bool Expectations::is_stale(const Expectation& entry, std::span<const CaseResult> results) const {
  constexpr std::string_view SETUP = "setup/";
  if (covers_something(entry, results)) return false;
  const auto setup_rule =
      entry.pattern.starts_with(SETUP) ? Rule::find(entry.pattern.substr(SETUP.size())) : std::nullopt;
  return std::any_of(results.begin(), results.end(), [&](const CaseResult& result) {
    if (!result.is_judged()) return false;
    if (setup_rule) return asks_one_of(result, {*setup_rule});
    return entry.names(result.case_id) && (!entry.is_glob() || entry.rules.empty() || asks_one_of(result, entry.rules));
  });
}

std::vector<std::string> Expectations::stale(std::span<const CaseResult> results) const {
  std::vector<std::string> all;
  for (const Expectation& entry : entries_)
    if (is_stale(entry, results)) all.push_back(in_words(entry));
  return all;
}

/// A pattern of which some cases pass is taken apart: the cases that do not pass keep its reason.
std::vector<Expectation> Expectations::kept(std::span<const CaseResult> results) const {
  std::vector<Expectation> all;
  for (const Expectation& entry : entries_) {
    if (is_stale(entry, results)) continue;
    const auto passes = [&](const CaseResult& result) {
      return result.verdict == Verdict::unexpected_pass && entry.names(result.case_id);
    };
    if (!entry.rules.empty() || std::none_of(results.begin(), results.end(), passes)) {
      all.push_back(entry);
      continue;
    }
    for (const CaseResult& result : results) {
      if (result.verdict != Verdict::expected_fail || !covers_something(entry, {&result, 1})) continue;
      all.push_back(entry);
      all.back().pattern = result.case_id;
    }
  }
  return all;
}

std::string Expectations::needed(std::span<const CaseResult> results, bool strict) const {
  std::vector<Expectation> all = kept(results);
  for (const CaseResult& result : results) {
    const bool counts = result.verdict == Verdict::fail || result.verdict == Verdict::inconclusive ||
                        (strict && result.verdict == Verdict::warn);
    if (!counts) continue;
    for (const Verdict outcome : {Verdict::fail, Verdict::warn, Verdict::inconclusive}) {
      if (outcome != result.verdict && (!strict || result.verdict == Verdict::inconclusive)) continue;
      Expectation entry;
      entry.pattern = result.case_id;
      entry.outcome = outcome;
      entry.reason = NEW_REASON;
      bool any = outcome == Verdict::inconclusive, nameless = any;
      for (const Breach& breach : result.breaches) {
        if (breach.weight != outcome || covering(result, breach.rule, outcome) != nullptr) continue;
        any = true;
        nameless = nameless || !breach.rule;
        entry.rules.push_back(breach.rule);
      }
      if (nameless) entry.rules.clear();
      if (any) all.push_back(std::move(entry));
    }
  }
  return expectation_text(all);
}

std::string today() {
  using namespace std::chrono;
  const year_month_day date(floor<days>(system_clock::now()));
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

}  // namespace lockstep::runner
