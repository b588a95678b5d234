// The belief set: every Control state that is consistent with what was seen so far (input-output conformance, ioco).
#pragma once

#include <string>
#include <vector>

#include "device/control.hpp"
#include "device/store.hpp"

namespace lockstep::oracle {

/// What the rules say about one answer.
enum class Ruling : Byte {
  legal,
  warn,  ///< strains a rule that only warns, or one that no source settles
  fail,  ///< breaks a rule whose catalogue row says so
};

struct Judgement {
  Ruling ruling = Ruling::legal;
  Rule rule = {};     ///< the rule applied, strained or broken
  bool owed = false;  ///< `rule` is not that of the request's row: a choice strains it, here or in an earlier step
  bool state_only = false;  ///< the answer is right, the state that it reports is not: done by an earlier step
  bool progress = true;     ///< false: legal, but the request was not served (BUSY, ...): no goal is reached by it
  std::vector<Answer> permitted = {};  ///< what the model allows here, the expected answer first
  std::string reason = {};             ///< in words, empty when legal and expected
};

/// A state believed possible, and how it was come by: a choice that strains a rule is a debt, paid (as a warning) when
/// only that state explains what the target does later.
struct Belief {
  device::Control control;
  Tag debt = Tag::expected;
  Rule owed = {};
};

class Oracle {
 public:
  explicit Oracle(device::Shape shape);

  /// Judges one answer to one letter and keeps the states that explain it. After a failure the belief is what the
  /// answer itself claims, so that one deviation does not make every later answer wrong.
  /// `letters`: what the request means in each state of belief(), in its order.
  Judgement observe(const std::vector<device::Letter>& letters, const device::Observation&);
  /// An out-of-band event that is known to have happened.
  void happened(const device::Letter& event);
  /// Out-of-band events that may have happened, one after the other, while nobody looked: the states without them stay
  /// possible. `owed`: what is strained when nothing but they explain an answer; none: they are nothing unusual.
  void may_have_happened(const std::vector<device::Letter>& events, Rule owed = {});
  /// Forgets everything: the target was restarted.
  void restart();

  /// The target was there before and was not restarted: each TDI may be in any state.
  void know_nothing();
  /// The same, for recordings: what turns a stream is followed by no pause, and whether the stream is enabled by then
  /// is not seen either. Until QUERY shows what K_SET_GO or K_SET_STOP leads to, what it shows says nothing.
  void look_on();
  /// A TDI is about to be looked at. Only now, if nothing is known of it, are its possible states believed: those of
  /// every TDI at once would be too many.
  void meet(Byte tdi);
  /// It was taken away, and what comes back in its place may be in any state.
  void lose(Byte tdi);

  const device::Shape& shape() const { return shape_; }
  const std::vector<Belief>& belief() const { return belief_; }
  /// One state of the belief, the most expected one: what abstract() and the schedule go by.
  const device::Control& likeliest() const { return belief_.front().control; }

 private:
  bool says_something(const device::Letter&, const device::Observation&) const;
  void note_turning(const device::Letter&, const device::Observation&);
  Judgement deviation(Judgement, const std::vector<device::Letter>&, const device::Observation&);
  void believe_the_answer(const std::vector<device::Letter>&, const device::Observation&);

  device::Shape shape_;
  std::array<bool, device::MAX_TDIS> tdi_unknown_{};
  std::array<bool, device::MAX_STREAMS> registers_unknown_{};  ///< may be Secure from before, until programmed anew
  std::array<bool, device::MAX_STREAMS> turning_{};            ///< has not been seen to follow what turned it
  bool looks_on_ = false;
  std::vector<Belief> belief_;  // most expected first, never empty
};

}  // namespace lockstep::oracle
