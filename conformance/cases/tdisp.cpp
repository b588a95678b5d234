// TDISP: what each request does, and what must be refused (PCIe Base 6.x chapter 11).
#include "cases/steps.hpp"

namespace lockstep::cases {
namespace {

using D = tdisp::Defect;
using S = tdisp::Stimulus;
Step t(S stimulus, D defect = D::none, Via via = Via::session) { return tdisp_step(stimulus, defect, via); }
Step k(ide_km::Stimulus stimulus, ide_km::Slot slot = {}) { return ide_km_step(stimulus, slot); }

Step elsewhere(Step step) { return to_tdi(device::NONE, std::move(step)); }

std::vector<Step> then(std::vector<Step> first, std::vector<Step> more) {
  for (Step& step : more) first.push_back(std::move(step));
  return first;
}

/// Keys for five of the six slots: completions towards the host are left without one.
std::vector<Step> five_keys() {
  std::vector<Step> steps;
  for (const auto& slot : slots(false))
    if (!(slot.tx && slot.sub_stream == 2)) steps.push_back(k(ide_km::Stimulus::KEY_PROG, slot));
  return steps;
}

const std::vector<Needs> tdisp_only = {Needs::tdisp};
const std::vector<Needs> with_ide = {Needs::tdisp, Needs::ide_km};

// clang-format off
std::vector<Case> version_and_capabilities() { return {
  {.id = "tdisp/version/list", .about = "GET_TDISP_VERSION lists 1.0.",
   .asks = {"TDISP-VER-001", "TDISP-VER-002", "TDISP-VER-008", "TDISP-HDR-001", "TDISP-HDR-003", "TDISP-HDR-004", "TDISP-HDR-005"},
   .needs = tdisp_only, .steps = {t(S::GET_TDISP_VERSION)}},
  {.id = "tdisp/version/keeps-locked", .about = "GET_TDISP_VERSION in CONFIG_LOCKED leaves the TDI locked.",
   .asks = {"TDISP-VER-004"}, .given = Given::tdi_locked, .needs = tdisp_only, .steps = {t(S::GET_TDISP_VERSION)}},
  {.id = "tdisp/version/keeps-run", .about = "GET_TDISP_VERSION in RUN leaves the TDI running.",
   .asks = {"TDISP-VER-004"}, .given = Given::tdi_run, .needs = tdisp_only, .steps = {t(S::GET_TDISP_VERSION)}},
  {.id = "tdisp/version/keeps-nonce", .about = "GET_TDISP_VERSION between LOCK and START does not spend the nonce.",
   .asks = {"TDISP-VER-005"}, .given = Given::tdi_locked, .needs = tdisp_only,
   .steps = {t(S::GET_TDISP_VERSION), t(S::START_INTERFACE_REQUEST)}},
  {.id = "tdisp/capabilities/contents", .about = "TDISP_CAPABILITIES follows the rules for its fields.",
   .asks = {"TDISP-CAP-003", "TDISP-CAP-001", "TDISP-CAP-002", "TDISP-CAP-005", "TDISP-CAP-006", "TDISP-CAP-007", "TDISP-CAP-009", "TDISP-CAP-010"},
   .needs = tdisp_only, .steps = {t(S::GET_TDISP_CAPABILITIES)}},
  {.id = "tdisp/capabilities/keeps-run", .about = "GET_TDISP_CAPABILITIES does not change the state.",
   .asks = {"TDISP-CAP-012"}, .given = Given::tdi_run, .needs = tdisp_only, .steps = {t(S::GET_TDISP_CAPABILITIES)}},
};}

std::vector<Case> lock() { return {
  {.id = "tdisp/lock/served", .about = "LOCK with a keyed default stream moves to CONFIG_LOCKED.",
   .asks = {"TDISP-LOCK-001"}, .given = Given::secure, .needs = tdisp_only, .steps = {t(S::LOCK_INTERFACE_REQUEST)}},
  {.id = "tdisp/lock/in-locked", .about = "LOCK in CONFIG_LOCKED is refused.",
   .asks = {"TDISP-LOCK-002"}, .given = Given::tdi_locked, .needs = tdisp_only, .steps = {t(S::LOCK_INTERFACE_REQUEST)}},
  {.id = "tdisp/lock/in-run", .about = "LOCK in RUN is refused.",
   .asks = {"TDISP-LOCK-003"}, .given = Given::tdi_run, .needs = tdisp_only, .steps = {t(S::LOCK_INTERFACE_REQUEST)}},
  {.id = "tdisp/lock/in-error", .about = "LOCK in ERROR is refused.",
   .asks = {"TDISP-LOCK-004"}, .given = Given::tdi_error, .needs = tdisp_only, .steps = {t(S::LOCK_INTERFACE_REQUEST)}},
  {.id = "tdisp/lock/refused-lock-keeps-nonce", .about = "A LOCK refused in CONFIG_LOCKED does not replace the nonce.",
   .asks = {"TDISP-LOCK-005"}, .given = Given::tdi_locked, .needs = tdisp_only,
   .steps = {t(S::LOCK_INTERFACE_REQUEST), t(S::START_INTERFACE_REQUEST)}},
  {.id = "tdisp/lock/without-keys", .about = "LOCK before any key is programmed is refused.",
   .asks = {"TDISP-LOCK-007"}, .given = Given::established, .needs = with_ide, .steps = {t(S::LOCK_INTERFACE_REQUEST, D::stream_not_keyed)}},
  {.id = "tdisp/lock/partly-keyed", .about = "LOCK with one sub-stream without a key is refused.",
   .asks = {"TDISP-LOCK-006"}, .given = Given::established, .needs = with_ide,
   .steps = then(five_keys(), {t(S::LOCK_INTERFACE_REQUEST, D::stream_not_keyed)})},
  {.id = "tdisp/lock/foreign-keys", .about = "LOCK over another session than the one that programmed the keys is refused.",
   .asks = {"TDISP-LOCK-008"}, .given = Given::secure, .needs = with_ide,
   .steps = {t(S::LOCK_INTERFACE_REQUEST, D::stream_keyed_elsewhere, Via::second_session)}},
  {.id = "tdisp/lock/unknown-stream", .about = "LOCK with a Stream ID that the device does not have is refused.",
   .asks = {"TDISP-LOCK-010"}, .given = Given::secure, .needs = with_ide, .steps = {t(S::LOCK_INTERFACE_REQUEST, D::stream_unknown)}},
  {.id = "tdisp/lock/reserved-flags", .about = "A reserved FLAGS bit is ignored or refused.",
   .asks = {"TDISP-LOCK-014"}, .given = Given::secure, .needs = tdisp_only, .steps = {t(S::LOCK_INTERFACE_REQUEST, D::flags_reserved)}},
  {.id = "tdisp/lock/other-tdi-untouched", .about = "LOCK of one TDI does not touch another.",
   .asks = {"TDISP-LOCK-025"}, .given = Given::secure, .needs = {Needs::tdisp, Needs::two_tdis}, .steps = {t(S::LOCK_INTERFACE_REQUEST)}},
  {.id = "tdisp/stop/other-tdi-untouched", .about = "STOP of one TDI does not touch another.",
   .asks = {"TDISP-STOP-007"}, .given = Given::tdi_run, .needs = {Needs::tdisp, Needs::two_tdis}, .steps = {t(S::STOP_INTERFACE_REQUEST)}},
  {.id = "tdisp/lock/fresh-nonce", .about = "Every lock makes a new nonce.",
   .asks = {"TDISP-LOCK-023", "TDISP-STOP-009"}, .given = Given::tdi_locked, .needs = tdisp_only,
   .steps = {t(S::STOP_INTERFACE_REQUEST), t(S::LOCK_INTERFACE_REQUEST),
             t(S::STOP_INTERFACE_REQUEST), t(S::LOCK_INTERFACE_REQUEST)}},
  {.id = "tdisp/lock/refused-lock-makes-no-nonce", .about = "A refused LOCK leaves CONFIG_UNLOCKED and nothing to START with.",
   .asks = {"TDISP-LOCK-022"}, .given = Given::established, .needs = with_ide,
   .steps = {t(S::LOCK_INTERFACE_REQUEST, D::stream_not_keyed), t(S::START_INTERFACE_REQUEST, D::nonce_junk)}},
};}

std::vector<Case> start() { return {
  {.id = "tdisp/start/served", .about = "START with the nonce of the lock moves to RUN.",
   .asks = {"TDISP-START-001", "TDISP-STATE-006"}, .given = Given::tdi_locked, .needs = tdisp_only, .steps = {t(S::START_INTERFACE_REQUEST)}},
  {.id = "tdisp/start/wrong-nonce", .about = "START with a wrong nonce is refused with INVALID_NONCE.",
   .asks = {"TDISP-START-002", "TDISP-HDR-022"}, .given = Given::tdi_locked, .needs = tdisp_only, .steps = {t(S::START_INTERFACE_REQUEST, D::nonce_junk)}},
  {.id = "tdisp/start/old-nonce", .about = "The nonce of an earlier lock is refused.",
   .asks = {"TDISP-START-004"}, .given = Given::tdi_locked, .needs = tdisp_only,
   .steps = {t(S::STOP_INTERFACE_REQUEST), t(S::LOCK_INTERFACE_REQUEST),
             t(S::START_INTERFACE_REQUEST, D::nonce_old)}},
  {.id = "tdisp/start/after-stop", .about = "STOP destroys the nonce.",
   .asks = {"TDISP-START-006"}, .given = Given::tdi_locked, .needs = tdisp_only,
   .steps = {t(S::STOP_INTERFACE_REQUEST), t(S::START_INTERFACE_REQUEST, D::nonce_old)}},
  {.id = "tdisp/start/after-error", .about = "The way to ERROR destroys the nonce.",
   .asks = {"TDISP-START-007"}, .given = Given::tdi_error, .needs = tdisp_only, .steps = {t(S::START_INTERFACE_REQUEST, D::nonce_old)}},
  {.id = "tdisp/start/single-use", .about = "A nonce that has started the TDI is never accepted again.",
   .asks = {"TDISP-START-008"}, .given = Given::tdi_run, .needs = tdisp_only,
   .steps = {t(S::STOP_INTERFACE_REQUEST), t(S::LOCK_INTERFACE_REQUEST),
             t(S::START_INTERFACE_REQUEST, D::nonce_old)}},
  {.id = "tdisp/start/right-after-wrong", .about = "After a wrong nonce the right one may still be used.",
   .asks = {"TDISP-START-009"}, .given = Given::tdi_locked, .needs = tdisp_only,
   .steps = {t(S::START_INTERFACE_REQUEST, D::nonce_junk), t(S::START_INTERFACE_REQUEST)}},
  {.id = "tdisp/start/state-before-nonce", .about = "In CONFIG_UNLOCKED the state error comes before the nonce error.",
   .asks = {"TDISP-START-011"}, .given = Given::established, .needs = tdisp_only, .steps = {t(S::START_INTERFACE_REQUEST, D::nonce_junk)}},
  {.id = "tdisp/start/foreign-session", .about = "START over another session than the locking one does not succeed.",
   .asks = {"TDISP-START-012"}, .given = Given::tdi_locked, .needs = tdisp_only, .steps = {t(S::START_INTERFACE_REQUEST, D::none, Via::second_session)}},
};}

std::vector<Case> stop() { return {
  {.id = "tdisp/stop/from-run", .about = "STOP in RUN returns to CONFIG_UNLOCKED.",
   .asks = {"TDISP-STOP-001"}, .given = Given::tdi_run, .needs = tdisp_only, .steps = {t(S::STOP_INTERFACE_REQUEST)}},
  {.id = "tdisp/stop/from-error", .about = "STOP in ERROR returns to CONFIG_UNLOCKED.",
   .asks = {"TDISP-STOP-002"}, .given = Given::tdi_error, .needs = tdisp_only, .steps = {t(S::STOP_INTERFACE_REQUEST)}},
  {.id = "tdisp/stop/twice", .about = "A second STOP is harmless.",
   .asks = {"TDISP-STOP-008"}, .given = Given::tdi_locked, .needs = tdisp_only,
   .steps = {t(S::STOP_INTERFACE_REQUEST), t(S::STOP_INTERFACE_REQUEST)}},
  {.id = "tdisp/stop/lock-again", .about = "After STOP the TDI can be locked and started again.",
   .asks = {"TDISP-STOP-009"}, .given = Given::tdi_run, .needs = tdisp_only,
   .steps = {t(S::STOP_INTERFACE_REQUEST), t(S::LOCK_INTERFACE_REQUEST),
             t(S::START_INTERFACE_REQUEST)}},
  {.id = "tdisp/stop/keeps-stream", .about = "STOP does not touch the IDE stream.",
   .asks = {"TDISP-STOP-010"}, .given = Given::tdi_run, .needs = with_ide,
   .steps = {t(S::STOP_INTERFACE_REQUEST), k(ide_km::Stimulus::QUERY)}},
};}

std::vector<Case> report() { return {
  {.id = "tdisp/report/whole", .about = "The portions of the report add up and hold a correct report.",
   .asks = {"TDISP-RPT-001", "TDISP-RPT-002", "TDISP-RPT-003", "TDISP-RPT-004", "TDISP-RPT-008", "TDISP-RPT-010", "TDISP-RPT-011", "TDISP-RPT-012", "TDISP-RPT-013", "TDISP-RPT-021"},
   .given = Given::tdi_locked, .needs = tdisp_only, .steps = {whole(t(S::GET_DEVICE_INTERFACE_REPORT))}},
  {.id = "tdisp/report/in-run", .about = "The report can be read in RUN.",
   .asks = {"TDISP-STATE-003"}, .given = Given::tdi_run, .needs = tdisp_only, .steps = {t(S::GET_DEVICE_INTERFACE_REPORT)}},
  {.id = "tdisp/report/past-the-end", .about = "An OFFSET at the end of the report is refused.",
   .asks = {"TDISP-RPT-005"}, .given = Given::tdi_locked, .needs = tdisp_only,
   .steps = {t(S::GET_DEVICE_INTERFACE_REPORT), t(S::GET_DEVICE_INTERFACE_REPORT, D::offset_beyond_report)}},
  {.id = "tdisp/report/length-zero", .about = "LENGTH 0 is refused or answered by an empty portion.",
   .asks = {"TDISP-RPT-006"}, .given = Given::tdi_locked, .needs = tdisp_only, .steps = {t(S::GET_DEVICE_INTERFACE_REPORT, D::length_zero)}},
};}

std::vector<Case> header() { return {
  {.id = "tdisp/header/unknown-interface", .about = "An INTERFACE_ID that is not hosted is refused and touches no TDI.",
   .asks = {"TDISP-HDR-007"}, .given = Given::tdi_locked, .needs = tdisp_only, .steps = {elsewhere(t(S::GET_DEVICE_INTERFACE_STATE))}},
  {.id = "tdisp/header/stop-of-unknown-interface", .about = "STOP for an INTERFACE_ID that is not hosted stops nothing.",
   .asks = {"TDISP-HDR-007"}, .given = Given::tdi_run, .needs = tdisp_only, .steps = {elsewhere(t(S::STOP_INTERFACE_REQUEST))}},
  {.id = "tdisp/header/unknown-code", .about = "A request code that nobody defines is refused.",
   .asks = {"TDISP-HDR-010"}, .given = Given::tdi_locked, .needs = tdisp_only, .steps = {t(S::UNKNOWN_REQUEST)}},
  {.id = "tdisp/header/wrong-version", .about = "A TDISPVersion that was not negotiated is refused.",
   .asks = {"TDISP-HDR-013"}, .given = Given::tdi_locked, .needs = tdisp_only, .steps = {t(S::GET_DEVICE_INTERFACE_STATE, D::wrong_version)}},
  {.id = "tdisp/header/wrong-version-lock", .about = "LOCK with a wrong TDISPVersion locks nothing.",
   .asks = {"TDISP-HDR-014"}, .given = Given::secure, .needs = tdisp_only, .steps = {t(S::LOCK_INTERFACE_REQUEST, D::wrong_version)}},
  {.id = "tdisp/header/wrong-version-stop", .about = "STOP with a wrong TDISPVersion stops nothing.",
   .asks = {"TDISP-HDR-014"}, .given = Given::tdi_run, .needs = tdisp_only, .steps = {t(S::STOP_INTERFACE_REQUEST, D::wrong_version)}},
  {.id = "tdisp/header/short-lock", .about = "A LOCK that is short by one byte is refused.",
   .asks = {"TDISP-HDR-015"}, .given = Given::secure, .needs = tdisp_only, .steps = {t(S::LOCK_INTERFACE_REQUEST, D::too_short)}},
  {.id = "tdisp/header/short-start", .about = "A START that is short by one byte is refused.",
   .asks = {"TDISP-HDR-015"}, .given = Given::tdi_locked, .needs = tdisp_only, .steps = {t(S::START_INTERFACE_REQUEST, D::too_short)}},
  {.id = "tdisp/header/long-lock", .about = "A LOCK that is long by one byte is refused, or served as if it were not.",
   .asks = {"TDISP-HDR-016"}, .given = Given::secure, .needs = tdisp_only, .steps = {t(S::LOCK_INTERFACE_REQUEST, D::too_long)}},
};}

std::vector<Case> sessions() { return {
  {.id = "tdisp/session/end-moves-to-error", .about = "The end of the session that locked the TDI moves it to ERROR.",
   .asks = {"TDISP-OOB-009"}, .given = Given::tdi_error, .needs = tdisp_only, .steps = {t(S::GET_DEVICE_INTERFACE_STATE)}},
  {.id = "tdisp/session/other-session-ends", .about = "The end of another session does not touch the TDI.",
   .asks = {"TDISP-OOB-013"}, .given = Given::tdi_run, .needs = tdisp_only,
   .steps = {spdm_step(spdm::Stimulus::END_SESSION, spdm::Defect::none, Via::second_session)}},
  {.id = "tdisp/session/key-update-keeps-run", .about = "KEY_UPDATE of the session does not touch the TDI.",
   .asks = {"TDISP-OOB-018"}, .given = Given::tdi_run, .needs = {Needs::tdisp, Needs::key_update},
   .steps = {spdm_step(spdm::Stimulus::KEY_UPDATE_UpdateAllKeys),
             spdm_step(spdm::Stimulus::KEY_UPDATE_VerifyNewKey)}},
  {.id = "tdisp/session/state-in-handshake", .about = "TDISP during the session handshake is not acted on.",
   .asks = {"TDISP-HDR-019"}, .given = Given::handshaking, .needs = tdisp_only, .steps = {t(S::GET_DEVICE_INTERFACE_STATE)}},
  {.id = "tdisp/session/lock-in-clear", .about = "LOCK outside a session locks nothing.",
   .asks = {"TDISP-HDR-018"}, .given = Given::secure, .needs = tdisp_only, .steps = {t(S::LOCK_INTERFACE_REQUEST, D::none, Via::clear)}},
  {.id = "tdisp/session/start-in-clear", .about = "START outside a session starts nothing.",
   .asks = {"TDISP-HDR-018"}, .given = Given::tdi_locked, .needs = tdisp_only, .steps = {t(S::START_INTERFACE_REQUEST, D::none, Via::clear)}},
  {.id = "tdisp/session/stop-in-clear", .about = "STOP outside a session stops nothing.",
   .asks = {"TDISP-HDR-018"}, .given = Given::tdi_run, .needs = tdisp_only, .steps = {t(S::STOP_INTERFACE_REQUEST, D::none, Via::clear)}},
};}
// clang-format on

}  // namespace

std::vector<Case> tdisp_cases() {
  return joined({version_and_capabilities(), lock(), start(), stop(), report(), header(), sessions()});
}

}  // namespace lockstep::cases
