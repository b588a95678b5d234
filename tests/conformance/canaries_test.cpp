// The reference device passes every case; with a fault it fails a case that asks the rule which the fault breaks.
#include <gtest/gtest.h>

#include <random>

#include "adapters/memory.hpp"
#include "device/events.hpp"
#include "device/responder.hpp"
#include "runner/run.hpp"

namespace lockstep {
namespace {

runner::Profile profile() {
  runner::Profile profile;
  profile.shape.tdis = 2;
  profile.function_ids = {0xBEEF, 0xBEF0};
  profile.streams = {{0, 1}};
  profile.psk = device::sample_psks();
  profile.requester.psk_hint = profile.psk.begin()->first;
  return profile;
}

using Choose = decltype(device::ResponderOptions::choose);

adapters::LocalDevice local(const device::ResponderOptions& options) {
  auto device = std::make_shared<device::Responder>(options, spdm::doe_records);
  const auto respond = [device](const adapters::Packet& packet) -> std::optional<adapters::Packet> {
    auto answer = device->receive({packet.secured, packet.payload});
    if (!answer) return std::nullopt;
    return adapters::Packet{answer->secured, std::move(answer->payload)};
  };
  const auto inject = [device, shape = options.shape](
                          const adapters::Injection& injection) -> lockstep::Result<adapters::Injected, std::string> {
    const auto event = device::find_event(injection.stimulus, injection.index);
    if (!event) return adapters::Injected::unimplemented;
    if (auto why = device::impossible(shape, device->control(), *event)) return Unexpected{*why};
    device->happens(*event);
    return adapters::Injected::done;
  };
  return {respond, inject};
}

adapters::MemoryTarget device_with(std::optional<std::string> fault, std::uint64_t seed, Choose choose = {}) {
  device::ResponderOptions options;
  if (choose) options.choose = std::move(choose);
  options.shape = profile().shape;
  options.psks = profile().psk;
  options.mutual_authentication = true;
  options.seed = seed;
  options.fault = std::move(fault);
  return adapters::MemoryTarget("reference device", [options] { return local(options); });
}

runner::Run run(std::optional<std::string> fault, std::vector<const cases::Case*> selection, std::uint64_t seed = 1) {
  auto target = device_with(std::move(fault), seed);
  auto mine = profile();
  mine.requester.seed = seed;
  runner::Observer observer;
  return runner::run(target, mine, std::move(selection), {}, observer);
}

std::vector<const cases::Case*> every_case() {
  std::vector<const cases::Case*> all;
  for (const cases::Case& test : cases::all_cases()) all.push_back(&test);
  return all;
}

std::vector<const cases::Case*> cases_asking(Rule rule) {
  std::vector<const cases::Case*> asking;
  for (const cases::Case& test : cases::all_cases())
    if (std::find(test.asks.begin(), test.asks.end(), rule) != test.asks.end()) asking.push_back(&test);
  return asking;
}

class ReferenceDevice : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ReferenceDevice, HasNoFinding) {
  const runner::Run all = run(std::nullopt, every_case(), GetParam());
  std::size_t passed = 0;
  for (const runner::CaseResult& result : all.results) {
    passed += result.verdict == runner::Verdict::pass;
    EXPECT_TRUE(result.verdict == runner::Verdict::pass || result.verdict == runner::Verdict::not_applicable)
        << result.case_id << ": " << runner::name(result.verdict) << " " << result.rule.id() << " " << result.reason;
  }
  EXPECT_GT(passed, 240U);
  EXPECT_EQ(all.exit_code(), 0);
}
INSTANTIATE_TEST_SUITE_P(Seeds, ReferenceDevice, testing::Values(1, 2, 77, 20261120));

class Canary : public testing::TestWithParam<const device::Fault*> {};

TEST_P(Canary, IsCaughtByACaseThatAsksItsRule) {
  const device::Fault& fault = *GetParam();
  const auto asking = cases_asking(fault.breaks);
  ASSERT_FALSE(asking.empty()) << "no case asks " << fault.breaks.id();
  const bool fails = fault.breaks.requirement().on_breach == OnBreach::fail;
  const runner::Run red = run(std::string(fault.name), asking);
  const bool caught = std::any_of(red.results.begin(), red.results.end(), [&](const runner::CaseResult& result) {
    return result.verdict == runner::Verdict::fail || (!fails && result.verdict == runner::Verdict::warn);
  });
  EXPECT_TRUE(caught) << fault.about << "; " << fault.breaks.id();
  for (const runner::CaseResult& result : red.results)
    if (!caught) ADD_FAILURE() << result.case_id << ": " << runner::name(result.verdict) << " " << result.reason;
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

TEST(Canaries, AreAtLeastTwenty) { EXPECT_GE(device::faults().size(), 20U); }

// --- correct devices that take other choices
// ----------------------------------------------------------------------------

/// Now and then something else than expected, as long as the rules allow it beyond doubt.
Choose now_and_then(std::uint64_t seed) {
  return [engine = std::make_shared<std::mt19937_64>(seed)](const auto&, const auto&, const Options& options) {
    if ((*engine)() % 10 != 0) return Choice::as_specified;
    const Option& option = options[(*engine)() % options.size()];
    return option.tag == Tag::unclear ? Choice::as_specified : option.choice;
  };
}

class PermutedDevice : public testing::TestWithParam<std::uint64_t> {};

TEST_P(PermutedDevice, NeverFails) {
  auto target = device_with(std::nullopt, GetParam(), now_and_then(GetParam()));
  auto mine = profile();
  mine.requester.seed = GetParam();
  mine.patience = std::chrono::milliseconds(1);
  runner::Observer observer;
  const runner::Run all = runner::run(target, mine, every_case(), {}, observer);
  std::size_t passed = 0;
  for (const runner::CaseResult& result : all.results) {
    passed += result.verdict == runner::Verdict::pass;
    EXPECT_NE(result.verdict, runner::Verdict::fail)
        << result.case_id << ": " << result.rule.id() << " " << result.reason
        << (result.decisive.empty() ? ""
                                    : "\n" + result.decisive.back().letter + "\n" + result.decisive.back().before +
                                          "\n" + result.decisive.back().response);
  }
  EXPECT_GT(passed, 50U);
}
INSTANTIATE_TEST_SUITE_P(Seeds, PermutedDevice, testing::Range<std::uint64_t>(1, 5));

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

TEST(Run, OfNothingIsNotSuccess) { EXPECT_EQ(run(std::nullopt, {}).exit_code(), 5); }

}  // namespace
}  // namespace lockstep
