#include "verify/device_export.hpp"

#include <fmt/format.h>

#include <map>

#include "verify/explorer.hpp"

namespace lockstep::verify {
namespace {

using device::Control;
using device::NONE;

ide_km::Stream keyed_over(Byte owner) {
  ide_km::Stream stream;
  stream.programmed = ide_km::KEY_SET_K0;
  stream.owner = owner;
  return stream;
}

bool breaks(const DeviceProperty& property, const Control& control) {
  return property.state(control) == (property.shape == Shape::never);
}

}  // namespace

std::string text_of(const spdm::Connection& c) {
  std::string text(name(c.state));
  if (c.authenticated) text += ", authenticated";
  if (c.encapsulated) text += ", flow open";
  if (c.not_ready) text += ", owes " + std::string(name(c.owed));
  return text;
}

std::string text_of(const spdm::Session& s) {
  std::string text(name(s.state));
  if (s.state == spdm::SessionState::NONE) return text;
  if (s.psk) text += ", PSK";
  if (s.in_the_clear) text += ", handshake in the clear";
  if (s.mut_auth != spdm::MutAuth::none)
    text += fmt::format(", mutual authentication {}", static_cast<int>(s.mut_auth));
  if (s.encapsulated_open) text += ", flow open";
  if (s.encapsulated_done) text += ", flow done";
  if (s.heartbeat) text += ", heartbeat";
  if (s.termination_policy) text += ", outlives updates";
  if (s.key_update != spdm::KeyUpdate::none)
    text += s.key_update == spdm::KeyUpdate::all_keys ? ", all keys updated" : ", key updated";
  if (s.not_ready) text += ", owes " + std::string(name(s.owed));
  return text;
}

std::string text_of(const ide_km::Stream& s) {
  return fmt::format("{}{}, programmed {:03x}, active {:03x}, owner {}", name(s.state), s.enabled ? "" : ", disabled",
                     s.programmed, s.active,
                     s.owner == ide_km::NO_OWNER     ? "none"
                     : s.owner == ide_km::DEAD_OWNER ? "gone"
                                                     : std::to_string(s.owner));
}

std::string text_of(const BoundTdi& t) {
  std::string text(name(t.tdi.state));
  if (t.tdi.nonce) text += ", nonce";
  if (t.tdi.bind_p2p) text += ", BIND_P2P";
  if (t.binding.session != NONE)
    text += t.binding.session == ide_km::DEAD_OWNER ? ", session gone" : fmt::format(", session {}", t.binding.session);
  if (t.binding.stream != NONE) text += fmt::format(", stream {}", t.binding.stream);
  if (t.binding.p2p_stream != NONE) text += fmt::format(", P2P stream {}", t.binding.p2p_stream);
  return text;
}

std::vector<GatheredMove> gathered(const MoveLists& lists, std::size_t contexts) {
  std::vector<GatheredMove> all;
  std::size_t first = 0;  // of the moves from the same state
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const auto from = static_cast<Local>(i / contexts);
    const auto context = static_cast<unsigned>(i % contexts);
    if (context == 0) first = all.size();
    for (const Move& move : lists[i]) {
      if (move.effect == Move::nothing && move.next == from) continue;
      std::size_t at = first;
      while (at < all.size() && (all[at].to != move.next || all[at].effect != move.effect)) ++at;
      if (at == all.size()) all.push_back({from, move.next, move.effect, {}});
      if (all[at].contexts.empty() || all[at].contexts.back() != context) all[at].contexts.push_back(context);
    }
  }
  return all;
}

BadLocals bad_locals(const DeviceTables& tables, const DeviceProperty& property) {
  const device::Shape& shape = tables.scope.shape;
  BadLocals bad;
  const spdm::Session alive{.state = spdm::SessionState::ESTABLISHED, .spdm_version = tables.scope.spdm_version};
  for (Local t = 0; t < tables.tdis.size(); ++t)
    for (const bool session_alive : {false, true})
      for (unsigned c = 0; c < tables.stream_classes(); ++c) {
        const BoundTdi tdi = tables.tdis[t];
        Control control;
        if (session_alive && tdi.binding.session < shape.sessions) control.sessions[tdi.binding.session] = alive;
        if (c != 0 && tdi.binding.stream < shape.streams)
          control.streams[tdi.binding.stream] =
              keyed_over(c <= shape.sessions ? static_cast<Byte>(c - 1) : ide_km::DEAD_OWNER);
        if (breaks(property, control)) continue;
        control.tdis[0] = tdi.tdi;
        control.bindings[0] = tdi.binding;
        if (breaks(property, control)) bad.tdis.push_back({t, session_alive, c});
      }
  for (Local x = 0; x < tables.streams.size(); ++x)
    for (const bool owner_alive : {false, true}) {
      Control control;
      control.streams[0] = tables.streams[x];
      if (owner_alive && control.streams[0].owner < shape.sessions) control.sessions[control.streams[0].owner] = alive;
      if (breaks(property, control)) bad.streams.push_back({x, owner_alive});
    }
  for (Local n = 0; n < tables.sessions.size(); ++n) {
    Control control;
    control.sessions[0] = tables.sessions[n];
    if (breaks(property, control)) bad.sessions.push_back(n);
  }
  return bad;
}

Result<std::string, std::string> as_dot(const DeviceTables& tables, std::uint64_t limit) {
  const DeviceLayout layout(tables);
  const DeviceMoves moves(tables);
  const std::vector<Renaming> names;
  const DeviceModel<2> model(tables, layout, moves, names);
  Explorer explorer(model, {}, {.states = limit + 1});
  if (explorer.run() != End::complete || explorer.counts().states > limit)
    return Unexpected{fmt::format("the graph has more than {} states: too many to draw", limit)};
  std::string dot = "digraph device {\n  node [shape=box];\n";
  const StateStore<Packed<2>>& states = explorer.states();
  for (unsigned s = 0; s < SHARDS; ++s)
    for (std::uint32_t i = 0; i < states.shard(s).size(); ++i) {
      const Packed<2> state = states.shard(s).state(i);
      dot += fmt::format("  s{} [label=\"{}\"];\n", state_id(s, i), model.describe(state));
      std::map<StateId, std::string> edges;
      model.successors(state, [&](Label label, const Packed<2>& next) {
        if (next == state) return;
        std::string& text = edges[states.find(next)];
        if (text.empty()) text = device::describe(tables.actions[action_of(label)].letter);
      });
      for (const auto& [to, text] : edges)
        dot += fmt::format("  s{} -> s{} [label=\"{}\"];\n", state_id(s, i), to, text);
    }
  return dot + "}\n";
}

}  // namespace lockstep::verify
