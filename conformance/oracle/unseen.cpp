// What may have happened before a request while nobody looked, where a recording does not tell: resets of the device
// and of functions, streams that were lost, sessions that died. What is usual explains an answer; what is not leaves a
// warning.
#include <algorithm>

#include "oracle/follower.hpp"

namespace lockstep::oracle {
namespace {

using device::Letter;

Letter of_tdi(Byte tdi, tdisp::Stimulus stimulus) {
  return {device::NONE, device::TdispLetter{{.stimulus = stimulus}, tdi, device::NONE}};
}

/// The key can only go on with this slot, and a KEY_PROG for it makes sense when the stream is lost.
bool in_use(const ide_km::Stream& stream, ide_km::Slot slot) {
  return (stream.active & slot.mask()) != 0 && (stream.active & slot.other().mask()) == 0;
}

}  // namespace

void Follower::imagine(const Letter& letter) {
  if (const auto* l = std::get_if<device::TdispLetter>(&letter.body)) return imagine_before(*l);
  if (const auto* l = std::get_if<device::IdeKmLetter>(&letter.body)) return imagine_before(*l, letter.session);
  const auto* l = std::get_if<device::SpdmLetter>(&letter.body);
  const bool begins = l != nullptr && l->letter.stimulus == spdm::Stimulus::GET_VERSION;
  if (begins && letter.session == device::NONE)
    oracle_.may_have_happened({{device::NONE, device::DeviceEvent::CONVENTIONAL_RESET}});
}

/// A function is reset, goes to ERROR and from there to CONFIG_UNLOCKED by itself, once it has scrubbed. Where the host
/// has not seen ERROR, nothing is odd about the second half of it.
void Follower::imagine_before(const device::TdispLetter& l) {
  const bool reads = l.letter.stimulus == tdisp::Stimulus::GET_DEVICE_INTERFACE_STATE;
  const bool locks = l.letter.stimulus == tdisp::Stimulus::LOCK_INTERFACE_REQUEST;
  if (l.tdi == device::NONE || !(reads || locks)) return;
  const tdisp::TdiState state = control().tdis[l.tdi].state;
  if (state == tdisp::TdiState::CONFIG_UNLOCKED) return;
  if (locks && !error_shown_[l.tdi]) oracle_.may_have_happened({of_tdi(l.tdi, tdisp::Stimulus::SCRUBBED)});
  const tdisp::Letter asked{.stimulus = l.letter.stimulus};
  oracle_.may_have_happened(
      {of_tdi(l.tdi, tdisp::Stimulus::FUNCTION_LEVEL_RESET), of_tdi(l.tdi, tdisp::Stimulus::SCRUBBED)},
      tdisp::step(control().tdis[l.tdi], asked, Choice::as_specified).rule);
}

/// Keys are programmed anew: the stream was lost. Another session turns to it: the one that owned it has died, which
/// heartbeats do to sessions, and little else.
void Follower::imagine_before(const device::IdeKmLetter& l, Byte session) {
  if (l.stream == device::NONE || l.letter.stimulus == ide_km::Stimulus::UNKNOWN_OBJECT) return;
  const ide_km::Stream stream = control().streams[l.stream];
  if (stream.owner < device::MAX_SESSIONS && stream.owner != session) {
    const bool heartbeat = control().sessions[stream.owner].heartbeat;
    const Letter dropped{stream.owner, device::SpdmLetter{{.stimulus = spdm::Stimulus::SESSION_DROPPED}}};
    oracle_.may_have_happened({dropped}, heartbeat ? Rule() : Rule("IDE-STREAM-015"));
  } else if (l.letter.stimulus == ide_km::Stimulus::KEY_PROG && in_use(stream, l.letter.slot)) {
    const ide_km::Letter lost{.stimulus = ide_km::Stimulus::CHECK_FAILED};
    oracle_.may_have_happened({{device::NONE, device::IdeKmLetter{lost, l.stream}}});
  }
}

void Follower::note_unseen(Step& step) {
  const auto* l = std::get_if<device::TdispLetter>(&step.letter.body);
  if (l == nullptr || l->tdi == device::NONE || step.observation.answer.kind != Answer::Kind::response) return;
  using enum tdisp::Stimulus;
  const bool moves = l->letter.stimulus == LOCK_INTERFACE_REQUEST || l->letter.stimulus == STOP_INTERFACE_REQUEST;
  // That the TDI was unlocked unseen is only one way to see it: Onlooker asks which message may have done so.
  const bool unlocked = step.observation.tdi_state == tdisp::TdiState::CONFIG_UNLOCKED;
  if (!sees_events_ && unlocked && step.judgement.ruling == Ruling::warn) step.judgement.state_only = true;
  if (step.observation.tdi_state) error_shown_[l->tdi] = step.observation.tdi_state == tdisp::TdiState::ERROR;
  if (moves) error_shown_[l->tdi] = false;
}

/// A function that goes (VF Enable cleared) takes its TDI with it.
void Follower::judge_vanished(Step& step, Byte tdi) {
  oracle_.lose(tdi);
  error_shown_[tdi] = false;
  if (step.judgement.ruling != Ruling::legal) return;
  step.judgement.ruling = Ruling::warn;
  step.judgement.rule = "TDISP-HDR-007";
  step.judgement.reason = "was hosted before, and nothing shows that its function is gone";
}

}  // namespace lockstep::oracle
