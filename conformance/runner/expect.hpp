// The expectation file: findings that are known and waived, with a reason, and for no longer than is said. Its schema
// is report/schema/expectations-1.json.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "runner/result.hpp"

namespace lockstep::runner {

/// One entry. It covers what breaks one of its rules in a case that it names; without rules the whole case.
struct Expectation {
  std::string pattern;              ///< id of a case, or a shell-like pattern over ids
  Verdict outcome = Verdict::fail;  ///< or warn, or inconclusive
  std::vector<Rule> rules;
  std::string reason, issue;
  std::string until;  ///< last day, "2027-03-01"; empty: for good

  bool is_glob() const;
  bool names(std::string_view case_id) const;
  bool covers(Rule) const;
};

class Expectations {
 public:
  /// `today`: "2026-11-21"; `name` is what errors call the file. The error names the place and what is nearest.
  static Result<Expectations, std::string> parse(std::string_view text, std::string_view name, std::string_view today);
  static Result<Expectations, std::string> read(const std::filesystem::path&, std::string_view today);

  /// Gives the verdict that the entries make of it: expected_fail when they cover everything that counts (warnings
  /// count when `strict`), unexpected_pass when a case passes that they say does not. What no entry covers stays, and
  /// becomes the rule and reason of the result.
  void apply(CaseResult&, bool strict) const;
  /// Entries that nothing shows any more, though a case that would show it was judged; in words. `results`: after
  /// apply().
  std::vector<std::string> stale(std::span<const CaseResult> results) const;
  /// The text of the file that would make these results expected: entries that still count, with their reasons, and new
  /// ones that are refused until somebody replaces their reason. `results`: after apply().
  std::string needed(std::span<const CaseResult> results, bool strict) const;

  const std::vector<Expectation>& entries() const { return entries_; }

 private:
  const Expectation* covering(const CaseResult&, Rule rule, Verdict outcome) const;
  bool covers_something(const Expectation&, std::span<const CaseResult>) const;
  bool is_stale(const Expectation&, std::span<const CaseResult>) const;
  std::vector<Expectation> kept(std::span<const CaseResult>) const;

  std::vector<Expectation> entries_;
};

/// The text of a file with these entries.
std::string expectation_text(const std::vector<Expectation>&);
/// Of the calendar in UTC, "2026-11-21".
std::string today();

}  // namespace lockstep::runner
