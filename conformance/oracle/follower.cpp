#include "oracle/follower.hpp"

#include <algorithm>
#include <utility>

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
  std::vector<device::Letter> letters;
  for (const Belief& belief : oracle_.belief())
    letters.push_back(device::abstract(store_, belief.control, seen, session));
  const bool asks_again =
      seen.is(wire::spdm::Code::RESPOND_IF_READY) && seen.findings.empty() && owed_ && owed_->session == session;
  if (asks_again && owed_->letters.size() == letters.size()) {
    open_ = std::exchange(owed_, std::nullopt);
  } else {
    open_ = Open{std::move(letters), std::move(seen), session};
    owed_.reset();
  }
  return open_->letters.front();
}

bool Follower::puts_off(const Step& step) const {
  using wire::spdm::ErrorCode;
  if (std::holds_alternative<device::SpdmLetter>(step.letter.body)) return false;
  const Answer& answer = step.observation.answer;
  return answer == Answer::error(AnswerProtocol::SPDM, static_cast<std::uint32_t>(ErrorCode::Busy)) ||
         answer == Answer::error(AnswerProtocol::SPDM, static_cast<std::uint32_t>(ErrorCode::ResponseNotReady));
}

Step Follower::judge(Step step) {
  LOCKSTEP_ASSERT(open_.has_value());
  Open open = *std::exchange(open_, std::nullopt);
  const spdm::Seen* response = step.response ? &*step.response : nullptr;
  for (device::Letter& letter : open.letters) device::complete(letter, response);
  step.letter = open.letters.front();
  step.request = open.request;
  step.session = open.session;
  step.before = oracle_.belief();
  step.observation = device::abstract_answer(store_, step.letter, response);
  if (puts_off(step)) {
    step.judgement.progress = false;
    step.judgement.permitted = {step.observation.answer};
    owed_ = std::move(open);
  } else {
    step.judgement = oracle_.observe(open.letters, step.observation);
  }
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
  LOCKSTEP_ASSERT(open_.has_value());
  Step step;
  const bool elsewhere = session != open_->session;
  step.response = store_.conversation.on_response(message, session);
  const bool error = step.response->is(wire::spdm::Code::ERROR);
  step = judge(std::move(step));
  // An ERROR may have to come in the clear: the session that it speaks of is gone.
  if (elsewhere && !error)
    step.findings.push_back({"SECMSG-020", "session", "answers outside the session in which it was asked"});
  return step;
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
