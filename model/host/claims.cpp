#include "host/claims.hpp"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <set>

#include "host/refinement.hpp"

namespace lockstep::host {
namespace {

Claim verdict_is(std::string_view wanted, std::string_view id, Where where) {
  return [=](Checker& checker) -> Outcome {
    const auto property = find_property(id);
    LOCKSTEP_ASSERT(property);
    const auto found = verdict_word(checker.check(setting_of(where), **property));
    return {found == wanted, fmt::format("{} {}{}{}", id, wanted, text_of(where),
                                         found == wanted ? "" : fmt::format(": it is {}", found))};
  };
}

Setting part_of(const Where& where, Scope scope) {
  Setting setting = setting_of(where);
  setting.scope = scope;
  return setting;
}

/// Of tables with a spoilt row that takes no part, the claim is what it is of sound ones.
bool says_nothing_new(const Checker& checker, const Setting& setting) {
  return checker.mutant() != nullptr && checker.is_sound_in(setting);
}

/// The part of the world that the claim is about, explored.
struct Explored {
  Model model;
  verify::Explorer<Model> explorer;
  Explored(const Checker& checker, Setting setting, std::vector<verify::Property<State>> asked)
      : model([&] {
          setting.mutant = checker.mutant();
          return Model(setting);
        }()),
        explorer(model, std::move(asked), {}) {
    explorer.run();
  }
};

verify::Property<State> sometimes(OfWorld like, const Setting& setting) {
  return {.name = "reached",
          .statement = "",
          .rules = {},
          .shape = verify::Shape::sometimes,
          .state = [=](const State& state) { return like(unpack(state), setting); }};
}

Claim reach(bool wanted, std::string_view what, Scope scope, OfWorld like, Where where) {
  return [=](Checker& checker) -> Outcome {
    const Setting setting = part_of(where, scope);
    if (says_nothing_new(checker, setting)) return {true, {}};
    const Explored part(checker, setting, {sometimes(like, setting)});
    const bool found = part.explorer.judgement(0).verdict == verify::Verdict::holds;
    return {found == wanted, fmt::format("{} is {}reached{}", what, wanted ? "" : "not ", text_of(where))};
  };
}

}  // namespace

Setting setting_of(const Where& where) {
  Setting setting;
  setting.profile = where.profile;
  setting.scenario = where.scenario;
  setting.policies = defaults(where.profile);
  if (where.remedied) setting.policies.set(ConsentBinding::EPOCH);
  for (const std::string_view assignment : where.policies) {
    const auto changed = set(setting.policies, assignment);
    LOCKSTEP_ASSERT(changed);
    setting.policies = *changed;
  }
  for (const Flaw flaw : where.flaws) setting.break_(flaw);
  return setting;
}

std::string text_of(const Where& where) {
  std::string text = where.profile == Profile::riscv ? "" : fmt::format(" for {}", name(where.profile));
  if (where.scenario != Scenario::cvm) text += fmt::format(" in {}", name(where.scenario));
  for (const std::string_view policy : where.policies) text += fmt::format(" {}", policy);
  for (const Flaw flaw : where.flaws) text += fmt::format(" with {}", name(flaw));
  return text;
}

Claim holds(std::string_view property, Where where) { return verdict_is("holds", property, std::move(where)); }
Claim fails(std::string_view property, Where where) { return verdict_is("fails", property, std::move(where)); }

Claim each_breaks_its_own(std::vector<FlawOf> rows, std::string_view text) {
  return [=](Checker& checker) -> Outcome {
    bool exact = true;
    for (const FlawOf& broken : rows)
      for (const FlawOf& asked : rows) {
        const auto found =
            verdict_word(checker.check(setting_of({.flaws = {broken.flaw}}), **find_property(asked.property)));
        exact = exact && found == (broken.flaw == asked.flaw ? "fails" : "holds");
      }
    return {exact, std::string(text)};
  };
}

Claim reached(std::string_view what, Scope scope, OfWorld like, Where where) {
  return reach(true, what, scope, like, std::move(where));
}
Claim not_reached(std::string_view what, Scope scope, OfWorld like, Where where) {
  return reach(false, what, scope, like, std::move(where));
}

Claim always_a_way(std::string_view what, Scope scope, OfWorld like, Where where) {
  return [=](Checker& checker) -> Outcome {
    const Setting setting = part_of(where, scope);
    if (says_nothing_new(checker, setting)) return {true, {}};
    const Explored part(checker, setting, {});
    std::map<State, std::vector<State>> back;
    std::deque<State> open;
    std::set<State> good;
    std::size_t all = 0;
    for (unsigned s = 0; s < verify::SHARDS; ++s)
      for (std::uint32_t i = 0; i < part.explorer.states().shard(s).size(); ++i, ++all) {
        const State& state = part.explorer.states().shard(s).state(i);
        part.model.successors(state, [&](verify::Label, const State& next) { back[next].push_back(state); });
        if (like(unpack(state), setting) && good.insert(state).second) open.push_back(state);
      }
    for (; !open.empty(); open.pop_front())
      for (const State& before : back[open.front()])
        if (good.insert(before).second) open.push_back(before);
    return {good.size() == all && all > 1,
            fmt::format("from every one of {} worlds a way leads to {}{}", all, what, text_of(where))};
  };
}

// --- tables of translation -------------------------------------------------------------------------------------------

namespace {

Claim walk(bool alike, Where where) {
  return [=](Checker& checker) -> Outcome {
    Setting setting = part_of(where, Scope::TRANSLATION);
    setting.mutant = checker.mutant();
    const Model table(setting);
    const Model real(part_of({.policies = {"TRANSLATION=TSM_TABLE"}}, Scope::TRANSLATION));
    const Refinement found = refines(table, real, accesses_seen);
    std::string text =
        fmt::format("{} pairs of worlds: a device reaches {} the real table{}", found.pairs,
                    found.holds ? "no page that it could not with" : "a page that it could not with", text_of(where));
    if (!found.holds) text += ": " + in_short(found.broken_by, where.profile);
    return {found.holds == alike && found.pairs > 1, text};
  };
}

}  // namespace

Claim walks_like_the_real_table(Where where) { return walk(true, std::move(where)); }
Claim walks_unlike_the_real_table(Where where) { return walk(false, std::move(where)); }

// --- the helper's view -----------------------------------------------------------------------------------------------

namespace {

/// What a helper outside the TEE does and sees: calls of bind and unbind, and the traffic that it carries; with a call
/// of its own that leads to RUN, that one too.
bool of_helper(const Verb& verb, const Setting& setting) {
  if (setting.is(VfioRunUapi::YES) && verb.actor == Actor::VMM && verb.name == "start") return true;
  for (const std::string_view name : {"bind", "unbind", "answer", "refuse", "deliver", "deliver_refusal", "drop"})
    if (verb.name == name) return true;
  return false;
}
bool looks_alike(const World& a, const World& b) {
  const auto bound_as = [](View view) { return view == View::RUN ? View::LOCKED : view; };
  return bound_as(a.view) == bound_as(b.view) && a.owner == b.owner && a.talk == b.talk && a.wire == b.wire;
}

std::vector<State> after_verb(const Model& model, const State& state, std::string_view name) {
  std::vector<State> found;
  model.successors(state, [&](verify::Label label, const State& next) {
    if (model.verb(label).name == name) found.push_back(next);
  });
  return found;
}

/// The same world once START has been done.
std::optional<State> started(const Model& model, State state) {
  for (const std::string_view name : {"start", "answer", "deliver"}) {
    const auto next = after_verb(model, state, name);
    if (next.empty()) return {};
    state = next.front();
  }
  return state;
}

using Pair = std::pair<State, State>;

/// Every action of the helper is possible in both or in neither, and leads to worlds that look alike.
bool bisimilar(const Model& model, const Pair& pair, std::set<Pair>& known) {
  if (!known.insert(pair).second) return true;
  if (!looks_alike(unpack(pair.first), unpack(pair.second))) return false;
  std::map<verify::Label, State> left, right;
  model.successors(pair.first, [&](verify::Label l, const State& next) {
    if (of_helper(model.verb(l), model.setting())) left.emplace(l, next);
  });
  model.successors(pair.second, [&](verify::Label l, const State& next) {
    if (of_helper(model.verb(l), model.setting())) right.emplace(l, next);
  });
  if (left.size() != right.size()) return false;
  for (const auto& [label, next] : left) {
    const auto other = right.find(label);
    if (other == right.end() || !bisimilar(model, {next, other->second}, known)) return false;
  }
  return true;
}

Claim compare_for_helper(bool alike_wanted, Where where) {
  return [=](Checker& checker) -> Outcome {
    const Setting setting = part_of(where, Scope::ACCESS);
    if (says_nothing_new(checker, setting)) return {true, {}};
    const Explored part(checker, setting, {});
    std::set<Pair> known;
    std::size_t pairs = 0;
    bool alike = true;
    for (unsigned s = 0; s < verify::SHARDS && alike; ++s)
      for (std::uint32_t i = 0; i < part.explorer.states().shard(s).size() && alike; ++i) {
        const State& state = part.explorer.states().shard(s).state(i);
        const World world = unpack(state);
        if (world.view != View::LOCKED || world.talk != Talk::none || world.tdi != TdiState::CONFIG_LOCKED) continue;
        const auto running = started(part.model, state);
        if (!running || unpack(*running).view != View::RUN) continue;
        ++pairs;
        alike = bisimilar(part.model, {state, *running}, known);
      }
    return {alike == alike_wanted && pairs > 0,
            alike ? fmt::format("{} pairs of worlds in CONFIG_LOCKED and RUN look alike to a helper{}", pairs,
                                text_of(where))
                  : fmt::format("a helper can tell CONFIG_LOCKED from RUN{}", text_of(where))};
  };
}

}  // namespace

Claim helper_sees_no_difference(Where where) { return compare_for_helper(true, std::move(where)); }
Claim helper_sees_a_difference(Where where) { return compare_for_helper(false, std::move(where)); }

}  // namespace lockstep::host
