// The wrapper around Boost.MSM with a machine small enough to see through, and the names of choices and tags.
#include <gtest/gtest.h>

#include <set>

#include "machine/rows.hpp"

namespace lockstep::machine {
namespace {

enum class Push : Byte { OPEN, CLOSE, KNOCK, KICK };

struct Letter {
  bool key = false;
};
template <Push P>
using Pushed = On<P, Letter>;

struct SHUT : boost::msm::front::state<> {};
struct AJAR : boost::msm::front::state<> {};

struct HasKey {
  bool operator()(const auto& event, const auto&) const { return event.letter.key; }
};
struct Count {
  void operator()(const auto&, auto& machine) const { ++machine.count; }
};

struct Door : MachineDefinition<Door> {
  using initial_state = SHUT;
  int count = 0;
  using transition_table =
      boost::mp11::mp_list<Row<Cite<"TDISP-LOCK-001">, SHUT, Pushed<Push::OPEN>, AJAR, Count, HasKey>,
                           Row<Cite<"TDISP-LOCK-002">, AJAR, Pushed<Push::CLOSE>, SHUT>>;
  using internal_transition_table = boost::mp11::mp_list<Otherwise<Cite<"TDISP-LOCK-003">, Pushed<Push::KNOCK>, Count>>;
};
using DoorEngine = Engine<Door, Push, 4, boost::mp11::mp_list<SHUT, AJAR>>;

struct Result {
  bool taken;
  std::size_t state;
  int count;
  std::string_view rule;
};
Result run(std::size_t state, Push push, Letter letter = {}, int count = 0) {
  Result result{false, state, count, {}};
  result.taken = DoorEngine::run(
      result.state, push, letter, [&](Door& door) { door.count = count; },
      [&](const Door& door) {
        result.count = door.count;
        result.rule = door.rule.id();
      });
  return result;
}

TEST(Engine, a_row_moves_acts_and_leaves_its_rule) {
  const Result result = run(0, Push::OPEN, {.key = true}, 41);
  EXPECT_TRUE(result.taken);
  EXPECT_EQ(result.state, 1U);
  EXPECT_EQ(result.count, 42);
  EXPECT_EQ(result.rule, "TDISP-LOCK-001");
}

TEST(Engine, runs_from_the_state_it_is_given) {
  EXPECT_EQ(run(1, Push::CLOSE).state, 0U);
  EXPECT_FALSE(run(0, Push::CLOSE).taken);
}

TEST(Engine, a_guard_that_says_no_takes_nothing) {
  const Result result = run(0, Push::OPEN, {.key = false}, 7);
  EXPECT_FALSE(result.taken);
  EXPECT_EQ(result.state, 0U);
  EXPECT_EQ(result.count, 7);
}

TEST(Engine, an_event_without_a_row_takes_nothing) { EXPECT_FALSE(run(1, Push::KICK).taken); }

TEST(Engine, otherwise_serves_every_state_and_keeps_it) {
  for (std::size_t state : {0U, 1U}) {
    const Result result = run(state, Push::KNOCK);
    EXPECT_TRUE(result.taken);
    EXPECT_EQ(result.state, state);
    EXPECT_EQ(result.count, 1);
    EXPECT_EQ(result.rule, "TDISP-LOCK-003");
  }
}

TEST(Engine, counts_the_rows_whose_guards_say_yes) {
  EXPECT_EQ(DoorEngine::count(0, Push::OPEN, Letter{true}, {}), 1U);
  EXPECT_EQ(DoorEngine::count(0, Push::OPEN, Letter{false}, {}), 0U);
  EXPECT_EQ(DoorEngine::count(1, Push::OPEN, Letter{true}, {}), 0U);
  EXPECT_EQ(DoorEngine::count(1, Push::KNOCK, Letter{}, {}), 1U);
}

TEST(Engine, rows_as_text) {
  const auto rows = DoorEngine::texts();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].rule, "TDISP-LOCK-001");
  EXPECT_EQ(rows[0].from, "SHUT");
  EXPECT_EQ(rows[0].stimulus, "OPEN");
  EXPECT_EQ(rows[0].guard, "HasKey");
  EXPECT_EQ(rows[0].to, "AJAR");
  EXPECT_EQ(rows[0].action, "Count");
  EXPECT_EQ(rows[1].guard, "");
  EXPECT_EQ(rows[2].from, ANY_OTHER);
  EXPECT_EQ(rows[2].to, "");
}

TEST(Names, choices_and_tags) {
  EXPECT_EQ(name(Choice::as_specified), "as_specified");
  EXPECT_EQ(name(Choice::keeps_keys), "keeps_keys");
  EXPECT_EQ(name(Tag::unclear), "unclear");
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < CHOICES; ++i) names.insert(name(static_cast<Choice>(i)));
  EXPECT_EQ(names.size(), CHOICES);
  EXPECT_EQ(*names.begin(), "as_specified") << "a value beyond the last enumerator would print as a number";
}

TEST(Names, one_among_an_enumeration_with_gaps) {
  enum class Gap { FIRST = 3, LAST = 300 };
  EXPECT_EQ((name_among<Gap::FIRST, Gap::LAST>(Gap::LAST)), "LAST");
  EXPECT_EQ((name_among<Gap::FIRST>(Gap::LAST)), "");
}

TEST(Answers, any_code_covers_every_code_of_its_kind_and_protocol) {
  const Answer any = Answer::error(AnswerProtocol::TDISP, Answer::ANY);
  EXPECT_TRUE(any.covers(Answer::error(AnswerProtocol::TDISP, 4)));
  EXPECT_FALSE(any.covers(Answer::error(AnswerProtocol::SPDM, 4)));
  EXPECT_FALSE(any.covers(Answer::response(AnswerProtocol::TDISP, 4)));
  EXPECT_FALSE(any.covers(Answer::silent()));
  EXPECT_TRUE(Answer::silent().covers(Answer::silent()));
  EXPECT_FALSE(Answer::error(AnswerProtocol::TDISP, 4).covers(Answer::error(AnswerProtocol::TDISP, 5)));
}

}  // namespace
}  // namespace lockstep::machine
