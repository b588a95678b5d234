#include "spdm/events.hpp"

#include <array>

#include "machine/names.hpp"

namespace lockstep::spdm {
namespace {

Event sound_event(Stimulus stimulus) {
  switch (stimulus) {
    case Stimulus::GET_DIGESTS:
    case Stimulus::GET_CERTIFICATE:
      return Event::CERTIFICATE_REQUEST;
    case Stimulus::GET_MEASUREMENTS:
    case Stimulus::GET_MEASUREMENT_EXTENSION_LOG:
    case Stimulus::GET_ENDPOINT_INFO:
      return Event::MEASUREMENT_REQUEST;
    case Stimulus::GET_CSR:
    case Stimulus::SET_CERTIFICATE:
    case Stimulus::GET_KEY_PAIR_INFO:
    case Stimulus::SET_KEY_PAIR_INFO:
    case Stimulus::SLOT_MANAGEMENT:
      return Event::PROVISIONING_REQUEST;
    case Stimulus::GET_SUPPORTED_EVENT_TYPES:
    case Stimulus::SUBSCRIBE_EVENT_TYPES:
    case Stimulus::SEND_EVENT:
      return Event::EVENT_REQUEST;
    case Stimulus::CHUNK_SEND:
    case Stimulus::CHUNK_GET:
      return Event::CHUNK;
    default:
      break;
  }
  // All others have an event of their own name, or none.
  for (std::size_t i = 0; i < EVENTS; ++i)
    if (name(static_cast<Event>(i)) == name(stimulus)) return static_cast<Event>(i);
  return Event::NO_EVENT;
}

Event defective_event(const Letter& l) {
  if (l.stimulus == Stimulus::FINISH && l.defect == Defect::bad_verify_data) return Event::FINISH_bad_verify_data;
  if (l.stimulus == Stimulus::FINISH && l.defect == Defect::bad_signature) return Event::FINISH_bad_signature;
  if (l.stimulus == Stimulus::PSK_FINISH && l.defect == Defect::bad_verify_data)
    return Event::PSK_FINISH_bad_verify_data;
  return l.stimulus == Stimulus::RECORD_UNOPENED ? Event::RECORD_UNOPENED : Event::NO_EVENT;
}

}  // namespace

Event event_of(const Letter& letter) {
  static const auto events = [] {
    std::array<Event, STIMULI> all{};
    for (std::size_t i = 0; i < STIMULI; ++i) all[i] = sound_event(static_cast<Stimulus>(i));
    return all;
  }();
  return letter.defect == Defect::none ? events[static_cast<std::size_t>(letter.stimulus)] : defective_event(letter);
}

Event event_in_session(const Letter& letter) {
  const Event event = event_of(letter);
  switch (event) {
    case Event::MEASUREMENT_REQUEST:
    case Event::PROVISIONING_REQUEST:
    case Event::EVENT_REQUEST:
    case Event::VENDOR_DEFINED_REQUEST:
      return Event::APPLICATION_REQUEST;
    case Event::CONVENTIONAL_RESET:
      return Event::SESSION_DROPPED;
    default:
      return event;
  }
}

std::string_view name(Event event) { return machine::enumerator_name<EVENTS + 1>(event); }

}  // namespace lockstep::spdm
