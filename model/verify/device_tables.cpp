#include "verify/device_tables.hpp"

namespace lockstep::verify {
namespace {

using device::Binding;
using device::Control;
using device::DeviceEvent;
using device::IdeKmLetter;
using device::Letter;
using device::NONE;
using device::SpdmLetter;
using device::TdispLetter;
using spdm::SessionState;

constexpr ide_km::Stream keyed_over(Byte owner) {
  ide_km::Stream stream;
  stream.programmed = ide_km::KEY_SET_K0;
  stream.owner = owner;
  return stream;
}

/// A TDI that only the loss of stream 0 can move: locked by a session that is gone.
void put_witness(Control& control) {
  control.tdis[0] = {.state = tdisp::TdiState::CONFIG_LOCKED, .nonce = true};
  control.bindings[0] = {.session = ide_km::DEAD_OWNER, .stream = 0};
}
bool witness_noticed(const Control& control) { return control.tdis[0].state != tdisp::TdiState::CONFIG_LOCKED; }

/// Packs the parts of a value into one number, from the lowest bits up.
class Key {
 public:
  Key& operator()(std::uint64_t value, unsigned width) {
    LOCKSTEP_ASSERT(value >> width == 0 && at_ + width <= 64);
    key_ |= value << at_;
    at_ += width;
    return *this;
  }
  template <class Enum>
  requires std::is_enum_v<Enum> Key& operator()(Enum value, unsigned width) {
    return (*this)(static_cast<std::uint64_t>(value), width);
  }
  operator std::uint64_t() const { return key_; }  // NOLINT(google-explicit-constructor): a key is a number

 private:
  std::uint64_t key_ = 0;
  unsigned at_ = 0;
};

/// Which letter it is, without the index of the session, stream or TDI that it is for; `index` is that index.
struct Address {
  std::uint64_t kind;
  Byte index;
};
Address address_of(const Letter& letter) {
  if (const auto* l = std::get_if<SpdmLetter>(&letter.body)) {
    const auto& s = l->letter;
    return {Key()(0U, 2)(s.stimulus, 8)(s.defect, 8)(s.spdm_version, 8)(s.mut_auth, 2)(s.handshake_in_the_clear, 1)(
                s.psk_without_context, 1)(s.heartbeat, 1)(s.termination_policy, 1)(s.encapsulated_last, 1)(
                letter.session == NONE, 1),
            letter.session};
  }
  if (const auto* l = std::get_if<IdeKmLetter>(&letter.body))
    return {Key()(1U, 2)(l->letter.stimulus, 8)(l->letter.defect, 8)(l->letter.slot.bit(), 8)(letter.session, 8),
            l->stream};
  if (const auto* l = std::get_if<TdispLetter>(&letter.body))
    return {Key()(2U, 2)(l->letter.stimulus, 8)(l->letter.defect, 8)(l->letter.bind_p2p, 1)(l->stream, 8)(
                letter.session, 8),
            l->tdi};
  return {Key()(3U, 2)(std::get<DeviceEvent>(letter.body), 8), NONE};
}

bool in_band(const IdeKmLetter& l) { return l.letter.stimulus < ide_km::FIRST_OUT_OF_BAND; }
bool in_band(const TdispLetter& l) { return l.letter.stimulus < tdisp::FIRST_OUT_OF_BAND; }

spdm::Connection connection_in(unsigned context, Byte version) {
  using spdm::ConnectionState;
  constexpr ConnectionState STATES[] = {ConnectionState::AFTER_VERSION, ConnectionState::AFTER_CAPABILITIES,
                                        ConnectionState::NEGOTIATED};
  return {.state = STATES[context], .spdm_version = context == 0 ? Byte{0} : version};
}

}  // namespace

std::uint64_t key_of(const spdm::Connection& c) {
  return Key()(c.state, 2)(c.spdm_version, 8)(c.authenticated, 1)(c.encapsulated, 1)(c.not_ready, 1)(c.owed, 8);
}
std::uint64_t key_of(const spdm::Session& s) {
  return Key()(s.state, 2)(s.psk, 1)(s.in_the_clear, 1)(s.mut_auth, 2)(s.encapsulated_open, 1)(s.encapsulated_done, 1)(
      s.heartbeat, 1)(s.termination_policy, 1)(s.key_update, 2)(s.not_ready, 1)(s.owed, 8)(s.spdm_version, 8);
}
std::uint64_t key_of(const ide_km::Stream& s) {
  return Key()(s.state, 2)(s.enabled, 1)(s.programmed, 12)(s.active, 12)(s.owner, 8);
}
std::uint64_t key_of(const BoundTdi& t) {
  return Key()(t.tdi.state, 2)(t.tdi.nonce, 1)(t.tdi.bind_p2p, 1)(t.tdi.p2p_bound, 1)(t.binding.session, 8)(
      t.binding.stream, 8)(t.binding.p2p_stream, 8);
}

unsigned session_context(const spdm::Connection& connection) {
  using spdm::ConnectionState;
  return connection.state >= ConnectionState::NEGOTIATED ? 2 : connection.state >= ConnectionState::AFTER_CAPABILITIES;
}

DeviceTables::DeviceTables(const DeviceScope& the_scope, const DeviceRules& rules)
    : scope(the_scope), actions(verify::actions(the_scope)), rules_(rules) {
  const device::Shape& shape = scope.shape;
  LOCKSTEP_ASSERT(shape.sessions >= 1 && shape.sessions <= device::MAX_SESSIONS && shape.streams >= 1 &&
                  shape.streams <= device::MAX_STREAMS && shape.tdis >= 1 && shape.tdis <= device::MAX_TDIS);
  find_relocations();
  find_connections();
  find_sessions();
  find_streams();
  find_tdis();
  find_refusals();
}

void DeviceTables::find_relocations() {
  std::unordered_map<std::uint64_t, std::array<std::uint32_t, 4>> places;
  for (std::uint32_t i = 0; i < actions.size(); ++i) {
    const Address address = address_of(actions[i].letter);
    if (address.index < 4) places[address.kind][address.index] = i;
    if (const auto* event = std::get_if<DeviceEvent>(&actions[i].letter.body))
      (*event == DeviceEvent::CONVENTIONAL_RESET ? conventional_reset : function_0_reset) =
          label_of(i, Choice::as_specified);
  }
  relocated_.resize(actions.size());
  for (std::uint32_t i = 0; i < actions.size(); ++i) {
    const Address address = address_of(actions[i].letter);
    relocated_[i] = address.index < 4 ? places[address.kind] : std::array{i, i, i, i};
  }
}

Label DeviceTables::relocated(Label label, Byte index) const {
  return label_of(relocated_[action_of(label)][index], choice_of(label));
}

std::vector<Label> DeviceTables::labels(const Control& control, std::size_t action) const {
  std::vector<Label> all;
  if (!rules_.possible(scope.shape, control, actions[action].letter)) return all;
  for (const Choice choice : choices(rules_, scope, control, actions[action])) all.push_back(label_of(action, choice));
  return all;
}

Control DeviceTables::with_established(Byte session) const {
  Control control;
  control.connection = connection_in(2, scope.spdm_version);
  if (session != NONE)
    control.sessions[session] = {.state = SessionState::ESTABLISHED, .spdm_version = scope.spdm_version};
  return control;
}

// --- connection and sessions -----------------------------------------------------------------------------------------

Move DeviceTables::connection_move(const Control& before, Label label) {
  const Control after = apply(rules_, scope, before, actions[action_of(label)], choice_of(label)).after;
  Move move{connections.number(after.connection), label, Move::nothing};
  if (choice_of(label) == Choice::uncoupled) move.effect = Move::forgets_sessions;
  for (Byte s = 0; s < scope.shape.sessions && choice_of(label) != Choice::uncoupled; ++s) {
    const bool was = before.sessions[s].state != SessionState::NONE, is = after.sessions[s].state != SessionState::NONE;
    if (was && !is) move.effect = Move::ends_sessions;
    if (!was && is) move.effect = Move::opens + sessions.number(after.sessions[s]);
  }
  return move;
}

void DeviceTables::find_connections() {
  const Byte last = scope.shape.sessions - 1;
  for (Local c = 0; c < connections.size(); ++c)
    for (unsigned context = 0; context < CONNECTION_CONTEXTS; ++context) {
      const bool free = (context & HAS_FREE_SESSION) != 0, in_the_clear = (context & HAS_HANDSHAKE_IN_THE_CLEAR) != 0;
      Control control;
      control.connection = connections[c];
      for (Byte s = 0; s <= last; ++s)
        if (!free || s < last)
          control.sessions[s] = {.state = in_the_clear ? SessionState::HANDSHAKING : SessionState::ESTABLISHED,
                                 .in_the_clear = in_the_clear,
                                 .spdm_version = scope.spdm_version};
      if ((context & HAS_OWNERS) != 0) put_witness(control);
      std::vector<Move> moves;
      for (std::size_t a = 0; a < actions.size(); ++a)
        if (std::holds_alternative<SpdmLetter>(actions[a].letter.body) && actions[a].letter.session == NONE)
          for (const Label label : labels(control, a)) moves.push_back(connection_move(control, label));
      connection_moves.add(moves);
    }
}

void DeviceTables::find_sessions() {
  for (Local n = 0; n < sessions.size(); ++n)
    for (unsigned context = 0; context < SESSION_CONTEXTS; ++context) {
      Control control;
      control.connection = connection_in(context, scope.spdm_version);
      control.sessions[0] = sessions[n];
      std::vector<Move> moves;
      for (std::size_t a = 0; a < actions.size(); ++a)
        if (std::holds_alternative<SpdmLetter>(actions[a].letter.body) && actions[a].letter.session == 0)
          for (const Label label : labels(control, a)) {
            const Control after = apply(rules_, scope, control, actions[a], choice_of(label)).after;
            moves.push_back({sessions.number(after.sessions[0]), label, Move::nothing});
          }
      session_moves.add(moves);
    }
}

// --- streams ---------------------------------------------------------------------------------------------------------

Move DeviceTables::stream_move(const Control& before, Label label) {
  const Control after = apply(rules_, scope, before, actions[action_of(label)], choice_of(label)).after;
  return {streams.number(canonical(scope, after.streams[0])), label,
          witness_noticed(after) ? Move::loses_protection : Move::nothing};
}

unsigned DeviceTables::stream_class(Local number) const {
  const ide_km::Stream stream = streams[number];
  if (!stream.has_all_keys()) return 0;
  return stream.owner < scope.shape.sessions ? 1U + stream.owner : 1U + scope.shape.sessions;
}

void DeviceTables::find_streams() {
  const device::Shape& shape = scope.shape;
  const Letter dropped{0, SpdmLetter{{.stimulus = spdm::Stimulus::SESSION_DROPPED}}};
  const Letter version{NONE, SpdmLetter{{.stimulus = spdm::Stimulus::GET_VERSION}}};
  std::vector<std::vector<Move>> at_session_end(shape.sessions);
  for (Local x = 0; x < streams.size(); ++x) {
    const auto device_with = [&](Byte session) {
      Control control = with_established(session);
      control.streams[0] = streams[x];
      put_witness(control);
      return control;
    };
    const auto coupled = [&](const Control& before, const Letter& letter, Choice choice = Choice::as_specified) {
      const Control after = rules_.step(shape, before, letter, choice).after;
      return Move{streams.number(canonical(scope, after.streams[0])), 0,
                  witness_noticed(after) ? Move::loses_protection : Move::nothing};
    };
    for (Byte s = 0; s < shape.sessions; ++s) {
      const Control control = device_with(s);
      std::vector<Move> moves;
      for (std::size_t a = 0; a < actions.size(); ++a) {
        const auto* l = std::get_if<IdeKmLetter>(&actions[a].letter.body);
        if (l != nullptr && in_band(*l) && l->stream == 0 && actions[a].letter.session == s)
          for (const Label label : labels(control, a)) moves.push_back(stream_move(control, label));
      }
      stream_moves.add(moves);
      Letter end = dropped;
      end.session = s;
      at_session_end[s].push_back(coupled(control, end));
    }
    const Control control = device_with(NONE);
    std::vector<Move> moves;
    for (std::size_t a = 0; a < actions.size(); ++a) {
      const auto* l = std::get_if<IdeKmLetter>(&actions[a].letter.body);
      if (l != nullptr && !in_band(*l) && l->stream == 0)
        for (const Label label : labels(control, a)) moves.push_back(stream_move(control, label));
    }
    stream_events.add(moves);
    stream_at_reset.push_back(coupled(control, {NONE, DeviceEvent::FUNCTION_0_RESET}));
    if (scope.choices == Tag::unclear) stream_orphaned.push_back(coupled(control, version, Choice::uncoupled));
  }
  for (const auto& moves : at_session_end)
    stream_at_session_end.insert(stream_at_session_end.end(), moves.begin(), moves.end());
}

// --- TDIs ------------------------------------------------------------------------------------------------------------

Local DeviceTables::tdi_after(const Control& before, Label label) {
  const Control after = apply(rules_, scope, before, actions[action_of(label)], choice_of(label)).after;
  return tdis.number({after.tdis[0], after.bindings[0]});
}

/// `stream` NONE: letters that name none, and events when `session` is NONE as well.
std::vector<Move> DeviceTables::tdi_moves_of(const Control& before, Byte session, Byte stream) {
  std::vector<Move> moves;
  for (std::size_t a = 0; a < actions.size(); ++a) {
    const auto* l = std::get_if<TdispLetter>(&actions[a].letter.body);
    if (l == nullptr || l->tdi != 0 || actions[a].letter.session != session) continue;
    const bool event = !in_band(*l);
    if (event != (session == NONE) || (!event && l->stream != stream)) continue;
    for (const Label label : labels(before, a)) moves.push_back({tdi_after(before, label), label, Move::nothing});
  }
  return moves;
}

void DeviceTables::find_tdis() {
  const device::Shape& shape = scope.shape;
  std::vector<std::vector<Local>> at_session_end(shape.sessions), at_stream_loss(shape.streams);
  for (Local t = 0; t < tdis.size(); ++t) {
    const auto device_with = [&](Byte session) {
      Control control = with_established(session);
      control.tdis[0] = tdis[t].tdi;
      control.bindings[0] = tdis[t].binding;
      return control;
    };
    const auto coupled = [&](const Control& before, const Letter& letter, Choice choice = Choice::as_specified) {
      const Control after = rules_.step(shape, before, letter, choice).after;
      return tdis.number({after.tdis[0], after.bindings[0]});
    };
    for (Byte s = 0; s < shape.sessions; ++s) {
      Control control = device_with(s);
      tdi_moves.add(tdi_moves_of(control, s, NONE));
      for (Byte k = 0; k < shape.streams; ++k)
        for (unsigned c = 0; c < stream_classes(); ++c) {
          control.streams = {};
          if (c != 0)
            control.streams[k] = keyed_over(c <= shape.sessions ? static_cast<Byte>(c - 1) : ide_km::DEAD_OWNER);
          tdi_stream_moves.add(tdi_moves_of(control, s, k));
        }
      at_session_end[s].push_back(
          coupled(device_with(s), {s, SpdmLetter{{.stimulus = spdm::Stimulus::SESSION_DROPPED}}}));
    }
    tdi_events.add(tdi_moves_of(device_with(NONE), NONE, NONE));
    for (Byte k = 0; k < shape.streams; ++k) {
      Control control = device_with(NONE);
      control.streams[k] = keyed_over(ide_km::DEAD_OWNER);
      control.streams[k].active = control.streams[k].programmed;
      control.streams[k].state = ide_km::StreamState::SECURE;
      at_stream_loss[k].push_back(
          coupled(control, {NONE, IdeKmLetter{{.stimulus = ide_km::Stimulus::STREAM_DISABLED}, k}}));
    }
    tdi_at_reset.push_back(coupled(device_with(NONE), {NONE, DeviceEvent::FUNCTION_0_RESET}));
    if (scope.choices == Tag::unclear)
      tdi_orphaned.push_back(
          coupled(device_with(NONE), {NONE, SpdmLetter{{.stimulus = spdm::Stimulus::GET_VERSION}}}, Choice::uncoupled));
  }
  for (const auto& all : at_session_end) tdi_at_session_end.insert(tdi_at_session_end.end(), all.begin(), all.end());
  for (const auto& all : at_stream_loss) tdi_at_stream_loss.insert(tdi_at_stream_loss.end(), all.begin(), all.end());
}

// --- letters that meet no machine ------------------------------------------------------------------------------------

void DeviceTables::find_refusals() {
  const auto collect = [&](const Control& control, Byte session, bool only_unknown) {
    std::vector<Move> moves;
    for (std::size_t a = 0; a < actions.size(); ++a) {
      if (actions[a].letter.session != session) continue;
      const auto* ide_km = std::get_if<IdeKmLetter>(&actions[a].letter.body);
      const auto* tdisp = std::get_if<TdispLetter>(&actions[a].letter.body);
      const bool asked = (ide_km != nullptr && in_band(*ide_km)) || (tdisp != nullptr && in_band(*tdisp));
      if (!asked || (only_unknown && (ide_km != nullptr ? ide_km->stream : tdisp->tdi) != NONE)) continue;
      for (const Label label : labels(control, a)) moves.push_back({0, label, Move::nothing});
    }
    refusals.add(moves);
  };
  collect(with_established(NONE), NONE, false);
  for (Byte s = 0; s < scope.shape.sessions; ++s) {
    Control handshaking = with_established(s);
    handshaking.sessions[s].state = SessionState::HANDSHAKING;
    collect(handshaking, s, false);
    collect(with_established(s), s, true);
  }
}

}  // namespace lockstep::verify
