// What TSM and ROOT do of their own accord. Their part in a verb that another actor calls stands in that verb's effect.
#include "host/conversation.hpp"
#include "host/dsm.hpp"
#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

/// The session that keys the stream lives, as far as the TSM knows, and nothing is locked over it.
bool keying(const World& w) { return w.alive && w.view == View::UNLOCKED; }
bool rx_ready(const World& w, const Setting& s) {
  return (w.device_rx == Stage::active && w.port_rx == Stage::active) || s.has(Flaw::TSM_GOES_EARLY);
}

// clang-format off
constexpr Verb VERBS[] = {
  // actor to  name  scopes  source  hostile
  {TSM, DSM, "read_state", {ACCESS, TEARDOWN}, "S0.13 P16", USUAL,
   IF(quiet(w) && bound(w) && w.tdi == TdiState::ERROR && seen_locked_or_running(w)),
   DO(w.view = View::ERROR; w.start_nonce = Epoch::none)},
  {TSM, DSM, "stop_after_error", {ACCESS}, "L5", USUAL,
   IF(quiet(w) && w.view == View::ERROR && !s.has(Flaw::TSM_NO_RECOVERY)),
   DO(begin_stop(w, s))},
  {TSM, IOMMU, "invalidate", {TEARDOWN}, "P30", USUAL,
   IF(w.cached && w.gate == Gate::OFF),
   DO(w.cached = false)},
  {ROOT, DSM, "reset_fenced_link", {ACCESS, TEARDOWN}, "d13 P12b", USUAL,
   IF(w.fenced && quiet(w)),
   DO(drive(w, tdisp::Stimulus::CONVENTIONAL_RESET);
      if (!s.has(Flaw::TSM_SKIPS_DRAIN)) w.in_flight = Party::nobody;
      w.secret = Party::nobody;
      w.fenced = false)},
  {TSM, IOMMU, "open_gate", {ACCESS}, "P22", USUAL,
   IF(s.has(Flaw::TSM_OPENS_FOR_ANYONE) && w.gate != Gate::PRIVATE && bound(w)),
   DO(w.gate = Gate::PRIVATE)},
  // Keys: Rx at both ends, then Tx at both ends.
  {TSM, DSM, "program_device", {LINK}, "S1.1 P01 P07", USUAL,
   IF(keying(w) && w.device_rx == Stage::none),
   DO(if (!(program_device(w, TSM_SESSION, false) && program_device(w, TSM_SESSION, true))) give_session_up(w, s);
      w.counter = Counter::low; w.key_known = s.has(Flaw::TSM_SENDS_KEYS_IN_CLEAR) && !s.host_is_trusted())},
  {ROOT, ROOT, "program_port", {LINK}, "S1.15 P08", USUAL,
   IF(keying(w) && !s.is(RootPortKeys::HOST) && w.port_keys == Keys::none && w.device_keys == Keys::TSM),
   DO(w.port_keys = Keys::TSM; w.port_rx = w.port_tx = Stage::programmed)},
  {TSM, DSM, "go_device_rx", {LINK}, "S1.1 P09", USUAL,
   IF(keying(w) && w.device_rx == Stage::programmed && w.device_tx == Stage::programmed && w.port_rx != Stage::none),
   DO(if (!activate_device(w, TSM_SESSION, false)) give_session_up(w, s))},
  {ROOT, ROOT, "go_port_rx", {LINK}, "S1.1 P09", USUAL,
   IF(keying(w) && w.port_rx == Stage::programmed),
   DO(w.port_rx = Stage::active)},
  {TSM, DSM, "go_device_tx", {LINK}, "S1.1 P09", USUAL,
   IF(keying(w) && w.device_tx == Stage::programmed && rx_ready(w, s)),
   DO(if (!activate_device(w, TSM_SESSION, true)) give_session_up(w, s))},
  {ROOT, ROOT, "go_port_tx", {LINK}, "S1.1 P09", USUAL,
   IF(keying(w) && w.port_tx == Stage::programmed && rx_ready(w, s)),
   DO(w.port_tx = Stage::active)},
  {TSM, DSM, "notice_dead_session", {LINK}, "P04", USUAL,
   IF(w.alive && w.tsm_session == SessionState::NONE),
   DO(give_session_up(w, s))},
  {TSM, TSM, "recover", {LINK}, "P04 S1.2", USUAL,  // from the loss of the session, or of the stream
   IF(w.view != View::UNLOCKED && (!w.alive || w.tdi == TdiState::ERROR)),
   DO(w.view = View::UNLOCKED)},
  {TSM, DSM, "stop_over_new_session", {LINK}, "P04 S1.2", USUAL,
   IF(w.alive && w.tsm_session == SessionState::ESTABLISHED && w.view == View::UNLOCKED &&
      w.tdi != TdiState::CONFIG_UNLOCKED),
   DO(step_device(w, tdisp_letter(tdisp::Stimulus::STOP_INTERFACE_REQUEST, TSM_SESSION)))},
  {TSM, VMM, "publish_evidence", {LINK}, "S1.9 P05", USUAL,
   IF(w.alive && w.device_keys == Keys::TSM),
   DO(if (s.has(Flaw::TSM_OVERSHARES) && !s.host_is_trusted()) w.key_known = true)},
  {TSM, TVM, "give_transcript", {LINK}, "S1.5 P03", USUAL,
   IF(w.alive && w.transcript == Transcript::none),
   DO(w.transcript = Transcript::live)},

  // Order on the link.
  {ROOT, ROOT, "release_quarantined_tag", {ORDER}, "P12b CVE-2025-9613", USUAL,
   IF(w.quarantined && w.completion == Party::nobody),
   DO(w.quarantined = false)},

  // Two TDIs of one device: one conversation at a time.
  {TSM, DSM, "take_turn_for_tdi_1", {CONNECT}, "L6", USUAL,
   IF(w.wants_1 && w.busy == Party::nobody),
   DO(w.busy = Party::TVM1)},
  {TSM, DSM, "take_turn_for_tdi_2", {CONNECT}, "L6", USUAL,
   IF(w.wants_2 && w.busy == Party::nobody),
   DO(w.busy = Party::TVM2)},
  {TSM, TSM, "abandon_parked_tdi_1", {CONNECT}, "L6", USUAL,
   IF(w.busy == Party::TVM1 && !s.has(Flaw::TSM_PARKS)),
   DO(w.busy = Party::nobody; w.wants_1 = false)},
};
// clang-format on

}  // namespace

std::span<const Verb> tsm_verbs() { return VERBS; }

}  // namespace lockstep::host
