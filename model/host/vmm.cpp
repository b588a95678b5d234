// The host's verbs: hypervisor and user space together. It calls the TSM, carries every message to the device, owns the
// configuration registers, and, where it is hostile, does with all of them what it likes.
#include "host/conversation.hpp"
#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

bool may_bind(const World& w, const Setting& s) {
  return s.can_bind() && !bound(w) && w.view == View::UNLOCKED && quiet(w) && (s.is(BindWhen::HOTPLUG) || !w.running) &&
         (w.mmio == Party::nobody || s.has(Flaw::TSM_BINDS_WHILE_MAPPED));
}
void bind(World& w, Party tenant) {
  w.owner = tenant;
  begin(w, Talk::LOCK);
}
bool may_start(const World& w, const Setting& s) {
  if (w.view != View::LOCKED || !quiet(w)) return false;
  if (s.is(StartAuthority::HOST_FREE) || s.has(Flaw::TSM_STARTS_UNASKED)) return true;
  return s.is(StartAuthority::HOST_ON_REQUEST) && w.consent != Epoch::none;
}
/// The pages of a tenant go back to the host when the TDI can no longer reach them.
bool may_take_page(const World& w, const Setting& s) {
  if (w.page == Party::host) return false;
  const bool closed = w.gate == Gate::OFF || w.owner != w.page;
  if (s.is(Reclaim::DURING_STOP) && w.talk == Talk::STOP) return true;
  return closed && (!w.cached || s.has(Flaw::TSM_SKIPS_INVALIDATION));
}

// clang-format off
constexpr Verb VERBS[] = {
  // actor to  name  scopes  source  hostile
  {VMM, TVM, "run_tvm", {ACCESS, EVIDENCE, TEARDOWN}, "S1.10 d4", USUAL,
   IF(!w.running && !w.dead),
   DO(w.running = true)},
  {VMM, TSM, "bind", {ACCESS, EVIDENCE, TEARDOWN}, "S1.3 P40", USUAL,
   IF(may_bind(w, s) && !w.dead),
   DO(bind(w, Party::TVM1))},
  {VMM, TSM, "bind_for_tvm2", {TEARDOWN}, "P33 P26", USUAL,
   IF(may_bind(w, s)),
   DO(bind(w, Party::TVM2); w.consent = Epoch::none)},
  {VMM, TSM, "bind_again_for_tvm2", {TEARDOWN}, "P40", HOSTILE,
   IF(w.owner == Party::TVM1 && seen_locked_or_running(w) && quiet(w)),  // an error that names the old binding
   DO(w.reported = s.has(Flaw::TSM_MISREPORTS_BINDING) ? Party::TVM2 : w.owner)},
  {VMM, TSM, "relock", {ACCESS, EVIDENCE}, "d17", HOSTILE,
   IF(s.is(Relock::DIRECT) && seen_locked_or_running(w) && quiet(w)),
   DO(begin(w, Talk::RELOCK))},
  {VMM, TSM, "start", {ACCESS, EVIDENCE, TEARDOWN}, "S1.3 d2", USUAL,
   IF(may_start(w, s)),
   DO(begin(w, Talk::START))},
  {VMM, TSM, "unbind", {ACCESS, EVIDENCE, TEARDOWN}, "S1.4 d12", ENDING,
   IF(bound(w) && w.view != View::UNLOCKED && quiet(w) && !(w.view == View::ERROR && s.has(Flaw::TSM_NO_RECOVERY))),
   DO(begin_stop(w, s))},
  {VMM, TSM, "force_unbind", {TEARDOWN}, "d13 L3", ENDING,
   IF(s.is(StopFailure::FORCE) && w.talk == Talk::STOP && !s.has(Flaw::TSM_WAITS_FOR_EVER)),
   DO(give_up(w, s))},

  // The relay.
  {VMM, TSM, "deliver", {ACCESS, EVIDENCE, TEARDOWN}, "section 0", USUAL,
   IF(w.wire == Wire::response),
   DO(finish(w, s))},
  {VMM, TSM, "deliver_refusal", {ACCESS, EVIDENCE, TEARDOWN}, "section 0", ENDING,
   IF(w.wire == Wire::refusal),
   DO(give_up(w, s))},
  {VMM, TSM, "drop", {ACCESS, EVIDENCE, TEARDOWN}, "section 0 P42", HOSTILE,
   IF(w.wire != Wire::idle),
   DO(give_up(w, s))},

  // Out of band.
  {VMM, DSM, "write_config", {ACCESS}, "P35", HOSTILE,
   IF(locked_or_runs(w)),
   DO(if (s.has(Flaw::DSM_ROLLS_BACK)) w.tdi = TdiState::CONFIG_LOCKED, w.nonce = true;
      else if (!s.has(Flaw::DSM_TRACKS_NO_WRITES)) drive(w, tdisp::Stimulus::CONFIG_WRITE_TRACKED))},
  {VMM, DSM, "clear_bus_master", {ACCESS}, "P35", HOSTILE,
   IF(locked_or_runs(w)),
   DO(drive(w, tdisp::Stimulus::MEMORY_SPACE_OR_BUS_MASTER_CLEARED))},
  {VMM, DSM, "function_level_reset", {ACCESS, TEARDOWN}, "P35 P34", HOSTILE,
   IF(locked_or_runs(w)),
   DO(drive(w, tdisp::Stimulus::FUNCTION_LEVEL_RESET))},

  {VMM, DSM, "replay_start", {ACCESS}, "P21", HOSTILE,
   IF(locked(w) && w.relocked),
   DO(drive(w, tdisp::Stimulus::START_INTERFACE_REQUEST,
            s.has(Flaw::DSM_IGNORES_NONCE) ? tdisp::Defect::none : tdisp::Defect::nonce_old))},

  // What the host does with evidence on its way.
  {VMM, TVM, "serve_old_report", {EVIDENCE}, "S1.5 P14", HOSTILE,
   IF(w.running && w.relocked && w.report == Epoch::none && seen_locked_or_running(w)),
   DO(if (!s.is(EvidenceTransport::GUEST_REQ)) w.report = Epoch::older)},
  {VMM, TVM, "tamper_with_report", {EVIDENCE}, "S1.5 P14", HOSTILE,
   IF(w.running && w.report == Epoch::none && seen_locked_or_running(w)),
   DO(if (s.has(Flaw::TVM_SKIPS_DIGESTS)) w.report = Epoch::forged)},
  {VMM, TVM, "replay_measurements", {EVIDENCE}, "P17", HOSTILE,
   IF(w.running && w.measurements == Epoch::none && seen_locked_or_running(w)),
   DO(if (s.has(Flaw::TVM_SKIPS_MEASUREMENT_NONCE)) w.measurements = Epoch::current, w.fresh = false)},

  // Memory.
  {VMM, TSM, "take_page", {TEARDOWN}, "P30 d12", USUAL,
   IF(may_take_page(w, s)),
   DO(w.page = Party::host)},
  {VMM, TSM, "give_page_to_tvm2", {TEARDOWN}, "P26 P30", USUAL,
   IF(w.page == Party::host),
   DO(w.page = Party::TVM2)},
  {VMM, TSM, "unmap_mmio", {TEARDOWN}, "P33", USUAL,
   IF(w.mmio != Party::nobody && w.mmio != w.owner),
   DO(w.mmio = Party::nobody)},
  {VMM, TSM, "destroy_tvm", {TEARDOWN}, "P36", HOSTILE,
   IF(!w.dead && (w.owner != Party::TVM1 || s.has(Flaw::TSM_FORGETS_REFERENCES))),
   DO(w.dead = true)},
};
// clang-format on

}  // namespace

std::span<const Verb> vmm_verbs() { return VERBS; }

}  // namespace lockstep::host
