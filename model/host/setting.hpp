// What one exploration is about: profile, scenario, policies, which part of the world takes part, and what is broken.
#pragma once

#include <atomic>
#include <bitset>
#include <memory>

#include "host/policy.hpp"

namespace lockstep::host {

BOOST_DEFINE_FIXED_ENUM_CLASS(Actor, Byte, VMM, TSM, ROOT, IOMMU, TVM, TDM, RELYING_PARTY, DSM, DEVICE, WIRE, BMC,
                              LOWVISOR)
std::string_view name(Actor);

/// The parts of the world. A property is proved among the verbs and fields of one part: a whole is too large to
/// explore, and a verb of another part moves none of its fields.
enum class Scope : Byte {
  ACCESS,    ///< lock, start, gates, the TVM's mappings, firmware updates: may the TDI reach private data?
  EVIDENCE,  ///< reports, measurements, appraisals and their epochs: is consent about what is there?
  TEARDOWN,  ///< stop, memory, caches, what is on the link, the next tenant
  END_OF_SCOPES,
};
inline constexpr std::size_t SCOPES = static_cast<std::size_t>(Scope::END_OF_SCOPES);
std::string_view name(Scope);

/// USUAL: part of the way to an accepted device. ENDING: ends or disturbs it, without malice. HOSTILE: only an actor
/// that is against the tenant does it.
enum class Mood : Byte { USUAL, ENDING, HOSTILE };

/// What can be wrong with an actor: the mutants that the properties must find, and the faults of hardware that a policy
/// should survive.
BOOST_DEFINE_FIXED_ENUM_CLASS(
    Flaw, Byte,
    DSM_EARLY_DMA,                // the device issues T=1 accesses in CONFIG_LOCKED
    IOMMU_STUCK_GATE,             // the gate is open whatever the TSM wrote
    DSM_IGNORES_NONCE,            // START succeeds with any nonce
    DSM_ROLLS_BACK,               // a configuration write takes RUN back to CONFIG_LOCKED
    DSM_TRACKS_NO_WRITES,         // a configuration write in CONFIG_LOCKED or RUN changes nothing but the configuration
    DSM_UPDATES_SILENTLY,         // a firmware update at run time whatever was agreed
    DSM_ACKS_BEFORE_DRAIN,        // STOP is acknowledged while posted writes are on the link
    DSM_KEEPS_SECRETS,            // nothing is scrubbed at STOP
    TSM_KEEPS_HALF_STATES,        // a failed LOCK leaves the TDI as if it were locked
    TSM_SKIPS_EPOCH,              // an accepting verb is taken whatever epoch it means
    TSM_OPENS_FOR_ANYONE,         // the gate opens without the TVM
    TSM_SKIPS_INVALIDATION,       // pages are handed back although caches still lead to them
    TSM_FAILS_OPEN,               // a STOP without an answer counts as one
    TSM_SKIPS_DRAIN,              // nothing is done about what is on the link
    TSM_BINDS_WHILE_MAPPED,       // the TDI is bound anew while its MMIO is valid elsewhere
    TSM_MISREPORTS_BINDING,       // a second bind is answered with success for another TVM
    TSM_FORGETS_REFERENCES,       // a TVM is destroyed while its TDIs are bound
    TSM_STARTS_UNASKED,           // START without the TVM
    TSM_WAITS_FOR_EVER,           // a forced unbind waits for the device
    TSM_LOSES_REQUESTS,           // a request is never sent
    TSM_NO_RECOVERY,              // no verb leads out of ERROR
    TVM_VALIDATES_FIRST,          // consents before it appraises
    TVM_MIXES_GENERATIONS,        // does not compare the generations of report and measurements
    TVM_SKIPS_DIGESTS,            // takes the report as the host gives it
    TVM_SKIPS_MEASUREMENT_NONCE,  // takes measurements over any nonce
    TVM_SKIPS_CERTIFICATES,       // takes measurements signed by anyone
    TVM_MAPS_EARLY,               // maps private pages before it consents
    TVM_ACCEPTS_WHILE_MAPPED,     // accepts with live mappings
    TVM_FALLS_BACK,               // goes on through bounce buffers when an accepted device fails
    TVM_WAITS_FOR_EVER            // no time-out on an appraisal
)
std::string_view name(Flaw);
using Flaws = std::bitset<64>;

/// Thread-safe: the switches that were looked at are noted, because a run does not depend on the others.
class Setting {
 public:
  Profile profile = Profile::riscv;
  Scenario scenario = Scenario::cvm;
  Policies policies = defaults(Profile::riscv);
  Scope scope = Scope::ACCESS;
  Flaws flaws = {};
  Mood moods = Mood::HOSTILE;  ///< the worst that actors do

  template <class E>
  bool is(E value) const {
    note(switch_index<E>);
    return policies.get<E>() == value;
  }
  bool has(Flaw flaw) const { return flaws.test(static_cast<std::size_t>(flaw)); }
  Setting& break_(Flaw flaw) { return flaws.set(static_cast<std::size_t>(flaw)), *this; }
  bool in(Scope wanted) const { return scope == wanted; }

  bool host_is_trusted() const { return scenario == Scenario::native || scenario == Scenario::cma_only; }
  /// There is a TSM, and it may bind a TDI to this kind of tenant.
  bool can_bind() const {
    if (scenario == Scenario::cma_only || scenario == Scenario::emulated) return false;
    return scenario != Scenario::native || is(BindNeedsVm::NO);
  }

  /// Bit i: switch i was looked at since this object was made (copies share it).
  std::uint64_t noted() const { return noted_->load(); }
  void forget_noted() { noted_ = std::make_shared<std::atomic<std::uint64_t>>(0); }

 private:
  void note(std::size_t index) const {
    const std::uint64_t bit = std::uint64_t{1} << index;
    if ((noted_->load(std::memory_order_relaxed) & bit) == 0) noted_->fetch_or(bit);
  }
  std::shared_ptr<std::atomic<std::uint64_t>> noted_ = std::make_shared<std::atomic<std::uint64_t>>(0);
};

}  // namespace lockstep::host
