// The list of cases as a whole: ids, what they ask, and that every rule for a device is asked or has its reason.
#include <gtest/gtest.h>

#include <set>

#include "cases/case.hpp"
#include "cases/uncovered.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep {
namespace {

TEST(Cases, HaveIdsOfTheirOwn) {
  std::set<std::string_view> ids;
  for (const cases::Case& test : cases::all_cases()) {
    EXPECT_TRUE(ids.insert(test.id).second) << test.id;
    EXPECT_EQ(test.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_./"), std::string::npos) << test.id;
    EXPECT_EQ(cases::find_case(test.id), &test);
  }
  EXPECT_GT(ids.size(), 700U);
}

TEST(Cases, SayWhatTheyAskAndSend) {
  for (const cases::Case& test : cases::all_cases()) {
    EXPECT_FALSE(test.asks.empty()) << test.id;
    EXPECT_FALSE(test.steps.empty()) << test.id;
    EXPECT_FALSE(test.about.empty()) << test.id;
    for (const Rule rule : test.asks) EXPECT_TRUE(rule) << test.id;
  }
}

/// What changes certificates or keys for good is only sent in a form that means nothing to any device.
TEST(Cases, ProvisionNothing) {
  for (const cases::Case& test : cases::all_cases())
    for (const cases::Step& step : test.steps) {
      const auto* letter = std::get_if<spdm::Letter>(&step.letter);
      if (letter == nullptr) continue;
      EXPECT_NE(letter->stimulus, spdm::Stimulus::SLOT_MANAGEMENT) << test.id;
      if (letter->stimulus != spdm::Stimulus::SET_CERTIFICATE) continue;
      ASSERT_FALSE(step.edits.empty()) << test.id;
      EXPECT_EQ(step.edits.front().field, "Param1") << test.id;
      EXPECT_EQ(step.edits.front().value, 0x0FU) << test.id;
    }
}

TEST(Cases, AskEveryRuleForDevicesOrSayWhyNot) {
  std::set<Rule> asked;
  for (const cases::Case& test : cases::all_cases()) asked.insert(test.asks.begin(), test.asks.end());
  for (const Requirement& requirement : catalogue()) {
    const Rule rule = *Rule::find(requirement.id);
    const bool wanted = requirement.roles.has(Role::responder) && !asked.contains(rule);
    EXPECT_EQ(!cases::why_uncovered(rule).empty(), wanted)
        << requirement.id << (wanted ? " is asked by no case, and no reason is given" : " has a reason, and is asked");
  }
}

}  // namespace
}  // namespace lockstep
