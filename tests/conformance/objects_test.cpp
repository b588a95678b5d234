// Devices whose transport takes what it must not: each turns the case about it red, and a correct one turns none.
#include <gtest/gtest.h>

#include "adapters/serve_object.hpp"
#include "reference_device.hpp"

namespace lockstep {
namespace {

using adapters::Transport;
using Change = void (*)(Bytes& object);

/// What the device makes of an object before it looks at it.
struct Blindness {
  std::string_view case_id;
  Transport transport;
  runner::Verdict verdict;  ///< of a device that does so
  Change change;
};
void PrintTo(const Blindness& blindness, std::ostream* out) { *out << blindness.case_id; }

constexpr std::size_t VENDOR = 0, TYPE = 2, LENGTH = 4, PAYLOAD = 8;  // of a DOE object
constexpr Byte DISCOVERY = 0, SPDM = 1, SECURED = 2;

void any_length(Bytes& object) {
  object[LENGTH] = static_cast<Byte>(object.size() / 4);
  object[LENGTH + 1] = 0;
}
bool is_message(const Bytes& object) { return object[PAYLOAD] >= 0x10 && object[PAYLOAD] <= 0x14; }

const Blindness blindnesses[] = {
    {"doe/object/unknown-type", Transport::pci_doe, runner::Verdict::warn,
     [](Bytes& object) {
       if (object[TYPE] > SECURED) object[TYPE] = SPDM;
     }},
    {"doe/object/unknown-vendor", Transport::pci_doe, runner::Verdict::warn,
     [](Bytes& object) { object[VENDOR] = 1, object[VENDOR + 1] = 0; }},
    {"doe/object/length-one", Transport::pci_doe, runner::Verdict::warn, any_length},
    {"doe/object/length-short", Transport::pci_doe, runner::Verdict::warn, any_length},
    {"doe/object/length-beyond", Transport::pci_doe, runner::Verdict::warn, any_length},
    {"doe/object/plain-message-as-secured", Transport::pci_doe, runner::Verdict::fail,
     [](Bytes& object) {
       if (object[TYPE] == SECURED && is_message(object)) object[TYPE] = SPDM;
     }},
    {"doe/object/record-as-plain-message", Transport::pci_doe, runner::Verdict::fail,
     [](Bytes& object) {
       if (object[TYPE] == SPDM && !is_message(object)) object[TYPE] = SECURED;
     }},
    {"doe/discovery/unknown-index", Transport::pci_doe, runner::Verdict::warn,
     [](Bytes& object) {
       if (object[TYPE] == DISCOVERY && object[PAYLOAD] > 2) object[PAYLOAD] = 2;
     }},
    {"doe/discovery/unknown-version", Transport::pci_doe, runner::Verdict::warn,
     [](Bytes& object) {
       if (object[TYPE] == DISCOVERY) object[PAYLOAD + 1] = 0;
     }},
    {"mctp/message/other-type", Transport::mctp, runner::Verdict::fail,
     [](Bytes& object) {
       if (object[0] != 6) object[0] = 5;
     }},
    {"tcp/message/role-inquiry", Transport::tcp, runner::Verdict::warn,
     [](Bytes& object) {
       if (object[3] == 0xBF) object[3] = 0x7F;
     }},
    {"tcp/message/binding-version", Transport::tcp, runner::Verdict::warn, [](Bytes& object) { object[2] = 1; }},
};

runner::Verdict verdict_on(const Blindness& blindness, bool blind) {
  adapters::MemoryTarget target(
      "behind objects",
      [&] {
        auto device = runner::reference_device_behind(device_options(), blindness.transport);
        if (blind)
          device.objects = [change = blindness.change, objects = device.objects](View object) {
            Bytes seen = copy(object);
            change(seen);
            return objects(seen);
          };
        return device;
      },
      blindness.transport);
  runner::Observer observer;
  const auto* test = cases::find_case(blindness.case_id);
  EXPECT_NE(test, nullptr);
  const runner::Run run = runner::run(target, profile(), {test}, {}, observer);
  for (const runner::CaseResult& result : run.results)
    if (result.case_id == blindness.case_id) return result.verdict;
  return runner::Verdict::inconclusive;
}

class Objects : public testing::TestWithParam<Blindness> {};

TEST_P(Objects, AreTakenOnlyWhenTheyAreRight) {
  EXPECT_EQ(verdict_on(GetParam(), false), runner::Verdict::pass);
  EXPECT_EQ(verdict_on(GetParam(), true), GetParam().verdict);
}
INSTANTIATE_TEST_SUITE_P(Cases, Objects, testing::ValuesIn(blindnesses));

/// What the device makes of an object that it sends. The case names the rule; where that only warns and the answer is
/// lost with its object, the case is inconclusive besides.
struct Spoilt {
  std::string_view rule, case_id;
  Transport transport;
  runner::Verdict verdict;
  Change change;
};
void PrintTo(const Spoilt& spoilt, std::ostream* out) { *out << spoilt.rule << " in " << spoilt.case_id; }

constexpr std::size_t PROTOCOL = PAYLOAD + 2, NEXT = PAYLOAD + 3;  // of the answer of a DOE discovery
constexpr Byte CAPABILITIES = 0x61, DIGESTS = 0x01, CERTIFICATE = 0x02;
/// Whether an SPDM message in the clear begins at `start` and has such a code: what comes before it is needed to get
/// there.
bool carries(const Bytes& object, std::size_t start, Byte code) {
  return object.size() > start + 1 && object[start + 1] == code;
}

const Spoilt spoilt[] = {
    {"DOE-001", "doe/discovery/list", Transport::pci_doe, runner::Verdict::fail,
     [](Bytes& object) {
       if (object[TYPE] == DISCOVERY && object[PROTOCOL] == DISCOVERY) object[PROTOCOL] = 9;
     }},
    {"DOE-002", "doe/discovery/list", Transport::pci_doe, runner::Verdict::fail,
     [](Bytes& object) {
       if (object[TYPE] == DISCOVERY && object[NEXT] == 0) object[NEXT] = 1;
     }},
    {"DOE-003", "doe/discovery/list", Transport::pci_doe, runner::Verdict::fail,
     [](Bytes& object) {
       if (object[TYPE] == DISCOVERY && object[PROTOCOL] == SPDM) object[PROTOCOL] = 9;
     }},
    {"MCTP-002", "mctp/message/types", Transport::mctp, runner::Verdict::fail,
     [](Bytes& object) { object[0] |= 0x80; }},
    {"DOE-016", "doe/object/padding-in-no-transcript", Transport::pci_doe, runner::Verdict::warn,
     [](Bytes& object) {
       constexpr std::size_t HEADER = 8, PORTION_LENGTH = PAYLOAD + 4;
       if (!carries(object, PAYLOAD, CERTIFICATE)) return;
       const std::size_t end = PAYLOAD + HEADER + object[PORTION_LENGTH] + 256U * object[PORTION_LENGTH + 1];
       if (end < object.size()) object.back() = 1;
     }},
    {"DOE-015", "doe/object/plain", Transport::pci_doe, runner::Verdict::fail,
     [](Bytes& object) {
       if (carries(object, PAYLOAD, CAPABILITIES)) object[TYPE] = DISCOVERY;
     }},
    {"TCP-001", "tcp/message/header", Transport::tcp, runner::Verdict::warn, [](Bytes& object) { object[2] = 7; }},
    {"DOE-015", "doe/object/plain", Transport::pci_doe, runner::Verdict::fail,
     [](Bytes& object) {
       if (carries(object, PAYLOAD, CAPABILITIES)) object[TYPE] = SECURED;
     }},
    {"MCTP-001", "mctp/message/types", Transport::mctp, runner::Verdict::fail,
     [](Bytes& object) {
       if (carries(object, 1, DIGESTS)) object[0] = 6;
     }},
    {"TCP-003", "tcp/message/header", Transport::tcp, runner::Verdict::inconclusive,
     [](Bytes& object) {
       if (carries(object, 4, DIGESTS)) object[3] = 6;
     }},
    {"DOE-007", "doe/object/plain", Transport::pci_doe, runner::Verdict::fail,
     [](Bytes& object) {
       if (carries(object, PAYLOAD, CAPABILITIES)) --object[LENGTH];
     }},
    {"TCP-002", "tcp/message/header", Transport::tcp, runner::Verdict::inconclusive,
     [](Bytes& object) {
       if (carries(object, 4, DIGESTS)) ++object[0];
     }},
};

class SpoiltObjects : public testing::TestWithParam<Spoilt> {};

TEST_P(SpoiltObjects, NeverPass) {
  const Spoilt& what = GetParam();
  adapters::MemoryTarget target(
      "spoils objects",
      [&] {
        auto device = runner::reference_device_behind(device_options(), what.transport);
        device.objects = [change = what.change, objects = device.objects](View object) {
          auto answer = objects(object);
          if (answer) change(*answer);
          return answer;
        };
        return device;
      },
      what.transport);
  runner::Observer observer;
  const runner::Run run = runner::run(target, profile(), {cases::find_case(what.case_id)}, {}, observer);
  ASSERT_FALSE(run.results.empty());
  for (const runner::CaseResult& result : run.results) {
    if (result.case_id != what.case_id) continue;
    EXPECT_EQ(result.verdict, what.verdict) << result.case_id << ": " << result.reason;
    EXPECT_EQ(result.rule.id(), what.rule) << result.reason;
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, SpoiltObjects, testing::ValuesIn(spoilt));

/// Every case that goes over the transports passes there as well.
TEST(ObjectsOfTheTransport, ChangeNoVerdict) {
  for (const Transport transport : {Transport::pci_doe, Transport::mctp, Transport::tcp}) {
    adapters::MemoryTarget target(
        "behind objects", [&] { return runner::reference_device_behind(device_options(), transport); }, transport);
    std::vector<const cases::Case*> selection;
    for (const cases::Case& test : cases::all_cases())
      if (test.id.starts_with("doe/") || test.id.starts_with("mctp/") || test.id.starts_with("tcp/") ||
          test.id.starts_with("secmsg/") || test.id.starts_with("spdm/chunks/"))
        selection.push_back(&test);
    runner::Observer observer;
    const runner::Run run = runner::run(target, profile(), selection, {}, observer);
    for (const runner::CaseResult& result : run.results)
      EXPECT_TRUE(result.verdict == runner::Verdict::pass || result.verdict == runner::Verdict::not_applicable)
          << adapters::binding(transport).name << " " << result.case_id << ": " << result.reason;
    EXPECT_EQ(run.exit_code(), 0);
  }
}

}  // namespace
}  // namespace lockstep
