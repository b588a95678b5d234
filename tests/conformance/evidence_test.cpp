// A rule counts as covered when a fault that violates it turns a case red that asks for it. evidence.txt names the
// fault and the case for each such rule, and here each line is tried; rules that no fault shows stand there with the
// reason.
//
//   LOCKSTEP_EVIDENCE=all evidence_test     looks for the lines of all rules that have none (minutes), prints them
//   LOCKSTEP_EVIDENCE=GLOB evidence_test    looks for better ones for the rules with such an id
//   LOCKSTEP_DEVICE=NAME                    with this shape of the device only
#include "report/evidence.hpp"

#include <fnmatch.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "device/mutants.hpp"
#include "object_faults.hpp"
#include "report/coverage.hpp"
#include "subjects.hpp"

namespace lockstep {
namespace {

using report::Evidence;
using runner::CaseResult;
using runner::Verdict;
using Rules = std::set<Rule>;
using Cases = std::vector<const cases::Case*>;

const Subject& subject(std::string_view name) {
  static const std::map<std::string_view, Subject> all = [] {
    std::map<std::string_view, Subject> made;
    for (const NamedSubject& each : SUBJECTS) made.emplace(each.name, each.make());
    return made;
  }();
  return all.at(name);
}

/// Ends a run that has found enough.
class Counting : public runner::Observer {
 public:
  explicit Counting(std::atomic<bool>& stop) : stop_(stop) {}
  void ends(const CaseResult& result) override {
    found_ += result.verdict != Verdict::pass && result.verdict != Verdict::not_applicable;
    stop_ = stop_ || found_ >= ENOUGH;
  }

 private:
  static constexpr int ENOUGH = 30;
  std::atomic<bool>& stop_;
  int found_ = 0;
};

std::vector<CaseResult> results_of(const std::string& fault, std::string_view device, Cases selection) {
  Subject mine = subject(device);
  const ObjectFault* of_objects = find_object_fault(fault);
  if (of_objects == nullptr && !fault.empty()) mine.device.fault = fault;
  mine.profile.patience = std::chrono::milliseconds(1);
  adapters::MemoryTarget target(
      "reference device",
      [&] {
        return of_objects != nullptr ? behind(mine.device, mine.transport, *of_objects)
                                     : runner::reference_device(mine.device, adapters::binding(mine.transport));
      },
      mine.transport);
  std::atomic<bool> stop = false;
  Counting observer(stop);
  return runner::run(target, mine.profile, std::move(selection), {.stop = &stop}, observer).results;
}

/// Every rule that the results name.
Rules named(const std::vector<CaseResult>& results) {
  Rules rules;
  for (const CaseResult& result : results) {
    if (result.verdict != Verdict::fail && result.verdict != Verdict::warn) continue;
    for (const runner::Breach& breach : result.breaches)
      if (breach.rule) rules.insert(breach.rule);
  }
  return rules;
}

/// What a red case says of the rule.
std::optional<runner::Breach> breach_of(const CaseResult& result, Rule rule) {
  if (result.verdict != Verdict::fail && result.verdict != Verdict::warn) return std::nullopt;
  const auto found = std::find_if(result.breaches.begin(), result.breaches.end(),
                                  [&](const runner::Breach& breach) { return breach.rule == rule; });
  return found == result.breaches.end() ? std::nullopt : std::optional(*found);
}

/// A hand-made fault is evidence for the rule that it was made to break, and for no other.
bool may_be_evidence(const std::string& fault, Rule rule) {
  if (const ObjectFault* of_objects = find_object_fault(fault)) return of_objects->breaks == rule;
  const device::Fault* hand_made = device::find_fault(fault);
  return hand_made == nullptr || hand_made->breaks == rule;
}

/// What the case alone shows of the rule; nullopt: nothing.
std::optional<Evidence> evidence_of(Rule rule, const std::string& fault, const cases::Case& test,
                                    std::string_view device) {
  const std::vector<CaseResult> results = results_of(fault, device, {&test});
  const auto own = std::find_if(results.begin(), results.end(), [&](const auto& r) { return r.case_id == test.id; });
  const auto breach = own == results.end() ? std::nullopt : breach_of(*own, rule);
  if (!breach) return std::nullopt;
  Rules others = named(results);
  others.erase(rule);
  return Evidence{.rule = rule,
                  .fault = fault,
                  .case_id = test.id,
                  .device = std::string(device),
                  .warns = breach->weight == Verdict::warn,
                  .also = {others.begin(), others.end()}};
}

bool asks(const cases::Case& test, Rule rule) {
  return std::find(test.asks.begin(), test.asks.end(), rule) != test.asks.end();
}

/// Rules that bind a device and are asked by a case.
Rules asked_rules() {
  Rules rules;
  for (const cases::Case& test : cases::all_cases())
    for (const Rule rule : test.asks)
      if (report::binds_device(rule.requirement())) rules.insert(rule);
  return rules;
}

std::vector<Evidence> known_evidence() {
  std::ifstream file(LOCKSTEP_EVIDENCE_FILE);
  std::ostringstream text;
  text << file.rdbuf();
  auto evidence = report::parse_evidence(text.str());
  if (!evidence) throw std::runtime_error("evidence.txt: " + evidence.error());
  return *evidence;
}

/// Runs in a process of its own, so that a fault which keeps something, or dies, costs nothing else.
std::string in_a_child(const std::function<std::string()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    std::string said;
    try {
      said = work();
    } catch (...) {
      _exit(1);  // not back into the caller
    }
    for (std::size_t at = 0; at < said.size();) {
      const auto written = write(ends[1], said.data() + at, said.size() - at);
      if (written <= 0) _exit(1);
      at += static_cast<std::size_t>(written);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string heard;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
    heard.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return heard;
}

/// Makes what every child needs.
void warm_up() {
  for (const NamedSubject& each : SUBJECTS) results_of({}, each.name, {cases::find_case("spdm/challenge/served")});
}

TEST(Evidence, Holds) {
  for (const Evidence& evidence : known_evidence()) {
    if (evidence.fault.empty()) continue;
    const cases::Case* test = cases::find_case(evidence.case_id);
    ASSERT_NE(test, nullptr) << text(evidence);
    EXPECT_TRUE(asks(*test, evidence.rule)) << text(evidence) << ": the case does not ask the rule";
    EXPECT_TRUE(may_be_evidence(evidence.fault, evidence.rule)) << text(evidence) << ": made to break another rule";
    const std::string seen = in_a_child([&] {
      const auto now = evidence_of(evidence.rule, evidence.fault, *test, evidence.device);
      return now ? text(*now) : std::string("nothing");
    });
    EXPECT_EQ(seen, text(evidence));
  }
}

TEST(Evidence, IsOfFaultsWithNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const auto& mutant : device::answer_mutants())
    EXPECT_TRUE(names.insert(mutant->fault.name).second) << mutant->fault.name;
  EXPECT_GT(names.size(), 1000U);
}

TEST(Evidence, IsThereForEveryRuleThatACaseAsks) {
  Rules asked = asked_rules(), known;
  for (const Evidence& evidence : known_evidence()) {
    EXPECT_TRUE(known.insert(evidence.rule).second) << evidence.rule.id() << " stands there twice";
    EXPECT_TRUE(asked.count(evidence.rule)) << evidence.rule.id() << " is asked by no case";
  }
  for (const Rule rule : asked)
    EXPECT_TRUE(known.count(rule)) << rule.id() << " is shown by no fault, and nobody says why";
}

// --- looking for it --------------------------------------------------------------------------------------------------

/// Hand-made faults first, then the machines, then the answers: where several show a rule, the plainest is taken.
std::vector<std::string> every_fault() {
  std::vector<std::string> all;
  for (const ObjectFault& fault : objects::FAULTS) all.emplace_back(fault.name);
  for (const device::Fault& fault : device::faults()) all.push_back(fault.name);
  for (const auto& mutant : device::mutants()) all.push_back(mutant->fault.name);
  for (const auto& mutant : device::answer_mutants()) all.push_back(mutant->fault.name);
  return all;
}

/// Which requests each case makes itself and what answers them, from a run without a fault. What a fault does on the
/// way to where the case begins, or while states are read back, tells nothing about the case's rules.
class Meetings : public runner::Observer {
 public:
  void begins(const cases::Case& test) override {
    case_ = test.id;
    for (const cases::Step& step : test.steps) met_[case_].insert(stimulus_of(step));
  }
  void steps(const oracle::Step& step, const wire::Context&) override {
    std::set<std::string>& met = met_[case_];
    if (met.count(stimulus_of(step.letter)) == 0 || !step.response) return;
    met.insert(std::string(step.response->message.name()));
    met.insert(std::string(device::inner_of(step.response->message).name()));
  }
  /// Whether such a fault may show in the case: "answer/MESSAGE/...", "machine/MACHINE/STATE/STIMULUS/...", or any.
  bool may_show(const std::string& fault, const cases::Case& test) const {
    std::vector<std::string> words;
    std::istringstream path(fault);
    for (std::string word; std::getline(path, word, '/');) words.push_back(std::move(word));
    const auto known = met_.find(test.id);
    const bool says = words.front() == "answer" || words.front() == "machine";
    return !says || (known != met_.end() && known->second.count(words[words.front() == "answer" ? 1 : 3]) != 0);
  }

 private:
  std::string case_;
  std::map<std::string, std::set<std::string>> met_;
};

Meetings meetings_of(std::string_view device) {
  const Subject& mine = subject(device);
  adapters::MemoryTarget target(
      "reference device", [&] { return runner::reference_device(mine.device, adapters::binding(mine.transport)); },
      mine.transport);
  Meetings meetings;
  runner::run(target, mine.profile, every_case(), {}, meetings);
  return meetings;
}

/// What one fault shows of the rules that are looked for, in the cases that meet it.
struct Shown {
  std::size_t broken = 0;  ///< rules that any of these cases names: the fewer, the more the fault is about one rule
  std::vector<Evidence> evidence;
};

std::string text(const Shown& shown) {
  std::string said = std::to_string(shown.broken) + "\n";
  for (const Evidence& each : shown.evidence) said += report::text(each) + "\n";
  return said;
}

Shown parse_shown(const std::string& said) {
  if (said.empty()) return {};
  const auto end = said.find('\n');
  auto evidence = report::parse_evidence(std::string_view(said).substr(end + 1));
  LOCKSTEP_ASSERT(evidence.has_value());
  return {std::stoul(said.substr(0, end)), *evidence};
}

/// It turns the case red, and for fewer other rules.
bool is_better(const Evidence& a, const Evidence& b) {
  return covers(a) != covers(b) ? covers(a) : a.also.size() < b.also.size();
}
bool is_perfect(const Evidence& evidence) { return covers(evidence) && evidence.also.empty(); }

Rules others(const CaseResult& result, Rule rule) {
  Rules rules;
  for (const runner::Breach& breach : result.breaches)
    if (breach.rule && breach.rule != rule) rules.insert(breach.rule);
  return rules;
}

/// In the cases that ask for what is looked for and meet the fault.
Shown shown_by(const std::string& fault, std::string_view device, const Rules& wanted, const Meetings& meetings) {
  Cases selection;
  for (const cases::Case& test : cases::all_cases()) {
    const bool asked = std::any_of(test.asks.begin(), test.asks.end(),
                                   [&](Rule rule) { return wanted.count(rule) != 0 && may_be_evidence(fault, rule); });
    if (asked && meetings.may_show(fault, test)) selection.push_back(&test);
  }
  if (selection.empty()) return {};
  const auto results = results_of(fault, device, selection);
  std::map<Rule, Evidence> best;
  for (const CaseResult& result : results) {
    const cases::Case* test = cases::find_case(result.case_id);
    if (test == nullptr) continue;
    for (const Rule rule : test->asks) {
      const auto breach = breach_of(result, rule);
      if (!breach || !wanted.count(rule) || !may_be_evidence(fault, rule)) continue;
      const Rules besides = others(result, rule);
      const Evidence evidence{rule,
                              fault,
                              test->id,
                              std::string(device),
                              breach->weight == Verdict::warn,
                              {besides.begin(), besides.end()}};
      const auto known = best.find(rule);
      if (known == best.end() || is_better(evidence, known->second)) best.insert_or_assign(rule, evidence);
    }
  }
  Shown shown{named(results).size(), {}};
  for (const auto& [rule, evidence] : best) shown.evidence.push_back(evidence);
  return shown;
}

/// All that show a rule, in the order in which they are to be tried: by what the fault breaks besides.
using Score = std::tuple<bool, std::size_t, std::size_t>;
using Candidates = std::multimap<Score, Evidence>;

std::optional<Evidence> first_that_holds(const Candidates& candidates) {
  constexpr int ENOUGH = 12;
  std::optional<Evidence> best;
  int tried = 0;
  for (const auto& [score, each] : candidates) {
    if (tried++ == ENOUGH) break;
    const auto seen = report::parse_evidence(in_a_child([&, &candidate = each] {
      const auto alone =
          evidence_of(candidate.rule, candidate.fault, *cases::find_case(candidate.case_id), candidate.device);
      return alone ? report::text(*alone) : std::string();
    }));
    if (!seen || seen->empty()) continue;
    if (is_perfect(seen->front())) return seen->front();
    if (!best || is_better(seen->front(), *best)) best = seen->front();
  }
  return best;
}

TEST(Evidence, IsLookedFor) {
  const char* wish = std::getenv("LOCKSTEP_EVIDENCE");
  if (wish == nullptr) GTEST_SKIP() << "LOCKSTEP_EVIDENCE is not set";
  Rules wanted = asked_rules();
  if (std::string_view(wish) == "all") {
    for (const Evidence& evidence : known_evidence()) wanted.erase(evidence.rule);
  } else {
    std::erase_if(wanted, [&](Rule rule) { return fnmatch(wish, std::string(rule.id()).c_str(), 0) != 0; });
  }
  const char* only = std::getenv("LOCKSTEP_DEVICE");
  for (const NamedSubject& device : SUBJECTS) {
    if (only != nullptr && device.name != only) continue;
    const Meetings meetings = meetings_of(device.name);
    std::map<Rule, Candidates> candidates;
    std::size_t tried = 0;
    const std::vector<std::string> faults = every_fault();
    for (const std::string& fault : faults) {
      if (tried++ % 100 == 0)
        std::fprintf(stderr, "%s: %zu of %zu faults, %zu rules open\n", std::string(device.name).c_str(), tried,
                     faults.size(), wanted.size());
      const Shown shown = parse_shown(in_a_child([&] { return text(shown_by(fault, device.name, wanted, meetings)); }));
      for (const Evidence& each : shown.evidence) {
        candidates[each.rule].insert({{!covers(each), each.also.size(), shown.broken}, each});
        if (shown.broken > 1) continue;  // where a fault breaks nothing else there is no need to look any further
        if (const auto evidence = first_that_holds({{Score{}, each}}); evidence && is_perfect(*evidence)) {
          candidates[each.rule] = {{Score{}, each}};
          wanted.erase(each.rule);
        }
      }
    }
    for (const auto& [rule, those] : candidates) {
      const auto evidence = first_that_holds(those);
      if (!evidence) continue;
      std::printf("%s\n", report::text(*evidence).c_str());
      std::fflush(stdout);
      if (is_perfect(*evidence)) wanted.erase(rule);
    }
  }
  for (const Rule rule : wanted) std::printf("# %s: not shown alone\n", std::string(rule.id()).c_str());
}

class WarmUp : public testing::Environment {
  void SetUp() override { warm_up(); }
};
const auto* const environment = testing::AddGlobalTestEnvironment(new WarmUp);

}  // namespace
}  // namespace lockstep
