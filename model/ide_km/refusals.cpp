// What is no row of the transition table: the refusals of an IDE stream; which letters exist; names; keys as LOCK sees
// them.
#include "ide_km/table.hpp"
#include "machine/names.hpp"
#include "wire/ide_km.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::ide_km {
namespace {

using enum Stimulus;
using enum Defect;
using wire::ide_km::Status;

/// IDE_KM has no error object. Devices discard the request or answer with an SPDM ERROR (choices.cpp).
constexpr Answer SPDM_ERROR =
    Answer::error(AnswerProtocol::SPDM, static_cast<std::uint32_t>(wire::spdm::ErrorCode::InvalidRequest));
constexpr Answer kp_ack(Status status) {
  return Answer::error(AnswerProtocol::IDE_KM, static_cast<std::uint32_t>(status));
}

// clang-format off
constexpr Refusal REFUSALS[] = {
  // stimulus      defect              answer                                  rule
  {QUERY,          foreign_session,    SPDM_ERROR,                             "IDE-STREAM-015"},
  {KEY_PROG,       foreign_session,    SPDM_ERROR,                             "IDE-STREAM-015"},
  {K_SET_GO,       foreign_session,    SPDM_ERROR,                             "IDE-STREAM-015"},
  {K_SET_STOP,     foreign_session,    SPDM_ERROR,                             "IDE-STREAM-015"},
  {UNKNOWN_OBJECT, none,               SPDM_ERROR,                             "IDE-MSG-033"},

  {QUERY,          wrong_length,       SPDM_ERROR,                             "IDE-MSG-035"},
  {QUERY,          port_unsupported,   SPDM_ERROR,                             "IDE-MSG-013"},

  {KEY_PROG,       wrong_length,       kp_ack(Status::INCORRECT_LENGTH),       "IDE-MSG-018"},
  {KEY_PROG,       port_unsupported,   kp_ack(Status::UNSUPPORTED_PORT_INDEX), "IDE-MSG-020"},
  {KEY_PROG,       stream_unknown,     kp_ack(Status::UNSUPPORTED_VALUE),      "IDE-MSG-023"},
  {KEY_PROG,       sub_stream_invalid, kp_ack(Status::UNSUPPORTED_VALUE),      "IDE-MSG-021"},
  {KEY_PROG,       ifv_not_initial,    kp_ack(Status::UNSUPPORTED_VALUE),      "IDE-MSG-022"},
  {KEY_PROG,       slot_in_use,        kp_ack(Status::UNSPECIFIED_FAILURE),    "IDE-MSG-026"},

  {K_SET_GO,       wrong_length,       SPDM_ERROR,                             "IDE-MSG-035"},
  {K_SET_GO,       port_unsupported,   SPDM_ERROR,                             "IDE-MSG-036"},
  {K_SET_GO,       stream_unknown,     SPDM_ERROR,                             "IDE-MSG-036"},
  {K_SET_GO,       sub_stream_invalid, SPDM_ERROR,                             "IDE-MSG-036"},
  {K_SET_GO,       not_programmed,     SPDM_ERROR,                             "IDE-MSG-037"},

  {K_SET_STOP,     wrong_length,       SPDM_ERROR,                             "IDE-MSG-035"},
  {K_SET_STOP,     port_unsupported,   SPDM_ERROR,                             "IDE-MSG-036"},
  {K_SET_STOP,     stream_unknown,     SPDM_ERROR,                             "IDE-MSG-036"},
  {K_SET_STOP,     sub_stream_invalid, SPDM_ERROR,                             "IDE-MSG-036"},
};
// clang-format on

bool names_a_slot(Stimulus stimulus) {
  return stimulus == KEY_PROG || stimulus == K_SET_GO || stimulus == K_SET_STOP || stimulus == FIRST_TLP_OF_NEW_KEY_SET;
}

bool possible(Stimulus stimulus, Defect defect) {
  switch (defect) {
    case none:
      return true;
    case wrong_length:
    case port_unsupported:
      return in_band({.stimulus = stimulus}) && stimulus != UNKNOWN_OBJECT;
    case stream_unknown:
    case sub_stream_invalid:
      return in_band({.stimulus = stimulus}) && names_a_slot(stimulus);
    case ifv_not_initial:
      return stimulus == KEY_PROG;
    case foreign_session:
      return in_band({.stimulus = stimulus});
    default:
      return false;
  }
}

/// Whether IDE_KM belongs to another session than the one that the letter came over.
bool foreign(const Stream& stream, const Letter& letter) {
  const bool takes_over = letter.stimulus == QUERY || letter.stimulus == KEY_PROG;
  if (stream.owner == DEAD_OWNER) return !takes_over;
  return letter.defect == foreign_session || (stream.owner != NO_OWNER && stream.owner != letter.session);
}

std::string text_of(const Answer& answer) {
  if (answer.protocol == AnswerProtocol::SPDM) return "SPDM ERROR InvalidRequest";
  return "KP_ACK " +
         std::string(machine::name_among<Status::INCORRECT_LENGTH, Status::UNSUPPORTED_PORT_INDEX,
                                         Status::UNSUPPORTED_VALUE, Status::UNSPECIFIED_FAILURE>(Status(answer.code)));
}

}  // namespace

std::span<const Refusal> refusals() { return REFUSALS; }

const Refusal* refusal_of(const Request& request) {
  for (const Refusal& refusal : REFUSALS)
    if (refusal.stimulus == request.letter.stimulus && refusal.defect == request.defect) return &refusal;
  return nullptr;
}

Defect defect_in(const Stream& stream, const Letter& letter) {
  if (!in_band(letter) || letter.stimulus == UNKNOWN_OBJECT) return none;
  if (foreign(stream, letter)) return foreign_session;
  if (letter.defect != none && letter.defect != foreign_session) return letter.defect;
  if (stream.owner == DEAD_OWNER) return none;  // its keys go first
  if (letter.stimulus == K_SET_GO && !has(stream.programmed, letter.slot)) return not_programmed;
  if (letter.stimulus == KEY_PROG && in_use(stream, letter.slot)) return slot_in_use;
  return none;
}

bool meaningful(const Letter& letter) {
  if (letter.stimulus >= Stimulus::END_OF_STIMULI || !possible(letter.stimulus, letter.defect)) return false;
  if (in_band(letter) != (letter.session < DEAD_OWNER)) return false;
  if (letter.stimulus == FIRST_TLP_OF_NEW_KEY_SET && letter.slot.tx) return false;
  return names_a_slot(letter.stimulus) ? letter.slot.sub_stream <= 2 : letter.slot == Slot{};
}

bool consistent(const Stream& stream) {
  const bool owned = stream.owner != NO_OWNER;
  if ((stream.active & ~stream.programmed) != 0 || owned != (stream.programmed != 0)) return false;
  const unsigned either_set = stream.active | stream.active >> 6;
  const bool complete = (either_set & KEY_SET_K0) == KEY_SET_K0;
  if (stream.state == StreamState::SECURE) return stream.enabled && complete;
  return !(stream.enabled && whole_set(stream.active));
}

Keying keying(const Stream& stream, Byte session) {
  if (stream.programmed == 0) return Keying::none;
  if (!stream.has_all_keys()) return Keying::partly;
  return stream.owner == session ? Keying::by_this_session : Keying::by_another_session;
}

machine::StateTable state_table() {
  machine::StateTable table{"IDE stream", name(StreamState::INSECURE), rows(), {}};
  for (const Refusal& refusal : REFUSALS)
    table.refusals.push_back(
        {refusal.rule.id(), {}, name(refusal.stimulus), name(refusal.defect), text_of(refusal.answer)});
  return table;
}

std::string_view name(StreamState state) {
  return machine::name_among<StreamState::INSECURE, StreamState::SECURE>(state);
}
std::string_view name(Stimulus stimulus) { return machine::enumerator_name<STIMULI>(stimulus); }
std::string_view name(Defect defect) { return machine::enumerator_name<DEFECTS>(defect); }

}  // namespace lockstep::ide_km
