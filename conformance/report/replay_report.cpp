#include "report/replay_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "report/text.hpp"

namespace lockstep::report {
namespace {

using Json = nlohmann::ordered_json;
using runner::Breach;
using runner::Replay;
using runner::Replayed;
using runner::Verdict;

bool fails(const Replayed& step) {
  return std::any_of(step.breaches.begin(), step.breaches.end(),
                     [](const Breach& breach) { return breach.weight == Verdict::fail; });
}

Verdict verdict_of(const Replayed& step) {
  return fails(step) ? Verdict::fail : step.breaches.empty() ? Verdict::pass : Verdict::warn;
}

std::string at(std::size_t line) { return line == 0 ? std::string() : fmt::format(" (line {})", line); }

/// A failure as `lockstep test` shows it.
std::string in_full(const Replayed& step, std::size_t number, Style style) {
  runner::CaseResult result;
  result.case_id = fmt::format("action {}{}", number, at(step.line));
  result.verdict = verdict_of(step);
  result.rule = step.breaches.front().rule;
  result.reason = step.breaches.front().reason;
  result.decisive = {step.exchange};
  return details(result, style) + "\n";
}

std::string parting(const Replay& replay) {
  const Replayed* step = replay.parting();
  if (step == nullptr) return {};
  return fmt::format("The target parts from the recording at {}{}:\n", step->action, at(step->line)) +
         entry("recorded", step->recorded, 2, 10) + entry("now", step->answer, 2, 10);
}

}  // namespace

std::string verdict_sentence(const Replay& replay) {
  std::set<std::string_view> rules;
  for (const Replayed& step : replay.steps)
    for (const Breach& breach : step.breaches)
      if (breach.weight == Verdict::fail) rules.insert(breach.rule.id());
  const std::string done = fmt::format("{} of {} actions", replay.steps.size(), replay.whole);
  switch (replay.exit_code()) {
    case 1:
      return fmt::format("FAILED: in {} the target breaks {}.", done, fmt::join(rules, ", "));
    case 4:
      return fmt::format("NO VERDICT: {} could be done, and nothing failed.", done);
    default:
      return fmt::format("PASSED: the target did what the rules demand in {}.", done);
  }
}

std::string replay_text(const Replay& replay, Style style) {
  std::string out;
  for (std::size_t i = 0; i < replay.steps.size(); ++i) {
    const Replayed& step = replay.steps[i];
    const std::string mark = step.agrees() ? "" : fmt::format("  recorded: {}", step.recorded);
    out += fmt::format("{:>4} {} {} -> {}{}\n", i + 1, style.label(verdict_of(step)), step.action, step.answer, mark);
  }
  out += "\n";
  for (std::size_t i = 0; i < replay.steps.size(); ++i)
    if (!replay.steps[i].breaches.empty()) out += in_full(replay.steps[i], i + 1, style);
  out += parting(replay);
  if (!replay.stopped.empty())
    out += fmt::format("Action {}{} could not be done: {}\n", replay.steps.size() + 1, at(replay.stopped_line),
                       replay.stopped);
  if (!replay.fresh) out += "The target was not restarted: what it did before may count.\n";
  const int code = replay.exit_code();
  const Verdict colour = code == 0 ? Verdict::pass : code == 1 ? Verdict::fail : Verdict::inconclusive;
  return out + "\n" + style.coloured(colour, verdict_sentence(replay)) + "\n";
}

std::string replay_json(const Replay& replay, std::string_view tool_version) {
  Json steps = Json::array();
  for (const Replayed& step : replay.steps) {
    Json breaches = Json::array();
    for (const Breach& breach : step.breaches)
      breaches.push_back(
          {{"rule", breach.rule.id()}, {"weight", runner::name(breach.weight)}, {"reason", breach.reason}});
    steps.push_back({{"line", step.line},
                     {"action", step.action},
                     {"answer", step.answer},
                     {"recorded", step.recorded.empty() ? Json(nullptr) : Json(step.recorded)},
                     {"request", {{"text", step.exchange.request}, {"hex", step.exchange.request_hex}}},
                     {"response", {{"text", step.exchange.response}, {"hex", step.exchange.response_hex}}},
                     {"before", step.exchange.before},
                     {"after", step.exchange.after},
                     {"breaches", std::move(breaches)}});
  }
  const Replayed* parts = replay.parting();
  const Json report = {{"schema", "lockstep/replay-1"},
                       {"tool_version", tool_version},
                       {"target", replay.target},
                       {"case", replay.case_id},
                       {"fresh", replay.fresh},
                       {"actions", replay.whole},
                       {"stopped", replay.stopped.empty() ? Json(nullptr) : Json(replay.stopped)},
                       {"parts_at", parts == nullptr ? Json(nullptr) : Json(parts - replay.steps.data() + 1)},
                       {"exit_code", replay.exit_code()},
                       {"verdict", verdict_sentence(replay)},
                       {"steps", std::move(steps)}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lockstep::report
