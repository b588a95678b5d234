// The dense tables against the rules of model/device: every step of every state that can be reached, with the same
// labels, the same results and the same count.
#include "verify/device_model.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "verify/device_mutants.hpp"
#include "verify/explorer.hpp"

namespace lockstep::verify {
namespace {

/// A scope with all that is derived from it.
struct Device {
  explicit Device(const DeviceScope& scope, const DeviceRules& rules = {})
      : tables(scope, rules),
        layout(tables),
        moves(tables),
        renaming(renamings(tables)),
        model(tables, layout, moves, renaming) {}
  DeviceTables tables;
  DeviceLayout layout;
  DeviceMoves moves;
  std::vector<Renaming> renaming;
  DeviceModel<2> model;
};

using State = Packed<2>;

/// Every step of a state by model/device itself.
std::map<Label, State> steps_by_rules(const Device& device, const State& state) {
  const DeviceRules& rules = device.tables.rules();
  const DeviceScope& scope = device.tables.scope;
  const device::Control control = device.model.control(state);
  std::map<Label, State> steps;
  for (std::size_t a = 0; a < device.tables.actions.size(); ++a) {
    const DeviceAction& action = device.tables.actions[a];
    if (!rules.possible(scope.shape, control, action.letter)) continue;
    for (const Choice choice : choices(rules, scope, control, action))
      steps[label_of(a, choice)] = device.model.state(apply(rules, scope, control, action, choice).after);
  }
  return steps;
}

/// Compares about `samples` of the first states, so that the test takes seconds in any build.
void expect_same_steps(const DeviceScope& scope, std::uint64_t samples, const DeviceRules& rules = {}) {
  constexpr std::uint64_t ENOUGH = 200000;
  SCOPED_TRACE(describe(scope));
  const Device device(scope, rules);
  Explorer explorer(device.model, {}, {.states = ENOUGH});
  explorer.run();
  const std::uint64_t every = std::max<std::uint64_t>(explorer.states().size() / samples, 1);
  std::uint64_t compared = 0, visited = 0;
  for (unsigned s = 0; s < SHARDS; ++s)
    for (std::uint32_t i = 0; i < explorer.states().shard(s).size(); ++i) {
      if (visited++ % every != 0) continue;
      const State state = explorer.states().shard(s).state(i);
      const auto by_rules = steps_by_rules(device, state);
      std::map<Label, State> by_tables;
      device.model.successors(state, [&](Label label, const State& next) {
        ASSERT_TRUE(by_tables.emplace(label, next).second) << "a label comes twice";
      });
      if (by_tables != by_rules) {
        for (const auto& [label, next] : by_rules) {
          const auto at = by_tables.find(label);
          ASSERT_NE(at, by_tables.end()) << device.model.describe(state) << ": no "
                                         << device.model.message(state, label).text;
          ASSERT_EQ(at->second, next) << device.model.describe(state) << ": " << device.model.message(state, label).text
                                      << "\n  tables: " << device.model.describe(at->second)
                                      << "\n  rules:  " << device.model.describe(next);
        }
        ASSERT_EQ(by_tables.size(), by_rules.size()) << device.model.describe(state);
      }
      std::set<State> changed, expected;
      EXPECT_EQ(device.model.changes(state, [&](const State& next) { changed.insert(next); }), by_rules.size());
      for (const auto& [label, next] : by_rules)
        if (next != state) expected.insert(next);
      EXPECT_EQ(changed, expected);
      compared += by_rules.size();
    }
  EXPECT_GT(compared, 10000);
  std::printf("%s: %llu states, %llu steps compared; states of machines: %u %u %u %u\n", describe(scope).c_str(),
              static_cast<unsigned long long>(visited), static_cast<unsigned long long>(compared),
              device.tables.connections.size(), device.tables.sessions.size(), device.tables.streams.size(),
              device.tables.tdis.size());
}

TEST(DeviceTables, SayWhatTheRulesSay) { expect_same_steps({.whole_key_sets = true}, 1000); }
TEST(DeviceTables, SayWhatTheRulesSayForEveryChoice) {
  expect_same_steps({.choices = Tag::unclear, .whole_key_sets = true}, 100);
}
TEST(DeviceTables, SayWhatTheRulesSayKeyByKey) { expect_same_steps({.symmetric = false}, 100); }
TEST(DeviceTables, SayWhatTheRulesSayOfTwoKeySets) { expect_same_steps({.key_sets = 2, .whole_key_sets = true}, 100); }
TEST(DeviceTables, SayWhatTheRulesSayOfSessionsOfEveryKind) {
  expect_same_steps({.whole_key_sets = true,
                     .mutual_authentication = true,
                     .handshake_in_the_clear = true,
                     .heartbeat = true,
                     .termination_policy = true,
                     .psk_without_context = true},
                    20);
}
TEST(DeviceTables, SayWhatTheRulesSayOfTwoOfEach) {
  expect_same_steps({.shape = {.sessions = 2, .streams = 2, .tdis = 2}, .whole_key_sets = true}, 50);
}
TEST(DeviceTables, SayWhatTheRulesSayInsideTheRootComplex) {
  expect_same_steps({.shape = {.kind = device::Kind::root_complex_integrated, .sessions = 1}, .whole_key_sets = true},
                    50);
}
// What a mutant does wrong is found by the probes that the tables are made with, and by nothing else.
TEST(DeviceTables, SayWhatTheRulesOfEachMutantSay) {
  for (const DeviceMutant& mutant : device_mutants()) {
    SCOPED_TRACE(mutant.name);
    expect_same_steps({.whole_key_sets = true}, 30, mutant.rules);
  }
}

}  // namespace
}  // namespace lockstep::verify
