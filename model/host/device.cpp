// The device: its security manager (DSM), which answers what the relay brings, and the rest of it, which moves data.
#include "host/conversation.hpp"
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
   DO(if (s.in(TEARDOWN)) w.cached = true, w.secret = w.page)},
  {DEVICE, WIRE, "post_write", {TEARDOWN}, "P12b", USUAL,
   IF(runs(w) && w.gate == Gate::PRIVATE && w.in_flight == Party::nobody),
   DO(w.in_flight = w.owner)},
  {WIRE, IOMMU, "let_write_arrive", {TEARDOWN}, "P12b", USUAL,
   IF(w.in_flight != Party::nobody && !w.fenced),
   DO(w.in_flight = Party::nobody)},
  {BMC, DEVICE, "update_firmware", {ACCESS}, "S0.7 P20 d23", ENDING,
   IF(w.peer == Peer::genuine && (!locked_or_runs(w) || s.has(Flaw::DSM_UPDATES_SILENTLY) ||
      (s.is(NoFwUpdate::NO) && (s.is(UpdateAttestation::POST) || w.approved)))),
   DO(w.peer = Peer::updated; w.covered = w.covered && w.approved;
      if (locked_or_runs(w) && s.is(UpdateEndsSession::YES) && !s.has(Flaw::DSM_UPDATES_SILENTLY))
        drive(w, tdisp::Stimulus::SESSION_ENDED))},
  {WIRE, DEVICE, "put_an_impostor", {EVIDENCE}, "d6", HOSTILE,
   IF(w.peer == Peer::genuine && !bound(w) && w.view == View::UNLOCKED),
   DO(w.peer = Peer::impostor)},
};
// clang-format on

}  // namespace

std::span<const Verb> device_verbs() { return VERBS; }

}  // namespace lockstep::host
