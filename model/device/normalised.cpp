#include "device/letters.hpp"

namespace lockstep::device {
namespace {

using spdm::SessionState;

// --- TDISP -----------------------------------------------------------------------------------------------------------

/// What the named default or peer-to-peer stream is to the session. The preconditions hold for devices that need IDE.
tdisp::Defect stream_defect(const Shape& shape, const Control& control, Byte stream, Byte session) {
  using tdisp::Defect;
  if (shape.kind == Kind::root_complex_integrated) return Defect::none;
  if (stream == NONE) return Defect::stream_unknown;
  switch (ide_km::keying(control.streams[stream], session)) {
    case ide_km::Keying::none:
    case ide_km::Keying::partly:
      return Defect::stream_not_keyed;
    case ide_km::Keying::by_another_session:
      return Defect::stream_keyed_elsewhere;
    case ide_km::Keying::by_this_session:
      return Defect::none;
  }
  return Defect::none;
}

void normalise(const Shape& shape, const Control& control, TdispLetter& l, Byte session) {
  using tdisp::Defect;
  // Nobody owns a TDI that is not locked: what else is wrong with the request still counts.
  const bool owned = l.tdi != NONE && (control.tdis[l.tdi].state == tdisp::TdiState::CONFIG_LOCKED ||
                                       control.tdis[l.tdi].state == tdisp::TdiState::RUN);
  if (l.letter.defect == Defect::foreign_session && !owned) l.letter.defect = Defect::none;
  if (l.letter.defect != Defect::none) return;
  switch (l.letter.stimulus) {
    case tdisp::Stimulus::LOCK_INTERFACE_REQUEST:
      l.letter.defect = stream_defect(shape, control, l.stream, session);
      break;
    case tdisp::Stimulus::BIND_P2P_STREAM_REQUEST:
      l.letter.defect = l.tdi != NONE && !control.tdis[l.tdi].bind_p2p
                            ? Defect::p2p_not_enabled
                            : stream_defect(shape, control, l.stream, session);
      break;
    case tdisp::Stimulus::UNBIND_P2P_STREAM_REQUEST:
      if (l.tdi != NONE && !(control.tdis[l.tdi].p2p_bound && control.bindings[l.tdi].p2p_stream == l.stream))
        l.letter.defect = Defect::p2p_not_bound;
      break;
    default:
      break;
  }
}

// --- IDE_KM ----------------------------------------------------------------------------------------------------------

/// Whether ownership goes by stream or by device no source settles: only the addressed stream counts. It goes before
/// what else may be wrong, but not before what is no object of a known kind and length.
void normalise(const Control& control, IdeKmLetter& l, Byte session) {
  if (l.letter.stimulus >= ide_km::FIRST_OUT_OF_BAND) return;
  l.letter.session = session;
  if (l.letter.stimulus == ide_km::Stimulus::UNKNOWN_OBJECT || l.letter.defect == ide_km::Defect::wrong_length) return;
  if (l.stream == NONE) return;
  const Byte owner = control.streams[l.stream].owner;
  if (owner < MAX_SESSIONS && owner != session) l.letter.defect = ide_km::Defect::foreign_session;
}

// --- SPDM ------------------------------------------------------------------------------------------------------------

/// GET_CAPABILITIES and NEGOTIATE_ALGORITHMS are retries when they were served before.
void normalise_retry(const spdm::Connection& connection, spdm::Letter& l) {
  if (l.defect != spdm::Defect::none || !served_before(connection, l.stimulus)) return;
  l.defect = spdm::Defect::identical_retry;
  l.spdm_version = 0;
}

void normalise(const Shape& shape, const Control& control, SpdmLetter& l, Byte session) {
  using spdm::Defect;
  using spdm::Stimulus;
  normalise_retry(control.connection, l.letter);
  const bool opens = l.letter.stimulus == Stimulus::KEY_EXCHANGE || l.letter.stimulus == Stimulus::PSK_EXCHANGE;
  const bool opens_later =
      l.letter.stimulus == Stimulus::RESPOND_IF_READY &&
      (control.connection.owed == Stimulus::KEY_EXCHANGE || control.connection.owed == Stimulus::PSK_EXCHANGE);
  if (session == NONE && (opens || opens_later)) {
    l.created = free_session(shape, control);
    const bool right = l.letter.defect == Defect::none || l.letter.defect == Defect::unknown_psk;
    if (right && l.created == NONE) l.letter.defect = Defect::session_limit;
  }
  if (session == NONE || l.letter.stimulus != Stimulus::FINISH) return;
  if (l.letter.defect == Defect::none && flow_owed(control.sessions[session]))
    l.letter.defect = Defect::mut_auth_missing;
}

}  // namespace

Byte free_session(const Shape& shape, const Control& control) {
  for (Byte i = 0; i < shape.sessions; ++i)
    if (control.sessions[i].state == SessionState::NONE) return i;
  return NONE;
}

bool served_before(const spdm::Connection& connection, spdm::Stimulus stimulus) {
  using spdm::ConnectionState;
  if (stimulus == spdm::Stimulus::GET_CAPABILITIES) return connection.state >= ConnectionState::AFTER_CAPABILITIES;
  return stimulus == spdm::Stimulus::NEGOTIATE_ALGORITHMS && connection.state >= ConnectionState::NEGOTIATED;
}

bool flow_owed(const spdm::Session& session) {
  return spdm::wants_encapsulated_flow(session.mut_auth) && !session.encapsulated_done;
}

Letter normalised(const Shape& shape, const Control& control, Letter letter) {
  if (auto* l = std::get_if<TdispLetter>(&letter.body)) normalise(shape, control, *l, letter.session);
  if (auto* l = std::get_if<IdeKmLetter>(&letter.body)) normalise(control, *l, letter.session);
  if (auto* l = std::get_if<SpdmLetter>(&letter.body)) normalise(shape, control, *l, letter.session);
  return letter;
}

}  // namespace lockstep::device
