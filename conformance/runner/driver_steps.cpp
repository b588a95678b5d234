// The steps of a case: what is sent as it says, what is spoilt, what happens out of band; and the states afterwards.
#include <thread>

#include "device/events.hpp"
#include "device/letters.hpp"
#include "runner/driver.hpp"
#include "runner/edits.hpp"
#include "runner/objects.hpp"

namespace lockstep::runner {

using cases::Via;
using device::NONE;

namespace {

/// A device need not have two sessions: cases with two do not apply then.
Trouble no_second_session(Trouble trouble) {
  if (trouble.kind == Trouble::Kind::refused) trouble.kind = Trouble::Kind::absent;
  return trouble;
}

struct Fault {
  int stimulus, defect;
  bool operator==(const Fault&) const = default;
};
Fault fault_of(const device::Letter& letter) {
  const auto of = [](const auto& l) {
    return Fault{static_cast<int>(l.letter.stimulus), static_cast<int>(l.letter.defect)};
  };
  if (const auto* l = std::get_if<device::SpdmLetter>(&letter.body)) return of(*l);
  if (const auto* l = std::get_if<device::TdispLetter>(&letter.body)) return of(*l);
  if (const auto* l = std::get_if<device::IdeKmLetter>(&letter.body)) return of(*l);
  return {-1, 0};
}

bool negotiates_oddly(const cases::Step& step) {
  const auto* l = std::get_if<spdm::Letter>(&step.letter);
  return l != nullptr && l->stimulus == spdm::Stimulus::GET_CAPABILITIES && !step.edits.empty();
}

bool begins_a_session(const cases::Step& step) {
  const auto* l = std::get_if<spdm::Letter>(&step.letter);
  return l != nullptr && l->stimulus == spdm::Stimulus::KEY_EXCHANGE && step.via == Via::clear;
}

/// A FINISH that is to be right. What this target asks for before it, another one may not have asked for.
bool finishes_plainly(const Action& action) {
  const auto* l = std::get_if<device::SpdmLetter>(&action.letter.body);
  return l != nullptr && l->letter.stimulus == spdm::Stimulus::FINISH && l->letter.defect == spdm::Defect::none &&
         action.letter.session != NONE && action.edits.empty() && action.record == cases::Record::sound;
}

}  // namespace

/// Out of band only a session's event has a session.
device::Letter Driver::letter_of(const cases::Step& step, Byte session) const {
  device::Letter letter{session, {}};
  if (const auto* l = std::get_if<spdm::Letter>(&step.letter)) {
    letter.body = device::SpdmLetter{*l};
    const bool flow = step.until_complete && l->stimulus == spdm::Stimulus::DELIVER_ENCAPSULATED_RESPONSE;
    if (flow && follower_->store().conversation.encapsulated(std::nullopt) == nullptr)
      letter.body = device::SpdmLetter{{.stimulus = spdm::Stimulus::GET_ENCAPSULATED_REQUEST}};
  }
  if (const auto* l = std::get_if<tdisp::Letter>(&step.letter)) {
    letter.body = device::TdispLetter{*l, step.tdi, step.stream};
    if (l->stimulus >= tdisp::FIRST_OUT_OF_BAND) letter.session = NONE;
  }
  if (const auto* l = std::get_if<ide_km::Letter>(&step.letter)) {
    device::IdeKmLetter inner{*l, step.stream};
    if (l->stimulus < ide_km::FIRST_OUT_OF_BAND)
      inner.letter.session = session;
    else
      letter.session = NONE;
    letter.body = inner;
  }
  if (const auto* event = std::get_if<device::DeviceEvent>(&step.letter)) letter = {NONE, *event};
  return letter;
}

/// The session that a step goes over; opened when it is not there yet.
Or<Byte> Driver::session_for(Via via) {
  if (via == Via::clear) return NONE;
  if (via == Via::session) return session_;
  const bool next = via == Via::next_session;
  Byte& place = next ? session_ : second_;
  if (!next && alive(place)) return place;
  const bool anew = follower_->control().connection.state != spdm::ConnectionState::NEGOTIATED;
  if (anew)
    if (auto failed = negotiate(cases::Given::negotiated)) return Unexpected{*failed};
  if (auto failed = open_session(kind_, true, place)) return Unexpected{no_second_session(*failed)};
  if (next && anew)
    if (auto failed = first_words()) return Unexpected{*failed};
  return place;
}

Or<oracle::Step> Driver::send(const cases::Step& step) {
  const auto session = session_for(step.via);
  if (!session) return Unexpected{session.error()};
  const device::Letter letter = letter_of(step, *session);
  if (device::happening(letter)) {
    const auto happen = [&] { return inject(letter, step); };
    return step.then_reuse ? reusing(letter, happen) : happen();
  }
  if (step.object != cases::Object::sound) return odd_object(letter, step);
  if (step.record != cases::Record::sound) {
    const auto send_spoilt = [&] { return spoilt(step, letter); };
    return step.then_reuse ? reusing(letter, send_spoilt) : send_spoilt();
  }
  if (auto other = as_meant(letter, step)) return Unexpected{*other};
  if (goes_in_chunks(letter, step)) return in_chunks(letter, step);
  odd_ = odd_ || negotiates_oddly(step) || begins_a_session(step);
  const auto send_sound = [&] { return exchange(letter, &step); };
  return step.then_reuse ? reusing(letter, send_sound) : send_sound();
}

Or<oracle::Step> Driver::repeat(const Action& action) {
  const Byte place = action.letter.session;
  if (place != NONE && !follower_->store().session_ids[place])
    return Unexpected{absent("there is no session " + std::to_string(place))};
  const auto* tdisp = std::get_if<device::TdispLetter>(&action.letter.body);
  if (tdisp != nullptr && tdisp->tdi != NONE && tdisp->tdi >= profile_.shape.tdis)
    return Unexpected{absent("TDI " + std::to_string(tdisp->tdi) + " is not under test")};
  const auto* ide_km = std::get_if<device::IdeKmLetter>(&action.letter.body);
  if (ide_km != nullptr && ide_km->stream != NONE && ide_km->stream >= profile_.shape.streams)
    return Unexpected{absent("IDE stream " + std::to_string(ide_km->stream) + " is not under test")};
  if (place != NONE && place != session_) second_ = std::exchange(session_, place);
  if (finishes_plainly(action) && device::flow_owed(follower_->control().sessions[place]))
    if (auto failed = authenticate_mutually(place)) return Unexpected{*failed};
  auto step = send(action.step());
  // As in a case: what no rule settles is no deviation.
  if (step && action.may_refuse && step->observation.answer.is_refusal()) step->judgement = {};
  return step;
}

// --- out of band -----------------------------------------------------------------------------------------------------

Or<oracle::Step> Driver::inject(const device::Letter& event, const cases::Step& as) {
  adapters::Injector* const by = injector();
  const auto happening = device::happening(event);
  LOCKSTEP_ASSERT(happening.has_value());
  const std::string name(happening->name);
  if (const auto why = device::impossible(profile_.shape, follower_->control(), event)) return Unexpected{absent(*why)};
  if (by == nullptr) return Unexpected{absent("no injector")};
  const auto done = by->inject({name, happening->index});
  if (!done) return Unexpected{Trouble{Trouble::Kind::link, "the injector could not do " + name + ": " + done.error()}};
  if (*done == adapters::Injected::unimplemented) return Unexpected{absent("the injector does not know " + name)};
  trusted_ = false;  // registers and links may not be what they were: the next case begins anew
  std::this_thread::sleep_for(profile_.settling);
  oracle::Step step = follower_->happened(event);
  step.action = text(Action::of(event, &as));
  tell(step, std::nullopt);
  return step;
}

// --- objects ---------------------------------------------------------------------------------------------------------

/// The conversation hears nothing of it: what it carries must not be taken. The next case begins anew.
Or<oracle::Step> Driver::odd_object(const device::Letter& letter, const cases::Step& step) {
  const auto transport = adapters::find_transport(link_->binding().name);
  if (!transport || !link_->takes_objects() || !exists_on(step.object, *transport))
    return Unexpected{absent("no such object can be sent here")};
  auto message = composed(*follower_, requester_, letter, &step);
  if (!message) return Unexpected{message.error()};
  const spdm::SessionId session = id_of(letter.session);
  if (session) message = *follower_->store().conversation.seal(Role::requester, *session, *message, random_);
  trusted_ = false;
  session_ = second_ = NONE;
  const Bytes object = runner::odd_object(step.object, *message);
  const auto answer = link_->exchange_object(object, profile_.patience);
  if (!answer && answer.error().kind != adapters::LinkError::Kind::closed)
    return Unexpected{lost(Action::of(letter, &step), {}, {}, answer.error())};
  oracle::Step done;
  done.action = text(Action::of(letter, &step));
  done.letter = letter;
  done.before = done.after = follower_->oracle().belief();
  done.observation.answer = Answer::silent();
  if (answer && *answer)
    if (auto finding = judge_object(step.object, *transport, **answer)) done.findings.push_back(std::move(*finding));
  tell(done, session);
  return done;
}

// --- records ---------------------------------------------------------------------------------------------------------

Or<oracle::Step> Driver::spoilt(const cases::Step& step, const device::Letter& letter) {
  const spdm::SessionId id = id_of(letter.session);
  if (!id) return Unexpected{absent("no session whose records could be spoilt")};
  auto message = requester_.concretise(follower_->store(), follower_->control(), letter);
  if (!message) return Unexpected{Trouble{Trouble::Kind::unsupported, message.error()}};
  if (step.record == cases::Record::of_other_session)
    if (const auto other = session_for(Via::second_session); !other) return Unexpected{other.error()};
  auto record =
      spoilt_record(step.record, {follower_->store().conversation, latest_, *id, id_of(second_), *message}, random_);
  if (!record) return Unexpected{absent(record.error())};
  const bool nobodys = step.record == cases::Record::unknown_session || step.record == cases::Record::bare;
  follower_->spoilt_record(nobodys ? NONE : letter.session, defect_of(step.record), *record);
  const adapters::Packet packet{true, *record};
  auto answer = link_->exchange(packet, profile_.patience);
  if (!answer) {
    trusted_ = false;
    if (answer.error().kind != adapters::LinkError::Kind::closed)
      return Unexpected{lost(Action::of(letter, &step), packet, *record, answer.error())};
    session_ = second_ = NONE;  // a closed connection is an answer, too; but nothing can be asked any more
    return received(Action::of(letter, &step), packet, std::nullopt, id);
  }
  return received(Action::of(letter, &step), packet, *answer, nobodys ? std::nullopt : id);
}

/// Runs a step that takes a session's keys away, and sends one more record under them. It must not be served: what may
/// come back is no answer, an ERROR, or a closed connection.
template <class Send>
Or<oracle::Step> Driver::reusing(const device::Letter& letter, Send&& send) {
  const spdm::SessionId id = id_of(letter.session == NONE ? session_ : letter.session);
  spdm::Conversation old = follower_->store().conversation;
  Or<oracle::Step> step = send();
  const bool over = step && id && follower_->store().conversation.session(*id) == nullptr;
  if (!over || !past(old, *id, *step)) return step;  // a session that may live is not disturbed
  const Bytes message{old.negotiated().spdm_version, static_cast<Byte>(wire::spdm::Code::HEARTBEAT), 0, 0};
  auto record = old.seal(Role::requester, *id, message, random_);
  if (!record) return step;
  old.on_request(message, id);
  trusted_ = false;  // whatever it does with a dead session, the next case begins anew
  auto answer = link_->exchange({true, *record}, profile_.patience);
  if (!answer) session_ = second_ = NONE;  // closed: an answer, too, but nothing can be asked any more
  if (!answer || !*answer || !(*answer)->secured) return step;
  auto opened = old.open(Role::responder, (*answer)->payload);
  const bool served = opened && opened->message().size() > 1 &&
                      opened->message()[1] == static_cast<Byte>(wire::spdm::Code::HEARTBEAT_ACK);
  if (served) step->findings.push_back({over_rule(letter), "session", "is served after its end"});
  // Not even a refusal can be sealed with keys that are gone. But a device may end a session by refusing every record
  // that comes after one that did not open (false alarm P21: all that counts is that the session is dead).
  const bool refusal_counts = over_rule(letter) != Rule("SPDM-LIFE-018");
  if (opened && !served && refusal_counts)
    step->findings.push_back({"SECMSG-029", "session", "answers under its keys after its end"});
  oracle::Step reuse = *step;
  reuse.action.clear();
  reuse.judgement = {};
  if (opened && (served || refusal_counts))
    reuse.findings.erase(reuse.findings.begin(), std::prev(reuse.findings.end()));
  else
    reuse.findings.clear();
  reuse.request = {.sender = Role::requester, .bytes = message};
  reuse.request_record = *record;
  if (opened) reuse.response = spdm::Seen{.sender = Role::responder, .bytes = opened->message()};
  reuse.response_record = (*answer)->payload;
  tell(reuse, id);
  return step;
}

/// Moves a copy from before the step past it: the sequence numbers of both directions advance, the session stays.
bool Driver::past(spdm::Conversation& old, std::uint32_t id, const oracle::Step& step) {
  if (step.session != id) return true;  // nothing was said in that session
  // A spoilt record is not counted by the target; what it says to that is.
  if (!step.request.message)
    return step.response_record.empty() || old.seal(Role::responder, id, step.response->bytes, random_).has_value();
  return old.seal(Role::requester, id, step.request.bytes, random_) &&
         (!step.response || old.seal(Role::responder, id, step.response->bytes, random_));
}

/// The rule that says that the session is over after this.
Rule Driver::over_rule(const device::Letter& letter) {
  if (std::holds_alternative<device::DeviceEvent>(letter.body)) return "SECMSG-029";
  const auto* l = std::get_if<device::SpdmLetter>(&letter.body);
  if (l == nullptr) return "SPDM-LIFE-018";
  switch (l->letter.stimulus) {
    case spdm::Stimulus::END_SESSION:
      return "SPDM-LIFE-014";
    case spdm::Stimulus::HEARTBEAT_EXPIRED:
      return "SPDM-LIFE-003";
    case spdm::Stimulus::FIRMWARE_UPDATED:
      return "SPDM-LIFE-017";
    case spdm::Stimulus::GET_VERSION:
      return "SPDM-VER-004";
    case spdm::Stimulus::SESSION_DROPPED:
      return "SECMSG-029";
    default:
      return "SPDM-LIFE-018";
  }
}

// --- what a step means -----------------------------------------------------------------------------------------------

/// A case that needs a defect is not run with a request that turns out to have none: a valid FINISH is no test of a
/// wrong signature where no signature was asked for. Nor is one that means the same run with one that does not.
Maybe Driver::as_meant(const device::Letter& letter, const cases::Step& step) {
  const Fault wanted = fault_of(letter);
  const auto* plain = std::get_if<spdm::Letter>(&step.letter);
  if (plain != nullptr && plain->stimulus == spdm::Stimulus::FINISH && letter.session != NONE)
    if (auto failed = provisioned_for_another(letter.session)) return failed;
  if (wanted.defect == 0 && step.edits.empty()) return std::nullopt;
  if (plain != nullptr && plain->defect == spdm::Defect::malformed && letter.session == NONE &&
      link_->binding().alignment > 1)
    return absent("the padding of the transport hides a missing byte");
  oracle::Follower trial = *follower_;
  device::Requester requester = requester_;
  auto message = composed(trial, requester, letter, &step);
  if (!message) return message.error();
  if (step.edits.empty() || step.same_meaning || wanted.defect != 0) {
    const device::Letter meant = trial.request(*message, id_of(letter.session));
    if (fault_of(meant) == wanted && meant.body.index() == letter.body.index()) return std::nullopt;
    return absent("with this target no such request can be made; it would be " + device::describe(meant));
  }
  const device::Letter meant = trial.request(*message, id_of(letter.session));
  if (fault_of(meant) != wanted || step.tdi == NONE) return std::nullopt;
  return absent("with this target nothing is wrong with such a request");
}

/// The bytes of a request: what the letter means, with the edits of the step.
Or<Bytes> Driver::composed(oracle::Follower& follower, device::Requester& requester, const device::Letter& letter,
                           const cases::Step* step) const {
  device::Letter plain = letter;
  const bool edits = step != nullptr && !step->edits.empty();
  if (edits) {  // the edits make the defect
    if (auto* l = std::get_if<device::SpdmLetter>(&plain.body)) l->letter.defect = spdm::Defect::none;
    if (auto* l = std::get_if<device::TdispLetter>(&plain.body)) l->letter.defect = tdisp::Defect::none;
    if (auto* l = std::get_if<device::IdeKmLetter>(&plain.body)) l->letter.defect = ide_km::Defect::none;
  }
  auto message = requester.concretise(follower.store(), follower.control(), plain);
  if (!message) return Unexpected{Trouble{Trouble::Kind::unsupported, message.error()}};
  if (!edits) return std::move(*message);
  wire::Context context = follower.store().conversation.context(Role::requester, id_of(letter.session));
  context.spdm_version = message->front();  // before the negotiation is complete only the message says it
  auto changed = edited(*message, step->edits, context, id_of(session_));
  if (!changed) return Unexpected{absent(changed.error())};
  return std::move(*changed);
}

// --- the states afterwards -------------------------------------------------------------------------------------------

Or<std::vector<oracle::Step>> Driver::read_back(bool streams) {
  std::vector<oracle::Step> steps;
  const Byte reader = alive(session_) ? session_ : second_;
  if (!alive(reader) || !profile_.tdisp || !greeted_) return steps;
  for (Byte tdi = 0; tdi < profile_.shape.tdis; ++tdi) {
    auto step = exchange({reader, device::TdispLetter{{}, tdi, 0}});
    if (!step) return Unexpected{step.error()};
    steps.push_back(std::move(*step));
  }
  if (!streams || !reads_streams(reader)) return steps;
  auto step = exchange({reader, device::IdeKmLetter{{.stimulus = ide_km::Stimulus::QUERY, .session = reader}, 0}});
  if (!step) return Unexpected{step.error()};
  steps.push_back(std::move(*step));
  return steps;
}

/// QUERY is asked only where its answer shows the state, and of a session that may ask.
bool Driver::reads_streams(Byte session) const {
  const bool shows = profile_.ide_km && follower_->store().ide_capable == true &&
                     profile_.shape.kind == device::Kind::endpoint_with_ide;
  const Byte owner = follower_->control().streams[0].owner;
  return shows && (owner == session || owner == ide_km::NO_OWNER);
}

}  // namespace lockstep::runner
