// Machine-made mutants of the reference device against the whole suite: which are noticed. Each runs in a process of
// its own, so that one that dies costs nothing else. Survivors stand in survivors.txt with the reason.
//
//   LOCKSTEP_MUTANTS=all mutants_test     every mutant (minutes); without it every eighth
#include "device/mutants.hpp"

#include <fnmatch.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <sstream>

#include "reference_device.hpp"

namespace lockstep {
namespace {

enum class Fate { survived, killed, died };

/// Whether a run over the cases finds anything; a case that comes to nothing is a finding, for no correct device gives
/// one here.
bool found(const std::string& mutant, const std::vector<const cases::Case*>& selection) {
  device::ResponderOptions options = device_options();
  if (!mutant.empty()) options.fault = mutant;
  auto impatient = profile();
  impatient.patience = std::chrono::milliseconds(1);
  for (const runner::CaseResult& result : run(options, selection, impatient).results)
    if (result.verdict != runner::Verdict::pass && result.verdict != runner::Verdict::not_applicable) return true;
  return false;
}

std::string stimulus_name(const cases::Step& step) {
  return std::visit(
      [](const auto& letter) -> std::string {
        if constexpr (requires { letter.stimulus; }) return std::string(name(letter.stimulus));
        return {};
      },
      step.letter);
}

/// A few cases at a time, those first whose letters speak of what is mutated.
bool noticed(const std::string& mutant) {
  std::vector<const cases::Case*> near, far;
  std::istringstream words(mutant);
  std::string machine, part, state, stimulus;
  std::getline(std::getline(std::getline(std::getline(words, machine, '/'), part, '/'), state, '/'), stimulus, '/');
  for (const cases::Case& test : cases::all_cases()) {
    const bool speaks = std::any_of(test.steps.begin(), test.steps.end(),
                                    [&](const cases::Step& step) { return stimulus_name(step) == stimulus; });
    (speaks ? near : far).push_back(&test);
  }
  return found(mutant, near) || found(mutant, far);
}

Fate fate_of(const std::string& mutant) {
  const pid_t child = fork();
  if (child == 0) _exit(noticed(mutant) ? 1 : 0);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status)) return Fate::died;
  return WEXITSTATUS(status) == 0 ? Fate::survived : Fate::killed;
}

/// "name<TAB>reason" lines; a name may end in '*'.
std::vector<std::pair<std::string, std::string>> known_survivors() {
  std::vector<std::pair<std::string, std::string>> known;
  std::ifstream file(LOCKSTEP_SURVIVORS);
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line.front() == '#') continue;
    const auto tab = line.find('\t');
    if (tab == std::string::npos || tab + 1 == line.size()) throw std::runtime_error("no reason: " + line);
    known.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  return known;
}

bool covers(const std::string& pattern, const std::string& name) {
  return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

TEST(Mutants, AreNoticedOrExplained) {
  const auto known = known_survivors();
  const char* wish = std::getenv("LOCKSTEP_MUTANTS");
  if (wish == nullptr) GTEST_SKIP() << "LOCKSTEP_MUTANTS is not set";
  const std::string wanted = wish;
  const std::size_t every = wanted == "all" ? 1 : 8;
  std::size_t total = 0;
  std::map<Fate, std::size_t> fates;
  std::size_t index = 0;
  for (const auto& mutant : device::mutants()) {
    const std::string& name = mutant->fault.name;
    if (wanted.empty() || wanted == "all" ? index++ % every != 0 : !covers(wanted, name)) continue;
    ++total;
    const Fate fate = fate_of(name);
    ++fates[fate];
    const bool explained =
        std::any_of(known.begin(), known.end(), [&](const auto& each) { return covers(each.first, name); });
    EXPECT_TRUE(fate != Fate::survived || explained) << name << " survives";
    if (fate == Fate::died) ADD_FAILURE() << name << " kills the process";
  }
  EXPECT_GT(total, 0U);
  std::printf("%zu of %zu mutants: %zu killed, %zu survive\n", total, device::mutants().size(), fates[Fate::killed],
              fates[Fate::survived]);
  EXPECT_GT(fates[Fate::killed], 0U);
}

/// The detector detects: a mutant that is none survives.
TEST(Mutants, ThatAreNoneSurvive) { EXPECT_FALSE(found({}, {cases::find_case("tdisp/lock/served")})); }

}  // namespace
}  // namespace lockstep
