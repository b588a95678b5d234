// What holds the properties up, on the link and beside it: see lemmas_lock.cpp.
#include "host/dsm.hpp"
#include "host/property_table.hpp"

namespace lockstep::host {
namespace {

bool nonce_agrees(const World& w) { return w.nonce == locked(w); }
bool port_is_empty(const World& w) {
  return w.port_keys == Keys::none && w.port_rx == Stage::none && w.port_tx == Stage::none;
}
bool device_agrees(const World& w) {
  return (w.device_keys == Keys::none) == (w.device_rx == Stage::none && w.device_tx == Stage::none) &&
         (w.locked_by == Keys::none) == (w.tdi == TdiState::CONFIG_UNLOCKED) && nonce_agrees(w) &&
         implies(locked_or_runs(w) && w.locked_by == Keys::TSM, device_secure(w)) &&
         implies(w.device_keys == Keys::TSM, w.tsm_session == SessionState::ESTABLISHED) &&
         implies(w.device_keys == Keys::host, w.host_session == SessionState::ESTABLISHED);
}
bool keys(const Verb& v) {
  return (v.actor == TSM || v.actor == ROOT) &&
         is(v, {"program_device", "program_port", "go_device_rx", "go_port_rx", "go_device_tx", "go_port_tx"});
}
bool lost_session(const World& w) { return w.alive && w.tsm_session == SessionState::NONE; }
bool binding_is_gone(const World& w) {
  return !w.valid_a && !w.valid_b && !w.accepted_all && !w.touched && !w.msix_locked && !w.vectors_forged &&
         !w.trusts_interrupts && !w.address_leaked;
}
bool ends_turn(const Verb& v, Party whose) {
  return whose == Party::TVM1 ? is(v, {"carry_for_tdi_1", "abandon_parked_tdi_1"}) : is(v, {"carry_for_tdi_2"});
}
bool lacks_room(const World& w, const Setting& s) {
  return w.stream_of != Party::nobody || (w.host_session != SessionState::NONE && s.is(SessionLimit::ONE));
}
bool turns_agree(const World& w) {
  return implies(w.busy == Party::TVM1, w.wants_1) && implies(w.busy == Party::TVM2, w.wants_2) &&
         !(w.wants_1 && w.done_1) && !(w.wants_2 && w.done_2);
}

}  // namespace

std::span<const Property> link_lemmas() {
  static const std::vector<Property> all{
      // --- session and link
      {.id = "P02/mac",
       .name = "a response that does not fit ends the session",
       .text = "A TSM that is given a response of another time gives its session up",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"replay_response"}), !a.alive)),
       .step_premise = STEP(is(v, {"replay_response"})),
       .mutant = {Flaw::TSM_SKIPS_SEQUENCE}},
      {.id = "P03/new",
       .name = "a new session has a new transcript",
       .text = "The transcript that is given is that of a session that lives, and not that of a new one",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"finish_handshake"}), a.transcript == Transcript::none) &&
                    implies(is(v, {"give_transcript"}), b.alive)),
       .step_premise = STEP(is(v, {"finish_handshake"}) && b.transcript == Transcript::live),
       .spoilt = "DSM finish_handshake (link): effect forgets transcript"},
      {.id = "P04/device",
       .name = "the device's records agree",
       .text = "Keys, locks and nonce of the device are there no longer than the session and the lock they belong to",
       .scope = LINK,
       .shape = Shape::always,
       .state = IF(device_agrees(w)),
       .premise = IF(w.device_keys == Keys::TSM && locked_or_runs(w)),
       .mutant = {Flaw::DSM_UNCOUPLED}},
      {.id = "P04/reset",
       .name = "a reset ends every session",
       .text = "After GET_VERSION or a power cycle the device has no session and no key",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"get_version", "power_cycle"}), a.tsm_session == SessionState::NONE &&
                                                                       a.host_session == SessionState::NONE &&
                                                                       a.device_keys == Keys::none)),
       .step_premise = STEP(is(v, {"power_cycle"}) && b.device_keys != Keys::none),
       .mutant = {Flaw::DSM_UNCOUPLED}},
      {.id = "P04/told",
       .name = "the TSM learns of a lost session",
       .text = "The TSM gives up a session that the device has lost",
       .scope = LINK,
       .shape = Shape::leads_to,
       .state = IF(!lost_session(w)),
       .premise = IF(lost_session(w)),
       .fair = FAIR(is(v, {"notice_dead_session"})),
       .spoilt = "TSM notice_dead_session (link): deleted"},
      {.id = "P31/link",
       .name = "the TSM's belief over a session",
       .text = "While its session lives the TSM takes a TDI for locked or running only if it is, or has failed",
       .scope = LINK,
       .shape = Shape::always,
       .state = IF(implies(w.alive && w.tsm_session == SessionState::ESTABLISHED, belief_is_true(w))),
       .premise = IF(w.alive && w.tsm_session == SessionState::ESTABLISHED && w.view == View::RUN),
       .spoilt = "VMM connect (link): guard forgets view"},
      {.id = "P31/recovered",
       .name = "no lock is forgotten",
       .text = "While its session lives the TSM does not take a TDI for unlocked that it has locked",
       .scope = LINK,
       .shape = Shape::always,
       .state = IF(implies(w.alive && w.tsm_session == SessionState::ESTABLISHED && w.view == View::UNLOCKED,
                           !(locked_or_runs(w) && w.locked_by == Keys::TSM))),
       .premise = IF(w.alive && w.view == View::UNLOCKED && w.tdi == TdiState::ERROR),
       .spoilt = "TSM recover (link): no guard"},
      {.id = "P06/dead",
       .name = "keys over a dead session",
       .text = "A TSM whose key messages the device does not take gives its session up",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(v.actor == TSM && keys(v) && b.tsm_session == SessionState::NONE, !a.alive)),
       .step_premise = STEP(v.actor == TSM && keys(v) && b.tsm_session == SessionState::NONE),
       .spoilt = "TSM program_device (link): effect forgets alive"},
      {.id = "P06/room",
       .name = "leave for two sessions",
       .text = "Host and TSM both have a session only where the device has room and leave for two",
       .scope = LINK,
       .shape = Shape::always,
       .state = IF(implies(w.tsm_session != SessionState::NONE && w.host_session != SessionState::NONE,
                           s.is(Sessions::SHARED) && s.is(SessionLimit::TWO))),
       .premise = IF(w.host_session != SessionState::NONE),
       .spoilt = "VMM connect_for_itself (link): no guard"},
      {.id = "P06/rekey",
       .name = "keys are made for an unlocked TDI",
       .text = "The TSM programs and enables keys only over a session that it takes for alive, before any lock",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(keys(v), b.alive && b.view == View::UNLOCKED)),
       .step_premise = STEP(keys(v)),
       .spoilt = "TSM program_device (link): guard forgets alive"},
      {.id = "P07/run",
       .name = "trusted accesses in RUN",
       .text = "The TDI sends trusted accesses over the stream in RUN alone",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"carry", "carry_known"}), runs(b))),
       .step_premise = STEP(is(v, {"carry", "carry_known"})),
       .spoilt = "DEVICE carry (link): guard forgets tdi"},
      {.id = "P10/port",
       .name = "an empty port",
       .text = "The root port holds keys for both directions or none, and none of a session that the TSM has given up",
       .scope = LINK,
       .shape = Shape::always,
       .state = IF(implies(!w.alive && s.has_tsm(), port_is_empty(w)) &&
                   (w.port_keys == Keys::none) == (w.port_rx == Stage::none && w.port_tx == Stage::none)),
       .premise = IF(!w.alive && w.tsm_session == SessionState::ESTABLISHED),
       .mutant = {Flaw::ROOT_KEEPS_KEYS}},
      {.id = "P10/own",
       .name = "the host's session ends with its keys",
       .text = "When the host ends its own session neither end has keys of it",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"end_own_session"}), a.host_session == SessionState::NONE &&
                                                            a.device_keys != Keys::host && a.port_keys != Keys::host)),
       .step_premise = STEP(is(v, {"end_own_session"}) && b.device_keys == Keys::host),
       .spoilt = "VMM end_own_session (link): no effect"},
      {.id = "P10/ended",
       .name = "a disconnect ends the session",
       .text = "After a disconnect the TSM has neither session nor TDI; where bound TDIs forbid it, it had none before",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"disconnect"}),
                            !a.alive && a.view == View::UNLOCKED && !(locked_or_runs(a) && a.locked_by == Keys::TSM) &&
                                implies(s.is(DisconnectBound::REJECT), b.view == View::UNLOCKED))),
       .step_premise = STEP(is(v, {"disconnect"})),
       .spoilt = "VMM disconnect (link): effect forgets alive"},
      {.id = "P11/stop",
       .name = "a spent key stops the stream",
       .text = "When the invocations of a key are spent neither end goes on with it",
       .scope = LINK,
       .shape = Shape::always,
       .state = IF(implies(w.counter == Counter::spent, !device_secure(w) && !port_secure(w))),
       .premise = IF(w.counter == Counter::spent),
       .mutant = {Flaw::DSM_WRAPS_COUNTER}},
      {.id = "L5/session",
       .name = "a TDI whose session is lost comes back",
       .text = "A TDI that is in ERROR for the loss of its session becomes CONFIG_UNLOCKED over a new one, unless the "
               "host keeps the device's sessions for itself",
       .scope = LINK,
       .shape = Shape::leads_to,
       .state = IF(w.tdi != TdiState::ERROR || w.host_session != SessionState::NONE),
       .premise = IF(w.tdi == TdiState::ERROR),
       .fair = FAIR(is(v, {"connect", "finish_handshake", "notice_dead_session", "recover", "stop_over_new_session",
                           "deliver_end_session"})),
       .spoilt = "TSM stop_over_new_session (link): deleted"},

      // --- order on the link
      {.id = "P12b/served",
       .name = "a read comes to its end",
       .text = "A tag that was given out is free again, or under quarantine",
       .scope = ORDER,
       .shape = Shape::leads_to,
       .state = IF(w.tag == Party::nobody),
       .premise = IF(w.tag != Party::nobody),
       .fair = FAIR(is(v, {"complete_read", "let_completion_arrive"})),
       .spoilt = "WIRE let_completion_arrive (order): effect forgets tag"},
      {.id = "P12b/quarantine",
       .name = "a quarantine comes to its end",
       .text = "A tag does not stay under quarantine for ever",
       .scope = ORDER,
       .shape = Shape::leads_to,
       .state = IF(!w.quarantined),
       .premise = IF(w.quarantined),
       .fair = FAIR(is(v, {"release_quarantined_tag", "let_completion_arrive"})),
       .spoilt = "ROOT release_quarantined_tag (order): deleted"},
      {.id = "P12b/sent",
       .name = "what arrives was sent",
       .text = "A write arrives that was sent, and a read sees it only after it has arrived",
       .scope = ORDER,
       .shape = Shape::step,
       .step = STEP(implies(b.write != Parcel::fresh && a.write == Parcel::fresh, b.write == Parcel::sent) &&
                    implies(a.read == Parcel::fresh, a.write == Parcel::fresh) &&
                    implies(b.read != a.read && a.read != Parcel::sent, b.read == Parcel::sent)),
       .step_premise = STEP(b.read != Parcel::fresh && a.read == Parcel::fresh),
       .spoilt = "WIRE let_read_arrive (order): guard forgets write"},

      // --- ranges
      {.id = "P32/ranges",
       .name = "nothing is left of a binding's ranges",
       .text = "A TDI is bound exactly while it is not CONFIG_UNLOCKED, and nothing of a binding outlives it",
       .scope = RANGES,
       .shape = Shape::always,
       .state = IF(bound(w) == (w.tdi != TdiState::CONFIG_UNLOCKED) && nonce_agrees(w) &&
                   implies(!bound(w), binding_is_gone(w))),
       .premise = IF(bound(w)),
       .spoilt = "VMM unbind (ranges): effect forgets valid_a"},
      {.id = "P19/start",
       .name = "START after every range",
       .text = "The TVM accepts ranges of a locked TDI that were mapped, and starts it when all are accepted",
       .scope = RANGES,
       .shape = Shape::step,
       .step = STEP(implies(v.actor == TVM && is(v, {"start"}), b.accepted_all && locked(b)) &&
                    implies(is(v, {"accept_ranges"}), locked(b) && b.range_a != Place::none)),
       .step_premise = STEP(v.actor == TVM && is(v, {"start"})),
       .spoilt = "TVM start (ranges): guard forgets accepted_all"},
      {.id = "P29b/locked",
       .name = "locked vectors",
       .text = "Who rewrites vectors that were locked takes the TDI to ERROR",
       .scope = RANGES,
       .shape = Shape::step,
       .step =
           STEP(implies(is(v, {"rewrite_vectors"}) && b.msix_locked, a.tdi == TdiState::ERROR && !a.vectors_forged)),
       .step_premise = STEP(is(v, {"rewrite_vectors"}) && b.msix_locked),
       .spoilt = "VMM rewrite_vectors (ranges): effect forgets tdi"},
      {.id = "P25/cache",
       .name = "caches follow",
       .text = "A translation cache leads where the CPU's table does, or nowhere",
       .scope = TRANSLATION,
       .shape = Shape::always,
       .state = IF(implies(w.cached_target == Target::old_page || w.cached_target == Target::new_page,
                           w.cached_target == w.cpu_target)),
       .premise = IF(w.cached_target == Target::new_page),
       .mutant = {Flaw::TSM_KEEPS_TRANSLATION}},

      // --- agents in the TVM, two TDIs, the emulated device
      {.id = "P21/agents",
       .name = "the device's nonce, whoever calls",
       .text = "A START_INTERFACE_NONCE is valid in CONFIG_LOCKED and in no other state",
       .scope = AGENTS,
       .shape = Shape::always,
       .state = IF(nonce_agrees(w)),
       .premise = IF(locked(w)),
       .spoilt = "TVM owner calls start (agents): effect forgets nonce"},
      {.id = "P31/agents",
       .name = "nothing is left, whoever calls",
       .text = "A TDI without an owner is not locked, and has neither gate nor MMIO",
       .scope = AGENTS,
       .shape = Shape::always,
       .state = IF(implies(!bound(w), !locked_or_runs(w) && w.gate == Gate::OFF && w.mmio == Party::nobody)),
       .premise = IF(w.gate == Gate::PRIVATE && w.mmio != Party::nobody),
       .spoilt = "VMM host calls unbind (agents): effect forgets gate"},
      {.id = "P41/record",
       .name = "the record passes on once",
       .text = "A hand-over record is there only while nobody holds the TDI, and who decides holds it",
       .scope = AGENTS,
       .shape = Shape::always,
       .state = IF(implies(w.record, !w.first_holds && !w.os_holds) && implies(w.decided, w.os_holds)),
       .premise = IF(w.record),
       .spoilt = "TVM os_takes (agents): effect forgets record"},
      {.id = "L6/first",
       .name = "the other TDI is served too",
       .text = "A verb on the TDI whose conversation the host lets rest is ended by the TSM",
       .scope = CONNECT,
       .shape = Shape::leads_to,
       .state = IF(!w.wants_1),
       .premise = IF(w.wants_1),
       .mutant = {Flaw::TSM_PARKS},
       .fair = FAIR(is(v, {"take_turn_for_tdi_1", "carry_for_tdi_2", "abandon_parked_tdi_1"}))},
      {.id = "L6/turns",
       .name = "who is served has asked",
       .text = "The device is busy with a TDI only while a verb on it is wanted",
       .scope = CONNECT,
       .shape = Shape::always,
       .state = IF(turns_agree(w)),
       .premise = IF(w.busy != Party::nobody),
       .spoilt = "VMM carry_for_tdi_1 (connect): effect forgets wants_1"},
      {.id = "L6/one",
       .name = "one conversation of the device",
       .text = "A conversation about one TDI is neither taken over nor ended by one about another",
       .scope = CONNECT,
       .shape = Shape::step,
       .step = STEP(b.busy == Party::nobody || a.busy == b.busy || (a.busy == Party::nobody && ends_turn(v, b.busy))),
       .premise = IF(w.busy != Party::nobody),
       .spoilt = "TSM take_turn_for_tdi_2 (connect): guard forgets busy"},
      {.id = "L6/refused",
       .name = "a connect fails for a reason",
       .text = "A connect that was asked for is refused only when stream or session is taken",
       .scope = CONNECT,
       .shape = Shape::step,
       .step =
           STEP(implies(!b.refused && a.refused, b.asked && b.tsm_session == SessionState::NONE && lacks_room(b, s))),
       .step_premise = STEP(!b.refused && a.refused),
       .spoilt = "VMM fail_to_connect (connect): guard forgets asked"},
      {.id = "L6/stream",
       .name = "a session has its stream",
       .text = "The TSM has a session with the wanted device exactly while the device has the root port's stream",
       .scope = CONNECT,
       .shape = Shape::always,
       .state = IF((w.stream_of == Party::TVM1) == (w.tsm_session == SessionState::ESTABLISHED) &&
                   implies(w.stream_of == Party::TVM1 || w.refused, w.asked)),
       .premise = IF(w.stream_of == Party::TVM1),
       .spoilt = "VMM connect_wanted_device (connect): effect forgets stream_of"},
      {.id = "V3/published",
       .name = "nothing is granted unasked",
       .text = "What is granted to the emulated device was published by the guest before",
       .scope = QUEUE,
       .shape = Shape::always,
       .state = IF(implies(w.grant != Buffer::none || w.granted == Granter::guest, w.published != Buffer::none) &&
                   (w.descriptor == Buffer::none) == (w.published == Buffer::none)),
       .premise = IF(w.grant != Buffer::none),
       .spoilt = "LOWVISOR snoop_descriptor (queue): guard forgets published"},
  };
  return all;
}

}  // namespace lockstep::host
