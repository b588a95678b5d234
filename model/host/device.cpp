// The device: its security manager (DSM), which answers what the relay brings, and the rest of it, which moves data.
#include "host/conversation.hpp"
#include "host/dsm.hpp"
#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

bool lock(World& w) {
  if (!drive(w, tdisp::Stimulus::LOCK_INTERFACE_REQUEST)) return false;
  age(w);
  return true;
}

bool start(World& w, const Setting& s) {
  const bool old = w.start_nonce != Epoch::current && !s.has(Flaw::DSM_IGNORES_NONCE);
  return drive(w, tdisp::Stimulus::START_INTERFACE_REQUEST, old ? tdisp::Defect::nonce_old : tdisp::Defect::none);
}

bool stop(World& w, const Setting& s) {
  const bool served = drive(w, tdisp::Stimulus::STOP_INTERFACE_REQUEST);
  w.relocked = !s.in(TEARDOWN);
  if (!s.has(Flaw::DSM_KEEPS_SECRETS)) w.secret = Party::nobody;
  return served;
}

bool answer(World& w, const Setting& s) {
  switch (w.talk) {
    case Talk::LOCK:
      return lock(w);
    case Talk::START:
      return start(w, s);
    case Talk::STOP:
      return stop(w, s);
    case Talk::RELOCK:
      return stop(w, s);
    case Talk::none:
      break;
  }
  return false;
}

/// STOP waits until what was sent has arrived.
bool drained(const World& w, const Setting& s) {
  const bool stops = w.talk == Talk::STOP || w.talk == Talk::RELOCK;
  return !stops || w.in_flight == Party::nobody || s.has(Flaw::DSM_ACKS_BEFORE_DRAIN);
}

/// Whether an access with T=1 leaves the TDI, and whether it gets through.
bool issues(const World& w, const Setting& s) { return runs(w) || (locked(w) && s.has(Flaw::DSM_EARLY_DMA)); }
bool reaches_page(const World& w, const Setting& s) {
  const bool gate = w.gate == Gate::PRIVATE || s.has(Flaw::IOMMU_STUCK_GATE);
  return !w.fenced && ((gate && w.page == w.owner) || w.cached);
}

/// The tenant's bit comes out where others see it.
void show(World& w) { w.seen = w.bit ? Seen::one : Seen::zero; }
/// The device reads the page, and writes to it what it still holds. (Memory is encrypted or scrubbed when it changes
/// hands, and the link is encrypted: the device alone can carry data from one tenant to another.)
void move_data(World& w) {
  if (w.secret == Party::TVM1 && w.page != Party::TVM1) show(w);
  w.cached = true;
  w.secret = w.page;
}

/// One more invocation. When none is left the device's stream machine stops it.
void spend(World& w, const Setting& s) {
  if (w.counter == Counter::low) {
    w.counter = Counter::high;
  } else if (w.counter == Counter::high) {
    w.counter = Counter::spent;
    if (!s.has(Flaw::DSM_WRAPS_COUNTER))
      step_device(w, ide_letter(ide_km::Stimulus::IV_EXHAUSTED, device::NONE, false, 0)), clear_port(w);
  } else {
    w.counter = Counter::reused;
  }
}

// clang-format off
constexpr Verb VERBS[] = {
  // actor to  name  scopes  source  hostile
  {DSM, VMM, "answer", {ACCESS, EVIDENCE, TEARDOWN}, "section 0", USUAL,
   IF(w.wire == Wire::request && drained(w, s) && !s.has(Flaw::TSM_LOSES_REQUESTS)),
   DO(const bool served = answer(w, s); if (w.talk == Talk::RELOCK && served) w.talk = Talk::LOCK;  // and LOCK follows
      else w.wire = served ? Wire::response : Wire::refusal)},
  {DSM, VMM, "refuse", {ACCESS, TEARDOWN}, "P31 P42", ENDING,
   IF(w.wire == Wire::request),
   DO(w.wire = Wire::refusal)},
  {DEVICE, IOMMU, "dma", {ACCESS, TEARDOWN}, "P22", USUAL,
   IF(issues(w, s) && reaches_page(w, s)),
   DO(if (s.in(TEARDOWN)) move_data(w))},
  {DEVICE, WIRE, "post_write", {TEARDOWN}, "P12b", USUAL,
   IF(runs(w) && w.gate == Gate::PRIVATE && w.in_flight == Party::nobody),
   DO(w.in_flight = w.owner)},
  {WIRE, IOMMU, "let_write_arrive", {TEARDOWN}, "P12b", USUAL,
   IF(w.in_flight != Party::nobody && !w.fenced),
   DO(if (w.in_flight == Party::TVM1 && w.owner == Party::TVM2 && w.gate == Gate::PRIVATE) show(w);
      w.in_flight = Party::nobody)},
  {BMC, DEVICE, "update_firmware", {ACCESS, EVIDENCE}, "S0.7 P20 d23", ENDING,
   IF(w.peer == Peer::genuine && (!locked_or_runs(w) || s.has(Flaw::DSM_UPDATES_SILENTLY) ||
      (s.is(NoFwUpdate::NO) && (s.is(UpdateAttestation::POST) || w.approved)))),
   DO(w.peer = Peer::updated; w.covered = w.covered && w.approved;
      if (locked_or_runs(w) && s.is(UpdateEndsSession::YES) && !s.has(Flaw::DSM_UPDATES_SILENTLY))
        drive(w, tdisp::Stimulus::SESSION_ENDED))},
  {WIRE, DEVICE, "put_an_impostor", {EVIDENCE}, "d6", HOSTILE,
   IF(w.peer == Peer::genuine && !bound(w) && w.view == View::UNLOCKED),
   DO(w.peer = Peer::impostor)},
  // Session and link.
  {DSM, TSM, "finish_handshake", {LINK}, "S1.1", USUAL,
   IF(w.tsm_session == SessionState::HANDSHAKING),
   DO(if (!step_device(w, spdm_letter(spdm::Stimulus::FINISH, TSM_SESSION))) return;
      w.alive = true; w.transcript = Transcript::none)},
  {DSM, DSM, "start", {LINK}, "S1.3", USUAL,
   IF(w.alive && w.view == View::LOCKED && locked(w)),
   DO(if (step_device(w, tdisp_letter(tdisp::Stimulus::START_INTERFACE_REQUEST, TSM_SESSION))) w.view = View::RUN)},
  {DEVICE, ROOT, "carry", {LINK}, "P07 P11", USUAL,
   IF(runs(w) && device_secure(w) && port_secure(w) && !w.key_known),
   DO(spend(w, s))},
  {DEVICE, ROOT, "carry_known", {LINK}, "P07", USUAL,
   IF(runs(w) && device_secure(w) && port_secure(w) && w.key_known),
   DO()},
  {DEVICE, ROOT, "spoof_requester_id", {LINK}, "P12 d26", HOSTILE,
   IF(device_secure(w) && port_secure(w) && !w.spoofed),
   DO(if (s.is(RidAssociation::ALL) || s.has(Flaw::ROOT_SKIPS_RID)) w.spoofed = true)},

  // Order on the link.
  {DEVICE, ROOT, "complete_read", {ORDER}, "P12b", USUAL,
   IF(w.tag != Party::nobody && w.completion == Party::nobody && !w.quarantined),
   DO(w.completion = w.tag)},
  {WIRE, ROOT, "let_completion_arrive", {ORDER}, "P12b CVE-2025-9613", USUAL,
   IF(w.completion != Party::nobody),
   DO(if (!w.quarantined) w.tag = Party::nobody; w.completion = Party::nobody)},
  {WIRE, DEVICE, "let_posted_write_arrive", {ORDER}, "P12b CVE-2025-9612", USUAL,
   IF(w.write == Parcel::sent),
   DO(w.write = Parcel::fresh)},
  {WIRE, DEVICE, "let_read_arrive", {ORDER}, "P12b CVE-2025-9612", USUAL,
   IF(w.read == Parcel::sent && w.write == Parcel::fresh),
   DO(w.read = Parcel::fresh)},
  {WIRE, DEVICE, "let_read_overtake_write", {ORDER}, "P12b CVE-2025-9612", HOSTILE,
   IF(w.read == Parcel::sent && w.write == Parcel::sent),
   DO(if (s.has(Flaw::ROOT_ADMITS_REORDERING)) w.read = Parcel::stale)},

  // Translation.
  {DEVICE, IOMMU, "translate", {TRANSLATION}, "P25", USUAL,
   IF(w.cached_target != w.iommu_target && w.iommu_target != Target::nothing),
   DO(w.cached_target = w.iommu_target)},
  {DEVICE, IOMMU, "reach_page", {TRANSLATION}, "S4.7 P25", USUAL,
   IF(w.cached_target != Target::nothing),
   DO()},

  // The emulated device.
  {DEVICE, LOWVISOR, "use_stage_1", {QUEUE}, "S3.3 V2", HOSTILE,
   IF(w.stage_1_wide && !w.overreach),
   DO(if (s.has(Flaw::LOWVISOR_SINGLE_STAGE)) w.overreach = true)},
};
// clang-format on

}  // namespace

std::span<const Verb> device_verbs() { return VERBS; }

}  // namespace lockstep::host
