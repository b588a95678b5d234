// Rows of false_alarms.csv about what a device answers: it answers so here, and that is no finding.
#include <filesystem>

#include "cases/steps.hpp"
#include "false_alarm_trial.hpp"
#include "requirements/catalogue.hpp"
#include "runner/check.hpp"
#include "wire/ide_km.hpp"
#include "wire/spdm_registry.hpp"
#include "wire/vendor_defined.hpp"

namespace lockstep::false_alarm {
static auto recorded(std::string_view file) {
  const auto path = std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "tests/captures" / file;
  return runner::check(path, {.psk = device::sample_psks()});
}

void p04() {
  const auto chain = cases::ignored({cases::set("Length", 0)}, cases::spdm_step(S::GET_CERTIFICATE));
  const cases::Case empty{
      .id = "certificate-of-nothing", .asks = {"SPDM-CERT-005"}, .given = Given::negotiated, .steps = {chain}};
  for (const bool refuses : {false, true}) {
    std::size_t met = 0;
    Trial trial{.between = [&](const Packet& request, const adapters::Responder& device) -> std::optional<Packet> {
      if (!answered(request, w::Code::GET_CERTIFICATE) || number(request.payload, 6, 2) != 0) return device(request);
      ++met;
      if (refuses) return Packet{false, {request.payload[0], static_cast<Byte>(w::Code::ERROR), 0x01, 0}};
      return Packet{false, {request.payload[0], static_cast<Byte>(w::Code::CERTIFICATE), 0, 0, 0, 0, 0x00, 0x06}};
    }};
    trial.judge({&empty});
    EXPECT_GT(met, 0U);
  }
}
void p05() {
  std::size_t padded = 0;
  Trial trial{.between = [&](const Packet& request, const adapters::Responder& device) {
    auto answer = device(request);
    if (answer && answer->payload.size() % 4 != 0) ++padded;
    while (answer && answer->payload.size() % 4 != 0) answer->payload.push_back(0);
    return answer;
  }};
  trial.expect_no_alarm({"spdm/challenge", "spdm/measurements", "spdm/finish", "tdisp/lock", "tdisp/report"});
  EXPECT_GT(padded, 20U);
}
void p09() {
  const auto report = recorded("doe_psk_tdisp_14.pcap");
  ASSERT_TRUE(report.has_value());
  std::size_t high = 0;
  for (std::size_t i = 0; i + 1 < report->records.size(); ++i) {
    const auto& request = report->records[i];
    if (!request.message.starts_with("GET_CERTIFICATE") || request.message.find("Param1=0x84") == std::string::npos)
      continue;
    ++high;
    EXPECT_EQ(request.kind, runner::RecordVerdict::Kind::legal);
    EXPECT_TRUE(report->records[i + 1].message.starts_with("CERTIFICATE"));
    EXPECT_EQ(report->records[i + 1].kind, runner::RecordVerdict::Kind::legal);
  }
  EXPECT_GT(high, 0U) << "the recording shows slot 4";
}
void p14() {
  std::size_t rules = 0;
  for (const Requirement& row : catalogue()) {
    if (row.statement.find("easurement summary hash") == std::string_view::npos) continue;
    ++rules;
    EXPECT_FALSE(row.applies_to(w::VERSION_1_1)) << row.id;
  }
  EXPECT_GT(rules, 0U);
  Trial old;
  old.device.versions = {w::VERSION_1_0, w::VERSION_1_1};
  old.expect_no_alarm({"spdm/challenge"});
}
void p15() {
  for (const std::vector<Byte>& versions : std::vector<std::vector<Byte>>{
           {0x10}, {0x11}, {0x12}, {0x13}, {0x14}, {0x10, 0x12}, {0x11, 0x13, 0x14}, {0x10, 0x11, 0x12, 0x13, 0x14}}) {
    std::size_t entries = 0;
    Trial trial{.look = [&](const oracle::Step& step) {
      if (step.response && step.response->is(w::Code::VERSION)) entries = step.response->bytes.at(5);
    }};
    trial.device.versions = versions;
    trial.expect_no_alarm({"spdm/version/served", "spdm/capabilities/served", "spdm/algorithms/selection"});
    EXPECT_EQ(entries, versions.size());
  }
}
void p16() {
  const auto report = recorded("mctp_psk_13.pcap");
  ASSERT_TRUE(report.has_value());
  const auto counts = report->counts();
  EXPECT_GT(counts[static_cast<std::size_t>(runner::RecordVerdict::Kind::legal)], 50U);
  EXPECT_EQ(counts[static_cast<std::size_t>(runner::RecordVerdict::Kind::warn)], 0U);
  EXPECT_EQ(counts[static_cast<std::size_t>(runner::RecordVerdict::Kind::fail)], 0U);
}
void p18() {
  std::size_t portions = 0, large = 0, refused = 0;
  Trial cut{.between = [&](Packet request, const adapters::Responder& device) {
    if (answered(request, w::Code::GET_CERTIFICATE)) ++portions, request.payload[6] = 100, request.payload[7] = 0;
    return device(request);
  }};
  cut.expect_no_alarm({"spdm/certificate/chain"});
  EXPECT_GT(portions, 5U);
  Trial chunks{.look = [&](const oracle::Step& step) {
    large += step.response && step.response->is(w::Code::ERROR) && step.response->bytes.at(2) == 0x0F;
  }};
  chunks.device.data_transfer_size = chunks.profile.requester.data_transfer_size = 128;
  chunks.expect_no_alarm({"spdm/certificate/chain"});
  EXPECT_GT(large, 0U);
  Trial too_large{.between = [&](const Packet& request, const adapters::Responder& device) -> std::optional<Packet> {
    if (!answered(request, w::Code::GET_CERTIFICATE)) return device(request);
    ++refused;
    return Packet{false, {request.payload[0], static_cast<Byte>(w::Code::ERROR), 0x0D, 0}};
  }};
  too_large.expect_no_alarm({"spdm/certificate/chain"});
  EXPECT_GT(refused, 0U);
}
void p20() {
  std::size_t errors = 0;
  Trial trial{.look = [&](const oracle::Step& step) {
    if (step.observation.answer != Answer::error(AnswerProtocol::SPDM, 0x06)) return;
    ++errors;
    const auto* l = std::get_if<device::SpdmLetter>(&step.letter.body);
    if (l == nullptr || l->letter.defect != D::none) return;  // a truncated record may as well be ignored
    for (const oracle::Belief& belief : step.after)
      EXPECT_EQ(belief.control.sessions[step.letter.session].state, spdm::SessionState::NONE)
          << "goes on after DecryptError";
  }};
  trial.expect_no_alarm({"secmsg/record", "spdm/life/bad-record"});
  EXPECT_GT(errors, 5U);
}
void p24() {
  std::size_t changed = 0;
  Trial slow{.between = [&](const Packet& request, const adapters::Responder& device) {
    auto answer = device(request);
    if (answer && answered(*answer, w::Code::CAPABILITIES)) ++changed, answer->payload[5] = 31;
    return answer;
  }};
  slow.expect_no_alarm({"spdm/capabilities/served", "spdm/algorithms/selection"});
  EXPECT_GT(changed, 0U);
}
void p25() {
  std::size_t zero = 0;
  const auto judge = [&](bool leaves_out) {
    Trial trial{.between = [&zero, leaves_out](const Packet& request, const adapters::Responder& device) {
      auto answer = device(request);
      if (!answer || !answered(*answer, w::Code::ALGORITHMS)) return answer;
      Bytes& message = answer->payload;
      const std::size_t tables = message.at(2), first = message.size() - 4 * tables;
      for (std::size_t at = first; at < message.size();) {
        const bool empty = number(message, at + 2, 2) == 0;
        zero += empty;
        if (!empty || !leaves_out) {
          at += 4;
          continue;
        }
        message.erase(message.begin() + static_cast<std::ptrdiff_t>(at),
                      message.begin() + static_cast<std::ptrdiff_t>(at + 4));
        --message[2];
        message[4] = static_cast<Byte>(message[4] - 4);
      }
      return answer;
    }};
    trial.device.mutual_authentication = false;
    trial.device.capabilities_left_out = w::capability::MUT_AUTH_CAP;
    trial.device.algorithms.requester_asym = 0;
    trial.expect_no_alarm({"spdm/algorithms/selection", "spdm/algorithms/served"});
  };
  judge(false);
  EXPECT_GT(zero, 0U) << "no table came back with 0";
  zero = 0;
  judge(true);
  EXPECT_GT(zero, 0U) << "there was none to leave out";
}

/// What the contents of a QUERY_RESP break.
static std::vector<wire::Finding> findings(const wire::ide_km::QUERY_RESP& response) {
  const wire::Context context{.spdm_version = w::VERSION_1_4};
  wire::ide_km::QUERY query;
  query.port_index = 1;
  const auto seen = [&](Role sender, const Bytes& bytes) {
    return spdm::Seen{.sender = sender, .bytes = bytes, .message = std::move(w::decode_spdm(bytes, context)->message)};
  };
  const device::Letter letter{0, device::IdeKmLetter{{.stimulus = ide_km::Stimulus::QUERY, .session = 0}, 0}};
  device::Store store(profile().shape, spdm::Conversation());
  const auto carried = [&](const auto& message, auto envelope) {
    return wire::encode(wire::wrap_inner<decltype(envelope)>(wire::AnyMessage(message), context), context);
  };
  return device::check_contents(store, letter, seen(Role::requester, carried(query, w::VENDOR_DEFINED_REQUEST{})),
                                seen(Role::responder, carried(response, w::VENDOR_DEFINED_RESPONSE{})));
}
static wire::ide_km::QUERY_RESP query_response() {
  wire::ide_km::QUERY_RESP response;
  response.port_index = response.max_port_index = 1;
  return response;
}
void p27() {
  auto response = query_response();
  response.bus_num = 0x17, response.dev_func_num = 0x28;
  EXPECT_TRUE(findings(response).empty());
  response.port_index = 0;
  EXPECT_FALSE(findings(response).empty()) << "another port than the one asked for is one";
}
void p28() {
  for (const Byte segment : {Byte{0}, Byte{1}, Byte{0xFF}}) {
    auto response = query_response();
    response.segment = segment;
    EXPECT_TRUE(findings(response).empty()) << int{segment};
  }
}
void p30() {
  for (const char* fault : {"ide-refused-key-taken", "ide-second-stream-stops-first", "ide-keys-survive-session"}) {
    Trial trial;
    trial.device.fault = fault;
    std::vector<const cases::Case*> selection;
    for (const cases::Case& test : cases::all_cases())
      if (test.id.starts_with("ide_km/")) selection.push_back(&test);
    const auto results = trial.run(selection).results;
    EXPECT_TRUE(std::any_of(results.begin(), results.end(), [](const auto& r) { return r.verdict == Verdict::fail; }))
        << fault;
  }
}

}  // namespace lockstep::false_alarm
