// What a TDI is free to do: step() with each choice, and options(), which names the choices that are permitted.
#include "machine/choices.hpp"

#include "tdisp/table.hpp"

namespace lockstep::tdisp {
namespace {

using machine::Leeway;
using wire::tdisp::ErrorCode;
using enum Choice;
constexpr auto tolerated = Tag::tolerated;
constexpr auto unclear = Tag::unclear;

// Where a device may depart from what is specified: by the rule of the row or refusal that applies. Two rules in a line
// differ where the choice is allowed by, or strains, another rule than the one that applies.
// Rules of which the catalogue says that only this answer passes (LOCK-002, LOCK-003, STATE-001, START-002, START-004)
// have no line here, or none that changes the answer.
constexpr Leeway LEEWAYS[] = {
    // Form.
    {"TDISP-HDR-013", other_code, unclear},
    {"TDISP-HDR-013", spdm_error, unclear},
    {"TDISP-HDR-013", discard, unclear},
    {"TDISP-HDR-017", other_code, tolerated},
    {"TDISP-HDR-017", spdm_error, tolerated},
    {"TDISP-HDR-017", discard, tolerated},
    {"TDISP-HDR-010", other_code, unclear},
    {"TDISP-HDR-010", spdm_error, unclear},
    {"TDISP-HDR-010", discard, unclear},
    {"TDISP-CAP-004", other_code, unclear},
    {"TDISP-CAP-004", spdm_error, unclear, "TDISP-HDR-010"},
    {"TDISP-CAP-004", discard, unclear, "TDISP-HDR-010"},
    {"TDISP-HDR-015", other_code, unclear},
    {"TDISP-HDR-015", spdm_error, unclear},
    {"TDISP-HDR-015", discard, unclear},
    {"TDISP-HDR-015", serve, unclear},
    {"TDISP-START-003", other_code, unclear, "TDISP-HDR-015"},
    {"TDISP-START-003", spdm_error, unclear, "TDISP-HDR-015"},
    {"TDISP-START-003", discard, unclear, "TDISP-HDR-015"},
    {"TDISP-HDR-016", serve, tolerated},
    {"TDISP-HDR-016", other_code, unclear},
    {"TDISP-HDR-016", spdm_error, unclear},
    {"TDISP-HDR-016", discard, unclear},

    // LOCK_INTERFACE_REQUEST.
    {"TDISP-LOCK-001", refuse, tolerated, "TDISP-LOCK-020", false},
    {"TDISP-LOCK-002", forgets, unclear, "TDISP-LOCK-005"},
    {"TDISP-LOCK-004", other_code, tolerated},
    {"TDISP-LOCK-006", other_code, unclear},  // false alarm P31
    {"TDISP-LOCK-008", other_code, tolerated},
    {"TDISP-LOCK-009", other_code, tolerated},
    {"TDISP-LOCK-010", other_code, tolerated},
    {"TDISP-LOCK-010", serve, unclear},
    {"TDISP-LOCK-012", other_code, tolerated},
    {"TDISP-LOCK-012", serve, unclear},
    {"TDISP-LOCK-013", other_code, unclear},
    {"TDISP-LOCK-013", serve, unclear},
    {"TDISP-LOCK-014", other_code, unclear},
    {"TDISP-LOCK-014", serve, tolerated},
    {"TDISP-LOCK-015", other_code, tolerated},
    {"TDISP-LOCK-015", serve, unclear},

    // START_INTERFACE_REQUEST and STOP_INTERFACE_REQUEST.
    {"TDISP-STATE-005", other_code, unclear, "TDISP-START-011"},
    {"TDISP-STATE-007", other_code, unclear, "TDISP-START-011"},
    {"TDISP-STATE-008", other_code, unclear, "TDISP-START-011"},
    {"TDISP-START-002", forgets, tolerated, "TDISP-START-009"},
    {"TDISP-START-004", forgets, tolerated, "TDISP-START-009"},
    {"TDISP-START-005", forgets, tolerated, "TDISP-START-009"},
    {"TDISP-START-005", other_code, tolerated},
    {"TDISP-START-009", other_code, tolerated},
    {"TDISP-START-012", other_code, tolerated},
    {"TDISP-START-012", spdm_error, unclear},
    {"TDISP-START-012", discard, unclear},
    {"TDISP-START-012", serve, unclear},
    {"TDISP-STATE-009", refuse, unclear},

    // GET_TDISP_VERSION and GET_DEVICE_INTERFACE_REPORT.
    {"TDISP-VER-003", forgets, unclear, "TDISP-VER-005"},
    {"TDISP-STATE-004", other_code, unclear},
    {"TDISP-RPT-005", other_code, tolerated},
    {"TDISP-RPT-005", serve, unclear},  // with an empty portion
    {"TDISP-RPT-006", other_code, unclear},
    {"TDISP-RPT-006", serve, tolerated},  // with an empty portion

    // Peer-to-peer, MMIO attributes, VDM, SET_TDISP_CONFIG: no source that binds.
    {"TDISP-STATE-019", refuse, unclear, {}, false},
    {"TDISP-STATE-023", refuse, unclear, {}, false},
    {"TDISP-STATE-027", refuse, unclear, {}, false},
    {"TDISP-STATE-020", other_code, tolerated},
    {"TDISP-STATE-024", other_code, tolerated},
    {"TDISP-STATE-028", other_code, tolerated},
    {"TDISP-P2P-011", other_code, tolerated},
    {"TDISP-P2P-011", refuse, tolerated, {}, false},
    {"TDISP-P2P-011", spdm_error, unclear},
    {"TDISP-P2P-011", serve, unclear},
    {"TDISP-P2P-013", other_code, unclear},
    {"TDISP-P2P-013", spdm_error, unclear},
    {"TDISP-P2P-013", discard, unclear},
    {"TDISP-P2P-013", serve, tolerated},
    {"TDISP-P2P-014", other_code, tolerated},
    {"TDISP-P2P-014", spdm_error, unclear},
    {"TDISP-P2P-014", discard, unclear},
    {"TDISP-P2P-014", serve, unclear},

    // Out of band.
    {"TDISP-OOB-022", no_effect, unclear},
    {"TDISP-OOB-037", no_effect, unclear},
    {"TDISP-OOB-038", spontaneous_error, tolerated},
    {"TDISP-LOCK-034", spontaneous_error, unclear},
    {"TDISP-TLP-001", spontaneous_error, tolerated},
};

/// Rules of which no row forbids more than a warning: the state and the contents of BIND, UNBIND and
/// SET_MMIO_ATTRIBUTE.
constexpr Rule OPEN_RULES[] = {
    "TDISP-STATE-017", "TDISP-STATE-018", "TDISP-STATE-020", "TDISP-STATE-021", "TDISP-STATE-022",
    "TDISP-STATE-024", "TDISP-STATE-025", "TDISP-STATE-026", "TDISP-STATE-028", "TDISP-P2P-001",
    "TDISP-P2P-002",   "TDISP-P2P-004",   "TDISP-P2P-006",   "TDISP-P2P-007",   "TDISP-P2P-012",
};
constexpr Leeway OPEN[] = {
    {{}, other_code, unclear}, {{}, spdm_error, unclear}, {{}, discard, unclear}, {{}, serve, unclear}};

Answer error(ErrorCode code) { return Answer::error(AnswerProtocol::TDISP, static_cast<std::uint32_t>(code)); }

/// The response to each request: its code without the high bit.
Answer response(const Letter& letter) {
  return Answer::response(AnswerProtocol::TDISP, static_cast<std::uint32_t>(letter.stimulus) + 1);
}

Outcome<Tdi> as_the_tables_say(const Tdi& tdi, const Letter& letter) {
  const Request request{letter, defect_in(tdi, letter)};
  if (const auto taken = take(tdi, request))
    return {taken->after, in_band(letter) ? response(letter) : Answer{}, taken->rule};
  const Refusal* refusal = refusal_of(tdi, request);
  LOCKSTEP_ASSERT(refusal != nullptr);
  return {tdi, error(refusal->error), refusal->rule};
}

Tdi happen(const Tdi& tdi, Stimulus stimulus) {
  const Letter letter{.stimulus = stimulus};
  return take(tdi, {letter, Defect::none})->after;
}

/// As if nothing were wrong with the request. Where no row serves it, only the answer is known.
Outcome<Tdi> served(const Tdi& tdi, const Letter& letter, Rule rule) {
  const auto taken = take(tdi, {letter, Defect::none});
  return {taken ? taken->after : tdi, response(letter), rule};
}

Outcome<Tdi> apply(const Tdi& tdi, const Letter& letter, Choice choice) {
  Outcome<Tdi> outcome = as_the_tables_say(tdi, letter);
  const bool refused = outcome.answer.is_refusal();
  const auto instead = [&](const Answer& answer) { return Outcome<Tdi>{tdi, answer, outcome.rule}; };
  switch (choice) {
    case busy:
      return instead(error(ErrorCode::BUSY));
    case other_code:
      return instead(refused ? Answer::error(AnswerProtocol::TDISP, Answer::ANY)
                             : error(ErrorCode::VENDOR_SPECIFIC_ERROR));
    case refuse:
      return instead(machine::leeway(LEEWAYS, outcome.rule, refuse) || (letter.defect != Defect::none && !refused)
                         ? Answer::error(AnswerProtocol::TDISP, Answer::ANY)
                         : error(ErrorCode::UNSPECIFIED));
    case spdm_error:
      return instead(Answer::error(AnswerProtocol::SPDM, Answer::ANY));
    case discard:
      return instead(Answer::silent());
    case no_effect:
      return instead(outcome.answer);
    case serve:
      return served(tdi, letter, outcome.rule);
    case forgets:
      outcome.after.nonce = false;
      return outcome;
    case unlocked:
      outcome.after = happen(outcome.after, Stimulus::SCRUBBED);
      return outcome;
    case spontaneous_error:
      return as_the_tables_say(happen(tdi, Stimulus::SECURITY_LOST), letter);
    case self_scrubbed:
      return as_the_tables_say(happen(tdi, Stimulus::SCRUBBED), letter);
    default:
      return outcome;
  }
}

/// A request that no row would serve in this state, whatever its contents.
bool wrong_state(const Tdi& tdi, const Letter& letter) { return !take(tdi, {letter, Defect::none}); }

class Finder {
 public:
  Finder(const Tdi& tdi, const Letter& letter)
      : tdi_(tdi), letter_(letter), specified_(as_the_tables_say(tdi, letter)) {
    options_.add({as_specified, Tag::expected, specified_.rule});
  }

  Options find() {
    for (const Leeway& leeway : LEEWAYS)
      if (leeway.applied == specified_.rule) offer(leeway);
    for (const Rule& rule : OPEN_RULES)
      if (rule == specified_.rule)
        for (const Leeway& leeway : OPEN) offer(leeway);
    if (in_band(letter_)) add_in_band();
    add_moves();
    return options_;
  }

 private:
  bool refused() const { return specified_.answer.is_refusal(); }

  void add_in_band() {
    if (refused()) {
      // State and contents both wrong: the state error is expected, another code warns. Form and state: no order at
      // all.
      if (letter_.defect == Defect::foreign_session && letter_.stimulus == Stimulus::LOCK_INTERFACE_REQUEST)
        offer({{}, other_code, tolerated, "TDISP-LOCK-036"});
      else if (letter_.defect != Defect::none && wrong_state(tdi_, letter_))
        offer({{}, other_code, unclear});
      if (!machine::offers(options_, other_code)) offer({{}, refuse, unclear, "TDISP-ERR-002", false});
    } else {
      // Read-only requests over another session, GET_TDISP_VERSION with an odd version: as well refused.
      if (letter_.defect == Defect::foreign_session) offer({{}, refuse, tolerated, "TDISP-START-012"});
      if (letter_.defect == Defect::wrong_version) offer({{}, refuse, tolerated, "TDISP-HDR-013"});
      offer({{}, refuse, tolerated, "TDISP-ERR-002", false});
      offer({{}, other_code, tolerated, "TDISP-ERR-003", false});
    }
    offer({{}, busy, tolerated, "TDISP-ERR-001", false});
  }

  /// What a TDI does by itself, and where a trigger may lead instead of ERROR.
  void add_moves() {
    if (secured(tdi_) && specified_.after.state == TdiState::ERROR) offer({{}, unlocked, tolerated});
    // A TDI may go to ERROR at any time. It is enough to say so with the request that shows it: saying it earlier would
    // let ERROR be entered and left unseen, and excuse a TDI that jumps from CONFIG_LOCKED to CONFIG_UNLOCKED.
    if (secured(tdi_) && in_band(letter_) && shows_error())
      offer({{}, spontaneous_error, tolerated, "TDISP-OOB-041", false});
    // LOCK served in ERROR is what TDISP-LOCK-004 forbids: leaving ERROR must show before.
    if (tdi_.state == TdiState::ERROR && apply(tdi_, letter_, self_scrubbed).after.state != TdiState::CONFIG_LOCKED)
      offer({{}, self_scrubbed, tolerated, "TDISP-OOB-039"});
  }
  bool shows_error() const {
    return letter_.stimulus == Stimulus::GET_DEVICE_INTERFACE_STATE ||
           apply(tdi_, letter_, spontaneous_error).answer != specified_.answer;
  }

  /// Adds a choice that is not there yet and that differs from what is specified.
  void offer(const Leeway& leeway) {
    if (machine::offers(options_, leeway.choice)) return;
    if (leeway.choice == serve && !servable()) return;
    const Outcome<Tdi> outcome = apply(tdi_, letter_, leeway.choice);
    if (outcome.after == specified_.after && outcome.answer == specified_.answer) return;
    const Rule rule = leeway.strains ? leeway.strains : specified_.rule;
    options_.add({leeway.choice, leeway.tag, rule, leeway.progress});
  }
  /// Only for optional requests do no failing rules say in which states they are served.
  bool servable() const {
    return refused() && (letter_.stimulus >= Stimulus::BIND_P2P_STREAM_REQUEST || !wrong_state(tdi_, letter_));
  }

  const Tdi& tdi_;
  const Letter& letter_;
  const Outcome<Tdi> specified_;
  Options options_;
};

}  // namespace

Options options(const Tdi& tdi, const Letter& letter) { return Finder(tdi, letter).find(); }

Outcome<Tdi> step(const Tdi& tdi, const Letter& letter, Choice choice) {
  LOCKSTEP_ASSERT(choice == as_specified || machine::offers(options(tdi, letter), choice));
  return apply(tdi, letter, choice);
}

}  // namespace lockstep::tdisp
