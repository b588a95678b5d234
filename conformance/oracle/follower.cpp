#include "oracle/follower.hpp"

#include <algorithm>

#include "requirements/catalogue.hpp"

namespace lockstep::oracle {

Ruling ruling_of(const wire::Finding& finding) {
  const bool fails = finding.rule && finding.rule.requirement().on_breach == OnBreach::fail;
  return fails ? Ruling::fail : Ruling::warn;
}

namespace {

const wire::Finding* worst(const std::vector<wire::Finding>& findings) {
  const auto found = std::max_element(findings.begin(), findings.end(),
                                      [](const auto& a, const auto& b) { return ruling_of(a) < ruling_of(b); });
  return found == findings.end() ? nullptr : &*found;
}

}  // namespace

Ruling Step::ruling() const {
  const wire::Finding* finding = worst(findings);
  return finding == nullptr ? judgement.ruling : std::max(judgement.ruling, ruling_of(*finding));
}

Rule Step::rule() const {
  const wire::Finding* finding = worst(findings);
  return finding != nullptr && ruling_of(*finding) > judgement.ruling ? finding->rule : judgement.rule;
}

std::string Step::reason() const {
  const wire::Finding* finding = worst(findings);
  if (finding == nullptr || ruling_of(*finding) <= judgement.ruling) return judgement.reason;
  return finding->field.empty() ? finding->what : finding->field + ": " + finding->what;
}

Follower::Follower(device::Store store) : store_(std::move(store)), oracle_(store_.shape) {}

const device::Letter& Follower::request(View message, spdm::SessionId session) {
  spdm::Seen seen = store_.conversation.on_request(message, session);
  device::adopt_addresses(store_, seen);
  device::Letter letter = device::abstract(store_, control(), seen, session);
  open_ = Open{std::move(letter), std::move(seen), session};
  return open_->letter;
}

Step Follower::judge(Step step) {
  LOCKSTEP_ASSERT(open_.has_value());
  step.letter = std::move(open_->letter);
  step.request = std::move(open_->request);
  step.session = open_->session;
  open_.reset();
  const spdm::Seen* response = step.response ? &*step.response : nullptr;
  device::complete(step.letter, response);
  step.before = oracle_.belief();
  step.observation = device::abstract_answer(store_, step.letter, response);
  step.judgement = oracle_.observe(step.letter, step.observation);
  if (response != nullptr) {
    step.findings = response->findings;
    step.not_judged = response->not_judged;
    for (wire::Finding& finding : device::check_contents(store_, step.letter, step.request, *response))
      step.findings.push_back(std::move(finding));
  }
  device::remember(store_, step.letter, step.request, response);
  step.after = oracle_.belief();
  return step;
}

Step Follower::response(View message, spdm::SessionId session) {
  Step step;
  step.response = store_.conversation.on_response(message, session);
  return judge(std::move(step));
}

Step Follower::silence() { return judge({}); }

Step Follower::unopened(const spdm::RecordError& error) {
  Step step;
  step.unopened = error;
  step = judge(std::move(step));
  if (error.rule) step.findings.push_back({error.rule, "record", error.why});
  return step;
}

}  // namespace lockstep::oracle
