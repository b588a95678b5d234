// Letters, states and answers in words.
#include <fmt/format.h>

#include <algorithm>

#include "device/control.hpp"
#include "wire/ide_km.hpp"
#include "wire/spdm_registry.hpp"
#include "wire/tdisp.hpp"

namespace lockstep::device {
namespace {

std::string over(Byte session) { return session == NONE ? " in the clear" : fmt::format(" in session {}", session); }

std::string with_defect(std::string_view stimulus, std::string_view defect, bool none) {
  return none ? std::string(stimulus) : fmt::format("{} ({})", stimulus, defect);
}

std::string index(Byte value) { return value == NONE ? "unknown" : std::to_string(value); }

std::string describe(const SpdmLetter& l) {
  return with_defect(name(l.letter.stimulus), name(l.letter.defect), l.letter.defect == spdm::Defect::none);
}
std::string describe(const IdeKmLetter& l) {
  return with_defect(name(l.letter.stimulus), name(l.letter.defect), l.letter.defect == ide_km::Defect::none) +
         fmt::format(" for stream {}", index(l.stream));
}
std::string describe(const TdispLetter& l) {
  return with_defect(name(l.letter.stimulus), name(l.letter.defect), l.letter.defect == tdisp::Defect::none) +
         fmt::format(" for TDI {}", index(l.tdi));
}
std::string describe(DeviceEvent event) {
  return event == DeviceEvent::CONVENTIONAL_RESET ? "CONVENTIONAL_RESET" : "FUNCTION_0_RESET";
}

std::string_view state_name(spdm::ConnectionState state) {
  static constexpr std::string_view names[] = {"NOT_STARTED", "AFTER_VERSION", "AFTER_CAPABILITIES", "NEGOTIATED"};
  return names[static_cast<std::size_t>(state)];
}
std::string_view state_name(spdm::SessionState state) {
  static constexpr std::string_view names[] = {"NONE", "HANDSHAKING", "ESTABLISHED"};
  return names[static_cast<std::size_t>(state)];
}

/// The name that an integer field of a layout has for a value.
std::string value_name(const wire::Layout& layout, std::string_view field, std::uint32_t value) {
  if (const wire::Field* found = layout.find(field))
    for (const wire::Named& named : found->values)
      if (named.value == value) return std::string(named.name);
  return fmt::format("0x{:x}", value);
}

std::string response_name(const Answer& answer) {
  const auto code = static_cast<Byte>(answer.code);
  const wire::Layout* layout = answer.protocol == AnswerProtocol::SPDM    ? wire::spdm::find_response(code)
                               : answer.protocol == AnswerProtocol::TDISP ? wire::tdisp::find_response(code)
                                                                          : wire::ide_km::find_response(code);
  return layout == nullptr ? fmt::format("response 0x{:02x}", answer.code) : std::string(layout->name);
}

std::string error_name(const Answer& answer) {
  switch (answer.protocol) {
    case AnswerProtocol::SPDM:
      return "ERROR " + value_name(*wire::spdm::find_response(0x7F), "Param1", answer.code);
    case AnswerProtocol::TDISP:
      return "TDISP_ERROR " + value_name(*wire::tdisp::find_response(0x7F), "ERROR_CODE", answer.code);
    case AnswerProtocol::IDE_KM:
      return "KP_ACK with Status " + value_name(wire::ide_km::KP_ACK::layout(), "Status", answer.code);
  }
  return {};
}

std::string_view protocol_name(AnswerProtocol protocol) {
  static constexpr std::string_view names[] = {"SPDM", "IDE_KM", "TDISP"};
  return names[static_cast<std::size_t>(protocol)];
}

}  // namespace

std::string describe(const Letter& letter) {
  const bool message = !std::holds_alternative<DeviceEvent>(letter.body);
  return std::visit([](const auto& body) { return describe(body); }, letter.body) +
         (message ? over(letter.session) : std::string());
}

std::string describe(const Shape& shape, const Control& control) {
  std::string text(state_name(control.connection.state));
  for (std::size_t i = 0; i < control.sessions.size(); ++i)
    if (control.sessions[i].state != spdm::SessionState::NONE)
      text += fmt::format("; session {} {}", i, state_name(control.sessions[i].state));
  for (std::size_t i = 0; i < shape.streams; ++i)
    text += fmt::format("; stream {} {}", i, name(control.streams[i].state));
  for (std::size_t i = 0; i < shape.tdis; ++i) text += fmt::format("; TDI {} {}", i, name(control.tdis[i].state));
  return text;
}

std::string describe(const Answer& answer) {
  switch (answer.kind) {
    case Answer::Kind::none:
      return "nothing";
    case Answer::Kind::silence:
      return "silence";
    case Answer::Kind::response:
      return answer.code == Answer::ANY ? fmt::format("any {} response", protocol_name(answer.protocol))
                                        : response_name(answer);
    case Answer::Kind::error:
      return answer.code == Answer::ANY ? fmt::format("any {} error", protocol_name(answer.protocol))
                                        : error_name(answer);
  }
  return {};
}

}  // namespace lockstep::device
