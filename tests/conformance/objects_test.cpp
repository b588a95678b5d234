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
  ASSERT_FALSE(result->breaches.empty());
  EXPECT_TRUE(result->reason.starts_with(result->breaches.front().reason + "; then ")) << result->reason;
  EXPECT_NE(run.exit_code(), 0);
}
INSTANTIATE_TEST_SUITE_P(OverTcp, LostAnswers,
                         testing::Values("object/tcp-sends-wrong-length", "object/tcp-sends-message-as-record"));

std::vector<runner::CaseResult> results_of(adapters::LocalDevice device, Transport transport, std::string_view id) {
  adapters::MemoryTarget target(
      "with a fault", [&] { return device; }, transport);
  runner::Profile impatient = profile();
  impatient.patience = std::chrono::milliseconds(1);
  runner::Observer observer;
  return runner::run(target, impatient, {cases::find_case(id)}, {}, observer).results;
}

/// What strained a rule before a session was refused is not forgotten with it.
TEST(Objects, ThatStrainARuleAreNamedWhereTheSetUpFails) {
  adapters::LocalDevice device =
      behind(device_options(), Transport::tcp, *find_object_fault("object/tcp-sends-other-version"));
  device.objects = [objects = device.objects](View object) -> std::optional<Bytes> {
    constexpr Byte KEY_EXCHANGE = 0xE4, PSK_EXCHANGE = 0xE6;
    const bool opens = objects::carries(copy(object), objects::TCP_PAYLOAD, KEY_EXCHANGE) ||
                       objects::carries(copy(object), objects::TCP_PAYLOAD, PSK_EXCHANGE);
    return opens ? std::nullopt : objects(object);
  };
  const runner::CaseResult result = results_of(device, Transport::tcp, "tcp/message/header").back();
  ASSERT_EQ(result.case_id, "tcp/message/header");
  EXPECT_EQ(result.verdict, Verdict::inconclusive) << result.reason;
  EXPECT_EQ(result.rule, Rule("TCP-001"));
  ASSERT_EQ(result.breaches.size(), 1U);
  EXPECT_TRUE(result.reason.starts_with(result.breaches.front().reason + "; then the set-up step")) << result.reason;
  EXPECT_FALSE(result.decisive.empty());
}

/// The message type says that a record comes, and one does: only what it answers is wrong.
TEST(Objects, ThatAnswerAPlainMessageByARecordOfASessionAreOfTheRightType) {
  adapters::LocalDevice device = runner::reference_device(device_options(), adapters::binding(Transport::mctp));
  device.respond = [respond = device.respond, record = std::optional<adapters::Packet>()](
                       const adapters::Packet& packet) mutable -> std::optional<adapters::Packet> {
    constexpr Byte GET_DIGESTS = 0x81;
    if (!packet.secured && record && packet.payload.at(1) == GET_DIGESTS) return record;
    auto answer = respond(packet);
    if (answer && answer->secured) record = answer;
    return answer;
  };
  const auto results = results_of(device, Transport::mctp, "mctp/message/types");
  const auto fails = [&](Rule rule) {
    return std::any_of(results.begin(), results.end(),
                       [&](const auto& each) { return each.rule == rule && each.verdict == Verdict::fail; });
  };
  EXPECT_TRUE(fails("SECMSG-020"));
  EXPECT_FALSE(fails("MCTP-001"));
}

}  // namespace
}  // namespace lockstep
