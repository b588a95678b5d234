#include "runner/shrink.hpp"

#include <algorithm>
#include <set>

#include "runner/exchange.hpp"

namespace lockstep::runner {

bool Symptom::shows(const oracle::Step& step) const {
  const oracle::Judgement& states = step.judgement;
  if (states.ruling == oracle::Ruling::fail && states.rule == rule && states.state_only == state_only) return true;
  if (state_only) return false;
  return std::any_of(step.findings.begin(), step.findings.end(), [&](const wire::Finding& finding) {
    return finding.rule == rule && oracle::ruling_of(finding) == oracle::Ruling::fail;
  });
}

namespace {

class Shrinker {
 public:
  Shrinker(Driver& driver, const Symptom& symptom, std::size_t attempts)
      : driver_(driver), symptom_(symptom), left_(attempts), attempts_(attempts) {}

  Shrunk run(std::vector<Action> actions) {
    actions = shown(std::move(actions));
    if (actions.empty()) return {{}, used()};
    original_ = false;
    const std::vector<Action> original = actions;
    without_readings(actions);
    for (std::size_t size = actions.size() / 2; size > 0 && left_ > 1;) {
      const std::size_t before = actions.size();
      without_chunks(actions, size);
      if (size > 1 || actions.size() == before) size /= 2;  // single actions until none can be left out
    }
    left_ = std::max<std::size_t>(left_, 1);
    const bool again = !shown(actions).empty();
    return {again ? std::move(actions) : original, used()};
  }

 private:
  std::size_t used() const { return attempts_ - std::min(left_, attempts_); }

  /// Whether the step breaks a rule that the original does not: another failure on the way would only distract.
  bool distracts(const oracle::Step& step) {
    for (const Breach& breach : breaches_of(step)) {
      if (breach.weight != Verdict::fail) continue;
      if (original_) known_.insert(breach.rule);
      if (!known_.contains(breach.rule)) return true;
    }
    return false;
  }

  /// The actions up to the one that shows the symptom; empty: none does.
  std::vector<Action> shown(std::vector<Action> actions) {
    if (left_ == 0) return {};
    --left_;
    if (driver_.connect(driver_.can_restart())) return {};
    for (std::size_t i = 0; i < actions.size(); ++i) {
      const auto step = driver_.repeat(actions[i]);
      if (!step) return {};
      if (!symptom_.shows(*step)) {
        if (distracts(*step)) return {};
        continue;
      }
      actions.resize(i + 1);
      return actions;
    }
    return {};
  }

  void keep_if_shown(std::vector<Action>& actions, std::vector<Action> fewer) {
    fewer = shown(std::move(fewer));
    if (!fewer.empty()) actions = std::move(fewer);
  }

  /// Most actions of a case only ask for states: all of them but the last action at once.
  void without_readings(std::vector<Action>& actions) {
    std::vector<Action> fewer;
    for (std::size_t i = 0; i < actions.size(); ++i)
      if (i + 1 == actions.size() || !actions[i].is_reading()) fewer.push_back(actions[i]);
    if (fewer.size() < actions.size()) keep_if_shown(actions, std::move(fewer));
  }

  /// From the end, so that what undoes something goes before what it undoes. The last action is what fails.
  void without_chunks(std::vector<Action>& actions, std::size_t size) {
    std::size_t end = actions.size() - 1;
    while (end > 0 && left_ > 1) {
      const std::size_t start = end - std::min(size, end);
      std::vector<Action> fewer = actions;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(start), fewer.begin() + static_cast<std::ptrdiff_t>(end));
      keep_if_shown(actions, std::move(fewer));
      end = std::min(start, actions.size() - 1);
    }
  }

  Driver& driver_;
  const Symptom& symptom_;
  std::size_t left_, attempts_;
  bool original_ = true;  ///< the failure has not come again yet
  std::set<Rule> known_;  ///< what else is broken on the way to it
};

}  // namespace

Shrunk shrink(Driver& driver, std::vector<Action> actions, const Symptom& symptom, std::size_t attempts) {
  Shrunk shrunk = Shrinker(driver, symptom, attempts).run(std::move(actions));
  driver.distrust();
  return shrunk;
}

}  // namespace lockstep::runner
