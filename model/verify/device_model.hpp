// The composed device as a model for the explorer: numbers of machine states packed side by side, stepped by the
// tables.
#pragma once

#include <algorithm>
#include <bit>

#include "verify/device_tables.hpp"

namespace lockstep::verify {

/// Where each machine's number lies in a packed state: connection, sessions, streams, TDIs.
struct DeviceLayout {
  explicit DeviceLayout(const DeviceTables&);
  unsigned connection_bits, session_bits, stream_bits, tdi_bits;
  unsigned sessions_at, streams_at, tdis_at, bits;
};

/// The dense tables in the form that the explorer runs on: what changes something, each target once, merged over all
/// sessions that are established; and how many steps the full lists have. A change of one machine alone is the bits of
/// its number that turn around.
class DeviceMoves {
 public:
  explicit DeviceMoves(const DeviceTables&);

  MoveLists connection;            ///< as DeviceTables::connection_moves
  Lists<Local> session;            ///< as session_moves; but for the end of the session:
  std::vector<bool> session_ends;  ///< [as session]
  Lists<Local> stream;             ///< [stream << shape.sessions | mask of established sessions], events included
  Lists<Local> stream_loss;        ///< the same, where the stream loses its protection
  Lists<Local> tdi;                ///< [tdi << shape.sessions | mask], events included
  Lists<Local> tdi_stream;         ///< [((tdi * shape.streams + k) * stream_classes() + class of k) << sessions | mask]
  /// Of each list the number of steps that it stands for.
  std::vector<std::uint32_t> connection_steps, session_steps, stream_steps, tdi_steps, tdi_stream_steps;
  std::vector<std::uint8_t> stream_class;                              ///< [stream]
  std::vector<std::uint8_t> stream_owned, tdi_owned;                   ///< whether HAS_OWNERS
  std::vector<std::uint8_t> session_phase, in_handshake_in_the_clear;  ///< [session]
  std::vector<std::uint8_t> session_contexts;                          ///< [connection]
  std::vector<std::uint32_t> refusal_steps;                            ///< as DeviceTables::refusals
};

/// All ways to rename sessions and streams, as tables from a machine's number to its number after the renaming.
struct Renaming {
  std::vector<Byte> session_from, stream_from;  ///< old index at each new one
  std::vector<Local> stream, tdi;
};
/// All of them, for a symmetric scope; none where nothing can be renamed, or may be.
std::vector<Renaming> renamings(const DeviceTables&);

template <std::size_t Words>
class DeviceModel {
 public:
  using State = Packed<Words>;

  /// All must outlive the model. `renamings` empty: canonical() changes nothing.
  DeviceModel(const DeviceTables& tables, const DeviceLayout& layout, const DeviceMoves& moves,
              const std::vector<Renaming>& renamings)
      : tables_(tables), layout_(layout), moves_(moves), renamings_(renamings), shape_(tables.scope.shape) {
    LOCKSTEP_ASSERT(layout.bits <= 64 * Words);
  }

  State initial() const { return {}; }

  template <class Sink>
  void successors(const State& state, Sink&& sink) const {
    const Parts parts = unpack(state);
    const auto each = [&](std::span<const Move> list, Byte index, auto apply) {
      for (const Move& move : list) sink(tables_.relocated(move.label, index), apply(move));
    };
    each(tables_.connection_moves[parts.connection * CONNECTION_CONTEXTS + context(parts)], 0,
         [&](const Move& move) { return connection_moved(state, parts, move); });
    for (const Move& move : tables_.refusals[0]) sink(move.label, state);
    for (Byte s = 0; s < shape_.sessions; ++s) {
      const unsigned phase = moves_.session_phase[parts.sessions[s]];
      if (phase == 0) continue;
      each(tables_.session_moves[parts.sessions[s] * SESSION_CONTEXTS + moves_.session_contexts[parts.connection]], s,
           [&](const Move& move) { return session_moved(state, parts, s, move); });
      for (const Move& move : tables_.refusals[2 * s + phase]) sink(move.label, state);
      if (phase != ESTABLISHED) continue;
      for (Byte k = 0; k < shape_.streams; ++k)
        each(tables_.stream_moves[parts.streams[k] * shape_.sessions + s], k,
             [&](const Move& move) { return stream_moved(state, parts, k, move); });
      for (Byte t = 0; t < shape_.tdis; ++t) {
        const auto moved = [&](const Move& move) { return with_tdi(state, t, move.next); };
        each(tables_.tdi_moves[parts.tdis[t] * shape_.sessions + s], t, moved);
        for (Byte k = 0; k < shape_.streams; ++k)
          each(tables_.tdi_stream_moves[tables_.tdi_stream_list(parts.tdis[t], s, k,
                                                                moves_.stream_class[parts.streams[k]])],
               t, moved);
      }
    }
    for (Byte k = 0; k < shape_.streams; ++k)
      each(tables_.stream_events[parts.streams[k]], k,
           [&](const Move& move) { return stream_moved(state, parts, k, move); });
    for (Byte t = 0; t < shape_.tdis; ++t)
      each(tables_.tdi_events[parts.tdis[t]], t, [&](const Move& move) { return with_tdi(state, t, move.next); });
    sink(tables_.conventional_reset, State{});
    sink(tables_.function_0_reset, reset(state, parts));
  }

  template <class Sink>
  std::uint64_t changes(const State& state, Sink&& sink) const {
    const Parts parts = unpack(state);
    std::uint64_t steps = 2 + moves_.refusal_steps[0];
    const auto changed = [&](const State& next) {
      if (next != state) sink(next);
    };
    const auto flipped = [&](State from, unsigned at, std::span<const Local> changes) {
      for (const Local change : changes) {
        State next = from;
        next.flip(at, change);
        sink(next);
      }
    };
    const std::size_t c = parts.connection * CONNECTION_CONTEXTS + context(parts);
    steps += moves_.connection_steps[c];
    for (const Move& move : moves_.connection[c]) changed(connection_moved(state, parts, move));
    unsigned established = 0;
    for (Byte s = 0; s < shape_.sessions; ++s) {
      const unsigned phase = moves_.session_phase[parts.sessions[s]];
      if (phase == 0) continue;
      if (phase == ESTABLISHED) established |= 1U << s;
      const std::size_t n = parts.sessions[s] * SESSION_CONTEXTS + moves_.session_contexts[parts.connection];
      steps += moves_.session_steps[n] + moves_.refusal_steps[2 * s + phase];
      flipped(state, session_at(s), moves_.session[n]);
      if (moves_.session_ends[n]) sink(session_ended(parts, s));
    }
    for (Byte k = 0; k < shape_.streams; ++k) {
      const std::size_t x = parts.streams[k] << shape_.sessions | established;
      steps += moves_.stream_steps[x];
      flipped(state, stream_at(k), moves_.stream[x]);
      if (!moves_.stream_loss[x].empty()) flipped(with_loss(state, parts, k), stream_at(k), moves_.stream_loss[x]);
    }
    for (Byte t = 0; t < shape_.tdis; ++t) {
      const std::size_t n = parts.tdis[t] << shape_.sessions | established;
      steps += moves_.tdi_steps[n];
      flipped(state, tdi_at(t), moves_.tdi[n]);
      for (Byte k = 0; k < shape_.streams; ++k) {
        const std::size_t list = ((parts.tdis[t] * std::size_t{shape_.streams} + k) * tables_.stream_classes() +
                                  moves_.stream_class[parts.streams[k]])
                                     << shape_.sessions |
                                 established;
        steps += moves_.tdi_stream_steps[list];
        flipped(state, tdi_at(t), moves_.tdi_stream[list]);
      }
    }
    changed(State{});  // CONVENTIONAL_RESET
    changed(reset(state, parts));
    return steps;
  }

  State canonical(const State& state) const { return renamings_.empty() ? state : least(state); }

  device::Control control(const State& state) const {
    const Parts parts = unpack(state);
    device::Control control;
    control.connection = tables_.connections[parts.connection];
    for (Byte s = 0; s < shape_.sessions; ++s) control.sessions[s] = tables_.sessions[parts.sessions[s]];
    for (Byte k = 0; k < shape_.streams; ++k) control.streams[k] = tables_.streams[parts.streams[k]];
    for (Byte t = 0; t < shape_.tdis; ++t) {
      control.tdis[t] = tables_.tdis[parts.tdis[t]].tdi;
      control.bindings[t] = tables_.tdis[parts.tdis[t]].binding;
    }
    return control;
  }
  /// The sub-streams of the streams lose their names (canonical() of a stream), nothing else does.
  State state(const device::Control& control) const {
    Parts parts{};
    parts.connection = tables_.connections.find(control.connection);
    for (Byte s = 0; s < shape_.sessions; ++s) parts.sessions[s] = tables_.sessions.find(control.sessions[s]);
    for (Byte k = 0; k < shape_.streams; ++k)
      parts.streams[k] = tables_.streams.find(verify::canonical(tables_.scope, control.streams[k]));
    for (Byte t = 0; t < shape_.tdis; ++t) parts.tdis[t] = tables_.tdis.find({control.tdis[t], control.bindings[t]});
    return pack(parts);
  }

  device::Control view(const State& state) const { return control(state); }
  Message message(const State& state, Label label) const;
  std::string describe(const State& state) const { return device::describe(shape_, control(state)); }
  const DeviceTables& tables() const { return tables_; }

 private:
  static constexpr unsigned ESTABLISHED = 2;

  struct Parts {
    Local connection;
    std::array<Local, device::MAX_SESSIONS> sessions;
    std::array<Local, device::MAX_STREAMS> streams;
    std::array<Local, device::MAX_TDIS> tdis;
  };

  Local get(const State& state, unsigned at, unsigned width) const {
    if constexpr (Words == 1)
      return static_cast<Local>(state.words[0] >> at & ((std::uint64_t{1} << width) - 1));
    else
      return static_cast<Local>(state.get(at, width));
  }
  void set(State& state, unsigned at, unsigned width, Local value) const {
    if constexpr (Words == 1)
      state.words[0] = (state.words[0] & ~(((std::uint64_t{1} << width) - 1) << at)) | std::uint64_t{value} << at;
    else
      state.set(at, width, value);
  }
  unsigned session_at(Byte s) const { return layout_.sessions_at + s * layout_.session_bits; }
  unsigned stream_at(Byte k) const { return layout_.streams_at + k * layout_.stream_bits; }
  unsigned tdi_at(Byte t) const { return layout_.tdis_at + t * layout_.tdi_bits; }

  Parts unpack(const State& state) const {
    Parts parts;
    parts.connection = get(state, 0, layout_.connection_bits);
    for (Byte s = 0; s < shape_.sessions; ++s) parts.sessions[s] = get(state, session_at(s), layout_.session_bits);
    for (Byte k = 0; k < shape_.streams; ++k) parts.streams[k] = get(state, stream_at(k), layout_.stream_bits);
    for (Byte t = 0; t < shape_.tdis; ++t) parts.tdis[t] = get(state, tdi_at(t), layout_.tdi_bits);
    return parts;
  }
  State pack(const Parts& parts) const {
    State state;
    set(state, 0, layout_.connection_bits, parts.connection);
    for (Byte s = 0; s < shape_.sessions; ++s) set(state, session_at(s), layout_.session_bits, parts.sessions[s]);
    for (Byte k = 0; k < shape_.streams; ++k) set(state, stream_at(k), layout_.stream_bits, parts.streams[k]);
    for (Byte t = 0; t < shape_.tdis; ++t) set(state, tdi_at(t), layout_.tdi_bits, parts.tdis[t]);
    return state;
  }

  /// The least of all renamings.
  State least(const State& state) const {
    const Parts parts = unpack(state);
    State found = state;
    bool first = true;
    for (const Renaming& renaming : renamings_) {
      Parts renamed = parts;
      for (Byte s = 0; s < shape_.sessions; ++s) renamed.sessions[s] = parts.sessions[renaming.session_from[s]];
      for (Byte k = 0; k < shape_.streams; ++k)
        renamed.streams[k] = renaming.stream[parts.streams[renaming.stream_from[k]]];
      for (Byte t = 0; t < shape_.tdis; ++t) renamed.tdis[t] = renaming.tdi[parts.tdis[t]];
      std::sort(renamed.tdis.begin(), renamed.tdis.begin() + shape_.tdis);
      const State packed = pack(renamed);
      if (first || packed < found) found = packed;
      first = false;
    }
    return found;
  }

  unsigned context(const Parts& parts) const {
    unsigned context = 0;
    for (Byte s = 0; s < shape_.sessions; ++s) {
      if (moves_.session_phase[parts.sessions[s]] == 0) context |= HAS_FREE_SESSION;
      if (moves_.in_handshake_in_the_clear[parts.sessions[s]] != 0) context |= HAS_HANDSHAKE_IN_THE_CLEAR;
    }
    if (tables_.scope.choices != Tag::unclear) return context;
    for (Byte k = 0; k < shape_.streams; ++k) context |= moves_.stream_owned[parts.streams[k]];
    for (Byte t = 0; t < shape_.tdis; ++t) context |= moves_.tdi_owned[parts.tdis[t]];
    return context;
  }
  State with_tdi(State state, Byte t, Local next) const {
    set(state, tdi_at(t), layout_.tdi_bits, next);
    return state;
  }

  // --- couplings, in the order of model/device/device.cpp ------------------------------------------------------------

  void lose_stream(Parts& parts, Byte k) const {
    for (Byte t = 0; t < shape_.tdis; ++t)
      parts.tdis[t] = tables_.tdi_at_stream_loss[k * tables_.tdis.size() + parts.tdis[t]];
  }
  /// `lost`: a bit for each stream that lost its protection.
  void end_session(Parts& parts, Byte s, unsigned& lost) const {
    for (Byte k = 0; k < shape_.streams; ++k) {
      const Move& move = tables_.stream_at_session_end[s * tables_.streams.size() + parts.streams[k]];
      parts.streams[k] = move.next;
      if (move.effect == Move::loses_protection) lost |= 1U << k;
    }
    for (Byte t = 0; t < shape_.tdis; ++t)
      parts.tdis[t] = tables_.tdi_at_session_end[s * tables_.tdis.size() + parts.tdis[t]];
    parts.sessions[s] = 0;
  }
  void lose_streams(Parts& parts, unsigned lost) const {
    for (Byte k = 0; k < shape_.streams; ++k)
      if ((lost >> k & 1) != 0) lose_stream(parts, k);
  }

  State connection_moved(const State& state, const Parts& before, const Move& move) const {
    if (move.effect == Move::nothing || move.effect >= Move::opens) {
      State next = state;
      set(next, 0, layout_.connection_bits, move.next);
      if (move.effect == Move::nothing) return next;
      Byte free = 0;
      while (moves_.session_phase[before.sessions[free]] != 0) ++free;
      set(next, session_at(free), layout_.session_bits, move.effect - Move::opens);
      return next;
    }
    Parts parts = before;
    parts.connection = move.next;
    unsigned lost = 0;
    for (Byte s = 0; s < shape_.sessions; ++s) {
      const bool live = moves_.session_phase[parts.sessions[s]] != 0;
      if (move.effect == Move::ends_sessions && live) end_session(parts, s, lost);
      parts.sessions[s] = 0;
    }
    lose_streams(parts, lost);
    if (move.effect == Move::forgets_sessions) {
      for (Byte k = 0; k < shape_.streams; ++k) parts.streams[k] = tables_.stream_orphaned[parts.streams[k]].next;
      for (Byte t = 0; t < shape_.tdis; ++t) parts.tdis[t] = tables_.tdi_orphaned[parts.tdis[t]];
    }
    return pack(parts);
  }

  State session_moved(const State& state, const Parts& before, Byte s, const Move& move) const {
    if (move.next != 0) {
      State next = state;
      set(next, session_at(s), layout_.session_bits, move.next);
      return next;
    }
    return session_ended(before, s);
  }
  State session_ended(Parts parts, Byte s) const {
    unsigned lost = 0;
    end_session(parts, s, lost);
    lose_streams(parts, lost);
    return pack(parts);
  }

  State stream_moved(const State& state, const Parts& before, Byte k, const Move& move) const {
    State next = move.effect == Move::loses_protection ? with_loss(state, before, k) : state;
    set(next, stream_at(k), layout_.stream_bits, move.next);
    return next;
  }
  /// What the loss of stream k does to the TDIs.
  State with_loss(State state, const Parts& before, Byte k) const {
    for (Byte t = 0; t < shape_.tdis; ++t)
      set(state, tdi_at(t), layout_.tdi_bits, tables_.tdi_at_stream_loss[k * tables_.tdis.size() + before.tdis[t]]);
    return state;
  }

  /// FUNCTION_0_RESET. It leaves no TDI that the loss of a stream could still move.
  State reset(const State&, const Parts& before) const {
    Parts parts = before;
    for (Byte k = 0; k < shape_.streams; ++k) parts.streams[k] = tables_.stream_at_reset[parts.streams[k]].next;
    for (Byte t = 0; t < shape_.tdis; ++t) parts.tdis[t] = tables_.tdi_at_reset[parts.tdis[t]];
    return pack(parts);
  }

  const DeviceTables& tables_;
  const DeviceLayout& layout_;
  const DeviceMoves& moves_;
  const std::vector<Renaming>& renamings_;
  const device::Shape shape_;
};

Message message_of(const DeviceTables&, const device::Control& before, Label label);

template <std::size_t Words>
Message DeviceModel<Words>::message(const State& state, Label label) const {
  return message_of(tables_, control(state), label);
}

}  // namespace lockstep::verify
