// The tenant's side: the TVM's kernel, the device manager in its user space (TDM), the relying party far away.
#include "host/conversation.hpp"
#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

/// The TVM that the TDI is bound to may speak of it, and the TSM is not busy with it.
bool speaks(const World& w) { return w.running && bound(w) && quiet(w); }

/// The TSM takes an accepting verb: with the epoch in it, only that of the lock that is there.
bool taken(const World& w, const Setting& s) {
  if (w.consent == Epoch::none) return false;
  return w.consent == Epoch::current || !s.is(ConsentBinding::EPOCH) || s.has(Flaw::TSM_SKIPS_EPOCH);
}
bool gate_opens_now(const World& w, const Setting& s) {
  return w.view == (s.is(GateOrder::GATE_THEN_START) ? View::LOCKED : View::RUN);
}
/// Accepting wants no live mapping. A driver that accepts for itself has its mappings; with levels they are torn down.
bool ledger_permits(const World& w, const Setting& s) {
  return w.ledger == Ledger::none || s.is(Agent::DRIVER) || s.is(PreAcceptUse::LEVELS) ||
         s.has(Flaw::TVM_ACCEPTS_WHILE_MAPPED);
}
void tear_down_mappings(World& w, const Setting& s) {
  if (s.is(PreAcceptUse::LEVELS) && w.ledger == Ledger::shared) w.ledger = Ledger::none;
}

/// What the operating system has written down decides. One bit is set with the first thing that is accepted.
bool trusted_with_private(const World& w, const Setting& s) {
  if (w.consent == Epoch::none) return false;
  return w.gate == Gate::PRIVATE || (s.is(TrustEncoding::BOOL) && w.mmio != Party::nobody);
}

bool evidence_complete(const World& w, const Setting& s) {
  if (s.is(Attestation::NONE)) return false;
  const bool report = w.report != Epoch::none || s.is(Attestation::MEASUREMENT_ONLY);
  return report && w.measurements != Epoch::none;
}
/// One generation, or measurements that are older where that is policy. (What is forged does not show.)
bool one_generation(const World& w, const Setting& s) {
  if (s.is(Attestation::MEASUREMENT_ONLY) || s.is(EvidenceTransport::SYSFS) || s.has(Flaw::TVM_MIXES_GENERATIONS))
    return true;
  const bool may_be_older = s.is(MeasureWhen::PRE) || s.is(AppraisedBy::PASSPORT);
  return w.report == w.measurements || w.report == Epoch::forged || (may_be_older && w.measurements == Epoch::older);
}
bool late(const Setting& s) { return s.is(AppraisedBy::USER_SYNC) || s.is(AppraisedBy::REMOTE); }

void forget(World& w) {
  w.report = w.measurements = w.appraised = w.consent = Epoch::none;
  w.appraisal = Appraisal::none;
  w.fresh = w.covered = w.approved = false;
}
void decide(World& w, const Setting& s) {
  const bool identity =
      w.peer != Peer::impostor || s.is(Attestation::MEASUREMENT_ONLY) || s.has(Flaw::TVM_SKIPS_CERTIFICATES);
  const bool known = w.peer != Peer::updated || !s.is(Attestation::DEVICE_SPECIFIC);
  w.appraisal = identity && known ? Appraisal::accepted : Appraisal::rejected;
}
void appraise(World& w, const Setting& s) {
  w.appraised = s.is(Attestation::MEASUREMENT_ONLY) ? w.measurements : w.report;
  w.appraisal = Appraisal::pending;
  if (!late(s)) decide(w, s);
}
/// A late verdict: the kernel compares the generation, where it has one.
void verdict(World& w, const Setting& s) {
  if (s.is(ConsentBinding::EPOCH) && w.appraised != Epoch::current)
    forget(w);
  else
    decide(w, s);
}

/// Whether the TVM may consent. Where evidence is not looked at in detail, it has just been read and found good.
bool convinced(const World& w, const Setting& s) {
  if (s.in(EVIDENCE))
    return w.appraisal == Appraisal::accepted || s.is(Attestation::NONE) || s.has(Flaw::TVM_VALIDATES_FIRST);
  if (s.in(ACCESS) && s.is(MeasureWhen::PRE) && w.measurements == Epoch::none) return false;
  return locked_or_runs(w);
}
void consent(World& w, const Setting& s) {
  w.consent = s.in(EVIDENCE) && w.appraisal == Appraisal::accepted ? w.appraised : Epoch::current;
  if (!(s.in(ACCESS) && s.is(MeasureWhen::PRE))) w.covered = true;
}

/// All or nothing: the TSM compares every range with the report of this lock.
void accept_ranges(World& w, const Setting& s) {
  const bool any = s.has(Flaw::TSM_SKIPS_RANGE_CHECK);
  const bool a = any || w.range_a == Place::right, b = any || w.range_b == Place::right;
  const bool partly = s.has(Flaw::TSM_ACCEPTS_PARTLY);
  w.valid_a = partly ? a : a && b;
  w.valid_b = partly ? b : a && b;
  w.accepted_all = a && b;
}
/// The guest says itself what it shares: by a call to what protects its memory, or by a virtio-iommu in the TCB.
bool guest_shares(const Setting& s) {
  return s.is(Virtio::SHARE_HYPERCALL) || (s.is(Virtio::VIOMMU_IN_TCB) && s.has_lowvisor());
}
bool encrypts(const Setting& s) {
  return s.is(Virtio::ENCRYPTED_QUEUE_EMULATED) || s.is(Virtio::ENCRYPTED_QUEUE_PASSTHROUGH);
}

// clang-format off
constexpr Verb VERBS[] = {
  // actor to  name  scopes  source  hostile
  // Evidence.
  {TVM, TSM, "get_report", {EVIDENCE}, "S1.5", USUAL,
   IF(speaks(w) && seen_locked_or_running(w) && locked_or_runs(w) && w.report == Epoch::none),
   DO(w.report = Epoch::current)},
  {TVM, TSM, "get_measurements", {ACCESS, EVIDENCE}, "S1.5 P17 d28", USUAL,
   IF(w.running && quiet(w) && w.measurements == Epoch::none && ((s.is(MeasureWhen::PRE) && w.view == View::UNLOCKED)
      || ((s.in(EVIDENCE) || s.is(MeasureWhen::PRE)) && seen_locked_or_running(w) && locked_or_runs(w)))),
   DO(w.measurements = Epoch::current; w.fresh = true; if (s.in(ACCESS)) w.covered = true)},
  {TDM, TVM, "present_passport", {EVIDENCE}, "d7", USUAL,
   IF(s.is(AppraisedBy::PASSPORT) && w.running && w.measurements == Epoch::none),
   DO(w.measurements = Epoch::older; w.fresh = false)},
  {TVM, TDM, "appraise", {EVIDENCE}, "S0.6 S1.12 P13", USUAL,
   IF(w.running && w.appraisal == Appraisal::none && evidence_complete(w, s) && one_generation(w, s)),
   DO(appraise(w, s))},
  {TDM, TVM, "verdict", {EVIDENCE}, "S0.9 S1.12 P15", USUAL,
   IF(w.appraisal == Appraisal::pending),
   DO(verdict(w, s))},
  {TVM, TVM, "time_out", {EVIDENCE}, "L2 d7", ENDING,
   IF(w.appraisal == Appraisal::pending && !s.has(Flaw::TVM_WAITS_FOR_EVER)),
   DO(forget(w))},
  {TVM, TSM, "see_state", {ACCESS, EVIDENCE, TEARDOWN}, "S0.13 P16 P24", USUAL,
   IF(w.running && quiet(w) && (w.view == View::UNLOCKED || w.view == View::QUARANTINED) && w.ledger != Ledger::secret
      && (w.report != Epoch::none || w.consent != Epoch::none ||
      w.appraisal != Appraisal::none)),
   DO(forget(w))},

  // Consent and what follows from it.
  {TVM, TVM, "consent", {ACCESS, EVIDENCE, TEARDOWN}, "S0.8 P13", USUAL,
   IF(speaks(w) && seen_locked_or_running(w) && w.consent == Epoch::none && convinced(w, s)),
   DO(consent(w, s))},
  {TVM, TSM, "accept_mmio", {ACCESS, EVIDENCE, TEARDOWN}, "S0.10 S1.6 P15", USUAL,
   IF(s.is(Accept::SPLIT) && speaks(w) && seen_locked_or_running(w) && w.mmio == Party::nobody && taken(w, s)
      && ledger_permits(w, s)),
   DO(w.mmio = w.owner; tear_down_mappings(w, s))},
  {TVM, TSM, "start", {ACCESS, EVIDENCE, TEARDOWN}, "S1.3 d2 P15", USUAL,
   IF(s.is(StartAuthority::TVM) && speaks(w) && w.view == View::LOCKED && taken(w, s)
      && (s.is(Accept::SPLIT) ? w.gate == Gate::PRIVATE || s.is(GateOrder::START_THEN_GATE) : ledger_permits(w, s))),
   DO(begin(w, Talk::START); if (s.is(Accept::FUSED)) tear_down_mappings(w, s))},
  {TVM, TSM, "enable_dma", {ACCESS, EVIDENCE, TEARDOWN}, "S0.10 P22 P15 d11", USUAL,
   IF(s.is(Accept::SPLIT) && speaks(w) && gate_opens_now(w, s) && w.gate != Gate::PRIVATE && taken(w, s)
      && ledger_permits(w, s)),
   DO(w.gate = Gate::PRIVATE; tear_down_mappings(w, s))},
  {TVM, TSM, "stop", {TEARDOWN}, "L7", ENDING,
   IF(speaks(w) && seen_locked_or_running(w)),
   DO(w.wants_stop = true; begin_stop(w, s))},

  // Use.
  {TVM, TVM, "map_shared", {ACCESS}, "S0.8 P23 d8", USUAL,
   IF(w.running && w.ledger == Ledger::none && w.consent == Epoch::none && !s.is(PreAcceptUse::BLOCKED)),
   DO(w.ledger = Ledger::shared)},
  {TVM, TVM, "map_private", {ACCESS}, "S0.12 P23", USUAL,
   IF(w.running && w.ledger == Ledger::none && (trusted_with_private(w, s) || s.has(Flaw::TVM_MAPS_EARLY))),
   DO(w.ledger = Ledger::secret)},
  {TVM, TVM, "unmap", {ACCESS}, "S0.12 P27", USUAL,
   IF(w.running && w.ledger != Ledger::none),
   DO(w.ledger = Ledger::none)},
  {TVM, TVM, "fall_back_to_bounce_buffer", {ACCESS}, "S1.13 P24 d22", ENDING,
   IF(w.running && w.consent != Epoch::none && w.tdi == TdiState::ERROR && w.ledger == Ledger::none
      && (s.is(OnMismatch::DEGRADE) || s.has(Flaw::TVM_FALLS_BACK))),
   DO(w.ledger = Ledger::shared)},
  {TVM, TVM, "panic", {ACCESS}, "S1.13 d22", ENDING,
   IF(w.running && w.consent != Epoch::none && w.tdi == TdiState::ERROR && s.is(OnMismatch::PANIC)),
   DO(forget(w); w.running = false; w.ledger = Ledger::none)},
  {TVM, BMC, "approve_update", {ACCESS}, "P20 d23", USUAL,
   IF(w.running && w.consent != Epoch::none && s.is(UpdateAttestation::PRE) && w.peer == Peer::genuine && !w.approved),
   DO(w.approved = true)},
  // Order on the link.
  {TVM, ROOT, "read_mmio", {ORDER}, "P12b", USUAL,
   IF(w.tag == Party::nobody && !w.quarantined),
   DO(w.tag = Party::TVM1)},
  {TVM, ROOT, "other_tenant_reads_mmio", {ORDER}, "P12b CVE-2025-9613", USUAL,
   IF(w.tag == Party::nobody && !w.quarantined),
   DO(w.tag = Party::TVM2)},
  {TVM, DEVICE, "write_then_read", {ORDER}, "P12b CVE-2025-9612", USUAL,
   IF(w.write == Parcel::none),
   DO(w.write = w.read = Parcel::sent)},

  // MMIO ranges.
  {TVM, TSM, "accept_ranges", {RANGES}, "S1.6 P18 P19", USUAL,
   IF(bound(w) && locked(w) && !w.accepted_all && w.range_a != Place::none),
   DO(accept_ranges(w, s))},
  {TVM, DSM, "start", {RANGES}, "S1.3", USUAL,
   IF(bound(w) && locked(w) && w.accepted_all),
   DO(drive(w, tdisp::Stimulus::START_INTERFACE_REQUEST))},
  {TVM, TVM, "trust_interrupts", {RANGES}, "P29b", USUAL,
   IF(runs(w) && !w.trusts_interrupts && (w.msix_locked || s.has(Flaw::TVM_TRUSTS_INTERRUPTS))),
   DO(w.trusts_interrupts = true)},

  // The emulated device.
  {TVM, LOWVISOR, "publish_buffer", {QUEUE}, "S3.2 S3.6 S3.7", USUAL,
   IF(w.published == Buffer::none),
   DO(w.published = w.descriptor = Buffer::small; w.queue_encrypted = encrypts(s);
      w.beside = !w.queue_encrypted && s.has(Flaw::TVM_SHARES_WHOLE_PAGES);
      if (guest_shares(s) || encrypts(s)) w.granted = Granter::guest)},
  {TVM, LOWVISOR, "publish_buffer_beside_other_data", {QUEUE}, "S3.7 V4", USUAL,
   IF(w.published == Buffer::none && guest_shares(s)),
   DO(w.published = w.descriptor = Buffer::small; w.granted = Granter::guest; w.beside = true)},
  {TVM, IOMMU, "program_stage_1_wide", {QUEUE}, "S3.3 V2", USUAL,
   IF(!w.stage_1_wide),
   DO(w.stage_1_wide = true)},
};
// clang-format on

}  // namespace

std::span<const Verb> tvm_verbs() { return VERBS; }

}  // namespace lockstep::host
