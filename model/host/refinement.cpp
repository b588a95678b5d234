#include "host/refinement.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <deque>
#include <map>
#include <set>

namespace lockstep::host {
namespace {

using Worlds = std::set<State>;

/// With everything that unseen steps lead to.
Worlds closure(const Model& model, Worlds worlds, Observer see) {
  std::deque<State> open(worlds.begin(), worlds.end());
  for (; !open.empty(); open.pop_front()) {
    const World before = unpack(open.front());
    model.successors(open.front(), [&](verify::Label label, const State& next) {
      if (see(before, model.verb(label), unpack(next)).empty() && worlds.insert(next).second) open.push_back(next);
    });
  }
  return worlds;
}

Worlds after_seeing(const Model& model, const Worlds& worlds, const std::string& seen, Observer see) {
  Worlds after;
  for (const State& state : worlds)
    model.successors(state, [&](verify::Label label, const State& next) {
      if (see(unpack(state), model.verb(label), unpack(next)) == seen) after.insert(next);
    });
  return closure(model, std::move(after), see);
}

using Pair = std::pair<State, Worlds>;
struct Before {
  const Pair* pair;
  const Verb* verb;
};

Story run_to(const std::map<Pair, Before>& known, const Pair* at) {
  Story story;
  for (; known.at(*at).pair != nullptr; at = known.at(*at).pair)
    story.lines.insert(story.lines.begin(), {known.at(*at).verb, unpack(at->first)});
  return story;
}

}  // namespace

Refinement refines(const Model& concrete, const Model& abstract, Observer see) {
  std::map<Pair, Before> known;
  std::deque<const Pair*> open;
  const auto add = [&](Pair pair, Before before) {
    const auto [at, fresh] = known.emplace(std::move(pair), before);
    if (fresh) open.push_back(&at->first);
  };
  add({concrete.initial(), closure(abstract, {abstract.initial()}, see)}, {});
  for (; !open.empty(); open.pop_front()) {
    const Pair& here = *open.front();
    std::optional<Line> broken;
    concrete.successors(here.first, [&](verify::Label label, const State& next) {
      const Verb& verb = concrete.verb(label);
      const std::string seen = see(unpack(here.first), verb, unpack(next));
      Worlds matching = seen.empty() ? here.second : after_seeing(abstract, here.second, seen, see);
      if (matching.empty() && !broken) broken = Line{&verb, unpack(next)};
      if (!matching.empty()) add({next, std::move(matching)}, {&here, &verb});
    });
    if (!broken) continue;
    Story story = run_to(known, &here);
    story.lines.push_back(*broken);
    return {false, known.size(), std::move(story)};
  }
  return {true, known.size(), {}};
}

std::string accesses_seen(const World& before, const Verb& verb, const World& after) {
  if (verb.name == "reach_page")
    return std::string("device reaches ") + boost::describe::enum_to_string(before.cached_target, "");
  if (before.cpu_target != after.cpu_target)
    return std::string("page becomes ") + boost::describe::enum_to_string(after.cpu_target, "");
  return {};
}

}  // namespace lockstep::host
