// What was done to a target, in a form in which it can be done again: with fresh cryptography, over sessions that are
// named by their places. Traces, shortened failures and counterexamples are lists of these.
#pragma once

#include <string>
#include <vector>

#include "cases/case.hpp"

namespace lockstep::runner {

struct Action {
  device::Letter letter;
  std::vector<cases::Edit> edits = {};
  cases::Record record = cases::Record::sound;
  bool same_meaning = false, may_refuse = false, then_reuse = false;  ///< as in cases::Step
  cases::Object object = cases::Object::sound;
  cases::Chunks chunks = cases::Chunks::none;
  bool unfetched = false;

  /// A letter as it was sent in a step of a case; null: as it is.
  static Action of(const device::Letter& letter, const cases::Step* step);
  /// The step of a case that does the same over the case's session.
  cases::Step step() const;
  /// Only asks for a state.
  bool is_reading() const;
};

/// The letter as device::letter_text() has it, then "record=flipped", "edit=flip:FLAGS:15", "edit=cut:4",
/// "edit=mutate:flags/bit-15", "object=unknown_type", "chunks=begun", "same_meaning", "may_refuse", "then_reuse",
/// "unfetched".
std::string text(const Action&);
/// The error names the word.
Result<Action, std::string> parse_action(std::string_view text);

/// Answers that put a request off: it is made again before anything is concluded.
bool is_busy(const Answer&);
bool is_not_ready(const Answer&);

/// One action of a recording and what came back.
struct Done {
  std::string action = {};
  std::string answer = {};  ///< in words; empty: the recording does not tell
  bool put_off = false;     ///< the answer is BUSY or ResponseNotReady
  std::size_t line = 0;     ///< in the file it was read from; 0: in none
};
/// What was done since the connection was made. What was only asked again because it was put off stands there once,
/// with the last answer.
class Recording {
 public:
  void connects() { done_.clear(); }
  void add(Done done);
  const std::vector<Done>& done() const { return done_; }

 private:
  std::vector<Done> done_;
};

}  // namespace lockstep::runner
