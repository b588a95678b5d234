#include "runner/replay.hpp"

#include <algorithm>

namespace lockstep::runner {

const Replayed* Replay::parting() const {
  const auto found = std::find_if(steps.begin(), steps.end(), [](const Replayed& step) { return !step.agrees(); });
  return found == steps.end() ? nullptr : &*found;
}

int Replay::exit_code() const {
  const auto fails = [](const Breach& breach) { return breach.weight == Verdict::fail; };
  for (const Replayed& step : steps)
    if (std::any_of(step.breaches.begin(), step.breaches.end(), fails)) return 1;
  return stopped.empty() ? 0 : 4;
}

Replay replay(adapters::Target& target, const Profile& profile, const Script& script) {
  Replay result;
  result.target = target.name();
  result.case_id = script.case_id;
  result.fresh = target.can_restart();
  result.whole = script.entries.size();
  Driver driver(target, profile);
  if (const auto failed = driver.connect(target.can_restart())) {
    result.stopped = failed->why;
    return result;
  }
  for (const Script::Entry& entry : script.entries) {
    const auto step = driver.repeat(entry.action);
    if (!step) {
      result.stopped = step.error().why;
      result.stopped_line = entry.line;
      break;
    }
    const auto context = driver.follower().store().conversation.context(Role::responder, step->session);
    result.steps.push_back({.line = entry.line,
                            .action = text(entry.action),
                            .answer = device::describe(step->observation.answer),
                            .recorded = entry.answer,
                            .exchange = exchange_of(*step, profile.shape, context),
                            .breaches = breaches_of(*step)});
  }
  return result;
}

}  // namespace lockstep::runner
