// eventually and leads-to on graphs small enough to judge by hand.
#include "verify/liveness.hpp"

#include <gtest/gtest.h>

namespace lockstep::verify {
namespace {

/// A graph by its edges; the label of an edge is its place in the list.
struct Graph {
  using State = Packed<1>;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> edges;
  State initial() const { return {{0}}; }
  template <class Sink>
  void successors(const State& s, Sink&& sink) const {
    for (std::size_t i = 0; i < edges.size(); ++i)
      if (edges[i].first == s.words[0]) sink(static_cast<Label>(i), State{{edges[i].second}});
  }
  State canonical(const State& s) const { return s; }
  Message message(const State&, Label) const { return {}; }
  std::string describe(const State& s) const { return std::to_string(s.words[0]); }
};

Property<Packed<1>> comes_to(std::uint64_t goal) {
  Property<Packed<1>> property{.name = "", .statement = "", .rules = {}, .shape = Shape::eventually};
  property.state = [=](const Packed<1>& s) { return s.words[0] == goal; };
  return property;
}
Judgement<Packed<1>> judge(const Graph& graph, const Property<Packed<1>>& property,
                           std::vector<Fairness<Packed<1>>> fairness = {}) {
  Explorer explorer(graph, {}, {});
  explorer.run();
  return Liveness(graph, explorer, std::move(fairness)).judge(property);
}
Fairness<Packed<1>> of(Label label, bool strong = false) {
  return {"", [=](const Packed<1>&, Label l) { return l == label; }, strong};
}

TEST(Liveness, APathToTheGoalHolds) {
  EXPECT_EQ(judge({{{0, 1}, {1, 2}, {2, 2}}}, comes_to(2)).verdict, Verdict::holds);
}
TEST(Liveness, AStateWithoutStepsIsATrap) {
  const auto judged = judge({{{0, 1}, {0, 2}}}, comes_to(2));
  EXPECT_EQ(judged.verdict, Verdict::fails);
  ASSERT_TRUE(judged.counterexample);
  EXPECT_EQ(judged.counterexample->steps.size(), 1);
  EXPECT_FALSE(judged.counterexample->loop);
}
TEST(Liveness, ALoopIsATrapUnlessFairnessLeavesIt) {
  const Graph graph{{{0, 0}, {0, 1}}};
  const auto judged = judge(graph, comes_to(1));
  EXPECT_EQ(judged.verdict, Verdict::fails);
  ASSERT_TRUE(judged.counterexample);
  EXPECT_TRUE(judged.counterexample->loop);
  EXPECT_EQ(judge(graph, comes_to(1), {of(1)}).verdict, Verdict::holds);
}
TEST(Liveness, WeakFairnessLetsAStepBePutOffThatIsNotAlwaysPossible) {
  const Graph graph{{{0, 1}, {1, 0}, {1, 2}}};  // the way out, step 2, is possible in 1 only
  EXPECT_EQ(judge(graph, comes_to(2), {of(2)}).verdict, Verdict::fails);
  EXPECT_EQ(judge(graph, comes_to(2), {of(2, true)}).verdict, Verdict::holds);
}
TEST(Liveness, StrongFairnessStillLeavesAPartWithoutTheStep) {
  const Graph graph{{{0, 1}, {1, 0}, {1, 2}, {0, 0}}};  // 0 -> 0 for ever: step 2 is never possible
  const auto judged = judge(graph, comes_to(2), {of(2, true)});
  EXPECT_EQ(judged.verdict, Verdict::fails);
  ASSERT_TRUE(judged.counterexample);
  EXPECT_EQ(judged.counterexample->steps.back().after.words[0], 0);
}
TEST(Liveness, LeadsToLooksOnlyBehindThePremise) {
  auto property = comes_to(3);
  property.shape = Shape::leads_to;
  property.premise = [](const Packed<1>& s) { return s.words[0] == 2; };
  EXPECT_EQ(judge({{{0, 0}, {0, 2}, {2, 3}, {3, 0}}}, property).verdict, Verdict::holds);
  const auto judged = judge({{{0, 0}, {0, 2}, {2, 3}, {2, 4}, {4, 4}, {3, 0}}}, property);
  EXPECT_EQ(judged.verdict, Verdict::fails);
  ASSERT_TRUE(judged.counterexample);
  EXPECT_EQ(judged.counterexample->steps.back().after.words[0], 4);
  property.premise = [](const Packed<1>& s) { return s.words[0] == 9; };
  EXPECT_EQ(judge({{{0, 0}}}, property).verdict, Verdict::inconclusive);
}

}  // namespace
}  // namespace lockstep::verify
