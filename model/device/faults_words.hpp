// Words that the faults of the reference device are written in. Private to the layer.
#pragma once

#include "device/faults.hpp"
#include "device/store.hpp"
#include "wire/spdm.hpp"

namespace lockstep::device::faulty {

namespace w = wire::spdm;
namespace t = wire::tdisp;
namespace k = wire::ide_km;
using ide_km::StreamState;
using spdm::SessionState;
using tdisp::TdiState;
using T = tdisp::Stimulus;
using K = ide_km::Stimulus;
using S = spdm::Stimulus;
using Decide = decltype(Behaviour::decide);

inline const TdispLetter* tdisp_of(const Letter& l) { return std::get_if<TdispLetter>(&l.body); }
inline const IdeKmLetter* ide_km_of(const Letter& l) { return std::get_if<IdeKmLetter>(&l.body); }
inline const SpdmLetter* spdm_of(const Letter& l) { return std::get_if<SpdmLetter>(&l.body); }

inline bool is(const Letter& l, tdisp::Stimulus stimulus) {
  const auto* body = tdisp_of(l);
  return body != nullptr && body->tdi != NONE && body->letter.stimulus == stimulus;
}
inline bool is(const Letter& l, spdm::Stimulus stimulus) {
  const auto* body = spdm_of(l);
  return body != nullptr && body->letter.stimulus == stimulus;
}

inline bool is(const Letter& l, DeviceEvent event) {
  const auto* body = std::get_if<DeviceEvent>(&l.body);
  return body != nullptr && *body == event;
}

inline void keep_tdis(const Meeting& m, Outcome<Control>& outcome) {
  outcome.after.tdis = m.before.tdis;
  outcome.after.bindings = m.before.bindings;
}

/// The message in a response, to be changed.
template <class M>
M* edit(wire::AnyMessage& message) {
  return message.as<M>() == nullptr ? nullptr : static_cast<M*>(message.object());
}

inline Answer spdm_response(w::Code code) { return Answer::response(AnswerProtocol::SPDM, static_cast<Byte>(code)); }
inline Answer tdisp_response(t::MessageType type) {
  return Answer::response(AnswerProtocol::TDISP, static_cast<std::uint32_t>(type));
}
inline Answer ide_km_response(wire::ide_km::ObjectId id) {
  return Answer::response(AnswerProtocol::IDE_KM, static_cast<std::uint32_t>(id));
}

/// Blind to these defects of a TDISP request.
template <tdisp::Stimulus Stimulus, tdisp::Defect... Defects>
inline void overlook(Letter& l, const Control&) {
  auto* body = std::get_if<TdispLetter>(&l.body);
  if (body != nullptr && body->letter.stimulus == Stimulus && ((body->letter.defect == Defects) || ...))
    body->letter.defect = tdisp::Defect::none;
}

template <ide_km::Stimulus Stimulus, ide_km::Defect Defect>
inline void overlook(Letter& l, const Control& control) {
  auto* body = std::get_if<IdeKmLetter>(&l.body);
  if (body == nullptr || body->letter.stimulus != Stimulus || body->letter.defect != Defect) return;
  body->letter.defect = ide_km::Defect::none;
  if (Defect == ide_km::Defect::foreign_session && body->stream != NONE)
    body->letter.session = control.streams[body->stream].owner;
}

template <spdm::Stimulus Stimulus, spdm::Defect... Defects>
inline void overlook(Letter& l, const Control&) {
  auto* body = std::get_if<SpdmLetter>(&l.body);
  if (body != nullptr && body->letter.stimulus == Stimulus && ((body->letter.defect == Defects) || ...))
    body->letter.defect = spdm::Defect::none;
}

/// As if the message had come in the application phase of a session.
inline void serve_in_clear(const Meeting& m, Outcome<Control>& outcome) {
  if (m.letter.session != NONE) return;
  Control pretended = m.before;
  pretended.sessions[0].state = SessionState::ESTABLISHED;
  Letter letter = m.letter;
  letter.session = 0;
  if (auto* object = std::get_if<IdeKmLetter>(&letter.body)) {
    object->letter.session = 0;
    if (object->letter.defect == ide_km::Defect::foreign_session) object->letter.defect = ide_km::Defect::none;
  }
  outcome = step(m.shape, pretended, letter);
  outcome.after.sessions = m.before.sessions;
}

/// Whether a session ended in this step.
inline bool a_session_ended(const Meeting& m, const Outcome<Control>& outcome) {
  for (std::size_t i = 0; i < MAX_SESSIONS; ++i)
    if (m.before.sessions[i].state != SessionState::NONE && outcome.after.sessions[i].state == SessionState::NONE)
      return true;
  return false;
}

}  // namespace lockstep::device::faulty
