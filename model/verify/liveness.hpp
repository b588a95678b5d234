// eventually and leads-to on the stored graph: whether a fair run can stay for ever where it should not.
//
// A run that never comes to where `state` is true ends in a strongly connected part of the graph without such states,
// or stops in a state without steps. The part counts when a fair run can stay in it: for each weak fairness it has a
// state in which none of its steps is possible, or takes one of them; for each strong one it takes one, or none of them
// is possible anywhere in it (states that are in the way of this are left out, and the rest is looked at again).
#pragma once

#include <algorithm>

#include "verify/explorer.hpp"

namespace lockstep::verify {

template <Model M>
class Liveness {
 public:
  using State = typename M::State;

  /// The explorer must have visited every state, of a model whose canonical() changes nothing.
  Liveness(const M& model, const Explorer<M>& explorer, std::vector<Fairness<State>> fairness)
      : model_(model), explorer_(explorer), fairness_(std::move(fairness)) {
    const StateStore<State>& store = explorer.states();
    for (unsigned s = 0; s < SHARDS; ++s) first_[s + 1] = first_[s] + store.shard(s).size();
  }

  Judgement<State> judge(const Property<View<M>>& property) {
    Judgement<State> judged;
    avoid_ = [&](std::uint32_t n) { return !property.state(view_of(model_, state(n))); };
    const std::vector<std::uint32_t> sources = sources_of(property, judged);
    if (property.shape == Shape::leads_to && !judged.premise_reached) {
      judged.why = "the premise cannot be reached, so the property says nothing";
      return judged;
    }
    judged.verdict = Verdict::holds;
    spread(sources);
    stamps_.assign(size(), 0);
    trap_.clear();
    find_trap(order_);
    if (trap_.empty()) return judged;
    judged.verdict = Verdict::fails;
    judged.counterexample = trace_into_trap(property);
    return judged;
  }

 private:
  static constexpr std::uint32_t NOWHERE = 0xFFFFFFFF;

  // --- the graph, by dense numbers
  // -------------------------------------------------------------------------------------

  std::uint32_t size() const { return first_[SHARDS]; }
  std::uint32_t number(StateId id) const { return first_[shard_of_id(id)] + position_of_id(id); }
  StateId id(std::uint32_t n) const {
    const auto shard = static_cast<unsigned>(std::upper_bound(first_.begin(), first_.end(), n) - first_.begin() - 1);
    return state_id(shard, n - first_[shard]);
  }
  State state(std::uint32_t n) const { return explorer_.states()[id(n)]; }
  /// visit(label, number of the next state) for each step.
  template <class Visit>
  void steps(std::uint32_t n, Visit visit) const {
    const State here = state(n);
    model_.successors(here, [&](Label label, const State& next) {
      if (next == here) return visit(label, n);
      const StateId found = explorer_.states().find(next);
      LOCKSTEP_ASSERT(found != NO_STATE);
      visit(label, number(found));
    });
  }

  // --- where a run can avoid the goal
  // ----------------------------------------------------------------------------------

  std::vector<std::uint32_t> sources_of(const Property<View<M>>& property, Judgement<State>& judged) {
    std::vector<std::uint32_t> sources;
    if (property.shape == Shape::eventually) {
      const std::uint32_t start = number(explorer_.states().find(model_.initial()));
      if (avoid_(start)) sources.push_back(start);
      return sources;
    }
    for (std::uint32_t n = 0; n < size(); ++n) {
      const View<M> s = view_of(model_, state(n));
      if (!property.premise(s)) continue;
      if (!judged.premise_reached) judged.witness = explorer_.trace_to(id(n));
      judged.premise_reached = true;
      if (!property.state(s)) sources.push_back(n);
    }
    return sources;
  }

  /// Breadth first through states that avoid the goal.
  void spread(const std::vector<std::uint32_t>& sources) {
    parent_.assign(size(), NOWHERE);
    order_ = sources;
    for (const std::uint32_t n : sources) parent_[n] = n;
    for (std::size_t i = 0; i < order_.size(); ++i)
      steps(order_[i], [&](Label, std::uint32_t next) {
        if (parent_[next] != NOWHERE || !avoid_(next)) return;
        parent_[next] = order_[i];
        order_.push_back(next);
      });
  }

  // --- strongly connected parts
  // ----------------------------------------------------------------------------------------

  /// Looks among `states` for a part in which a fair run can stay, and leaves it in trap_.
  void find_trap(const std::vector<std::uint32_t>& states) {
    inside_.assign(size(), false);
    for (const std::uint32_t n : states) inside_[n] = true;
    for (const auto& part : parts_of(states)) {
      examine(part);
      if (!trap_.empty()) return;
    }
  }

  struct Found {
    bool disabled_somewhere = false, enabled_somewhere = false, taken = false;
  };

  void examine(const std::vector<std::uint32_t>& part) {
    ++stamp_;
    for (const std::uint32_t n : part) stamps_[n] = stamp_;
    std::vector<Found> found(fairness_.size());
    bool moves = false, stops = false;
    for (const std::uint32_t n : part) {
      const State here = state(n);
      std::vector<bool> enabled(fairness_.size());
      bool any = false;
      steps(n, [&](Label label, std::uint32_t next) {
        any = true;
        const bool inside = stamps_[next] == stamp_;
        moves = moves || inside;
        for (std::size_t f = 0; f < fairness_.size(); ++f) {
          if (!fairness_[f].steps(here, label)) continue;
          enabled[f] = true;
          found[f].taken = found[f].taken || inside;
        }
      });
      stops = stops || !any;
      for (std::size_t f = 0; f < fairness_.size(); ++f)
        (enabled[f] ? found[f].enabled_somewhere : found[f].disabled_somewhere) = true;
    }
    if (!moves && !stops) return;
    std::vector<std::size_t> in_the_way;
    for (std::size_t f = 0; f < fairness_.size(); ++f) {
      if (found[f].taken) continue;
      if (!fairness_[f].strong && !found[f].disabled_somewhere) return;
      if (fairness_[f].strong && found[f].enabled_somewhere) in_the_way.push_back(f);
    }
    if (in_the_way.empty()) {
      trap_ = part;
      return;
    }
    std::vector<std::uint32_t> rest;
    for (const std::uint32_t n : part) {
      bool stays = true;
      model_.successors(state(n), [&](Label label, const State&) {
        for (const std::size_t f : in_the_way) stays = stays && !fairness_[f].steps(state(n), label);
      });
      if (stays) rest.push_back(n);
    }
    const std::vector<bool> outer = inside_;
    find_trap(rest);
    inside_ = outer;
  }

  /// Tarjan's algorithm without recursion.
  std::vector<std::vector<std::uint32_t>> parts_of(const std::vector<std::uint32_t>& states) const {
    struct Frame {
      std::uint32_t n;
      std::vector<std::uint32_t> next;
    };
    std::vector<std::vector<std::uint32_t>> parts;
    std::vector<std::uint32_t> index(size(), NOWHERE), low(size()), stack;
    std::vector<bool> on_stack(size());
    std::uint32_t counter = 0;
    std::vector<Frame> frames;
    const auto enter = [&](std::uint32_t n) {
      index[n] = low[n] = counter++;
      stack.push_back(n);
      on_stack[n] = true;
      frames.push_back({n, {}});
      steps(n, [&](Label, std::uint32_t next) {
        if (inside_[next] && next != n) frames.back().next.push_back(next);
      });
    };
    for (const std::uint32_t start : states) {
      if (index[start] != NOWHERE) continue;
      enter(start);
      while (!frames.empty()) {
        const std::uint32_t n = frames.back().n;
        if (!frames.back().next.empty()) {
          const std::uint32_t next = frames.back().next.back();
          frames.back().next.pop_back();
          if (index[next] == NOWHERE)
            enter(next);
          else if (on_stack[next])
            low[n] = std::min(low[n], index[next]);
          continue;
        }
        frames.pop_back();
        if (!frames.empty()) low[frames.back().n] = std::min(low[frames.back().n], low[n]);
        if (low[n] != index[n]) continue;
        parts.emplace_back();
        std::uint32_t member = NOWHERE;
        do {
          member = stack.back();
          stack.pop_back();
          on_stack[member] = false;
          parts.back().push_back(member);
        } while (member != n);
      }
    }
    return parts;
  }

  // --- the run that stays
  // ----------------------------------------------------------------------------------------------

  /// To the premise, through states that avoid the goal into the trap, and around in it past all that makes it fair.
  Trace<State> trace_into_trap(const Property<View<M>>& property) const {
    std::vector<bool> mine(size());
    for (const std::uint32_t n : trap_) mine[n] = true;
    std::uint32_t entry = NOWHERE;
    for (const std::uint32_t n : order_)
      if (mine[n]) {
        entry = n;
        break;
      }
    std::vector<std::uint32_t> path;
    std::uint32_t at = entry;
    for (; parent_[at] != at; at = parent_[at]) path.push_back(at);
    Trace<State> trace =
        property.shape == Shape::leads_to ? explorer_.trace_to(id(at)) : Trace<State>{state(at), {}, {}};
    for (std::size_t i = path.size(); i-- > 0;) go(trace, path[i]);
    const std::size_t entered = trace.steps.size();
    for (const Fairness<State>& fairness : fairness_) visit_fairly(trace, mine, fairness);
    walk(trace, mine, [&](std::uint32_t, Label, std::uint32_t next) { return next == entry; });
    if (trace.steps.size() > entered) trace.loop = entered == 0 ? 0 : entered - 1;
    return trace;
  }

  std::uint32_t last(const Trace<State>& trace) const {
    const State state = trace.steps.empty() ? trace.start : trace.steps.back().after;
    return number(explorer_.states().find(state));
  }
  void go(Trace<State>& trace, std::uint32_t to) const {
    bool gone = false;
    steps(last(trace), [&](Label label, std::uint32_t next) {
      if (!gone && next == to) trace.steps.push_back({label, state(to)});
      gone = gone || next == to;
    });
  }
  void visit_fairly(Trace<State>& trace, const std::vector<bool>& mine, const Fairness<State>& fairness) const {
    const auto taken = [&](std::uint32_t n, Label label, std::uint32_t) { return fairness.steps(state(n), label); };
    if (walk(trace, mine, taken)) return;
    walk(trace, mine, [&](std::uint32_t, Label, std::uint32_t next) {
      bool possible = false;
      steps(next, [&](Label label, std::uint32_t) { possible = possible || fairness.steps(state(next), label); });
      return !possible;
    });
  }
  /// The shortest way inside the trap that ends with a step that `wanted` accepts.
  template <class Wanted>
  bool walk(Trace<State>& trace, const std::vector<bool>& mine, Wanted wanted) const {
    struct Way {
      std::uint32_t from;
      Label label;
    };
    std::vector<Way> way(size(), {NOWHERE, 0});
    std::vector<std::uint32_t> queue{last(trace)};
    const std::uint32_t start = queue.front();
    for (std::size_t i = 0; i < queue.size(); ++i) {
      const std::uint32_t n = queue[i];
      std::optional<Step<State>> end;
      steps(n, [&](Label label, std::uint32_t next) {
        if (!mine[next]) return;
        if (!end && wanted(n, label, next)) end = Step<State>{label, state(next)};
        if (way[next].from == NOWHERE && next != start) way[next] = {n, label}, queue.push_back(next);
      });
      if (!end) continue;
      std::vector<Step<State>> back{*end};
      for (std::uint32_t at = n; at != start; at = way[at].from) back.push_back({way[at].label, state(at)});
      trace.steps.insert(trace.steps.end(), back.rbegin(), back.rend());
      return true;
    }
    return false;
  }

  const M& model_;
  const Explorer<M>& explorer_;
  const std::vector<Fairness<State>> fairness_;
  std::array<std::uint32_t, SHARDS + 1> first_{};
  std::function<bool(std::uint32_t)> avoid_;
  std::vector<std::uint32_t> parent_, order_, trap_;
  std::vector<bool> inside_;
  std::vector<std::uint32_t> stamps_;  ///< which part a state was last seen in
  std::uint32_t stamp_ = 0;
};

}  // namespace lockstep::verify
