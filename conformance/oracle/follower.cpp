#include <algorithm>
#include <utility>

#include "oracle/citing.hpp"
#include "requirements/catalogue.hpp"
#include "wire/spdm_registry.hpp"

namespace lockstep::oracle {

Ruling ruling_of(const wire::Finding& finding) {
  const bool fails = finding.rule && finding.rule.requirement().on_breach == OnBreach::fail;
  return fails ? Ruling::fail : Ruling::warn;
}

const wire::Finding* worst(const std::vector<wire::Finding>& findings) {
  const auto found = std::max_element(findings.begin(), findings.end(),
                                      [](const auto& a, const auto& b) { return ruling_of(a) < ruling_of(b); });
  return found == findings.end() ? nullptr : &*found;
}

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

namespace {

/// A refusal that leaves everything as it was: not one that speaks of a lost connection or session.
bool keeps_its_place(const Answer& answer) {
  using wire::spdm::ErrorCode;
  const auto is = [&](ErrorCode code) {
    return answer == Answer::error(AnswerProtocol::SPDM, static_cast<std::uint32_t>(code));
  };
  return answer.is_refusal() && !is(ErrorCode::RequestResynch) && !is(ErrorCode::DecryptError);
}

}  // namespace

Follower::Follower(device::Store store) : store_(std::move(store)), oracle_(store_.shape) {}

std::vector<device::Letter> Follower::letters_of(const spdm::Seen& seen, spdm::SessionId session) {
  const device::Letter first = device::abstract(store_, control(), seen, session);
  if (const auto* l = std::get_if<device::TdispLetter>(&first.body); l != nullptr && l->tdi != device::NONE)
    oracle_.meet(l->tdi);
  if (!sees_events_) imagine(first);
  std::vector<device::Letter> letters;
  for (const Belief& belief : oracle_.belief())
    letters.push_back(device::abstract(store_, belief.control, seen, session));
  return letters;
}

const device::Letter& Follower::request(View message, spdm::SessionId session) {
  spdm::Seen seen = store_.conversation.on_request(message, session);
  const Byte adopted = device::adopt_addresses(store_, seen);
  const spdm::Pending* pending = store_.conversation.pending(session);
  const bool interrupts = pending != nullptr && pending->interrupts;
  if (!seen.is(wire::spdm::Code::CHUNK_GET) && !interrupts) large_.reset();
  if (seen.is(wire::spdm::Code::CHUNK_SEND) && !seen.carried.empty()) return last_part(std::move(seen), session);
  std::vector<device::Letter> letters = letters_of(seen, session);
  const bool asks_again =
      seen.is(wire::spdm::Code::RESPOND_IF_READY) && seen.findings.empty() && owed_ && owed_->session == session;
  if (asks_again && owed_->letters.size() == letters.size()) {
    open_ = std::exchange(owed_, std::nullopt);
  } else {
    open_ = Open{std::move(letters), std::move(seen), session, false, adopted, interrupts};
    owed_.reset();
  }
  return open_->letters.front();
}

/// The last chunk brings the request: its answer is what comes back for the chunk.
const device::Letter& Follower::last_part(spdm::Seen part, spdm::SessionId session) {
  spdm::Seen whole = part.carried.front();
  std::vector<device::Letter> letters = letters_of(whole, session);
  open_ = Open{std::move(letters), std::move(whole), session};
  open_->part = std::move(part);
  owed_.reset();
  return open_->letters.front();
}

void Follower::spoilt_record(Byte session, spdm::Defect defect, View record) {
  const device::Letter letter{session,
                              device::SpdmLetter{{.stimulus = spdm::Stimulus::RECORD_UNOPENED, .defect = defect}}};
  spdm::Seen seen{.sender = Role::requester, .bytes = copy(record)};
  open_ = Open{{oracle_.belief().size(), letter},
               std::move(seen),
               session == device::NONE ? std::nullopt : store_.session_ids[session],
               true};
  owed_.reset();
}

Step Follower::happened(const device::Letter& event) {
  Step step;
  step.letter = event;
  step.before = oracle_.belief();
  oracle_.happened(event);
  // Between a request and its answer: what the request means in each state is another question now.
  if (open_ && open_->letters.size() != oracle_.belief().size())
    open_->letters = letters_of(open_->request, open_->session);
  step.after = oracle_.belief();
  forget_ended_sessions();
  return step;
}

/// What is over in every state believed possible is over for the conversation as well: a record that did not open or
/// an event ends a session without a message that says so.
void Follower::forget_ended_sessions() {
  const auto ended = [&](std::size_t place) {
    return std::all_of(oracle_.belief().begin(), oracle_.belief().end(), [&](const Belief& belief) {
      return belief.control.sessions[place].state == spdm::SessionState::NONE;
    });
  };
  for (std::size_t i = 0; i < store_.session_ids.size(); ++i) {
    if (!store_.session_ids[i] || !ended(i)) continue;
    store_.conversation.end_session(*store_.session_ids[i]);
    store_.session_ids[i].reset();
  }
}

std::optional<Rule> Follower::must_be_refused() const {
  LOCKSTEP_ASSERT(open_.has_value());
  std::optional<Rule> rule;
  for (std::size_t i = 0; i < open_->letters.size(); ++i) {
    if (rule && oracle_.belief()[i].debt == Tag::unclear) continue;
    const auto expected = device::step(store_.shape, oracle_.belief()[i].control, open_->letters[i]);
    if (!expected.answer.is_refusal()) return std::nullopt;
    if (!rule) rule = expected.rule;
  }
  return rule;
}

bool Follower::may_be_silent() const {
  LOCKSTEP_ASSERT(open_.has_value());
  const auto discards = [&](const Belief& belief, const device::Letter& letter) {
    for (const Option& option : device::options(store_.shape, belief.control, letter)) {
      const Answer answer = device::step(store_.shape, belief.control, letter, option.choice).answer;
      if (option.tag != Tag::unclear && answer == Answer::silent()) return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < open_->letters.size(); ++i) {
    const Belief& belief = oracle_.belief()[i];
    if (belief.debt != Tag::unclear && discards(belief, open_->letters[i])) return true;
  }
  return false;
}

bool Follower::puts_off(const Step& step) const {
  using wire::spdm::ErrorCode;
  if (std::holds_alternative<device::SpdmLetter>(step.letter.body)) return false;
  const Answer& answer = step.observation.answer;
  return answer == Answer::error(AnswerProtocol::SPDM, static_cast<std::uint32_t>(ErrorCode::Busy)) ||
         answer == Answer::error(AnswerProtocol::SPDM, static_cast<std::uint32_t>(ErrorCode::ResponseNotReady));
}

/// An INTERFACE_ID that the device does not host was none of its TDIs after all, or is none any more. Returns whether
/// the TDI has vanished.
bool Follower::give_back(Open& open, const Answer& answer) {
  constexpr auto INVALID_INTERFACE = static_cast<std::uint32_t>(wire::tdisp::ErrorCode::INVALID_INTERFACE);
  if (answer != Answer::error(AnswerProtocol::TDISP, INVALID_INTERFACE)) return false;
  if (open.adopted == device::NONE && sees_events_) return false;
  if (open.adopted != device::NONE) store_.tdis[open.adopted] = {};
  for (device::Letter& letter : open.letters)
    if (auto* l = std::get_if<device::TdispLetter>(&letter.body)) l->tdi = device::NONE;
  return open.adopted == device::NONE;
}

bool Follower::comes_in_chunks(const Step& step) const {
  const auto large = static_cast<std::uint32_t>(wire::spdm::ErrorCode::LargeResponse);
  return step.observation.answer == Answer::error(AnswerProtocol::SPDM, large) &&
         store_.conversation.negotiated().both_have(wire::spdm::capability::CHUNK_CAP);
}

bool Follower::too_large(const Step& step) const {
  const auto code = static_cast<std::uint32_t>(wire::spdm::ErrorCode::ResponseTooLarge);
  if (step.observation.answer != Answer::error(AnswerProtocol::SPDM, code) || !step.response) return false;
  const auto* error = step.response->message.as<wire::spdm::ERROR>();
  const std::uint32_t most = store_.conversation.negotiated().requester.max_spdm_msg_size;
  return error != nullptr && most != 0 && error->extended_error_data.size() >= 4 &&
         read_le(View(error->extended_error_data).first(4)) > most;
}

/// The last chunk has brought the answer: the request that it belongs to is judged by it.
Step Follower::judge_large(spdm::Seen answer, Step chunk) {
  open_ = std::exchange(large_, std::nullopt);
  if (open_->letters.size() != oracle_.belief().size()) open_->letters = letters_of(open_->request, open_->session);
  Step step;
  step.response = std::move(answer);
  step = judge(std::move(step));
  step.request_chunk = std::move(chunk.request.bytes);
  step.response_chunk = std::move(chunk.response->bytes);
  step.findings.insert(step.findings.end(), chunk.findings.begin(), chunk.findings.end());
  step.not_judged.insert(step.not_judged.end(), chunk.not_judged.begin(), chunk.not_judged.end());
  if (chunk.judgement.ruling > step.judgement.ruling) step.judgement = std::move(chunk.judgement);
  return step;
}

Step Follower::judge(Step step) {
  LOCKSTEP_ASSERT(open_.has_value());
  Open open = *std::exchange(open_, std::nullopt);
  const bool spoilt = open.spoilt;
  const spdm::Seen* response = step.response ? &*step.response : nullptr;
  for (device::Letter& letter : open.letters) device::complete(letter, store_, open.request, response);
  const auto* asked = std::get_if<device::TdispLetter>(&open.letters.front().body);
  const Byte tdi = asked != nullptr ? asked->tdi : device::NONE;
  const bool vanished = give_back(open, device::abstract_answer(store_, open.letters.front(), response).answer);
  step.letter = open.letters.front();
  step.request = open.request;
  step.session = open.session;
  step.before = oracle_.belief();
  step.observation = device::abstract_answer(store_, step.letter, response);
  if (puts_off(step)) {
    step.judgement.progress = false;
    step.judgement.permitted = {step.observation.answer};
    owed_ = std::move(open);
  } else if (comes_in_chunks(step)) {
    step.judgement.permitted = {step.observation.answer};
    large_ = std::move(open);
  } else if (open.interrupts && keeps_its_place(step.observation.answer)) {
    step.judgement.permitted = {step.observation.answer};
  } else {
    if (open.interrupts) large_.reset();
    step.judgement = oracle_.observe(open.letters, step.observation);
    if (vanished && tdi != device::NONE) judge_vanished(step, tdi);
    note_unseen(step);
    cite_narrower(step);
    if (too_large(step) && step.judgement.ruling == Ruling::legal) step.judgement.progress = true;
  }
  if (response != nullptr) {
    step.findings = response->findings;
    if (response->error) step.findings.push_back({response->error->rule, response->error->field, response->error->why});
    step.not_judged = response->not_judged;
    for (wire::Finding& finding : device::check_contents(store_, step.letter, step.request, *response))
      step.findings.push_back(std::move(finding));
  }
  device::remember(store_, step.letter, step.request, response);
  step.after = oracle_.belief();
  if (spoilt) forget_ended_sessions();
  return step;
}

namespace {

spdm::Seen answer_to_spoilt(View message, const wire::Context& context) {
  spdm::Seen seen{.sender = Role::responder, .bytes = copy(message)};
  if (auto decoded = wire::spdm::decode_spdm(message, context)) seen.message = std::move(decoded->message);
  return seen;
}

}  // namespace

Step Follower::response(View message, spdm::SessionId session) {
  LOCKSTEP_ASSERT(open_.has_value());
  Step step;
  const spdm::SessionId asked_in = open_->session;
  const bool spoilt = open_->spoilt;
  step.response = spoilt ? answer_to_spoilt(message, store_.conversation.context(Role::responder, std::nullopt))
                         : store_.conversation.on_response(message, session);
  const bool error = step.response->is(wire::spdm::Code::ERROR);
  const std::vector<spdm::Seen> carried = step.response->carried;
  const bool chunk = step.response->is(wire::spdm::Code::CHUNK_RESPONSE);
  if (open_->part) {
    step.request_chunk = open_->part->bytes;
    step.response_chunk = step.response->bytes;
    const bool inside = step.response->is(wire::spdm::Code::CHUNK_SEND_ACK) && !carried.empty();
    std::vector<wire::Finding> of_the_part = step.response->findings;
    if (inside) step.response = carried.front();
    if (inside) step.response->findings.insert(step.response->findings.end(), of_the_part.begin(), of_the_part.end());
  }
  step = judge(std::move(step));
  if (chunk && large_ && !carried.empty()) step = judge_large(carried.front(), std::move(step));
  if (asked_in && session != asked_in) {
    // An ERROR may have to come in the clear: the session that it speaks of is gone. Whether it is shows later.
    if (error && !spoilt) errors_in_the_clear_.insert(*asked_in);
    if (!error) step.findings.push_back({"SECMSG-020", "session", "answers outside the session in which it was asked"});
  } else if (asked_in && errors_in_the_clear_.erase(*asked_in) != 0) {
    step.findings.push_back({"SECMSG-019", "session", "lives, and an ERROR of it came in the clear before"});
  } else if (!asked_in && session) {
    step.findings.push_back({"SECMSG-020", "session", "answers in a session what was asked in the clear"});
  }
  return step;
}

Step Follower::silence() { return judge({}); }

namespace {

/// What a record breaks that names another session than that of its request.
Rule wrong_session_rule(spdm::SessionId asked_in, std::uint32_t named) {
  const bool halves_swapped = asked_in && named == (*asked_in >> 16 | *asked_in << 16);
  return halves_swapped ? Rule("SECMSG-021") : Rule("SECMSG-020");
}

}  // namespace

Step Follower::unopened(const spdm::RecordError& error) {
  LOCKSTEP_ASSERT(open_.has_value());
  const spdm::SessionId asked_in = open_->session;
  const bool elsewhere = error.session && error.session != asked_in && error.kind != spdm::RecordError::Kind::malformed;
  Step step;
  step.unopened = error;
  step = judge(std::move(step));
  const Rule rule = elsewhere ? wrong_session_rule(asked_in, *error.session) : error.rule;
  if (!rule) return step;
  step.findings.push_back({rule, "record", error.why});
  step.judgement.ruling = Ruling::legal;  // something came: the silence that the machines see is none
  step.judgement.progress = false;
  return step;
}

}  // namespace lockstep::oracle
