// Properties of MMIO, interrupts, translation, callers, two devices and emulated devices.
#include "host/capability.hpp"
#include "host/property_table.hpp"

namespace lockstep::host {
namespace {

bool right(bool valid, Place place) { return implies(valid, place == Place::right); }
bool agrees(Target walked, const World& w) {
  return walked == Target::nothing || walked == Target::other_tenant || walked == w.cpu_target;
}
bool encrypted_queue(const Setting& s) {
  return s.is(Virtio::ENCRYPTED_QUEUE_EMULATED) || s.is(Virtio::ENCRYPTED_QUEUE_PASSTHROUGH);
}

/// "VFIO calls start" and the like.
bool calls(const Verb& v, std::string_view who) {
  return v.name.starts_with(who) && v.name.substr(who.size()).starts_with(" calls ");
}
std::optional<Call> call_in(const Verb& v) {
  constexpr std::array<std::string_view, 6> NAMES{"bind", "start", "accept_mmio", "enable_dma", "unbind", "info"};
  const std::string_view what = v.name.substr(v.name.rfind(' ') + 1);
  for (std::size_t i = 0; i < NAMES.size(); ++i)
    if (what == NAMES[i]) return static_cast<Call>(i);
  return {};
}
bool is_call(const Verb& v) { return v.name.find(" calls ") != v.name.npos; }
bool forbidden(const Verb& v, const Setting& s) {
  if (!is_call(v)) return false;
  const Call call = *call_in(v);
  if (calls(v, "host")) return !may(Caller::host, call, s);
  if (calls(v, "owner")) return !may(Caller::owner, call, s);
  if (calls(v, "VFIO")) return !may(Caller::vfio, call, s);
  return true;
}

}  // namespace

std::span<const Property> ranges_properties() {
  static const std::vector<Property> all{
      {.id = "P18",
       .name = "ranges lead where the report says",
       .text =
           "Every accepted MMIO range leads to the memory that the report of this lock names, whole, and to no other's",
       .scope = RANGES,
       .shape = Shape::always,
       .state = IF(right(w.valid_a, w.range_a) && right(w.valid_b, w.range_b)),
       .premise = IF(w.valid_a && w.valid_b),
       .mutant = {Flaw::TSM_SKIPS_RANGE_CHECK}},
      {.id = "P19",
       .name = "accept is whole",
       .text = "After an accept that succeeds every reported range is valid; after one that fails none is, and the TDI "
               "is not in RUN",
       .scope = RANGES,
       .shape = Shape::step,
       .step = STEP(
           implies(is(v, {"accept_ranges"}), a.valid_a == a.accepted_all && a.valid_b == a.accepted_all && !runs(a))),
       .step_premise = STEP(is(v, {"accept_ranges"}) && !a.accepted_all),
       .mutant = {Flaw::TSM_ACCEPTS_PARTLY}},
      {.id = "P28",
       .name = "no untrusted access in RUN",
       .text = "An access with T=0 to a private range has no effect in RUN",
       .scope = RANGES,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"poke_bar"}) && runs(b), !a.touched)),
       .step_premise = STEP(is(v, {"poke_bar"}) && runs(b)),
       .mutant = {Flaw::DSM_SERVES_UNTRUSTED}},
      {.id = "P28/locked",
       .name = "the device as it was locked",
       .text = "What runs has not been changed by the host since the lock",
       .scope = RANGES,
       .shape = Shape::always,
       .state = IF(implies(runs(w), !w.touched)),
       .premise = IF(runs(w)),
       .mutant = {Flaw::DSM_SERVES_UNTRUSTED}},
      {.id = "P29",
       .name = "no host mapping of private MMIO",
       .text = "While the TDI is bound no process of the host has its private MMIO mapped",
       .scope = RANGES,
       .shape = Shape::always,
       .state = IF(implies(locked_or_runs(w), !w.host_maps)),
       .premise = IF(locked_or_runs(w)),
       .mutant = {Flaw::TSM_REVOKES_NOTHING}},
      {.id = "P29b",
       .name = "interrupts are hints",
       .text = "The TVM relies on interrupts only where the vectors were locked",
       .scope = RANGES,
       .shape = Shape::always,
       .state = IF(implies(runs(w) && w.trusts_interrupts, !w.vectors_forged)),
       .premise = IF(w.trusts_interrupts),
       .mutant = {Flaw::TVM_TRUSTS_INTERRUPTS}},
      {.id = "P37/addresses",
       .name = "the report hides the host's addresses",
       .text = "The TVM learns no bits of the host's addresses from the report",
       .scope = RANGES,
       .shape = Shape::always,
       .state = IF(!w.address_leaked),
       .premise = IF(bound(w)),
       .mutant = {Flaw::DSM_REPORTS_ADDRESSES}},

      {.id = "P25",
       .name = "CPU and IOMMU agree",
       .text = "For every private page the IOMMU and its caches lead where the CPU's table does, or nowhere",
       .scope = TRANSLATION,
       .shape = Shape::always,
       .state = IF(agrees(w.iommu_target, w) && agrees(w.cached_target, w)),
       .premise = IF(w.cpu_target == Target::new_page && w.cached_target == Target::new_page),
       .mutant = {Flaw::TSM_KEEPS_TRANSLATION}},
      {.id = "P26",
       .name = "only the owner's pages",
       .text = "The TDI's translation reaches only pages of the TDI's owner",
       .scope = TRANSLATION,
       .shape = Shape::always,
       .state = IF(w.iommu_target != Target::other_tenant),
       .premise = IF(w.iommu_target == Target::old_page),
       .mutant = {Flaw::TSM_SHARES_CONTEXT}},

      {.id = "P16",
       .name = "state is read from the TSM",
       .text = "The operating system decides on the TDI's state only from a trusted read since it took the TDI",
       .scope = AGENTS,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"os_uses_device"}), b.source == Source::TSM)),
       .step_premise = STEP(is(v, {"os_uses_device"})),
       .mutant = {Flaw::TVM_TRUSTS_CONFIG}},
      {.id = "P38",
       .name = "callers",
       .text = "A verb called by one who may not is an error and changes nothing",
       .scope = AGENTS,
       .shape = Shape::step,
       .step = STEP(implies(forbidden(v, s), a == b)),
       .step_premise = STEP(forbidden(v, s)),
       .mutant = {Flaw::TSM_SKIPS_CALLERS}},
      {.id = "P39",
       .name = "roles",
       .text = "VFIO has only those verbs served that belong to its role",
       .scope = AGENTS,
       .shape = Shape::step,
       .step = STEP(implies(calls(v, "VFIO") && a != b, in_role(*call_in(v), s))),
       .step_premise = STEP(calls(v, "VFIO") && !in_role(*call_in(v), s)),
       .mutant = {Flaw::TSM_SKIPS_CALLERS}},
      {.id = "P41",
       .name = "one agent",
       .text = "One agent inside the TVM at a time holds the authority to accept the TDI",
       .scope = AGENTS,
       .shape = Shape::always,
       .state = IF(!(w.first_holds && w.os_holds)),
       .premise = IF(w.os_holds),
       .mutant = {Flaw::TVM_TAKES_WITHOUT_RECORD}},
      {.id = "P43",
       .name = "what guests may send",
       .text = "Of a guest's requests only information and state changes reach the device",
       .scope = AGENTS,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"vendor_debug_write"}), a == b)),
       .step_premise = STEP(is(v, {"vendor_debug_write"})),
       .mutant = {Flaw::TSM_PASSES_ANY_REQUEST}},

      {.id = "L6",
       .name = "one TDI does not block the other",
       .text = "A verb on one TDI ends though the conversation of another TDI of the device never goes on",
       .scope = CONNECT,
       .shape = Shape::leads_to,
       .state = IF(!w.wants_2),
       .premise = IF(w.wants_2),
       .mutant = {Flaw::TSM_PARKS},
       .fair = FAIR(is(v, {"take_turn_for_tdi_2", "carry_for_tdi_2", "abandon_parked_tdi_1"}))},
      {.id = "L6/connect",
       .name = "a wanted device is connected",
       .text = "A device that is wanted for a TVM gets its session and its stream",
       .scope = CONNECT,
       .shape = Shape::leads_to,
       .state = IF(w.tsm_session == SessionState::ESTABLISHED),
       .premise = IF(w.asked),
       .mutant = {Flaw::TSM_LOSES_REQUESTS},
       .fair = FAIR(is(v, {"connect_wanted_device"}))},

      {.id = "L6/room",
       .name = "room for the TSM's session",
       .text = "When a device is wanted for a TVM, it has room for the TSM's session",
       .scope = CONNECT,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"want_device"}), b.host_session == SessionState::NONE ||
                                                        (s.is(Sessions::SHARED) && s.is(SessionLimit::TWO)))),
       .step_premise = STEP(is(v, {"want_device"})),
       .spoilt = "VMM authenticate_at_boot (connect): no guard"},

      {.id = "V1",
       .name = "the host reads what the guest shared",
       .text = "The host reaches a page of the guest only if the guest has shared it",
       .scope = QUEUE,
       .shape = Shape::always,
       .state = IF(implies(w.host_touched, w.granted == Granter::guest)),
       .premise = IF(w.host_touched),
       .mutant = {Flaw::LOWVISOR_TRUSTS_HOST}},
      {.id = "V2",
       .name = "two stages",
       .text = "What the device reaches lies within the second stage, whatever the first one says",
       .scope = QUEUE,
       .shape = Shape::always,
       .state = IF(!w.overreach),
       .premise = IF(w.stage_1_wide),
       .mutant = {Flaw::LOWVISOR_SINGLE_STAGE}},
      {.id = "V3",
       .name = "no double fetch",
       .text = "A grant covers what the descriptor said when the guest published it",
       .scope = QUEUE,
       .shape = Shape::always,
       .state = IF(w.grant != Buffer::wide),
       .premise = IF(w.grant == Buffer::small && w.descriptor == Buffer::wide),
       .mutant = {Flaw::LOWVISOR_FETCHES_TWICE}},
      {.id = "V4",
       .name = "no neighbours",
       .text = "No bytes are disclosed but those that the guest meant to share",
       .scope = QUEUE,
       .shape = Shape::always,
       .state = IF(!w.neighbour_seen),
       .premise = IF(w.host_touched || w.grant != Buffer::none),
       .mutant = {Flaw::TVM_SHARES_WHOLE_PAGES}},
      {.id = "V5",
       .name = "the encrypted queue is secret",
       .text = "With an encrypted queue the host does not learn the plain text, and cannot switch the encryption off",
       .scope = QUEUE,
       .shape = Shape::always,
       .state = IF(implies(encrypted_queue(s), !w.plaintext_seen)),
       .premise = IF(w.queue_encrypted && w.published != Buffer::none),
       .mutant = {Flaw::TVM_ACCEPTS_DOWNGRADE}},
  };
  return all;
}

}  // namespace lockstep::host
