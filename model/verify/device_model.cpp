#include "verify/device_model.hpp"

#include <numeric>

namespace lockstep::verify {
namespace {

using device::NONE;

unsigned width_of(Local size) { return std::max(1U, static_cast<unsigned>(std::bit_width(size - 1))); }

/// What changes nothing left out (`stays`: the machine's present state), and every target once.
class Distinct {
 public:
  explicit Distinct(Local stays) : stays_(stays) {}
  void add(std::span<const Move> moves) {
    steps_ += static_cast<std::uint32_t>(moves.size());
    for (const Move& move : moves) {
      if (move.effect == Move::nothing && move.next == stays_) continue;
      const auto same = [&](const Move& known) { return known.next == move.next && known.effect == move.effect; };
      if (std::none_of(moves_.begin(), moves_.end(), same)) moves_.push_back(move);
    }
  }
  const std::vector<Move>& moves() const { return moves_; }
  std::uint32_t steps() const { return steps_; }
  /// The bits that turn around, of the moves that `fit`.
  template <class Fits>
  std::vector<Local> changes(Fits fit) const {
    std::vector<Local> all;
    for (const Move& move : moves_)
      if (fit(move)) all.push_back(move.next ^ stays_);
    return all;
  }

 private:
  Local stays_;
  std::vector<Move> moves_;
  std::uint32_t steps_ = 0;
};

constexpr auto EVERY = [](const Move&) { return true; };

/// The lists of `of(s)` for each session s of a mask, and those of `events`.
template <class Of>
Distinct merged(Local stays, std::span<const Move> events, unsigned mask, Of of) {
  Distinct distinct(stays);
  distinct.add(events);
  for (Byte s = 0; mask >> s != 0; ++s)
    if ((mask >> s & 1) != 0) distinct.add(of(s));
  return distinct;
}

bool owns(Byte session) { return session < device::MAX_SESSIONS; }

std::vector<std::vector<Byte>> permutations(Byte size) {
  std::vector<Byte> places(size);
  std::iota(places.begin(), places.end(), Byte{0});
  std::vector<std::vector<Byte>> all;
  do all.push_back(places);
  while (std::next_permutation(places.begin(), places.end()));
  return all;
}

/// The new name of an index; what is no index keeps its value.
Byte renamed(Byte index, const std::vector<Byte>& from) {
  const auto at = std::find(from.begin(), from.end(), index);
  return at == from.end() ? index : static_cast<Byte>(at - from.begin());
}

}  // namespace

DeviceLayout::DeviceLayout(const DeviceTables& tables)
    : connection_bits(width_of(tables.connections.size())),
      session_bits(width_of(tables.sessions.size())),
      stream_bits(width_of(tables.streams.size())),
      tdi_bits(width_of(tables.tdis.size())),
      sessions_at(connection_bits),
      streams_at(sessions_at + session_bits * tables.scope.shape.sessions),
      tdis_at(streams_at + stream_bits * tables.scope.shape.streams),
      bits(tdis_at + tdi_bits * tables.scope.shape.tdis) {}

DeviceMoves::DeviceMoves(const DeviceTables& tables) {
  const device::Shape& shape = tables.scope.shape;
  const unsigned masks = 1U << shape.sessions;
  for (std::size_t i = 0; i < tables.connection_moves.size(); ++i) {
    Distinct distinct(static_cast<Local>(i / CONNECTION_CONTEXTS));
    distinct.add(tables.connection_moves[i]);
    connection.add(distinct.moves());
    connection_steps.push_back(distinct.steps());
  }
  for (std::size_t i = 0; i < tables.session_moves.size(); ++i) {
    Distinct distinct(static_cast<Local>(i / SESSION_CONTEXTS));
    distinct.add(tables.session_moves[i]);
    const auto lives = [](const Move& move) { return move.next != 0; };
    session.add(distinct.changes(lives));
    session_ends.push_back(!std::all_of(distinct.moves().begin(), distinct.moves().end(), lives));
    session_steps.push_back(distinct.steps());
  }
  for (Local x = 0; x < tables.streams.size(); ++x)
    for (unsigned mask = 0; mask < masks; ++mask) {
      const auto over = [&](Byte s) { return tables.stream_moves[x * std::size_t{shape.sessions} + s]; };
      const Distinct distinct = merged(x, tables.stream_events[x], mask, over);
      stream.add(distinct.changes([](const Move& move) { return move.effect == Move::nothing; }));
      stream_loss.add(distinct.changes([](const Move& move) { return move.effect != Move::nothing; }));
      stream_steps.push_back(distinct.steps());
    }
  for (Local t = 0; t < tables.tdis.size(); ++t) {
    for (unsigned mask = 0; mask < masks; ++mask) {
      const auto over = [&](Byte s) { return tables.tdi_moves[t * std::size_t{shape.sessions} + s]; };
      const Distinct distinct = merged(t, tables.tdi_events[t], mask, over);
      tdi.add(distinct.changes(EVERY));
      tdi_steps.push_back(distinct.steps());
    }
    for (Byte k = 0; k < shape.streams; ++k)
      for (unsigned c = 0; c < tables.stream_classes(); ++c)
        for (unsigned mask = 0; mask < masks; ++mask) {
          const Distinct distinct =
              merged(t, {}, mask, [&](Byte s) { return tables.tdi_stream_moves[tables.tdi_stream_list(t, s, k, c)]; });
          tdi_stream.add(distinct.changes(EVERY));
          tdi_stream_steps.push_back(distinct.steps());
        }
  }
  for (Local x = 0; x < tables.streams.size(); ++x) {
    stream_class.push_back(static_cast<std::uint8_t>(tables.stream_class(x)));
    stream_owned.push_back(owns(tables.streams[x].owner) ? std::uint8_t{HAS_OWNERS} : std::uint8_t{0});
  }
  for (Local t = 0; t < tables.tdis.size(); ++t)
    tdi_owned.push_back(tables.tdis[t].binding.session != NONE ? std::uint8_t{HAS_OWNERS} : std::uint8_t{0});
  for (Local n = 0; n < tables.sessions.size(); ++n) {
    const spdm::Session session_n = tables.sessions[n];
    session_phase.push_back(static_cast<std::uint8_t>(session_n.state));
    in_handshake_in_the_clear.push_back(session_n.state == spdm::SessionState::HANDSHAKING && session_n.in_the_clear);
  }
  for (Local c = 0; c < tables.connections.size(); ++c)
    session_contexts.push_back(static_cast<std::uint8_t>(session_context(tables.connections[c])));
  for (std::size_t i = 0; i < tables.refusals.size(); ++i)
    refusal_steps.push_back(static_cast<std::uint32_t>(tables.refusals[i].size()));
}

std::vector<Renaming> renamings(const DeviceTables& tables) {
  std::vector<Renaming> all;
  const device::Shape& shape = tables.scope.shape;
  if (!tables.scope.symmetric || (shape.sessions == 1 && shape.streams == 1 && shape.tdis == 1)) return all;
  for (const auto& session_from : permutations(shape.sessions))
    for (const auto& stream_from : permutations(shape.streams)) {
      Renaming renaming{session_from, stream_from, {}, {}};
      for (Local x = 0; x < tables.streams.size(); ++x) {
        ide_km::Stream stream = tables.streams[x];
        stream.owner = renamed(stream.owner, session_from);
        renaming.stream.push_back(tables.streams.find(stream));
      }
      for (Local t = 0; t < tables.tdis.size(); ++t) {
        BoundTdi tdi = tables.tdis[t];
        tdi.binding.session = renamed(tdi.binding.session, session_from);
        tdi.binding.stream = renamed(tdi.binding.stream, stream_from);
        tdi.binding.p2p_stream = renamed(tdi.binding.p2p_stream, stream_from);
        renaming.tdi.push_back(tables.tdis.find(tdi));
      }
      all.push_back(std::move(renaming));
    }
  return all;
}

Message message_of(const DeviceTables& tables, const device::Control& before, Label label) {
  const DeviceAction& action = tables.actions[action_of(label)];
  const auto outcome = apply(tables.rules(), tables.scope, before, action, choice_of(label));
  Message message{"Requester", "Device", device::describe(action.letter), device::describe(outcome.answer)};
  if (outcome.answer.kind == Answer::Kind::none) message.from = "Device", message.answer = "";
  if (action.whole_key_set) message.text += ", for the whole key set";
  if (choice_of(label) != Choice::as_specified) message.text += " [" + std::string(name(choice_of(label))) + "]";
  return message;
}

}  // namespace lockstep::verify
