// The machines know the rule of a row; the bytes of the request may break a narrower one. What is owed keeps its rule.
#include "oracle/citing.hpp"

#include <algorithm>

#include "requirements/catalogue.hpp"
#include "wire/ide_km.hpp"
#include "wire/vendor_defined.hpp"

namespace lockstep::oracle {
namespace {

/// A request with a wrong field was served. Which rule the field breaks the machines do not know; its layout does, and
/// some of those rules only warn.
void cite_the_field(Judgement& judgement, const device::Letter& letter, const spdm::Seen& request) {
  const auto* l = std::get_if<device::SpdmLetter>(&letter.body);
  if (l == nullptr || l->letter.defect != spdm::Defect::invalid_field) return;
  using enum spdm::Stimulus;
  const bool chunk = l->letter.stimulus == CHUNK_SEND || l->letter.stimulus == CHUNK_GET;  // their rules only warn
  const bool warns = chunk && judgement.ruling == Ruling::warn && !judgement.owed;
  if (judgement.ruling != Ruling::fail && !warns) return;
  std::vector<wire::Finding> of_the_device = request.findings;
  std::erase_if(of_the_device, [](const wire::Finding& finding) {
    return !finding.rule || !finding.rule.requirement().roles.has(Role::responder);
  });
  const wire::Finding* finding = worst(of_the_device);
  if (finding == nullptr) return;
  judgement.rule = finding->rule;
  judgement.ruling = ruling_of(*finding);
}

constexpr Byte REQUEST = 0x80;  // set in the codes of requests of SPDM and TDISP

bool is_response(wire::ide_km::ObjectId id) {
  using enum wire::ide_km::ObjectId;
  return id == QUERY_RESP || id == KP_ACK || id == K_GOSTOP_ACK;
}

/// Bits 23:16 of a FUNCTION_ID are its segment where bit 24 says so.
bool names_an_invalid_segment(std::uint32_t function_id) {
  return (function_id >> 24 & 1) == 0 && (function_id >> 16 & 0xFF) != 0;
}

/// The rule for what the machines know as an unknown request, or an interface that nobody hosts: a response in place of
/// a request, and a segment that is not valid. none(): it is not one of these.
Rule rule_of_the_bytes(const device::Letter& letter, const spdm::Seen& request) {
  if (const auto* l = std::get_if<device::SpdmLetter>(&letter.body)) {
    const bool unknown = l->letter.stimulus == spdm::Stimulus::UNKNOWN_REQUEST && request.bytes.size() > 1;
    return unknown && (request.bytes[1] & REQUEST) == 0 ? Rule("SPDM-LIFE-025") : Rule::none();
  }
  const auto* envelope = request.message.as<wire::spdm::VENDOR_DEFINED_REQUEST>();
  const auto inner = envelope == nullptr ? std::nullopt : wire::inner_message(*envelope);
  if (!inner || inner->bytes.size() < 2) return Rule::none();
  const Byte code = inner->bytes[1];
  if (const auto* l = std::get_if<device::IdeKmLetter>(&letter.body)) {
    const bool unknown = l->letter.stimulus == ide_km::Stimulus::UNKNOWN_OBJECT;
    return unknown && is_response(wire::ide_km::ObjectId(code)) ? Rule("IDE-MSG-034") : Rule::none();
  }
  const auto* l = std::get_if<device::TdispLetter>(&letter.body);
  if (l == nullptr || inner->bytes.size() < 8) return Rule::none();
  if (l->tdi == device::NONE &&
      names_an_invalid_segment(static_cast<std::uint32_t>(read_le(inner->bytes.subspan(4, 4)))))
    return "TDISP-HDR-008";
  const bool unknown =
      l->letter.stimulus == tdisp::Stimulus::UNKNOWN_REQUEST && l->letter.defect == tdisp::Defect::none;
  return unknown && (code & REQUEST) == 0 ? Rule("TDISP-HDR-012") : Rule::none();
}

/// Nothing that is carried where it must not be is acted on, whatever it is.
bool is_carried_wrongly(Rule rule) {
  constexpr Rule RULES[] = {"TDISP-HDR-017", "TDISP-HDR-018", "IDE-MSG-002", "IDE-MSG-003"};
  return std::find(std::begin(RULES), std::end(RULES), rule) != std::end(RULES);
}

/// These rules only warn: no source says how a device reacts.
void cite_the_bytes(Judgement& judgement, const device::Letter& letter, const spdm::Seen& request) {
  if (judgement.ruling == Ruling::legal || judgement.owed || judgement.state_only || is_carried_wrongly(judgement.rule))
    return;
  const Rule rule = rule_of_the_bytes(letter, request);
  if (!rule) return;
  judgement.rule = rule;
  judgement.ruling = std::min(judgement.ruling, Ruling::warn);
}

/// One row of the machine stands for several rules about an IDE_KM object. That of QUERY says what it does to the
/// stream: where no QUERY_RESP came, it is not carried as it should be.
void cite_the_object(Judgement& judgement, const spdm::Seen& request, const Answer& answer) {
  constexpr auto QUERY_RESP = static_cast<std::uint32_t>(wire::ide_km::ObjectId::QUERY_RESP);
  if (judgement.owed) return;
  if (judgement.rule == Rule("IDE-MSG-014") && judgement.ruling == Ruling::fail &&
      answer != Answer::response(AnswerProtocol::IDE_KM, QUERY_RESP))
    judgement.rule = "IDE-MSG-001";
  if (const auto* envelope = request.message.as<wire::spdm::VENDOR_DEFINED_REQUEST>())
    judgement.rule = device::narrowed(judgement.rule, envelope->vendor_defined_payload);
}

}  // namespace

void cite_narrower(Step& step) {
  cite_the_field(step.judgement, step.letter, step.request);
  cite_the_object(step.judgement, step.request, step.observation.answer);
  cite_the_bytes(step.judgement, step.letter, step.request);
}

}  // namespace lockstep::oracle
