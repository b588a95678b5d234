#include "spdm/refusals.hpp"

#include <deque>

namespace lockstep::spdm {

Answer Reply::in(Byte spdm_version) const {
  if (kind != Answer::Kind::error) return {kind, AnswerProtocol::SPDM, 0};
  if (spdm_version <= 0x11) return spdm::error(until_1_1);
  return spdm::error(spdm_version == 0x12 ? in_1_2 : from_1_3);
}

Rule Cite::of(Stimulus stimulus, Byte spdm_version) const {
  if (own == nullptr) return rule;
  const bool absent = own == &Request::not_supported && !exists(stimulus, spdm_version);
  return absent ? request(stimulus).absent : request(stimulus).*own;
}

Answer chosen(const Answer& as_specified, Choice choice) {
  const bool owed = as_specified.kind != Answer::Kind::none;
  switch (choice) {
    case Choice::busy:
      return error(ErrorCode::Busy);
    case Choice::not_ready:
      return error(ErrorCode::ResponseNotReady);
    case Choice::discard:
    case Choice::forgets_silently:
      return Answer::silent();
    case Choice::forgets:
      return owed ? any_error() : Answer{};
    case Choice::other_code:
    case Choice::refuse:
      return any_error();
    default:
      return as_specified;
  }
}

Letter seen_in(Byte spdm_version, const Letter& letter) {
  const bool said = letter.defect != Defect::none && letter.defect < Defect::not_supported;
  if (said || exists(letter.stimulus, spdm_version)) return letter;
  return {.stimulus = letter.stimulus, .defect = Defect::not_supported};
}

Letter sound(const Letter& letter) {
  Letter same = letter;
  same.defect = Defect::none;
  return same;
}

std::string_view kept(std::string text) {
  static std::deque<std::string> texts;
  return texts.emplace_back(std::move(text));
}

std::vector<machine::RowText> with_stimuli(std::vector<machine::RowText> rows, Event (*event_of)(const Letter&)) {
  for (auto& row : rows) {
    std::string stimuli;
    for (std::size_t i = 0; i < STIMULI; ++i) {
      const auto stimulus = static_cast<Stimulus>(i);
      if (name(event_of({.stimulus = stimulus})) == row.stimulus)
        stimuli.append(stimuli.empty() ? "" : ", ").append(name(stimulus));
    }
    if (!stimuli.empty()) row.stimulus = kept(std::move(stimuli));
  }
  return rows;
}

std::string text_of(const Reply& reply) {
  if (reply.kind == Answer::Kind::silence) return "silence";
  if (reply.kind == Answer::Kind::none) return "no effect";
  const auto code = [](ErrorCode c) {
    switch (c) {
      case ErrorCode::InvalidRequest:
        return "InvalidRequest";
      case ErrorCode::UnexpectedRequest:
        return "UnexpectedRequest";
      case ErrorCode::UnsupportedRequest:
        return "UnsupportedRequest";
      case ErrorCode::RequestInFlight:
        return "RequestInFlight";
      case ErrorCode::InvalidResponseCode:
        return "InvalidResponseCode";
      case ErrorCode::SessionLimitExceeded:
        return "SessionLimitExceeded";
      case ErrorCode::SessionRequired:
        return "SessionRequired";
      case ErrorCode::RequestTooLarge:
        return "RequestTooLarge";
      case ErrorCode::VersionMismatch:
        return "VersionMismatch";
      case ErrorCode::NoPendingRequests:
        return "NoPendingRequests";
      default:
        LOCKSTEP_ASSERT(false && "no refusal answers this");
    }
    return "";
  };
  std::string text = code(reply.from_1_3);
  if (reply.in_1_2 != reply.from_1_3) text += std::string(", 1.2: ") + code(reply.in_1_2);
  if (reply.until_1_1 != reply.in_1_2) text += std::string(", up to 1.1: ") + code(reply.until_1_1);
  return text;
}

}  // namespace lockstep::spdm
