// The explorer against models whose counts and shortest solutions are known from elsewhere.
#include "verify/explorer.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "puzzle.hpp"

namespace lockstep::verify {
namespace {

using JugState = Jugs::State;
Property<JugState> measures(std::uint64_t amount) {
  return {.name = "measures", .statement = "", .rules = {}, .shape = Shape::sometimes, .state = [=](const JugState& s) {
            return s.right() == amount;
          }};
}
Property<JugState> never_measures(std::uint64_t amount) {
  auto property = measures(amount);
  property.shape = Shape::never;
  return property;
}

template <Model M>
void expect_run(const M& model, const Trace<typename M::State>& trace) {
  auto at = trace.start;
  EXPECT_EQ(at, model.initial());
  for (const auto& step : trace.steps) {
    bool found = false;
    model.successors(
        at, [&](Label label, const auto& next) { found = found || (label == step.label && next == step.after); });
    EXPECT_TRUE(found);
    at = step.after;
  }
}

TEST(Explorer, FourLitresTakeSixSteps) {  // the well-known puzzle of jugs of 3 and 5 litres
  const Jugs jugs;
  Explorer explorer(jugs, {measures(4), never_measures(4), never_measures(9)}, {});
  EXPECT_EQ(explorer.run(), End::complete);
  EXPECT_EQ(explorer.counts().states, 16);  // all (l, r) with one jug empty or full: 2 * (4 + 6) - 4
  EXPECT_EQ(explorer.counts().transitions, 16 * 6);
  const auto found = explorer.judgement(0), failed = explorer.judgement(1), held = explorer.judgement(2);
  EXPECT_EQ(found.verdict, Verdict::holds);
  ASSERT_TRUE(found.witness);
  EXPECT_EQ(found.witness->steps.size(), 6);
  expect_run(jugs, *found.witness);
  EXPECT_EQ(failed.verdict, Verdict::fails);
  ASSERT_TRUE(failed.counterexample);
  EXPECT_EQ(failed.counterexample->steps.size(), 6);
  EXPECT_EQ(held.verdict, Verdict::holds);
}

TEST(Explorer, WhatIsNeverReachedFails) {
  const Jugs jugs;
  Explorer explorer(jugs, {measures(9)}, {});
  explorer.run();
  EXPECT_EQ(explorer.judgement(0).verdict, Verdict::fails);
}

TEST(Explorer, AStepPropertyEndsWithTheStepThatBreaksIt) {
  const Jugs jugs;
  Property<JugState> property{.name = "", .statement = "", .rules = {}, .shape = Shape::step};
  property.step = [](const JugState& b, Label l, const JugState&) { return !(l == 4 && b.left() == 1); };
  Explorer explorer(jugs, {property}, {});
  explorer.run();
  const auto judged = explorer.judgement(0);
  EXPECT_EQ(judged.verdict, Verdict::fails);
  ASSERT_TRUE(judged.counterexample);
  expect_run(jugs, *judged.counterexample);
  EXPECT_EQ(judged.counterexample->steps.back().label, 4);
  EXPECT_EQ(judged.counterexample->steps.size(), 5);  // fill l, pour, fill l, pour: 1/5; and the step itself
}

TEST(Explorer, APremiseThatCannotBeReachedProvesNothing) {
  const Jugs jugs;
  Property<JugState> property{.name = "", .statement = "", .rules = {}, .state = [](const JugState&) { return true; }};
  property.premise = [](const JugState& s) { return s.left() == 7; };
  Explorer explorer(jugs, {property}, {});
  explorer.run();
  EXPECT_EQ(explorer.judgement(0).verdict, Verdict::inconclusive);
}

TEST(Explorer, ALimitIsInconclusiveButWhatWasFoundCounts) {
  const Jugs jugs;
  Explorer explorer(jugs, {never_measures(9), never_measures(5), measures(5)}, {.depth = 2});
  EXPECT_EQ(explorer.run(), End::depth);
  EXPECT_EQ(explorer.judgement(0).verdict, Verdict::inconclusive);
  EXPECT_EQ(explorer.judgement(1).verdict, Verdict::fails);
  EXPECT_EQ(explorer.judgement(2).verdict, Verdict::holds);
}

TEST(Explorer, SymmetryGivesTheSameVerdictsAndRealTraces) {
  Jugs jugs{.left_size = 5, .right_size = 5};
  Explorer all(jugs, {never_measures(5)}, {});
  all.run();
  EXPECT_EQ(all.counts().states, 4);
  jugs.symmetric = true;
  const auto full = [](const JugState& s) { return s.left() == 5 && s.right() == 5; };
  Property<JugState> never_full{.name = "", .statement = "", .rules = {}, .shape = Shape::never, .state = full};
  Explorer reduced(jugs, {never_full}, {});
  reduced.run();
  EXPECT_EQ(reduced.counts().states, 3);
  const auto judged = reduced.judgement(0);
  ASSERT_TRUE(judged.counterexample);
  EXPECT_EQ(judged.counterexample->steps.size(), 2);
  expect_run(jugs, *judged.counterexample);
}

TEST(Explorer, TheEightPuzzleHas181440PositionsAnd31Moves) {
  const EightPuzzle puzzle;
  std::vector<Packed<1>> first_states;
  for (const unsigned threads : {1U, 2U, 3U}) {
    Explorer explorer(puzzle, {}, {.threads = threads});
    EXPECT_EQ(explorer.run(), End::complete);
    EXPECT_EQ(explorer.counts().states, 181440);
    EXPECT_EQ(explorer.counts().depth, 31);
    EXPECT_EQ(explorer.counts().transitions, 181440 / 9 * 24);  // 4 corners of 2 moves, 4 edges of 3, the middle of 4
    std::vector<Packed<1>> states;
    for (unsigned s = 0; s < SHARDS; ++s)
      for (std::uint32_t i = 0; i < explorer.states().shard(s).size(); ++i)
        states.push_back(explorer.states().shard(s).state(i));
    if (first_states.empty()) first_states = states;
    EXPECT_EQ(states, first_states) << threads << " threads: another order";
  }
}

std::string path(const char* name) { return ::testing::TempDir() + name; }

TEST(Checkpoint, ARunGoesOnWhereItStopped) {
  const EightPuzzle puzzle;
  Property<Packed<1>> far{.name = "", .statement = "", .rules = {}, .shape = Shape::never};
  far.state = [](const Packed<1>& s) { return s.words[0] == 0x012345678; };
  Explorer whole(puzzle, {far}, {});
  whole.run();
  Explorer begun(puzzle, {far}, {.states = 20000});
  EXPECT_EQ(begun.run(), End::states);
  EXPECT_EQ(begun.judgement(0).verdict, Verdict::inconclusive);
  ASSERT_TRUE(begun.save(path("puzzle.checkpoint"), "eight"));
  Explorer resumed(puzzle, {far}, {.threads = 2});
  ASSERT_TRUE(resumed.resume(path("puzzle.checkpoint"), "eight"));
  EXPECT_EQ(resumed.run(), End::complete);
  EXPECT_EQ(resumed.counts().states, 181440);
  EXPECT_EQ(resumed.counts().transitions, whole.counts().transitions);
  EXPECT_EQ(resumed.counts().depth, 31);
  EXPECT_EQ(resumed.judgement(0).verdict, whole.judgement(0).verdict);
}

TEST(Checkpoint, WhatIsDamagedOrBelongsToAnotherRunIsRefused) {
  const Jugs jugs;
  Explorer explorer(jugs, {}, {});
  explorer.run();
  const std::string file = path("jugs.checkpoint");
  ASSERT_TRUE(explorer.save(file, "jugs"));
  const auto refused = [&](const std::string& signature) {
    Explorer fresh(jugs, {}, {});
    const Saved resumed = fresh.resume(file, signature);
    return resumed ? std::string() : resumed.error();
  };
  EXPECT_EQ(refused("jugs"), "");
  EXPECT_NE(refused("other").find("belongs to another run"), std::string::npos);
  std::string bytes;
  {
    std::ifstream in(file, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    std::ofstream(file, std::ios::binary) << damaged;
    EXPECT_NE(refused("jugs"), "") << "byte " << at;
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{9}, bytes.size() / 2, bytes.size() - 1}) {
    std::ofstream(file, std::ios::binary) << bytes.substr(0, size);
    EXPECT_NE(refused("jugs"), "") << size << " bytes";
  }
  std::remove(file.c_str());
  EXPECT_NE(refused("jugs").find("No such file"), std::string::npos);
}

// --- hash compaction -----------------------------------------------------------------------------------------------

using CompactEight = Explorer<EightPuzzle, Compacted<Packed<1>>>;

TEST(Compaction, ManyBitsGiveTheSameCounts) {
  const EightPuzzle puzzle;
  Property<Packed<1>> far{.name = "", .statement = "", .rules = {}, .shape = Shape::never};
  far.state = [](const Packed<1>& s) { return s.words[0] == 0x012345678; };
  Explorer exact(puzzle, {far}, {});
  exact.run();
  for (const unsigned bits : {64U, 56U}) {
    CompactEight explorer(puzzle, {far}, {}, {bits});
    EXPECT_EQ(explorer.run(), End::complete);
    EXPECT_EQ(explorer.counts().states, 181440);
    EXPECT_EQ(explorer.counts().transitions, exact.counts().transitions);
    EXPECT_EQ(explorer.counts().depth, 31);
    EXPECT_EQ(explorer.judgement(0).verdict, exact.judgement(0).verdict);
  }
}

TEST(Compaction, FewBitsLoseStatesAndSaySo) {
  const EightPuzzle puzzle;
  Property<Packed<1>> trivial{.name = "", .statement = "", .rules = {}, .shape = Shape::always};
  trivial.state = [](const Packed<1>&) { return true; };
  CompactEight explorer(puzzle, {trivial}, {}, {20});
  EXPECT_EQ(explorer.run(), End::complete);
  EXPECT_LT(explorer.counts().states, 181440);
  EXPECT_GT(explorer.omission(), 0.999);
  EXPECT_EQ(explorer.judgement(0).verdict, Verdict::inconclusive);
}

TEST(Compaction, AFailureIsARealRun) {
  const Jugs jugs;
  Explorer<Jugs, Compacted<JugState>> explorer(jugs, {never_measures(4)}, {}, {48});
  explorer.run();
  const auto judged = explorer.judgement(0);
  EXPECT_EQ(judged.verdict, Verdict::fails);
  ASSERT_TRUE(judged.counterexample);
  EXPECT_EQ(judged.counterexample->steps.size(), 6);
  expect_run(jugs, *judged.counterexample);
}

// The numbers are those of the birthday problem: 23 people and 365 days, and its well-known approximation.
TEST(Compaction, TheProbabilityIsThatOfTheBirthdayProblem) {
  EXPECT_DOUBLE_EQ((Compacted<Packed<1>>{64}.omission(1000000)), 0);
  EXPECT_NEAR((Compacted<Packed<2>>{64}.omission(100000000)), 2.7e-4, 0.05e-4);
  EXPECT_NEAR((Compacted<Packed<2>>{32}.omission(77163)), 0.5, 0.001);
}

TEST(Explorer, StopEndsARunThatCanGoOn) {
  const EightPuzzle puzzle;
  Explorer explorer(puzzle, {}, {.threads = 2});
  std::atomic<bool> stop = true;
  EXPECT_EQ(explorer.run(stop, [](const Progress&) {}), End::interrupted);
  EXPECT_EQ(explorer.counts().states, 1);
  stop = false;
  EXPECT_EQ(explorer.run(stop, [](const Progress&) {}), End::complete);
  EXPECT_EQ(explorer.counts().states, 181440);
}

}  // namespace
}  // namespace lockstep::verify
