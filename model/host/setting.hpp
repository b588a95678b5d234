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
  ACCESS,       ///< lock, start, gates, the TVM's mappings, firmware updates: may the TDI reach private data?
  EVIDENCE,     ///< reports, measurements, appraisals and their epochs: is consent about what is there?
  TEARDOWN,     ///< stop, memory, caches, what is on the link, the next tenant
  LINK,         ///< sessions, keys at both ends of the stream, what the adversary can derive
  ORDER,        ///< completions and posted writes on the link
  RANGES,       ///< MMIO: where ranges lead, who else has them mapped, interrupts
  TRANSLATION,  ///< CPU and IOMMU tables of a page that the host moves
  AGENTS,       ///< who calls which verb; who in the TVM has the authority to accept
  CONNECT,      ///< two TDIs of one device, two devices at one port
  QUEUE,        ///< the emulated device
  END_OF_SCOPES,
};
inline constexpr std::size_t SCOPES = static_cast<std::size_t>(Scope::END_OF_SCOPES);
std::string_view name(Scope);

/// USUAL: part of the way to an accepted device. ENDING: ends or disturbs it, without malice. HOSTILE: only an actor
/// that is against the tenant does it.
enum class Mood : Byte { USUAL, ENDING, HOSTILE };

/// What can be wrong with an actor: the mutants that the properties must find, and the faults of hardware that a policy
/// should survive.
enum class Flaw : Byte {
  DSM_EARLY_DMA,                ///< the device issues T=1 accesses in CONFIG_LOCKED
  IOMMU_STUCK_GATE,             ///< the gate is open whatever the TSM wrote
  DSM_IGNORES_NONCE,            ///< START succeeds with any nonce
  DSM_ROLLS_BACK,               ///< a configuration write takes RUN back to CONFIG_LOCKED
  DSM_TRACKS_NO_WRITES,         ///< a configuration write in CONFIG_LOCKED or RUN changes nothing but the configuration
  DSM_UPDATES_SILENTLY,         ///< a firmware update at run time whatever was agreed
  DSM_UNCOUPLED,                ///< a session that ends leaves its streams and TDIs as they were
  DSM_SERVES_UNTRUSTED,         ///< accesses with T=0 have their effect in RUN
  DSM_REPORTS_ADDRESSES,        ///< the report tells bits of the host's addresses
  DSM_WRAPS_COUNTER,            ///< the stream goes on when a key's invocations are spent
  DSM_ACKS_BEFORE_DRAIN,        ///< STOP is acknowledged while posted writes are on the link
  DSM_KEEPS_SECRETS,            ///< nothing is scrubbed at STOP
  TSM_KEEPS_HALF_STATES,        ///< a failed LOCK leaves the TDI as if it were locked
  TSM_SKIPS_EPOCH,              ///< an accepting verb is taken whatever epoch it means
  TSM_OPENS_FOR_ANYONE,         ///< the gate opens without the TVM
  TSM_SKIPS_INVALIDATION,       ///< pages are handed back although caches still lead to them
  TSM_FAILS_OPEN,               ///< a STOP without an answer counts as one
  TSM_SKIPS_DRAIN,              ///< nothing is done about what is on the link
  TSM_BINDS_WHILE_MAPPED,       ///< the TDI is bound anew while its MMIO is valid elsewhere
  TSM_MISREPORTS_BINDING,       ///< a second bind is answered with success for another TVM
  TSM_FORGETS_REFERENCES,       ///< a TVM is destroyed while its TDIs are bound
  TSM_STARTS_UNASKED,           ///< START without the TVM
  TSM_WAITS_FOR_EVER,           ///< nothing is done before the device has answered a STOP
  TSM_SENDS_KEYS_IN_CLEAR,      ///< KEY_PROG outside the session
  TSM_OVERSHARES,               ///< the evidence that the host can read has a key in it
  TSM_SKIPS_SEQUENCE,           ///< a response of another time or another device is accepted
  TSM_SKIPS_INTERFACE,          ///< the response of another TDI is taken
  TSM_TRUSTS_TRANSCRIPTS,       ///< the transcript is what the host gives
  TSM_GOES_EARLY,               ///< Tx is enabled before the other end is ready
  TSM_BINDS_EARLY,              ///< LOCK before the stream is SECURE
  TSM_SKIPS_RANGE_CHECK,        ///< an accepted range may lead anywhere
  TSM_ACCEPTS_PARTLY,           ///< the good ranges are valid when one is refused
  TSM_KEEPS_TRANSLATION,        ///< a page moves under the device
  TSM_SHARES_CONTEXT,           ///< the host chooses whose table translates for the TDI
  TSM_SKIPS_CALLERS,            ///< a verb is served whoever calls
  TSM_PASSES_ANY_REQUEST,       ///< the guest's vendor requests reach the device
  TSM_PARKS,                    ///< a conversation that does not go on keeps the device busy
  ROOT_OPEN_REGISTERS,          ///< the host can write the root port's IDE registers
  ROOT_KEEPS_KEYS,              ///< disconnect leaves the keys in the root port
  ROOT_SKIPS_RID,               ///< any requester id is taken on the stream
  ROOT_REUSES_TAGS,             ///< a tag is free again when its completion timed out
  ROOT_ADMITS_REORDERING,       ///< a read may overtake a write on the link
  TSM_REVOKES_NOTHING,          ///< host mappings stay when a TDI is bound
  LOWVISOR_FETCHES_TWICE,       ///< the descriptor is read again after it was checked
  LOWVISOR_SINGLE_STAGE,        ///< the guest's own table alone translates for the device
  LOWVISOR_TRUSTS_HOST,         ///< a grant may come from the host
  TVM_TRUSTS_INTERRUPTS,        ///< interrupts are believed whatever was locked
  TVM_TRUSTS_CONFIG,            ///< the state is read from the configuration space
  TVM_TAKES_WITHOUT_RECORD,     ///< an agent takes a TDI that was not handed over
  TVM_SHARES_WHOLE_PAGES,       ///< other data stands on a page that is shared
  TVM_ACCEPTS_DOWNGRADE,        ///< a cleared feature bit means plain text
  HOST_MIGRATES_KEYS,           ///< the device's state, keys included, is migrated by the host
  TSM_LOSES_REQUESTS,           ///< a request is never sent
  TSM_NO_RECOVERY,              ///< no verb leads out of ERROR
  TVM_VALIDATES_FIRST,          ///< consents before it appraises
  TVM_MIXES_GENERATIONS,        ///< does not compare the generations of report and measurements
  TVM_SKIPS_DIGESTS,            ///< takes the report as the host gives it
  TVM_SKIPS_MEASUREMENT_NONCE,  ///< takes measurements over any nonce
  TVM_SKIPS_CERTIFICATES,       ///< takes measurements signed by anyone
  TVM_MAPS_EARLY,               ///< maps private pages before it consents
  TVM_ACCEPTS_WHILE_MAPPED,     ///< accepts with live mappings
  TVM_FALLS_BACK,               ///< goes on through bounce buffers when an accepted device fails
  TVM_WAITS_FOR_EVER,           ///< no time-out on an appraisal
  END_OF_FLAWS,
};
inline constexpr std::size_t FLAWS = static_cast<std::size_t>(Flaw::END_OF_FLAWS);
std::string_view name(Flaw);
using Flaws = std::bitset<FLAWS>;

struct RowMutant;

/// Switches and flaws that were looked at are noted (by any thread): a run does not depend on the others.
class Setting {
 public:
  Profile profile = Profile::riscv;
  Scenario scenario = Scenario::cvm;
  Policies policies = defaults(Profile::riscv);
  Scope scope = Scope::ACCESS;
  Flaws flaws = {};
  Mood moods = Mood::HOSTILE;         ///< the worst that actors do
  const RowMutant* mutant = nullptr;  ///< a spoilt row of the tables of verbs (mutant.hpp)

  template <class E>
  bool is(E value) const {
    note(switch_index<E>);
    return policies.get<E>() == value;
  }
  bool has(Flaw flaw) const {
    note(SWITCHES + static_cast<std::size_t>(flaw));
    return flaws.test(static_cast<std::size_t>(flaw));
  }
  Setting& break_(Flaw flaw) { return flaws.set(static_cast<std::size_t>(flaw)), *this; }
  bool in(Scope wanted) const { return scope == wanted; }

  bool has_tsm() const { return scenario != Scenario::cma_only; }
  bool has_lowvisor() const { return scenario == Scenario::pkvm; }
  bool device_is_emulated() const { return scenario == Scenario::emulated; }
  bool host_is_trusted() const { return scenario == Scenario::native || scenario == Scenario::cma_only; }
  /// There is a TSM, and it may bind a TDI to this kind of tenant.
  bool can_bind() const {
    if (scenario == Scenario::cma_only || scenario == Scenario::emulated) return false;
    return scenario != Scenario::native || is(BindNeedsVm::NO);
  }

  /// Whether switches and flaws that were looked at since forget_noted() are the same in both. Copies share what is
  /// noted.
  bool agrees_where_noted(const Setting& other) const {
    for (std::size_t i = 0; i < SWITCHES; ++i)
      if ((*noted_)[i].load() && policies.values[i] != other.policies.values[i]) return false;
    for (std::size_t i = 0; i < FLAWS; ++i)
      if ((*noted_)[SWITCHES + i].load() && flaws[i] != other.flaws[i]) return false;
    return true;
  }
  void forget_noted() { noted_ = std::make_shared<Noted>(); }

 private:
  using Noted = std::array<std::atomic<bool>, SWITCHES + FLAWS>;
  void note(std::size_t index) const { (*noted_)[index].store(true, std::memory_order_relaxed); }
  std::shared_ptr<Noted> noted_ = std::make_shared<Noted>();
};

}  // namespace lockstep::host
