#include "device/events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "machine/names.hpp"

namespace lockstep::device {
namespace {

// Consequences: couple() in device.cpp carries them from one machine to the next. A record that does not open is sent.
bool follows(tdisp::Stimulus stimulus) {
  using enum tdisp::Stimulus;
  return stimulus == CONVENTIONAL_RESET || stimulus == SESSION_ENDED || stimulus == STREAM_INSECURE ||
         stimulus == KEYS_REFRESHED;
}
bool follows(ide_km::Stimulus stimulus) {
  using enum ide_km::Stimulus;
  return stimulus == CONVENTIONAL_RESET || stimulus == FUNCTION_LEVEL_RESET || stimulus == SESSION_ENDED;
}
bool follows(spdm::Stimulus stimulus) {
  using enum spdm::Stimulus;
  return stimulus == RECORD_UNOPENED || stimulus == CONVENTIONAL_RESET;
}

Letter letter_of(DeviceEvent event) { return {NONE, event}; }
Letter letter_of(tdisp::Stimulus stimulus) { return {NONE, TdispLetter{{.stimulus = stimulus}, 0, 0}}; }
Letter letter_of(ide_km::Stimulus stimulus) { return {NONE, IdeKmLetter{{.stimulus = stimulus}, 0}}; }
Letter letter_of(spdm::Stimulus stimulus) { return {0, SpdmLetter{{.stimulus = stimulus}}}; }

template <class Stimulus>
void add(std::vector<Event>& events, Event::Of of, Stimulus first) {
  for (Stimulus stimulus = first; stimulus != Stimulus::END_OF_STIMULI;
       stimulus = static_cast<Stimulus>(static_cast<Byte>(stimulus) + 1))
    if (!follows(stimulus)) events.push_back({machine::kebab(name(stimulus)), of, letter_of(stimulus)});
}

std::vector<Event> every_event() {
  std::vector<Event> events{
      {"conventional-reset", Event::Of::device, letter_of(DeviceEvent::CONVENTIONAL_RESET)},
      {"function-0-reset", Event::Of::device, letter_of(DeviceEvent::FUNCTION_0_RESET)},
  };
  add(events, Event::Of::tdi, tdisp::FIRST_OUT_OF_BAND);
  add(events, Event::Of::stream, ide_km::FIRST_OUT_OF_BAND);
  add(events, Event::Of::session, spdm::FIRST_OUT_OF_BAND);
  return events;
}

/// Where a letter has the index of what it concerns; null for the device itself.
Byte* index_in(Letter& letter) {
  if (auto* l = std::get_if<TdispLetter>(&letter.body)) return &l->tdi;
  if (auto* l = std::get_if<IdeKmLetter>(&letter.body)) return &l->stream;
  return std::holds_alternative<SpdmLetter>(letter.body) ? &letter.session : nullptr;
}

}  // namespace

std::span<const Event> events() {
  static const std::vector<Event> all = every_event();
  return all;
}

std::optional<Letter> find_event(std::string_view name, Byte index) {
  const auto all = events();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Event& event) { return event.name == name; });
  if (found == all.end()) return std::nullopt;
  Letter letter = found->letter;
  if (Byte* const place = index_in(letter)) *place = index;
  return letter;
}

std::optional<Happening> happening(const Letter& letter) {
  Letter of_first = letter;
  Byte* const place = index_in(of_first);
  const Byte index = place == nullptr ? Byte{0} : std::exchange(*place, Byte{0});
  for (const Event& event : events())
    if (event.letter == of_first) return Happening{event.name, index};
  return std::nullopt;
}

std::optional<std::string> impossible(const Shape& shape, const Control& control, const Letter& event) {
  if (const auto* l = std::get_if<TdispLetter>(&event.body); l != nullptr && l->tdi >= shape.tdis)
    return fmt::format("there is no TDI {}", l->tdi);
  if (const auto* l = std::get_if<IdeKmLetter>(&event.body); l != nullptr && l->stream >= shape.streams)
    return fmt::format("there is no IDE stream {}", l->stream);
  if (!std::holds_alternative<SpdmLetter>(event.body)) return std::nullopt;
  const bool lives = event.session < MAX_SESSIONS && control.sessions[event.session].state != spdm::SessionState::NONE;
  if (!lives) return fmt::format("there is no session {}", event.session);
  const bool beats = control.sessions[event.session].heartbeat;
  if (std::get<SpdmLetter>(event.body).letter.stimulus == spdm::Stimulus::HEARTBEAT_EXPIRED && !beats)
    return fmt::format("session {} has no heartbeat", event.session);
  return std::nullopt;
}

}  // namespace lockstep::device
