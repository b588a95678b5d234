#include "runner/shortening.hpp"

namespace lockstep::runner {

void Shortening::add(const oracle::Step& step) {
  if (busy_) return;
  const Answer& answer = step.observation.answer;
  recording_.add(
      {.action = step.action, .answer = device::describe(answer), .put_off = is_busy(answer) || is_not_ready(answer)});
}

void Shortening::shorten(CaseResult& result, const Symptom& symptom) {
  const bool stopped = options_.stop != nullptr && options_.stop->load();
  if (stopped || left_ == 0 || !seen_.insert({symptom.rule, symptom.state_only}).second) return;
  std::vector<Action> actions;
  for (const Done& done : recording_.done())
    if (auto action = parse_action(done.action)) actions.push_back(std::move(*action));
  busy_ = true;
  const Shrunk shrunk = shrink(driver_, std::move(actions), symptom, std::min(left_, options_.shrink));
  busy_ = false;
  left_ -= std::min(left_, shrunk.attempts);
  for (const Action& action : shrunk.actions) result.shortest.push_back(text(action));
}

std::string replay_command(const RunOptions& options, const CaseResult& result) {
  if (result.shortest.empty()) return {};
  if (!result.trace.empty()) return options.replay + " " + shortest_file(result.trace);
  return options.replay + " --actions '" + join(result.shortest) + "'";
}

std::string shortest_file(const std::string& trace) {
  return std::filesystem::path(trace).replace_extension(".shortest.jsonl").string();
}

}  // namespace lockstep::runner
