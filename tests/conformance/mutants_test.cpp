// Machine-made mutants of the reference device against the whole suite: which are noticed. Each runs in a process of
// its own, so that one that dies costs nothing else. Survivors stand in survivors.txt with the reason.
//
//   LOCKSTEP_MUTANTS=all mutants_test     every mutant (minutes), and whether survivors.txt is what it should be
//   LOCKSTEP_MUTANTS=GLOB mutants_test    those with such a name; without the variable a sample
#include "device/mutants.hpp"

#include <fnmatch.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "subjects.hpp"

namespace lockstep {
namespace {

using Cases = std::vector<const cases::Case*>;
using runner::Verdict;

constexpr std::size_t EVERY = 96;  ///< of the sample

/// Remembers the worst verdict; nothing can be worse than a failure.
class Worst : public runner::Observer {
 public:
  explicit Worst(std::atomic<bool>& stop) : stop_(stop) {}
  void ends(const runner::CaseResult& result) override { stop_ = stop_ || result.verdict == Verdict::fail; }

 private:
  std::atomic<bool>& stop_;
};

enum class Fate { survived, inconclusive, warned, failed, died };
constexpr std::string_view NAMES[] = {"survive", "come to nothing", "only warn", "fail", "die"};

/// A case that comes to nothing is a finding as well, for no correct device gives one here.
Fate fate_by(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
    case Verdict::not_applicable:
      return Fate::survived;
    case Verdict::fail:
      return Fate::failed;
    case Verdict::warn:
      return Fate::warned;
    default:
      return Fate::inconclusive;
  }
}

/// What a run over the cases finds.
Fate found(const std::string& mutant, Subject subject, const Cases& selection) {
  if (!mutant.empty()) subject.device.fault = mutant;
  subject.profile.patience = std::chrono::milliseconds(1);
  adapters::MemoryTarget target(
      "reference device",
      [&] { return runner::reference_device(subject.device, adapters::binding(subject.transport)); },
      subject.transport);
  std::atomic<bool> stop = false;
  Worst observer(stop);
  Fate worst = Fate::survived;
  for (const auto& result : runner::run(target, subject.profile, selection, {.stop = &stop}, observer).results)
    worst = std::max(worst, fate_by(result.verdict));
  return worst;
}

/// Those cases first whose letters speak of what is mutated; the other devices when nothing came of it.
Fate found(const std::string& mutant) {
  Cases near, far;
  std::istringstream words(mutant);
  std::string machine, part, state, stimulus;
  std::getline(std::getline(std::getline(std::getline(words, machine, '/'), part, '/'), state, '/'), stimulus, '/');
  for (const cases::Case& test : cases::all_cases()) {
    const bool speaks = std::any_of(test.steps.begin(), test.steps.end(),
                                    [&](const cases::Step& step) { return stimulus_of(step) == stimulus; });
    (speaks ? near : far).push_back(&test);
  }
  Fate worst = found(mutant, usual(), near);
  if (worst != Fate::failed) worst = std::max(worst, found(mutant, usual(), far));
  for (const auto& device : {bare, old})
    if (worst == Fate::survived) worst = found(mutant, device(), every_case());
  return worst;
}

Fate fate_of(const std::string& mutant) {
  const pid_t child = fork();
  if (child == 0) _exit(static_cast<int>(found(mutant)));
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? static_cast<Fate>(WEXITSTATUS(status)) : Fate::died;
}

// --- what is known ---------------------------------------------------------------------------------------------------

struct Survivors {
  std::string pattern, reason;
  bool cover(const std::string& name) const { return fnmatch(pattern.c_str(), name.c_str(), 0) == 0; }
};

/// "pattern<TAB>reason" lines.
std::vector<Survivors> known_survivors() {
  std::vector<Survivors> known;
  std::ifstream file(LOCKSTEP_SURVIVORS);
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line.front() == '#') continue;
    const auto tab = line.find('\t');
    if (tab == std::string::npos || tab + 1 == line.size()) throw std::runtime_error("no reason: " + line);
    known.push_back({line.substr(0, tab), line.substr(tab + 1)});
  }
  return known;
}

std::vector<std::string> chosen(const std::string& wish) {
  std::vector<std::string> names;
  std::size_t index = 0;
  for (const auto& mutant : device::mutants()) {
    const std::string& name = mutant->fault.name;
    const bool sampled = index++ % EVERY == 0;
    if (wish.empty() ? sampled : wish == "all" || fnmatch(wish.c_str(), name.c_str(), 0) == 0) names.push_back(name);
  }
  return names;
}

/// "machine/tdi", "coupling", ...
std::string family_of(const std::string& name) {
  const auto slash = name.find('/');
  return name.starts_with("machine/") ? name.substr(0, name.find('/', slash + 1)) : name.substr(0, slash);
}

TEST(Mutants, AreNoticedOrExplained) {
  const char* wish = std::getenv("LOCKSTEP_MUTANTS");
  const std::vector<std::string> names = chosen(wish == nullptr ? "" : wish);
  ASSERT_FALSE(names.empty());
  std::map<std::string, std::map<Fate, std::size_t>> counts;
  std::map<std::string, Fate> fates;
  const std::vector<Survivors> known = known_survivors();
  for (const std::string& name : names) {
    const Fate fate = fates[name] = fate_of(name);
    ++counts[family_of(name)][fate];
    const bool explained = std::any_of(known.begin(), known.end(), [&](const auto& each) { return each.cover(name); });
    EXPECT_NE(fate, Fate::died) << name;
    EXPECT_EQ(fate == Fate::survived, explained) << name << ": cases " << NAMES[static_cast<std::size_t>(fate)];
  }
  for (const auto& [family, by_fate] : counts) {
    std::printf("%-20s", family.c_str());
    for (const auto& [fate, count] : by_fate)
      std::printf(" %4zu %s", count, std::string(NAMES[static_cast<std::size_t>(fate)]).c_str());
    std::printf("\n");
  }
  if (names.size() != device::mutants().size()) return;
  for (const Survivors& each : known)
    EXPECT_TRUE(std::any_of(names.begin(), names.end(), [&](const auto& name) { return each.cover(name); }))
        << each.pattern << " covers no mutant";
}

TEST(Mutants, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const auto& mutant : device::mutants()) EXPECT_TRUE(names.insert(mutant->fault.name).second);
}

/// The detector detects: a mutant that is none survives; here a case of every stage, with the variable the whole suite.
TEST(Mutants, ThatAreNoneSurvive) {
  Cases some;
  for (const cases::Case* test : every_case())
    if (std::getenv("LOCKSTEP_MUTANTS") != nullptr || some.empty() || test->given != some.back()->given)
      some.push_back(test);
  for (const auto& device : {usual, bare, old}) EXPECT_EQ(found("", device(), some), Fate::survived);
}

}  // namespace
}  // namespace lockstep
