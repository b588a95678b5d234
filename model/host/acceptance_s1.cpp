// The kernel list's "TDISP enablement": device_connect, device_reclaim, tdi_bind, tdi_unbind, tdi_info, tdi_validate.
#include "host/claims.hpp"
#include "host/dsm.hpp"
#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

constexpr OfWorld CONNECTED =
    IF(w.alive && device_secure(w) && port_secure(w) && w.device_keys == Keys::TSM && w.port_keys == Keys::TSM);
constexpr OfWorld RECLAIMED = IF(!w.alive && w.tsm_session == SessionState::NONE && w.device_keys == Keys::none &&
                                 w.port_keys == Keys::none && w.view == View::UNLOCKED);
constexpr OfWorld SURPRISE = IF(w.surprise);
const Where HOST_KEYS_CVM{.policies = {"RC_KEY_OWNER=HOST"}};
const Where HOST_KEYS_NATIVE{.policies = {"RC_KEY_OWNER=HOST", "BIND_NEEDS_VM=NO"}, .scenario = Scenario::native};
const Where TWO_SESSIONS{.policies = {"SESSIONS=SHARED", "SESSION_LIMIT=TWO"}};

}  // namespace

std::span<const Acceptance> acceptances_s1() {
  static const std::vector<Acceptance> rows{
      {"S1.1",
       "device_connect",
       "the TSM owns the session, both ends are SECURE, and the host knows no key",
       {reached("a connected device", LINK, CONNECTED), holds("P01"), holds("P02"), holds("P03"), holds("P04"),
        holds("P06"), holds("P07"), holds("P08"), holds("P09")}},
      {"S1.2",
       "device_reclaim",
       "from every state of the connect a way leads back, and the keys are gone",
       {always_a_way("a reclaimed device", LINK, RECLAIMED), holds("P10"),
        fails("P10", {.flaws = {Flaw::ROOT_KEEPS_KEYS}}), holds("P31")}},
      {"S1.3",
       "tdi_bind: to LOCKED, or to RUN as well",
       "the matrix shows what each costs",
       {holds("P22/run-consent"), fails("P22/run-consent", {.policies = {"BIND_SCOPE=LOCK_AND_RUN"}})}},
      {"S1.4",
       "tdi_unbind",
       "gate, caches, scrub and owner in order, by force at last",
       {holds("P30"), holds("P31"), holds("P32"), holds("P33"), holds("P34"), holds("P35"),
        holds("L3", {.policies = {"STOP_ORDER=GATE_FIRST"}})}},
      {"S1.5",
       "tdi_info",
       "a tampered report and an old one are refused",
       {holds("P14"), fails("P14", {.flaws = {Flaw::TVM_SKIPS_DIGESTS}}), holds("P17"),
        fails("P17", {.flaws = {Flaw::TVM_SKIPS_MEASUREMENT_NONCE}})}},
      {"S1.6",
       "tdi_validate",
       "all ranges or none",
       {holds("P18"), holds("P19"), fails("P19", {.flaws = {Flaw::TSM_ACCEPTS_PARTLY}})}},
      {"S1.7",
       "host-only and guest-only verbs",
       "every verb with every caller: who may not changes nothing",
       {holds("P38"), holds("P39"), fails("P38", {.flaws = {Flaw::TSM_SKIPS_CALLERS}})}},
      {"S1.8",
       "connect every device at boot",
       "exhaustion comes with EAGER alone; safety is the same",
       {fails("L6/connect", {.policies = {"CONNECT_WHEN=EAGER"}}),
        holds("L6/connect", {.policies = {"CONNECT_WHEN=LAZY"}}), holds("P04", {.policies = {"CONNECT_WHEN=EAGER"}}),
        holds("P06", {.policies = {"CONNECT_WHEN=EAGER"}})}},
      {"S1.9",
       "the host sees measurements",
       "and no secret",
       {holds("P05"), fails("P05", {.flaws = {Flaw::TSM_OVERSHARES}})}},
      {"S1.10",
       "bind at creation or later",
       "a bind at creation leaves no room for a swap; a declared TDI is no surprise",
       {holds("P15", {.policies = {"BIND_WHEN=CREATE", "CONSENT_BINDING=NONE"}}),
        fails("P15", {.policies = {"CONSENT_BINDING=NONE"}}), holds("L1", {.policies = {"BIND_WHEN=CREATE"}}),
        reached("a surprise function", AGENTS, SURPRISE),
        not_reached("a surprise function", AGENTS, SURPRISE, {.policies = {"PREDECLARED=YES"}})}},
      {"S1.11",
       "info, verify, validate",
       "another order is found",
       {holds("P13"), fails("P13", {.flaws = {Flaw::TVM_VALIDATES_FIRST}})}},
      {"S1.12",
       "the kernel waits for user space",
       "the answer is about a generation, and the wait ends",
       {holds("P15", {.policies = {"APPRAISED_BY=USER_SYNC"}}),
        fails("P15", {.policies = {"APPRAISED_BY=USER_SYNC", "CONSENT_BINDING=NONE"}}),
        holds("L2", {.policies = {"APPRAISED_BY=USER_SYNC"}}),
        fails("L2", {.policies = {"APPRAISED_BY=USER_SYNC"}, .flaws = {Flaw::TVM_WAITS_FOR_EVER}})}},
      {"S1.13",
       "SWIOTLB, direct, or panic",
       "DEGRADE falls back silently, the others do not",
       {fails("P24", {.policies = {"ON_MISMATCH=DEGRADE"}}), holds("P24", {.policies = {"ON_MISMATCH=REFUSE"}}),
        holds("P24", {.policies = {"ON_MISMATCH=PANIC"}})}},
      {"S1.14",
       "a session of the host beside the TSM's",
       "with room for one the second fails cleanly; the host's GET_VERSION does not pass unnoticed",
       {reached("a clean failure", CONNECT, IF(w.refused && w.host_session == SessionState::ESTABLISHED),
                {.policies = {"CONNECT_WHEN=EAGER", "SESSIONS=SHARED", "SESSION_LIMIT=ONE"}}),
        holds("P04", TWO_SESSIONS), fails("P04", {.flaws = {Flaw::DSM_UNCOUPLED}})}},
      {"S1.15",
       "who programs the root port",
       "a host that holds keys breaks a TVM and is fine on its own machine",
       {fails("P07", HOST_KEYS_CVM), fails("P01", HOST_KEYS_CVM), holds("P07", HOST_KEYS_NATIVE),
        holds("P01", HOST_KEYS_NATIVE)}},
      {"S1.16",
       "TDISP needs the TSM's session and stream",
       "a bind without them is refused",
       {holds("P06"), fails("P06", {.flaws = {Flaw::TSM_BINDS_EARLY}})}},
      {"S1.17", "one TDISP requester", "a LOCK over a second session is refused", {holds("P06", TWO_SESSIONS)}},
      {"S1.18",
       "evidence as files",
       "files without a generation mix locks; snapshots do not",
       {fails("P14", {.policies = {"EVIDENCE_TRANSPORT=SYSFS"}}),
        holds("P14", {.policies = {"EVIDENCE_TRANSPORT=CONFIGFS"}}),
        holds("P14", {.policies = {"EVIDENCE_TRANSPORT=NETLINK"}})}},
      {"S1.19",
       "connect, bind, run as in RISC-V",
       "the whole life is gone through, and every refusal is met",
       {reached("private DMA in RUN", ACCESS, IF(runs(w) && w.gate == Gate::PRIVATE && w.mmio == Party::TVM1)),
        reached("the next tenant", TEARDOWN, IF(w.owner == Party::TVM2 && runs(w))),
        reached("a refused verb", ACCESS, IF(w.wire == Wire::refusal)),
        reached("a quarantined TDI", TEARDOWN, IF(w.view == View::QUARANTINED))}},
      {"S1.20",
       "verify reported ranges with the TSM",
       "swapped, shifted and foreign ranges are refused",
       {holds("P18"), fails("P18", {.flaws = {Flaw::TSM_SKIPS_RANGE_CHECK}}),
        not_reached("a valid swapped range", RANGES, IF(w.valid_a && w.range_a == Place::swapped)),
        not_reached("a valid shifted range", RANGES, IF(w.valid_b && w.range_b == Place::shifted))}},
  };
  return rows;
}

}  // namespace lockstep::host
