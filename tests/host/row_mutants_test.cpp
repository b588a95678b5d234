// Machine-made mutants: every row of every actor's table is deleted, and loses its guard, its effect, and what guard
// and effect have to do with each field. A mutant is noticed when a property that holds no longer does or says nothing
// any more, when a property no longer finds its own mutant, or when an acceptance is no longer kept. A mutant that
// leads from every world that can be reached to the worlds that the sound row leads to is none.
//
// LOCKSTEP_MUTANTS: "all", or a pattern of names; otherwise one mutant of so many, so that the test takes seconds.
// Survivors stand in survivors.txt with the reason.
#include <fnmatch.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <set>

#include "grounds.hpp"
#include "host/acceptance.hpp"

namespace lockstep::host {
namespace {

/// A part of the world in one of the settings, with every world of it.
struct Part {
  Setting setting;
  std::vector<World> worlds, sample;
};
const std::vector<Part>& parts() {
  static const std::vector<Part> all = [] {
    std::vector<Part> made;
    for (const Setting& each : hunting_grounds())
      for (std::size_t scope = 0; scope < SCOPES; ++scope) {
        Part part{each, {}, {}};
        part.setting.scope = static_cast<Scope>(scope);
        part.worlds = worlds_of(part.setting);
        constexpr std::size_t SAMPLE = 200;
        const std::size_t stride = part.worlds.size() / SAMPLE + 1;
        for (std::size_t i = 0; i < part.worlds.size(); i += stride) part.sample.push_back(part.worlds[i]);
        made.push_back(std::move(part));
      }
    return made;
  }();
  return all;
}

std::vector<RowMutant> all_mutants() {
  std::vector<RowMutant> made;
  for (const Verb* row : all_verbs()) {
    std::set<std::string> names;
    for (const Part& part : parts()) {
      const auto present = verbs(part.setting);
      if (std::find(present.begin(), present.end(), row) == present.end()) continue;
      for (const RowMutant& mutant : mutants_of(*row, part.sample, part.setting))
        if (names.insert(name(mutant)).second) made.push_back(mutant);
    }
  }
  return made;
}

bool equivalent(const RowMutant& mutant) {
  for (const Part& part : parts()) {
    const auto present = verbs(part.setting);
    if (std::find(present.begin(), present.end(), mutant.row) == present.end()) continue;
    for (const World& world : part.worlds)
      if (!leads_alike(mutant, world, part.setting)) return false;
  }
  return true;
}

Checker& sound() {
  static Checker checker;
  return checker;
}

/// The first property or acceptance that notices; empty: none.
std::string noticed_by(const RowMutant& mutant) {
  Checker spoilt(mutant, sound());
  for (const Setting& each : hunting_grounds())
    for (const Property* property : properties()) {
      if (spoilt.is_sound_in(setting_for(each, *property))) continue;
      if (verdict_word(sound().check(each, *property)) == "holds" &&
          verdict_word(spoilt.check(each, *property)) != "holds")
        return std::string(property->id);
    }
  for (const Property* property : properties()) {  // a flaw that nothing shows any more
    if (property->mutant.empty()) continue;
    Setting broken = remedied(*property);
    for (const Flaw flaw : property->mutant) broken.break_(flaw);
    if (!spoilt.is_sound_in(setting_for(broken, *property)) && verdict_word(spoilt.check(broken, *property)) != "fails")
      return "the mutant of " + std::string(property->id);
  }
  for (const Acceptance& row : acceptances())
    for (const Claim& claim : row.claims)
      if (!claim(spoilt).kept) return std::string(row.id);
  return {};
}

/// "name<TAB>reason" lines; a name may be a pattern.
std::map<std::string, std::string> known_survivors() {
  std::map<std::string, std::string> known;
  std::ifstream file(LOCKSTEP_SURVIVORS);
  EXPECT_TRUE(file.good()) << LOCKSTEP_SURVIVORS;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto tab = line.find('\t');
    EXPECT_TRUE(tab != line.npos && tab + 1 < line.size()) << "no reason: " << line;
    if (tab != line.npos) known[line.substr(0, tab)] = line.substr(tab + 1);
  }
  return known;
}

bool covers(const std::string& pattern, const std::string& name) {
  return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

TEST(RowMutants, are_noticed_or_explained) {
  const char* wish = std::getenv("LOCKSTEP_MUTANTS");
  const std::string wanted = wish == nullptr ? "" : wish;
  const bool all = wanted == "all";
  const auto mutants = all_mutants();
  const auto known = known_survivors();
  std::map<std::string, std::size_t> used;
  std::size_t tried = 0, killed = 0, same = 0;
  for (std::size_t i = 0; i < mutants.size(); ++i) {
    const std::string called = name(mutants[i]);
    constexpr std::size_t EVERY = 61;
    if (wanted.empty() ? i % EVERY != 0 : !all && !covers(wanted, called)) continue;
    ++tried;
    const std::string by = noticed_by(mutants[i]);
    if (!by.empty()) {
      ++killed;
      if (std::getenv("LOCKSTEP_MUTANTS_TELL") != nullptr) std::printf("%s: %s\n", called.c_str(), by.c_str());
      continue;
    }
    if (equivalent(mutants[i])) {
      ++same;
      continue;
    }
    bool explained = false;
    for (const auto& [pattern, reason] : known)
      if (covers(pattern, called)) explained = true, ++used[pattern];
    EXPECT_TRUE(explained) << called << " survives";
  }
  for (const auto& [pattern, reason] : known) EXPECT_TRUE(!all || used[pattern] > 0) << pattern << " names no survivor";
  std::printf("%zu of %zu mutants of rows: %zu noticed, %zu do the same, %zu survive\n", tried, mutants.size(), killed,
              same, tried - killed - same);
  EXPECT_GT(killed, 0U);
}

/// A row that is as it was is not noticed, and is the same.
TEST(RowMutants, one_that_is_none_is_not_noticed) {
  const Verb& wait = *all_verbs().front();
  ASSERT_EQ(wait.name, "wait");
  const RowMutant none{&wait, RowMutant::Kind::guard_dropped};
  EXPECT_TRUE(equivalent(none));
  EXPECT_EQ(noticed_by(none), "");
}

TEST(RowMutants, a_gate_without_a_guard_is_noticed) {
  for (const Verb* row : all_verbs())
    if (row->name == "enable_dma") {
      const RowMutant open{row, RowMutant::Kind::guard_dropped};
      EXPECT_FALSE(equivalent(open));
      EXPECT_EQ(noticed_by(open).substr(0, 1), "P");
    }
}

}  // namespace
}  // namespace lockstep::host
