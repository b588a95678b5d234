// To where a case begins: legal steps only, each of which must be served.
#include "runner/driver.hpp"

namespace lockstep::runner {

using cases::Given;
using cases::SessionKind;
using device::NONE;
using spdm::SessionState;

// --- IDE_KM and TDISP ------------------------------------------------------------------------------------------------

namespace {
constexpr ide_km::Slot key_set_0[] = {{false, false, 0}, {false, false, 1}, {false, false, 2},
                                      {false, true, 0},  {false, true, 1},  {false, true, 2}};
}

Maybe Driver::program_keys() {
  for (const ide_km::Slot& slot : key_set_0)
    if (auto failed = insist(ide_km::Stimulus::KEY_PROG, slot)) return failed;
  return std::nullopt;
}

/// Rx before Tx: the rule that prevents check failures.
Maybe Driver::set_go() {
  for (const ide_km::Slot& slot : key_set_0)
    if (auto failed = insist(ide_km::Stimulus::K_SET_GO, slot)) return failed;
  return std::nullopt;
}

Maybe Driver::unlock() {
  for (Byte tdi = 0; tdi < profile_.shape.tdis; ++tdi)
    if (follower_->control().tdis[tdi].state != tdisp::TdiState::CONFIG_UNLOCKED)
      if (auto failed = insist(tdisp::Stimulus::STOP_INTERFACE_REQUEST, tdi)) return failed;
  return std::nullopt;
}

/// The session that owns the stream ends and another takes its place.
Maybe Driver::change_session(SessionKind kind) {
  if (auto failed = end_session(session_)) return failed;
  return open_session(kind, true, session_);
}

Maybe Driver::lock_and_lose_session(SessionKind kind) {
  if (auto failed = insist(tdisp::Stimulus::LOCK_INTERFACE_REQUEST)) return failed;
  if (auto failed = change_session(kind)) return failed;
  if (profile_.shape.kind == device::Kind::endpoint_with_ide) {
    if (auto failed = program_keys()) return failed;
    if (auto failed = set_go()) return failed;
  }
  auto state = exchange({session_, device::TdispLetter{{}, 0, 0}});
  if (!state) return state.error();
  if (state->judgement.state_only) state->judgement.rule = "TDISP-OOB-009";
  if (state->ruling() != oracle::Ruling::legal) breaches_.push_back(*state);
  if (state->observation.tdi_state == tdisp::TdiState::ERROR) return std::nullopt;
  if (state->observation.tdi_state == tdisp::TdiState::CONFIG_UNLOCKED && state->ruling() == oracle::Ruling::legal)
    return Trouble{Trouble::Kind::absent, "the TDI leaves ERROR by itself, which it may"};
  return Trouble{Trouble::Kind::refused, "the end of the session did not bring the TDI to ERROR (TDISP-OOB-009)"};
}

/// A stream has what the stage says and no more; what it has belongs to the session under test.
Maybe Driver::clear_streams(Given given) {
  bool too_much = false;
  for (Byte i = 0; i < profile_.shape.streams; ++i) {
    const ide_km::Stream stream = follower_->control().streams[i];
    if (stream.owner != session_ && alive(stream.owner < device::MAX_SESSIONS ? stream.owner : NONE)) {
      Byte owner = stream.owner;
      if (owner == second_) second_ = NONE;
      if (auto failed = end_session(owner)) return failed;
    }
    const bool empty = i != 0 || given == Given::established;
    too_much = too_much || (empty && stream.programmed != 0) || (given == Given::keyed && stream.active != 0) ||
               (stream.programmed & ide_km::KEY_SET_K1) != 0 ||
               (stream.owner != ide_km::NO_OWNER && stream.owner != session_);
  }
  return too_much ? change_session(kind_) : std::nullopt;
}

// --- to where a case begins ------------------------------------------------------------------------------------------

/// The way to `given` that makes the fewest assumptions: what is there is used when the model knows it.
Maybe Driver::reach(Given given, SessionKind kind) {
  unsent_.clear();
  // Where several states are possible a broken device could hide in one of them: begin with what is known.
  const bool ambiguous = follower_ && follower_->oracle().belief().size() > 1 && target_.can_restart();
  if (!trusted_ || !link_ || given == Given::nothing || ambiguous)
    if (auto failed = connect(target_.can_restart())) return failed;
  if (given == Given::nothing && !target_.can_restart())
    return Trouble{Trouble::Kind::absent, "needs a device without memory: start it with --spawn"};
  if (given <= Given::negotiated) return negotiate(given);

  const bool certain = follower_->oracle().belief().size() == 1;
  const bool usable = certain && !odd_ && alive(session_) && (kind == SessionKind::any || kind == kind_);
  if (given == Given::handshaking || !usable) {
    if (auto failed = negotiate(Given::negotiated)) return failed;
    if (auto failed = open_session(kind, given != Given::handshaking, session_)) return failed;
    kind_ = follower_->control().sessions[session_].psk ? SessionKind::psk : SessionKind::key_exchange;
    // The encapsulated flow is part of getting there: FINISH is what comes next.
    if (given == Given::handshaking) {
      if (follower_->control().sessions[session_].state != SessionState::HANDSHAKING)
        return Trouble{Trouble::Kind::absent, "this kind of session has no handshake phase"};
      const bool owed = spdm::wants_encapsulated_flow(follower_->control().sessions[session_].mut_auth);
      return owed ? authenticate_mutually(session_) : std::nullopt;
    }
    if (auto failed = first_words()) return failed;
  }
  if (auto failed = unlock()) return failed;

  const bool ide = profile_.shape.kind == device::Kind::endpoint_with_ide;
  if (ide)
    if (auto failed = clear_streams(given)) return failed;
  if (ide && given >= Given::keyed && !follower_->control().streams[0].has_all_keys())
    if (auto failed = program_keys()) return failed;
  if (ide && given >= Given::secure && follower_->control().streams[0].state != ide_km::StreamState::SECURE)
    if (auto failed = set_go()) return failed;
  if (given == Given::session_lost) return change_session(kind_);
  if (given == Given::tdi_error) return lock_and_lose_session(kind_);
  if (given >= Given::tdi_locked)
    if (auto failed = insist(tdisp::Stimulus::LOCK_INTERFACE_REQUEST)) return failed;
  if (given >= Given::tdi_run) return insist(tdisp::Stimulus::START_INTERFACE_REQUEST);
  return std::nullopt;
}

/// What any TSM asks first; later letters depend on what the device says of itself.
Maybe Driver::first_words() {
  if (profile_.ide_km)
    if (auto failed = insist(ide_km::Stimulus::QUERY, {})) return failed;
  for (Byte tdi = 0; profile_.tdisp && tdi < profile_.shape.tdis; ++tdi) {
    if (auto failed = insist(tdisp::Stimulus::GET_TDISP_VERSION, tdi)) return failed;
    if (auto failed = insist(tdisp::Stimulus::GET_TDISP_CAPABILITIES, tdi)) return failed;
    if (auto failed = insist(tdisp::Stimulus::GET_DEVICE_INTERFACE_STATE, tdi)) return failed;
  }
  greeted_ = true;
  return std::nullopt;
}

}  // namespace lockstep::runner
