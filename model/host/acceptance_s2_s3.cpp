// Slides on secure I/O, and the thread on emulated devices: SWIOTLB, encrypted queues, pKVM.
#include <fmt/format.h>

#include <set>

#include "host/layers.hpp"
#include "host/rosetta.hpp"
#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

Where pkvm(std::string_view policy, std::vector<Flaw> flaws = {}) {
  return {.policies = {policy}, .flaws = std::move(flaws), .scenario = Scenario::pkvm};
}
Where emulated(std::string_view policy) { return {.policies = {policy}, .scenario = Scenario::emulated}; }

/// A vendor's name leads back to the abstract verb.
Claim names_lead_back() {
  return [](Checker&) -> Outcome {
    bool unique = true;
    for (const Profile profile : profiles()) {
      std::set<std::string_view> seen;
      for (const Rosetta& line : rosetta()) {
        const std::string_view vendor = line.names[static_cast<std::size_t>(profile)];
        unique = unique && (vendor.empty() || seen.insert(vendor).second);
      }
    }
    bool known = true;
    for (const Rosetta& line : rosetta()) {
      bool found = false;
      for (const Verb* verb : all_verbs()) found = found || (verb->actor == line.actor && verb->name == line.verb);
      known = known && found;
    }
    return {unique && known,
            fmt::format("{} verbs have names in five stacks, and every name leads back", rosetta().size())};
  };
}

/// Who acts on whom: the reference architecture, as the tables of verbs have it.
Claim architecture() {
  return [](Checker&) -> Outcome {
    std::set<std::pair<Actor, Actor>> edges;
    for (const Verb* verb : all_verbs()) edges.insert({verb->actor, verb->to});
    const bool complete = edges.contains({VMM, TSM}) && edges.contains({TSM, DSM}) && edges.contains({TVM, TSM}) &&
                          edges.contains({ROOT, ROOT}) && edges.contains({DEVICE, IOMMU});
    return {complete, fmt::format("{} relations between actors", edges.size())};
  };
}

/// How much of an emulated device's protocol the trusted hypervisor has to understand.
Claim lowvisor_size() {
  return [](Checker&) -> Outcome {
    std::string text;
    for (std::size_t value = 0; value < switches()[switch_index<Virtio>].values.size(); ++value) {
      Setting setting = setting_of({.scenario = Scenario::pkvm});
      setting.scope = QUEUE;
      setting.policies.values[switch_index<Virtio>] = static_cast<Byte>(value);
      World published;
      published.published = published.descriptor = Buffer::small;
      std::size_t count = 0;
      for (const Verb& verb : lowvisor_verbs()) count += verb.guard(published, setting) ? 1U : 0U;
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", switches()[switch_index<Virtio>].values[value], count);
    }
    return {!text.empty(), "verbs of the lowvisor: " + text};
  };
}

}  // namespace

std::span<const Acceptance> acceptances_s2_s3() {
  static const std::vector<Acceptance> rows{
      {"S2.1",
       "direct I/O: shared staging and software encryption",
       "as S0.1",
       {reached("plain text in the host", QUEUE, IF(w.plaintext_seen), pkvm("VIRTIO=SHARE_HYPERCALL")),
        not_reached("plain text in the host", QUEUE, IF(w.plaintext_seen),
                    pkvm("VIRTIO=ENCRYPTED_QUEUE_PASSTHROUGH"))}},
      {"S2.2",
       "consent, private DMA, private MMIO, access control, link",
       "each gate alone, when broken, breaks exactly its property",
       {each_breaks_its_own({{Flaw::TVM_VALIDATES_FIRST, "P13"},
                             {Flaw::TSM_OPENS_FOR_ANYONE, "P22/early-dma"},
                             {Flaw::TSM_SKIPS_RANGE_CHECK, "P18"},
                             {Flaw::DSM_SERVES_UNTRUSTED, "P28"},
                             {Flaw::TSM_SENDS_KEYS_IN_CLEAR, "P01"}},
                            "each of five gates, broken alone, breaks its own property and no other")}},
      {"S2.3",
       "layers: SPDM, IDE, TDISP",
       "what the composed device does to a layer the layer does alone, and a broken layer is found by its property",
       {layers_can_be_exchanged(), a_broken_layer_is_found()}},
      {"S2.4",
       "what CONFIG_LOCKED admits",
       "untrusted accesses in CONFIG_LOCKED leave their mark on what runs",
       {holds("P28", {.policies = {"LOCKED_ADMISSION=T0_ALLOWED"}}),
        fails("P28/locked", {.policies = {"LOCKED_ADMISSION=T0_ALLOWED"}}),
        holds("P28/locked", {.policies = {"LOCKED_ADMISSION=T0_BLOCKED"}})}},
      {"S2.5", "reference architecture", "the graph of actors comes from the tables", {architecture()}},
      {"S2.6",
       "common code and vendors' code",
       "one abstract trace has its words in every stack, and back",
       {names_lead_back()}},

      {"S3.1",
       "a small trusted hypervisor",
       "the host never reads what was not shared",
       {holds("V1", pkvm("VIRTIO=SHARE_HYPERCALL")),
        fails("V1", pkvm("VIRTIO=SHARE_HYPERCALL", {Flaw::LOWVISOR_TRUSTS_HOST}))}},
      {"S3.2",
       "emulated devices without blanket access",
       "the same for a device in the host",
       {holds("V1", emulated("VIRTIO=SHARE_HYPERCALL"))}},
      {"S3.3",
       "passthrough: two stages",
       "the guest's stage does not exceed the second one",
       {holds("V2", pkvm("VIRTIO=VIOMMU_IN_TCB")),
        fails("V2", pkvm("VIRTIO=VIOMMU_IN_TCB", {Flaw::LOWVISOR_SINGLE_STAGE}))}},
      {"S3.4",
       "a bounce buffer on the device",
       "nothing of the guest's memory is reached",
       {not_reached("a page of the guest", QUEUE, IF(w.host_touched), pkvm("VIRTIO=ON_DEVICE_BUFFER")),
        holds("V4", pkvm("VIRTIO=ON_DEVICE_BUFFER"))}},
      {"S3.5",
       "a virtio-iommu",
       "in the TCB it is safe, in the host it grants itself what it likes",
       {holds("V1", pkvm("VIRTIO=VIOMMU_IN_TCB")), fails("V1", pkvm("VIRTIO=VIOMMU_IN_VMM"))}},
      {"S3.6",
       "the lowvisor snoops descriptors",
       "a descriptor that changes afterwards widens nothing",
       {holds("V3", pkvm("VIRTIO=SNOOP")), fails("V3", pkvm("VIRTIO=SNOOP", {Flaw::LOWVISOR_FETCHES_TWICE}))}},
      {"S3.7",
       "share and unshare hypercalls",
       "what stands beside a buffer on its page is disclosed",
       {fails("V4", pkvm("VIRTIO=SHARE_HYPERCALL")), holds("V1", pkvm("VIRTIO=SHARE_HYPERCALL"))}},
      {"S3.8", "how large the TCB gets", "the verbs of the lowvisor, counted for each design", {lowvisor_size()}},
      {"S3.9",
       "an encrypted queue",
       "an emulated device gives its key to the host; one outside keeps it, if nothing is switched off",
       {fails("V5", emulated("VIRTIO=ENCRYPTED_QUEUE_EMULATED")),
        holds("V5", pkvm("VIRTIO=ENCRYPTED_QUEUE_PASSTHROUGH")),
        fails("V5", emulated("VIRTIO=ENCRYPTED_QUEUE_PASSTHROUGH")),
        fails("V5", pkvm("VIRTIO=ENCRYPTED_QUEUE_PASSTHROUGH", {Flaw::TVM_ACCEPTS_DOWNGRADE}))}},
      {"S3.10",
       "bounce buffers are not encrypted",
       "true, and no harm where the payload is",
       {reached("plain text in the host", QUEUE, IF(w.plaintext_seen), pkvm("VIRTIO=ON_DEVICE_BUFFER")),
        not_reached("plain text in the host", QUEUE, IF(w.plaintext_seen),
                    pkvm("VIRTIO=ENCRYPTED_QUEUE_PASSTHROUGH"))}},
      {"S3.11",
       "passthrough and live migration",
       "a key that migrates through the host is known to it",
       {fails("V5", pkvm("VIRTIO=ENCRYPTED_QUEUE_PASSTHROUGH", {Flaw::HOST_MIGRATES_KEYS}))}},
  };
  return rows;
}

}  // namespace lockstep::host
