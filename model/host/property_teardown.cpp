// Properties of the end: what is true when a TDI, its memory or its link goes to somebody else.
#include "host/property_table.hpp"

namespace lockstep::host {
namespace {

bool becomes_unlocked(const World& b, const World& a) {
  return b.tdi != TdiState::CONFIG_UNLOCKED && a.tdi == TdiState::CONFIG_UNLOCKED;
}
bool page_moves(const World& b, const World& a) { return b.page != a.page; }
bool reachable(const World& w) { return w.cached || (w.gate == Gate::PRIVATE && w.owner == w.page); }

}  // namespace

std::span<const Property> teardown_properties() {
  static const std::vector<Property> all{
      {.id = "P12b",
       .name = "nothing arrives in another epoch",
       .text = "A posted write is consumed under the owner under whom it was issued, or not at all",
       .scope = TEARDOWN,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"let_write_arrive"}) && b.gate == Gate::PRIVATE, b.in_flight == b.owner)),
       .step_premise = STEP(is(v, {"let_write_arrive"})),
       .mutant = {Flaw::DSM_ACKS_BEFORE_DRAIN}},
      {.id = "P30",
       .name = "gate and caches before pages",
       .text = "A page changes its owner only when the gate is closed and no translation cache leads to it",
       .scope = TEARDOWN,
       .shape = Shape::step,
       .step = STEP(implies(page_moves(b, a), !reachable(b))),
       .step_premise = STEP(page_moves(b, a)),
       .mutant = {Flaw::TSM_SKIPS_INVALIDATION}},
      {.id = "P31",
       .name = "UNLOCKED means unlocked",
       .text = "When the TSM takes the TDI for unlocked, the device has said so, or it is cut off",
       .scope = TEARDOWN,
       .shape = Shape::always,
       .state = IF(implies(w.view == View::UNLOCKED && quiet(w), w.tdi == TdiState::CONFIG_UNLOCKED || w.fenced)),
       .premise = IF(w.wants_stop),
       .mutant = {Flaw::TSM_FAILS_OPEN}},
      {.id = "P32",
       .name = "scrubbed and drained",
       .text = "A TDI that becomes CONFIG_UNLOCKED holds no tenant's data, and nothing of it is on the link",
       .scope = TEARDOWN,
       .shape = Shape::step,
       .step = STEP(implies(becomes_unlocked(b, a), a.secret == Party::nobody && a.in_flight == Party::nobody)),
       .step_premise = STEP(becomes_unlocked(b, a)),
       .mutant = {Flaw::DSM_KEEPS_SECRETS}},
      {.id = "P33",
       .name = "MMIO of one tenant",
       .text = "While the TDI is bound, its private MMIO is valid in its owner's address space or in none",
       .scope = TEARDOWN,
       .shape = Shape::always,
       .state = IF(implies(bound(w), w.mmio == Party::nobody || w.mmio == w.owner)),
       .premise = IF(w.owner == Party::TVM2),
       .mutant = {Flaw::TSM_BINDS_WHILE_MAPPED}},
      {.id = "P36",
       .name = "no dead owner",
       .text = "A TVM is destroyed only when no TDI is bound to it",
       .scope = TEARDOWN,
       .shape = Shape::always,
       .state = IF(implies(w.dead, w.owner != Party::TVM1)),
       .premise = IF(w.dead),
       .mutant = {Flaw::TSM_FORGETS_REFERENCES}},
      {.id = "P37",
       .name = "non-interference",
       .text = "Two runs that differ in the tenant's private data alone look the same to host, wire and other tenants",
       .scope = TEARDOWN,
       .shape = Shape::always,
       .premise = IF(w.owner == Party::TVM2 && runs(w)),
       .mutant = {Flaw::DSM_KEEPS_SECRETS},
       .two_runs = true},
      {.id = "P40",
       .name = "one owner, truly reported",
       .text = "A TDI has one owner, and that is the one that a bind reports",
       .scope = TEARDOWN,
       .shape = Shape::always,
       .state = IF(w.reported == Party::nobody || w.reported == w.owner),
       .premise = IF(w.reported != Party::nobody),
       .mutant = {Flaw::TSM_MISREPORTS_BINDING}},
      {.id = "L3",
       .name = "unbind gives back",
       .text = "An unbind, by force at last, gives the memory back though TVM and device are silent",
       .scope = TEARDOWN,
       .shape = Shape::leads_to,
       .state = IF(w.page != Party::TVM1 || w.owner != Party::TVM1),
       .premise = IF(w.talk == Talk::STOP && w.owner == Party::TVM1 && w.page == Party::TVM1),
       .mutant = {Flaw::TSM_WAITS_FOR_EVER},
       .fair = FAIR(v.actor == TSM || is(v, {"take_page", "force_unbind"}))},
      {.id = "L7",
       .name = "the TVM can stop alone",
       .text = "A TVM that stops a TDI can use its memory safely without the host's help",
       .scope = TEARDOWN,
       .shape = Shape::leads_to,
       .state = IF(!reachable(w)),
       .premise = IF(w.wants_stop),
       .mutant = {Flaw::TSM_WAITS_FOR_EVER},
       .fair = FAIR(v.actor == TSM)},
  };
  return all;
}

}  // namespace lockstep::host
