// VFIO's roles and private dma-buf; the debates that were executed before; published attacks on the link.
#include "host/claims.hpp"
#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

constexpr OfWorld RUNNING = IF(runs(w));
constexpr OfWorld GIVEN_BACK = IF(w.tdi == TdiState::CONFIG_UNLOCKED && w.owner == Party::nobody);
const Where NATIVE{.policies = {"BIND_NEEDS_VM=NO"}, .scenario = Scenario::native};
const Where AMD_NATIVE{.profile = Profile::amd, .scenario = Scenario::native};
const Where FORCING{.policies = {"STOP_FAILURE=FORCE"}};

Where role(std::string_view value, std::string_view other = "VFIO_RUN_UAPI=NO") { return {.policies = {value, other}}; }
Where mmio(std::string_view value, std::string_view on) { return {.policies = {value, on}}; }
Where stops(std::string_view order, std::string_view failure, std::string_view reclaim = "RECLAIM=BEHIND_GATE") {
  return {.policies = {order, failure, reclaim}};
}

}  // namespace

std::span<const Acceptance> acceptances_s4() {
  static const std::vector<Acceptance> rows{
      {"S4.1",
       "VFIO as helper outside the TEE",
       "it brings the TDI to LOCKED and, from anywhere, back",
       {holds("P39", role("VFIO_ROLE=HELPER")), always_a_way("a TDI that is given back", ACCESS, GIVEN_BACK, FORCING),
        not_reached("MMIO accepted by a helper", AGENTS, IF(w.mmio == Party::TVM2))}},
      {"S4.2",
       "VFIO as attester inside the TEE",
       "it appraises before it accepts",
       {holds("P39", role("VFIO_ROLE=ATTESTER")), holds("P13", role("VFIO_ROLE=ATTESTER"))}},
      {"S4.3",
       "VFIO as user",
       "no verb of TDISP is its own",
       {holds("P39", role("VFIO_ROLE=USER")),
        fails("P39", {.policies = {"VFIO_ROLE=USER"}, .flaws = {Flaw::TSM_SKIPS_CALLERS}})}},
      {"S4.4",
       "trusted I/O without a VM",
       "the same automaton with an owner that is no VM",
       {reached("RUN", ACCESS, RUNNING, NATIVE)}},
      {"S4.5",
       "not every vendor can",
       "no way to RUN where a bind needs the handle of a VM",
       {not_reached("RUN", ACCESS, RUNNING, AMD_NATIVE)}},
      {"S4.6",
       "should VFIO be able to reach RUN",
       "a call outside the TEE is out of role, and is served where the host may start",
       {fails("P39", {.policies = {"VFIO_RUN_UAPI=YES", "START_AUTHORITY=HOST_FREE"}}),
        holds("P39", {.policies = {"VFIO_RUN_UAPI=YES", "START_AUTHORITY=TVM"}}),
        holds("P39", {.policies = {"VFIO_RUN_UAPI=YES", "VFIO_ROLE=ATTESTER"}})}},
      {"S4.7",
       "mirror and real secure page tables",
       "a mirror that the IOMMU walks lags behind",
       {fails("P25", {.policies = {"TRANSLATION=MIRROR"}}), holds("P25", {.policies = {"TRANSLATION=SHARED_TABLE"}}),
        fails("P25", {.policies = {"TRANSLATION=SHARED_TABLE"}, .flaws = {Flaw::TSM_KEEPS_TRANSLATION}})}},
      {"S4.8",
       "rules of the secure world for the IOMMU",
       "a table that the TSM writes agrees, and belongs to the owner",
       {holds("P25", {.policies = {"TRANSLATION=TSM_TABLE"}}), holds("P26", {.policies = {"TRANSLATION=TSM_TABLE"}}),
        holds("P26", {.policies = {"TRANSLATION=SHARED_TABLE"}})}},
      {"S4.9",
       "private MMIO as a dma-buf that the host cannot map",
       "who holds the binding must keep mappings away",
       {holds("P29", mmio("PRIVATE_MMIO=DMABUF_NO_CPU", "BIND_ON=IOMMUFD")),
        holds("P29", mmio("PRIVATE_MMIO=REVOKE", "BIND_ON=VFIO")),
        holds("P29", mmio("PRIVATE_MMIO=FORBID_MMAP", "BIND_ON=VFIO")),
        fails("P29", mmio("PRIVATE_MMIO=REVOKE", "BIND_ON=IOMMUFD")), holds("P28")}},
      {"S4.10",
       "LOCKED to RUN changes nothing for VFIO",
       "the helper's actions are bisimilar in both states",
       {helper_sees_no_difference(), helper_sees_no_difference({.profile = Profile::tdx}),
        helper_sees_no_difference({.profile = Profile::cca})}},

      {"D1",
       "bind to LOCKED or to RUN",
       "LOCK_ONLY survives either single fault, LOCK_AND_RUN not a stuck gate",
       {holds("P22", {.policies = {"ACCEPT=SPLIT", "BIND_SCOPE=LOCK_AND_RUN"}}),
        fails("P22/run-consent", {.policies = {"BIND_SCOPE=LOCK_AND_RUN"}}),
        fails("P22/stuck-gate", {.policies = {"ACCEPT=SPLIT", "BIND_SCOPE=LOCK_AND_RUN"}}), holds("P22/early-dma"),
        holds("P22/stuck-gate", FORCING)}},
      {"D2",
       "START by the TVM or the host",
       "a host that starts is not consent, and needs a gate that works",
       {fails("P22/run-consent", {.policies = {"START_AUTHORITY=HOST_FREE"}}),
        holds("P22", {.policies = {"ACCEPT=SPLIT", "START_AUTHORITY=HOST_FREE"}}),
        fails("P22/stuck-gate", {.policies = {"ACCEPT=SPLIT", "START_AUTHORITY=HOST_FREE"}})}},
      {"D11",
       "gate or START first",
       "neither order breaks under one fault where opening the gate is guarded by consent",
       {holds("P22/early-dma", {.policies = {"ACCEPT=SPLIT", "GATE_ORDER=GATE_THEN_START"}}),
        holds("P22/early-dma", {.policies = {"ACCEPT=SPLIT", "GATE_ORDER=START_THEN_GATE"}}),
        holds("P22/stuck-gate", {.policies = {"ACCEPT=SPLIT", "GATE_ORDER=GATE_THEN_START", "STOP_FAILURE=FORCE"}}),
        holds("P22/stuck-gate", {.policies = {"ACCEPT=SPLIT", "GATE_ORDER=START_THEN_GATE", "STOP_FAILURE=FORCE"}})}},
      {"D12",
       "gate or STOP first",
       "a STOP that is waited for keeps the memory; memory given back meanwhile is reached",
       {fails("L3", stops("STOP_ORDER=STOP_FIRST", "STOP_FAILURE=QUARANTINE")),
        fails("P30", stops("STOP_ORDER=STOP_FIRST", "STOP_FAILURE=QUARANTINE", "RECLAIM=DURING_STOP")),
        holds("L3", stops("STOP_ORDER=GATE_FIRST", "STOP_FAILURE=QUARANTINE")),
        holds("P30", stops("STOP_ORDER=GATE_FIRST", "STOP_FAILURE=QUARANTINE")),
        fails("L7", stops("STOP_ORDER=STOP_FIRST", "STOP_FAILURE=QUARANTINE")),
        holds("L7", stops("STOP_ORDER=GATE_FIRST", "STOP_FAILURE=QUARANTINE"))}},
      {"D13",
       "a STOP that fails",
       "FAIL_OPEN is wrong about the device; QUARANTINE gives memory back, but not the device",
       {fails("P31", {.policies = {"STOP_FAILURE=FAIL_OPEN"}}), holds("P31", {.policies = {"STOP_FAILURE=QUARANTINE"}}),
        fails("L5", {.policies = {"STOP_FAILURE=QUARANTINE"}}), holds("P31", FORCING), holds("P12b", FORCING)}},
      {"D17",
       "what an accepting verb carries",
       "without the epoch an old consent is taken; a relock outlives even the epoch",
       {fails("P15", {.policies = {"CONSENT_BINDING=NONE"}}), fails("P22", {.policies = {"CONSENT_BINDING=NONE"}}),
        holds("P15"), holds("P22"), fails("P15", {.policies = {"RELOCK=DIRECT"}}),
        fails("P22/early-dma", {.policies = {"RELOCK=DIRECT"}})}},

      {"D14",
       "disconnect with bound TDIs",
       "refused or with an unbind: safe either way",
       {holds("P10", {.policies = {"DISCONNECT_BOUND=REJECT"}}),
        holds("P10", {.policies = {"DISCONNECT_BOUND=IMPLICIT_UNBIND"}}), holds("P36")}},
      {"D24",
       "BAR layout against obfuscation",
       "an offset that is zero or aligned tells address bits",
       {holds("P37/addresses", {.policies = {"MMIO_OFFSET=RANDOM"}}),
        fails("P37/addresses", {.policies = {"MMIO_OFFSET=ZERO"}}),
        fails("P37/addresses", {.policies = {"MMIO_OFFSET=BAR_ALIGNED"}})}},
      {"D26",
       "requester ids on the stream",
       "ALL lets another function speak for the TDI",
       {holds("P12", {.policies = {"RID_ASSOCIATION=TIGHT"}}), fails("P12", {.policies = {"RID_ASSOCIATION=ALL"}})}},
      {"D28",
       "measurement before the lock",
       "older evidence is in order, and leaves a window for an update",
       {holds("P14", {.policies = {"MEASURE_WHEN=PRE"}}), fails("P20", {.policies = {"MEASURE_WHEN=PRE"}}),
        holds("P20", {.policies = {"MEASURE_WHEN=POST"}})}},

      {"CVE-2025-9612",
       "a read overtakes a write under IDE",
       "found where the receiver admits it, absent with the order check",
       {fails("P12b/order", {.flaws = {Flaw::ROOT_ADMITS_REORDERING}}), holds("P12b/order")}},
      {"CVE-2025-9613",
       "a completion that timed out meets another request",
       "found where tags are used again, absent with a quarantine",
       {fails("P12b/completion", {.flaws = {Flaw::ROOT_REUSES_TAGS}}), holds("P12b/completion")}},
      {"CVE-2025-9614",
       "a delayed posted write meets another tenant",
       "found without the drain, absent with it",
       {fails("P12b", {.flaws = {Flaw::DSM_ACKS_BEFORE_DRAIN}}),
        fails("P12b", {.policies = {"STOP_FAILURE=FORCE"}, .flaws = {Flaw::TSM_SKIPS_DRAIN}}), holds("P12b"),
        holds("P12b", FORCING)}},
  };
  return rows;
}

}  // namespace lockstep::host
