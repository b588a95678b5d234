#include "host/conversation.hpp"

namespace lockstep::host {
namespace {

/// The dense form of the TDI's machine: each entry is made by running it.
struct Entry {
  tdisp::Tdi after;
  bool served;
};
using Table = std::array<std::array<std::array<Entry, tdisp::DEFECTS>, tdisp::STIMULI>, 8>;

std::size_t row(const tdisp::Tdi& tdi) { return static_cast<std::size_t>(tdi.state) * 2 + (tdi.nonce ? 1 : 0); }

const Table& table() {
  static const Table made = [] {
    Table all{};
    for (const TdiState state : {TdiState::CONFIG_UNLOCKED, TdiState::CONFIG_LOCKED, TdiState::RUN, TdiState::ERROR})
      for (const bool nonce : {false, true})
        for (std::size_t s = 0; s < tdisp::STIMULI; ++s)
          for (std::size_t d = 0; d < tdisp::DEFECTS; ++d) {
            const tdisp::Tdi tdi{.state = state, .nonce = nonce};
            const tdisp::Letter letter{static_cast<tdisp::Stimulus>(s), static_cast<tdisp::Defect>(d)};
            if (!consistent(tdi) || !meaningful(letter)) continue;
            const auto outcome = tdisp::step(tdi, letter);
            all[row(tdi)][s][d] = {outcome.after, outcome.answer.kind == Answer::Kind::response};
          }
    return all;
  }();
  return made;
}

}  // namespace

bool drive(World& w, tdisp::Stimulus stimulus, tdisp::Defect defect) {
  const Entry& entry = table()[row({.state = w.tdi, .nonce = w.nonce})][static_cast<std::size_t>(stimulus)]
                              [static_cast<std::size_t>(defect)];
  w.tdi = entry.after.state;
  w.nonce = entry.after.nonce;
  return entry.served;
}

void begin(World& w, Talk talk) {
  w.talk = talk;
  w.wire = Wire::request;
}

void close_gate(World& w, const Setting& s) {
  w.gate = Gate::OFF;
  if (!s.in(Scope::TEARDOWN)) w.mmio = Party::nobody;
}

void begin_stop(World& w, const Setting& s) {
  if (s.is(StopOrder::GATE_FIRST) && !s.has(Flaw::TSM_WAITS_FOR_EVER)) close_gate(w, s);
  begin(w, Talk::STOP);
}

namespace {

void release(World& w, const Setting& s) {
  close_gate(w, s);
  w.view = View::UNLOCKED;
  w.owner = w.reported = Party::nobody;
  w.start_nonce = Epoch::none;
  w.wants_stop = false;
}

void stop_failed(World& w, const Setting& s) {
  const bool open = s.is(StopFailure::FAIL_OPEN) || s.has(Flaw::TSM_FAILS_OPEN);
  release(w, s);
  if (open) return;
  if (s.is(StopFailure::QUARANTINE)) w.view = View::QUARANTINED;
  if (s.is(StopFailure::FORCE)) w.fenced = true;
}

}  // namespace

void finish(World& w, const Setting& s) {
  const Talk ended = w.talk;
  w.talk = Talk::none;
  w.wire = Wire::idle;
  switch (ended) {
    case Talk::LOCK:
      w.reported = w.owner;
      w.view = View::LOCKED;
      w.start_nonce = Epoch::current;
      if (s.is(BindScope::LOCK_AND_RUN)) begin(w, Talk::START);
      return;
    case Talk::START:
      w.view = View::RUN;
      w.start_nonce = Epoch::none;
      if (s.is(Accept::FUSED)) w.gate = Gate::PRIVATE, w.mmio = w.owner;
      return;
    case Talk::STOP:
      return release(w, s);
    case Talk::RELOCK:
    case Talk::none:
      return;
  }
}

void give_up(World& w, const Setting& s) {
  const Talk ended = w.talk;
  w.talk = Talk::none;
  w.wire = Wire::idle;
  if (ended == Talk::STOP) return stop_failed(w, s);
  w.start_nonce = Epoch::none;
  w.view = ended == Talk::LOCK && s.has(Flaw::TSM_KEEPS_HALF_STATES) ? View::LOCKED : View::ERROR;
}

}  // namespace lockstep::host
