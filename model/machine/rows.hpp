// How a Boost.MSM transition table is written so that it can be checked line by line against the specification: every
// row carries its requirement, and what is not a row stands in the machine's refusal table.
#pragma once

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <boost/mp11/mpl.hpp>
#include <boost/msm/back/state_machine.hpp>
#include <boost/msm/front/functor_row.hpp>
#include <boost/msm/front/state_machine_def.hpp>

#include "machine/names.hpp"
#include "machine/step.hpp"
#include "machine/tables.hpp"

namespace lockstep::machine {

using boost::msm::front::none;

/// A citation as a type with a short mangled name: a table's type is part of the name of thousands of functions, and
/// with the id spelled out in it a compiler takes gigabytes.
template <std::size_t Index>
struct Clause {
  static constexpr Rule rule = *Rule::find(lockstep::detail::rule_ids[Index]);
};
template <fixed_string Id>
using Cite = Clause<Req<Id>::rule.index()>;

/// Runs `Action` and leaves the row's requirement in the machine's `rule` member. `Action` is none or a functor over
/// (event, machine context).
template <class Clause, class Action>
struct Cited {
  template <class Event, class Machine, class Source, class Target>
  void operator()(const Event& event, Machine& machine, Source&, Target&) {
    machine.rule = Clause::rule;
    if constexpr (!std::is_same_v<Action, none>) Action{}(event, machine);
  }
};

/// A guard over (event, machine context) in the shape MSM calls.
template <class Predicate>
struct If {
  template <class Event, class Machine, class Source, class Target>
  bool operator()(const Event& event, Machine& machine, Source&, Target&) {
    return Predicate{}(event, machine);
  }
};

template <class Predicate>
struct GuardOf {
  using type = If<Predicate>;
};
template <>
struct GuardOf<none> {
  using type = none;
};

/// One rule, one row: clause, from, event, to, do, if. To = none: the state stays.
template <class Clause, class From, class Event, class To, class Do = none, class Guard = none>
struct Row : boost::msm::front::Row<From, Event, To, Cited<Clause, Do>, typename GuardOf<Guard>::type> {
  using clause = Clause;
  using from = From;
  using event = Event;
  using to = To;
  using action = Do;
  using guard = Guard;
};

/// The row of every state that has no row of its own for this event; the state stays. Such rows stand in the machine's
/// `internal_transition_table`.
template <class Clause, class Event, class Do = none, class Guard = none>
struct Otherwise : boost::msm::front::Internal<Event, Cited<Clause, Do>, typename GuardOf<Guard>::type> {
  using clause = Clause;
  using from = none;
  using event = Event;
  using to = none;
  using action = Do;
  using guard = Guard;
};

/// An event: a letter whose stimulus is known to the compiler. The tables use aliases in the specification's capitals.
template <auto Stimulus, class Letter>
struct On {
  static constexpr auto stimulus = Stimulus;
  const Letter& letter;
};

/// What every machine is made of: no queue, no exceptions, and an event without a row leaves `rule` empty. (MSM calls
/// no_transition when there is no row and nothing at all when a guard says no; an empty rule covers both.)
template <class Machine>
struct MachineDefinition : boost::msm::front::state_machine_def<Machine> {
  using no_message_queue = int;
  using no_exception_thrown = int;
  template <class Back, class Event>
  void no_transition(const Event&, Back&, int) {}
  Rule rule;
};

/// Runs the machine `Front` from any state, one event at a time. `States` lists its states in the order of the
/// enumeration that stands for them outside. Nothing is kept from one run to the next.
template <class Front, class Stimulus, std::size_t Stimuli, class States>
class Engine {
  using Back = boost::msm::back::state_machine<Front>;

 public:
  using StateRows = typename Front::transition_table;
  using OtherRows = typename Front::internal_transition_table;

  /// Runs one event. `state`: position in States, in and out. `prepare` fills the context, `collect` reads it.
  /// False: no row took the event.
  template <class Letter, class Prepare, class Collect>
  static bool run(std::size_t& state, Stimulus stimulus, const Letter& letter, Prepare prepare, Collect collect) {
    Back back;
    prepare(static_cast<Front&>(back));
    // MSM has no set-state; the state is an int that current_state() shows (Boost 1.81).
    *const_cast<int*>(back.current_state()) = ids()[state];
    takers<Letter>(std::make_index_sequence<Stimuli>())[static_cast<std::size_t>(stimulus)](back, letter);
    const bool taken = static_cast<bool>(back.rule);
    if (taken) {
      state = position_of(*back.current_state());
      collect(static_cast<const Front&>(back));
    }
    return taken;
  }

  /// How many rows take the letter; rows of a state go before the rows of all other states, as MSM does it.
  template <class Letter>
  static std::size_t count(std::size_t state, Stimulus stimulus, const Letter& letter, Front context) {
    const std::size_t own = enabled<StateRows>(state, stimulus, letter, context);
    return own != 0 ? own : enabled<OtherRows>(state, stimulus, letter, context);
  }

  static std::vector<RowText> texts() {
    std::vector<RowText> all;
    append<StateRows>(all);
    append<OtherRows>(all);
    return all;
  }

 private:
  template <class List>
  using Identities = boost::mp11::mp_transform<boost::mp11::mp_identity, List>;

  static const auto& ids() {
    static const auto all = []<class... S>(boost::mp11::mp_list<S...>) {
      return std::array<int, sizeof...(S)>{boost::msm::back::get_state_id<typename Back::stt, S>::value...};
    }(States());
    return all;
  }
  static std::size_t position_of(int id) {
    std::size_t position = 0;
    while (ids()[position] != id) ++position;
    return position;
  }

  template <class Letter, std::size_t... I>
  static const auto& takers(std::index_sequence<I...>) {
    using Take = void (*)(Back&, const Letter&);
    static constexpr std::array<Take, sizeof...(I)> all{[](Back& back, const Letter& letter) {
      using Event = On<static_cast<Stimulus>(I), Letter>;
      if constexpr (has_row<Event>) back.process_event(Event{letter});
    }...};
    return all;
  }
  /// MSM compiles a dispatch table for each event: none for those that no row knows.
  template <class Event, class Rows = boost::mp11::mp_append<StateRows, OtherRows>>
  static constexpr bool has_row = []<class... R>(boost::mp11::mp_list<boost::mp11::mp_identity<R>...>) {
    return (std::is_same_v<typename R::event, Event> || ...);
  }(Identities<Rows>());

  template <class Rows, class Letter>
  static std::size_t enabled(std::size_t state, Stimulus stimulus, const Letter& letter, Front& context) {
    std::size_t count = 0;
    boost::mp11::mp_for_each<Identities<Rows>>([&]<class R>(boost::mp11::mp_identity<R>) {
      if (R::event::stimulus != stimulus) return;
      if constexpr (!std::is_same_v<typename R::from, none>)
        if (state != boost::mp11::mp_find<States, typename R::from>::value) return;
      if constexpr (!std::is_same_v<typename R::guard, none>)
        if (!typename R::guard{}(typename R::event{letter}, context)) return;
      ++count;
    });
    return count;
  }

  template <class T>
  static constexpr std::string_view text_of() {
    if constexpr (std::is_same_v<T, none>)
      return {};
    else
      return type_name<T>();
  }
  template <class Rows>
  static void append(std::vector<RowText>& all) {
    boost::mp11::mp_for_each<Identities<Rows>>([&]<class R>(boost::mp11::mp_identity<R>) {
      constexpr bool other = std::is_same_v<typename R::from, none>;
      all.push_back({.rule = R::clause::rule.id(),
                     .from = other ? ANY_OTHER : text_of<typename R::from>(),
                     .stimulus = detail::value_name<R::event::stimulus>(),
                     .guard = text_of<typename R::guard>(),
                     .to = text_of<typename R::to>(),
                     .action = text_of<typename R::action>()});
    });
  }
};

}  // namespace lockstep::machine
