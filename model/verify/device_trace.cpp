#include "verify/device_trace.hpp"

#include <fmt/format.h>

#include "device/letter_text.hpp"

namespace lockstep::verify {
namespace {

using device::Control;
using device::IdeKmLetter;
using device::Letter;
using device::SpdmLetter;
using device::TdispLetter;
using spdm::SessionState;
using spdm::Stimulus;

bool same_but_sub_stream(const DeviceAction& a, const DeviceAction& b) {
  Letter left = a.letter, right = b.letter;
  auto* l = std::get_if<IdeKmLetter>(&left.body);
  auto* r = std::get_if<IdeKmLetter>(&right.body);
  if (l != nullptr && r != nullptr) l->letter.slot.sub_stream = r->letter.slot.sub_stream = 0;
  return left == right;
}

/// A record that does not open is one that carries something and was spoilt on its way.
std::string action_text(const Letter& letter) {
  const auto* l = std::get_if<SpdmLetter>(&letter.body);
  if (l == nullptr || l->letter.stimulus != Stimulus::RECORD_UNOPENED) return device::letter_text(letter);
  return device::letter_text({letter.session, SpdmLetter{{.stimulus = Stimulus::HEARTBEAT}}}) + " record=flipped";
}

/// A FINISH that skips what was asked for says so: a replay makes up for what a target asks for by itself.
const Letter& said(const Letter& letter, const Letter& normalised) {
  const auto* l = std::get_if<SpdmLetter>(&normalised.body);
  return l != nullptr && l->letter.defect == spdm::Defect::mut_auth_missing ? normalised : letter;
}

bool is_answered_with_a_signature(const Letter& letter) {
  const auto* l = std::get_if<SpdmLetter>(&letter.body);
  return l != nullptr && (l->letter.stimulus == Stimulus::KEY_EXCHANGE || l->letter.stimulus == Stimulus::CHALLENGE);
}

bool negotiated(const Control& control) { return control.connection.state == spdm::ConnectionState::NEGOTIATED; }

}  // namespace

DeviceNarrator::DeviceNarrator(const DeviceTables& tables)
    : tables_(tables), text_{device::describe(tables.scope.shape, control_), {}, {}} {}

void DeviceNarrator::step(Label label, const std::function<bool(const Control&)>& fits) {
  const DeviceAction& wanted = tables_.actions[action_of(label)];
  for (std::size_t a = 0; a < tables_.actions.size(); ++a) {
    const DeviceAction& action = tables_.actions[a];
    if (!same_but_sub_stream(action, wanted)) continue;
    if (!fits(apply(tables_.rules(), tables_.scope, control_, action, choice_of(label)).after)) continue;
    text_.lines.push_back({message_of(tables_, control_, label_of(a, choice_of(label))), {}});
    take(action, choice_of(label));
    text_.lines.back().state = device::describe(tables_.scope.shape, control_);
    return;
  }
  LOCKSTEP_ASSERT(false);
}

void DeviceNarrator::take(const DeviceAction& action, Choice choice) {
  before_ = control_;
  last_ = action;
  for (const Letter& letter : letters_of(action)) {
    const Letter normalised = tables_.rules().normalised(tables_.scope.shape, control_, letter);
    const auto outcome = tables_.rules().step(tables_.scope.shape, control_, normalised, choice);
    const bool answered = outcome.answer.kind != Answer::Kind::none;
    text_.lines.back().actions.push_back(
        {action_text(said(letter, normalised)), answered ? device::describe(outcome.answer) : std::string()});
    control_ = outcome.after;
  }
  if (!negotiated(before_) && negotiated(control_)) negotiated_.push_back(text_.lines.size() - 1);
  verifies_ = verifies_ || is_answered_with_a_signature(action.letter);
}

TraceText DeviceNarrator::finish(std::optional<std::size_t> loop) {
  text_.loop = loop;
  if (verifies_) read_certificates();
  if (!text_.lines.empty()) read_back();
  return text_;
}

void DeviceNarrator::read_certificates() {
  for (const std::size_t line : negotiated_)
    for (const Stimulus stimulus : {Stimulus::GET_DIGESTS, Stimulus::GET_CERTIFICATE})
      text_.lines[line].actions.push_back({device::letter_text({device::NONE, SpdmLetter{{.stimulus = stimulus}}})});
}

/// Over a session that lives whether the last step was right or wrong.
void DeviceNarrator::read_back() {
  const Control right = apply({}, tables_.scope, before_, last_, Choice::as_specified).after;
  const device::Shape& shape = tables_.scope.shape;
  for (Byte s = 0; s < shape.sessions; ++s) {
    if (control_.sessions[s].state != SessionState::ESTABLISHED || right.sessions[s].state != SessionState::ESTABLISHED)
      continue;
    const auto read = [&](const Letter& letter) {
      text_.lines.back().actions.push_back({device::letter_text(letter)});
    };
    for (Byte t = 0; t < shape.tdis; ++t)
      read({s, TdispLetter{{.stimulus = tdisp::Stimulus::GET_DEVICE_INTERFACE_STATE}, t}});
    for (Byte k = 0; k < shape.streams && shape.kind == device::Kind::endpoint_with_ide; ++k)
      read({s, IdeKmLetter{{.stimulus = ide_km::Stimulus::QUERY, .session = s}, k}});
    return;
  }
}

}  // namespace lockstep::verify
