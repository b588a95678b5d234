#include "host/matrix.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace lockstep::host {
namespace {

Setting setting_of(Profile profile, Scenario scenario) {
  Setting setting;
  setting.profile = profile;
  setting.scenario = scenario;
  setting.policies = defaults(profile);
  return setting;
}

/// Two switches that meet in a debate. `given`: without it the second one has nothing to say in some baselines.
struct Pair {
  std::size_t one, other;
  std::optional<std::pair<std::size_t, Byte>> given = {};
};
template <class A, class B>
constexpr Pair pair_of = {switch_index<A>, switch_index<B>};
template <class E>
constexpr std::pair<std::size_t, Byte> given(E value) {
  return {switch_index<E>, static_cast<Byte>(value)};
}
constexpr Pair PAIRS[] = {
    pair_of<BindScope, ConsentBinding>,
    {switch_index<BindScope>, switch_index<ConsentBinding>, given(Accept::SPLIT)},
    pair_of<StartAuthority, GateOrder>,
    {switch_index<StartAuthority>, switch_index<GateOrder>, given(Accept::SPLIT)},
    pair_of<StopOrder, StopFailure>,
    pair_of<Relock, ConsentBinding>,
    pair_of<ConnectWhen, SessionLimit>,
    {switch_index<ConnectWhen>, switch_index<SessionLimit>, given(Sessions::SHARED)},
};

std::string label_of(std::size_t which, Byte value) {
  return std::string(switches()[which].name) + "=" + std::string(switches()[which].values[value]);
}

class Maker {
 public:
  Maker(Checker& checker, Profile profile) : checker_(checker), base_(setting_of(profile, Scenario::cvm)) {
    matrix_.profile = profile;
  }

  Matrix make() {
    add("profile " + std::string(name(base_.profile)), "profiles", base_);
    for (const Profile profile : profiles())
      if (profile != base_.profile)
        add("profile " + std::string(name(profile)), "profiles", setting_of(profile, Scenario::cvm));
    for (const Scenario scenario : scenarios())
      if (scenario != base_.scenario)
        add("scenario " + std::string(name(scenario)), "scenarios", setting_of(base_.profile, scenario));
    Setting native = setting_of(base_.profile, Scenario::native);  // no stack of today binds without a VM
    native.policies.set(BindNeedsVm::NO);
    add("scenario native BIND_NEEDS_VM=NO", "scenarios", native);
    for (const Scenario scenario : {Scenario::pkvm, Scenario::emulated})  // where emulated devices are debated
      for (Byte design = 0; design < switches()[switch_index<Virtio>].values.size(); ++design) {
        Setting setting = setting_of(base_.profile, scenario);
        setting.policies.values[switch_index<Virtio>] = design;
        add("scenario " + std::string(name(scenario)) + " " + label_of(switch_index<Virtio>, design), "scenarios",
            setting);
      }
    for (std::size_t i = 0; i < SWITCHES; ++i) deviate(i);
    for (const Pair& debated : PAIRS) pair(debated);
    matrix_.counts = checker_.total();
    return std::move(matrix_);
  }

 private:
  void add(std::string label, std::string section, const Setting& setting) {
    Row row{std::move(label), std::move(section), setting, {}};
    for (const Property* property : questions()) row.cells.push_back(&checker_.check(setting, *property));
    matrix_.rows.push_back(std::move(row));
  }

  Setting with(std::size_t which, Byte value) const {
    Setting setting = base_;
    setting.policies.values[which] = value;
    return setting;
  }

  void deviate(std::size_t which) {
    const Switch& debated = switches()[which];
    for (Byte value = 0; value < debated.values.size(); ++value)
      if (value != base_.policies.values[which])
        add(label_of(which, value), std::to_string(debated.row) + " " + std::string(debated.debate),
            with(which, value));
    if (is_alive(which, base_)) return tell_alike(which);
    const std::string where = enlivened_by(which);
    const std::string mark = is_marked(which) ? " but for the mark of who moved the TDI" : "";
    matrix_.dead.push_back(
        {&debated,
         "no value of it changes a state that can be reached" + mark + ", from this baseline; " +
             (where.empty() ? "nor with any other single deviation or scenario" : "with " + where + " one does")});
  }

  void tell_alike(std::size_t which) {
    const Switch& debated = switches()[which];
    for (Byte one = 0; one < debated.values.size(); ++one)
      for (Byte other = 0; other < one; ++other)
        if (!changes_something(with(which, one), with(which, other)))
          matrix_.alike.push_back({&debated, label_of(which, other) + " and " + label_of(which, one) +
                                                 " reach the same states from this baseline, with the same verdicts"});
  }

  /// Its values differ in who moves the TDI.
  bool is_marked(std::size_t which) {
    for (Byte value = 0; value < switches()[which].values.size(); ++value)
      for (const Property* property : questions())
        if (checker_.explore(with(which, value), *property).digest != checker_.explore(base_, *property).digest)
          return true;
    return false;
  }
  /// Some value of the switch changes what can be reached.
  bool is_alive(std::size_t which, const Setting& base) {
    Setting setting = base;
    for (Byte value = 0; value < switches()[which].values.size(); ++value) {
      setting.policies.values[which] = value;
      if (changes_something(setting, base)) return true;
    }
    return false;
  }
  /// The first other deviation with which it is alive; empty: none.
  std::string enlivened_by(std::size_t which) {
    for (std::size_t other = 0; other < SWITCHES; ++other)
      for (Byte value = 0; other != which && value < switches()[other].values.size(); ++value)
        if (is_alive(which, with(other, value))) return label_of(other, value);
    for (const Scenario scenario : scenarios())
      if (is_alive(which, setting_of(base_.profile, scenario))) return "scenario " + std::string(name(scenario));
    return {};
  }

  static bool same_verdicts(const Exploration& one, const Exploration& other) {
    return std::equal(one.cells.begin(), one.cells.end(), other.cells.begin(), other.cells.end(),
                      [](const Cell& a, const Cell& b) { return verdict_word(a) == verdict_word(b); });
  }

  /// Each part of the world is looked at once: by the first property of it that all actors take part in.
  bool changes_something(const Setting& setting, const Setting& base) {
    std::set<Scope> seen;
    for (const Property* property : questions()) {
      if (!property->assumes.empty() || property->moods != Mood::HOSTILE || property->two_runs) continue;
      if (!seen.insert(property->scope).second) continue;
      const Exploration& changed = checker_.explore(setting, *property);
      const Exploration& baseline = checker_.explore(base, *property);
      if (!changed.complete || !baseline.complete) return true;  // for all that is known
      if (changed.unmarked != baseline.unmarked || !same_verdicts(changed, baseline)) return true;
      if (changed.digest == baseline.digest && changed.counts.transitions != baseline.counts.transitions) return true;
    }
    return false;
  }

  void pair(const Pair& debated) {
    const auto& [one, other, given] = debated;
    if (given && base_.policies.values[given->first] == given->second) return;  // it is so anyway
    const std::string with_given = given ? " " + label_of(given->first, given->second) : "";
    const std::string section =
        std::string(switches()[one].name) + " x " + std::string(switches()[other].name) + with_given;
    for (Byte a = 0; a < switches()[one].values.size(); ++a)
      for (Byte b = 0; b < switches()[other].values.size(); ++b) {
        Setting setting = with(one, a);
        setting.policies.values[other] = b;
        if (given) setting.policies.values[given->first] = given->second;
        add(label_of(one, a) + " " + label_of(other, b) + with_given, section, setting);
      }
  }

  Checker& checker_;
  Setting base_;
  Matrix matrix_{};
};

}  // namespace

Matrix make_matrix(Checker& checker, Profile profile) { return Maker(checker, profile).make(); }

bool complete(const Matrix& matrix) {
  for (const Row& row : matrix.rows)
    for (const Cell* cell : row.cells)
      if (verdict_word(*cell) == "inconclusive") return false;
  return true;
}

}  // namespace lockstep::host
