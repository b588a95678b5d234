// The composition: which machine a letter is for, what the envelope refuses before any machine sees it, and the
// couplings.
#include <algorithm>
#include <optional>

#include "device/control.hpp"
#include "device/letters.hpp"
#include "wire/spdm_header.hpp"
#include "wire/tdisp.hpp"

namespace lockstep::device {
namespace {

using spdm::SessionState;

constexpr std::uint32_t UNEXPECTED_REQUEST = 0x04;
constexpr std::uint32_t INVALID_INTERFACE = 0x0101;
constexpr auto KEY_EXCHANGE_RSP = static_cast<std::uint32_t>(wire::spdm::Code::KEY_EXCHANGE_RSP);
constexpr auto PSK_EXCHANGE_RSP = static_cast<std::uint32_t>(wire::spdm::Code::PSK_EXCHANGE_RSP);

bool in_band(const TdispLetter& l) { return l.letter.stimulus < tdisp::FIRST_OUT_OF_BAND; }
bool in_band(const IdeKmLetter& l) { return l.letter.stimulus < ide_km::FIRST_OUT_OF_BAND; }

/// IDE_KM and TDISP live in the application phase of a session and nowhere else.
bool carried(const Control& control, Byte session) {
  return session != NONE && control.sessions[session].state == SessionState::ESTABLISHED;
}

// --- what the envelope refuses ---------------------------------------------------------------------------------------

/// Requests that a device might answer in the clear without harm: the answer tells nothing secret and moves nothing.
bool read_only(const TdispLetter& l) {
  switch (l.letter.stimulus) {
    case tdisp::Stimulus::GET_TDISP_VERSION:
    case tdisp::Stimulus::GET_TDISP_CAPABILITIES:
    case tdisp::Stimulus::GET_DEVICE_INTERFACE_STATE:
    case tdisp::Stimulus::GET_DEVICE_INTERFACE_REPORT:
      return true;
    default:
      return false;
  }
}

bool read_only(const IdeKmLetter& l) { return l.letter.stimulus == ide_km::Stimulus::QUERY; }

bool in_handshake(const Control& control, Byte session) {
  return session != NONE && control.sessions[session].state == SessionState::HANDSHAKING;
}
Rule envelope_rule(const Control& control, const IdeKmLetter&, Byte session) {
  return in_handshake(control, session) ? Rule("IDE-MSG-003") : Rule("IDE-MSG-002");
}
Rule envelope_rule(const Control& control, const TdispLetter&, Byte session) {
  return in_handshake(control, session) ? Rule("TDISP-HDR-019") : Rule("TDISP-HDR-018");
}

/// Outside the application phase: any SPDM ERROR or silence (false alarm P32); nothing moves.
template <class L>
Outcome<Control> refuse_in_envelope(const Control& control, const L& letter, Byte session, Choice choice) {
  Outcome<Control> outcome{control, Answer::error(AnswerProtocol::SPDM, UNEXPECTED_REQUEST),
                           envelope_rule(control, letter, session)};
  if (choice == Choice::other_code) outcome.answer.code = Answer::ANY;
  if (choice == Choice::discard) outcome.answer = Answer::silent();
  const AnswerProtocol inner = std::is_same_v<L, TdispLetter> ? AnswerProtocol::TDISP : AnswerProtocol::IDE_KM;
  if (choice == Choice::serve) outcome.answer = Answer::response(inner, Answer::ANY);
  if (choice == Choice::refuse) outcome.answer = Answer::error(inner, Answer::ANY);
  return outcome;
}

template <class L>
Options envelope_options(const Control& control, const L& letter, Byte session) {
  const Rule rule = envelope_rule(control, letter, session);
  Options options;
  options.add({Choice::as_specified, Tag::expected, rule, true});
  options.add({Choice::other_code, Tag::tolerated, rule, true});
  options.add({Choice::discard, Tag::tolerated, rule, true});
  options.add({Choice::refuse, Tag::unclear, rule, true});  // looked at, and not acted on
  if (read_only(letter)) options.add({Choice::serve, Tag::unclear, rule, true});
  return options;
}

// --- a TDI that the device does not host -----------------------------------------------------------------------------

/// Of half a header nobody knows the interface.
Rule interface_rule(const TdispLetter& l) {
  const bool half =
      l.letter.stimulus == tdisp::Stimulus::UNKNOWN_REQUEST && l.letter.defect == tdisp::Defect::too_short;
  return half ? Rule("TDISP-HDR-017") : Rule("TDISP-HDR-007");
}

Outcome<Control> refuse_interface(const Control& control, const TdispLetter& l, Choice choice) {
  Outcome<Control> outcome{control, Answer::error(AnswerProtocol::TDISP, INVALID_INTERFACE), interface_rule(l)};
  if (choice == Choice::other_code) outcome.answer.code = Answer::ANY;
  if (choice == Choice::spdm_error) outcome.answer = Answer::error(AnswerProtocol::SPDM, Answer::ANY);
  if (choice == Choice::discard) outcome.answer = Answer::silent();
  if (choice == Choice::serve) outcome.answer = Answer::response(AnswerProtocol::TDISP, Answer::ANY);
  return outcome;
}

Options interface_options(const TdispLetter& letter) {
  const Rule rule = interface_rule(letter);
  // What is too short may be refused for that, in any way.
  const Tag tag = letter.letter.defect == tdisp::Defect::too_short ? Tag::tolerated : Tag::unclear;
  Options options;
  options.add({Choice::as_specified, Tag::expected, rule, true});
  options.add({Choice::other_code, tag, rule, true});
  options.add({Choice::spdm_error, tag, rule, true});
  options.add({Choice::discard, tag, rule, true});
  // Stacks in the field answer version and capabilities for every interface; the audit of the rule leaves them out of
  // it.
  if (letter.letter.stimulus == tdisp::Stimulus::GET_TDISP_VERSION ||
      letter.letter.stimulus == tdisp::Stimulus::GET_TDISP_CAPABILITIES)
    options.add({Choice::serve, Tag::tolerated, rule, true});
  return options;
}

// --- START over another session than the one that locked
// --------------------------------------------------------------

constexpr std::uint32_t INVALID_REQUEST = 0x0001;

bool starts_from_elsewhere(const Control& control, const TdispLetter& l, Byte session) {
  return l.letter.stimulus == tdisp::Stimulus::START_INTERFACE_REQUEST && l.letter.defect == tdisp::Defect::none &&
         control.tdis[l.tdi].state == tdisp::TdiState::CONFIG_LOCKED && control.bindings[l.tdi].session != session;
}

Outcome<Control> refuse_foreign_start(const Control& control, Choice choice) {
  Outcome<Control> outcome{control, Answer::error(AnswerProtocol::TDISP, INVALID_REQUEST), "TDISP-START-012"};
  if (choice == Choice::other_code) outcome.answer.code = Answer::ANY;
  if (choice == Choice::spdm_error) outcome.answer = Answer::error(AnswerProtocol::SPDM, Answer::ANY);
  return outcome;
}

/// No source says which error, and only a warning that it does not succeed.
Options foreign_start_options() {
  const Rule rule = "TDISP-START-012";
  Options options;
  options.add({Choice::as_specified, Tag::expected, rule, true});
  options.add({Choice::other_code, Tag::tolerated, rule, true});
  options.add({Choice::spdm_error, Tag::tolerated, rule, true});
  options.add({Choice::serve, Tag::unclear, rule, true});
  return options;
}

// --- couplings -------------------------------------------------------------------------------------------------------

template <class Machine, class L>
void apply(Machine& machine, const L& letter) {
  machine = step(machine, letter, Choice::as_specified).after;
}

bool follows_session(const tdisp::Tdi& tdi) { return tdi.state != tdisp::TdiState::CONFIG_UNLOCKED; }

/// A session that has ended takes its streams and its TDIs with it.
void end_session(const Shape& shape, Control& control, Byte session) {
  for (std::size_t i = 0; i < shape.streams; ++i)
    if (control.streams[i].owner == session)
      apply(control.streams[i], ide_km::Letter{.stimulus = ide_km::Stimulus::SESSION_ENDED});
  for (std::size_t i = 0; i < shape.tdis; ++i)
    if (control.bindings[i].session == session && follows_session(control.tdis[i]))
      apply(control.tdis[i], tdisp::Letter{.stimulus = tdisp::Stimulus::SESSION_ENDED});
}

/// A stream that has lost its protection takes the TDIs with it that are bound to it.
void lose_stream(const Shape& shape, Control& control, Byte stream) {
  for (std::size_t i = 0; i < shape.tdis; ++i) {
    const bool bound = control.bindings[i].stream == stream || control.bindings[i].p2p_stream == stream;
    if (bound && follows_session(control.tdis[i]))
      apply(control.tdis[i], tdisp::Letter{.stimulus = tdisp::Stimulus::STREAM_INSECURE});
  }
}

bool lost(const ide_km::Stream& before, const ide_km::Stream& after) {
  const bool insecure = before.state == ide_km::StreamState::SECURE && after.state == ide_km::StreamState::INSECURE;
  return insecure || (before.has_all_keys() && !after.has_all_keys());
}

/// What a step did to one machine, carried to those that depend on it; one TDI never moves another.
void couple(const Shape& shape, const Control& before, Control& after) {
  for (Byte s = 0; s < MAX_SESSIONS; ++s)
    if (before.sessions[s].state != SessionState::NONE && after.sessions[s].state == SessionState::NONE)
      end_session(shape, after, s);
  if (shape.kind == Kind::endpoint_with_ide)
    for (Byte s = 0; s < shape.streams; ++s)
      if (lost(before.streams[s], after.streams[s])) lose_stream(shape, after, s);
  for (std::size_t i = 0; i < shape.tdis; ++i) {
    if (after.tdis[i].state == tdisp::TdiState::CONFIG_UNLOCKED) after.bindings[i] = {};
    if (!after.tdis[i].p2p_bound) after.bindings[i].p2p_stream = NONE;
  }
}

/// What depended on the sessions that GET_VERSION ended stays as it was, but belongs to no session that may come.
void orphan(Control& control) {
  for (ide_km::Stream& stream : control.streams)
    if (stream.owner < MAX_SESSIONS) stream.owner = ide_km::DEAD_OWNER;
  for (Binding& binding : control.bindings)
    if (binding.session < MAX_SESSIONS) binding.session = ide_km::DEAD_OWNER;
}

// --- each kind of letter ---------------------------------------------------------------------------------------------

bool served(const Answer& answer) { return answer.kind == Answer::Kind::response; }

/// KEY_EXCHANGE opens a session, but not over a record of one that is gone: nobody can read that.
spdm::Letter read_in(const spdm::Session& session, const spdm::Letter& letter) {
  const bool gone = session.state == SessionState::NONE && letter.stimulus < spdm::FIRST_OUT_OF_BAND;
  return gone ? spdm::Letter{.stimulus = spdm::Stimulus::RECORD_UNOPENED} : letter;
}

Outcome<Control> step_spdm(const Control& control, const SpdmLetter& l, Byte session, Choice choice) {
  Outcome<Control> outcome{control, {}, {}};
  if (session != NONE) {
    const spdm::Session& addressed = control.sessions[session];
    const auto inner = spdm::step(addressed, read_in(addressed, l.letter), choice);
    outcome.after.sessions[session] = inner.after;
    outcome.answer = inner.answer;
    outcome.rule = inner.rule;
    return outcome;
  }
  const auto inner =
      spdm::step(control.connection, l.letter, choice == Choice::uncoupled ? Choice::as_specified : choice);
  outcome.after.connection = inner.after;
  outcome.answer = inner.answer;
  outcome.rule = inner.rule;
  const bool restarted = l.letter.stimulus == spdm::Stimulus::GET_VERSION && served(inner.answer);
  if (restarted || l.letter.stimulus == spdm::Stimulus::CONVENTIONAL_RESET) outcome.after.sessions = {};
  // By the answer, not by the request: RESPOND_IF_READY opens the session of the request that is owed.
  const bool key_exchange = inner.answer.code == KEY_EXCHANGE_RSP;
  if (served(inner.answer) && (key_exchange || inner.answer.code == PSK_EXCHANGE_RSP) && l.created != NONE) {
    spdm::Session fresh;
    fresh.spdm_version = control.connection.spdm_version;
    spdm::Letter opening = l.letter;
    opening.stimulus = key_exchange ? spdm::Stimulus::KEY_EXCHANGE : spdm::Stimulus::PSK_EXCHANGE;
    opening.defect = spdm::Defect::none;
    outcome.after.sessions[l.created] = spdm::step(fresh, opening, Choice::as_specified).after;
  }
  return outcome;
}

/// No source settles that a GET_VERSION which ends the sessions also moves their TDIs.
Options connection_options(const Shape& shape, const Control& control, const spdm::Letter& letter) {
  Options options = spdm::options(control.connection, letter);
  const auto locked = [&](std::size_t i) { return control.bindings[i].session != NONE; };
  bool any = false;
  for (std::size_t i = 0; i < shape.tdis; ++i) any = any || locked(i);
  for (std::size_t i = 0; i < shape.streams; ++i) any = any || control.streams[i].owner < MAX_SESSIONS;
  if (letter.stimulus == spdm::Stimulus::GET_VERSION && letter.defect == spdm::Defect::none && any)
    options.add({Choice::uncoupled, Tag::unclear, "TDISP-OOB-012", true});
  return options;
}

Outcome<Control> step_ide_km(const Control& control, const IdeKmLetter& l, Byte session, Choice choice) {
  if (in_band(l) && !carried(control, session)) return refuse_in_envelope(control, l, session, choice);
  Outcome<Control> outcome{control, {}, {}};
  const ide_km::Stream stream = l.stream == NONE ? ide_km::Stream{} : control.streams[l.stream];
  const auto inner = ide_km::step(stream, l.letter, choice);
  if (l.stream != NONE) outcome.after.streams[l.stream] = inner.after;
  outcome.answer = inner.answer;
  outcome.rule = inner.rule;
  return outcome;
}

void bind(Control& control, const TdispLetter& l, Byte session) {
  Binding& binding = control.bindings[l.tdi];
  if (l.letter.stimulus == tdisp::Stimulus::LOCK_INTERFACE_REQUEST) binding = {session, l.stream, NONE};
  if (l.letter.stimulus == tdisp::Stimulus::BIND_P2P_STREAM_REQUEST) binding.p2p_stream = l.stream;
}

Outcome<Control> step_tdisp(const Control& control, const TdispLetter& l, Byte session, Choice choice) {
  if (in_band(l) && !carried(control, session)) return refuse_in_envelope(control, l, session, choice);
  if (l.tdi == NONE) return refuse_interface(control, l, choice);
  const bool foreign = starts_from_elsewhere(control, l, session);
  if (foreign && choice != Choice::serve) return refuse_foreign_start(control, choice);
  Outcome<Control> outcome{control, {}, {}};
  const auto inner = tdisp::step(control.tdis[l.tdi], l.letter, foreign ? Choice::as_specified : choice);
  outcome.after.tdis[l.tdi] = inner.after;
  outcome.answer = inner.answer;
  outcome.rule = inner.rule;
  if (served(inner.answer)) bind(outcome.after, l, session);
  return outcome;
}

Outcome<Control> step_device(const Shape& shape, const Control& control, DeviceEvent event) {
  Outcome<Control> outcome{control, {}, {}};
  if (event == DeviceEvent::CONVENTIONAL_RESET) {
    outcome.after = Control{};
    outcome.rule = "TDISP-OOB-001";
    return outcome;
  }
  for (std::size_t i = 0; i < shape.streams; ++i)
    apply(outcome.after.streams[i], ide_km::Letter{.stimulus = ide_km::Stimulus::FUNCTION_LEVEL_RESET});
  for (std::size_t i = 0; i < shape.tdis; ++i)
    apply(outcome.after.tdis[i], tdisp::Letter{.stimulus = tdisp::Stimulus::FUNCTION_LEVEL_RESET});
  outcome.rule = "TDISP-OOB-007";
  return outcome;
}

}  // namespace

Outcome<Control> step(const Shape& shape, const Control& control, const Letter& letter, Choice choice) {
  Outcome<Control> outcome = [&] {
    if (const auto* l = std::get_if<SpdmLetter>(&letter.body)) return step_spdm(control, *l, letter.session, choice);
    if (const auto* l = std::get_if<IdeKmLetter>(&letter.body)) return step_ide_km(control, *l, letter.session, choice);
    if (const auto* l = std::get_if<TdispLetter>(&letter.body)) return step_tdisp(control, *l, letter.session, choice);
    return step_device(shape, control, std::get<DeviceEvent>(letter.body));
  }();
  choice == Choice::uncoupled ? orphan(outcome.after) : couple(shape, control, outcome.after);
  return outcome;
}

namespace {

/// A defect that may be overlooked hides another one: a LOCK whose reserved flags are ignored still needs its keys. The
/// options of the same request without the defect that stands in the letter; nullopt: nothing else is wrong with it.
std::optional<Options> hidden_options(const Shape& shape, const Control& control, const Letter& letter) {
  Letter without = letter;
  auto& l = std::get<TdispLetter>(without.body);
  if (l.letter.defect == tdisp::Defect::none) return std::nullopt;
  l.letter.defect = tdisp::Defect::none;
  without = normalised(shape, control, without);
  const auto& left = std::get<TdispLetter>(without.body).letter;
  if (left.defect == tdisp::Defect::none) return std::nullopt;
  return tdisp::options(control.tdis[l.tdi], left);
}

/// Serving is as well covered as the defect behind it lets it be, and no choice where that one does not let it be.
Options behind(const std::optional<Options>& hidden, const Options& options) {
  if (!hidden) return options;
  Options rest;
  for (Option option : options) {
    const Option* serve =
        std::find_if(hidden->begin(), hidden->end(), [](const Option& other) { return other.choice == Choice::serve; });
    if (option.choice == Choice::serve && serve == hidden->end()) continue;
    if (option.choice == Choice::serve) option.tag = std::max(option.tag, serve->tag);
    rest.add(option);
  }
  return rest;
}

}  // namespace

Options options(const Shape& shape, const Control& control, const Letter& letter) {
  if (const auto* l = std::get_if<SpdmLetter>(&letter.body)) {
    if (letter.session == NONE) return connection_options(shape, control, l->letter);
    const spdm::Session& addressed = control.sessions[letter.session];
    return spdm::options(addressed, read_in(addressed, l->letter));
  }
  if (const auto* l = std::get_if<IdeKmLetter>(&letter.body)) {
    if (in_band(*l) && !carried(control, letter.session)) return envelope_options(control, *l, letter.session);
    return ide_km::options(l->stream == NONE ? ide_km::Stream{} : control.streams[l->stream], l->letter);
  }
  if (const auto* l = std::get_if<TdispLetter>(&letter.body)) {
    if (in_band(*l) && !carried(control, letter.session)) return envelope_options(control, *l, letter.session);
    if (l->tdi == NONE) return interface_options(*l);
    if (starts_from_elsewhere(control, *l, letter.session)) return foreign_start_options();
    return behind(hidden_options(shape, control, letter), tdisp::options(control.tdis[l->tdi], l->letter));
  }
  Options options;
  options.add({});
  return options;
}

}  // namespace lockstep::device
