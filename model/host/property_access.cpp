// Properties of the way from CONFIG_UNLOCKED to private DMA.
#include "host/property_table.hpp"

namespace lockstep::host {
namespace {

/// An access of the TDI to a private page, and what must be so then. (The stream is SECURE in this scope.)
bool justified(const World& w) {
  return w.owner == w.page && runs(w) && w.gate == Gate::PRIVATE && w.consent == Epoch::current && !w.fenced;
}
bool is_dma(const Verb& v) { return is(v, {"dma"}); }
bool gate_or_mmio_opens(const World& b, const World& a) {
  return (b.gate != Gate::PRIVATE && a.gate == Gate::PRIVATE) || (b.mmio == Party::nobody && a.mmio != Party::nobody);
}
bool meddles(const Verb& v) { return is(v, {"write_config", "clear_bus_master", "function_level_reset"}); }
bool starts(const World& b, const Verb& v, const World& a) {
  return is(v, {"answer"}) && b.talk == Talk::START && a.wire == Wire::response;
}

bool update_is_noticed(const World& b, const World& a, const Setting& s) {
  if (!locked_or_runs(b)) return true;
  return s.is(NoFwUpdate::NO) && implies(s.is(UpdateEndsSession::YES), a.tdi == TdiState::ERROR);
}

}  // namespace

std::span<const Property> access_properties() {
  static const std::vector<Property> all{
      {.id = "P02/interface",
       .name = "answers of this TDI",
       .text = "The TSM does not take the response of another TDI for this one's",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"cross_wire"}), a.view == View::ERROR || b.talk == Talk::STOP)),
       .step_premise = STEP(is(v, {"cross_wire"})),
       .mutant = {Flaw::TSM_SKIPS_INTERFACE}},
      {.id = "P20",
       .name = "firmware update",
       .text = "New firmware while locked: impossible with NO_FW_UPDATE, the end of a session whose policy says so, "
               "and in any case no access to private data before the TVM has agreed to it",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(is(v, {"update_firmware"}) ? update_is_noticed(b, a, s) : implies(is_dma(v), b.covered)),
       .step_premise = STEP(is_dma(v)),
       .mutant = {Flaw::DSM_UPDATES_SILENTLY}},
      {.id = "P21",
       .name = "nonce of the last lock",
       .text = "START succeeds only in CONFIG_LOCKED and with the nonce of the last successful LOCK; leaving "
               "CONFIG_LOCKED destroys the nonce",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(implies(starts(b, v, a), locked(b) && b.nonce && b.start_nonce == Epoch::current) &&
                    implies(is(v, {"replay_start"}), !runs(a)) && implies(a.nonce, locked(a))),
       .step_premise = STEP(is(v, {"replay_start"})),
       .mutant = {Flaw::DSM_IGNORES_NONCE}},
      {.id = "P22",
       .name = "private access is justified",
       .text = "The device reaches a private page only if its owner holds the TDI, the TDI is in RUN, the gate is "
               "PRIVATE, and the owner's consent is about the current lock",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(implies(is_dma(v), justified(b))),
       .step_premise = STEP(is_dma(v)),
       .mutant = {Flaw::TSM_OPENS_FOR_ANYONE, Flaw::TSM_STARTS_UNASKED}},
      {.id = "P22/early-dma",
       .name = "one fault: DMA in CONFIG_LOCKED",
       .text = "No access to a private page without current consent, even from a device that does not wait for RUN",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(implies(is_dma(v), b.gate == Gate::PRIVATE && b.consent == Epoch::current)),
       .step_premise = STEP(is_dma(v)),
       .mutant = {Flaw::TSM_OPENS_FOR_ANYONE},
       .assumes = {Flaw::DSM_EARLY_DMA}},
      {.id = "P22/stuck-gate",
       .name = "one fault: the gate is stuck open",
       .text = "No access to a private page without current consent, even if the gate never closes",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(implies(is_dma(v), runs(b) && b.consent == Epoch::current)),
       .step_premise = STEP(is_dma(v)),
       .mutant = {Flaw::TSM_STARTS_UNASKED},
       .assumes = {Flaw::IOMMU_STUCK_GATE}},
      {.id = "P22/run-consent",
       .name = "RUN is consent",
       .text = "The TDI goes to RUN only when its TVM has consented to the current lock",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(implies(!runs(b) && runs(a), b.consent == Epoch::current)),
       .step_premise = STEP(!runs(b) && runs(a)),
       .mutant = {Flaw::TSM_STARTS_UNASKED}},
      {.id = "P23",
       .name = "shared pages before consent",
       .text = "Before consent every DMA mapping of the TVM for the TDI is of shared pages",
       .scope = ACCESS,
       .shape = Shape::always,
       .state = IF(implies(w.ledger == Ledger::secret, w.consent != Epoch::none)),
       .premise = IF(w.ledger != Ledger::none && w.consent == Epoch::none),
       .mutant = {Flaw::TVM_MAPS_EARLY}},
      {.id = "P23/level",
       .name = "private mappings behind an open gate",
       .text = "Private pages are mapped for the TDI only when private DMA is enabled, not when MMIO alone is accepted",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"map_private"}), b.gate == Gate::PRIVATE)),
       .step_premise = STEP(is(v, {"map_private"})),
       .mutant = {Flaw::TVM_MAPS_EARLY}},
      {.id = "P24",
       .name = "no silent fallback",
       .text = "A TDI that was accepted and has failed is not used through shared buffers as if nothing had happened",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(implies(b.consent != Epoch::none && b.tdi == TdiState::ERROR && a.ledger == Ledger::shared,
                            b.ledger == Ledger::shared)),
       .premise = IF(w.consent != Epoch::none && w.tdi == TdiState::ERROR),
       .mutant = {Flaw::TVM_FALLS_BACK}},
      {.id = "P27",
       .name = "no change under a live mapping",
       .text = "MMIO and DMA become private only while the TVM has no live mapping for the TDI",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(implies(gate_or_mmio_opens(b, a), a.ledger == Ledger::none)),
       .step_premise = STEP(gate_or_mmio_opens(b, a)),
       .mutant = {Flaw::TVM_ACCEPTS_WHILE_MAPPED}},
      {.id = "P34",
       .name = "ERROR absorbs",
       .text = "ERROR is left for CONFIG_UNLOCKED alone, no trusted access is admitted in it, and RUN never becomes "
               "CONFIG_LOCKED",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(implies(b.tdi == TdiState::ERROR, a.tdi == TdiState::ERROR || a.tdi == TdiState::CONFIG_UNLOCKED) &&
                    implies(runs(b), !locked(a)) && implies(is_dma(v), b.tdi != TdiState::ERROR)),
       .premise = IF(w.tdi == TdiState::ERROR),
       .mutant = {Flaw::DSM_ROLLS_BACK}},
      {.id = "P35",
       .name = "configuration changes end in ERROR",
       .text = "A change of tracked configuration in CONFIG_LOCKED or RUN takes the TDI to ERROR before it is used",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(implies(meddles(v), a.tdi == TdiState::ERROR)),
       .step_premise = STEP(meddles(v)),
       .mutant = {Flaw::DSM_TRACKS_NO_WRITES}},
      {.id = "P42",
       .name = "no half states",
       .text = "A verb that fails leaves the TDI as it was, in ERROR, or, at the end, given up",
       .scope = ACCESS,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"drop", "deliver_refusal"}) && b.talk != Talk::STOP, a.view == View::ERROR)),
       .step_premise = STEP(is(v, {"drop"}) && b.talk == Talk::LOCK),
       .mutant = {Flaw::TSM_KEEPS_HALF_STATES}},
      {.id = "L1",
       .name = "honest parties get there",
       .text = "A TDI bound by honest parties comes to RUN with private DMA",
       .scope = ACCESS,
       .shape = Shape::leads_to,
       .state = IF(runs(w) && w.gate == Gate::PRIVATE),
       .premise = IF(w.talk == Talk::LOCK),
       .mutant = {Flaw::TSM_LOSES_REQUESTS},
       .moods = Mood::USUAL,
       .fair = FAIR(!is(v, {"map_shared"}))},
      {.id = "L5",
       .name = "ERROR ends",
       .text = "A TDI in ERROR, or given up, becomes CONFIG_UNLOCKED again",
       .scope = ACCESS,
       .shape = Shape::leads_to,
       .state = IF(w.view == View::UNLOCKED),
       .premise = IF(w.view == View::ERROR || w.view == View::QUARANTINED),
       .mutant = {Flaw::TSM_NO_RECOVERY},
       .moods = Mood::HOSTILE,
       .fair = FAIR(v.actor == TSM || is(v, {"answer", "deliver", "deliver_refusal", "unbind"}))},
  };
  return all;
}

}  // namespace lockstep::host
