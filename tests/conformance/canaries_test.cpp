// The reference device passes every case; with a fault it fails a case that asks the rule which the fault breaks, and
// the result names that rule.
#include <gtest/gtest.h>

#include "reference_device.hpp"

namespace lockstep {
namespace {

runner::Run run_with(const std::string& fault, std::vector<const cases::Case*> selection) {
  device::ResponderOptions options = device_options();
  options.fault = fault;
  return run(options, std::move(selection));
}

std::vector<const cases::Case*> cases_asking(Rule rule) {
  std::vector<const cases::Case*> asking;
  for (const cases::Case& test : cases::all_cases())
    if (std::find(test.asks.begin(), test.asks.end(), rule) != test.asks.end()) asking.push_back(&test);
  return asking;
}

/// A correct device in one of its shapes.
struct Variant {
  std::uint64_t seed;
  Byte highest_version = wire::spdm::VERSION_1_4;
  device::Kind kind = device::Kind::endpoint_with_ide;
  std::size_t passing = 600;
};
void PrintTo(const Variant& variant, std::ostream* out) { *out << "seed " << variant.seed; }

class ReferenceDevice : public testing::TestWithParam<Variant> {};

TEST_P(ReferenceDevice, HasNoFinding) {
  const Variant& variant = GetParam();
  device::ResponderOptions options = device_options();
  auto mine = profile();
  options.seed = ~variant.seed;
  options.shape.kind = mine.shape.kind = variant.kind;
  mine.requester.seed = variant.seed;
  mine.requester.highest_version = variant.highest_version;
  const runner::Run all = run(options, every_case(), mine);
  std::size_t passed = 0;
  for (const runner::CaseResult& result : all.results) {
    passed += result.verdict == runner::Verdict::pass;
    EXPECT_TRUE(result.verdict == runner::Verdict::pass || result.verdict == runner::Verdict::not_applicable)
        << result.case_id << ": " << runner::name(result.verdict) << " " << result.rule.id() << " " << result.reason;
  }
  EXPECT_GT(passed, variant.passing);
  EXPECT_EQ(all.exit_code(), 0);
}
INSTANTIATE_TEST_SUITE_P(Variants, ReferenceDevice,
                         testing::Values(Variant{1}, Variant{20261120, wire::spdm::VERSION_1_3},
                                         Variant{77, wire::spdm::VERSION_1_2}, Variant{3, wire::spdm::VERSION_1_1},
                                         Variant{4, wire::spdm::VERSION_1_0, device::Kind::endpoint_with_ide, 50},
                                         Variant{5, wire::spdm::VERSION_1_4, device::Kind::root_complex_integrated,
                                                 450}));

/// The rule that a result names for the fault. A signature that does not verify does not tell which part of its
/// transcript is another.
Rule named_for(const device::Fault& fault) {
  return fault.name == "spdm-chunk-in-transcript" ? Rule("SPDM-CHAL-001") : fault.breaks;
}

class Canary : public testing::TestWithParam<const device::Fault*> {};

TEST_P(Canary, IsCaughtByACaseThatAsksItsRule) {
  const device::Fault& fault = *GetParam();
  const auto asking = cases_asking(fault.breaks);
  ASSERT_FALSE(asking.empty()) << "no case asks " << fault.breaks.id();
  const runner::Run red = run_with(fault.name, asking);
  const bool caught = std::any_of(red.results.begin(), red.results.end(),
                                  [&](const runner::CaseResult& result) { return names(result, named_for(fault)); });
  EXPECT_TRUE(caught) << fault.about << "; " << fault.breaks.id();
  for (const runner::CaseResult& result : red.results)
    if (!caught)
      ADD_FAILURE() << result.case_id << ": " << runner::name(result.verdict) << " " << result.rule.id() << " "
                    << result.reason;
}

std::vector<const device::Fault*> every_fault() {
  std::vector<const device::Fault*> all;
  for (const device::Fault& fault : device::faults()) all.push_back(&fault);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Faults, Canary, testing::ValuesIn(every_fault()), [](const auto& instance) {
  std::string name(instance.param->name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Canaries, AreMany) { EXPECT_GE(device::faults().size(), 120U); }

// --- targets that do not play along ----------------------------------------------------------------------------------

runner::Run run_against(adapters::Responder responder) {
  adapters::MemoryTarget target("hostile", [responder] { return responder; });
  runner::Observer observer;
  auto impatient = profile();
  return runner::run(target, impatient, {cases::find_case("tdisp/lock/served")}, {}, observer);
}

TEST(HostileTarget, ThatNeverAnswersIsInconclusiveNotSuccess) {
  const runner::Run silent = run_against([](const adapters::Packet&) { return std::nullopt; });
  EXPECT_NE(silent.exit_code(), 0);
}

TEST(HostileTarget, ThatAnswersGarbageIsNotSuccess) {
  const runner::Run garbage = run_against([](const adapters::Packet&) {
    return adapters::Packet{false, Bytes{0xDE, 0xAD, 0xBE, 0xEF, 0x00}};
  });
  EXPECT_NE(garbage.exit_code(), 0);
}

TEST(HostileTarget, ThatEchoesIsNotSuccess) {
  const runner::Run echo = run_against([](const adapters::Packet& packet) { return packet; });
  EXPECT_NE(echo.exit_code(), 0);
}

TEST(Run, OfNothingIsNotSuccess) { EXPECT_EQ(run(device_options(), {}).exit_code(), 5); }

}  // namespace
}  // namespace lockstep
