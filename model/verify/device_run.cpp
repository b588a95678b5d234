#include "verify/device_run.hpp"

#include "requirements/no_such.hpp"
#include "verify/device_properties.hpp"
#include "verify/device_trace.hpp"
#include "verify/liveness.hpp"

namespace lockstep::verify {
namespace {

using device::Letter;
using Error = Result<RunReport, std::string>;

/// A scope in which every property applies.
DeviceScope widest() { return {.shape = {.sessions = 2, .streams = 1, .tdis = 2}, .mutual_authentication = true}; }

bool is_live(const DeviceProperty& property) {
  return property.shape == Shape::eventually || property.shape == Shape::leads_to;
}

Result<std::vector<DeviceProperty>, std::string> chosen(const DeviceRun& run) {
  std::vector<DeviceProperty> all = device_properties(run.scope);
  if (run.properties.empty()) return all;
  std::vector<DeviceProperty> some;
  for (const std::string& name : run.properties) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const DeviceProperty& p) { return p.name == name; });
    if (at != all.end()) {
      some.push_back(*at);
      continue;
    }
    const auto known = device_property_names();
    std::vector<std::string_view> names;
    for (const auto& [other, statement] : known) names.push_back(other);
    if (std::find(names.begin(), names.end(), name) != names.end())
      return Unexpected{"the property " + name + " says nothing in this scope: " + describe(run.scope)};
    return Unexpected{no_such("property", name, names)};
  }
  return some;
}

std::string signature_of(const DeviceRun& run, const std::vector<DeviceProperty>& properties) {
  std::string text = "device: " + describe(run.scope);
  if (run.mutant != nullptr) text += "; mutant " + run.mutant->name;
  for (const DeviceProperty& property : properties) text += "; " + property.name;
  return text;
}

/// One device with all that is derived from its scope.
template <std::size_t Words>
class Exploration {
 public:
  Exploration(const DeviceRun& run, const std::vector<DeviceProperty>& properties, const DeviceTables& tables,
              const DeviceLayout& layout, const std::atomic<bool>& stop,
              const std::function<void(const Progress&)>& report)
      : run_(run),
        properties_(properties),
        tables_(tables),
        stop_(stop),
        report_(report),
        moves_(tables),
        renamings_(renamings(tables)),
        model_(tables, layout, moves_, renamings_),
        plain_(tables, layout, moves_, no_renamings_) {
    for (const DeviceProperty& property : properties_) wanted_.push_back(asked(tables_, property));
  }

  Error exact() {
    Explorer explorer(model_, wanted_, run_.limits);
    const std::string signature = signature_of(run_, properties_);
    if (!run_.resume.empty())
      if (const Saved resumed = explorer.resume(run_.resume, signature); !resumed) return Unexpected{resumed.error()};
    const End end = explorer.run(stop_, report_);
    if (end != End::complete && !run_.checkpoint.empty())
      if (const Saved saved = explorer.save(run_.checkpoint, signature); !saved) return Unexpected{saved.error()};
    return told(explorer, end);
  }

  Error compacted() {
    if (!run_.resume.empty() || !run_.checkpoint.empty())
      return Unexpected{std::string("hash compaction keeps no states that a checkpoint could hold")};
    Explorer<ThisModel, Compacted<State>> explorer(model_, wanted_, run_.limits, {run_.compact});
    return told(explorer, explorer.run(stop_, report_));
  }

 private:
  using ThisModel = DeviceModel<Words>;
  using State = Packed<Words>;

  template <class Explored>
  RunReport told(const Explored& explorer, End end) {
    RunReport result{run_.mutant == nullptr ? "device" : "device with the mutant " + run_.mutant->name,
                     describe(run_.scope),
                     explorer.counts(),
                     end,
                     {},
                     run_.compact,
                     explorer.omission()};
    for (std::size_t p = 0; p < properties_.size(); ++p) {
      const bool live = is_live(properties_[p]) && end == End::complete;
      const Judgement<State> judged = live ? live_judgement(wanted_[p]) : explorer.judgement(p);
      result.properties.push_back(
          report_of(wanted_[p], judged, [&](const Trace<State>& trace) { return device_text(model_, trace); }));
    }
    return result;
  }

  /// What becomes of one TDI can be followed only where it keeps its name, on all states.
  Judgement<State> live_judgement(const Property<device::Control>& property) {
    if (!unreduced_) unreduced_.emplace(plain_, std::vector<Property<device::Control>>{}, run_.limits);
    Judgement<State> judged;
    judged.why = "the graph without symmetry was not completed";
    if (unreduced_->run(stop_, report_) != End::complete) return judged;
    std::vector<Fairness<State>> fairness;
    for (const DeviceFairness& fair : device_fairness())
      fairness.push_back({fair.name, [this, fair](const State& before, Label label) {
                            return fair.steps(plain_.control(before), tables_.actions[action_of(label)].letter,
                                              choice_of(label));
                          }});
    judged = Liveness(plain_, *unreduced_, fairness).judge(property);
    if (judged.verdict == Verdict::holds) judged.why = "assumed: " + fairness.front().name;
    return judged;
  }

  const DeviceRun& run_;
  const std::vector<DeviceProperty>& properties_;
  const DeviceTables& tables_;
  const std::atomic<bool>& stop_;
  const std::function<void(const Progress&)>& report_;
  const DeviceMoves moves_;
  const std::vector<Renaming> renamings_, no_renamings_;
  const ThisModel model_, plain_;
  std::vector<Property<device::Control>> wanted_;
  std::optional<Explorer<ThisModel>> unreduced_;
};

template <std::size_t Words>
Error explore(const DeviceRun& run, const std::vector<DeviceProperty>& properties, const DeviceTables& tables,
              const DeviceLayout& layout, const std::atomic<bool>& stop,
              const std::function<void(const Progress&)>& report) {
  Exploration<Words> exploration(run, properties, tables, layout, stop, report);
  return run.compact == 0 ? exploration.exact() : exploration.compacted();
}

}  // namespace

Result<RunReport, std::string> run_device(const DeviceRun& run, const std::atomic<bool>& stop,
                                          const std::function<void(const Progress&)>& report) {
  const auto properties = chosen(run);
  if (!properties) return Unexpected{properties.error()};
  const DeviceTables tables(run.scope, run.mutant == nullptr ? DeviceRules() : run.mutant->rules);
  const DeviceLayout layout(tables);
  if (layout.bits <= 64) return explore<1>(run, *properties, tables, layout, stop, report);
  if (layout.bits <= 128) return explore<2>(run, *properties, tables, layout, stop, report);
  return Unexpected{"a state of this device takes more than 128 bits"};
}

std::vector<std::pair<std::string, std::string>> device_property_names() {
  std::vector<std::pair<std::string, std::string>> names;
  for (const DeviceProperty& property : device_properties(widest()))
    names.push_back({property.name, property.statement});
  return names;
}

}  // namespace lockstep::verify
