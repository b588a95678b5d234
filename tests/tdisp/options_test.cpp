// What a device may choose, and above all what it must never choose: the lists are written by hand from the catalogue's
// failing rows and from the rules against false alarms.
#include <gtest/gtest.h>

#include "everything.hpp"
#include "machine/choices.hpp"
#include "requirements/catalogue.hpp"

namespace lockstep::tdisp {
namespace {

using enum Stimulus;

constexpr Tdi U{};
constexpr Tdi L{.state = TdiState::CONFIG_LOCKED, .nonce = true};
constexpr Tdi R{.state = TdiState::RUN, .bind_p2p = true};
constexpr Tdi E{.state = TdiState::ERROR};

struct Seen {
  Answer answer;
  TdiState state;
};
constexpr Answer rsp(std::uint32_t code) { return Answer::response(AnswerProtocol::TDISP, code); }
constexpr Answer err(std::uint32_t code) { return Answer::error(AnswerProtocol::TDISP, code); }

/// The best tag under which a device may answer so and be in that state afterwards; empty: it must not.
std::optional<Tag> permitted(const Tdi& tdi, const Letter& letter, const Seen& seen) {
  std::optional<Tag> best;
  for (const Option& option : options(tdi, letter)) {
    const Outcome<Tdi> outcome = step(tdi, letter, option.choice);
    if (outcome.answer.covers(seen.answer) && outcome.after.state == seen.state && (!best || option.tag < *best))
      best = option.tag;
  }
  return best;
}

struct Never {
  const char* what;
  Tdi from;
  Letter letter;
  Seen seen;
};

TEST(TdiOptions, what_failing_rules_forbid_is_never_permitted) {
  const Never nevers[] = {
      {"LOCK served in CONFIG_LOCKED (LOCK-002)", L, {LOCK_INTERFACE_REQUEST}, {rsp(3), TdiState::CONFIG_LOCKED}},
      {"LOCK served in RUN (LOCK-003)", R, {LOCK_INTERFACE_REQUEST}, {rsp(3), TdiState::CONFIG_LOCKED}},
      {"LOCK in RUN answered, RUN kept", R, {LOCK_INTERFACE_REQUEST}, {rsp(3), TdiState::RUN}},
      {"LOCK served in ERROR (LOCK-004)", E, {LOCK_INTERFACE_REQUEST}, {rsp(3), TdiState::CONFIG_LOCKED}},
      {"LOCK without keys (LOCK-006)",
       U,
       {LOCK_INTERFACE_REQUEST, Defect::stream_not_keyed},
       {rsp(3), TdiState::CONFIG_LOCKED}},
      {"LOCK with another session's keys (LOCK-008)",
       U,
       {LOCK_INTERFACE_REQUEST, Defect::stream_keyed_elsewhere},
       {rsp(3), TdiState::CONFIG_LOCKED}},
      {"a failed LOCK that locks (LOCK-022)",
       U,
       {LOCK_INTERFACE_REQUEST, Defect::stream_not_keyed},
       {err(1), TdiState::CONFIG_LOCKED}},
      {"START with the nonce of an old lock (START-004)",
       L,
       {START_INTERFACE_REQUEST, Defect::nonce_old},
       {rsp(6), TdiState::RUN}},
      {"START with a wrong nonce (START-003)",
       L,
       {START_INTERFACE_REQUEST, Defect::nonce_junk},
       {rsp(6), TdiState::RUN}},
      {"START with half a nonce (START-003)", L, {START_INTERFACE_REQUEST, Defect::too_short}, {rsp(6), TdiState::RUN}},
      {"START with another TDI's nonce (START-005)",
       L,
       {START_INTERFACE_REQUEST, Defect::nonce_of_another_tdi},
       {rsp(6), TdiState::RUN}},
      {"START in CONFIG_UNLOCKED (STATE-005)", U, {START_INTERFACE_REQUEST}, {rsp(6), TdiState::RUN}},
      {"START in RUN, nonce used again (STATE-007)", R, {START_INTERFACE_REQUEST}, {rsp(6), TdiState::RUN}},
      {"START in ERROR (STATE-008)", E, {START_INTERFACE_REQUEST}, {rsp(6), TdiState::RUN}},
      {"too long START in CONFIG_UNLOCKED", U, {START_INTERFACE_REQUEST, Defect::too_long}, {rsp(6), TdiState::RUN}},
      {"too long START answered in CONFIG_UNLOCKED",
       U,
       {START_INTERFACE_REQUEST, Defect::too_long},
       {rsp(6), TdiState::CONFIG_UNLOCKED}},
      {"report in CONFIG_UNLOCKED (STATE-001)", U, {GET_DEVICE_INTERFACE_REPORT}, {rsp(4), TdiState::CONFIG_UNLOCKED}},
      {"report in ERROR (STATE-004)", E, {GET_DEVICE_INTERFACE_REPORT}, {rsp(4), TdiState::ERROR}},
      {"STOP that does not stop (STOP-001)", R, {STOP_INTERFACE_REQUEST}, {rsp(7), TdiState::RUN}},
      {"STOP refused in CONFIG_LOCKED (STATE-010)", L, {STOP_INTERFACE_REQUEST}, {err(4), TdiState::CONFIG_LOCKED}},
      {"version request that unlocks (VER-004)", L, {GET_TDISP_VERSION}, {rsp(1), TdiState::CONFIG_UNLOCKED}},
      {"wrong version served (HDR-013)",
       U,
       {GET_DEVICE_INTERFACE_STATE, Defect::wrong_version},
       {rsp(5), TdiState::CONFIG_UNLOCKED}},
      {"unadvertised request served (CAP-004)",
       R,
       {BIND_P2P_STREAM_REQUEST, Defect::not_supported},
       {rsp(8), TdiState::RUN}},
      {"FLR that keeps RUN (OOB-004)", R, {FUNCTION_LEVEL_RESET}, {{}, TdiState::RUN}},
      {"session end that keeps CONFIG_LOCKED (OOB-009)", L, {SESSION_ENDED}, {{}, TdiState::CONFIG_LOCKED}},
      {"Insecure stream that keeps RUN (OOB-014)", R, {STREAM_INSECURE}, {{}, TdiState::RUN}},
      {"BAR change that keeps RUN (OOB-021)", R, {CONFIG_WRITE_TRACKED}, {{}, TdiState::RUN}},
      {"reset that keeps ERROR (OOB-001)", E, {CONVENTIONAL_RESET}, {{}, TdiState::ERROR}},
      {"refresh that unlocks (OOB-017)", R, {KEYS_REFRESHED}, {{}, TdiState::CONFIG_UNLOCKED}},
      {"wrong nonce called a wrong state (START-002)",
       L,
       {START_INTERFACE_REQUEST, Defect::nonce_junk},
       {err(4), TdiState::CONFIG_LOCKED}},
      {"second LOCK called a wrong nonce (LOCK-002)",
       L,
       {LOCK_INTERFACE_REQUEST},
       {err(0x102), TdiState::CONFIG_LOCKED}},
  };
  for (const Never& never : nevers)
    EXPECT_EQ(permitted(never.from, never.letter, never.seen), std::nullopt) << never.what;
}

struct Allowed {
  const char* why;
  Tdi from;
  Letter letter;
  Seen seen;
  Tag tag;
};

TEST(TdiOptions, what_correct_devices_do_is_permitted) {
  const Answer unspecified = err(5), busy = err(3);
  const Answer spdm = Answer::error(AnswerProtocol::SPDM, 7);
  const Allowed alloweds[] = {
      {"P31", U, {LOCK_INTERFACE_REQUEST, Defect::stream_not_keyed}, {err(0x104), U.state}, Tag::unclear},
      {"P31", U, {LOCK_INTERFACE_REQUEST, Defect::stream_not_keyed}, {unspecified, U.state}, Tag::unclear},
      {"LOCK-008: any code",
       U,
       {LOCK_INTERFACE_REQUEST, Defect::stream_keyed_elsewhere},
       {err(0x104), U.state},
       Tag::tolerated},
      {"LOCK-020", U, {LOCK_INTERFACE_REQUEST}, {err(0x104), U.state}, Tag::tolerated},
      {"entropy", U, {LOCK_INTERFACE_REQUEST}, {err(0x103), U.state}, Tag::tolerated},
      {"LOCK-010", U, {LOCK_INTERFACE_REQUEST, Defect::stream_unknown}, {rsp(3), L.state}, Tag::unclear},
      {"LOCK-014", U, {LOCK_INTERFACE_REQUEST, Defect::flags_reserved}, {rsp(3), L.state}, Tag::tolerated},
      {"BUSY", R, {GET_DEVICE_INTERFACE_STATE}, {busy, R.state}, Tag::tolerated},
      {"order of checks", L, {LOCK_INTERFACE_REQUEST, Defect::flags_unsupported}, {err(1), L.state}, Tag::unclear},
      {"START-011", U, {START_INTERFACE_REQUEST}, {err(0x102), U.state}, Tag::unclear},
      {"LOCK-036", L, {LOCK_INTERFACE_REQUEST, Defect::foreign_session}, {err(1), L.state}, Tag::tolerated},
      {"START-012", L, {START_INTERFACE_REQUEST, Defect::foreign_session}, {rsp(6), R.state}, Tag::unclear},
      {"read over another session",
       L,
       {GET_DEVICE_INTERFACE_REPORT, Defect::foreign_session},
       {err(1), L.state},
       Tag::tolerated},
      {"STATE-009", U, {STOP_INTERFACE_REQUEST}, {err(4), U.state}, Tag::unclear},
      {"RPT-006", L, {GET_DEVICE_INTERFACE_REPORT, Defect::length_zero}, {rsp(4), L.state}, Tag::tolerated},
      {"HDR-016", L, {START_INTERFACE_REQUEST, Defect::too_long}, {rsp(6), R.state}, Tag::tolerated},
      {"HDR-013", L, {STOP_INTERFACE_REQUEST, Defect::wrong_version}, {spdm, L.state}, Tag::unclear},
      {"HDR-010", U, {UNKNOWN_REQUEST}, {spdm, U.state}, Tag::unclear},
      {"warn rows only", U, {BIND_P2P_STREAM_REQUEST}, {rsp(8), U.state}, Tag::unclear},
      {"P2P-013", U, {SET_TDISP_CONFIG_REQUEST}, {rsp(0xC), U.state}, Tag::tolerated},
      {"spontaneous", L, {GET_DEVICE_INTERFACE_STATE}, {rsp(5), E.state}, Tag::tolerated},
      {"spontaneous", L, {START_INTERFACE_REQUEST}, {err(4), E.state}, Tag::tolerated},
      {"scrubbed by itself", E, {GET_DEVICE_INTERFACE_STATE}, {rsp(5), U.state}, Tag::tolerated},
      {"after a trigger", R, {FUNCTION_LEVEL_RESET}, {{}, U.state}, Tag::tolerated},
      {"after a trigger", L, {SESSION_ENDED}, {{}, U.state}, Tag::tolerated},
      {"OOB-022", L, {CONFIG_WRITE_SENSITIVE}, {{}, L.state}, Tag::unclear},
      {"OOB-037", R, {POWER_STATE_LOST}, {{}, R.state}, Tag::unclear},
      {"OOB-038", R, {CONFIG_WRITE_UNDECIDED}, {{}, E.state}, Tag::tolerated},
      {"TLP-001", R, {TLP_REJECTED}, {{}, E.state}, Tag::tolerated},
  };
  for (const Allowed& allowed : alloweds)
    EXPECT_EQ(permitted(allowed.from, allowed.letter, allowed.seen), allowed.tag)
        << allowed.why << ": " << allowed.from << " on " << allowed.letter;
}

TEST(TdiOptions, the_first_is_as_specified_and_the_only_expected_one) {
  for (const Tdi& tdi : all_controls())
    for (const Letter& letter : all_letters()) {
      const Options choices = options(tdi, letter);
      EXPECT_EQ(choices[0].choice, Choice::as_specified);
      for (const Option& option : choices)
        EXPECT_EQ(option.tag == Tag::expected, option.choice == Choice::as_specified) << tdi << " on " << letter;
    }
}

TEST(TdiOptions, no_choice_is_offered_twice_or_without_a_difference) {
  for (const Tdi& tdi : all_controls())
    for (const Letter& letter : all_letters()) {
      const Options choices = options(tdi, letter);
      const Outcome<Tdi> specified = step(tdi, letter);
      for (std::size_t i = 1; i < choices.size(); ++i) {
        const Outcome<Tdi> outcome = step(tdi, letter, choices[i].choice);
        EXPECT_FALSE(outcome.after == specified.after && outcome.answer == specified.answer)
            << tdi << " on " << letter << ": " << name(choices[i].choice);
        for (std::size_t j = 0; j < i; ++j) EXPECT_NE(choices[i].choice, choices[j].choice);
      }
    }
}

TEST(TdiOptions, a_served_request_may_also_meet_a_busy_device_but_that_is_no_progress) {
  for (const Letter& letter : all_letters()) {
    const Options choices = options(L, letter);
    EXPECT_EQ(machine::offers(choices, Choice::busy), letter.stimulus < FIRST_OUT_OF_BAND);
    for (const Option& option : choices)
      if (option.choice == Choice::busy) {
        EXPECT_FALSE(option.progress) << letter;
      }
  }
}

TEST(TdiOptions, an_unclear_choice_never_lets_a_failing_rule_through_unnoticed) {
  // Where an unclear choice strains a failing rule, the catalogue says of that rule that such an answer warns.
  const std::string_view warns_in_its_text[] = {
      "TDISP-LOCK-006",  "TDISP-HDR-010",   "TDISP-HDR-013",   "TDISP-CAP-004",  "TDISP-STATE-004",
      "TDISP-STATE-005", "TDISP-STATE-007", "TDISP-STATE-008", "TDISP-LOCK-002", "TDISP-LOCK-003",
      "TDISP-LOCK-004",  "TDISP-STATE-001", "TDISP-RPT-005",
  };
  for (const Tdi& tdi : all_controls())
    for (const Letter& letter : all_letters())
      for (const Option& option : options(tdi, letter)) {
        if (option.tag != Tag::unclear || option.rule.requirement().on_breach == OnBreach::warn) continue;
        EXPECT_NE(std::find(std::begin(warns_in_its_text), std::end(warns_in_its_text), option.rule.id()),
                  std::end(warns_in_its_text))
            << tdi << " on " << letter << ": " << name(option.choice) << " strains " << option.rule.id();
      }
}

}  // namespace
}  // namespace lockstep::tdisp
