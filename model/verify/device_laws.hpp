// What the laws of the device are written with: what a letter is, what a device is. Private to the files that hold
// them.
#pragma once

#include "verify/device_properties.hpp"

namespace lockstep::verify::laws {

using device::Control;
using device::DeviceEvent;
using device::IdeKmLetter;
using device::Letter;
using device::NONE;
using device::SpdmLetter;
using device::TdispLetter;
using ide_km::Stream;
using ide_km::StreamState;
using spdm::Session;
using spdm::SessionState;
using tdisp::TdiState;

// --- what a letter is ------------------------------------------------------------------------------------------------

inline const tdisp::Letter* tdisp_of(const Letter& letter) {
  const auto* l = std::get_if<TdispLetter>(&letter.body);
  return l == nullptr ? nullptr : &l->letter;
}
inline const ide_km::Letter* ide_km_of(const Letter& letter) {
  const auto* l = std::get_if<IdeKmLetter>(&letter.body);
  return l == nullptr ? nullptr : &l->letter;
}
inline const spdm::Letter* spdm_of(const Letter& letter) {
  const auto* l = std::get_if<SpdmLetter>(&letter.body);
  return l == nullptr ? nullptr : &l->letter;
}
inline bool is(const Letter& letter, tdisp::Stimulus stimulus) {
  return tdisp_of(letter) != nullptr && tdisp_of(letter)->stimulus == stimulus;
}
inline bool is(const Letter& letter, spdm::Stimulus stimulus) {
  return spdm_of(letter) != nullptr && spdm_of(letter)->stimulus == stimulus;
}
inline bool is(const Letter& letter, ide_km::Stimulus stimulus) {
  return ide_km_of(letter) != nullptr && ide_km_of(letter)->stimulus == stimulus;
}
inline auto one_of(tdisp::Stimulus stimulus) {
  return [stimulus](const Letter& letter) { return is(letter, stimulus); };
}
inline bool faultless(const Letter& letter) {
  if (const auto* l = tdisp_of(letter)) return l->defect == tdisp::Defect::none;
  if (const auto* l = ide_km_of(letter)) return l->defect == ide_km::Defect::none;
  const auto* l = spdm_of(letter);
  return l == nullptr || l->defect == spdm::Defect::none;
}
inline bool asks_tdisp_or_ide_km(const Letter& letter) {
  if (const auto* l = tdisp_of(letter)) return l->stimulus < tdisp::FIRST_OUT_OF_BAND;
  const auto* l = ide_km_of(letter);
  return l != nullptr && l->stimulus < ide_km::FIRST_OUT_OF_BAND;
}
/// The index of the TDI that the letter is for.
inline Byte tdi_of(const Letter& letter) {
  const auto* l = std::get_if<TdispLetter>(&letter.body);
  return l == nullptr ? NONE : l->tdi;
}
// --- what a device is ------------------------------------------------------------------------------------------------

template <class Predicate>
bool any_tdi(const Control& c, Predicate predicate) {
  for (Byte i = 0; i < device::MAX_TDIS; ++i)
    if (predicate(i, c.tdis[i])) return true;
  return false;
}
template <class Predicate>
bool any_stream(const Control& c, Predicate predicate) {
  return std::any_of(c.streams.begin(), c.streams.end(), predicate);
}
inline bool secured(const tdisp::Tdi& tdi) {
  return tdi.state == TdiState::CONFIG_LOCKED || tdi.state == TdiState::RUN;
}
inline bool some_tdi_is(const Control& c, TdiState state) {
  return any_tdi(c, [=](Byte, const tdisp::Tdi& tdi) { return tdi.state == state; });
}
inline bool alive(const Control& c, Byte session) {
  return session < device::MAX_SESSIONS && c.sessions[session].state == SessionState::ESTABLISHED;
}
inline bool established(const Control& c) {
  for (Byte s = 0; s < device::MAX_SESSIONS; ++s)
    if (alive(c, s)) return true;
  return false;
}
/// Whether one of the TDIs made this step.
inline bool any_moves(const DeviceStep& step, TdiState to) {
  return any_tdi(step.after,
                 [&](Byte i, const tdisp::Tdi& tdi) { return tdi.state == to && step.before.tdis[i].state != to; });
}
inline bool any_leaves(const DeviceStep& step, TdiState from) {
  return any_tdi(step.before,
                 [&](Byte i, const tdisp::Tdi& tdi) { return tdi.state == from && step.after.tdis[i].state != from; });
}
inline bool any_session_becomes_established(const DeviceStep& step) {
  for (Byte s = 0; s < device::MAX_SESSIONS; ++s)
    if (!alive(step.before, s) && alive(step.after, s)) return true;
  return false;
}

/// Each direction and sub-stream has an active key of one set or the other.
inline bool has_six_active_keys(const Stream& stream) {
  return ((stream.active | stream.active >> 6) & ide_km::KEY_SET_K0) == ide_km::KEY_SET_K0;
}

inline bool needs_ide(const DeviceScope& scope) { return scope.shape.kind == device::Kind::endpoint_with_ide; }
inline bool has_two_sessions(const DeviceScope& scope) { return scope.shape.sessions >= 2; }

void add_tdisp_states(std::vector<DeviceProperty>&);
void add_tdisp_steps(std::vector<DeviceProperty>&);
void add_envelope(std::vector<DeviceProperty>&);
void add_streams(std::vector<DeviceProperty>&);
void add_sessions(std::vector<DeviceProperty>&);

}  // namespace lockstep::verify::laws
