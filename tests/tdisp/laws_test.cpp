// What must hold for every step and every walk of a TDI, whatever the device chooses.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "everything.hpp"

namespace lockstep::tdisp {
namespace {

bool in_band(const Letter& letter) { return letter.stimulus < FIRST_OUT_OF_BAND; }

/// Calls check(tdi, letter, option, outcome) for every permitted step from every consistent control value.
template <class Check>
void for_every_permitted_step(Check check) {
  for (const Tdi& tdi : all_controls()) {
    if (!consistent(tdi)) continue;
    for (const Letter& letter : all_letters())
      for (const Option& option : options(tdi, letter)) {
        check(tdi, letter, option, step(tdi, letter, option.choice));
        ASSERT_FALSE(testing::Test::HasFailure()) << tdi << " on " << letter << ": " << name(option.choice);
      }
  }
}

bool moves_by_itself(Choice choice) {
  return choice == Choice::spontaneous_error || choice == Choice::self_scrubbed || choice == Choice::forgets;
}

TEST(TdiLaws, a_refusal_changes_nothing) {
  for_every_permitted_step([](const Tdi& tdi, const Letter&, const Option& option, const Outcome<Tdi>& outcome) {
    if (outcome.answer.is_refusal() && !moves_by_itself(option.choice)) {
      EXPECT_EQ(outcome.after, tdi);
    }
  });
}

TEST(TdiLaws, a_device_that_forgets_loses_the_nonce_and_nothing_else) {
  for_every_permitted_step([](const Tdi& tdi, const Letter&, const Option& option, const Outcome<Tdi>& outcome) {
    if (option.choice != Choice::forgets) return;
    Tdi expected = tdi;
    expected.nonce = false;
    EXPECT_EQ(outcome.after, expected);
  });
}

TEST(TdiLaws, consistent_stays_consistent) {
  for_every_permitted_step([](const Tdi&, const Letter&, const Option&, const Outcome<Tdi>& outcome) {
    EXPECT_TRUE(consistent(outcome.after));
  });
}

TEST(TdiLaws, error_leads_to_error_or_config_unlocked_only) {
  for_every_permitted_step([](const Tdi& tdi, const Letter&, const Option&, const Outcome<Tdi>& outcome) {
    if (tdi.state != TdiState::ERROR) return;
    EXPECT_TRUE(outcome.after.state == TdiState::ERROR || outcome.after.state == TdiState::CONFIG_UNLOCKED);
  });
}

TEST(TdiLaws, run_is_entered_only_by_start_with_the_current_nonce) {
  for_every_permitted_step([](const Tdi& tdi, const Letter& letter, const Option&, const Outcome<Tdi>& outcome) {
    if (outcome.after.state != TdiState::RUN || tdi.state == TdiState::RUN) return;
    EXPECT_EQ(tdi.state, TdiState::CONFIG_LOCKED);
    EXPECT_TRUE(tdi.nonce);
    EXPECT_EQ(letter.stimulus, Stimulus::START_INTERFACE_REQUEST);
    // The nonce matches in all three: too_long says that nothing else is wrong.
    EXPECT_TRUE(letter.defect == Defect::none || letter.defect == Defect::too_long ||
                letter.defect == Defect::foreign_session);
  });
}

TEST(TdiLaws, config_locked_is_entered_only_by_lock) {
  for_every_permitted_step([](const Tdi& tdi, const Letter& letter, const Option&, const Outcome<Tdi>& outcome) {
    if (outcome.after.state != TdiState::CONFIG_LOCKED || tdi.state == TdiState::CONFIG_LOCKED) return;
    EXPECT_EQ(tdi.state, TdiState::CONFIG_UNLOCKED);
    EXPECT_EQ(letter.stimulus, Stimulus::LOCK_INTERFACE_REQUEST);
  });
}

TEST(TdiLaws, nonce_is_created_by_lock_alone) {
  for_every_permitted_step([](const Tdi& tdi, const Letter& letter, const Option&, const Outcome<Tdi>& outcome) {
    if (outcome.after.nonce && !tdi.nonce) {
      EXPECT_EQ(letter.stimulus, Stimulus::LOCK_INTERFACE_REQUEST);
    }
  });
}

TEST(TdiLaws, only_events_are_without_an_answer) {
  for_every_permitted_step([](const Tdi&, const Letter& letter, const Option&, const Outcome<Tdi>& outcome) {
    EXPECT_EQ(outcome.answer.kind == Answer::Kind::none, !in_band(letter));
  });
}

TEST(TdiLaws, every_outcome_and_every_option_cites_a_rule) {
  for_every_permitted_step([](const Tdi&, const Letter&, const Option& option, const Outcome<Tdi>& outcome) {
    EXPECT_TRUE(option.rule);
    EXPECT_TRUE(outcome.rule);
  });
}

TEST(TdiLaws, a_step_depends_on_its_arguments_alone) {
  for_every_permitted_step([](const Tdi& tdi, const Letter& letter, const Option& option, const Outcome<Tdi>& outcome) {
    step({}, {Stimulus::LOCK_INTERFACE_REQUEST});  // an unrelated step in between
    const Outcome<Tdi> again = step(tdi, letter, option.choice);
    EXPECT_EQ(again.after, outcome.after);
    EXPECT_EQ(again.answer, outcome.answer);
    EXPECT_EQ(again.rule, outcome.rule);
  });
}

RC_GTEST_PROP(TdiWalk, the_nonce_of_the_last_lock_opens_run_once, ()) {
  const auto letters = all_letters();
  Tdi tdi;
  bool lock_unused = false;  // a LOCK was served and its nonce neither used nor released
  const int length = *rc::gen::inRange(1, 60);
  for (int i = 0; i < length; ++i) {
    // Half of the steps are the ones that get somewhere.
    const Stimulus good[] = {Stimulus::LOCK_INTERFACE_REQUEST, Stimulus::START_INTERFACE_REQUEST};
    const Letter letter = *rc::gen::arbitrary<bool>() ? Letter{good[*rc::gen::inRange(0, 2)]}
                                                      : letters[*rc::gen::inRange<std::size_t>(0, letters.size())];
    const Options choices = options(tdi, letter);
    const Option option = choices[*rc::gen::inRange<std::size_t>(0, choices.size())];
    const Outcome<Tdi> outcome = step(tdi, letter, option.choice);
    const bool response = outcome.answer.kind == Answer::Kind::response;

    if (response && letter.stimulus == Stimulus::START_INTERFACE_REQUEST) {
      RC_ASSERT(lock_unused);
      lock_unused = false;
    }
    if (response && letter.stimulus == Stimulus::LOCK_INTERFACE_REQUEST) {
      RC_ASSERT(tdi.state == TdiState::CONFIG_UNLOCKED);
      lock_unused = true;
    }
    if (outcome.after.state == TdiState::CONFIG_UNLOCKED || outcome.after.state == TdiState::ERROR) lock_unused = false;
    if (tdi.state == TdiState::ERROR) RC_ASSERT(outcome.after.state != TdiState::RUN);
    RC_ASSERT(consistent(outcome.after));
    tdi = outcome.after;
  }
}

}  // namespace
}  // namespace lockstep::tdisp
