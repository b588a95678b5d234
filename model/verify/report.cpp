#include "verify/report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "machine/names.hpp"
#include "requirements/catalogue.hpp"

namespace lockstep::verify {
namespace {

using Json = nlohmann::ordered_json;

std::string rules_of(const PropertyReport& property) {
  std::string text;
  for (const Rule rule : property.rules) text.append(text.empty() ? "" : ", ").append(rule.id());
  return text;
}

std::string size_of(std::uint64_t bytes) {
  return bytes < (std::uint64_t{1} << 20) ? fmt::format("{} KiB", bytes >> 10) : fmt::format("{} MiB", bytes >> 20);
}

std::string measures_of(const RunReport& run) {
  const double seconds = std::max(run.counts.seconds, 1e-9);
  return fmt::format(
      "{:.2f} s, {:.0f} states/s, {} ({:.1f} bytes/state); {} transitions change the state", seconds,
      static_cast<double>(run.counts.states) / seconds, size_of(run.counts.bytes),
      static_cast<double>(run.counts.bytes) / static_cast<double>(std::max<std::uint64_t>(run.counts.states, 1)),
      run.counts.changes);
}

std::string last_line(const RunReport& run) {
  return fmt::format("{} states, {} transitions, depth {}: {}{}", run.counts.states, run.counts.transitions,
                     run.counts.depth, name(verdict(run)),
                     run.compacted == 0 ? "" : fmt::format(" with omission probability {:.2g}", run.omission));
}

std::string compaction_of(const RunReport& run) {
  return run.compacted == 0
             ? std::string()
             : fmt::format("Hash compaction, {} bits: states may have been left out, with probability {:.2g}.\n",
                           run.compacted, run.omission);
}

Json json_of(const TraceText& trace) {
  Json steps = Json::array();
  for (const TraceLine& line : trace.lines) {
    Json step{{"from", line.message.from}, {"to", line.message.to}, {"message", line.message.text}};
    if (!line.message.answer.empty()) step["answer"] = line.message.answer;
    step["state"] = line.state;
    for (const TraceAction& action : line.actions) step["actions"].push_back(action.action);
    steps.push_back(step);
  }
  Json json{{"start", trace.start}, {"steps", steps}};
  if (trace.loop) json["loop"] = *trace.loop;
  return json;
}

/// Mermaid ends a message at a semicolon and knows entities.
std::string for_mermaid(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == ';')
      safe += "#59;";
    else if (c == '#')
      safe += "#35;";
    else
      safe += c;
  }
  return safe;
}

/// In the order in which they come in.
std::vector<std::string> actors_of(const TraceText& trace) {
  std::vector<std::string> actors;
  const auto add = [&](const std::string& actor) {
    if (std::find(actors.begin(), actors.end(), actor) == actors.end()) actors.push_back(actor);
  };
  for (const TraceLine& line : trace.lines) add(line.message.from), add(line.message.to);
  return actors;
}

constexpr std::string_view STYLE =
    "body{font:15px sans-serif;margin:2em;max-width:80em}table{border-collapse:collapse}"
    "td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}"
    ".holds{color:#060}.fails{color:#b00;font-weight:bold}.inconclusive{color:#850}"
    "svg{font:13px sans-serif;max-width:100%}";

std::string html_of(const PropertyReport& property) {
  std::string html =
      fmt::format("<tr><td><code>{}</code><br>{}</td><td>{}</td><td>{}</td><td class=\"{}\">{}</td><td>{}",
                  escaped(property.name), escaped(property.statement), name(property.shape), rules_of(property),
                  name(property.verdict), name(property.verdict), escaped(property.why));
  const auto chart = [&](const char* what, const std::optional<TraceText>& trace) {
    if (trace)
      html += fmt::format("<details{}><summary>{} of {} steps</summary>{}</details>",
                          property.counterexample && property.verdict == Verdict::fails ? " open" : "", what,
                          trace->lines.size(), as_svg(*trace));
  };
  chart("counterexample", property.counterexample);
  chart("witness", property.witness);
  return html + "</td></tr>\n";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else
      safe += c;
  }
  return safe;
}

std::string_view name(Shape shape) { return machine::enumerator_name<6>(shape); }

Verdict verdict(const RunReport& run) {
  bool certain = run.end == End::complete;
  for (const PropertyReport& property : run.properties) {
    if (property.verdict == Verdict::fails) return Verdict::fails;
    certain = certain && property.verdict == Verdict::holds;
  }
  return certain ? Verdict::holds : Verdict::inconclusive;
}

std::string as_text(const TraceText& trace) {
  std::string text = "      " + trace.start + "\n";
  for (std::size_t i = 0; i < trace.lines.size(); ++i) {
    const auto& [message, state, actions] = trace.lines[i];
    const std::string actors = message.from == message.to ? message.to : message.from + " -> " + message.to;
    text += fmt::format("  {:2}. {}: {}{}\n      {}\n", i + 1, actors, message.text,
                        message.answer.empty() ? "" : "  =>  " + message.answer, state);
    if (trace.loop == i) text += "      -- from here on again and again:\n";
  }
  return text;
}

std::string as_replay(const TraceText& trace, std::string_view name) {
  std::string text = Json{{"schema", "lockstep/trace-1"}, {"property", name}}.dump() + "\n";
  for (const TraceLine& line : trace.lines)
    for (const TraceAction& each : line.actions) {
      Json json{{"action", each.action}};
      if (!each.answer.empty()) json["answer"] = each.answer;
      text += json.dump() + "\n";
    }
  return text;
}

std::string as_text(const RunReport& run) {
  std::string text = "verify " + run.model + ": " + run.scope + "\n\n";
  for (const PropertyReport& property : run.properties) {
    text += fmt::format("{:<13} {}: {} [{}]\n", name(property.verdict), property.name, property.statement,
                        rules_of(property));
    if (!property.why.empty()) text += "              " + property.why + "\n";
    if (property.verdict == Verdict::fails && property.counterexample)
      text += fmt::format("  shortest counterexample, {} steps:\n", property.counterexample->lines.size()) +
              as_text(*property.counterexample);
  }
  if (run.end != End::complete) text += "\nNot every state was visited: " + std::string(text_of(run.end)) + ".\n";
  return text + "\n" + compaction_of(run) + measures_of(run) + "\n" + last_line(run) + "\n";
}

std::string as_json(const RunReport& run) {
  Json properties = Json::array();
  for (const PropertyReport& property : run.properties) {
    Json json{{"name", property.name}, {"statement", property.statement}, {"shape", name(property.shape)}};
    for (const Rule rule : property.rules) json["rules"].push_back(rule.id());
    json["verdict"] = name(property.verdict);
    if (!property.why.empty()) json["why"] = property.why;
    if (property.counterexample) json["counterexample"] = json_of(*property.counterexample);
    if (property.witness) json["witness"] = json_of(*property.witness);
    properties.push_back(json);
  }
  Json json{{"model", run.model},
            {"scope", run.scope},
            {"states", run.counts.states},
            {"transitions", run.counts.transitions},
            {"changes", run.counts.changes},
            {"depth", run.counts.depth},
            {"seconds", run.counts.seconds},
            {"bytes", run.counts.bytes},
            {"complete", run.end == End::complete},
            {"end", text_of(run.end)},
            {"verdict", name(verdict(run))},
            {"properties", properties}};
  if (run.compacted != 0) json["omission_probability"] = run.omission;
  return json.dump(2) + "\n";
}

std::string as_html(const RunReport& run) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>lockstep verify "
      "{0}</title><style>{1}</style></head>"
      "<body>\n<h1>lockstep verify {0}</h1>\n<p>{2}</p>\n<p class=\"{3}\">{4}</p>\n<p>{5}; {6}</p>\n"
      "<table><tr><th>Property</th><th>Shape</th><th>Rules</th><th>Verdict</th><th>Trace</th></tr>\n",
      escaped(run.model), STYLE, escaped(run.scope), name(verdict(run)), last_line(run), text_of(run.end),
      measures_of(run));
  for (const PropertyReport& property : run.properties) html += html_of(property);
  return html + "</table>\n</body></html>\n";
}

std::string as_mermaid(const TraceText& trace) {
  std::string text = "sequenceDiagram\n";
  const auto actors = actors_of(trace);
  for (const std::string& actor : actors) text += "  participant " + actor + "\n";
  if (!actors.empty()) text += fmt::format("  note over {}: {}\n", actors.back(), for_mermaid(trace.start));
  for (std::size_t i = 0; i < trace.lines.size(); ++i) {
    const auto& [message, state, actions] = trace.lines[i];
    text += fmt::format("  {}->>{}: {}\n", message.from, message.to, for_mermaid(message.text));
    if (!message.answer.empty())
      text += fmt::format("  {}-->>{}: {}\n", message.to, message.from, for_mermaid(message.answer));
    text += fmt::format("  note over {}: {}\n", message.to, for_mermaid(state));
    if (trace.loop == i) text += fmt::format("  note over {}: from here on again and again\n", message.to);
  }
  return text;
}

std::string as_svg(const TraceText& trace) {
  constexpr int COLUMN = 420, MARGIN = 90, ROW = 22, CHARACTER = 7;
  const auto actors = actors_of(trace);
  const auto x_of = [&](const std::string& actor) {
    return MARGIN + COLUMN * static_cast<int>(std::find(actors.begin(), actors.end(), actor) - actors.begin());
  };
  std::string body;
  int y = 50;
  std::size_t widest = trace.start.size();
  const int notes = MARGIN + COLUMN * static_cast<int>(std::max<std::size_t>(actors.size(), 1) - 1) + 30;
  const auto note = [&](const std::string& text, const char* colour) {
    widest = std::max(widest, text.size());
    body += fmt::format("<text x=\"{}\" y=\"{}\" fill=\"{}\">{}</text>\n", notes, y, colour, escaped(text));
    y += ROW;
  };
  const auto arrow = [&](const std::string& from, const std::string& to, const std::string& text, bool answer) {
    const int a = x_of(from), b = x_of(to);
    body += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", a == b ? a - 8 : (a + b) / 2, y - 5,
                        a == b ? "end" : "middle", escaped(text));
    if (a != b)
      body +=
          fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"#333\"{} marker-end=\"url(#head)\"/>\n",
                      a, y, b, y, answer ? " stroke-dasharray=\"5 4\"" : "");
    else
      body += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"#b60\"/>\n", a, y - 9);
    y += ROW;
  };
  note(trace.start, "#666");
  for (std::size_t i = 0; i < trace.lines.size(); ++i) {
    const auto& [message, state, actions] = trace.lines[i];
    arrow(message.from, message.to, fmt::format("{}. {}", i + 1, message.text), false);
    if (!message.answer.empty()) arrow(message.to, message.from, message.answer, true);
    note(state, "#666");
    if (trace.loop == i) note("from here on again and again", "#b00");
  }
  std::string lines;
  for (const std::string& actor : actors)
    lines += fmt::format(
        "<text x=\"{0}\" y=\"20\" text-anchor=\"middle\" font-weight=\"bold\">{1}</text>"
        "<line x1=\"{0}\" y1=\"28\" x2=\"{0}\" y2=\"{2}\" stroke=\"#999\"/>\n",
        x_of(actor), escaped(actor), y);
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" width=\"{}\">"
             "<defs><marker id=\"head\" markerWidth=\"9\" markerHeight=\"8\" refX=\"8\" refY=\"4\" orient=\"auto\">"
             "<path d=\"M0,0 L9,4 L0,8 z\" fill=\"#333\"/></marker></defs>\n",
             notes + static_cast<int>(widest) * CHARACTER, y + 10, notes + static_cast<int>(widest) * CHARACTER) +
         lines + body + "</svg>\n";
}

}  // namespace lockstep::verify
