// The TDI machine against a table that was written down by hand from public descriptions of PCIe Base 6.x chapter 11.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "everything.hpp"

namespace lockstep::tdisp {
namespace {

using enum Stimulus;

constexpr Tdi U{};
constexpr Tdi L{.state = TdiState::CONFIG_LOCKED, .nonce = true};
constexpr Tdi R{.state = TdiState::RUN, .bind_p2p = true, .p2p_bound = true};
constexpr Tdi E{.state = TdiState::ERROR};
constexpr Tdi FROM[] = {U, L, R, E};

/// "rsp/L": the response and CONFIG_LOCKED; "4/U": TDISP_ERROR 0x0004 and CONFIG_UNLOCKED; "-/E": no answer and ERROR.
std::string summary(const Outcome<Tdi>& outcome) {
  char answer[16] = "rsp";
  if (outcome.answer.kind == Answer::Kind::error) std::snprintf(answer, sizeof answer, "%x", outcome.answer.code);
  if (outcome.answer.kind == Answer::Kind::none) std::snprintf(answer, sizeof answer, "-");
  return std::string(answer) + "/" + "ULRE"[static_cast<int>(outcome.after.state)];
}

struct Line {
  Letter letter;
  const char* expected[4];  // from CONFIG_UNLOCKED, CONFIG_LOCKED, RUN, ERROR
};

// clang-format off
const Line IN_BAND[] = {
    {{GET_TDISP_VERSION},                                          {"rsp/U", "rsp/L", "rsp/R", "rsp/E"}},
    {{GET_TDISP_CAPABILITIES},                                     {"rsp/U", "rsp/L", "rsp/R", "rsp/E"}},
    {{LOCK_INTERFACE_REQUEST},                                     {"rsp/L", "4/L",   "4/R",   "4/E"}},
    {{LOCK_INTERFACE_REQUEST, Defect::stream_not_keyed},           {"1/U",   "4/L",   "4/R",   "4/E"}},
    {{LOCK_INTERFACE_REQUEST, Defect::stream_keyed_elsewhere},     {"1/U",   "4/L",   "4/R",   "4/E"}},
    {{LOCK_INTERFACE_REQUEST, Defect::stream_not_tc0},             {"1/U",   "4/L",   "4/R",   "4/E"}},
    {{LOCK_INTERFACE_REQUEST, Defect::stream_unknown},             {"1/U",   "4/L",   "4/R",   "4/E"}},
    {{LOCK_INTERFACE_REQUEST, Defect::stream_ambiguous},           {"1/U",   "4/L",   "4/R",   "4/E"}},
    {{LOCK_INTERFACE_REQUEST, Defect::flags_unsupported},          {"1/U",   "4/L",   "4/R",   "4/E"}},
    {{LOCK_INTERFACE_REQUEST, Defect::device_configuration},       {"104/U", "4/L",   "4/R",   "4/E"}},
    {{GET_DEVICE_INTERFACE_REPORT},                                {"4/U",   "rsp/L", "rsp/R", "4/E"}},
    {{GET_DEVICE_INTERFACE_REPORT, Defect::offset_beyond_report},  {"4/U",   "1/L",   "1/R",   "4/E"}},
    {{GET_DEVICE_INTERFACE_REPORT, Defect::length_zero},           {"4/U",   "1/L",   "1/R",   "4/E"}},
    {{GET_DEVICE_INTERFACE_STATE},                                 {"rsp/U", "rsp/L", "rsp/R", "rsp/E"}},
    {{START_INTERFACE_REQUEST},                                    {"4/U",   "rsp/R", "4/R",   "4/E"}},
    {{START_INTERFACE_REQUEST, Defect::nonce_junk},                {"4/U",   "102/L", "4/R",   "4/E"}},
    {{START_INTERFACE_REQUEST, Defect::nonce_old},                 {"4/U",   "102/L", "4/R",   "4/E"}},
    {{START_INTERFACE_REQUEST, Defect::nonce_of_another_tdi},      {"4/U",   "102/L", "4/R",   "4/E"}},
    {{START_INTERFACE_REQUEST, Defect::foreign_session},           {"4/U",   "1/L",   "4/R",   "4/E"}},
    {{STOP_INTERFACE_REQUEST},                                     {"rsp/U", "rsp/U", "rsp/U", "rsp/U"}},
    {{BIND_P2P_STREAM_REQUEST},                                    {"4/U",   "4/L",   "rsp/R", "4/E"}},
    {{BIND_P2P_STREAM_REQUEST, Defect::stream_not_keyed},          {"4/U",   "4/L",   "1/R",   "4/E"}},
    {{BIND_P2P_STREAM_REQUEST, Defect::not_supported},             {"7/U",   "7/L",   "7/R",   "7/E"}},
    {{UNBIND_P2P_STREAM_REQUEST},                                  {"4/U",   "4/L",   "rsp/R", "4/E"}},
    {{UNBIND_P2P_STREAM_REQUEST, Defect::not_supported},           {"7/U",   "7/L",   "7/R",   "7/E"}},
    {{SET_MMIO_ATTRIBUTE_REQUEST},                                 {"4/U",   "4/L",   "rsp/R", "4/E"}},
    {{SET_MMIO_ATTRIBUTE_REQUEST, Defect::range_not_updatable},    {"4/U",   "4/L",   "1/R",   "4/E"}},
    {{SET_MMIO_ATTRIBUTE_REQUEST, Defect::range_unknown},          {"4/U",   "4/L",   "1/R",   "4/E"}},
    {{SET_MMIO_ATTRIBUTE_REQUEST, Defect::not_supported},          {"7/U",   "7/L",   "7/R",   "7/E"}},
    {{VDM_REQUEST},                                                {"rsp/U", "rsp/L", "rsp/R", "rsp/E"}},
    {{SET_TDISP_CONFIG_REQUEST},                                   {"7/U",   "7/L",   "7/R",   "7/E"}},
    {{UNKNOWN_REQUEST},                                            {"7/U",   "7/L",   "7/R",   "7/E"}},
    {{GET_DEVICE_INTERFACE_STATE, Defect::wrong_version},          {"41/U",  "41/L",  "41/R",  "41/E"}},
    {{LOCK_INTERFACE_REQUEST, Defect::wrong_version},              {"41/U",  "41/L",  "41/R",  "41/E"}},
    {{STOP_INTERFACE_REQUEST, Defect::too_short},                  {"1/U",   "1/L",   "1/R",   "1/E"}},
    {{START_INTERFACE_REQUEST, Defect::too_short},                 {"1/U",   "1/L",   "1/R",   "1/E"}},
    {{LOCK_INTERFACE_REQUEST, Defect::too_long},                   {"1/U",   "1/L",   "1/R",   "1/E"}},
};
const Line OUT_OF_BAND[] = {
    {{CONVENTIONAL_RESET},                                         {"-/U",   "-/U",   "-/U",   "-/U"}},
    {{FUNCTION_LEVEL_RESET},                                       {"-/U",   "-/E",   "-/E",   "-/E"}},
    {{SESSION_ENDED},                                              {"-/U",   "-/E",   "-/E",   "-/E"}},
    {{STREAM_INSECURE},                                            {"-/U",   "-/E",   "-/E",   "-/E"}},
    {{KEYS_REFRESHED},                                             {"-/U",   "-/L",   "-/R",   "-/E"}},
    {{CONFIG_WRITE_TRACKED},                                       {"-/U",   "-/E",   "-/E",   "-/E"}},
    {{CONFIG_WRITE_SENSITIVE},                                     {"-/U",   "-/E",   "-/E",   "-/E"}},
    {{CONFIG_WRITE_UNDECIDED},                                     {"-/U",   "-/L",   "-/R",   "-/E"}},
    {{CONFIG_WRITE_HARMLESS},                                      {"-/U",   "-/L",   "-/R",   "-/E"}},
    {{MEMORY_SPACE_OR_BUS_MASTER_CLEARED},                         {"-/U",   "-/E",   "-/E",   "-/E"}},
    {{VF_DISABLED},                                                {"-/U",   "-/E",   "-/E",   "-/E"}},
    {{POWER_STATE_LOST},                                           {"-/U",   "-/E",   "-/E",   "-/E"}},
    {{FIRMWARE_UPDATE},                                            {"-/U",   "-/L",   "-/R",   "-/E"}},
    {{SECURITY_LOST},                                              {"-/U",   "-/E",   "-/E",   "-/E"}},
    {{TLP_REJECTED},                                               {"-/U",   "-/L",   "-/R",   "-/E"}},
    {{SCRUBBED},                                                   {"-/U",   "-/L",   "-/R",   "-/U"}},
};
// clang-format on

void expect_lines(std::span<const Line> lines) {
  for (const Line& line : lines)
    for (int from = 0; from < 4; ++from)
      EXPECT_EQ(summary(step(FROM[from], line.letter)), line.expected[from]) << FROM[from] << " on " << line.letter;
}

TEST(Tdi, answers_every_request_as_the_table_by_hand_says) { expect_lines(IN_BAND); }
TEST(Tdi, follows_every_event_as_the_table_by_hand_says) { expect_lines(OUT_OF_BAND); }

TEST(Tdi, the_table_by_hand_names_every_stimulus) {
  std::set<Stimulus> named;
  for (const Line& line : IN_BAND) named.insert(line.letter.stimulus);
  for (const Line& line : OUT_OF_BAND) named.insert(line.letter.stimulus);
  EXPECT_EQ(named.size(), STIMULI);
}

TEST(Tdi, response_codes_are_the_request_codes_without_the_high_bit) {
  const auto code = [](const Tdi& tdi, Stimulus stimulus) { return step(tdi, {stimulus}).answer.code; };
  EXPECT_EQ(code(U, GET_TDISP_VERSION), 0x01U);
  EXPECT_EQ(code(U, LOCK_INTERFACE_REQUEST), 0x03U);
  EXPECT_EQ(code(L, START_INTERFACE_REQUEST), 0x06U);
  EXPECT_EQ(code(R, SET_MMIO_ATTRIBUTE_REQUEST), 0x0AU);
  EXPECT_EQ(code(R, VDM_REQUEST), 0x0BU);
}

TEST(Tdi, exactly_one_row_or_refusal_answers_each_letter_in_each_state) {
  std::size_t walked = 0;
  for (const Tdi& tdi : all_controls())
    for (const Letter& letter : all_letters()) {
      const Answering found = answering(tdi, letter);
      EXPECT_EQ(found.rows + (found.refusal ? 1 : 0), 1U) << tdi << " on " << letter;
      ++walked;
    }
  EXPECT_GT(walked, 32U * 80U);
}

TEST(Tdi, every_row_and_every_refusal_answers_something) {
  std::set<std::string_view> seen;
  for (const Tdi& tdi : all_controls())
    for (const Letter& letter : all_letters()) seen.insert(step(tdi, letter).rule.id());
  for (const machine::RowText& row : rows()) EXPECT_TRUE(seen.contains(row.rule)) << row.rule << " " << row.stimulus;
  for (const Refusal& refusal : refusals()) EXPECT_TRUE(seen.contains(refusal.rule.id())) << refusal.rule.id();
}

TEST(Tdi, nonce_and_peer_to_peer_flag_live_from_lock_to_release) {
  const Tdi locked = step(U, {LOCK_INTERFACE_REQUEST, Defect::none, true}).after;
  EXPECT_EQ(locked, (Tdi{TdiState::CONFIG_LOCKED, true, true, false}));
  const Tdi running = step(locked, {START_INTERFACE_REQUEST}).after;
  EXPECT_EQ(running, (Tdi{TdiState::RUN, false, true, false}));
  const Tdi bound = step(running, {BIND_P2P_STREAM_REQUEST}).after;
  EXPECT_EQ(bound, (Tdi{TdiState::RUN, false, true, true}));
  EXPECT_EQ(step(bound, {UNBIND_P2P_STREAM_REQUEST}).after, running);
  EXPECT_EQ(step(bound, {STOP_INTERFACE_REQUEST}).after, U);
  EXPECT_EQ(step(bound, {SESSION_ENDED}).after, E);
}

TEST(Tdi, what_the_control_data_know_counts_without_the_letter_saying_it) {
  const Tdi plain{.state = TdiState::RUN};
  EXPECT_EQ(summary(step(plain, {BIND_P2P_STREAM_REQUEST})), "1/R");
  EXPECT_EQ(summary(step(plain, {UNBIND_P2P_STREAM_REQUEST})), "1/R");
  const Tdi nonce_dropped{.state = TdiState::CONFIG_LOCKED};
  EXPECT_EQ(summary(step(nonce_dropped, {START_INTERFACE_REQUEST})), "102/L");
}

TEST(Tdi, tables_as_text_name_states_and_rules) {
  const std::string markdown = as_markdown(state_table());
  EXPECT_NE(
      markdown.find(
          "| TDISP-LOCK-001 | CONFIG_UNLOCKED | LOCK_INTERFACE_REQUEST | Correct | CONFIG_LOCKED | CreateNonce |"),
      std::string::npos);
  EXPECT_NE(
      markdown.find("| TDISP-LOCK-003 | RUN | LOCK_INTERFACE_REQUEST | any | TDISP_ERROR INVALID_INTERFACE_STATE |"),
      std::string::npos);
  const std::string dot = as_dot(state_table());
  EXPECT_NE(dot.find("CONFIG_LOCKED -> RUN [label=\"START_INTERFACE_REQUEST\"]"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::tdisp
