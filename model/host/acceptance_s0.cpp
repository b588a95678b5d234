// A KVM Forum session on trusted I/O: where the transition is driven from, what is attested, what may be used before.
#include "host/claims.hpp"
#include "host/trust.hpp"
#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

const Where PKVM_PLAIN{.policies = {"VIRTIO=SHARE_HYPERCALL"}, .scenario = Scenario::pkvm};
const Where PKVM_CRYPTO{.policies = {"VIRTIO=ENCRYPTED_QUEUE_PASSTHROUGH"}, .scenario = Scenario::pkvm};
const Where APPROVING{.policies = {"NO_FW_UPDATE=NO", "UPDATE_ENDS_SESSION=NO", "UPDATE_ATTESTATION=PRE"}};
const Where NO_EARLY_USE{.policies = {"PRE_ACCEPT_USE=BLOCKED"}};

Where agent(std::string_view value, std::vector<Flaw> flaws = {}) {
  return {.policies = {value}, .flaws = std::move(flaws)};
}
constexpr OfWorld RUNS_PRIVATE = IF(runs(w) && w.gate == Gate::PRIVATE && w.consent == Epoch::current);

Claim combination(std::string_view what, OfWorld like) {
  return reached(what, ACCESS, like, {.policies = {"ACCEPT=SPLIT"}});
}

}  // namespace

std::span<const Acceptance> acceptances_s0() {
  static const std::vector<Acceptance> rows{
      {"S0.1",
       "why: no bounce buffer, no software encryption",
       "without TDISP data is secret only by software encryption; with it nothing is copied",
       {reached("plain text in the host", QUEUE, IF(w.plaintext_seen), PKVM_PLAIN),
        not_reached("plain text in the host", QUEUE, IF(w.plaintext_seen), PKVM_CRYPTO),
        reached("private DMA", ACCESS, IF(runs(w) && w.ledger == Ledger::secret), NO_EARLY_USE),
        not_reached("a bounce buffer", ACCESS, IF(w.ledger == Ledger::shared), NO_EARLY_USE)}},
      {"S0.2",
       "where the transition code lives",
       "RUN is reached with every agent; two agents at once are found",
       {reached("RUN", ACCESS, RUNS_PRIVATE, agent("AGENT=PCI_CORE")),
        reached("RUN", ACCESS, RUNS_PRIVATE, agent("AGENT=DRIVER")),
        reached("RUN", ACCESS, RUNS_PRIVATE, agent("AGENT=SVSM")),
        reached("RUN", ACCESS, RUNS_PRIVATE, agent("AGENT=FIRMWARE")),
        reached("RUN", ACCESS, RUNS_PRIVATE, agent("AGENT=TDM")), holds("P41", agent("AGENT=PCI_CORE")),
        holds("P41", agent("AGENT=SVSM")), fails("P41", agent("AGENT=SVSM", {Flaw::TVM_TAKES_WITHOUT_RECORD}))}},
      {"S0.3",
       "SVSM hands a running TDI to the OS",
       "an OS that does not read the state again is caught",
       {holds("P16", agent("AGENT=SVSM")), fails("P16", agent("AGENT=SVSM", {Flaw::TVM_TRUSTS_CONFIG}))}},
      {"S0.4",
       "firmware or kernel takes it to RUN",
       "the hand-over needs its record",
       {holds("P16", agent("AGENT=FIRMWARE")), holds("P41", agent("AGENT=FIRMWARE")),
        fails("P41", agent("AGENT=FIRMWARE", {Flaw::TVM_TAKES_WITHOUT_RECORD}))}},
      {"S0.5",
       "like hot-plug: unlocked until the guest asks",
       "bind comes at any time, shared use before it, and nothing breaks",
       {reached("a lock in a running TVM with shared use before", ACCESS,
                IF(w.running && w.ledger == Ledger::shared && locked(w))),
        holds("P22"), holds("P23"), holds("P34"), holds("P42"), holds("L1")}},
      {"S0.6",
       "generic or device-specific appraisal",
       "one evidence, two policies, two outcomes",
       {reached("rejected firmware", EVIDENCE, IF(w.peer == Peer::updated && w.appraisal == Appraisal::rejected),
                {.policies = {"ATTESTATION=DEVICE_SPECIFIC"}}),
        not_reached("rejected firmware", EVIDENCE, IF(w.peer == Peer::updated && w.appraisal == Appraisal::rejected),
                    {.policies = {"ATTESTATION=GENERIC"}})}},
      {"S0.7",
       "firmware revisions",
       "an update after accept ends in ERROR, is approved before, or leaves a gap that is found",
       {holds("P20"), holds("P20", {.policies = {"NO_FW_UPDATE=NO"}}),
        fails("P20", {.policies = {"NO_FW_UPDATE=NO", "UPDATE_ENDS_SESSION=NO", "UPDATE_ATTESTATION=POST"}}),
        reached("an approved update in RUN", ACCESS, IF(runs(w) && w.peer == Peer::updated && w.approved), APPROVING),
        holds("P20", APPROVING)}},
      {"S0.8",
       "no attestation, an administrator activates",
       "no private mapping before; the identity of the device is not established",
       {holds("P23", {.policies = {"ATTESTATION=NONE"}}),
        fails("P23", {.policies = {"ATTESTATION=NONE"}, .flaws = {Flaw::TVM_MAPS_EARLY}}),
        fails("P13/identity", {.policies = {"ATTESTATION=NONE"}}), holds("P13/identity")}},
      {"S0.9",
       "remote attestation decides",
       "a late answer about an old lock is refused",
       {holds("P15", {.policies = {"APPRAISED_BY=REMOTE"}}),
        fails("P15", {.policies = {"APPRAISED_BY=REMOTE", "CONSENT_BINDING=NONE"}})}},
      {"S0.10",
       "MMIO locked, DMA still shared",
       "all four combinations exist with SPLIT; with FUSED the two go together",
       {combination("neither", IF(runs(w) && w.mmio == Party::nobody && w.gate == Gate::OFF)),
        combination("MMIO alone", IF(runs(w) && w.mmio != Party::nobody && w.gate == Gate::OFF)),
        combination("DMA alone", IF(runs(w) && w.mmio == Party::nobody && w.gate == Gate::PRIVATE)),
        combination("both", IF(runs(w) && w.mmio != Party::nobody && w.gate == Gate::PRIVATE)),
        not_reached("MMIO alone", ACCESS, IF(w.mmio != Party::nobody && w.gate == Gate::OFF),
                    {.policies = {"ACCEPT=FUSED"}})}},
      {"S0.11",
       "levels of trust",
       "raising the level tears mappings down; levels and pairs of bits map to each other, one bit does not",
       {holds("P27", {.policies = {"PRE_ACCEPT_USE=LEVELS"}}), holds("P23", {.policies = {"PRE_ACCEPT_USE=LEVELS"}}),
        encodings_refine_each_other(), fails("P23/level", {.policies = {"ACCEPT=SPLIT", "TRUST_ENCODING=BOOL"}}),
        holds("P23/level", {.policies = {"ACCEPT=SPLIT", "TRUST_ENCODING=TWO_BOOLS"}})}},
      {"S0.12",
       "the driver must transition its buffers",
       "accept with live mappings is refused",
       {holds("P27"), fails("P27", {.flaws = {Flaw::TVM_ACCEPTS_WHILE_MAPPED}}), fails("P27", agent("AGENT=DRIVER"))}},
      {"S0.13",
       "can the state be detected",
       "configuration space fools the guest, a read through the TSM does not",
       {reached("a forged configuration space and a trusted read", AGENTS,
                IF(w.config_lies && w.source == Source::TSM)),
        reached("a decision on a trusted read", AGENTS, IF(w.decided && w.source == Source::TSM)), holds("P16"),
        fails("P16", {.flaws = {Flaw::TVM_TRUSTS_CONFIG}})}},
      {"S0.14",
       "available at once, attested later",
       "shared use before accept leaves private data alone",
       {reached("shared use before consent", ACCESS, IF(w.ledger == Ledger::shared && w.consent == Epoch::none)),
        not_reached("shared use before consent", ACCESS, IF(w.ledger == Ledger::shared), NO_EARLY_USE), holds("P22"),
        holds("P23")}},
  };
  return rows;
}

}  // namespace lockstep::host
