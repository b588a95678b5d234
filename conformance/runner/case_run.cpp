#include "runner/case_run.hpp"

#include <algorithm>
#include <functional>

#include "runner/exchange.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::runner {
namespace {

using oracle::Ruling;

constexpr int PORTIONS = 512;  // a chain of 64 KiB in portions of 128 bytes

bool is_request(const cases::Step& step, spdm::Stimulus stimulus) {
  const auto* l = std::get_if<spdm::Letter>(&step.letter);
  return l != nullptr && l->stimulus == stimulus;
}
bool is_flow(const cases::Step& step) { return is_request(step, spdm::Stimulus::DELIVER_ENCAPSULATED_RESPONSE); }
bool reads_certificate(const cases::Step& step) { return is_request(step, spdm::Stimulus::GET_CERTIFICATE); }

}  // namespace

// --- doing -----------------------------------------------------------------------------------------------------------

CaseResult CaseRun::run() {
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

Maybe CaseRun::steps() {
  for (const cases::Step& step : test_.steps)
    if (auto failed = step.until_complete ? portions(step) : one(step)) return failed;
  return std::nullopt;
}

Maybe CaseRun::portions(const cases::Step& step) {
  if (reads_certificate(step) && !driver_.claims().responder.has(wire::spdm::capability::CERT_CAP))
    return Trouble{Trouble::Kind::absent, "no CERT_CAP"};
  for (int i = 0; i < PORTIONS; ++i) {
    if (is_flow(step) && complete(step)) return std::nullopt;
    if (auto failed = one(step, i > 0)) return failed;
    if (complete(step) || worst_ == Ruling::fail || !progress_) return std::nullopt;
  }
  return Trouble{Trouble::Kind::refused, "the portions do not end"};
}

bool CaseRun::complete(const cases::Step& step) const {
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
Maybe CaseRun::one(const cases::Step& step, bool continues) {
  if (step.afresh) {
    auto failed = driver_.reach(test_.given, test_.session);
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
  attribution_.name_answer(*done, step, continues);
  weigh(*done, broken);
  for (const spdm::NotJudged& open : done->not_judged)
    if (attribution_.asks(open.rule)) not_judged_ = open.why;
  auto read = driver_.read_back(answer.is_refusal() || answer.kind == Answer::Kind::none);
  if (!read) return read.error();
  for (const oracle::Step& state : *read) weigh_state(state, *done);
  return std::nullopt;
}

// --- weighing --------------------------------------------------------------------------------------------------------
// `broken`: what the machines call the broken rule, whoever is to blame.

/// What the transport said when the connection was made belongs to the cases about the transport.
void CaseRun::weigh_discovery() {
  if (!driver_.connected() || driver_.discovery().empty()) return;
  oracle::Step step;
  step.findings = driver_.discovery();
  if (std::find(test_.needs.begin(), test_.needs.end(), cases::Needs::doe) != test_.needs.end()) weigh(step, {});
}

/// What was seen on the way here counts for this case as far as it asks about those rules.
void CaseRun::weigh_setup() {
  for (const oracle::Step& step : driver_.take_breaches()) {
    const Rule row = step.judgement.rule;
    Shares shares = by_findings(step);
    (attribution_.asks(row) ? shares.other : shares.own).judgement = {};
    take(std::move(shares), row);
  }
}

void CaseRun::weigh_passage() {
  for (oracle::Step& step : driver_.take_breaches()) {
    const Rule broken = step.judgement.rule;
    wrong_on_the_way_ = wrong_on_the_way_ || step.judgement.state_only;
    attribution_.name_passage(step);
    weigh(step, broken);
  }
}

void CaseRun::weigh_state(oracle::Step state, const oracle::Step& before) {
  progress_ = progress_ && (state.judgement.progress || state.judgement.state_only);
  const Rule broken = state.judgement.rule;
  attribution_.name_state(state, before);
  weigh(state, broken);
}

/// What the machines say of the answer counts for the case.
void CaseRun::weigh(const oracle::Step& step, Rule broken) {
  Shares shares = by_findings(step);
  shares.other.judgement = {};
  take(std::move(shares), broken);
}

/// A finding in the contents counts when the case asks for that rule, and is kept for a result of its own otherwise.
CaseRun::Shares CaseRun::by_findings(const oracle::Step& step) const {
  Shares shares{step, step};
  const auto asked = [&](const wire::Finding& finding) { return attribution_.asks(finding.rule); };
  std::erase_if(shares.own.findings, std::not_fn(asked));
  std::erase_if(shares.other.findings, asked);
  return shares;
}

void CaseRun::take(Shares shares, Rule broken) {
  if (shares.own.ruling() != Ruling::legal) note(shares.own, broken);
  if (shares.other.ruling() != Ruling::legal) unasked_.push_back(std::move(shares.other));
}

void CaseRun::note(const oracle::Step& step, Rule broken) {
  exchanges_.push_back(shown(step));
  for (Breach& breach : breaches_of(step)) breaches_.push_back(std::move(breach));
  if (step.ruling() <= worst_) return;
  worst_ = step.ruling();
  rule_ = step.rule();
  reason_ = step.reason();
  const bool by_states = step.judgement.ruling == worst_;
  symptom_ = {by_states ? broken : rule_, by_states && step.judgement.state_only};
}

Exchange CaseRun::shown(const oracle::Step& step) const {
  const auto context = driver_.follower().store().conversation.context(Role::responder, step.session);
  return exchange_of(step, driver_.profile().shape, context);
}

bool CaseRun::unasked_failure() const {
  return std::any_of(unasked_.begin(), unasked_.end(), [](const auto& step) { return step.ruling() == Ruling::fail; });
}

// --- concluding ------------------------------------------------------------------------------------------------------

void CaseRun::conclude(CaseResult& result) const {
  put_findings(result);
  if (worst_ == Ruling::fail)
    result.verdict = Verdict::fail;
  else if (!progress_)
    undecided(result,
              "the target answered legally but did not do what the case needs (busy, refused, or ERROR by itself)");
  else if (!not_judged_.empty())
    undecided(result, "could not be judged: " + not_judged_);
  else
    result.verdict = worst_ == Ruling::warn ? Verdict::warn : Verdict::pass;
}

void CaseRun::conclude(CaseResult& result, const Trouble& trouble) const {
  put_findings(result);
  if (trouble.kind == Trouble::Kind::link || trouble.kind == Trouble::Kind::refused)
    return undecided(result, trouble.why);
  result.verdict = trouble.kind == Trouble::Kind::absent ? Verdict::not_applicable : Verdict::unsupported;
  result.rule = {};
  result.reason = trouble.why;
}

/// What is known to be wrong, whatever else is not known.
void CaseRun::put_findings(CaseResult& result) const {
  result.decisive = exchanges_;
  for (const Breach& breach : breaches_) result.add(breach);
  result.rule = rule_;
  result.reason = reason_;
}

/// No verdict, and why; behind the reason of the rule that is named, where one is.
void CaseRun::undecided(CaseResult& result, const std::string& why) {
  result.verdict = Verdict::inconclusive;
  result.reason += (result.reason.empty() ? "" : "; then ") + why;
}

}  // namespace lockstep::runner
