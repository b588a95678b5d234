// What a case calls the rule that was broken. The machines know the rule of their row; a case may have been written for
// another one: for the state that an answer reports, for what edits do not change, for a record that must not be taken.
#pragma once

#include "cases/case.hpp"
#include "oracle/follower.hpp"

namespace lockstep::runner {

class Attribution {
 public:
  explicit Attribution(const cases::Case& test) : test_(test) {}

  bool asks(Rule) const;
  /// Of the answer to a step of the case. `continues`: it asks for what the answer before said remains.
  void name_answer(oracle::Step& done, const cases::Step& step, bool continues) const;
  /// Of what was seen on the way from one step to the next, where the state that a case has led to may show first.
  void name_passage(oracle::Step& seen) const;
  /// Of a state that was read after `before`.
  void name_state(oracle::Step& state, const oracle::Step& before) const;

 private:
  Rule broken_by(const oracle::Step& done, const cases::Step& step, bool continues) const;
  bool decides(const oracle::Step& done, const cases::Step& step) const;
  Rule main_rule(const oracle::Step& step) const;
  Rule state_rule(const oracle::Step& state, const oracle::Step& before) const;

  const cases::Case& test_;
};

}  // namespace lockstep::runner
