// Objects of the transports: a correct device passes every case about them, and an answer that is lost with its object
// is no success. That the cases see what is wrong, evidence_test shows.
#include <gtest/gtest.h>

#include "object_faults.hpp"

namespace lockstep {
namespace {

using adapters::Transport;
using runner::Verdict;

/// Every case that goes over the transports passes there as well.
TEST(Objects, OfACorrectDeviceChangeNoVerdict) {
  for (const auto& [transport, family] : {std::pair(Transport::pci_doe, "doe/"), std::pair(Transport::mctp, "mctp/"),
                                          std::pair(Transport::tcp, "tcp/")}) {
    adapters::MemoryTarget target(
        "behind objects", [at = transport] { return runner::reference_device_behind(device_options(), at); },
        transport);
    std::vector<const cases::Case*> selection;
    for (const cases::Case& test : cases::all_cases())
      if (test.id.starts_with("doe/") || test.id.starts_with("mctp/") || test.id.starts_with("tcp/") ||
          test.id.starts_with("secmsg/") || test.id.starts_with("spdm/chunks/"))
        selection.push_back(&test);
    runner::Observer observer;
    const runner::Run run = runner::run(target, profile(), selection, {}, observer);
    for (const runner::CaseResult& result : run.results) {
      EXPECT_TRUE(result.verdict == Verdict::pass || result.verdict == Verdict::not_applicable)
          << adapters::binding(transport).name << " " << result.case_id << ": " << result.reason;
      const bool own = result.case_id.starts_with(family);
      EXPECT_TRUE(!own || result.verdict == Verdict::pass) << result.case_id << ": " << result.reason;
    }
    EXPECT_EQ(run.exit_code(), 0);
  }
}

class LostAnswers : public testing::TestWithParam<std::string_view> {};

/// Rules that only warn: without the answer nothing is known of what the case asks, but the rule is named.
TEST_P(LostAnswers, AreInconclusiveAndNameTheRule) {
  const ObjectFault& fault = *find_object_fault(GetParam());
  adapters::MemoryTarget target(
      "loses answers", [&] { return behind(device_options(), Transport::tcp, fault); }, Transport::tcp);
  runner::Observer observer;
  const runner::Run run = runner::run(target, profile(), {cases::find_case("tcp/message/header")}, {}, observer);
  const auto result = std::find_if(run.results.begin(), run.results.end(),
                                   [](const auto& each) { return each.case_id == "tcp/message/header"; });
  ASSERT_NE(result, run.results.end());
  EXPECT_EQ(result->verdict, Verdict::inconclusive) << result->reason;
  EXPECT_EQ(result->rule, fault.breaks) << result->reason;
  EXPECT_NE(run.exit_code(), 0);
}
INSTANTIATE_TEST_SUITE_P(OverTcp, LostAnswers,
                         testing::Values("object/tcp-sends-wrong-length", "object/tcp-sends-message-as-record"));

}  // namespace
}  // namespace lockstep
