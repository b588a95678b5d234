// Properties of the session and of the link: who holds which keys, and what passes under them.
#include "host/dsm.hpp"
#include "host/property_table.hpp"

namespace lockstep::host {
namespace {

bool both_secure(const World& w) { return device_secure(w) && port_secure(w); }
bool carries(const Verb& v) { return is(v, {"carry", "carry_known"}); }
bool port_changes(const World& b, const World& a) {
  return b.port_keys != a.port_keys || b.port_rx != a.port_rx || b.port_tx != a.port_tx;
}
bool locks(const World& b, const World& a) { return b.tdi == TdiState::CONFIG_UNLOCKED && locked(a); }
bool device_tx_goes(const World& b, const World& a) {
  return b.device_tx != Stage::active && a.device_tx == Stage::active;
}
bool port_tx_goes(const World& b, const World& a) { return b.port_tx != Stage::active && a.port_tx == Stage::active; }

}  // namespace

std::span<const Property> link_properties() {
  static const std::vector<Property> all{
      {.id = "P01",
       .name = "keys stay secret",
       .text = "No key of the TSM's session or stream can be derived from what host and wire know",
       .scope = LINK,
       .shape = Shape::always,
       .state = IF(!w.key_known),
       .premise = IF(both_secure(w)),
       .mutant = {Flaw::TSM_SENDS_KEYS_IN_CLEAR}},
      {.id = "P02",
       .name = "messages are the device's, once, in order",
       .text = "Every message that the TSM accepts was sent by the DSM in this session, once, in this order",
       .scope = LINK,
       .shape = Shape::always,
       .state = IF(!w.forgery),
       .premise = IF(w.alive && w.tsm_session == SessionState::ESTABLISHED),
       .mutant = {Flaw::TSM_SKIPS_SEQUENCE}},
      {.id = "P03",
       .name = "the transcript of this session",
       .text = "The transcript that a TVM is given is that of the session that keyed the link",
       .scope = LINK,
       .shape = Shape::always,
       .state = IF(w.transcript != Transcript::other),
       .premise = IF(w.transcript == Transcript::live),
       .mutant = {Flaw::TSM_TRUSTS_TRANSCRIPTS}},
      {.id = "P04",
       .name = "a session's end is everybody's",
       .text = "When the device has lost the TSM's session, no TDI that was locked over it is locked or runs",
       .scope = LINK,
       .shape = Shape::always,
       .state = IF(implies(w.tsm_session == SessionState::NONE, !(locked_or_runs(w) && w.locked_by == Keys::TSM))),
       .premise = IF(w.tsm_session == SessionState::NONE && w.view == View::RUN),
       .mutant = {Flaw::DSM_UNCOUPLED}},
      {.id = "P05",
       .name = "no key in the evidence",
       .text = "What the host can read of the evidence holds no key",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"publish_evidence"}), b.key_known == a.key_known)),
       .step_premise = STEP(is(v, {"publish_evidence"})),
       .mutant = {Flaw::TSM_OVERSHARES}},
      {.id = "P06",
       .name = "LOCK over the keying session",
       .text = "A LOCK succeeds only over the session that made all keys of the stream; the TSM's only when both ends "
               "are SECURE",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(locks(b, a), a.locked_by == b.device_keys && implies(is(v, {"bind"}), both_secure(b)))),
       .step_premise = STEP(locks(b, a)),
       .mutant = {Flaw::TSM_BINDS_EARLY}},
      {.id = "P07",
       .name = "the TSM's keys at both ends",
       .text =
           "Trusted accesses pass only under keys that the TSM made, at both ends the same, and that nobody else knows",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(carries(v), b.device_keys == Keys::TSM && b.port_keys == Keys::TSM && !b.key_known)),
       .step_premise = STEP(carries(v)),
       .mutant = {Flaw::ROOT_OPEN_REGISTERS}},
      {.id = "P08",
       .name = "the root port's registers",
       .text = "Keys and registers of the root port's stream are not changed by the host",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"write_port_registers"}) || (v.actor == VMM && is(v, {"program_port"})),
                            !port_changes(b, a) || s.host_is_trusted())),
       .premise = IF(w.port_keys == Keys::TSM),
       .mutant = {Flaw::ROOT_OPEN_REGISTERS}},
      {.id = "P09",
       .name = "Rx before Tx",
       .text = "Tx of one end is enabled only when Rx of the other end is ready with the same keys",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(device_tx_goes(b, a), b.port_rx == Stage::active && b.port_keys == b.device_keys) &&
                    implies(port_tx_goes(b, a), b.device_rx == Stage::active && b.port_keys == b.device_keys)),
       .step_premise = STEP(device_tx_goes(b, a)),
       .mutant = {Flaw::TSM_GOES_EARLY}},
      {.id = "P10",
       .name = "no keys after disconnect",
       .text =
           "When a disconnect is done the root port has no keys, and when the device hears of it, it has none either",
       .scope = LINK,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"disconnect"}), a.port_keys == Keys::none) &&
                    implies(is(v, {"deliver_end_session"}), a.device_keys != Keys::TSM)),
       .step_premise = STEP(is(v, {"disconnect"}) && b.port_keys != Keys::none),
       .mutant = {Flaw::ROOT_KEEPS_KEYS}},
      {.id = "P11",
       .name = "no invocation twice",
       .text = "A key is not used when its invocations are spent",
       .scope = LINK,
       .shape = Shape::always,
       .state = IF(w.counter != Counter::reused),
       .premise = IF(w.counter == Counter::spent),
       .mutant = {Flaw::DSM_WRAPS_COUNTER}},
      {.id = "P12",
       .name = "requester ids",
       .text = "What passes as the TDI's on the stream has the TDI's requester id",
       .scope = LINK,
       .shape = Shape::always,
       .state = IF(!w.spoofed),
       .premise = IF(both_secure(w)),
       .mutant = {Flaw::ROOT_SKIPS_RID}},
      {.id = "L4",
       .name = "keys are refreshed in time",
       .text = "A key near its limit is refreshed, or the stream has stopped",
       .scope = LINK,
       .shape = Shape::leads_to,
       .state = IF(w.counter != Counter::high || !both_secure(w)),
       .premise = IF(w.counter == Counter::high && both_secure(w)),
       .mutant = {Flaw::TSM_LOSES_REQUESTS},
       .fair = FAIR(is(v, {"refresh_keys"}))},
      {.id = "P12b/completion",
       .name = "completions find who asked",
       .text = "A completion is delivered to the request it belongs to, or dropped (CVE-2025-9613)",
       .scope = ORDER,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"let_completion_arrive"}), b.tag == b.completion || b.tag == Party::nobody)),
       .step_premise = STEP(is(v, {"let_completion_arrive"})),
       .mutant = {Flaw::ROOT_REUSES_TAGS}},
      {.id = "P12b/order",
       .name = "reads do not overtake writes",
       .text = "A read that follows a write on the stream does not return what was there before (CVE-2025-9612)",
       .scope = ORDER,
       .shape = Shape::always,
       .state = IF(w.read != Parcel::stale),
       .premise = IF(w.read == Parcel::fresh),
       .mutant = {Flaw::ROOT_ADMITS_REORDERING}},
  };
  return all;
}

}  // namespace lockstep::host
