// How a Boost.MSM transition table is written so that it can be checked line by line against the specification: every
// row carries its requirement, and what is not a row stands in the machine's refusal table.
#pragma once

#include <boost/mp11/list.hpp>
#include <boost/mp11/mpl.hpp>
#include <boost/msm/back/state_machine.hpp>
#include <boost/msm/front/functor_row.hpp>
#include <boost/msm/front/state_machine_def.hpp>

#include "machine/step.hpp"

namespace lockstep::machine {

using boost::msm::front::none;

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

}  // namespace lockstep::machine
