#include "oracle/oracle.hpp"

#include <algorithm>
#include <utility>

#include "requirements/catalogue.hpp"

namespace lockstep::oracle {
namespace {

using device::Control;
using device::Letter;
using device::Observation;

/// One way to explain the answer: a state believed possible and a choice that the rules leave open.
struct Explanation {
  Option option;
  Belief after;
  Rule rule;
};

Byte addressed_tdi(const Letter& letter) {
  const auto* l = std::get_if<device::TdispLetter>(&letter.body);
  return l ? l->tdi : device::NONE;
}
Byte addressed_stream(const Letter& letter) {
  const auto* l = std::get_if<device::IdeKmLetter>(&letter.body);
  return l ? l->stream : device::NONE;
}

/// Whether the state that the answer's contents report is the state of this Control.
bool agrees(const Control& control, const Letter& letter, const Observation& seen) {
  if (seen.tdi_state && addressed_tdi(letter) != device::NONE &&
      control.tdis[addressed_tdi(letter)].state != *seen.tdi_state)
    return false;
  return !seen.stream_state || addressed_stream(letter) == device::NONE ||
         control.streams[addressed_stream(letter)].state == *seen.stream_state;
}

/// Expected before tolerated before unclear, and what serves the request before what puts it off.
bool better(const Explanation& a, const Explanation& b) {
  if (a.after.debt != b.after.debt) return a.after.debt < b.after.debt;
  if (a.option.tag != b.option.tag) return a.option.tag < b.option.tag;
  return a.option.progress && !b.option.progress;
}

/// Better ones come first, so the first of two equal states owes the least.
void add_distinct(std::vector<Belief>& beliefs, const Belief& belief) {
  const auto same = [&](const Belief& known) { return known.control == belief.control; };
  if (std::none_of(beliefs.begin(), beliefs.end(), same)) beliefs.push_back(belief);
}

void add_distinct(std::vector<Answer>& answers, const Answer& answer) {
  if (std::find(answers.begin(), answers.end(), answer) == answers.end()) answers.push_back(answer);
}

// What a request would have done had it been legal, for a target that served it although it must not.

void force(tdisp::Tdi& tdi, tdisp::Stimulus stimulus) {
  if (stimulus == tdisp::Stimulus::LOCK_INTERFACE_REQUEST)
    tdi = {.state = tdisp::TdiState::CONFIG_LOCKED, .nonce = true};
  if (stimulus == tdisp::Stimulus::START_INTERFACE_REQUEST) tdi = {.state = tdisp::TdiState::RUN};
  if (stimulus == tdisp::Stimulus::STOP_INTERFACE_REQUEST) tdi = {};
}

void force(spdm::Session& session, spdm::Stimulus stimulus) {
  if (stimulus == spdm::Stimulus::FINISH || stimulus == spdm::Stimulus::PSK_FINISH)
    session.state = spdm::SessionState::ESTABLISHED;
  if (stimulus == spdm::Stimulus::END_SESSION) session = {};
}

void force(Control& control, const device::SpdmLetter& letter, Byte session) {
  using spdm::ConnectionState;
  using spdm::Stimulus;
  if (session != device::NONE) return force(control.sessions[session], letter.letter.stimulus);
  switch (letter.letter.stimulus) {
    case Stimulus::GET_VERSION:
      control.connection = {.state = ConnectionState::AFTER_VERSION};
      control.sessions = {};
      break;
    case Stimulus::GET_CAPABILITIES:
      if (letter.letter.spdm_version == 0) break;  // it selects no version: nothing can follow from it
      control.connection.state = std::max(control.connection.state, ConnectionState::AFTER_CAPABILITIES);
      control.connection.spdm_version = letter.letter.spdm_version;
      break;
    case Stimulus::NEGOTIATE_ALGORITHMS:
      if (control.connection.spdm_version != 0) control.connection.state = ConnectionState::NEGOTIATED;
      break;
    case Stimulus::KEY_EXCHANGE:
    case Stimulus::PSK_EXCHANGE:
      if (letter.created != device::NONE && control.connection.spdm_version != 0)
        control.sessions[letter.created] = {.state = spdm::SessionState::HANDSHAKING,
                                            .psk = letter.letter.stimulus == Stimulus::PSK_EXCHANGE,
                                            .spdm_version = control.connection.spdm_version};
      break;
    default:
      break;
  }
}

Control as_served(Control control, const Letter& letter) {
  if (const auto* l = std::get_if<device::SpdmLetter>(&letter.body)) force(control, *l, letter.session);
  if (const auto* l = std::get_if<device::TdispLetter>(&letter.body); l && l->tdi != device::NONE) {
    force(control.tdis[l->tdi], l->letter.stimulus);
    if (l->letter.stimulus == tdisp::Stimulus::LOCK_INTERFACE_REQUEST)
      control.bindings[l->tdi] = {letter.session, l->stream, device::NONE};
  }
  return control;
}

bool breach_fails(Rule rule) { return rule && rule.requirement().on_breach == OnBreach::fail; }

}  // namespace

Oracle::Oracle(device::Shape shape) : shape_(shape), belief_(1) {}

void Oracle::restart() {
  belief_ = {Belief{}};
  tdi_unknown_ = {};
  registers_unknown_ = {};
  turning_ = {};
}

void Oracle::know_nothing() {
  restart();
  tdi_unknown_.fill(true);
  registers_unknown_.fill(true);
}

void Oracle::look_on() {
  know_nothing();
  looks_on_ = true;
}

void Oracle::meet(Byte tdi) {
  if (!std::exchange(tdi_unknown_[tdi], false)) return;
  std::vector<Belief> next;
  for (const auto state :
       {tdisp::TdiState::CONFIG_UNLOCKED, tdisp::TdiState::CONFIG_LOCKED, tdisp::TdiState::RUN, tdisp::TdiState::ERROR})
    for (Belief belief : belief_) {
      belief.control.tdis[tdi].state = state;
      add_distinct(next, belief);
    }
  belief_ = std::move(next);
}

void Oracle::lose(Byte tdi) {
  std::vector<Belief> next;
  for (Belief& belief : belief_) {
    belief.control.tdis[tdi] = {};
    belief.control.bindings[tdi] = {};
    add_distinct(next, belief);
  }
  belief_ = std::move(next);
  tdi_unknown_[tdi] = true;
}

namespace {

/// The belief after a step: an unclear choice leaves a debt, unless one is owed already.
Belief successor(const Belief& before, const Option& option, const Control& after) {
  if (option.tag == Tag::unclear && before.debt != Tag::unclear) return {after, Tag::unclear, option.rule};
  return {after, before.debt, before.owed};
}

/// No source settles that the streams go with a reset of the function that holds the IDE capability.
Belief with_streams_left(const Belief& before, Control after) {
  after.streams = before.control.streams;
  return successor(before, {Choice::no_effect, Tag::unclear, "IDE-STREAM-023"}, after);
}

}  // namespace

void Oracle::happened(const Letter& event) {
  const auto* of_device = std::get_if<device::DeviceEvent>(&event.body);
  const bool resets_function = of_device != nullptr && *of_device == device::DeviceEvent::FUNCTION_0_RESET;
  std::vector<Belief> next;
  for (const Belief& belief : belief_)
    for (const Option& option : device::options(shape_, belief.control, event)) {
      const Control after = device::step(shape_, belief.control, event, option.choice).after;
      add_distinct(next, successor(belief, option, after));
      if (resets_function) add_distinct(next, with_streams_left(belief, after));
    }
  belief_ = std::move(next);
}

void Oracle::may_have_happened(const std::vector<Letter>& events, Rule owed) {
  constexpr std::size_t MOST = 512;  // a few dozen are believed where a recording shows anything at all
  if (belief_.size() > MOST) return;
  Oracle after = *this;
  for (const Letter& event : events) after.happened(event);
  for (Belief& belief : after.belief_) {
    if (owed && belief.debt != Tag::unclear) belief.debt = Tag::unclear, belief.owed = owed;
    const auto known = std::find_if(belief_.begin(), belief_.end(),
                                    [&](const Belief& other) { return other.control == belief.control; });
    if (known == belief_.end())
      belief_.push_back(belief);
    else if (belief.debt < known->debt)
      *known = belief;
  }
}

namespace {

bool is(const Letter& letter, ide_km::Stimulus stimulus) {
  const auto* l = std::get_if<device::IdeKmLetter>(&letter.body);
  return l != nullptr && l->letter.stimulus == stimulus;
}

}  // namespace

/// Whether the state of the stream that the answer reports is to be explained.
bool Oracle::says_something(const Letter& letter, const Observation& seen) const {
  const Byte stream = addressed_stream(letter);
  if (stream == device::NONE) return true;
  return !registers_unknown_[stream] && (!turning_[stream] || agrees(likeliest(), letter, seen));
}

void Oracle::note_turning(const Letter& letter, const Observation& seen) {
  const Byte stream = addressed_stream(letter);
  if (!looks_on_ || stream == device::NONE) return;
  if (is(letter, ide_km::Stimulus::K_SET_GO) || is(letter, ide_km::Stimulus::K_SET_STOP)) turning_[stream] = true;
  if (seen.stream_state) turning_[stream] = false;
}

Judgement Oracle::observe(const std::vector<Letter>& letters, const Observation& observed) {
  LOCKSTEP_ASSERT(letters.size() == belief_.size());
  Observation seen = observed;
  const Byte stream = addressed_stream(letters.front());
  if (is(letters.front(), ide_km::Stimulus::KEY_PROG) && stream != device::NONE) registers_unknown_[stream] = false;
  if (!says_something(letters.front(), seen)) seen.stream_state.reset();
  note_turning(letters.front(), seen);
  Judgement judgement;
  std::vector<Explanation> explanations;
  for (std::size_t i = 0; i < belief_.size(); ++i) {
    const Belief& belief = belief_[i];
    for (const Option& option : device::options(shape_, belief.control, letters[i])) {
      const auto outcome = device::step(shape_, belief.control, letters[i], option.choice);
      add_distinct(judgement.permitted, outcome.answer);
      if (outcome.answer.covers(seen.answer) && agrees(outcome.after, letters[i], seen))
        explanations.push_back({option, successor(belief, option, outcome.after), outcome.rule});
    }
  }
  if (explanations.empty()) return deviation(std::move(judgement), letters, seen);

  std::stable_sort(explanations.begin(), explanations.end(), better);
  const Explanation& best = explanations.front();
  judgement.progress = best.option.progress;
  judgement.rule = best.rule;
  if (best.option.tag != Tag::expected) judgement.reason = std::string(name(best.option.choice));
  const bool pays = best.after.debt == Tag::unclear;
  if (pays) {
    judgement.ruling = Ruling::warn;
    judgement.rule = best.after.owed;
    judgement.owed = best.option.tag != Tag::unclear || best.after.owed != best.rule;
    if (judgement.reason.empty()) judgement.reason = "explained only by a step before that strains this rule";
  }
  belief_.clear();
  for (Explanation& explanation : explanations) {
    if (pays) explanation.after.debt = Tag::expected;  // said once
    add_distinct(belief_, explanation.after);
  }
  return judgement;
}

/// No permitted choice explains the answer. The mildest verdict of all states believed possible counts, so that a
/// device is never failed for a state it may not be in.
Judgement Oracle::deviation(Judgement judgement, const std::vector<Letter>& letters, const Observation& seen) {
  judgement.ruling = Ruling::fail;
  judgement.state_only = true;
  for (std::size_t i = 0; i < belief_.size(); ++i) {
    const auto expected = device::step(shape_, belief_[i].control, letters[i], Choice::as_specified);
    judgement.state_only = judgement.state_only && expected.answer.covers(seen.answer);
    if (judgement.rule && breach_fails(expected.rule)) continue;
    judgement.rule = expected.rule;
    if (!breach_fails(expected.rule)) judgement.ruling = Ruling::warn;
  }
  judgement.reason = judgement.state_only ? "the reported state is not the one that the steps before lead to"
                                          : "no permitted choice explains the answer";
  believe_the_answer(letters, seen);
  return judgement;
}

/// Goes on from what the target claims: a request that it says it served has had its effect, a state it reports holds.
void Oracle::believe_the_answer(const std::vector<Letter>& letters, const Observation& seen) {
  std::vector<Belief> next;
  for (std::size_t i = 0; i < belief_.size(); ++i) {
    const Letter& letter = letters[i];
    Control state = belief_[i].control;
    if (seen.answer.kind == Answer::Kind::response) state = as_served(state, letter);
    if (seen.tdi_state && addressed_tdi(letter) != device::NONE) {
      tdisp::Tdi& tdi = state.tdis[addressed_tdi(letter)];
      tdi.state = *seen.tdi_state;
      tdi.nonce = tdi.nonce && tdi.state == tdisp::TdiState::CONFIG_LOCKED;
      if (tdi.state == tdisp::TdiState::CONFIG_UNLOCKED) state.bindings[addressed_tdi(letter)] = {};
    }
    if (seen.stream_state && addressed_stream(letter) != device::NONE)
      state.streams[addressed_stream(letter)].state = *seen.stream_state;
    add_distinct(next, {state, belief_[i].debt, belief_[i].owed});
  }
  belief_ = std::move(next);
}

}  // namespace lockstep::oracle
