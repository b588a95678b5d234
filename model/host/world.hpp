// One state of the trusted-I/O world around one TDI: what device, TSM, host and tenants hold, and what the adversary
// knows. Every field has a small domain. Epochs and nonces are relations (only equality matters), so counters without
// bound give a finite space: a lock makes everything that was current older.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "base/bytes.hpp"
#include "tdisp/tdi.hpp"
#include "verify/model.hpp"

namespace lockstep::tdisp {
BOOST_DESCRIBE_ENUM(TdiState, CONFIG_UNLOCKED, CONFIG_LOCKED, RUN, ERROR)
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
/// What the IOMMU lets the TDI reach.
LOCKSTEP_DOMAIN(Gate, OFF, SHARED, PRIVATE)
LOCKSTEP_DOMAIN(Appraisal, none, pending, accepted, rejected)
LOCKSTEP_DOMAIN(Ledger, none, shared, secret)
/// Who answers at the end of the wire, and with which firmware.
LOCKSTEP_DOMAIN(Peer, genuine, updated, impostor)
#undef LOCKSTEP_DOMAIN

struct World {
  // The device (the truth).
  TdiState tdi = TdiState::CONFIG_UNLOCKED;
  bool nonce = false;  ///< a START_INTERFACE_NONCE is valid
  Peer peer = Peer::genuine;
  // TSM and relay.
  View view = View::UNLOCKED;
  Party owner = Party::nobody;
  Talk talk = Talk::none;
  Wire wire = Wire::idle;
  Epoch start_nonce = Epoch::none;  ///< the nonce that the TSM holds
  bool relocked = false;            ///< there was an earlier lock: the host may have kept its evidence
  // The gates.
  Gate gate = Gate::OFF;
  Party mmio = Party::nobody;  ///< in whose address space the TDI's private MMIO is valid
  bool fenced = false;         ///< the root port drops everything that the TDI sends
  // The TVM.
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
  // Memory.
  Party page = Party::TVM1;         ///< who owns the page that was TVM1's
  bool cached = false;              ///< a translation cache (IOTLB, ATC) still leads the TDI to the page
  Party secret = Party::nobody;     ///< whose data is inside the TDI
  Party in_flight = Party::nobody;  ///< under which owner a posted write was issued that is still on the link
  Party reported = Party::nobody;   ///< for whom the TSM told the host that the TDI is bound
  bool dead = false;                ///< TVM1 was destroyed

  bool operator==(const World&) const = default;
};
BOOST_DESCRIBE_STRUCT(World, (),
                      (tdi, nonce, peer, view, owner, talk, wire, start_nonce, relocked, gate, mmio, fenced, running,
                       report, measurements, fresh, appraisal, appraised, consent, covered, approved, ledger,
                       wants_stop, page, cached, secret, in_flight, reported, dead))

/// A new lock: what was current is older.
void age(World&);

using State = verify::Packed<2>;
State pack(const World&);
World unpack(const State&);

/// "tdi RUN; view RUN; owner TVM1": the fields that differ from the other world.
std::string describe(const World&, const World& other = {});
/// "name: value, value": the fields and their domains.
std::string domains();

}  // namespace lockstep::host
