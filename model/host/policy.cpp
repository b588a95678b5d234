#include "host/policy.hpp"

#include <algorithm>
#include <boost/describe/enumerators.hpp>
#include <vector>

#include "requirements/no_such.hpp"

namespace lockstep::host {
namespace {

template <class E, class D = boost::describe::describe_enumerators<E>>
constexpr auto enumerator_names = []<class... T>(boost::mp11::mp_list<T...>) {
  return std::array<std::string_view, sizeof...(T)>{T::name...};
}(boost::mp11::mp_rename<D, boost::mp11::mp_list>());

template <class E, class D = boost::describe::describe_enumerators<E>>
constexpr auto enumerators = []<class... T>(boost::mp11::mp_list<T...>) {
  return std::array<E, sizeof...(T)>{T::value...};
}(boost::mp11::mp_rename<D, boost::mp11::mp_list>());

template <class E>
Switch row(unsigned number, std::string_view name, std::string_view debate) {
  return {number, name, debate, enumerator_names<E>};
}

constexpr std::array<std::string_view, 5> SCENARIO_NAMES{"cvm", "native", "cma-only", "pkvm", "emulated"};

template <class E, std::size_t N>
Result<E, std::string> find(std::string_view what, std::string_view wanted,
                            const std::array<std::string_view, N>& names) {
  const auto at = std::find(names.begin(), names.end(), wanted);
  if (at == names.end()) return Unexpected{no_such(what, wanted, names)};
  return static_cast<E>(at - names.begin());
}

/// What the profiles have in common, and the reference: RISC-V CoVE-IO, where only the TVM causes START.
Policies reference() {
  return Policies()
      .set(BindScope::LOCK_ONLY)
      .set(StartAuthority::TVM)
      .set(ConnectWhen::LAZY)
      .set(BindWhen::HOTPLUG)
      .set(Predeclared::NO)
      .set(Agent::PCI_CORE)
      .set(Attestation::GENERIC)
      .set(AppraisedBy::KERNEL)
      .set(PreAcceptUse::SHARED_ONLY)
      .set(LockedAdmission::T0_BLOCKED)
      .set(Accept::FUSED)
      .set(GateOrder::START_THEN_GATE)
      .set(StopOrder::STOP_FIRST)
      .set(Reclaim::BEHIND_GATE)
      .set(StopFailure::QUARANTINE)
      .set(DisconnectBound::REJECT)
      .set(Sessions::EXCLUSIVE)
      .set(SessionLimit::TWO)
      .set(RootPortKeys::ROOT)
      .set(EvidenceTransport::GUEST_REQ)
      .set(ConsentBinding::NONE)
      .set(Relock::VIA_UNBIND)
      .set(VfioRole::HELPER)
      .set(VfioRunUapi::NO)
      .set(BindOn::IOMMUFD)
      .set(BindNeedsVm::YES)
      .set(PrivateMmio::REVOKE)
      .set(Translation::TSM_TABLE)
      .set(OnMismatch::REFUSE)
      .set(NoFwUpdate::YES)
      .set(UpdateEndsSession::YES)
      .set(UpdateAttestation::POST)
      .set(MmioOffset::RANDOM)
      .set(TrustEncoding::ENUM)
      .set(RidAssociation::TIGHT)
      .set(Virtio::SHARE_HYPERCALL)
      .set(MeasureWhen::POST);
}

}  // namespace

std::span<const Switch> switches() {
  static const std::array<Switch, SWITCHES> all{
      row<BindScope>(1, "BIND_SCOPE", "what bind does"),
      row<StartAuthority>(2, "START_AUTHORITY", "who causes START"),
      row<ConnectWhen>(3, "CONNECT_WHEN", "when to connect"),
      row<BindWhen>(4, "BIND_WHEN", "when to bind"),
      row<Predeclared>(4, "PREDECLARED", "whether TDIs are declared when the TVM is built"),
      row<Agent>(5, "AGENT", "which agent in the TVM moves the TDI"),
      row<Attestation>(6, "ATTESTATION", "what is attested"),
      row<AppraisedBy>(7, "APPRAISED_BY", "where it is appraised"),
      row<PreAcceptUse>(8, "PRE_ACCEPT_USE", "use before accept"),
      row<LockedAdmission>(9, "LOCKED_ADMISSION", "untrusted traffic in CONFIG_LOCKED"),
      row<Accept>(10, "ACCEPT", "MMIO locked while DMA is shared"),
      row<GateOrder>(11, "GATE_ORDER", "DMA gate at start"),
      row<StopOrder>(12, "STOP_ORDER", "DMA gate at stop"),
      row<Reclaim>(12, "RECLAIM", "pages handed back while STOP is under way"),
      row<StopFailure>(13, "STOP_FAILURE", "a STOP that fails"),
      row<DisconnectBound>(14, "DISCONNECT_BOUND", "disconnect with bound TDIs"),
      row<Sessions>(15, "SESSIONS", "session sharing"),
      row<SessionLimit>(15, "SESSION_LIMIT", "sessions that the device has room for"),
      row<RootPortKeys>(16, "RC_KEY_OWNER", "keys of the root port"),
      row<EvidenceTransport>(17, "EVIDENCE_TRANSPORT", "evidence transport"),
      row<ConsentBinding>(17, "CONSENT_BINDING", "what an accepting verb carries"),
      row<Relock>(17, "RELOCK", "a lock without an unbind before it"),
      row<VfioRole>(18, "VFIO_ROLE", "what VFIO is"),
      row<VfioRunUapi>(18, "VFIO_RUN_UAPI", "a VFIO call that leads to RUN"),
      row<BindOn>(18, "BIND_ON", "whose descriptor holds the binding"),
      row<BindNeedsVm>(19, "BIND_NEEDS_VM", "native trusted I/O"),
      row<PrivateMmio>(20, "PRIVATE_MMIO", "private MMIO in VFIO"),
      row<Translation>(21, "TRANSLATION", "translation sharing"),
      row<OnMismatch>(22, "ON_MISMATCH", "a device that is not as accepted"),
      row<NoFwUpdate>(23, "NO_FW_UPDATE", "firmware update: the lock flag"),
      row<UpdateEndsSession>(23, "UPDATE_ENDS_SESSION", "firmware update: the session's termination policy"),
      row<UpdateAttestation>(23, "UPDATE_ATTESTATION", "firmware update: appraised before or after"),
      row<MmioOffset>(24, "MMIO_OFFSET", "BAR layout against obfuscation"),
      row<TrustEncoding>(25, "TRUST_ENCODING", "how trust is written down"),
      row<RidAssociation>(26, "RID_ASSOCIATION", "requester ids on the stream"),
      row<Virtio>(27, "VIRTIO", "emulated devices"),
      row<MeasureWhen>(28, "MEASURE_WHEN", "measurement before or after the lock"),
  };
  return all;
}

std::span<const Profile> profiles() { return enumerators<Profile>; }
std::span<const Scenario> scenarios() { return enumerators<Scenario>; }
std::string_view name(Profile profile) { return enumerator_names<Profile>[static_cast<std::size_t>(profile)]; }
std::string_view name(Scenario scenario) { return SCENARIO_NAMES[static_cast<std::size_t>(scenario)]; }

Policies defaults(Profile profile) {
  Policies policies = reference();
  switch (profile) {
    case Profile::riscv:
      return policies;
    case Profile::tdx:  // the TD starts; DMAR.ACCEPT wants CONFIG_LOCKED; a stream can be blocked
      return policies.set(Accept::SPLIT)
          .set(GateOrder::GATE_THEN_START)
          .set(StopOrder::GATE_FIRST)
          .set(StopFailure::FORCE)
          .set(RootPortKeys::TSM)
          .set(Translation::SHARED_TABLE);
    case Profile::cca:  // the host starts; both accepting verbs carry three nonces
      return policies.set(StartAuthority::HOST_ON_REQUEST)
          .set(Accept::SPLIT)
          .set(StopOrder::GATE_FIRST)
          .set(ConsentBinding::EPOCH)
          .set(MeasureWhen::PRE)
          .set(MmioOffset::ZERO);
    case Profile::amd:  // the host driver starts when it sees the guest's message; bind may run as well
      return policies.set(StartAuthority::HOST_ON_REQUEST)
          .set(Accept::SPLIT)
          .set(StopOrder::GATE_FIRST)
          .set(StopFailure::FORCE)
          .set(RootPortKeys::TSM)
          .set(EvidenceTransport::GUEST_REQ)
          .set(ConnectWhen::ADMIN)
          .set(MmioOffset::BAR_ALIGNED);
    case Profile::linux:  // the kernel's interfaces above any of them
      return policies.set(StartAuthority::HOST_ON_REQUEST)
          .set(Accept::SPLIT)
          .set(StopOrder::GATE_FIRST)
          .set(RootPortKeys::TSM)
          .set(ConnectWhen::ADMIN)
          .set(DisconnectBound::IMPLICIT_UNBIND)
          .set(AppraisedBy::USER_SYNC)
          .set(EvidenceTransport::NETLINK);
  }
  return policies;
}

Result<Policies, std::string> set(const Policies& policies, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == assignment.npos)
    return Unexpected{"'" + std::string(assignment) + "' is no POLICY=VALUE, such as STOP_ORDER=GATE_FIRST"};
  const std::string_view wanted = assignment.substr(0, equals), value = assignment.substr(equals + 1);
  std::vector<std::string_view> names;
  for (const Switch& each : switches()) names.push_back(each.name);
  const auto at = std::find(names.begin(), names.end(), wanted);
  if (at == names.end()) return Unexpected{no_such("policy", wanted, names)};
  const auto index = static_cast<std::size_t>(at - names.begin());
  const auto values = switches()[index].values;
  const auto found = std::find(values.begin(), values.end(), value);
  if (found == values.end()) return Unexpected{no_such("value of " + std::string(wanted), value, values)};
  Policies changed = policies;
  changed.values[index] = static_cast<Byte>(found - values.begin());
  return changed;
}

Result<Profile, std::string> find_profile(std::string_view wanted) {
  return find<Profile>("profile", wanted, enumerator_names<Profile>);
}
Result<Scenario, std::string> find_scenario(std::string_view wanted) {
  return find<Scenario>("scenario", wanted, SCENARIO_NAMES);
}

}  // namespace lockstep::host
