// Every property has teeth: it holds where it should, its premise is reached there, and it fails when the actors are
// broken that it is about.
#include "settings.hpp"

namespace lockstep::host {
namespace {

class EveryProperty : public testing::TestWithParam<const Property*> {};

TEST_P(EveryProperty, holds_where_it_should_and_says_something_there) {
  static Checker checker;
  const Cell& cell = checker.check(remedied(*GetParam()), *GetParam());
  EXPECT_EQ(verdict_word(cell), "holds") << (cell.counterexample ? as_text(*cell.counterexample, Profile::tdx)
                                                                 : cell.why);
  EXPECT_TRUE(cell.premise_reached);
}

TEST_P(EveryProperty, finds_its_mutant) {
  ASSERT_NE(GetParam()->mutant.empty(), GetParam()->spoilt.empty());
  Setting broken = remedied(*GetParam());
  for (const Flaw flaw : GetParam()->mutant) broken.break_(flaw);
  Checker sound;
  const auto spoilt = find_mutant(GetParam()->spoilt);
  ASSERT_EQ(spoilt.has_value(), !GetParam()->spoilt.empty()) << GetParam()->spoilt;
  Checker checker = spoilt ? Checker(*spoilt, sound) : Checker();
  const Cell& cell = checker.check(broken, *GetParam());
  EXPECT_EQ(verdict_word(cell), "fails") << cell.why;
  EXPECT_TRUE(cell.counterexample);
}

TEST_P(EveryProperty, says_what_it_is) {
  EXPECT_FALSE(GetParam()->name.empty());
  EXPECT_FALSE(GetParam()->text.empty());
  EXPECT_TRUE(GetParam()->premise != nullptr || GetParam()->step_premise != nullptr);
}

INSTANTIATE_TEST_SUITE_P(Host, EveryProperty, testing::ValuesIn(properties().begin(), properties().end()),
                         [](const auto& tested) {
                           std::string id(tested.param->id);
                           for (char& c : id)
                             if (c == '/' || c == '-') c = '_';
                           return id;
                         });

}  // namespace
}  // namespace lockstep::host
