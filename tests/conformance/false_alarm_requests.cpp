// Rows of false_alarms.csv about what a tester sends: a device that insists on correct requests is given them.
#include <map>

#include "cases/steps.hpp"
#include "false_alarm_trial.hpp"

namespace lockstep::false_alarm {
namespace {

/// What DSP0274 forbids in a GET_CAPABILITIES, counted without help from the model.
std::size_t illegal(View request) {
  const Byte version = request[0];
  const std::uint64_t flags = number(request, 8, 4);
  const auto has = [&](int bit) { return (flags >> bit & 1) != 0; };
  const bool sessions = has(9) || has(10) || has(11), protection = has(6) || has(7);
  std::size_t wrong = 0;
  if (version >= 0x11) wrong += sessions && !protection;
  if (version == 0x11) wrong += protection && !sessions;
  if (version == 0x11) wrong += has(8) && !has(12);  // MUT_AUTH_CAP, ENCAP_CAP
  if (version >= 0x11) wrong += has(11);             // PSK_CAP of a requester is 0 or 1
  if (version >= 0x11) wrong += has(1) && has(16);   // CERT_CAP, PUB_KEY_ID_CAP
  if (version < 0x12) return wrong;
  const std::uint64_t transfer = number(request, 12, 4), message = number(request, 16, 4);
  const bool chunks = has(17);
  wrong += transfer < 42 || transfer > message || (!chunks && transfer != message);
  if (version >= 0x13) wrong += !chunks && (request[2] & 1) != 0;
  return wrong;
}

}  // namespace

void p06() {
  std::size_t refused = 0, asked = 0;
  Trial strict{.between = [&](const Packet& request, const adapters::Responder& device) -> std::optional<Packet> {
    if (!answered(request, w::Code::GET_CAPABILITIES) || request.payload[0] < w::VERSION_1_2) return device(request);
    ++asked;
    if (illegal(request.payload) == 0) return device(request);
    ++refused;
    return Packet{false, {request.payload[0], static_cast<Byte>(w::Code::ERROR), 0x01, 0}};
  }};
  strict.expect_no_alarm({"spdm/challenge/served", "tdisp/lock/served", "spdm/measurements/served"});
  EXPECT_GT(asked, 0U);
  EXPECT_EQ(refused, 0U);
  strict.expect_no_alarm({"spdm/capabilities/sizes-differ-without-chunks"});
  EXPECT_GT(refused, 0U);
}
void p07() {
  std::size_t negative = 0;
  for (const Byte version : {w::VERSION_1_1, w::VERSION_1_2, w::VERSION_1_3, w::VERSION_1_4}) {
    Trial trial{.look = [&](const oracle::Step& step) {
      const auto* l = std::get_if<device::SpdmLetter>(&step.letter.body);
      if (l == nullptr || l->letter.stimulus != S::GET_CAPABILITIES || l->letter.defect != D::invalid_field) return;
      EXPECT_EQ(illegal(step.request.bytes), 1U) << to_hex(step.request.bytes);
      ++negative;
    }};
    trial.device.versions = {version};
    trial.expect_no_alarm({"spdm/capabilities/*-*"});
  }
  EXPECT_GT(negative, 10U);
  // What no text forbids a device to accept is a warning at most; the same device fails where one does.
  Trial lenient{.worst = Verdict::warn};
  lenient.device.fault = "spdm-capabilities-any-size";
  lenient.expect_no_alarm({"spdm/capabilities/sizes-differ-without-chunks", "spdm/capabilities/reserved-psk-capability",
                           "spdm/capabilities/certificate-and-public-key",
                           "spdm/capabilities/algorithms-without-chunks"});
  const auto results = lenient.run({cases::find_case("spdm/capabilities/data-transfer-size-too-small")}).results;
  EXPECT_EQ(results.at(0).verdict, Verdict::fail);
}
void p08() {
  std::uint64_t requester = 0, responder = 0;
  std::size_t records = 0;
  Trial trial{.look = [&](const oracle::Step& step) {
    if (step.request.is(w::Code::PSK_EXCHANGE) && step.response) {
      requester = number(step.request.bytes, 4, 2);
      responder = number(step.response->bytes, 4, 2);
    }
    if (step.request_record.empty()) return;
    ++records;
    EXPECT_EQ(number(step.request_record, 0, 2), requester);
    EXPECT_EQ(number(step.request_record, 2, 2), responder);
  }};
  trial.expect_no_alarm({"tdisp/lock/served"});
  EXPECT_NE(requester, responder);
  EXPECT_GT(records, 10U);
}
void p10() {
  std::size_t finishes = 0;
  for (const cases::Case& test : cases::all_cases())
    for (const cases::Step& step : test.steps) {
      const auto* l = std::get_if<spdm::Letter>(&step.letter);
      if (l == nullptr || l->stimulus != S::FINISH) continue;
      ++finishes;
      for (const cases::Edit& edit : step.edits)
        EXPECT_EQ(edit.field.find("Param2"), std::string::npos) << test.id << " changes what may be reserved";
    }
  EXPECT_GT(finishes, 5U);
}
void p11() {
  std::size_t reserved = 0;
  Trial trial{.look = [&](const oracle::Step& step) {
    if (step.request.is(w::Code::GET_VERSION)) reserved += number(step.request.bytes, 2, 2) != 0;
  }};
  trial.expect_no_alarm({"spdm/fields/*/reserved-bits", "tdisp/fields/*/ignored"});
  EXPECT_GT(reserved, 0U);
}
void p12() {
  std::map<bool, std::size_t> forms;
  Trial trial{.look = [&](const oracle::Step& step) {
    const auto* l = std::get_if<device::SpdmLetter>(&step.letter.body);
    if (l == nullptr || l->letter.stimulus != S::GET_MEASUREMENTS || l->letter.defect != D::none) return;
    const Bytes& request = step.request.bytes;
    const bool sign = (request[2] & w::GET_MEASUREMENTS::SIGNATURE_REQUESTED) != 0;
    const std::size_t context = request[0] >= w::VERSION_1_3 ? 8 : 0;
    EXPECT_EQ(request.size(), 4 + context + (sign ? 32 + 1 : 0)) << to_hex(request);
    ++forms[sign];
  }};
  trial.expect_no_alarm({"spdm/measurements"});
  EXPECT_GT(forms[true], 0U);
  EXPECT_GT(forms[false], 0U);
}
void p22() {
  for (const cases::Case& test : cases::all_cases())
    EXPECT_LE(std::count_if(test.steps.begin(), test.steps.end(),
                            [](const cases::Step& step) {
                              const auto* l = std::get_if<spdm::Letter>(&step.letter);
                              return l != nullptr && l->stimulus == S::FINISH;
                            }),
              1)
        << test.id << " sends FINISH again";
}

}  // namespace lockstep::false_alarm
