#include "host/dsm.hpp"

#include "device/letters.hpp"

namespace lockstep::host {
namespace {

constexpr device::Shape SHAPE{.sessions = 2, .streams = 1, .tdis = 1};
constexpr Byte SPDM_1_2 = 0x12;

constexpr std::uint16_t RX = 0x07, TX = 0x38;  // of key set K0, see ide_km::Slot

spdm::Session session_of(SessionState state) {
  spdm::Session session;
  session.state = state;
  if (state != SessionState::NONE) session.spdm_version = SPDM_1_2;
  return session;
}

std::uint16_t mask_of(Stage stage, Stage least, std::uint16_t slots) {
  return stage >= least ? slots : static_cast<std::uint16_t>(0);
}

Stage stage_of(const ide_km::Stream& stream, std::uint16_t slots) {
  if ((stream.active & slots) == slots) return Stage::active;
  return (stream.programmed & slots) == slots ? Stage::programmed : Stage::none;
}

}  // namespace

const device::Shape& device_shape() { return SHAPE; }

device::Control control_of(const World& w) {
  device::Control control;
  control.connection.state = spdm::ConnectionState::NEGOTIATED;  // a host that resets it negotiates anew at once
  control.connection.spdm_version = SPDM_1_2;
  control.sessions[TSM_SESSION] = session_of(w.tsm_session);
  control.sessions[HOST_SESSION] = session_of(w.host_session);
  ide_km::Stream& stream = control.streams[0];
  stream.programmed = static_cast<std::uint16_t>(mask_of(w.device_rx, Stage::programmed, RX) |
                                                 mask_of(w.device_tx, Stage::programmed, TX));
  stream.active =
      static_cast<std::uint16_t>(mask_of(w.device_rx, Stage::active, RX) | mask_of(w.device_tx, Stage::active, TX));
  if (w.device_keys != Keys::none) stream.owner = w.device_keys == Keys::TSM ? TSM_SESSION : HOST_SESSION;
  if (device_secure(w)) stream.state = ide_km::StreamState::SECURE;
  control.tdis[0] = {.state = w.tdi, .nonce = w.nonce};
  if (w.tdi != TdiState::CONFIG_UNLOCKED)
    control.bindings[0] = {w.locked_by == Keys::host ? HOST_SESSION : TSM_SESSION, 0, device::NONE};
  return control;
}

void take(World& w, const device::Control& control) {
  w.tsm_session = control.sessions[TSM_SESSION].state;
  w.host_session = control.sessions[HOST_SESSION].state;
  const ide_km::Stream& stream = control.streams[0];
  w.device_rx = stage_of(stream, RX);
  w.device_tx = stage_of(stream, TX);
  if (stream.owner == ide_km::NO_OWNER || stream.programmed == 0) w.device_keys = Keys::none;
  if (stream.owner == TSM_SESSION) w.device_keys = Keys::TSM;
  if (stream.owner == HOST_SESSION) w.device_keys = Keys::host;
  w.tdi = control.tdis[0].state;
  w.nonce = control.tdis[0].nonce;
  if (w.tdi == TdiState::CONFIG_UNLOCKED) w.locked_by = Keys::none;
  if (w.tdi == TdiState::CONFIG_LOCKED || w.tdi == TdiState::RUN)  // in ERROR it is as it was
    w.locked_by = control.bindings[0].session == HOST_SESSION ? Keys::host : Keys::TSM;
}

bool step_device(World& w, const device::Letter& letter, Choice choice) {
  const device::Control before = control_of(w);
  device::Letter read = device::normalised(SHAPE, before, letter);
  if (auto* opening = std::get_if<device::SpdmLetter>(&read.body); opening && opening->created != device::NONE)
    opening->created =
        std::get<device::SpdmLetter>(letter.body).created;  // any free place: each party keeps to its own
  const auto outcome = device::step(SHAPE, before, read, choice);
  take(w, outcome.after);
  return outcome.answer.kind == Answer::Kind::response;
}

device::Letter spdm_letter(spdm::Stimulus stimulus, Byte session) {
  const bool opens = stimulus == spdm::Stimulus::KEY_EXCHANGE;
  return {.session = opens ? device::NONE : session,
          .body = device::SpdmLetter{.letter = {.stimulus = stimulus}, .created = opens ? session : device::NONE}};
}

device::Letter ide_letter(ide_km::Stimulus stimulus, Byte session, bool tx, Byte sub_stream) {
  const bool in_band = stimulus < ide_km::FIRST_OUT_OF_BAND;
  ide_km::Letter letter{.stimulus = stimulus};
  if (in_band) letter.slot = {.k1 = false, .tx = tx, .sub_stream = sub_stream}, letter.session = session;
  return {.session = in_band ? session : device::NONE, .body = device::IdeKmLetter{.letter = letter, .stream = 0}};
}

device::Letter tdisp_letter(tdisp::Stimulus stimulus, Byte session) {
  return {.session = session, .body = device::TdispLetter{.letter = {.stimulus = stimulus}, .tdi = 0, .stream = 0}};
}

namespace {

bool for_each_sub_stream(World& w, ide_km::Stimulus stimulus, Byte session, bool tx) {
  device::Control control = control_of(w);
  for (Byte sub_stream = 0; sub_stream < 3; ++sub_stream) {
    const device::Letter letter = ide_letter(stimulus, session, tx, sub_stream);
    const auto outcome = device::step(SHAPE, control, device::normalised(SHAPE, control, letter));
    if (outcome.answer.kind != Answer::Kind::response) return false;
    control = outcome.after;
  }
  take(w, control);
  return true;
}

}  // namespace

bool program_device(World& w, Byte session, bool tx) {
  return for_each_sub_stream(w, ide_km::Stimulus::KEY_PROG, session, tx);
}
bool activate_device(World& w, Byte session, bool tx) {
  return for_each_sub_stream(w, ide_km::Stimulus::K_SET_GO, session, tx);
}

bool device_secure(const World& w) { return w.device_rx == Stage::active && w.device_tx == Stage::active; }
bool port_secure(const World& w) { return w.port_rx == Stage::active && w.port_tx == Stage::active; }
void clear_port(World& w) {
  w.port_keys = Keys::none;
  w.port_rx = w.port_tx = Stage::none;
}

void give_session_up(World& w, const Setting& s) {
  w.alive = false;
  if (!s.has(Flaw::ROOT_KEEPS_KEYS)) clear_port(w);
}

}  // namespace lockstep::host
