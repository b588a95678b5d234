#include "verify/device_laws.hpp"

namespace lockstep::verify::laws {
namespace {

/// Whatever else is wrong with the request.
bool carries_its_nonce(const Letter& letter) {
  using enum tdisp::Defect;
  const tdisp::Defect defect = tdisp_of(letter)->defect;
  return defect != too_short && defect != nonce_old && defect != nonce_of_another_tdi && defect != nonce_junk;
}

}  // namespace

void add_tdisp_states(std::vector<DeviceProperty>& all) {
  all.push_back({.name = "secured-tdi-has-its-session",
                 .statement = "A TDI is in CONFIG_LOCKED or RUN only while the session that locked it is established",
                 .rules = {"TDISP-OOB-009", "TDISP-OOB-011", "TDISP-OOB-012"},
                 .state =
                     [](const Control& c) {
                       return !any_tdi(c, [&](Byte i, const auto& tdi) {
                         return secured(tdi) && !alive(c, c.bindings[i].session);
                       });
                     },
                 .premise = [](const Control& c) { return some_tdi_is(c, TdiState::RUN); },
                 .mutant = "session-end-is-not-noticed"});
  all.push_back({.name = "secured-tdi-has-its-keys",
                 .statement =
                     "A TDI that needs IDE is in CONFIG_LOCKED or RUN only while its default stream has all keys, "
                     "programmed over the session that locked it",
                 .rules = {"TDISP-LOCK-006", "TDISP-LOCK-008", "TDISP-OOB-014"},
                 .state =
                     [](const Control& c) {
                       return !any_tdi(c, [&](Byte i, const auto& tdi) {
                         if (!secured(tdi)) return false;
                         if (c.bindings[i].stream == NONE) return true;
                         const Stream& stream = c.streams[c.bindings[i].stream];
                         return !stream.has_all_keys() || stream.owner != c.bindings[i].session;
                       });
                     },
                 .premise = [](const Control& c) { return some_tdi_is(c, TdiState::RUN); },
                 .mutant = "stream-loss-is-not-noticed",
                 .applies = needs_ide});
  all.push_back(
      {.name = "nonce-lives-in-config-locked",
       .statement = "A START_INTERFACE_NONCE is valid in CONFIG_LOCKED only",
       .rules = {"TDISP-START-009"},
       .state =
           [](const Control& c) {
             return !any_tdi(c,
                             [](Byte, const auto& tdi) { return tdi.nonce && tdi.state != TdiState::CONFIG_LOCKED; });
           },
       .premise = [](const Control& c) { return any_tdi(c, [](Byte, const auto& tdi) { return tdi.nonce; }); },
       .mutant = "start-keeps-the-nonce"});
  all.push_back({.name = "tdi-can-run",
                 .statement = "A TDI can come to RUN",
                 .rules = {"TDISP-START-001"},
                 .shape = Shape::sometimes,
                 .state = [](const Control& c) { return some_tdi_is(c, TdiState::RUN); },
                 .mutant = "start-is-always-refused"});
}

void add_tdisp_steps(std::vector<DeviceProperty>& all) {
  using enum tdisp::Stimulus;
  all.push_back({.name = "run-only-by-start",
                 .statement = "RUN is entered from CONFIG_LOCKED by START_INTERFACE_REQUEST with the current nonce, "
                              "whatever else is wrong with it",
                 .rules = {"TDISP-START-001", "TDISP-START-002", "TDISP-START-004", "TDISP-STATE-005"},
                 .shape = Shape::step,
                 .step =
                     [](const DeviceStep& s) {
                       if (!any_moves(s, TdiState::RUN)) return true;
                       const Byte tdi = tdi_of(s.letter);
                       return is(s.letter, START_INTERFACE_REQUEST) && carries_its_nonce(s.letter) && tdi != NONE &&
                              s.before.tdis[tdi].state == TdiState::CONFIG_LOCKED && s.before.tdis[tdi].nonce;
                     },
                 .step_premise = [](const DeviceStep& s) { return any_moves(s, TdiState::RUN); },
                 .mutant = "any-nonce-starts",
                 .only_changes = true});
  all.push_back({.name = "locked-only-by-lock",
                 .statement = "CONFIG_LOCKED is entered from CONFIG_UNLOCKED by LOCK_INTERFACE_REQUEST",
                 .rules = {"TDISP-LOCK-001", "TDISP-LOCK-003", "TDISP-LOCK-004"},
                 .shape = Shape::step,
                 .step =
                     [](const DeviceStep& s) {
                       if (!any_moves(s, TdiState::CONFIG_LOCKED)) return true;
                       const Byte tdi = tdi_of(s.letter);
                       return is(s.letter, LOCK_INTERFACE_REQUEST) && tdi != NONE &&
                              s.before.tdis[tdi].state == TdiState::CONFIG_UNLOCKED;
                     },
                 .step_premise = [](const DeviceStep& s) { return any_moves(s, TdiState::CONFIG_LOCKED); },
                 .mutant = "lock-in-error",
                 .only_changes = true});
  all.push_back(
      {.name = "what-endangers-a-tdi-moves-it-to-error",
       .statement = "A function-level reset, a change of a tracked register, the loss of its power state or of its "
                    "security moves a TDI from CONFIG_LOCKED or RUN to ERROR",
       .rules = {"TDISP-OOB-003", "TDISP-OOB-004", "TDISP-OOB-019", "TDISP-OOB-021", "TDISP-OOB-022", "TDISP-OOB-027",
                 "TDISP-OOB-037", "TDISP-OOB-041"},
       .shape = Shape::step,
       .step =
           [](const DeviceStep& s) {
             return !secured(s.before.tdis[tdi_of(s.letter)]) ||
                    s.after.tdis[tdi_of(s.letter)].state == TdiState::ERROR;
           },
       .step_premise = [](const DeviceStep& s) { return s.before.tdis[tdi_of(s.letter)].state == TdiState::RUN; },
       .mutant = "tracked-write-is-ignored",
       .concerns =
           [](const Letter& l) {
             return is(l, FUNCTION_LEVEL_RESET) || is(l, CONFIG_WRITE_TRACKED) || is(l, CONFIG_WRITE_SENSITIVE) ||
                    is(l, MEMORY_SPACE_OR_BUS_MASTER_CLEARED) || is(l, VF_DISABLED) || is(l, POWER_STATE_LOST) ||
                    is(l, SECURITY_LOST);
           },
       .as_specified = true});
  all.push_back({.name = "lock-is-served-once",
                 .statement = "LOCK_INTERFACE_REQUEST is answered with a nonce in CONFIG_UNLOCKED only",
                 .rules = {"TDISP-LOCK-002", "TDISP-LOCK-003", "TDISP-LOCK-004"},
                 .shape = Shape::step,
                 .step =
                     [](const DeviceStep& s) {
                       const Byte tdi = tdi_of(s.letter);
                       return tdi == NONE || s.before.tdis[tdi].state == TdiState::CONFIG_UNLOCKED ||
                              s.answer().kind != Answer::Kind::response;
                     },
                 .step_premise =
                     [](const DeviceStep& s) {
                       const Byte tdi = tdi_of(s.letter);
                       return tdi != NONE && s.before.tdis[tdi].state == TdiState::RUN && faultless(s.letter);
                     },
                 .mutant = "lock-is-served-again",
                 .concerns = one_of(LOCK_INTERFACE_REQUEST),
                 .as_specified = true});
  all.push_back(
      {.name = "error-is-left-to-unlocked",
       .statement = "From ERROR a TDI goes to CONFIG_UNLOCKED only: by STOP_INTERFACE_REQUEST, by a conventional "
                    "reset, or by itself",
       .rules = {"TDISP-OOB-039", "TDISP-STATE-012", "TDISP-OOB-006"},
       .shape = Shape::step,
       .step =
           [](const DeviceStep& s) {
             if (!any_leaves(s, TdiState::ERROR)) return true;
             const bool elsewhere = any_tdi(s.before, [&](Byte i, const auto& tdi) {
               return tdi.state == TdiState::ERROR && secured(s.after.tdis[i]);
             });
             if (elsewhere) return false;
             return is(s.letter, STOP_INTERFACE_REQUEST) || is(s.letter, SCRUBBED) ||
                    s.letter == Letter{NONE, DeviceEvent::CONVENTIONAL_RESET} || s.choice() == Choice::self_scrubbed;
           },
       .step_premise = [](const DeviceStep& s) { return any_leaves(s, TdiState::ERROR); },
       .mutant = "function-level-reset-clears-error",
       .only_changes = true});
  all.push_back({.name = "stop-unlocks",
                 .statement = "STOP_INTERFACE_REQUEST over an established session leads to CONFIG_UNLOCKED from "
                              "every state",
                 .rules = {"TDISP-STATE-010", "TDISP-STATE-011", "TDISP-STATE-012"},
                 .shape = Shape::step,
                 .step =
                     [](const DeviceStep& s) {
                       const Byte tdi = tdi_of(s.letter);
                       return tdi == NONE || !faultless(s.letter) || !alive(s.before, s.letter.session) ||
                              s.after.tdis[tdi].state == TdiState::CONFIG_UNLOCKED;
                     },
                 .step_premise =
                     [](const DeviceStep& s) {
                       const Byte tdi = tdi_of(s.letter);
                       return tdi != NONE && s.before.tdis[tdi].state == TdiState::RUN && faultless(s.letter);
                     },
                 .mutant = "stop-fails-in-run",
                 .concerns = one_of(STOP_INTERFACE_REQUEST),
                 .as_specified = true});
  all.push_back({.name = "report-only-when-secured",
                 .statement = "DEVICE_INTERFACE_REPORT is given in CONFIG_LOCKED and RUN only",
                 .rules = {"TDISP-STATE-001", "TDISP-STATE-004"},
                 .shape = Shape::step,
                 .step =
                     [](const DeviceStep& s) {
                       const Byte tdi = tdi_of(s.letter);
                       return tdi == NONE || secured(s.before.tdis[tdi]) || s.answer().kind != Answer::Kind::response;
                     },
                 .step_premise =
                     [](const DeviceStep& s) {
                       const Byte tdi = tdi_of(s.letter);
                       return tdi != NONE && s.before.tdis[tdi].state == TdiState::ERROR &&
                              alive(s.before, s.letter.session);
                     },
                 .mutant = "report-in-error",
                 .concerns = one_of(GET_DEVICE_INTERFACE_REPORT),
                 .as_specified = true});
}

}  // namespace lockstep::verify::laws
