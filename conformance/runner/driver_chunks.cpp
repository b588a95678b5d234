// Large messages: requests that the tester takes apart, responses that it fetches.
#include <thread>

#include "runner/chunks.hpp"
#include "runner/driver.hpp"
#include "wire/spdm_chunk.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::runner {
namespace {

namespace cap = wire::spdm::capability;
using cases::Chunks;
using spdm::Stimulus;

constexpr int FETCHES = 4096;  // 64 KiB in chunks of 26 bytes, and some more
constexpr int BUSY_RETRIES = 5;
constexpr std::chrono::milliseconds BUSY_PAUSE{20};

bool is_response(const Answer& answer, wire::spdm::Code code) {
  return answer == Answer::response(AnswerProtocol::SPDM, static_cast<std::uint32_t>(code));
}

/// What a step on the way to the answer showed belongs to the answer.
void carry_over(oracle::Step& to, const oracle::Step& from) {
  to.findings.insert(to.findings.begin(), from.findings.begin(), from.findings.end());
  if (from.judgement.ruling > to.judgement.ruling) to.judgement = from.judgement;
}

/// The rules of transfers end one in which something was wrong.
bool is_spoilt(const oracle::Step& step) { return !step.request.findings.empty(); }

}  // namespace

/// A large response was announced, or a part of it has come.
bool Driver::goes_on(const oracle::Step& step) const {
  if (!follower_->store().conversation.negotiated().both_have(cap::CHUNK_CAP)) return false;
  const auto large = static_cast<std::uint32_t>(wire::spdm::ErrorCode::LargeResponse);
  const Answer& answer = step.observation.answer;
  return answer == Answer::error(AnswerProtocol::SPDM, large) || is_response(answer, wire::spdm::Code::CHUNK_RESPONSE);
}

Or<oracle::Step> Driver::fetch(oracle::Step announced, Byte session) {
  Or<oracle::Step> step = std::move(announced);
  for (int i = 0; i < FETCHES && step && goes_on(*step); ++i) {
    const oracle::Step before = std::move(*step);
    step = exchange_once({session, device::SpdmLetter{{.stimulus = Stimulus::CHUNK_GET}}}, nullptr);
    if (step) carry_over(*step, before);
  }
  return step;
}

/// A step CHUNK_SEND goes on with what was begun.
bool Driver::goes_in_chunks(const device::Letter& letter, const cases::Step& step) const {
  const auto* l = std::get_if<device::SpdmLetter>(&letter.body);
  const bool goes_on = l != nullptr && l->letter.stimulus == Stimulus::CHUNK_SEND && !unsent_.empty();
  return step.chunks != Chunks::none || goes_on;
}

Or<oracle::Step> Driver::in_chunks(const device::Letter& letter, const cases::Step& step) {
  const auto& conversation = follower_->store().conversation;
  if (step.chunks != Chunks::none) {
    if (!conversation.negotiated().both_have(cap::CHUNK_CAP))
      return Unexpected{Trouble{Trouble::Kind::absent, "no CHUNK_CAP at both ends"}};
    const auto message = composed(*follower_, requester_, letter, &step);
    if (!message) return Unexpected{message.error()};
    auto parts = chunks_of(*message, step.chunks, conversation.negotiated(), ++handle_);
    if (!parts) return Unexpected{Trouble{Trouble::Kind::absent, parts.error()}};
    unsent_.assign(parts->begin(), parts->end());
  }
  Action action = Action::of(letter, &step);
  std::optional<oracle::Step> before;
  while (true) {
    const Bytes part = std::move(unsent_.front());
    unsent_.pop_front();
    auto sent = send_part(letter, part, action);
    if (!sent) return sent;
    if (before) carry_over(*sent, *before);
    const bool over = unsent_.empty() || step.chunks == Chunks::begun || is_spoilt(*sent) ||
                      !is_response(sent->observation.answer, wire::spdm::Code::CHUNK_SEND_ACK);
    if (over && step.chunks != Chunks::begun) unsent_.clear();
    if (over) return step.unfetched ? std::move(sent) : fetch(std::move(*sent), letter.session);
    before = std::move(*sent);
    action = Action::of({letter.session, device::SpdmLetter{{.stimulus = Stimulus::CHUNK_SEND}}}, nullptr);
  }
}

/// Busy is legal at any time: the same part goes again.
Or<oracle::Step> Driver::send_part(const device::Letter& letter, const Bytes& part, const Action& action) {
  auto step = transmit(letter, part, action);
  for (int i = 0; i < BUSY_RETRIES && step && is_busy(step->observation.answer); ++i) {
    std::this_thread::sleep_for(BUSY_PAUSE);
    step = transmit(letter, part, action);
  }
  return step;
}

}  // namespace lockstep::runner
