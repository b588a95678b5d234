// What must hold for every step and every walk of an IDE stream, whatever the device chooses.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <set>
#include <tuple>

#include "everything.hpp"

namespace lockstep::ide_km {
namespace {

/// Control values met on the way of a bring-up and a refresh, and a few letters away from them.
std::vector<Stream> reachable(std::size_t limit) {
  const auto key = [](const Stream& s) { return std::tuple(s.state, s.enabled, s.programmed, s.active, s.owner); };
  const std::vector<Letter> letters = all_letters();
  std::set<decltype(key(Stream{}))> known;
  std::vector<Stream> all;
  std::deque<Stream> open{Stream{}, programmed(), secure(), programmed(secure(), true),
                          after(programmed(secure(), true), Stimulus::K_SET_GO, slots(true))};
  while (!open.empty() && all.size() < limit) {
    const Stream stream = open.front();
    open.pop_front();
    if (!known.insert(key(stream)).second) continue;
    all.push_back(stream);
    for (const Letter& letter : letters)
      for (const Option& option : options(stream, letter)) open.push_back(step(stream, letter, option.choice).after);
  }
  return all;
}

template <class Check>
void for_every_permitted_step(Check check) {
  static const std::vector<Stream> streams = reachable(60);
  static const std::vector<Letter> letters = all_letters();
  for (const Stream& stream : streams)
    for (const Letter& letter : letters)
      for (const Option& option : options(stream, letter)) {
        check(stream, letter, option, step(stream, letter, option.choice));
        ASSERT_FALSE(testing::Test::HasFailure()) << stream << " on " << letter << ": " << name(option.choice);
      }
}

bool one_key_for_each_direction_and_sub_stream(const Stream& stream) {
  for (Slot slot : slots(false))
    if ((stream.active & slot.mask()) == 0 && (stream.active & slot.other().mask()) == 0) return false;
  return true;
}

TEST(StreamLaws, secure_only_with_a_key_for_each_direction_and_sub_stream_and_entered_only_with_six_of_one_set) {
  for_every_permitted_step([](const Stream& before, const Letter&, const Option&, const Outcome<Stream>& outcome) {
    if (outcome.after.state != StreamState::SECURE) return;
    EXPECT_TRUE(one_key_for_each_direction_and_sub_stream(outcome.after));
    EXPECT_TRUE(outcome.after.enabled);
    if (before.state == StreamState::SECURE) return;
    EXPECT_TRUE((outcome.after.programmed & outcome.after.active & KEY_SET_K0) == KEY_SET_K0 ||
                (outcome.after.programmed & outcome.after.active & KEY_SET_K1) == KEY_SET_K1);
  });
}

TEST(StreamLaws, a_refusal_changes_nothing) {
  for_every_permitted_step(
      [](const Stream& before, const Letter&, const Option& option, const Outcome<Stream>& outcome) {
        if (!outcome.answer.is_refusal() || option.choice == Choice::spontaneous_error) return;
        EXPECT_EQ(outcome.after, before);
      });
}

TEST(StreamLaws, another_session_never_gets_a_key_in_while_the_owner_lives) {
  for_every_permitted_step(
      [](const Stream& before, const Letter& letter, const Option&, const Outcome<Stream>& outcome) {
        const bool foreign = before.owner < DEAD_OWNER && letter.session != before.owner;
        if (!foreign || letter.stimulus > Stimulus::UNKNOWN_OBJECT) return;
        EXPECT_FALSE(letter.stimulus == Stimulus::KEY_PROG && outcome.answer.kind == Answer::Kind::response);
        EXPECT_EQ(outcome.after, before);
      });
}

TEST(StreamLaws, consistent_stays_consistent) {
  for_every_permitted_step([](const Stream&, const Letter&, const Option&, const Outcome<Stream>& outcome) {
    EXPECT_TRUE(consistent(outcome.after)) << outcome.after;
  });
}

TEST(StreamLaws, only_events_are_without_an_answer_and_everything_cites_a_rule) {
  for_every_permitted_step(
      [](const Stream&, const Letter& letter, const Option& option, const Outcome<Stream>& outcome) {
        EXPECT_EQ(outcome.answer.kind == Answer::Kind::none, letter.stimulus >= FIRST_OUT_OF_BAND);
        EXPECT_TRUE(option.rule);
        EXPECT_TRUE(outcome.rule);
      });
}

TEST(StreamLaws, a_step_depends_on_its_arguments_alone) {
  for_every_permitted_step(
      [](const Stream& before, const Letter& letter, const Option& option, const Outcome<Stream>& outcome) {
        const Outcome<Stream> again = step(before, letter, option.choice);
        EXPECT_EQ(again.after, outcome.after);
        EXPECT_EQ(again.answer, outcome.answer);
        EXPECT_EQ(again.rule, outcome.rule);
      });
}

TEST(StreamLaws, exactly_one_row_or_refusal_answers_each_letter_in_each_state) {
  std::size_t walked = 0;
  for (const Stream& stream : reachable(120))
    for (const Letter& letter : all_letters()) {
      const Answering found = answering(stream, letter);
      EXPECT_EQ(found.rows + (found.refusal ? 1 : 0), 1U) << stream << " on " << letter;
      ++walked;
    }
  EXPECT_GT(walked, 10000U);
}

RC_GTEST_PROP(StreamWalk, secure_needs_a_full_set_of_keys_and_go_since_it_was_last_insecure, ()) {
  // A second book-keeping beside the machine's own: what was programmed and taken into use since the last erasure.
  const std::vector<Letter> letters = all_letters();
  Stream stream;
  std::set<unsigned> gone;  // slots with a served KEY_PROG and a served K_SET_GO after it
  std::set<unsigned> keyed;
  const int length = *rc::gen::inRange(1, 80);
  for (int i = 0; i < length; ++i) {
    Letter letter = letters[*rc::gen::inRange<std::size_t>(0, letters.size())];
    if (*rc::gen::inRange(0, 4) != 0) {  // mostly the way to Secure
      const std::size_t n = *rc::gen::inRange<std::size_t>(0, 6);
      const Stimulus next = keyed.size() < 6 ? Stimulus::KEY_PROG : Stimulus::K_SET_GO;
      letter = {.stimulus = next, .slot = slots(false)[n], .session = OURS};
    }
    const Options choices = options(stream, letter);
    const Option option =
        *rc::gen::inRange(0, 3) != 0 ? choices[0] : choices[*rc::gen::inRange<std::size_t>(0, choices.size())];
    const Outcome<Stream> outcome = step(stream, letter, option.choice);
    if (outcome.answer.kind == Answer::Kind::response && option.choice != Choice::no_effect) {
      if (letter.stimulus == Stimulus::KEY_PROG) keyed.insert(letter.slot.bit());
      if (letter.stimulus == Stimulus::K_SET_GO && keyed.contains(letter.slot.bit())) gone.insert(letter.slot.bit());
    }
    if (outcome.after.programmed == 0) {
      keyed.clear();
      gone.clear();
    }
    if (outcome.after.state == StreamState::SECURE) {
      for (Slot slot : slots(false)) RC_ASSERT(gone.contains(slot.bit()) || gone.contains(slot.other().bit()));
    }
    RC_ASSERT(consistent(outcome.after));
    stream = outcome.after;
  }
}

}  // namespace
}  // namespace lockstep::ide_km
