// The device as dense tables: what each machine may do next, as numbers.
//
// A machine's states are numbered as they are found, by running the rules of model/device on a device in which only
// this machine is of interest. Beside a machine's own letters stand what the couplings do to it: the end of a session,
// the loss of a stream. So the tables say nothing of their own; a test compares them with the rules, entry by entry and
// over whole reachable products.
#pragma once

#include <span>
#include <unordered_map>

#include "verify/device_scope.hpp"

namespace lockstep::verify {

/// A TDI with what it was locked with.
struct BoundTdi {
  tdisp::Tdi tdi;
  device::Binding binding;
  bool operator==(const BoundTdi&) const = default;
};

std::uint64_t key_of(const spdm::Connection&);
std::uint64_t key_of(const spdm::Session&);
std::uint64_t key_of(const ide_km::Stream&);
std::uint64_t key_of(const BoundTdi&);

using Local = std::uint32_t;  ///< number of a machine's state

/// The states of one machine that were found; the initial one is number 0.
template <class T>
class Space {
 public:
  Space() { number(T{}); }
  Local number(const T& value) {
    const auto [at, added] = numbers_.try_emplace(key_of(value), static_cast<Local>(values_.size()));
    if (added) values_.push_back(value);
    return at->second;
  }
  Local find(const T& value) const {
    const auto at = numbers_.find(key_of(value));
    LOCKSTEP_ASSERT(at != numbers_.end());
    return at->second;
  }
  T operator[](Local i) const { return values_[i]; }
  Local size() const { return static_cast<Local>(values_.size()); }

 private:
  std::unordered_map<std::uint64_t, Local> numbers_;
  std::vector<T> values_;
};

/// Where one machine goes, and what that means for the others.
struct Move {
  enum Effect : std::uint32_t {
    nothing,
    loses_protection,  ///< of a stream: TDIs bound to it notice
    ends_sessions,     ///< of the connection: all of them, and what depends on them notices
    forgets_sessions,  ///< of the connection: all of them, and nobody notices
    opens,             ///< of the connection: opens + n, the session with state n in the first free place
  };
  Local next = 0;
  Label label = 0;  ///< with the index 0 of what the letter addresses; see DeviceTables::relocated()
  std::uint32_t effect = nothing;
  bool operator==(const Move&) const = default;
};

/// Lists in one array.
template <class T>
class Lists {
 public:
  void add(std::span<const T> list) {
    all_.insert(all_.end(), list.begin(), list.end());
    ends_.push_back(static_cast<std::uint32_t>(all_.size()));
  }
  std::span<const T> operator[](std::size_t i) const { return {all_.data() + ends_[i], all_.data() + ends_[i + 1]}; }
  std::size_t size() const { return ends_.size() - 1; }
  std::span<T> all() { return all_; }
  std::span<const T> all() const { return all_; }

 private:
  std::vector<T> all_;
  std::vector<std::uint32_t> ends_ = {0};  ///< of each list, after the beginning of the first
};
using MoveLists = Lists<Move>;

/// What of the rest of the device matters to the connection.
enum ConnectionContext : unsigned { HAS_FREE_SESSION = 1, HAS_HANDSHAKE_IN_THE_CLEAR = 2, HAS_OWNERS = 4 };
inline constexpr unsigned CONNECTION_CONTEXTS = 8;
/// What of the connection matters to a session: which requests of the negotiation it has served.
inline constexpr unsigned SESSION_CONTEXTS = 3;
unsigned session_context(const spdm::Connection&);

class DeviceTables {
 public:
  explicit DeviceTables(const DeviceScope&, const DeviceRules& = {});

  const DeviceRules& rules() const { return rules_; }

  const DeviceScope scope;
  const std::vector<DeviceAction> actions;

  Space<spdm::Connection> connections;
  Space<spdm::Session> sessions;
  Space<ide_km::Stream> streams;
  Space<BoundTdi> tdis;

  // Moves with every label, those that change nothing included.
  MoveLists connection_moves;  ///< [connection * CONNECTION_CONTEXTS + context]
  MoveLists session_moves;     ///< [session * SESSION_CONTEXTS + context]
  MoveLists stream_moves;      ///< [stream * shape.sessions + s]: over the established session s
  MoveLists stream_events;     ///< [stream]
  MoveLists tdi_moves;         ///< [tdi * shape.sessions + s]: over s, letters that name no stream
  MoveLists tdi_stream_moves;  ///< [tdi_stream_list()]: over s, letters that name stream k
  MoveLists tdi_events;        ///< [tdi]
  /// Letters that meet none of the machines above, and change nothing: [0] IDE_KM and TDISP in the clear, [1 + 2 * s]
  /// over s in its handshake, [2 + 2 * s] over s when it is established but for a stream or a TDI that does not exist.
  MoveLists refusals;

  // What the couplings do.
  std::vector<Move> stream_at_session_end;  ///< [s * streams.size() + stream]
  std::vector<Move> stream_at_reset;        ///< [stream]: FUNCTION_0_RESET
  std::vector<Move> stream_orphaned;        ///< [stream]
  std::vector<Local> tdi_at_session_end;    ///< [s * tdis.size() + tdi]
  std::vector<Local> tdi_at_stream_loss;    ///< [k * tdis.size() + tdi]
  std::vector<Local> tdi_at_reset;          ///< [tdi]
  std::vector<Local> tdi_orphaned;          ///< [tdi]
  Label conventional_reset = 0, function_0_reset = 0;

  /// What a stream is to a LOCK or BIND that names it: 0 not keyed, 1 + s keyed over session s, 1 + shape.sessions
  /// keyed over a session that is gone.
  unsigned stream_classes() const { return 2U + scope.shape.sessions; }
  unsigned stream_class(Local stream) const;
  std::size_t tdi_stream_list(Local tdi, Byte s, Byte k, unsigned stream_class) const {
    return ((tdi * std::size_t{scope.shape.sessions} + s) * scope.shape.streams + k) * stream_classes() + stream_class;
  }

  /// The label that the same step has for the machine with another index.
  Label relocated(Label label, Byte index) const;

 private:
  const DeviceRules rules_;
  std::vector<std::array<std::uint32_t, 4>> relocated_;

  std::vector<Label> labels(const device::Control&, std::size_t action) const;
  device::Control with_established(Byte session) const;
  void find_relocations();
  void find_connections();
  void find_sessions();
  void find_streams();
  void find_tdis();
  void find_refusals();
  Move connection_move(const device::Control& before, Label label);
  Move stream_move(const device::Control& before, Label label);
  Local tdi_after(const device::Control& before, Label label);
  std::vector<Move> tdi_moves_of(const device::Control& before, Byte session, Byte stream);
};

}  // namespace lockstep::verify
