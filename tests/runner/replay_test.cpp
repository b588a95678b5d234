// Failures are shortened, and what is left fails again, by itself, on a device without memory.
#include "runner/replay.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "device.hpp"
#include "runner/shrink.hpp"

namespace lockstep::runner {
namespace {

const CaseResult* failure(const Run& run) {
  for (const CaseResult& result : run.results)
    if (result.verdict == Verdict::fail) return &result;
  return nullptr;
}

Run failing_run(const std::string& fault, const std::string& test, std::size_t shrink) {
  auto target = device_with(fault);
  return run_cases(target, {cases::find_case(test)},
                   {.shrink = shrink, .again = "lockstep test", .replay = "lockstep replay"});
}

Replay again(const std::vector<std::string>& actions, std::optional<std::string> fault) {
  auto target = device_with(std::move(fault));
  const auto script = script_of(join(actions));
  EXPECT_TRUE(script) << script.error();
  return replay(target, test_profile(), *script);
}

bool has(const std::vector<std::string>& actions, std::string_view stimulus) {
  return std::any_of(actions.begin(), actions.end(),
                     [&](const std::string& action) { return action.find(stimulus) != std::string::npos; });
}

constexpr const char* FAULT = "tdisp-lock-in-run";
constexpr const char* CASE = "tdisp/lock/in-run";

TEST(Shrink, LeavesWhatTheFailureNeedsAndNoMore) {
  const auto run = failing_run(FAULT, CASE, 200);
  ASSERT_NE(failure(run), nullptr);
  const auto& shortest = failure(run)->shortest;
  ASSERT_FALSE(shortest.empty());
  EXPECT_EQ(shortest.front(), "spdm:GET_VERSION");
  EXPECT_NE(shortest.back().find("tdisp:LOCK_INTERFACE_REQUEST"), std::string::npos);
  EXPECT_TRUE(has(shortest, "tdisp:START_INTERFACE_REQUEST")) << join(shortest);
  for (const char* needless : {"GET_DEVICE_INTERFACE_STATE", "GET_TDISP_VERSION", "QUERY", "tdi=1"})
    EXPECT_FALSE(has(shortest, needless)) << needless << " in " << join(shortest);
  EXPECT_EQ(failure(run)->replay, "lockstep replay --actions '" + join(shortest) + "'");
  // No single action can be left out.
  for (std::size_t i = 0; i < shortest.size(); ++i) {
    auto fewer = shortest;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    const Replay replayed = again(fewer, FAULT);
    const bool shows = std::any_of(replayed.steps.begin(), replayed.steps.end(), [](const Replayed& step) {
      return std::any_of(step.breaches.begin(), step.breaches.end(),
                         [](const Breach& breach) { return breach.rule == Rule("TDISP-LOCK-003"); });
    });
    EXPECT_FALSE(shows) << shortest[i] << " can be left out";
  }
}

TEST(Shrink, FailsAgainByItselfAndACorrectDevicePasses) {
  const auto run = failing_run(FAULT, CASE, 60);
  ASSERT_NE(failure(run), nullptr);
  const auto& shortest = failure(run)->shortest;
  const Replay faulty = again(shortest, FAULT);
  EXPECT_EQ(faulty.exit_code(), 1);
  ASSERT_EQ(faulty.steps.size(), shortest.size());
  EXPECT_EQ(faulty.steps.back().breaches.front().rule, Rule("TDISP-LOCK-003"));
  EXPECT_EQ(again(shortest, std::nullopt).exit_code(), 0);
}

TEST(Shrink, ChangesNoVerdict) {
  for (const std::size_t attempts : {0u, 1u, 2u, 5u, 60u}) {
    const auto run = failing_run(FAULT, CASE, attempts);
    ASSERT_NE(failure(run), nullptr) << attempts;
    EXPECT_EQ(failure(run)->case_id, CASE);
    EXPECT_EQ(failure(run)->rule, Rule("TDISP-LOCK-003"));
    EXPECT_EQ(failure(run)->shortest.empty(), attempts == 0) << attempts;
    EXPECT_EQ(run.exit_code(), 1);
  }
}

TEST(Shrink, ReportsTheWholeSequenceWhenNothingIsShorter) {
  const auto longest = failing_run(FAULT, CASE, 1), shortest = failing_run(FAULT, CASE, 60);
  EXPECT_GT(failure(longest)->shortest.size(), failure(shortest)->shortest.size());
  EXPECT_EQ(again(failure(longest)->shortest, FAULT).exit_code(), 1);
}

TEST(Shrink, AWrongStateBehindARightRefusalIsASymptomToo) {
  const auto run = failing_run("tdisp-get-version-unlocks", "tdisp/version/keeps-locked", 200);
  ASSERT_NE(failure(run), nullptr);
  const auto& shortest = failure(run)->shortest;
  ASSERT_FALSE(shortest.empty());
  EXPECT_EQ(again(shortest, "tdisp-get-version-unlocks").exit_code(), 1);
}

TEST(Shrink, OneFailureForEachSymptomInARun) {
  auto target = device_with(FAULT);
  const auto run = run_cases(
      target, {cases::find_case(CASE), cases::find_case("tdisp/states/lock-interface-request-in-run")}, {.shrink = 60});
  ASSERT_EQ(run.counts()[static_cast<std::size_t>(Verdict::fail)], 2u);
  EXPECT_NE(run.results[0].shortest.empty(), run.results[1].shortest.empty());
}

TEST(Shrink, WhatDoesNotComeAgainIsNotShortened) {
  auto target = device_with(std::nullopt);
  Driver driver(target, test_profile());
  const auto action = parse_action("spdm:GET_VERSION");
  const Shrunk shrunk = shrink(driver, {*action}, {"TDISP-LOCK-003", false}, 10);
  EXPECT_TRUE(shrunk.actions.empty());
  EXPECT_EQ(shrunk.attempts, 1u);
}

/// Answers a CHALLENGE with nonsense once a certificate was asked for, and GET_CERTIFICATE too unless digests were.
adapters::MemoryTarget device_with_two_faults() {
  device::ResponderOptions options;
  options.shape = test_profile().shape;
  return adapters::MemoryTarget("two faults", [options] {
    adapters::LocalDevice device = local_device(options);
    auto asked = std::make_shared<std::set<Byte>>();
    device.respond = [asked, respond = device.respond](const adapters::Packet& packet) {
      constexpr Byte DIGESTS = 0x81, CERTIFICATE = 0x82, CHALLENGE = 0x83;
      const Byte code = packet.payload.size() > 1 ? packet.payload[1] : Byte{0};
      auto answer = respond(packet);
      const bool wrong =
          (code == CHALLENGE && asked->contains(CERTIFICATE)) || (code == CERTIFICATE && !asked->contains(DIGESTS));
      asked->insert(code);
      if (wrong && answer) answer->payload = {answer->payload[0], 0x04, 0, 0};
      return answer;
    };
    return device;
  });
}

TEST(Shrink, PutsNoOtherFailureInTheWay) {
  auto target = device_with_two_faults();
  const auto script = script_of(
      "spdm:GET_VERSION; spdm:GET_CAPABILITIES; spdm:NEGOTIATE_ALGORITHMS; spdm:GET_DIGESTS; spdm:GET_DIGESTS; "
      "spdm:GET_CERTIFICATE; spdm:CHALLENGE");
  ASSERT_TRUE(script) << script.error();
  const Replay whole = replay(target, test_profile(), *script);
  ASSERT_EQ(whole.steps.size(), 7u);
  ASSERT_FALSE(whole.steps.back().breaches.empty());
  for (std::size_t i = 0; i < 6; ++i) EXPECT_TRUE(whole.steps[i].breaches.empty()) << whole.steps[i].action;
  std::vector<Action> actions;
  for (const auto& entry : script->entries) actions.push_back(entry.action);
  Driver driver(target, test_profile());
  const Shrunk shrunk = shrink(driver, actions, {whole.steps.back().breaches.front().rule, false}, 100);
  std::vector<std::string> left;
  for (const Action& action : shrunk.actions) left.push_back(text(action));
  EXPECT_EQ(join(left),
            "spdm:GET_VERSION; spdm:GET_CAPABILITIES; spdm:NEGOTIATE_ALGORITHMS; spdm:GET_DIGESTS; "
            "spdm:GET_CERTIFICATE; spdm:CHALLENGE");
}

TEST(Replaying, SaysWhereTheTargetPartsFromTheRecording) {
  auto target = device_with(std::nullopt);
  auto script = script_of("spdm:GET_VERSION; spdm:GET_CAPABILITIES; spdm:NEGOTIATE_ALGORITHMS; spdm:GET_VERSION");
  ASSERT_TRUE(script);
  script->entries[0].answer = "VERSION";
  script->entries[1].answer = "ERROR Busy";
  script->entries[1].line = 7;
  const Replay replayed = replay(target, test_profile(), *script);
  EXPECT_EQ(replayed.exit_code(), 0);
  EXPECT_EQ(replayed.steps.size(), 4u);
  ASSERT_NE(replayed.parting(), nullptr);
  EXPECT_EQ(replayed.parting()->line, 7u);
  EXPECT_EQ(replayed.parting()->answer, "CAPABILITIES");
}

TEST(Replaying, WhatCannotBeDoneIsNoSuccess) {
  const Replay no_session = again({"spdm:GET_VERSION", "spdm:HEARTBEAT session=0", "spdm:GET_VERSION"}, std::nullopt);
  EXPECT_EQ(no_session.exit_code(), 4);
  EXPECT_EQ(no_session.steps.size(), 1u);
  EXPECT_EQ(no_session.stopped, "there is no session 0");
  EXPECT_EQ(again({"tdisp:STOP_INTERFACE_REQUEST tdi=3"}, std::nullopt).stopped, "TDI 3 is not under test");
  EXPECT_EQ(again({"ide_km:QUERY stream=2"}, std::nullopt).stopped, "IDE stream 2 is not under test");
}

}  // namespace
}  // namespace lockstep::runner
