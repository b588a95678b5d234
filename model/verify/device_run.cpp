#include "verify/device_run.hpp"

#include "requirements/catalogue.hpp"
#include "verify/device_properties.hpp"
#include "verify/liveness.hpp"

namespace lockstep::verify {
namespace {

using device::IdeKmLetter;
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
    return Unexpected{"no property is called " + name + "; did you mean " +
                      std::string(nearest(name, names, 1).front()) + "?"};
  }
  return some;
}

/// Whether the two letters are the same but for the sub-stream, whose names the tables do not keep apart.
bool same_but_sub_stream(const DeviceAction& a, const DeviceAction& b) {
  Letter left = a.letter, right = b.letter;
  auto* l = std::get_if<IdeKmLetter>(&left.body);
  auto* r = std::get_if<IdeKmLetter>(&right.body);
  if (l != nullptr && r != nullptr) l->letter.slot.sub_stream = r->letter.slot.sub_stream = 0;
  return left == right;
}

/// The trace as a real device makes it: every step is done by the rules, with the sub-stream that is meant.
template <std::size_t Words>
TraceText device_text(const DeviceModel<Words>& model, const Trace<Packed<Words>>& trace) {
  const DeviceTables& tables = model.tables();
  const device::Shape& shape = tables.scope.shape;
  device::Control control;
  TraceText text{device::describe(shape, control), {}, trace.loop};
  for (const auto& step : trace.steps) {
    const DeviceAction& wanted = tables.actions[action_of(step.label)];
    bool done = false;
    for (std::size_t a = 0; a < tables.actions.size() && !done; ++a) {
      if (!same_but_sub_stream(tables.actions[a], wanted)) continue;
      const auto outcome = apply(tables.rules(), tables.scope, control, tables.actions[a], choice_of(step.label));
      if (model.state(outcome.after) != step.after) continue;
      text.lines.push_back(
          {message_of(tables, control, label_of(a, choice_of(step.label))), device::describe(shape, outcome.after)});
      control = outcome.after;
      done = true;
    }
    LOCKSTEP_ASSERT(done);
  }
  return text;
}

std::string signature_of(const DeviceRun& run, const std::vector<DeviceProperty>& properties) {
  std::string text = "device: " + describe(run.scope);
  if (run.mutant != nullptr) text += "; mutant " + run.mutant->name;
  for (const DeviceProperty& property : properties) text += "; " + property.name;
  return text;
}

template <std::size_t Words>
Error explore(const DeviceRun& run, const std::vector<DeviceProperty>& properties, const DeviceTables& tables,
              const DeviceLayout& layout, const std::atomic<bool>& stop,
              const std::function<void(const Progress&)>& report) {
  using ThisModel = DeviceModel<Words>;
  using State = Packed<Words>;
  const DeviceMoves moves(tables);
  const std::vector<Renaming> all_renamings = renamings(tables), no_renamings;
  const ThisModel model(tables, layout, moves, all_renamings), plain(tables, layout, moves, no_renamings);

  std::vector<Property<State>> wanted;
  for (const DeviceProperty& property : properties) wanted.push_back(packed(model, property));
  Explorer explorer(model, wanted, run.limits);
  const std::string signature = signature_of(run, properties);
  if (!run.resume.empty())
    if (const Saved resumed = explorer.resume(run.resume, signature); !resumed) return Unexpected{resumed.error()};
  const End end = explorer.run(stop, report);
  if (end != End::complete && !run.checkpoint.empty())
    if (const Saved saved = explorer.save(run.checkpoint, signature); !saved) return Unexpected{saved.error()};

  RunReport result{run.mutant == nullptr ? "device" : "device with the mutant " + run.mutant->name,
                   describe(run.scope),
                   explorer.counts(),
                   end,
                   {}};
  const auto text = [&](const Trace<State>& trace) { return device_text(model, trace); };
  std::optional<Explorer<ThisModel>> unreduced;
  for (std::size_t p = 0; p < properties.size(); ++p) {
    Judgement<State> judged = explorer.judgement(p);
    if (is_live(properties[p]) && end == End::complete) {
      // What becomes of one TDI can be followed only where it keeps its name.
      if (!unreduced) unreduced.emplace(plain, std::vector<Property<State>>{}, run.limits);
      if (unreduced->run(stop, report) == End::complete) {
        std::vector<Fairness<State>> fairness;
        for (const DeviceFairness& fair : device_fairness())
          fairness.push_back({fair.name, [&tables, &plain, fair](const State& before, Label label) {
                                return fair.steps(plain.control(before), tables.actions[action_of(label)].letter,
                                                  choice_of(label));
                              }});
        judged = Liveness(plain, *unreduced, fairness).judge(wanted[p]);
        if (judged.verdict == Verdict::holds) judged.why = "assumed: " + fairness.front().name;
      } else {
        judged.verdict = Verdict::inconclusive;
        judged.why = "the graph without symmetry was not completed";
      }
    }
    result.properties.push_back(report_of(wanted[p], judged, text));
  }
  return result;
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
