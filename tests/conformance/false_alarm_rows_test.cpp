// Every row of false_alarms.csv by its id: a correct device that behaves as the row says, or recorded traffic, must be
// no finding; and the device must really have behaved so, or nothing was shown.
#include "false_alarm_trial.hpp"
#include "requirements/catalogue.hpp"

namespace lockstep::false_alarm {
namespace {

// --- rows about a choice ---------------------------------------------------------------------------------------------

using Where = std::function<bool(const device::Control&, const device::Letter&)>;

Where spdm_letter(S stimulus, D defect = D::none) {
  return [=](const device::Control&, const device::Letter& letter) {
    const auto* l = std::get_if<device::SpdmLetter>(&letter.body);
    return l != nullptr && l->letter.stimulus == stimulus && l->letter.defect == defect;
  };
}
bool early(const device::Control& control, const device::Letter& letter) {
  return std::holds_alternative<device::SpdmLetter>(letter.body) && letter.session == device::NONE &&
         control.connection.state < spdm::ConnectionState::NEGOTIATED;
}
bool without_session(const device::Control&, const device::Letter& letter) {
  const bool inner = std::holds_alternative<device::TdispLetter>(letter.body) ||
                     std::holds_alternative<device::IdeKmLetter>(letter.body);
  return inner && letter.session == device::NONE;
}
bool stops_a_key(const device::Control&, const device::Letter& letter) {
  const auto* l = std::get_if<device::IdeKmLetter>(&letter.body);
  return l != nullptr && l->letter.stimulus == ide_km::Stimulus::K_SET_STOP;
}
bool locks_without_keys(const device::Control&, const device::Letter& letter) {
  const auto* l = std::get_if<device::TdispLetter>(&letter.body);
  return l != nullptr && l->letter.defect == tdisp::Defect::stream_not_keyed;
}

/// The device makes each of these choices wherever the row is about, and has had the occasion to.
void choices(const Where& where, const std::vector<Choice>& made, const std::vector<std::string>& patterns,
             Trial trial = {}) {
  for (const Choice choice : made) {
    std::size_t taken = 0;
    trial.device.choose = [&](const device::Control& control, const device::Letter& letter, const Options& permitted) {
      const auto is = [&](const Option& option) { return option.choice == choice; };
      if (!where(control, letter) || std::none_of(permitted.begin(), permitted.end(), is)) return Choice::as_specified;
      ++taken;
      return choice;
    };
    trial.expect_no_alarm(patterns);
    EXPECT_GT(taken, 0U) << name(choice) << " was never possible";
  }
}

void p01() {
  choices(spdm_letter(S::GET_VERSION, D::wrong_version), {Choice::other_code, Choice::discard}, {"spdm/version"});
}
void p02() {
  choices(early, {Choice::other_code}, {"spdm/order/*-too-early"});
  bool negotiated = false;
  std::size_t changed = 0;
  Trial old{.between = [&](const Packet& request, const adapters::Responder& device) {
    auto answer = device(request);
    if (!answer) return answer;
    if (answered(*answer, w::Code::VERSION)) negotiated = false;
    if (answered(*answer, w::Code::ALGORITHMS)) negotiated = true;
    if (negotiated || !answered(*answer, w::Code::ERROR) || answer->payload[0] == w::VERSION_1_0) return answer;
    answer->payload[0] = w::VERSION_1_0;
    ++changed;
    return answer;
  }};
  old.expect_no_alarm({"spdm/order/*-too-early"});
  EXPECT_GT(changed, 0U);
}
void p03() { choices(spdm_letter(S::FINISH), {Choice::other_code}, {"spdm/order/finish-outside-session"}); }
void p13() {
  Trial none;
  none.device.heartbeat_period = 0;
  choices(spdm_letter(S::HEARTBEAT), {Choice::serve, Choice::other_code, Choice::discard}, {"spdm/life/heartbeat"},
          none);
}
void p19() {
  choices(spdm_letter(S::KEY_UPDATE_VerifyNewKey), {Choice::serve}, {"spdm/life/verify-without-update"},
          {.worst = Verdict::warn});
}
void p21() { choices(spdm_letter(S::RECORD_UNOPENED), {Choice::discard}, {"secmsg/record", "spdm/life/bad-record"}); }
void p26() {
  choices(spdm_letter(S::GET_CAPABILITIES, D::identical_retry), {Choice::serve, Choice::as_specified},
          {"spdm/capabilities/identical-retry"});
}
void p29() { choices(stops_a_key, {Choice::spdm_error, Choice::discard}, {"ide_km/set-stop"}); }
void p31() { choices(locks_without_keys, {Choice::other_code}, {"tdisp/lock/without-keys"}, {.worst = Verdict::warn}); }
void p32() {
  choices(without_session, {Choice::other_code, Choice::discard}, {"ide_km/*/in-clear", "tdisp/states/*-in-the-clear"});
}

// --- the table -------------------------------------------------------------------------------------------------------

struct Row {
  std::string_view id;
  void (*test)();
  std::string_view why_not = {};  ///< where there is no test
};
constexpr Row ROWS[] = {
    {"P01", p01},
    {"P02", p02},
    {"P03", p03},
    {"P04", p04},
    {"P05", p05},
    {"P06", p06},
    {"P07", p07},
    {"P08", p08},
    {"P09", p09},
    {"P10", p10},
    {"P11", p11},
    {"P12", p12},
    {"P13", p13},
    {"P14", p14},
    {"P15", p15},
    {"P16", p16},
    {"P17", nullptr,
     "about the tester's own cryptography: tests/vectors checks those of a session (Ed25519) without its code"},
    {"P18", p18},
    {"P19", p19},
    {"P20", p20},
    {"P21", p21},
    {"P22", p22},
    {"P23", nullptr, "no case asks a device to install a certificate: it would keep it"},
    {"P24", p24},
    {"P25", p25},
    {"P26", p26},
    {"P27", p27},
    {"P28", p28},
    {"P29", p29},
    {"P30", p30},
    {"P31", p31},
    {"P32", p32},
};

TEST(FalseAlarmRows, EachHasATestOrAReason) {
  ASSERT_EQ(std::size(ROWS), false_alarms().size());
  for (std::size_t i = 0; i < std::size(ROWS); ++i) {
    EXPECT_EQ(ROWS[i].id, false_alarms()[i].id);
    EXPECT_NE(ROWS[i].test == nullptr, ROWS[i].why_not.empty()) << ROWS[i].id;
  }
}

class FalseAlarmRow : public testing::TestWithParam<Row> {};

TEST_P(FalseAlarmRow, IsNoFinding) {
  if (GetParam().test == nullptr) GTEST_SKIP() << GetParam().why_not;
  GetParam().test();
}
void PrintTo(const Row& row, std::ostream* out) { *out << row.id; }
INSTANTIATE_TEST_SUITE_P(All, FalseAlarmRow, testing::ValuesIn(ROWS),
                         [](const auto& row) { return std::string(row.param.id); });

}  // namespace
}  // namespace lockstep::false_alarm
