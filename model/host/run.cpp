#include "host/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/html.hpp"
#include "host/rosetta.hpp"

namespace lockstep::host {
namespace {

std::string policies_text(const Setting& setting) {
  std::string text;
  const Policies usual = defaults(setting.profile);
  for (std::size_t i = 0; i < SWITCHES; ++i)
    if (setting.policies.values[i] != usual.values[i])
      text += fmt::format(" {}={}", switches()[i].name, switches()[i].values[setting.policies.values[i]]);
  return text;
}

std::string heading(const Run& run) {
  return fmt::format("profile {}, scenario {}{}", name(run.setting.profile), name(run.setting.scenario),
                     policies_text(run.setting));
}

std::string last_line(const Run& run) {
  return fmt::format("{} states, {} transitions, depth {}: {}", run.counts.states, run.counts.transitions,
                     run.counts.depth, verify::name(verdict(run)));
}

nlohmann::ordered_json json_of(const Story& story, Profile profile) {
  nlohmann::ordered_json lines = nlohmann::ordered_json::array();
  World before;
  for (const Line& line : story.lines) {
    lines.push_back({{"from", name(line.verb->actor)},
                     {"to", name(line.verb->to)},
                     {"verb", line.verb->name},
                     {"vendor", vendor_name(*line.verb, profile)},
                     {"changes", describe(line.after, before)}});
    before = line.after;
  }
  return lines;
}

}  // namespace

Run run(Checker& checker, const Setting& setting, std::span<const Property* const> asked) {
  Run done{setting, {}, {}};
  for (const Property* property : asked) done.cells.push_back(&checker.check(setting, *property));
  done.counts = checker.total();
  return done;
}

std::optional<verify::TraceText> first_counterexample(const Run& run) {
  for (const Cell* cell : run.cells)
    if (cell->counterexample) return chart(*cell->counterexample, run.setting.profile);
  return {};
}

verify::Verdict verdict(const Run& run) {
  const auto any = [&](std::string_view word) {
    return std::any_of(run.cells.begin(), run.cells.end(),
                       [&](const Cell* cell) { return verdict_word(*cell) == word; });
  };
  if (any("fails")) return verify::Verdict::fails;
  return any("inconclusive") || !any("holds") ? verify::Verdict::inconclusive : verify::Verdict::holds;
}

std::string effort(const verify::Counts& counts) {
  const double rate = counts.seconds > 0 ? static_cast<double>(counts.transitions) / counts.seconds : 0;
  return fmt::format("{:.2f} s, {:.0f} transitions/s, {:.1f} MiB in the largest exploration", counts.seconds, rate,
                     static_cast<double>(counts.bytes) / (1 << 20));
}

std::string as_text(const Run& run) {
  std::string text = heading(run) + "\n";
  for (const Cell* cell : run.cells) {
    text += fmt::format("{:<16} {:<12} {}\n", cell->property->id, verdict_word(*cell), cell->property->name);
    if (cell->counterexample) text += as_text(*cell->counterexample, run.setting.profile);
    if (!cell->counterexample && !cell->why.empty()) text += "  " + cell->why + "\n";
  }
  return text + last_line(run) + "\n";
}

std::string as_json(const Run& run) {
  nlohmann::ordered_json json;
  json["schema"] = "lockstep/host-verification-1";
  json["profile"] = name(run.setting.profile);
  json["scenario"] = name(run.setting.scenario);
  for (std::size_t i = 0; i < SWITCHES; ++i)
    json["policies"][std::string(switches()[i].name)] = switches()[i].values[run.setting.policies.values[i]];
  json["states"] = run.counts.states;
  json["transitions"] = run.counts.transitions;
  json["depth"] = run.counts.depth;
  json["seconds"] = run.counts.seconds;
  json["bytes"] = run.counts.bytes;
  json["verdict"] = verify::name(verdict(run));
  for (const Cell* cell : run.cells) {
    nlohmann::ordered_json one{{"id", cell->property->id},
                               {"name", cell->property->name},
                               {"statement", cell->property->text},
                               {"scope", name(cell->property->scope)},
                               {"verdict", verdict_word(*cell)}};
    if (!cell->why.empty()) one["why"] = cell->why;
    if (cell->counterexample) one["counterexample"] = json_of(*cell->counterexample, run.setting.profile);
    if (cell->witness) one["premise"] = json_of(*cell->witness, run.setting.profile);
    json["properties"].push_back(std::move(one));
  }
  return json.dump(2) + "\n";
}

std::string as_html(const Run& run) {
  std::string text = html_head("Trusted I/O: " + heading(run));
  for (const Cell* cell : run.cells) {
    const auto word = verdict_word(*cell);
    text += fmt::format("<h2 class=\"{0}\">{1} {2}: {0}</h2><p>{3}</p><p>{4}</p>\n", word, escaped(cell->property->id),
                        escaped(cell->property->name), escaped(cell->property->text), escaped(cell->why));
    if (cell->counterexample)
      text += "<pre>" + escaped(as_text(*cell->counterexample, run.setting.profile)) + "</pre>\n" +
              verify::as_svg(chart(*cell->counterexample, run.setting.profile)) + "\n";
    else if (cell->witness)
      text +=
          "<p>The premise is reached by:</p><pre>" + escaped(as_text(*cell->witness, run.setting.profile)) + "</pre>\n";
  }
  return text + "<p>" + escaped(last_line(run)) + "</p></body></html>\n";
}

}  // namespace lockstep::host
