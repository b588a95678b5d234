// Faults of a device that does not do what out-of-band events and lost sessions call for.
#include "device/faults_words.hpp"

namespace lockstep::device {
namespace {

using namespace faulty;

bool is_stream(const Letter& l, K stimulus) {
  const auto* body = ide_km_of(l);
  return body != nullptr && body->stream != NONE && body->letter.stimulus == stimulus;
}
/// The event leaves a TDI in `from` where it is.
Decide survives(T stimulus, TdiState from) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (is(m.letter, stimulus) && m.before.tdis[tdisp_of(m.letter)->tdi].state == from) keep_tdis(m, outcome);
  };
}

/// The event leads a TDI in `from` somewhere else.
Decide leads(T stimulus, TdiState from, TdiState to) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (!is(m.letter, stimulus)) return;
    const Byte i = tdisp_of(m.letter)->tdi;
    if (m.before.tdis[i].state == from) outcome.after.tdis[i] = {.state = to};
  };
}

/// TDIs do not notice what happens to their stream.
Decide tdis_overlook(K stimulus) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (is_stream(m.letter, stimulus)) keep_tdis(m, outcome);
  };
}

/// The stream does not notice it either, but its TDIs go the right way.
Decide stream_overlooks(K stimulus) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (is_stream(m.letter, stimulus)) outcome.after.streams = m.before.streams;
  };
}

void sibling_unlocked(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, T::FUNCTION_LEVEL_RESET)) return;
  for (Byte i = 0; i < m.shape.tdis; ++i)
    if (i != tdisp_of(m.letter)->tdi) outcome.after.tdis[i] = {}, outcome.after.bindings[i] = {};
}

void reset_keeps_tdis(const Meeting& m, Outcome<Control>& outcome) {
  if (is(m.letter, DeviceEvent::CONVENTIONAL_RESET)) keep_tdis(m, outcome);
}
void reset_keeps_keys(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, DeviceEvent::CONVENTIONAL_RESET)) return;
  outcome.after.streams = m.before.streams;
  for (ide_km::Stream& stream : outcome.after.streams) stream.owner = ide_km::NO_OWNER;
}
void function_0_reset_keeps_tdis(const Meeting& m, Outcome<Control>& outcome) {
  if (is(m.letter, DeviceEvent::FUNCTION_0_RESET)) keep_tdis(m, outcome);
}

void disable_keeps_keys(const Meeting& m, Outcome<Control>& outcome) {
  if (!is_stream(m.letter, K::STREAM_DISABLED)) return;
  ide_km::Stream& stream = outcome.after.streams[ide_km_of(m.letter)->stream];
  const ide_km::Stream& before = m.before.streams[ide_km_of(m.letter)->stream];
  stream.programmed = before.programmed;
  stream.owner = before.owner;
}

/// A session event after which the TDIs of the session go on.
Decide tdis_survive(S stimulus) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (is(m.letter, stimulus)) keep_tdis(m, outcome);
  };
}

/// The session goes on.
Decide session_survives(S stimulus) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (is(m.letter, stimulus) && m.letter.session != NONE) outcome.after = m.before;
  };
}

void stop_in_one_moves_others(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, T::STOP_INTERFACE_REQUEST) || outcome.answer.kind != Answer::Kind::response) return;
  for (Byte i = 0; i < m.shape.tdis; ++i) outcome.after.tdis[i] = {}, outcome.after.bindings[i] = {};
}

void lock_in_error(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, T::LOCK_INTERFACE_REQUEST)) return;
  const Byte i = tdisp_of(m.letter)->tdi;
  if (m.before.tdis[i].state != TdiState::ERROR) return;
  Control unlocked = m.before;
  unlocked.tdis[i] = {};
  outcome = step(m.shape, unlocked, m.letter);
}

void second_stream_stops_first(const Meeting& m, Outcome<Control>& outcome) {
  if (is_stream(m.letter, K::K_SET_STOP) && ide_km_of(m.letter)->stream != 0 &&
      outcome.after.streams[ide_km_of(m.letter)->stream].state == StreamState::INSECURE)
    outcome.after.streams[0] = {};
}

}  // namespace

std::vector<Behaviour> out_of_band_behaviours() {
  constexpr auto RUN = TdiState::RUN, LOCKED = TdiState::CONFIG_LOCKED;
  return {
      {.fault = {"tdisp-flr-keeps-locked", "a TDI in CONFIG_LOCKED survives a function level reset", "TDISP-OOB-003"},
       .decide = survives(T::FUNCTION_LEVEL_RESET, LOCKED)},
      {.fault = {"tdisp-flr-keeps-run", "a running TDI survives a function level reset", "TDISP-OOB-004"},
       .decide = survives(T::FUNCTION_LEVEL_RESET, RUN)},
      {.fault = {"tdisp-flr-of-unlocked-errs", "a function level reset takes an unlocked TDI to ERROR",
                 "TDISP-OOB-005"},
       .decide = leads(T::FUNCTION_LEVEL_RESET, TdiState::CONFIG_UNLOCKED, TdiState::ERROR)},
      {.fault = {"tdisp-flr-runs-again", "a function level reset in ERROR leads to RUN", "TDISP-OOB-006"},
       .decide = leads(T::FUNCTION_LEVEL_RESET, TdiState::ERROR, RUN)},
      {.fault = {"tdisp-flr-unlocks-sibling", "the reset of one function unlocks other TDIs", "TDISP-OOB-008"},
       .decide = sibling_unlocked},
      {.fault = {"tdisp-physical-reset-keeps-run", "TDIs survive the reset of their physical function",
                 "TDISP-OOB-007"},
       .decide = function_0_reset_keeps_tdis},
      {.fault = {"tdisp-reset-keeps-state", "TDIs survive a conventional reset", "TDISP-OOB-001"},
       .decide = reset_keeps_tdis},
      {.fault = {"tdisp-bar-write-keeps-run", "a running TDI survives a change of its BARs", "TDISP-OOB-021"},
       .decide = survives(T::CONFIG_WRITE_TRACKED, RUN)},
      {.fault = {"tdisp-bar-write-keeps-locked", "registers are not watched after LOCK", "TDISP-LOCK-026"},
       .decide = survives(T::CONFIG_WRITE_TRACKED, LOCKED)},
      {.fault = {"tdisp-sensitive-write-keeps-run", "a running TDI survives a change of its expansion ROM BAR",
                 "TDISP-OOB-022"},
       .decide = survives(T::CONFIG_WRITE_SENSITIVE, RUN)},
      {.fault = {"tdisp-memory-space-keeps-run", "a running TDI survives without Memory Space Enable", "TDISP-OOB-019"},
       .decide = survives(T::MEMORY_SPACE_OR_BUS_MASTER_CLEARED, RUN)},
      {.fault = {"tdisp-vf-disable-keeps-run", "a running TDI survives VF Enable cleared", "TDISP-OOB-027"},
       .decide = survives(T::VF_DISABLED, RUN)},
      {.fault = {"tdisp-power-loss-keeps-run", "a running TDI survives a loss of power", "TDISP-OOB-037"},
       .decide = survives(T::POWER_STATE_LOST, RUN)},
      {.fault = {"tdisp-security-loss-keeps-run", "a TDI runs on after a loss of security", "TDISP-OOB-041"},
       .decide = survives(T::SECURITY_LOST, RUN)},
      {.fault = {"tdisp-error-locks", "serves LOCK_INTERFACE_REQUEST in ERROR", "TDISP-LOCK-004"},
       .decide = lock_in_error},
      {.fault = {"tdisp-check-failure-keeps-run", "TDIs survive a check failure of their stream", "TDISP-OOB-015"},
       .decide = tdis_overlook(K::CHECK_FAILED)},
      {.fault = {"tdisp-stream-disable-keeps-run", "TDIs survive their stream disabled", "TDISP-OOB-016"},
       .decide = tdis_overlook(K::STREAM_DISABLED)},
      {.fault = {"tdisp-register-change-keeps-run", "TDIs survive a change of their stream's registers",
                 "TDISP-OOB-035"},
       .decide = tdis_overlook(K::REGISTERS_CHANGED)},
      {.fault = {"tdisp-heartbeat-loss-keeps-run", "TDIs survive a session that missed its heartbeat", "TDISP-OOB-010"},
       .decide = tdis_survive(S::HEARTBEAT_EXPIRED)},
      {.fault = {"tdisp-decrypt-error-keeps-run", "TDIs survive a session that ended by a bad record", "TDISP-OOB-011"},
       .decide = tdis_survive(S::RECORD_UNOPENED)},
      {.fault = {"tdisp-get-version-keeps-run", "TDIs survive the sessions that GET_VERSION ends", "TDISP-OOB-012"},
       .decide = tdis_survive(S::GET_VERSION)},
      {.fault = {"tdisp-stop-moves-others", "STOP of one TDI stops the others", "TDISP-STOP-007"},
       .decide = stop_in_one_moves_others},
      {.fault = {"ide-reset-keeps-keys", "keys survive a conventional reset", "IDE-STREAM-017"},
       .decide = reset_keeps_keys},
      {.fault = {"ide-check-failure-keeps-secure", "the stream survives a check failure", "IDE-STREAM-018"},
       .decide = stream_overlooks(K::CHECK_FAILED)},
      {.fault = {"ide-disable-keeps-secure", "the stream is Secure though disabled", "IDE-STREAM-022"},
       .decide = stream_overlooks(K::STREAM_DISABLED)},
      {.fault = {"ide-disable-keeps-keys", "keys survive the way to Insecure", "IDE-STREAM-011"},
       .decide = disable_keeps_keys},
      {.fault = {"ide-second-stream-stops-first", "the end of one stream ends another", "IDE-STREAM-025"},
       .decide = second_stream_stops_first},
      {.fault = {"spdm-heartbeat-missed-lives", "a session survives a missed heartbeat", "SPDM-LIFE-003"},
       .decide = session_survives(S::HEARTBEAT_EXPIRED)},
      {.fault = {"spdm-firmware-update-keeps-session", "a session survives a firmware update against its policy",
                 "SPDM-LIFE-017"},
       .decide = session_survives(S::FIRMWARE_UPDATED)},
      {.fault = {"spdm-dropped-session-lives", "keys survive their session", "SECMSG-029"},
       .decide = session_survives(S::SESSION_DROPPED)},
      {.fault = {"spdm-bad-record-keeps-session", "a session survives a record that does not open", "SPDM-LIFE-018"},
       .decide = session_survives(S::RECORD_UNOPENED)},
  };
}

}  // namespace lockstep::device
