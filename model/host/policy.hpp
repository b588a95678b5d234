// The policies that the trusted-I/O discussions leave open: one enumeration for each switch. The comment of a switch
// gives the row of the debate and what is at stake; the profiles' defaults stand in policy.cpp.
#pragma once

#include <array>
#include <boost/describe/enum.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lockstep::host {

#define LOCKSTEP_SWITCH(name, ...) BOOST_DEFINE_FIXED_ENUM_CLASS(name, Byte, __VA_ARGS__)

/// 1: how far one bind takes the TDI.
LOCKSTEP_SWITCH(BindScope, LOCK_ONLY, LOCK_AND_RUN)
/// 2: who causes START_INTERFACE_REQUEST. HOST_ON_REQUEST: the host, once the TVM asked for it.
LOCKSTEP_SWITCH(StartAuthority, TVM, HOST_ON_REQUEST, HOST_FREE)
/// 3: when the session and the stream are set up. EAGER: for every device at boot; LAZY: at its first bind; ADMIN: when
/// told.
LOCKSTEP_SWITCH(ConnectWhen, EAGER, LAZY, ADMIN)
/// 4: CREATE: TDIs are bound before the TVM runs, never later.
LOCKSTEP_SWITCH(BindWhen, CREATE, HOTPLUG)
/// 4: whether a TVM's TDIs are declared to the secure world when the TVM is built.
LOCKSTEP_SWITCH(Predeclared, YES, NO)
/// 5: what inside the TVM drives the TDI to RUN.
LOCKSTEP_SWITCH(Agent, PCI_CORE, DRIVER, SVSM, FIRMWARE, TDM)
/// 6: what an appraisal looks at. NONE: an administrator's word.
LOCKSTEP_SWITCH(Attestation, GENERIC, DEVICE_SPECIFIC, MEASUREMENT_ONLY, NONE)
/// 7: where it is made. USER_SYNC and REMOTE answer late; PASSPORT: a verdict that was obtained beforehand.
LOCKSTEP_SWITCH(AppraisedBy, KERNEL, USER_SYNC, REMOTE, PASSPORT)
/// 8: use of the TDI before it is accepted. LEVELS: shared use, which is torn down when the level rises.
LOCKSTEP_SWITCH(PreAcceptUse, BLOCKED, SHARED_ONLY, LEVELS)
/// 9: what a TDI in CONFIG_LOCKED does with accesses that have T=0.
LOCKSTEP_SWITCH(LockedAdmission, T0_ALLOWED, T0_BLOCKED)
/// 10: SPLIT: MMIO is accepted and DMA opened by separate verbs; FUSED: START does both.
LOCKSTEP_SWITCH(Accept, SPLIT, FUSED)
/// 11: whether the DMA gate is opened in CONFIG_LOCKED or in RUN.
LOCKSTEP_SWITCH(GateOrder, GATE_THEN_START, START_THEN_GATE)
/// 12: whether the gate closes before STOP_INTERFACE_REQUEST or after its response.
LOCKSTEP_SWITCH(StopOrder, GATE_FIRST, STOP_FIRST)
/// 12: whether the host gets the TVM's pages back only behind a closed gate.
LOCKSTEP_SWITCH(Reclaim, BEHIND_GATE, DURING_STOP)
/// 13: what a STOP without a good answer leads to.
LOCKSTEP_SWITCH(StopFailure, FAIL_OPEN, QUARANTINE, FORCE)
/// 14: disconnecting a device whose TDIs are bound.
LOCKSTEP_SWITCH(DisconnectBound, REJECT, IMPLICIT_UNBIND)
/// 15: whether host and TSM both may have a session with the device.
LOCKSTEP_SWITCH(Sessions, SHARED, EXCLUSIVE)
/// 15: how many sessions the device has room for.
LOCKSTEP_SWITCH(SessionLimit, ONE, TWO)
/// 16: who programs the keys of the root port.
LOCKSTEP_SWITCH(RootPortKeys, TSM, ROOT, HOST)
/// 17: how evidence reaches the TVM's appraiser. SYSFS: file by file without a generation; the others give one
/// snapshot.
LOCKSTEP_SWITCH(EvidenceTransport, CONFIGFS, SYSFS, NETLINK, GUEST_REQ)
/// 17: what an accepting verb carries: nothing, or the lock epoch that it means.
LOCKSTEP_SWITCH(ConsentBinding, NONE, EPOCH)
/// 17: whether a bound TDI can be locked anew without an unbind between.
LOCKSTEP_SWITCH(Relock, VIA_UNBIND, DIRECT)
/// 18: what VFIO is in the flow.
LOCKSTEP_SWITCH(VfioRole, HELPER, ATTESTER, USER)
/// 18: whether VFIO has a call that leads to RUN.
LOCKSTEP_SWITCH(VfioRunUapi, NO, YES)
/// 18: whose file descriptor holds the binding.
LOCKSTEP_SWITCH(BindOn, VFIO, IOMMUFD, KVM)
/// 19: whether bind needs the handle of a VM.
LOCKSTEP_SWITCH(BindNeedsVm, YES, NO)
/// 20: how VFIO keeps the host's CPU out of private MMIO.
LOCKSTEP_SWITCH(PrivateMmio, FORBID_MMAP, REVOKE, DMABUF_NO_CPU)
/// 21: which table the IOMMU walks: the CPU's secure one, the host's mirror of it, or one that only the TSM writes.
LOCKSTEP_SWITCH(Translation, SHARED_TABLE, MIRROR, TSM_TABLE)
/// 22: what the driver does when the device is not in the state it was accepted in.
LOCKSTEP_SWITCH(OnMismatch, DEGRADE, REFUSE, PANIC)
/// 23: the lock flag.
LOCKSTEP_SWITCH(NoFwUpdate, YES, NO)
/// 23: whether a firmware update ends the session.
LOCKSTEP_SWITCH(UpdateEndsSession, YES, NO)
/// 23: whether an update is appraised before it is made or after.
LOCKSTEP_SWITCH(UpdateAttestation, PRE, POST)
/// 24: MMIO_REPORTING_OFFSET.
LOCKSTEP_SWITCH(MmioOffset, RANDOM, BAR_ALIGNED, ZERO)
/// 25: how an operating system writes down how far it trusts a device.
LOCKSTEP_SWITCH(TrustEncoding, BOOL, TWO_BOOLS, ENUM)
/// 26: requester ids that the root port admits on the stream.
LOCKSTEP_SWITCH(RidAssociation, TIGHT, ALL)
/// 27: how an emulated device gets at the data of a guest whose memory the host cannot read.
LOCKSTEP_SWITCH(Virtio, SHARE_HYPERCALL, VIOMMU_IN_TCB, VIOMMU_IN_VMM, SNOOP, ON_DEVICE_BUFFER,
                ENCRYPTED_QUEUE_EMULATED, ENCRYPTED_QUEUE_PASSTHROUGH)
/// 28: measurements before or after the lock.
LOCKSTEP_SWITCH(MeasureWhen, PRE, POST)

#undef LOCKSTEP_SWITCH

using Switches =
    boost::mp11::mp_list<BindScope, StartAuthority, ConnectWhen, BindWhen, Predeclared, Agent, Attestation, AppraisedBy,
                         PreAcceptUse, LockedAdmission, Accept, GateOrder, StopOrder, Reclaim, StopFailure,
                         DisconnectBound, Sessions, SessionLimit, RootPortKeys, EvidenceTransport, ConsentBinding,
                         Relock, VfioRole, VfioRunUapi, BindOn, BindNeedsVm, PrivateMmio, Translation, OnMismatch,
                         NoFwUpdate, UpdateEndsSession, UpdateAttestation, MmioOffset, TrustEncoding, RidAssociation,
                         Virtio, MeasureWhen>;
inline constexpr std::size_t SWITCHES = boost::mp11::mp_size<Switches>::value;
template <class E>
inline constexpr std::size_t switch_index = boost::mp11::mp_find<Switches, E>::value;

/// A value for each switch.
struct Policies {
  std::array<Byte, SWITCHES> values{};

  template <class E>
  Policies& set(E value) {
    values[switch_index<E>] = static_cast<Byte>(value);
    return *this;
  }
  template <class E>
  E get() const {
    return static_cast<E>(values[switch_index<E>]);
  }
  bool operator==(const Policies&) const = default;
};

struct Switch {
  unsigned row;           ///< of the debate, 1 to 28
  std::string_view name;  ///< BIND_SCOPE
  std::string_view debate;
  std::span<const std::string_view> values;
};
/// In the order of Switches.
std::span<const Switch> switches();

BOOST_DEFINE_FIXED_ENUM_CLASS(Profile, Byte, amd, tdx, cca, riscv, linux)
/// Which actors the tenant trusts: confidential VM on a hostile host; a process on a trusted host (bare metal); a host
/// that authenticates devices and encrypts links without a TSM; a small trusted hypervisor under an untrusted one; a
/// device that the untrusted host emulates.
BOOST_DEFINE_FIXED_ENUM_CLASS(Scenario, Byte, cvm, native, cma_only, pkvm, emulated)

std::span<const Profile> profiles();
std::span<const Scenario> scenarios();
std::string_view name(Profile);
std::string_view name(Scenario);

/// What a vendor's stack does today, as far as its public code and texts show.
Policies defaults(Profile);

/// "BIND_SCOPE=LOCK_ONLY" applied to `policies`. The error is a sentence that names the nearest match.
Result<Policies, std::string> set(const Policies& policies, std::string_view assignment);
Result<Profile, std::string> find_profile(std::string_view name);
Result<Scenario, std::string> find_scenario(std::string_view name);

}  // namespace lockstep::host
