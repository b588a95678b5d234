// TDISP: which session a TDI belongs to, which TDI a message is for, and what may come in between.
#include "cases/steps.hpp"

namespace lockstep::cases {
namespace {

using D = tdisp::Defect;
using S = tdisp::Stimulus;

Step t(S stimulus, D defect = D::none, Via via = Via::session) { return tdisp_step(stimulus, defect, via); }
Step state(Via via = Via::session) { return t(S::GET_DEVICE_INTERFACE_STATE, D::none, via); }
Step spdm(spdm::Stimulus stimulus, Via via = Via::session) { return spdm_step(stimulus, spdm::Defect::none, via); }
Step second(S stimulus, D defect = D::none) { return t(stimulus, defect, Via::second_session); }
Step end(Via via) { return spdm(spdm::Stimulus::END_SESSION, via); }
Step version_in_the_clear() { return spdm(spdm::Stimulus::GET_VERSION, Via::clear); }

/// A request that is refused, as another session sees it: the session goes on and the TDI runs, or the session has
/// ended and took the TDI with it.
std::vector<Step> refused_and_seen_from_elsewhere() {
  using spdm::Stimulus;
  std::vector<Step> steps;
  for (const Stimulus request :
       {Stimulus::GET_VERSION, Stimulus::CHALLENGE, Stimulus::KEY_EXCHANGE, Stimulus::FINISH, Stimulus::PSK_EXCHANGE,
        Stimulus::PSK_FINISH, Stimulus::KEY_UPDATE_VerifyNewKey, Stimulus::KEY_UPDATE_undefined,
        Stimulus::RESPOND_IF_READY, Stimulus::UNKNOWN_REQUEST}) {
    Step first = state(Via::second_session);
    first.afresh = !steps.empty();
    steps = steps + std::vector<Step>{first, spdm_step(request), state(Via::second_session)};
  }
  return steps;
}

const std::vector<Needs> tdisp = {Needs::tdisp};
const std::vector<Needs> two = {Needs::tdisp, Needs::two_tdis};

// clang-format off
std::vector<Case> binding() { return {
  {.id = "tdisp/session/second-cannot-lock", .about = "A second session cannot lock a TDI that is locked.",
   .asks = {"TDISP-LOCK-036", "TDISP-LOCK-002"}, .given = Given::tdi_locked, .needs = tdisp,
   .steps = {second(S::LOCK_INTERFACE_REQUEST), t(S::START_INTERFACE_REQUEST)}},
  {.id = "tdisp/session/second-cannot-lock-in-run", .about = "A second session cannot lock a TDI that runs.",
   .asks = {"TDISP-LOCK-036", "TDISP-LOCK-003"}, .given = Given::tdi_run, .needs = tdisp, .steps = {second(S::LOCK_INTERFACE_REQUEST)}},
  {.id = "tdisp/session/second-with-wrong-nonce", .about = "A second session does not start a TDI with a made-up nonce.",
   .asks = {"TDISP-START-002"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {second(S::START_INTERFACE_REQUEST, D::nonce_junk)}},
  {.id = "tdisp/session/second-reads", .about = "A second session that reads state, version and capabilities moves nothing.",
   .asks = {"TDISP-STATE-015", "TDISP-CAP-012"}, .given = Given::tdi_run, .needs = tdisp,
   .steps = {second(S::GET_DEVICE_INTERFACE_STATE), second(S::GET_TDISP_CAPABILITIES)}},
  {.id = "tdisp/session/second-ends-when-locked", .about = "The end of another session leaves the TDI locked, and its nonce valid.",
   .asks = {"TDISP-OOB-013"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {end(Via::second_session), t(S::START_INTERFACE_REQUEST)}},
  {.id = "tdisp/session/end-in-run", .about = "The end of the locking session moves a running TDI to ERROR; STOP over the next one releases it.",
   .asks = {"TDISP-OOB-009", "TDISP-STOP-002"}, .given = Given::tdi_run, .needs = tdisp,
   .steps = {end(Via::session), state(Via::next_session), t(S::STOP_INTERFACE_REQUEST)}},
  {.id = "tdisp/session/end-in-locked", .about = "The end of the locking session moves a locked TDI to ERROR.",
   .asks = {"TDISP-OOB-009"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {end(Via::session), state(Via::next_session)}},
  {.id = "tdisp/session/end-with-two-tdis", .about = "The end of the session takes both of its TDIs to ERROR.",
   .asks = {"TDISP-OOB-009"}, .given = Given::tdi_run, .needs = two,
   .steps = {to_tdi(1, t(S::LOCK_INTERFACE_REQUEST)), end(Via::session), state(Via::next_session)}},
  {.id = "tdisp/session/nonce-dies-with-session", .about = "The nonce of a lock is worth nothing in the next session.",
   .asks = {"TDISP-OOB-009", "TDISP-STATE-008"}, .given = Given::tdi_locked, .needs = tdisp,
   .steps = {end(Via::session), state(Via::next_session), t(S::START_INTERFACE_REQUEST, D::nonce_old)}},
  {.id = "tdisp/session/get-version-in-run", .about = "GET_VERSION ends the session, and its TDI goes to ERROR.",
   .asks = {"TDISP-OOB-012"}, .given = Given::tdi_run, .needs = tdisp, .steps = {version_in_the_clear(), state(Via::next_session)}},
  {.id = "tdisp/session/get-version-in-locked", .about = "GET_VERSION between LOCK and START: the next session cannot start the TDI.",
   .asks = {"TDISP-OOB-012"}, .given = Given::tdi_locked, .needs = tdisp,
   .steps = {version_in_the_clear(), state(Via::next_session)}},
  {.id = "tdisp/session/error-is-left-by-stop-only", .about = "LOCK, START, a reset of the function and a new session do not lead out of ERROR to CONFIG_LOCKED or RUN.",
   .asks = {"TDISP-OOB-039"}, .given = Given::tdi_error, .needs = tdisp,
   .steps = {t(S::LOCK_INTERFACE_REQUEST), t(S::START_INTERFACE_REQUEST, D::nonce_old), end(Via::session), state(Via::next_session)}},
  {.id = "tdisp/session/refusal-keeps-or-ends", .about = "A refused SPDM request leaves the session and its TDI as they are, or ends both.",
   .asks = {"TDISP-OOB-034", "TDISP-OOB-009"}, .given = Given::tdi_run, .needs = tdisp, .steps = refused_and_seen_from_elsewhere()},
  {.id = "tdisp/session/refused-update-keeps-or-ends", .about = "A KEY_UPDATE that is refused leaves the session and its TDI as they are, or ends both.",
   .asks = {"SPDM-LIFE-008", "TDISP-OOB-009"}, .given = Given::tdi_run, .needs = {Needs::tdisp, Needs::key_update},
   .steps = {state(Via::second_session), spdm(spdm::Stimulus::KEY_UPDATE_UpdateKey), spdm(spdm::Stimulus::KEY_UPDATE_UpdateAllKeys), state(Via::second_session)}},
  {.id = "tdisp/session/other-traffic-in-run", .about = "SPDM messages outside the session do not touch a running TDI.",
   .asks = {"TDISP-OOB-034", "DOE-024"}, .given = Given::tdi_run, .needs = tdisp,
   .steps = {spdm(spdm::Stimulus::GET_DIGESTS, Via::clear), spdm(spdm::Stimulus::HEARTBEAT, Via::clear)}},
  {.id = "tdisp/session/other-traffic-in-session", .about = "SPDM requests that are refused in the session do not touch a running TDI.",
   .asks = {"TDISP-OOB-034"}, .given = Given::tdi_run, .needs = tdisp,
   .steps = {spdm(spdm::Stimulus::GET_VERSION), spdm(spdm::Stimulus::CHALLENGE)}},
};}

std::vector<Case> records() { return {
  {.id = "tdisp/session/bad-record-in-run", .about = "A record that does not authenticate ends the session, and its TDI goes to ERROR.",
   .asks = {"TDISP-OOB-011", "SPDM-LIFE-018"}, .given = Given::tdi_run, .needs = tdisp,
   .steps = {in_record(Record::flipped, state()), state(Via::next_session), t(S::STOP_INTERFACE_REQUEST)}},
  {.id = "tdisp/session/replayed-start", .about = "A replayed record does not start the TDI again.",
   .asks = {"TDISP-OOB-011", "SECMSG-008"}, .given = Given::tdi_locked, .needs = tdisp,
   .steps = {t(S::START_INTERFACE_REQUEST), in_record(Record::replayed, state()), state(Via::next_session)}},
  {.id = "tdisp/session/stop-from-another-session-record", .about = "A STOP sealed for another session stops nothing here.",
   .asks = {"TDISP-OOB-011", "SECMSG-003"}, .given = Given::tdi_run, .needs = tdisp,
   .steps = {in_record(Record::of_other_session, t(S::STOP_INTERFACE_REQUEST)), state(Via::next_session)}},
  {.id = "tdisp/session/lock-out-of-sequence", .about = "A LOCK whose record leaves out a sequence number locks nothing.",
   .asks = {"SECMSG-009", "SPDM-LIFE-018"}, .given = Given::secure, .needs = tdisp,
   .steps = {in_record(Record::skipped, t(S::LOCK_INTERFACE_REQUEST)), state(Via::next_session)}},
  {.id = "tdisp/session/bad-record-of-another-session", .about = "A bad record of another session leaves the TDI running.",
   .asks = {"TDISP-OOB-013"}, .given = Given::tdi_run, .needs = tdisp,
   .steps = {in_record(Record::flipped, over(Via::second_session, state()))}},
};}

std::vector<Case> addresses() { return {
  {.id = "tdisp/header/response-code", .about = "A response code in place of a request code is refused.",
   .asks = {"TDISP-HDR-012", "TDISP-HDR-011", "TDISP-HDR-020", "TDISP-HDR-021"}, .given = Given::tdi_locked, .needs = tdisp,
   .steps = {with({set("MessageType", 0x03)}, t(S::GET_DEVICE_INTERFACE_STATE)), with({set("MessageType", 0x06)}, t(S::GET_DEVICE_INTERFACE_STATE))}},
  {.id = "tdisp/header/error-as-request", .about = "TDISP_ERROR as a request is refused.",
   .asks = {"TDISP-HDR-012"}, .given = Given::tdi_run, .needs = tdisp, .steps = {with({set("MessageType", 0x7F)}, t(S::GET_DEVICE_INTERFACE_STATE))}},
  {.id = "tdisp/header/eight-bytes", .about = "A message of half a header is not acted on.",
   .asks = {"TDISP-HDR-017"}, .given = Given::tdi_run, .needs = tdisp, .steps = {with({{Edit::How::cut, {}, 8}}, t(S::STOP_INTERFACE_REQUEST))}},
  {.id = "tdisp/header/errors-well-formed", .about = "TDISP_ERROR repeats the envelope, is 24 bytes long and names what it does not know.",
   .asks = {"TDISP-HDR-002", "TDISP-HDR-011", "TDISP-HDR-020", "TDISP-HDR-021", "TDISP-ERR-002", "TDISP-ERR-003", "TDISP-START-002"}, .given = Given::tdi_locked, .needs = tdisp,
   .steps = {t(S::UNKNOWN_REQUEST), t(S::LOCK_INTERFACE_REQUEST), t(S::START_INTERFACE_REQUEST, D::nonce_junk)}},
  {.id = "tdisp/header/segment-not-valid", .about = "A segment value without its valid bit selects no TDI.",
   .asks = {"TDISP-HDR-008"}, .given = Given::tdi_run, .needs = tdisp, .steps = {to_tdi(device::NONE, with({set("FUNCTION_ID", 0x00FF0000 | 0xBEEF)}, t(S::GET_DEVICE_INTERFACE_STATE)))}},
  {.id = "tdisp/header/lock-of-unknown-interface", .about = "LOCK for an INTERFACE_ID that is not hosted locks nothing.",
   .asks = {"TDISP-HDR-007"}, .given = Given::secure, .needs = tdisp, .steps = {to_tdi(device::NONE, t(S::LOCK_INTERFACE_REQUEST))}},
  {.id = "tdisp/header/start-of-unknown-interface", .about = "START for an INTERFACE_ID that is not hosted starts nothing.",
   .asks = {"TDISP-HDR-007"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {to_tdi(device::NONE, t(S::START_INTERFACE_REQUEST))}},
  {.id = "tdisp/header/report-of-unknown-interface", .about = "There is no report of an INTERFACE_ID that is not hosted.",
   .asks = {"TDISP-HDR-007"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {to_tdi(device::NONE, t(S::GET_DEVICE_INTERFACE_REPORT))}},
  {.id = "tdisp/stop/second-tdi-only", .about = "STOP of the second TDI leaves the first one running.",
   .asks = {"TDISP-STOP-007"}, .given = Given::tdi_run, .needs = two, .steps = {to_tdi(1, t(S::LOCK_INTERFACE_REQUEST)), to_tdi(1, t(S::STOP_INTERFACE_REQUEST))}},
};}
// clang-format on

}  // namespace

std::vector<Case> tdisp_session_cases() { return joined({binding(), records(), addresses()}); }

}  // namespace lockstep::cases
