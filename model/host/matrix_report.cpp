#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "host/html.hpp"
#include "host/matrix.hpp"

namespace lockstep::host {
namespace {

using nlohmann::ordered_json;

std::string_view symbol(const Cell& cell) {
  const auto word = verdict_word(cell);
  if (word == "holds") return "+";
  if (word == "fails") return "**F**";
  return word == "unreachable" ? "." : "?";
}

/// Cells that come from one exploration have one text: each is written once and then referred to.
class Stories {
 public:
  /// The number of the story, and whether it is new.
  std::pair<std::size_t, bool> add(const Cell* cell) {
    const auto [at, fresh] = numbers_.try_emplace(cell, numbers_.size() + 1);
    return {at->second, fresh};
  }

 private:
  std::map<const Cell*, std::size_t> numbers_;
};

const Story* told(const Cell& cell) {
  if (cell.counterexample) return &*cell.counterexample;
  return cell.witness ? &*cell.witness : nullptr;
}

std::size_t steps(const Cell& cell) { return cell.counterexample ? cell.counterexample->lines.size() : 0; }

std::string legend() {
  return "`+` holds, and its premise can be reached; **F** fails; `.` the premise cannot be reached here; `?` "
         "inconclusive.\n";
}

std::string property_list() {
  std::string text = "| Property | Scope | What | Mutant that it finds |\n|---|---|---|---|\n";
  for (const Property* p : questions()) {
    std::string mutant(p->spoilt);
    for (const Flaw flaw : p->mutant) mutant += (mutant.empty() ? "" : " + ") + std::string(name(flaw));
    text += fmt::format("| {} | {} | {} | {} |\n", p->id, name(p->scope), p->text, mutant);
  }
  return text;
}

std::string table(const Matrix& matrix) {
  std::string text = "| Policy |";
  for (const Property* property : questions()) text += fmt::format(" {} |", property->id);
  text += "\n|---|";
  for (std::size_t i = 0; i < questions().size(); ++i) text += "---|";
  text += "\n";
  for (const Row& row : matrix.rows) {
    text += "| " + row.label + " |";
    for (const Cell* cell : row.cells) text += fmt::format(" {} |", symbol(*cell));
    text += "\n";
  }
  return text;
}

std::string failures(const Matrix& matrix) {
  std::string text = "| Policy | Breaks | Steps | By |\n|---|---|---|---|\n";
  Stories stories;
  for (const Row& row : matrix.rows)
    for (const Cell* cell : row.cells)
      if (cell->verdict == verify::Verdict::fails && cell->counterexample && stories.add(cell).second)
        text += fmt::format("| {} | {} | {} | {} |\n", row.label, cell->property->id, steps(*cell),
                            in_short(*cell->counterexample, row.setting.profile));
  return text + "\n";
}

std::string witnesses(const Matrix& matrix) {
  std::string text = "| Property | Policy | The premise is reached by |\n|---|---|---|\n";
  Stories stories;
  for (const Row& row : matrix.rows)
    for (const Cell* cell : row.cells)
      if (verdict_word(*cell) == "holds" && cell->witness && stories.add(cell).second)
        text += fmt::format("| {} | {} | {} |\n", cell->property->id, row.label,
                            in_short(*cell->witness, row.setting.profile));
  return text;
}

std::string dead_switches(const Matrix& matrix) {
  if (matrix.dead.empty()) return "None: every switch changes states that can be reached.\n";
  std::string text;
  for (const DeadSwitch& dead : matrix.dead) text += fmt::format("* {}: {}\n", dead.what->name, dead.why);
  for (const DeadSwitch& alike : matrix.alike) text += fmt::format("* {}: {}\n", alike.what->name, alike.why);
  return text;
}

std::string missing() {
  std::string text;
  for (const NotModelled& row : not_modelled()) text += fmt::format("* {}: {}\n", row.id, row.why);
  return text.empty() ? "Nothing.\n" : text;
}

std::string totals(const Matrix& matrix) {
  return fmt::format("{} states, {} transitions in all explorations.\n", matrix.counts.states,
                     matrix.counts.transitions);
}

}  // namespace

std::string as_text(const Matrix& matrix) {
  std::string text;
  const Row& baseline = matrix.rows.front();
  for (const Row& row : matrix.rows) {
    std::string fails, repaired, silent;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const bool here = row.cells[i]->verdict == verify::Verdict::fails;
      const bool before = &row != &baseline && baseline.cells[i]->verdict == verify::Verdict::fails;
      if (here && !(before && steps(*row.cells[i]) == steps(*baseline.cells[i])))
        fails += fmt::format(" {}({})", row.cells[i]->property->id, steps(*row.cells[i]));
      if (!here && before && verdict_word(*row.cells[i]) == "holds")
        repaired += fmt::format(" {}", row.cells[i]->property->id);
      if (verdict_word(*row.cells[i]) == "unreachable" && verdict_word(*baseline.cells[i]) != "unreachable")
        silent += fmt::format(" {}", row.cells[i]->property->id);
    }
    text += fmt::format("{:<52}{}{}{}\n", row.label, fails.empty() ? "" : " fails:" + fails,
                        repaired.empty() ? "" : " holds:" + repaired, silent.empty() ? "" : " unreachable:" + silent);
  }
  text +=
      "In brackets: the steps of the shortest counterexample. After the first line: what differs from it.\nSwitches "
      "without effect:\n" +
      dead_switches(matrix);
  return text + fmt::format("{} states, {} transitions, depth {}: {}\n", matrix.counts.states,
                            matrix.counts.transitions, matrix.counts.depth,
                            complete(matrix) ? "complete" : "inconclusive");
}

std::string as_markdown(const Matrix& matrix) {
  return "# Policies and properties of trusted I/O\n\n" +
         fmt::format(
             "Every single deviation from the defaults of profile {}, the defaults of the others, and the pairs.\n",
             name(matrix.profile)) +
         legend() + "\n" + table(matrix) + "\n" + totals(matrix) + "\n## Properties\n\n" + property_list() +
         "\n## Shortest counterexamples\n\nIn the words of the policy's stack, with the model's verb in brackets. A "
         "row that explores the same "
         "worlds as one above it is not told again. A run that breaks a liveness property goes on for ever.\n\n" +
         failures(matrix) + "## Premises\n\n" + witnesses(matrix) + "\n## Switches without effect\n\n" +
         dead_switches(matrix) + "\n## Not modelled\n\n" + missing();
}

std::string as_html(const Matrix& matrix) {
  std::string head = "<table><thead><tr><th>Policy</th>", body, stories_text;
  for (const Property* property : questions())
    head += fmt::format("<th title=\"{}\">{}</th>", escaped(property->text), escaped(property->id));
  Stories stories;
  for (const Row& row : matrix.rows) {
    body += "<tr><td>" + escaped(row.label) + "</td>";
    for (const Cell* cell : row.cells) {
      const auto word = verdict_word(*cell);
      const auto [number, fresh] = stories.add(cell);
      body += fmt::format("<td class=\"{0}\"><a href=\"#s{1}\" title=\"{2} {0}\">{3}</a></td>", word, number,
                          escaped(cell->property->id),
                          word == "fails"   ? "F"
                          : word == "holds" ? "+"
                                            : word.substr(0, 1));
      if (!fresh) continue;
      const Story* story = told(*cell);
      stories_text += fmt::format(
          "<h3 id=\"s{}\">{} {} with {}</h3><p>{}</p><pre>{}</pre>\n", number, escaped(cell->property->id), word,
          escaped(row.label), escaped(cell->why),
          story == nullptr ? "no trace"
                           : escaped((word == "fails" ? "Shortest counterexample:\n" : "The premise is reached by:\n") +
                                     as_text(*story, row.setting.profile)));
    }
    body += "</tr>\n";
  }
  std::string rest = "<h2>Switches without effect</h2><pre>" + escaped(dead_switches(matrix)) +
                     "</pre><h2>Not modelled</h2><pre>" + escaped(missing()) + "</pre>";
  return html_head("Policies and properties of trusted I/O") + "<p>" + escaped(totals(matrix)) + "</p>" + head +
         "</tr></thead><tbody>\n" + body + "</tbody></table>\n" + rest + stories_text + "</body></html>\n";
}

std::string as_json(const Matrix& matrix) {
  ordered_json json;
  json["schema"] = "lockstep/policy-matrix-1";
  json["profile"] = name(matrix.profile);
  json["states"] = matrix.counts.states;
  json["transitions"] = matrix.counts.transitions;
  for (const Property* p : questions())
    json["properties"].push_back({{"id", p->id}, {"name", p->name}, {"text", p->text}, {"scope", name(p->scope)}});
  for (const Row& row : matrix.rows) {
    ordered_json cells;
    for (const Cell* cell : row.cells) {
      ordered_json one{{"verdict", verdict_word(*cell)}};
      if (!cell->why.empty()) one["why"] = cell->why;
      if (const Story* story = told(*cell)) {
        one["trace_shows"] = cell->counterexample ? "counterexample" : "premise";
        for (const Line& line : story->lines)
          one["trace"].push_back(fmt::format("{}.{}", name(line.verb->actor), line.verb->name));
      }
      cells[std::string(cell->property->id)] = std::move(one);
    }
    json["rows"].push_back({{"policy", row.label}, {"section", row.section}, {"cells", std::move(cells)}});
  }
  json["dead_switches"] = ordered_json::array();
  for (const DeadSwitch& dead : matrix.dead)
    json["dead_switches"].push_back({{"switch", dead.what->name}, {"why", dead.why}});
  json["values_alike"] = ordered_json::array();
  for (const DeadSwitch& alike : matrix.alike)
    json["values_alike"].push_back({{"switch", alike.what->name}, {"why", alike.why}});
  json["not_modelled"] = ordered_json::array();
  for (const NotModelled& row : not_modelled()) json["not_modelled"].push_back({{"id", row.id}, {"why", row.why}});
  return json.dump(2) + "\n";
}

}  // namespace lockstep::host
