// No profile, scenario or value of a field is there for nothing.
#include <algorithm>
#include <map>
#include <set>

#include "grounds.hpp"

namespace lockstep::host {
namespace {

Setting baseline(Profile profile, Scenario scenario) {
  Setting made = setting(profile);
  made.scenario = scenario;
  return made;
}

/// What every property comes to, and in how many steps.
std::vector<std::string> verdicts(const Setting& asked) {
  static Checker checker;
  std::vector<std::string> all;
  for (const Property* property : questions()) {
    const Cell& cell = checker.check(asked, *property);
    all.push_back(std::string(verdict_word(cell)) +
                  (cell.counterexample ? std::to_string(cell.counterexample->lines.size()) : ""));
  }
  return all;
}

TEST(Profiles, no_two_are_the_same) {
  for (const Profile one : profiles())
    for (const Profile other : profiles())
      if (one < other) {
        EXPECT_NE(verdicts(baseline(one, Scenario::cvm)), verdicts(baseline(other, Scenario::cvm)))
            << name(one) << " and " << name(other);
      }
}

/// With a design of the emulated device in which a hypervisor below the host has a part.
TEST(Scenarios, no_two_are_the_same) {
  const auto snooping = [](Scenario scenario) {
    Setting made = setting(Profile::riscv, {"VIRTIO=SNOOP", "BIND_NEEDS_VM=NO"});
    made.scenario = scenario;
    return verdicts(made);
  };
  for (const Scenario one : scenarios())
    for (const Scenario other : scenarios())
      if (one < other) {
        EXPECT_NE(snooping(one), snooping(other)) << name(one) << " and " << name(other);
      }
}

/// "none, request, response": the values that a field may have. Fields with the same ones are of one kind.
std::string kind(std::size_t field) {
  std::string text;
  for (std::size_t value = 0; value < values_of_field(field); ++value)
    text += (value == 0 ? "" : ", ") + std::string(value_name(field, value));
  return text;
}

/// Every field has two values at least, and every value of a kind stands in some field of it: in a world of sound
/// actors or of broken ones.
TEST(Worlds, every_value_is_reached) {
  std::vector<std::set<Byte>> reached(field_count());
  const auto visit = [&](const Setting& part) {
    for (const World& world : worlds_of(part))
      for (std::size_t field = 0; field < field_count(); ++field) reached[field].insert(field_of(world, field));
  };
  for (const Setting& each : hunting_grounds())
    for (std::size_t scope = 0; scope < SCOPES; ++scope) {
      Setting part = each;
      part.scope = static_cast<Scope>(scope);
      visit(part);
    }
  for (const Property* property : properties()) {
    Setting broken = remedied(*property);
    for (const Flaw flaw : property->mutant) broken.break_(flaw);
    visit(setting_for(broken, *property));
  }
  Setting forging = setting(Profile::tdx).break_(Flaw::TVM_SKIPS_DIGESTS);
  forging.scope = Scope::EVIDENCE;
  visit(forging);
  const auto of_two_runs = [](std::size_t field) { return field_name(field) == "bit" || field_name(field) == "seen"; };
  std::map<std::string, std::set<Byte>> of_kind;
  for (std::size_t field = 0; field < field_count(); ++field) {
    if (of_two_runs(field)) continue;
    of_kind[kind(field)].insert(reached[field].begin(), reached[field].end());
    EXPECT_GT(reached[field].size(), 1U) << field_name(field);
  }
  for (const auto& [values, found] : of_kind)
    EXPECT_EQ(found.size(), static_cast<std::size_t>(std::count(values.begin(), values.end(), ',')) + 1) << values;
}

}  // namespace
}  // namespace lockstep::host
