// What a case calls the rule that was broken, and what stays of it when there is no verdict.
#include "runner/attribution.hpp"

#include <gtest/gtest.h>

#include <set>

#include "device.hpp"

namespace lockstep::runner {
namespace {

using oracle::Ruling;
using tdisp::Stimulus;

/// A case that sends START, and asks a rule that only warns.
const cases::Case WARNS{.id = "test/warns",
                        .asks = {"TDISP-LOCK-014"},
                        .steps = {{.letter = tdisp::Letter{.stimulus = Stimulus::START_INTERFACE_REQUEST}}}};

/// The answer to its last step, which strains `rule`.
oracle::Step strained(Rule rule, bool owed) {
  oracle::Step done;
  done.letter = {0, device::TdispLetter{{.stimulus = Stimulus::START_INTERFACE_REQUEST}, 0, 0}};
  done.judgement = {.ruling = Ruling::warn, .rule = rule, .owed = owed};
  Attribution(WARNS).name_answer(done, WARNS.steps.back(), false);
  return done;
}

TEST(Attribution, WarningOfTheLastStepIsOfTheRuleThatTheCaseAsks) {
  EXPECT_EQ(strained("TDISP-START-012", false).judgement.rule, Rule("TDISP-LOCK-014"));
}

TEST(Attribution, WhatAnEarlierStepOwesKeepsItsRule) {
  EXPECT_EQ(strained("TDISP-VER-005", true).judgement.rule, Rule("TDISP-VER-005"));
}

TEST(Attribution, MeasurementsThatDoNotComeBreakMoreThanTheOneRuleThatOnlyWarns) {
  adapters::MemoryTarget target = device_with("answer/MEASUREMENTS/silence");
  const auto results = run_cases(target, {cases::find_case("spdm/measurements/signed-after-unsigned")}).results;
  EXPECT_EQ(results.front().verdict, Verdict::fail) << results.front().reason;
  EXPECT_EQ(results.front().rule, Rule("SPDM-MEAS-007"));
}

TEST(Attribution, QueryThatIsNotAnsweredHasNoEffectOnTheStream) {
  adapters::MemoryTarget target = device_with("answer/QUERY_RESP/silence");
  const auto results = run_cases(target, {cases::find_case("ide_km/query/takes-nothing-into-use")}).results;
  std::set<std::string> ids;
  for (const CaseResult& result : results) ids.insert(result.case_id);
  EXPECT_TRUE(ids.contains("setup/IDE-MSG-001"));
  EXPECT_FALSE(ids.contains("setup/IDE-MSG-014"));
}

/// The first device does not answer; from a fresh start only a rule that warns is strained.
TEST(Confirmation, KeepsWhatBothRunsHaveSeen) {
  int connections = 0;
  adapters::MemoryTarget target("fails once", [&] {
    device::ResponderOptions options;
    options.shape = test_profile().shape;
    options.psks = test_profile().psk;
    options.fault = connections++ == 0 ? "answer/MEASUREMENTS/silence" : "spdm-measurements-without-nonce";
    return local_device(options);
  });
  const CaseResult result =
      run_cases(target, {cases::find_case("spdm/measurements/signed-after-unsigned")}).results.back();
  EXPECT_EQ(result.verdict, Verdict::inconclusive) << result.reason;
  EXPECT_EQ(result.rule, Rule("SPDM-MEAS-007"));
  std::set<Rule> rules;
  for (const Breach& breach : result.breaches) rules.insert(breach.rule);
  EXPECT_TRUE(rules.contains("SPDM-MEAS-007"));
  EXPECT_TRUE(rules.contains("SPDM-MEAS-016"));
}

}  // namespace
}  // namespace lockstep::runner
