#include "requirements/rule.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <vector>

#include "requirements/catalogue.hpp"

namespace lockstep {
namespace {

struct Refusal {
  int code;
  Rule rule = Rule::none();
};
constexpr Refusal refusals[] = {{1, "TDISP-LOCK-002"}, {2, "TDISP-START-002"}, {3}};

static_assert(Req<"TDISP-LOCK-002">::rule == refusals[0].rule);
static_assert(refusals[1].rule.id() == "TDISP-START-002");
static_assert(!std::is_same_v<Req<"TDISP-LOCK-002">, Req<"TDISP-LOCK-003">>);
static_assert(std::is_trivially_copyable_v<Rule>);

TEST(Rule, NamesItsRow) {
  const Rule rule = "TDISP-LOCK-006";
  EXPECT_TRUE(rule);
  EXPECT_EQ(rule.id(), "TDISP-LOCK-006");
  EXPECT_EQ(rule.requirement().id, "TDISP-LOCK-006");
  EXPECT_EQ(&catalogue()[rule.index()], &rule.requirement());
}

TEST(Rule, NoneCitesNothing) {
  EXPECT_FALSE(Rule::none());
  EXPECT_EQ(Rule(), Rule::none());
  EXPECT_EQ(Rule::none().id(), "");
  EXPECT_EQ(Rule::none().index(), catalogue().size());
  EXPECT_FALSE(refusals[2].rule);
}

TEST(Rule, IsFoundAtRunTime) {
  for (const Requirement& row : catalogue()) {
    const auto rule = Rule::find(row.id);
    ASSERT_TRUE(rule) << row.id;
    EXPECT_EQ(rule->id(), row.id);
  }
  for (const char* unknown : {"", "TDISP", "TDISP-LOCK-0011", "tdisp-lock-001", "ZZZ", "AAA"})
    EXPECT_EQ(Rule::find(unknown), std::nullopt) << unknown;
}

TEST(Rule, OrdersAsTheCatalogue) {
  EXPECT_LT(Rule("TDISP-LOCK-001"), Rule("TDISP-LOCK-002"));
  EXPECT_NE(Rule("TDISP-LOCK-001"), Rule("SPDM-VER-001"));
}

TEST(RuleDeathTest, AskingNoneForItsRowIsOurOwnMistake) {
  EXPECT_DEATH_IF_SUPPORTED(static_cast<void>(Rule::none().requirement()), "");
}

}  // namespace
}  // namespace lockstep
