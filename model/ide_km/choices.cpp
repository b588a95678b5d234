// What an IDE stream is free to do: step() with each choice, and options(), which names the choices that are permitted.
#include "machine/choices.hpp"

#include "ide_km/table.hpp"
#include "wire/ide_km.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::ide_km {
namespace {

using machine::Leeway;
using wire::ide_km::ObjectId;
using enum Choice;
constexpr auto tolerated = Tag::tolerated;
constexpr auto unclear = Tag::unclear;

// Where a device may depart from what is specified: by the rule of the row or refusal that applies. Not here, because
// it must not be: keys accepted from another session, KP_ACK Successful for a bad port or sub-stream, K_SET_GO of an
// empty slot with an effect.
constexpr Leeway LEEWAYS[] = {
    // No error object exists: an SPDM ERROR, silence, or an acknowledgement without effect.
    {"IDE-STREAM-015", spdm_error, tolerated},
    {"IDE-STREAM-015", discard, tolerated},
    {"IDE-STREAM-015", other_code, tolerated},
    {"IDE-STREAM-015", no_effect, unclear},
    {"IDE-MSG-033", spdm_error, tolerated},
    {"IDE-MSG-033", discard, tolerated},
    {"IDE-MSG-013", spdm_error, tolerated},
    {"IDE-MSG-013", discard, tolerated},
    {"IDE-MSG-013", serve, unclear},
    {"IDE-MSG-035", spdm_error, tolerated},
    {"IDE-MSG-035", discard, tolerated},
    {"IDE-MSG-035", no_effect, tolerated},
    {"IDE-MSG-035", serve, unclear},
    {"IDE-MSG-036", spdm_error, tolerated},
    {"IDE-MSG-036", discard, tolerated},
    {"IDE-MSG-036", no_effect, tolerated},
    {"IDE-MSG-037", spdm_error, tolerated},
    {"IDE-MSG-037", discard, tolerated},
    {"IDE-MSG-037", no_effect, tolerated},

    // KEY_PROG.
    {"IDE-MSG-018", other_code, unclear},
    {"IDE-MSG-018", spdm_error, unclear},
    {"IDE-MSG-018", discard, unclear},
    {"IDE-MSG-018", serve, unclear},
    {"IDE-MSG-020", other_code, unclear},
    {"IDE-MSG-020", spdm_error, unclear},
    {"IDE-MSG-020", discard, unclear},
    {"IDE-MSG-021", other_code, unclear},
    {"IDE-MSG-021", spdm_error, unclear},
    {"IDE-MSG-021", discard, unclear},
    {"IDE-MSG-022", other_code, tolerated},
    {"IDE-MSG-022", spdm_error, unclear},
    {"IDE-MSG-022", discard, unclear},
    {"IDE-MSG-022", serve, unclear},
    {"IDE-MSG-023", other_code, tolerated},
    {"IDE-MSG-023", spdm_error, unclear},
    {"IDE-MSG-023", discard, unclear},
    {"IDE-MSG-023", serve, unclear},
    {"IDE-MSG-026", other_code, tolerated},
    {"IDE-MSG-026", spdm_error, unclear},
    {"IDE-MSG-026", discard, unclear},
    {"IDE-MSG-026", no_effect, tolerated},
    {"IDE-MSG-026", serve, unclear},
    {"IDE-MSG-017", refuse, unclear, {}, false},
    {"IDE-MSG-017", spdm_error, unclear, {}, false},
    {"IDE-MSG-017", discard, unclear, {}, false},
    {"IDE-STREAM-013", refuse, unclear, "IDE-MSG-017", false},

    // K_SET_GO and K_SET_STOP (optional: false alarm P29).
    {"IDE-MSG-030", spdm_error, unclear, {}, false},
    {"IDE-MSG-030", discard, unclear, {}, false},
    {"IDE-STREAM-002", spdm_error, unclear, "IDE-MSG-030", false},
    {"IDE-STREAM-002", discard, unclear, "IDE-MSG-030", false},
    {"IDE-STREAM-004", spdm_error, unclear, "IDE-MSG-030", false},
    {"IDE-STREAM-004", discard, unclear, "IDE-MSG-030", false},
    {"IDE-STREAM-009", spdm_error, tolerated, {}, false},
    {"IDE-STREAM-009", discard, tolerated, {}, false},
    {"IDE-STREAM-009", keeps_keys, tolerated, "IDE-STREAM-011"},
    {"IDE-STREAM-009", no_effect, unclear},
    {"IDE-STREAM-010", spdm_error, tolerated, {}, false},
    {"IDE-STREAM-010", discard, tolerated, {}, false},
    {"IDE-STREAM-010", forgets, unclear},

    // Out of band.
    {"IDE-STREAM-013", no_effect, tolerated},
    {"IDE-STREAM-019", spontaneous_error, unclear},
    {"IDE-STREAM-020", spontaneous_error, unclear},
    {"IDE-STREAM-021", no_effect, unclear},
    {"IDE-STREAM-023", no_effect, unclear},
    {"IDE-STREAM-024", no_effect, unclear},
};

constexpr std::uint32_t BUSY = static_cast<std::uint32_t>(wire::spdm::ErrorCode::Busy);

Answer acknowledgement(const Letter& letter) {
  const ObjectId id = letter.stimulus == Stimulus::QUERY      ? ObjectId::QUERY_RESP
                      : letter.stimulus == Stimulus::KEY_PROG ? ObjectId::KP_ACK
                                                              : ObjectId::K_GOSTOP_ACK;
  return Answer::response(AnswerProtocol::IDE_KM, static_cast<std::uint32_t>(id));
}

Outcome<Stream> as_the_tables_say(const Stream& stream, const Letter& letter) {
  const Request request{letter, defect_in(stream, letter)};
  if (const auto taken = take(stream, request))
    return {taken->after, in_band(letter) ? acknowledgement(letter) : Answer{}, taken->rule};
  const Refusal* refusal = refusal_of(request);
  LOCKSTEP_ASSERT(refusal != nullptr);
  return {stream, refusal->answer, refusal->rule};
}

Stream insecure(Stream stream) {
  erase(stream);
  stream.state = StreamState::INSECURE;
  return stream;
}

/// As if nothing were wrong with the letter; what the stream itself forbids (an empty slot, another owner) still has no
/// effect. A key in use is replaced in place: a Secure stream does not notice.
Stream served(const Stream& stream, Letter letter) {
  letter.defect = Defect::none;
  const Defect rest = defect_in(stream, letter);
  const bool replaced = rest == Defect::slot_in_use && stream.state == StreamState::INSECURE;
  return rest == Defect::none || replaced ? take(stream, {letter, Defect::none})->after : stream;
}

/// The key of the slot is no longer in use, but it can be taken into use again.
Stream stopped(Stream stream, Slot slot) {
  stream.active = without(stream.active, slot);
  stream.state = StreamState::INSECURE;
  return stream;
}

/// The session has ended, and the stream waits for a new one before it is torn down.
Stream orphaned(Stream stream) {
  if (stream.owner != NO_OWNER) stream.owner = DEAD_OWNER;
  return stream;
}

Outcome<Stream> apply(const Stream& stream, const Letter& letter, Choice choice) {
  Outcome<Stream> outcome = as_the_tables_say(stream, letter);
  const auto instead = [&](const Answer& answer) { return Outcome<Stream>{stream, answer, outcome.rule}; };
  switch (choice) {
    case busy:
      return instead(Answer::error(AnswerProtocol::SPDM, BUSY));
    case other_code:
    case refuse:
      return instead(Answer::error(AnswerProtocol::IDE_KM, Answer::ANY));
    case spdm_error:
      return instead(Answer::error(AnswerProtocol::SPDM, Answer::ANY));
    case discard:
      return instead(Answer::silent());
    case no_effect:
      if (!in_band(letter))
        return {letter.stimulus == Stimulus::SESSION_ENDED ? orphaned(stream) : stream, {}, outcome.rule};
      return instead(acknowledgement(letter));
    case serve:
      return {served(stream, letter), acknowledgement(letter), outcome.rule};
    case keeps_keys:
      outcome.after = stopped(stream, letter.slot);
      return outcome;
    case forgets:
      outcome.after = insecure(stream);
      return outcome;
    case spontaneous_error:
      return as_the_tables_say(insecure(stream), letter);
    default:
      return outcome;
  }
}

bool is(const Letter& letter, std::initializer_list<Stimulus> stimuli) {
  for (Stimulus stimulus : stimuli)
    if (letter.stimulus == stimulus) return true;
  return false;
}

/// Whether a device has this choice with such a message at all: only KEY_PROG has a status, only K_SET_GO and
/// K_SET_STOP have an acknowledgement that says nothing. That a key in use stays is no lie of KP_ACK either.
bool possible(const Stream& stream, const Letter& letter, Choice choice) {
  switch (choice) {
    case other_code:
    case refuse:
      return is(letter, {Stimulus::KEY_PROG});
    case spdm_error:
    case discard:
      return in_band(letter);
    case no_effect:
      return !in_band(letter) || is(letter, {Stimulus::K_SET_GO, Stimulus::K_SET_STOP}) ||
             defect_in(stream, letter) == Defect::slot_in_use;
    default:
      return true;
  }
}

/// A Secure stream may stay so until the last of its keys is stopped. Which were stopped the state does not say: they
/// are taken to be stopped in the order of their slots.
bool more_stops_follow(const Stream& stream, Slot slot) {
  const Slot last{.k1 = slot.k1, .tx = true, .sub_stream = 2};
  return stream.state == StreamState::SECURE && slot != last;
}

}  // namespace

Options options(const Stream& stream, const Letter& letter) {
  const Outcome<Stream> specified = as_the_tables_say(stream, letter);
  Options options;
  options.add({as_specified, Tag::expected, specified.rule});
  const auto offer = [&](const Leeway& leeway) {
    if (machine::offers(options, leeway.choice) || !possible(stream, letter, leeway.choice)) return;
    const Outcome<Stream> outcome = apply(stream, letter, leeway.choice);
    if (outcome.after == specified.after && outcome.answer == specified.answer) return;
    options.add({leeway.choice, leeway.tag, leeway.strains ? leeway.strains : specified.rule, leeway.progress});
  };
  if (specified.rule == Rule("IDE-STREAM-009") && more_stops_follow(stream, letter.slot))
    offer({specified.rule, no_effect, tolerated});
  for (const Leeway& leeway : LEEWAYS)
    if (leeway.applied == specified.rule) offer(leeway);
  if (!in_band(letter)) return options;
  const bool query = letter.stimulus == Stimulus::QUERY;
  if (query && specified.rule == Rule("IDE-STREAM-015")) offer({{}, serve, unclear});
  // A check failure nobody saw: it is enough to say so when the register block of QUERY_RESP shows it.
  const bool shown = query && !specified.answer.is_refusal();
  if (shown && stream.state == StreamState::SECURE) offer({{}, spontaneous_error, tolerated, "IDE-STREAM-018", false});
  offer({{}, busy, tolerated, "HOST-039", false});
  return options;
}

Outcome<Stream> step(const Stream& stream, const Letter& letter, Choice choice) {
  LOCKSTEP_ASSERT(choice == as_specified || machine::offers(options(stream, letter), choice));
  return apply(stream, letter, choice);
}

}  // namespace lockstep::ide_km
