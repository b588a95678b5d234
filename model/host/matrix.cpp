#include "host/matrix.hpp"

namespace lockstep::host {
namespace {

Setting setting_of(Profile profile, Scenario scenario) {
  Setting setting;
  setting.profile = profile;
  setting.scenario = scenario;
  setting.policies = defaults(profile);
  return setting;
}

template <class A, class B>
constexpr std::pair<std::size_t, std::size_t> pair_of = {switch_index<A>, switch_index<B>};
/// The debates in which two switches meet.
constexpr std::pair<std::size_t, std::size_t> PAIRS[] = {
    pair_of<BindScope, ConsentBinding>, pair_of<StartAuthority, GateOrder>, pair_of<StopOrder, StopFailure>,
    pair_of<Relock, ConsentBinding>,    pair_of<ConnectWhen, SessionLimit>,
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
    for (std::size_t i = 0; i < SWITCHES; ++i) deviate(i);
    for (const auto& [one, other] : PAIRS) pair(one, other);
    matrix_.counts = checker_.total();
    return std::move(matrix_);
  }

 private:
  void add(std::string label, std::string section, const Setting& setting) {
    Row row{std::move(label), std::move(section), setting, {}};
    for (const Property* property : properties()) row.cells.push_back(&checker_.check(setting, *property));
    matrix_.rows.push_back(std::move(row));
  }

  Setting with(std::size_t which, Byte value) const {
    Setting setting = base_;
    setting.policies.values[which] = value;
    return setting;
  }

  void deviate(std::size_t which) {
    const Switch& debated = switches()[which];
    bool alive = false;
    for (Byte value = 0; value < debated.values.size(); ++value) {
      if (value == base_.policies.values[which]) continue;
      const Setting setting = with(which, value);
      add(label_of(which, value), std::to_string(debated.row) + " " + std::string(debated.debate), setting);
      alive = alive || changes_something(setting);
    }
    if (!alive)
      matrix_.dead.push_back({&debated, "no value of it changes a state that can be reached, from this baseline"});
  }

  bool changes_something(const Setting& setting) {
    for (const Property* property : properties()) {
      const Exploration& changed = checker_.explore(setting, *property);
      const Exploration& baseline = checker_.explore(base_, *property);
      if (changed.digest != baseline.digest || changed.counts.transitions != baseline.counts.transitions) return true;
    }
    return false;
  }

  void pair(std::size_t one, std::size_t other) {
    const std::string section = std::string(switches()[one].name) + " x " + std::string(switches()[other].name);
    for (Byte a = 0; a < switches()[one].values.size(); ++a)
      for (Byte b = 0; b < switches()[other].values.size(); ++b) {
        Setting setting = with(one, a);
        setting.policies.values[other] = b;
        add(label_of(one, a) + " " + label_of(other, b), section, setting);
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
