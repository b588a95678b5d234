// One state of the trusted-I/O world around one TDI: what device, TSM, host and tenants hold, and what the adversary
// knows. Every field has a small domain. Epochs and nonces are relations (only equality matters), so counters without
// bound give a finite space: a lock makes everything that was current older.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "base/bytes.hpp"
#include "spdm/session.hpp"
#include "tdisp/tdi.hpp"
#include "verify/model.hpp"

namespace lockstep::tdisp {
BOOST_DESCRIBE_ENUM(TdiState, CONFIG_UNLOCKED, CONFIG_LOCKED, RUN, ERROR)
}
namespace lockstep::spdm {
BOOST_DESCRIBE_ENUM(SessionState, NONE, HANDSHAKING, ESTABLISHED)
}

namespace lockstep::host {

#define LOCKSTEP_DOMAIN(name, ...) BOOST_DEFINE_FIXED_ENUM_CLASS(name, Byte, __VA_ARGS__)

using tdisp::TdiState;
/// What the TSM believes of the TDI. QUARANTINED: given up, and neither bound again nor handed back.
LOCKSTEP_DOMAIN(View, UNLOCKED, LOCKED, RUN, ERROR, QUARANTINED)
LOCKSTEP_DOMAIN(Party, nobody, TVM1, TVM2, host)
/// The verb for which the TSM talks with the device, by way of the host.
LOCKSTEP_DOMAIN(Talk, none, LOCK, START, STOP, RELOCK)
LOCKSTEP_DOMAIN(Wire, idle, request, response, refusal)
/// In relation to the last successful lock of the device.
LOCKSTEP_DOMAIN(Epoch, none, current, older, forged)
/// Whether the IOMMU lets the TDI reach private pages. (Shared ones it reaches whatever the gate says.)
LOCKSTEP_DOMAIN(Gate, OFF, PRIVATE)
LOCKSTEP_DOMAIN(Appraisal, none, pending, accepted, rejected)
LOCKSTEP_DOMAIN(Ledger, none, shared, secret)
/// Who answers at the end of the wire, and with which firmware.
LOCKSTEP_DOMAIN(Peer, genuine, updated, impostor)
using spdm::SessionState;
/// Who made the keys that a port of the stream holds.
LOCKSTEP_DOMAIN(Keys, none, TSM, host)
/// Of the keys of one direction at one port.
LOCKSTEP_DOMAIN(Stage, none, programmed, active)
/// How many invocations of a key are left.
LOCKSTEP_DOMAIN(Counter, low, high, spent, reused)
LOCKSTEP_DOMAIN(Transcript, none, live, other)
/// Which memory a reported MMIO range leads to in the TVM's address space.
LOCKSTEP_DOMAIN(Place, none, right, swapped, foreign, shifted)
/// Where a private guest page leads.
LOCKSTEP_DOMAIN(Target, nothing, old_page, new_page, other_tenant)
/// How the operating system in the TVM learned what state the TDI is in.
LOCKSTEP_DOMAIN(Source, none, config, TSM)
/// What a virtqueue descriptor says, or what was granted for it.
LOCKSTEP_DOMAIN(Buffer, none, small, wide)
LOCKSTEP_DOMAIN(Granter, nobody, guest, host)
LOCKSTEP_DOMAIN(Parcel, none, sent, fresh, stale)
/// What everybody but the tenant has seen of a bit of its private data.
LOCKSTEP_DOMAIN(Seen, nothing, zero, one)
#undef LOCKSTEP_DOMAIN

/// The device (the truth).
struct DeviceState {
  TdiState tdi = TdiState::CONFIG_UNLOCKED;
  bool nonce = false;  ///< a START_INTERFACE_NONCE is valid
  Peer peer = Peer::genuine;
  bool operator==(const DeviceState&) const = default;
};
BOOST_DESCRIBE_STRUCT(DeviceState, (), (tdi, nonce, peer))

/// TSM and relay.
struct TsmState {
  View view = View::UNLOCKED;
  Party owner = Party::nobody;
  Talk talk = Talk::none;
  Wire wire = Wire::idle;
  Epoch start_nonce = Epoch::none;  ///< the nonce that the TSM holds
  bool relocked = false;            ///< there was an earlier lock: the host may have kept its evidence
  bool operator==(const TsmState&) const = default;
};
BOOST_DESCRIBE_STRUCT(TsmState, (), (view, owner, talk, wire, start_nonce, relocked))

/// The gates.
struct GatesState {
  Gate gate = Gate::OFF;
  Party mmio = Party::nobody;  ///< in whose address space the TDI's private MMIO is valid
  bool fenced = false;         ///< the root port drops everything that the TDI sends
  bool operator==(const GatesState&) const = default;
};
BOOST_DESCRIBE_STRUCT(GatesState, (), (gate, mmio, fenced))

/// The TVM.
struct TvmState {
  bool running = false;
  Epoch report = Epoch::none;        ///< the interface report that it holds
  Epoch measurements = Epoch::none;  ///< the signed measurements that it holds
  bool fresh = false;                ///< they are over a nonce that it chose
  Appraisal appraisal = Appraisal::none;
  Epoch appraised = Epoch::none;  ///< which evidence the verdict is about
  Epoch consent = Epoch::none;    ///< what the TVM has agreed to use
  bool covered = false;           ///< the firmware that runs is one that it has agreed to
  bool approved = false;          ///< it has agreed to an update beforehand
  Ledger ledger = Ledger::none;   ///< its live DMA mappings for the TDI
  bool wants_stop = false;        ///< it has asked to stop
  bool operator==(const TvmState&) const = default;
};
BOOST_DESCRIBE_STRUCT(TvmState, (),
                      (running, report, measurements, fresh, appraisal, appraised, consent, covered, approved, ledger,
                       wants_stop))

/// Memory.
struct MemoryState {
  Party page = Party::TVM1;         ///< who owns the page that was TVM1's
  bool cached = false;              ///< a translation cache (IOTLB, ATC) still leads the TDI to the page
  Party secret = Party::nobody;     ///< whose data is inside the TDI
  Party in_flight = Party::nobody;  ///< under which owner a posted write was issued that is still on the link
  Party reported = Party::nobody;   ///< for whom the TSM told the host that the TDI is bound
  bool dead = false;                ///< TVM1 was destroyed
  bool bit = false;                 ///< of TVM1's private data; two runs may differ in it (two_runs.hpp)
  Seen seen = Seen::nothing;        ///< of that bit, by host, wire and other tenants
  bool operator==(const MemoryState&) const = default;
};
BOOST_DESCRIBE_STRUCT(MemoryState, (), (page, cached, secret, in_flight, reported, dead, bit, seen))

/// Session and link.
struct LinkState {
  SessionState tsm_session = SessionState::NONE;   ///< the TSM's session, as the device has it
  SessionState host_session = SessionState::NONE;  ///< the host's
  bool alive = false;                              ///< the TSM takes its session for alive
  Keys locked_by = Keys::none;                     ///< over whose session the TDI was locked
  Keys device_keys = Keys::none;
  Stage device_rx = Stage::none, device_tx = Stage::none;
  Keys port_keys = Keys::none;  ///< of the root port
  Stage port_rx = Stage::none, port_tx = Stage::none;
  bool key_known = false;  ///< the adversary can derive a key that protects the stream
  Counter counter = Counter::low;
  Transcript transcript = Transcript::none;  ///< what the TVM was given
  bool forgery = false;  ///< the TSM has accepted a message that the DSM did not send then and there
  bool spoofed = false;  ///< a TLP with another function's requester id was taken for the TDI's
  bool operator==(const LinkState&) const = default;
};
BOOST_DESCRIBE_STRUCT(LinkState, (),
                      (tsm_session, host_session, alive, locked_by, device_keys, device_rx, device_tx, port_keys,
                       port_rx, port_tx, key_known, counter, transcript, forgery, spoofed))

/// Order on the link.
struct OrderState {
  Party tag = Party::nobody;         ///< for whom the root port waits under one tag
  Party completion = Party::nobody;  ///< to whose request the completion on the link belongs
  bool quarantined = false;          ///< the tag is not given out again
  Parcel write = Parcel::none, read = Parcel::none;
  bool operator==(const OrderState&) const = default;
};
BOOST_DESCRIBE_STRUCT(OrderState, (), (tag, completion, quarantined, write, read))

/// MMIO ranges.
struct RangesState {
  Place range_a = Place::none, range_b = Place::none;
  bool valid_a = false, valid_b = false;
  bool accepted_all = false;  ///< the TVM was told that all ranges are valid
  bool host_maps = false;     ///< a host process has the private BAR mapped
  bool touched = false;       ///< the host has changed the device since the lock
  bool msix_locked = false, vectors_forged = false, trusts_interrupts = false;
  bool address_leaked = false;  ///< the report tells bits of the host's addresses
  bool operator==(const RangesState&) const = default;
};
BOOST_DESCRIBE_STRUCT(RangesState, (),
                      (range_a, range_b, valid_a, valid_b, accepted_all, host_maps, touched, msix_locked,
                       vectors_forged, trusts_interrupts, address_leaked))

/// Translation.
struct TablesState {
  Target cpu_target = Target::nothing, iommu_target = Target::nothing, cached_target = Target::nothing;
  bool operator==(const TablesState&) const = default;
};
BOOST_DESCRIBE_STRUCT(TablesState, (), (cpu_target, iommu_target, cached_target))

/// Agents in the TVM.
struct AgentsState {
  bool first_holds = false, os_holds = false, record = false;
  Source source = Source::none;
  bool config_lies = false, surprise = false, decided = false, usurped = false;
  bool moved_by_vfio = false;  ///< VFIO was the last to change what the TDI may do
  bool operator==(const AgentsState&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentsState, (),
                      (first_holds, os_holds, record, source, config_lies, surprise, decided, usurped, moved_by_vfio))

/// Two TDIs, two devices.
struct TurnsState {
  Party busy = Party::nobody;  ///< whose conversation occupies the device
  bool wants_1 = false, wants_2 = false, done_1 = false, done_2 = false;
  Party stream_of = Party::nobody;  ///< which device has the root port's stream
  bool asked = false;               ///< a device is wanted for a TVM
  bool refused = false;             ///< its connect has failed, cleanly
  bool operator==(const TurnsState&) const = default;
};
BOOST_DESCRIBE_STRUCT(TurnsState, (), (busy, wants_1, wants_2, done_1, done_2, stream_of, asked, refused))

/// The emulated device.
struct QueueState {
  Granter granted = Granter::nobody;
  Buffer descriptor = Buffer::none, published = Buffer::none, grant = Buffer::none;
  bool stage_1_wide = false, host_touched = false, overreach = false;
  bool beside = false, neighbour_seen = false;
  bool queue_encrypted = false, queue_key_known = false, plaintext_seen = false;
  bool operator==(const QueueState&) const = default;
};
BOOST_DESCRIBE_STRUCT(QueueState, (),
                      (granted, descriptor, published, grant, stage_1_wide, host_touched, overreach, beside,
                       neighbour_seen, queue_encrypted, queue_key_known, plaintext_seen))

struct World : DeviceState,
               TsmState,
               GatesState,
               TvmState,
               MemoryState,
               LinkState,
               OrderState,
               RangesState,
               TablesState,
               AgentsState,
               TurnsState,
               QueueState {
  bool operator==(const World&) const = default;
};
BOOST_DESCRIBE_STRUCT(World,
                      (DeviceState, TsmState, GatesState, TvmState, MemoryState, LinkState, OrderState, RangesState,
                       TablesState, AgentsState, TurnsState, QueueState),
                      ())

/// A new lock: what was current is older.
void age(World&);

using State = verify::Packed<3>;
State pack(const World&);
World unpack(const State&);

/// "tdi RUN; view RUN; owner TVM1": the fields that differ from the other world.
std::string describe(const World&, const World& other = {});
/// "name: value, value": the fields and their domains.
std::string domains();

/// The fields by their number, for whoever goes through all of them.
std::size_t field_count();
std::string_view field_name(std::size_t field);
std::size_t values_of_field(std::size_t field);
std::string_view value_name(std::size_t field, std::size_t value);
Byte field_of(const World&, std::size_t field);
World with_field(const World&, std::size_t field, Byte value);

}  // namespace lockstep::host
