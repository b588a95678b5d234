#include "runner/run.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "runner/script.hpp"
#include "runner/shrink.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::runner {
namespace {

using cases::Case;
using cases::Given;
using oracle::Ruling;

constexpr int PORTIONS = 512;  // a chain of 64 KiB in portions of 128 bytes

class CaseRun {
 public:
  CaseRun(Driver& driver, const Case& test) : driver_(driver), test_(test) {}

  CaseResult run() {
    CaseResult result;
    result.case_id = test_.id;
    result.requirements = test_.asks;
    auto failed = driver_.lacks(test_);
    if (!failed) failed = driver_.reach(test_.given, test_.session);
    weigh_setup();
    weigh_discovery();
    if (!failed) failed = driver_.lacks(test_);
    if (!failed) failed = steps();
    if (failed && worst_ != Ruling::fail && !wrong_on_the_way_)
      conclude(result, *failed);
    else
      conclude(result);
    return result;
  }

 private:
  std::optional<Trouble> steps() {
    for (const cases::Step& step : test_.steps)
      if (auto failed = step.until_complete ? portions(step) : one(step)) return failed;
    return std::nullopt;
  }

  std::optional<Trouble> portions(const cases::Step& step) {
    if (reads_certificate(step) && !driver_.claims().responder.has(wire::spdm::capability::CERT_CAP))
      return Trouble{Trouble::Kind::absent, "no CERT_CAP"};
    for (int i = 0; i < PORTIONS; ++i) {
      if (is_flow(step) && complete(step)) return std::nullopt;
      if (auto failed = one(step, i > 0)) return failed;
      if (complete(step) || worst_ == Ruling::fail || !progress_) return std::nullopt;
    }
    return Trouble{Trouble::Kind::refused, "the portions do not end"};
  }

  static bool is_request(const cases::Step& step, spdm::Stimulus stimulus) {
    const auto* l = std::get_if<spdm::Letter>(&step.letter);
    return l != nullptr && l->stimulus == stimulus;
  }
  static bool is_flow(const cases::Step& step) {
    return is_request(step, spdm::Stimulus::DELIVER_ENCAPSULATED_RESPONSE);
  }
  static bool reads_certificate(const cases::Step& step) { return is_request(step, spdm::Stimulus::GET_CERTIFICATE); }

  bool complete(const cases::Step& step) const {
    const device::Store& store = driver_.follower().store();
    if (is_flow(step)) return !driver_.follower().control().connection.encapsulated;
    if (std::holds_alternative<tdisp::Letter>(step.letter) && step.tdi != device::NONE) {
      const device::TdiRecord& tdi = store.tdis[step.tdi];
      return tdi.report_size && tdi.report.size() >= *tdi.report_size;
    }
    const auto& slot = store.conversation.memory().identities.response.slots[driver_.profile().requester.slot];
    return slot.of_this_connection;
  }

  /// `continues`: it asks for what the answer before said remains.
  std::optional<Trouble> one(const cases::Step& step, bool continues = false) {
    if (step.afresh) {
      const auto failed = driver_.reach(test_.given, test_.session);
      weigh_setup();
      if (failed) return failed;
    }
    auto done = driver_.send(step);
    weigh_passage();
    if (!done) return done.error();
    const Answer& answer = done->observation.answer;
    if (step.may_refuse && answer.is_refusal()) done->judgement = {.rule = test_.asks.front()};
    progress_ = progress_ && done->judgement.progress;
    const Rule broken = done->judgement.rule;
    if (done->judgement.ruling == Ruling::fail)
      blame(*done, rule_of(step, *done, continues));
    else if (const Rule main = main_rule(*done);
             done->judgement.ruling == Ruling::warn && weight(main) == Ruling::warn && decides(step, *done))
      done->judgement.rule = main;
    weigh(*done, broken);
    for (const spdm::NotJudged& open : done->not_judged)
      if (asks(open.rule)) not_judged_ = open.why;
    auto read = driver_.read_back(answer.is_refusal() || answer.kind == Answer::Kind::none);
    if (!read) return read.error();
    for (const oracle::Step& state : *read) weigh_state(state, *done);
    return std::nullopt;
  }

  /// What a step of the case breaks. The machines know the rule of their row; the case may have been written for
  /// another one: for the state that an answer reports, for what edits do not change, for a record that must not be
  /// taken, and where its last step shows something about a rule that no row cites.
  Rule rule_of(const cases::Step& step, const oracle::Step& done, bool continues) const {
    const Rule row = done.judgement.rule;
    const Rule main = main_rule(done);
    const bool served = done.observation.answer.kind == Answer::Kind::response;
    if (done.judgement.state_only || step.same_meaning) return main;
    if (step.record != cases::Record::sound && served) return main;
    if (continues && !served && std::holds_alternative<tdisp::Letter>(step.letter)) return "TDISP-RPT-001";
    return weight(main) >= weight(row) && decides(step, done) ? main : row;
  }

  /// Whether the step is the case's last one, and breaks or strains the row of a rule that the case does not ask about.
  bool decides(const cases::Step& step, const oracle::Step& done) const {
    return &step == &test_.steps.back() && !asks(done.judgement.rule);
  }

  static Ruling weight(Rule rule) {
    return rule && rule.requirement().on_breach == OnBreach::fail ? Ruling::fail : Ruling::warn;
  }

  /// The first rule that the case asks of the protocol that the step speaks, unless it weighs less than the first of
  /// all; that one otherwise.
  Rule main_rule(const oracle::Step& step) const {
    const std::string_view protocol = std::holds_alternative<device::TdispLetter>(step.letter.body)   ? "TDISP-"
                                      : std::holds_alternative<device::IdeKmLetter>(step.letter.body) ? "IDE-"
                                                                                                      : "SPDM-";
    const auto own =
        std::find_if(test_.asks.begin(), test_.asks.end(), [&](Rule rule) { return rule.id().starts_with(protocol); });
    const Rule first = test_.asks.front();
    return own == test_.asks.end() || protocol == "SPDM-" || weight(*own) < weight(first) ? first : *own;
  }

  /// What was seen on the way from one step to the next: the state that a case has led to may show there first.
  void weigh_passage() {
    for (oracle::Step& step : driver_.take_breaches()) {
      const Rule broken = step.judgement.rule;
      wrong_on_the_way_ = wrong_on_the_way_ || step.judgement.state_only;
      if (step.judgement.state_only) blame(step, main_rule(step));
      weigh(step, broken);
    }
  }

  /// The state is wrong, and the answer that reports it is not: the rule of what came before counts, and its weight.
  static void blame(oracle::Step& step, Rule rule) {
    step.judgement.rule = rule;
    const bool fails = rule.requirement().on_breach == OnBreach::fail;
    if (step.judgement.ruling == Ruling::fail && !fails) step.judgement.ruling = Ruling::warn;
  }

  /// A read-only request has a rule of its own for the state that it must not touch.
  Rule state_rule(const oracle::Step& before, const oracle::Step& state) const {
    const auto* sent = std::get_if<device::TdispLetter>(&before.letter.body);
    const auto* read = std::get_if<device::TdispLetter>(&state.letter.body);
    const bool request = sent != nullptr && sent->letter.stimulus < tdisp::FIRST_OUT_OF_BAND;
    if (request && read != nullptr && sent->tdi != read->tdi)
      return sent->letter.stimulus == tdisp::Stimulus::STOP_INTERFACE_REQUEST ? Rule("TDISP-STOP-007")
                                                                              : Rule("TDISP-LOCK-025");
    const Answer& answer = before.observation.answer;
    if (answer.kind == Answer::Kind::error && answer.protocol == AnswerProtocol::TDISP)
      return asks("TDISP-LOCK-022") ? Rule("TDISP-LOCK-022") : Rule("TDISP-HDR-022");
    if (const auto* l = std::get_if<device::TdispLetter>(&before.letter.body)) {
      if (l->letter.stimulus == tdisp::Stimulus::GET_TDISP_VERSION && !asks("TDISP-VER-005")) return "TDISP-VER-004";
      if (l->letter.stimulus == tdisp::Stimulus::GET_TDISP_CAPABILITIES) return "TDISP-CAP-012";
    }
    return main_rule(state);
  }

  void weigh_state(oracle::Step step, const oracle::Step& before) {
    progress_ = progress_ && (step.judgement.progress || step.judgement.state_only);
    const Rule broken = step.judgement.rule;
    if (step.judgement.state_only) blame(step, state_rule(before, step));
    weigh(step, broken);
  }

  /// What the machines say of the answer counts for the case; a finding in its contents counts when the case asks for
  /// that rule, and is kept for a result of its own otherwise.
  /// `broken`: what the machines call the broken rule, whoever is to blame.
  void weigh(const oracle::Step& step, Rule broken) { weigh(step, broken, true); }
  /// `judges`: whether what the machines say counts for the case.
  void weigh(const oracle::Step& step, Rule broken, bool judges) {
    oracle::Step own = step, other = step;
    const auto asked = [&](const wire::Finding& finding) { return asks(finding.rule); };
    std::erase_if(own.findings, std::not_fn(asked));
    std::erase_if(other.findings, asked);
    (judges ? other : own).judgement = {};
    if (own.ruling() != Ruling::legal) note(own, broken);
    if (other.ruling() != Ruling::legal) unasked_.push_back(std::move(other));
  }

  /// What was seen on the way here counts for this case as far as it asks about those rules.
  void weigh_setup() {
    for (const oracle::Step& step : driver_.take_breaches()) {
      const Rule row = step.judgement.rule;
      weigh(step, row, asks(row));
    }
  }

  /// What the transport said when the connection was made belongs to the cases about the transport.
  void weigh_discovery() {
    if (!driver_.connected() || driver_.discovery().empty()) return;
    oracle::Step step;
    step.findings = driver_.discovery();
    if (std::find(test_.needs.begin(), test_.needs.end(), cases::Needs::doe) != test_.needs.end()) weigh(step, {});
  }

  bool asks(Rule rule) const { return std::find(test_.asks.begin(), test_.asks.end(), rule) != test_.asks.end(); }

  void note(const oracle::Step& step, Rule broken) {
    exchanges_.push_back(shown(step));
    for (Breach& breach : breaches_of(step)) breaches_.push_back(std::move(breach));
    if (step.ruling() <= worst_) return;
    worst_ = step.ruling();
    rule_ = step.rule();
    reason_ = step.reason();
    const bool by_states = step.judgement.ruling == worst_;
    symptom_ = {by_states ? broken : rule_, by_states && step.judgement.state_only};
  }

  Exchange shown(const oracle::Step& step) const {
    const auto context = driver_.follower().store().conversation.context(Role::responder, step.session);
    return exchange_of(step, driver_.profile().shape, context);
  }

  /// What is known to be wrong, whatever else is not known.
  void put_findings(CaseResult& result) const {
    result.decisive = exchanges_;
    for (const Breach& breach : breaches_) result.add(breach);
    result.rule = rule_;
    result.reason = reason_;
  }

  void conclude(CaseResult& result) const {
    put_findings(result);
    if (worst_ == Ruling::fail) {
      result.verdict = Verdict::fail;
    } else if (!progress_) {
      result.verdict = Verdict::inconclusive;
      result.reason =
          "the target answered legally but did not do what the case needs (busy, refused, or ERROR by itself)";
    } else if (!not_judged_.empty()) {
      result.verdict = Verdict::inconclusive;
      result.reason = "could not be judged: " + not_judged_;
    } else {
      result.verdict = worst_ == Ruling::warn ? Verdict::warn : Verdict::pass;
    }
  }

  void conclude(CaseResult& result, const Trouble& trouble) const {
    if (trouble.kind == Trouble::Kind::link) put_findings(result);
    result.reason = trouble.why;
    switch (trouble.kind) {
      case Trouble::Kind::absent:
        result.verdict = Verdict::not_applicable;
        break;
      case Trouble::Kind::unsupported:
        result.verdict = Verdict::unsupported;
        break;
      case Trouble::Kind::link:
      case Trouble::Kind::refused:
        result.verdict = Verdict::inconclusive;
        break;
    }
  }

 public:
  bool unasked_failure() const {
    return std::any_of(unasked_.begin(), unasked_.end(),
                       [](const auto& step) { return step.ruling() == Ruling::fail; });
  }
  const std::vector<oracle::Step>& unasked() const { return unasked_; }
  /// By which the worst that was seen is known again.
  const Symptom& symptom() const { return symptom_; }
  Exchange exchange(const oracle::Step& step) const { return shown(step); }

 private:
  Driver& driver_;
  const Case& test_;
  Ruling worst_ = Ruling::legal;
  bool progress_ = true;
  bool wrong_on_the_way_ = false;  ///< the state that the case has led to, and the way ended there
  Rule rule_;
  std::string reason_, not_judged_;
  std::vector<Exchange> exchanges_;
  std::vector<Breach> breaches_;
  Symptom symptom_;
  std::vector<oracle::Step> unasked_;
};

/// Breaches that set-up steps saw and no case reported: a result of their own, so that nothing seen is lost.
class SetupBreaches {
 public:
  void add(const CaseRun& run) {
    for (const oracle::Step& step : run.unasked())
      for (const Breach& breach : breaches_of(step)) add(run, step, breach);
  }
  void report(Run& run, const RunOptions& options) {
    for (auto& [rule, sighting] : results_) {
      CaseResult& result = sighting.result;
      if (result.verdict == Verdict::fail && sighting.count < 2) {
        result.verdict = Verdict::inconclusive;
        result.reason = "seen once only: " + result.reason;
      }
      const auto same = [&](const CaseResult& known) {
        return known.rule == result.rule && known.verdict != Verdict::inconclusive;
      };
      if (std::any_of(run.results.begin(), run.results.end(), same)) continue;
      result.again = options.again;
      if (options.expectations != nullptr) options.expectations->apply(result, options.strict);
      run.results.push_back(std::move(result));
    }
  }

 private:
  void add(const CaseRun& run, const oracle::Step& step, const Breach& breach) {
    Sighting& sighting = results_[breach.rule];
    ++sighting.count;
    CaseResult& result = sighting.result;
    if (result.verdict == Verdict::fail) return;
    result.verdict = breach.weight;
    result.rule = breach.rule;
    if (breach.rule) result.requirements = {breach.rule};
    result.case_id = "setup/" + (breach.rule ? std::string(breach.rule.id()) : "unnamed");
    result.reason = breach.reason;
    result.breaches = {breach};
    result.decisive = {run.exchange(step)};
  }

  struct Sighting {
    CaseResult result;
    std::size_t count = 0;
  };
  std::map<Rule, Sighting> results_;
};

/// What does not come again from a fresh start is no verdict on the device; what comes twice is.
template <class RunCase>
CaseResult confirm(Driver& driver, CaseResult first, RunCase&& run_case) {
  driver.distrust();
  CaseResult second = run_case();
  if (second.verdict == first.verdict || second.verdict != Verdict::fail) {
    if (first.verdict != Verdict::fail || second.verdict == Verdict::fail) return second;
    second.decisive = first.decisive;
    second.breaches = first.breaches;
    second.rule = first.rule;
    second.reason = "failed once (" + first.reason + "); from a fresh start: " + std::string(name(second.verdict)) +
                    (second.reason.empty() ? "" : " (" + second.reason + ")");
    second.verdict = Verdict::inconclusive;
    return second;
  }
  driver.distrust();
  CaseResult third = run_case();
  return third.verdict == Verdict::fail ? third : first;
}

}  // namespace

namespace {

/// "1.4"; empty when nothing was negotiated.
std::string version_text(const Driver& driver) {
  if (!driver.connected()) return {};
  const Byte version = driver.claims().spdm_version;
  return version == 0 ? std::string() : std::to_string(version >> 4) + "." + std::to_string(version & 15);
}

}  // namespace

namespace {

/// Shortens failures, the first one of each symptom, while there are attempts left in this run.
class Shortening {
 public:
  Shortening(Driver& driver, const RunOptions& options)
      : driver_(driver), options_(options), left_(options.shrink * SHRINKS) {}

  void connects() { recording_.connects(); }
  void add(const oracle::Step& step) {
    if (busy_) return;
    const Answer& answer = step.observation.answer;
    recording_.add({.action = step.action,
                    .answer = device::describe(answer),
                    .put_off = is_busy(answer) || is_not_ready(answer)});
  }
  /// While it works, its steps are nobody else's.
  bool busy() const { return busy_; }

  /// `result`: a failure that came again from a fresh start, which was the latest connection.
  void shorten(CaseResult& result, const Symptom& symptom) {
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

 private:
  Driver& driver_;
  const RunOptions& options_;
  std::size_t left_;
  bool busy_ = false;
  Recording recording_;
  std::set<std::pair<Rule, bool>> seen_;
};

/// The file beside the trace that holds the shortened failure, or the actions themselves.
std::string replay_command(const RunOptions& options, const CaseResult& result) {
  if (result.shortest.empty()) return {};
  if (!result.trace.empty()) return options.replay + " " + shortest_file(result.trace);
  return options.replay + " --actions '" + join(result.shortest) + "'";
}

}  // namespace

std::string shortest_file(const std::string& trace) {
  return std::filesystem::path(trace).replace_extension(".shortest.jsonl").string();
}

bool matches(std::string_view pattern, const Case& test) {
  if (pattern.starts_with("req:")) {
    const std::string wanted(pattern.substr(4));
    return std::any_of(test.asks.begin(), test.asks.end(),
                       [&](Rule rule) { return fnmatch(wanted.c_str(), std::string(rule.id()).c_str(), 0) == 0; });
  }
  if (pattern.find_first_of("*?[") != std::string_view::npos)
    return fnmatch(std::string(pattern).c_str(), std::string(test.id).c_str(), 0) == 0;
  return test.id == pattern ||
         (test.id.starts_with(pattern) && (pattern.ends_with('/') || test.id[pattern.size()] == '/'));
}

Run run(adapters::Target& target, const Profile& profile, std::vector<const Case*> selection, const RunOptions& options,
        Observer& observer) {
  std::stable_sort(selection.begin(), selection.end(), [](const Case* a, const Case* b) {
    return std::pair(a->session, a->given) < std::pair(b->session, b->given);
  });
  Run run;
  run.target = target.name();
  run.seed = profile.requester.seed;
  run.strict = options.strict;
  Driver driver(target, profile);
  SetupBreaches breaches;
  Shortening shortening(driver, options);
  driver.listen([&](const oracle::Step& step, const wire::Context& context) {
    shortening.add(step);
    if (shortening.busy()) return;
    observer.secrets(driver.follower().store().conversation.memory());
    observer.steps(step, context);
  });
  driver.on_connect([&](bool fresh) {
    if (shortening.busy()) return;
    shortening.connects();
    observer.connects(fresh);
  });
  if (const auto failed = driver.survey()) run.survey = failed->why;
  run.spdm_version = version_text(driver);
  for (const Case* test : selection) {
    if (driver.given_up()) {
      run.complete = false;
      break;
    }
    if (options.stop != nullptr && options.stop->load()) {
      run.complete = false;
      break;
    }
    const auto start = std::chrono::steady_clock::now();
    observer.begins(*test);
    bool unasked_failure = false;
    Symptom symptom;
    const auto run_case = [&] {
      CaseRun case_run(driver, *test);
      CaseResult once = case_run.run();
      if (driver.connected()) breaches.add(case_run);
      unasked_failure = case_run.unasked_failure();
      if (once.verdict == Verdict::fail) symptom = case_run.symptom();
      return once;
    };
    CaseResult result = run_case();
    if (result.verdict == Verdict::fail || result.verdict == Verdict::inconclusive || unasked_failure)
      result = confirm(driver, std::move(result), run_case);
    if (result.verdict != Verdict::pass && result.verdict != Verdict::warn && result.verdict != Verdict::not_applicable)
      driver.distrust();
    if (options.expectations != nullptr) options.expectations->apply(result, options.strict);
    if (result.verdict == Verdict::fail) shortening.shorten(result, symptom);
    result.trace = observer.trace();
    result.again = options.again + " --filter " + result.case_id;
    result.replay = replay_command(options, result);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    observer.ends(result);
    run.results.push_back(std::move(result));
  }
  breaches.report(run, options);
  if (options.expectations != nullptr) run.stale = options.expectations->stale(run.results);
  std::sort(run.results.begin(), run.results.end(),
            [](const CaseResult& a, const CaseResult& b) { return a.case_id < b.case_id; });
  return run;
}

}  // namespace lockstep::runner
