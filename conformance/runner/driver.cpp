#include "runner/driver.hpp"

#include <algorithm>
#include <thread>

#include "wire/spdm_header.hpp"

namespace lockstep::runner {
namespace {

using cases::Given;
using cases::SessionKind;
using device::NONE;
using spdm::SessionState;
using spdm::Stimulus;
namespace cap = wire::spdm::capability;

constexpr int BUSY_RETRIES = 5;
constexpr std::chrono::milliseconds BUSY_PAUSE{20};
constexpr int ENCAPSULATED_STEPS = 64;  // a certificate chain of 64 KiB in portions of 1 KiB
constexpr int CERTIFICATE_STEPS = 256;

spdm::RecordFormat record_format(const adapters::Binding& binding) {
  return {binding.sequence_number_size, binding.inner_message_type, binding.max_random_pad};
}

device::Letter spdm_letter(Stimulus stimulus, Byte session = NONE) {
  return {session, device::SpdmLetter{{.stimulus = stimulus}}};
}

bool is_busy(const Answer& answer) {
  if (answer.kind != Answer::Kind::error) return false;
  if (answer.protocol == AnswerProtocol::TDISP)
    return answer.code == static_cast<std::uint32_t>(wire::tdisp::ErrorCode::BUSY);
  return answer.protocol == AnswerProtocol::SPDM &&
         answer.code == static_cast<std::uint32_t>(wire::spdm::ErrorCode::Busy);
}

bool is_not_ready(const Answer& answer) {
  return answer ==
         Answer::error(AnswerProtocol::SPDM, static_cast<std::uint32_t>(wire::spdm::ErrorCode::ResponseNotReady));
}

Trouble trouble(const adapters::LinkError& error) { return {Trouble::Kind::link, error.why}; }

}  // namespace

Driver::Driver(adapters::Target& target, Profile profile)
    : target_(target), profile_(std::move(profile)), requester_(profile_.requester), random_(profile_.requester.seed) {}

// --- one exchange ----------------------------------------------------------------------------------------------------

Or<oracle::Step> Driver::receive(const std::optional<adapters::Packet>& packet, spdm::SessionId) {
  if (!packet) return follower_->silence();
  if (!packet->secured) return follower_->response(packet->payload, std::nullopt);
  auto opened = follower_->store().conversation.open(Role::responder, packet->payload);
  if (!opened) return follower_->unopened(opened.error());
  return follower_->response(opened->message(), opened->session);
}

namespace {

/// Requests whose answers take cryptography.
bool takes_cryptography(const device::Letter& letter) {
  const auto* l = std::get_if<device::SpdmLetter>(&letter.body);
  if (l == nullptr) return false;
  switch (l->letter.stimulus) {
    case Stimulus::CHALLENGE:
    case Stimulus::GET_MEASUREMENTS:
    case Stimulus::KEY_EXCHANGE:
    case Stimulus::FINISH:
    case Stimulus::PSK_EXCHANGE:
    case Stimulus::PSK_FINISH:
    case Stimulus::DELIVER_ENCAPSULATED_RESPONSE:
    case Stimulus::RESPOND_IF_READY:
      return true;
    default:
      return false;
  }
}

}  // namespace

/// A device may take 2^CTExponent microseconds for cryptography (DSP0274, timing); silence is judged only after that.
std::chrono::milliseconds Driver::patience(const device::Letter& letter) const {
  if (!takes_cryptography(letter)) return profile_.patience;
  constexpr Byte LONGEST = 26;  // 67 s: more than that nobody waits
  const Byte exponent = follower_->store().conversation.negotiated().responder.ct_exponent;
  return profile_.patience + std::chrono::milliseconds((1ULL << std::min(exponent, LONGEST)) / 1000);
}

/// Nothing is sent in a session whose heartbeat may have run out meanwhile: the device may rightly have dropped it.
bool Driver::heartbeat_missed(const device::Letter& letter) {
  const spdm::SessionId session = id_of(letter.session);
  const auto* data = session ? follower_->store().conversation.session(*session) : nullptr;
  if (data == nullptr || data->heartbeat_period == 0 || data->phase != spdm::SessionData::Phase::established)
    return false;
  if (last_in_session_ == std::chrono::steady_clock::time_point{}) return false;
  return std::chrono::steady_clock::now() - last_in_session_ > std::chrono::seconds(2 * data->heartbeat_period);
}

Or<oracle::Step> Driver::exchange_once(const device::Letter& letter) {
  auto message = requester_.concretise(follower_->store(), follower_->control(), letter);
  if (!message) return Unexpected{Trouble{Trouble::Kind::unsupported, message.error()}};
  if (heartbeat_missed(letter)) {
    trusted_ = false;
    return Unexpected{Trouble{Trouble::Kind::link, "waited so long for an answer that the session may have expired"}};
  }
  const spdm::SessionId session = id_of(letter.session);
  adapters::Packet packet{session.has_value(), *message};
  if (session) {
    auto record = follower_->store().conversation.seal(Role::requester, *session, *message, random_);
    if (!record) return Unexpected{Trouble{Trouble::Kind::unsupported, record.error().why}};
    packet.payload = std::move(*record);
  }
  follower_->request(*message, session);
  auto answer = link_->exchange(packet, patience(letter));
  if (session) last_in_session_ = std::chrono::steady_clock::now();
  if (answer && *answer) unreached_ = 0;
  if (!answer) {
    trusted_ = false;
    return Unexpected{trouble(answer.error())};
  }
  auto step = receive(*answer, session);
  const auto& negotiated = follower_->store().conversation.negotiated();
  if (negotiated.algorithms_selected) claims_ = negotiated;
  if (step && listener_) listener_(*step, follower_->store().conversation.context(Role::responder, session));
  return step;
}

/// BUSY and ResponseNotReady are legal at any time: the request is made again before anything is concluded.
Or<oracle::Step> Driver::exchange(const device::Letter& letter) {
  auto step = exchange_once(letter);
  for (int i = 0; i < BUSY_RETRIES && step; ++i) {
    const Answer& answer = step->observation.answer;
    if (!is_busy(answer) && !is_not_ready(answer)) break;
    std::this_thread::sleep_for(BUSY_PAUSE);
    step = exchange_once(is_busy(answer) ? letter : spdm_letter(Stimulus::RESPOND_IF_READY, letter.session));
  }
  return step;
}

Maybe Driver::insist(const device::Letter& letter) {
  auto step = exchange(letter);
  if (!step) return step.error();
  if (step->ruling() != oracle::Ruling::legal) breaches_.push_back(*step);
  const bool served = step->observation.answer.kind == Answer::Kind::response;
  if (served && step->judgement.ruling != oracle::Ruling::fail) return std::nullopt;
  return Trouble{Trouble::Kind::refused, "the set-up step " + device::describe(letter) + " was answered by " +
                                             device::describe(step->observation.answer) +
                                             (step->rule() ? " (" + std::string(step->rule().id()) + ")" : "")};
}

Maybe Driver::insist(Stimulus stimulus, Byte session) { return insist(spdm_letter(stimulus, session)); }

Maybe Driver::insist(tdisp::Stimulus stimulus, Byte tdi) {
  return insist(device::Letter{session_, device::TdispLetter{{.stimulus = stimulus}, tdi, 0}});
}

Maybe Driver::insist(ide_km::Stimulus stimulus, ide_km::Slot slot) {
  return insist(
      device::Letter{session_, device::IdeKmLetter{{.stimulus = stimulus, .slot = slot, .session = session_}, 0}});
}

// --- the connection --------------------------------------------------------------------------------------------------

Maybe Driver::connect(bool restart) {
  link_.reset();
  ++unreached_;
  auto link = target_.connect(restart);
  if (!link) return trouble(link.error());
  link_ = std::move(*link);
  session_ = second_ = NONE;
  const bool fresh = restart && target_.can_restart();
  if (fresh || !follower_) {
    spdm::Secrets secrets;
    secrets.psk = [psk = profile_.psk](View hint) -> std::optional<Bytes> {
      const auto found = psk.find(copy(hint));
      return found == psk.end() ? std::nullopt : std::optional(found->second);
    };
    device::Store store(profile_.shape, spdm::Conversation(record_format(link_->binding()), std::move(secrets)));
    for (std::size_t i = 0; i < store.tdis.size() && i < profile_.function_ids.size(); ++i)
      store.tdis[i].function_id = profile_.function_ids[i];
    for (std::size_t i = 0; i < store.streams.size() && i < profile_.streams.size(); ++i)
      store.streams[i] = profile_.streams[i];
    follower_.emplace(std::move(store));
  }
  if (!fresh) follower_->know_nothing();
  trusted_ = true;
  return std::nullopt;
}

Maybe Driver::negotiate(Given given) {
  session_ = second_ = NONE;
  greeted_ = false;
  static constexpr std::pair<Given, Stimulus> stages[] = {{Given::version, Stimulus::GET_VERSION},
                                                          {Given::capabilities, Stimulus::GET_CAPABILITIES},
                                                          {Given::negotiated, Stimulus::NEGOTIATE_ALGORITHMS}};
  for (const auto& [stage, stimulus] : stages)
    if (given >= stage)
      if (auto failed = insist(stimulus)) return failed;
  return std::nullopt;
}

Maybe Driver::read_certificate() {
  const Byte slot = profile_.requester.slot;
  const auto complete = [&] {
    const auto& identity = follower_->store().conversation.memory().identities.response;
    return slot >= spdm::SLOTS || (identity.slots[slot].chain && identity.slots[slot].of_this_connection);
  };
  if (complete()) return std::nullopt;
  if (!follower_->store().conversation.negotiated().responder.has(cap::CERT_CAP)) return std::nullopt;
  if (auto failed = insist(Stimulus::GET_DIGESTS)) return failed;
  for (int i = 0; i < CERTIFICATE_STEPS && !complete(); ++i)
    if (auto failed = insist(Stimulus::GET_CERTIFICATE)) return failed;
  return complete() ? std::nullopt : Maybe(Trouble{Trouble::Kind::refused, "the certificate chain did not end"});
}

// --- sessions --------------------------------------------------------------------------------------------------------

bool Driver::alive(Byte session) const {
  return session != NONE && follower_->control().sessions[session].state == SessionState::ESTABLISHED &&
         id_of(session).has_value();
}

/// FINISH of a handshake in the clear travels outside the session.
spdm::SessionId Driver::id_of(Byte session) const {
  if (session == NONE) return std::nullopt;
  const spdm::Session& s = follower_->control().sessions[session];
  if (s.state == SessionState::HANDSHAKING && s.in_the_clear) return std::nullopt;
  return follower_->store().session_ids[session];
}

bool Driver::can(SessionKind kind) const {
  if (!profile_.sessions) return false;
  const auto& negotiated = claims_;
  if (kind == SessionKind::psk) return negotiated.both_have(cap::PSK_CAP) && !profile_.psk.empty();
  if (kind == SessionKind::key_exchange) return negotiated.both_have(cap::KEY_EX_CAP);
  return can(SessionKind::psk) || can(SessionKind::key_exchange);
}

Maybe Driver::authenticate_mutually(Byte session) {
  const auto* data = follower_->store().conversation.session(*follower_->store().session_ids[session]);
  const bool digests_asked =
      data != nullptr && (data->mut_auth_requested & wire::spdm::KEY_EXCHANGE_RSP::MUT_AUTH_WITH_GET_DIGESTS) != 0;
  if (!digests_asked)
    if (auto failed = insist(Stimulus::GET_ENCAPSULATED_REQUEST, session)) return failed;
  for (int i = 0; i < ENCAPSULATED_STEPS && !follower_->control().sessions[session].encapsulated_done; ++i)
    if (auto failed = insist(Stimulus::DELIVER_ENCAPSULATED_RESPONSE, session)) return failed;
  return std::nullopt;
}

Maybe Driver::finish_session(Byte session) {
  const spdm::Session& s = follower_->control().sessions[session];
  if (s.state == SessionState::ESTABLISHED) return std::nullopt;
  if (s.psk) return insist(Stimulus::PSK_FINISH, session);
  if (spdm::wants_encapsulated_flow(s.mut_auth))
    if (auto failed = authenticate_mutually(session)) return failed;
  return insist(Stimulus::FINISH, session);
}

Maybe Driver::open_session(SessionKind kind, bool finish, Byte& place) {
  if (kind == SessionKind::any) kind = can(SessionKind::psk) ? SessionKind::psk : SessionKind::key_exchange;
  if (!can(kind))
    return Trouble{Trouble::Kind::absent, "the target and Lockstep have no such kind of session in common"};
  if (const auto missing = follower_->store().conversation.negotiated().session_missing())
    return Trouble{Trouble::Kind::unsupported, *missing};
  if (kind == SessionKind::key_exchange)
    if (auto failed = read_certificate()) return failed;
  place = NONE;
  last_in_session_ = std::chrono::steady_clock::now();
  const auto before = follower_->control().sessions;
  if (auto failed = insist(kind == SessionKind::psk ? Stimulus::PSK_EXCHANGE : Stimulus::KEY_EXCHANGE)) return failed;
  for (Byte i = 0; i < device::MAX_SESSIONS; ++i)
    if (before[i].state == SessionState::NONE && follower_->control().sessions[i].state != SessionState::NONE)
      place = i;
  if (place == NONE || !follower_->store().session_ids[place])
    return Trouble{Trouble::Kind::refused, "the answer to the key exchange makes no session"};
  return finish ? finish_session(place) : std::nullopt;
}

Maybe Driver::end_session(Byte& place) {
  const Byte session = std::exchange(place, NONE);
  return alive(session) ? insist(Stimulus::END_SESSION, session) : std::nullopt;
}

// --- IDE_KM and TDISP ------------------------------------------------------------------------------------------------

namespace {
constexpr ide_km::Slot key_set_0[] = {{false, false, 0}, {false, false, 1}, {false, false, 2},
                                      {false, true, 0},  {false, true, 1},  {false, true, 2}};
}

Maybe Driver::program_keys() {
  for (const ide_km::Slot& slot : key_set_0)
    if (auto failed = insist(ide_km::Stimulus::KEY_PROG, slot)) return failed;
  return std::nullopt;
}

/// Rx before Tx: the rule that prevents check failures.
Maybe Driver::set_go() {
  for (const ide_km::Slot& slot : key_set_0)
    if (auto failed = insist(ide_km::Stimulus::K_SET_GO, slot)) return failed;
  return std::nullopt;
}

Maybe Driver::unlock() {
  for (Byte tdi = 0; tdi < profile_.shape.tdis; ++tdi)
    if (follower_->control().tdis[tdi].state != tdisp::TdiState::CONFIG_UNLOCKED)
      if (auto failed = insist(tdisp::Stimulus::STOP_INTERFACE_REQUEST, tdi)) return failed;
  return std::nullopt;
}

/// The session that owns the stream ends and another takes its place.
Maybe Driver::change_session(SessionKind kind) {
  if (auto failed = end_session(session_)) return failed;
  return open_session(kind, true, session_);
}

Maybe Driver::lock_and_lose_session(SessionKind kind) {
  if (auto failed = insist(tdisp::Stimulus::LOCK_INTERFACE_REQUEST)) return failed;
  if (auto failed = change_session(kind)) return failed;
  if (profile_.shape.kind == device::Kind::endpoint_with_ide) {
    if (auto failed = program_keys()) return failed;
    if (auto failed = set_go()) return failed;
  }
  auto state = exchange({session_, device::TdispLetter{{}, 0, 0}});
  if (!state) return state.error();
  if (state->judgement.state_only) state->judgement.rule = "TDISP-OOB-009";
  if (state->ruling() != oracle::Ruling::legal) breaches_.push_back(*state);
  if (state->observation.tdi_state == tdisp::TdiState::ERROR) return std::nullopt;
  if (state->observation.tdi_state == tdisp::TdiState::CONFIG_UNLOCKED && state->ruling() == oracle::Ruling::legal)
    return Trouble{Trouble::Kind::absent, "the TDI leaves ERROR by itself, which it may"};
  return Trouble{Trouble::Kind::refused, "the end of the session did not bring the TDI to ERROR (TDISP-OOB-009)"};
}

// --- to where a case begins ------------------------------------------------------------------------------------------

/// The way to `given` that makes the fewest assumptions: what is there is used when the model knows it.
Maybe Driver::reach(Given given, SessionKind kind) {
  // Where several states are possible a broken device could hide in one of them: begin with what is known.
  const bool ambiguous = follower_ && follower_->oracle().belief().size() > 1 && target_.can_restart();
  if (!trusted_ || !link_ || given == Given::nothing || ambiguous)
    if (auto failed = connect(target_.can_restart())) return failed;
  if (given == Given::nothing && !target_.can_restart())
    return Trouble{Trouble::Kind::absent, "needs a device without memory: start it with --spawn"};
  if (given <= Given::negotiated) return negotiate(given);

  const bool certain = follower_->oracle().belief().size() == 1;
  const bool usable = certain && alive(session_) && (kind == SessionKind::any || kind == kind_);
  if (given == Given::handshaking || !usable) {
    if (auto failed = negotiate(Given::negotiated)) return failed;
    if (auto failed = open_session(kind, given != Given::handshaking, session_)) return failed;
    kind_ = follower_->control().sessions[session_].psk ? SessionKind::psk : SessionKind::key_exchange;
    // The encapsulated flow is part of getting there: FINISH is what comes next.
    if (given == Given::handshaking) {
      if (follower_->control().sessions[session_].state != SessionState::HANDSHAKING)
        return Trouble{Trouble::Kind::absent, "this kind of session has no handshake phase"};
      const bool owed = spdm::wants_encapsulated_flow(follower_->control().sessions[session_].mut_auth);
      return owed ? authenticate_mutually(session_) : std::nullopt;
    }
    if (auto failed = first_words()) return failed;
  }
  if (auto failed = unlock()) return failed;

  const bool ide = profile_.shape.kind == device::Kind::endpoint_with_ide;
  const auto& stream = follower_->control().streams[0];
  const bool has_too_much =
      given == Given::established ? stream.programmed != 0 : given == Given::keyed && stream.active != 0;
  if (ide && (has_too_much || (stream.owner != ide_km::NO_OWNER && stream.owner != session_))) {
    if (auto failed = change_session(kind_)) return failed;
  }
  if (ide && given >= Given::keyed && !follower_->control().streams[0].has_all_keys())
    if (auto failed = program_keys()) return failed;
  if (ide && given >= Given::secure && follower_->control().streams[0].state != ide_km::StreamState::SECURE)
    if (auto failed = set_go()) return failed;
  if (given == Given::session_lost) return change_session(kind_);
  if (given == Given::tdi_error) return lock_and_lose_session(kind_);
  if (given >= Given::tdi_locked)
    if (auto failed = insist(tdisp::Stimulus::LOCK_INTERFACE_REQUEST)) return failed;
  if (given >= Given::tdi_run) return insist(tdisp::Stimulus::START_INTERFACE_REQUEST);
  return std::nullopt;
}

/// What any TSM asks first; later letters depend on what the device says of itself.
Maybe Driver::first_words() {
  if (profile_.ide_km)
    if (auto failed = insist(ide_km::Stimulus::QUERY, {})) return failed;
  for (Byte tdi = 0; profile_.tdisp && tdi < profile_.shape.tdis; ++tdi) {
    if (auto failed = insist(tdisp::Stimulus::GET_TDISP_VERSION, tdi)) return failed;
    if (auto failed = insist(tdisp::Stimulus::GET_TDISP_CAPABILITIES, tdi)) return failed;
    if (auto failed = insist(tdisp::Stimulus::GET_DEVICE_INTERFACE_STATE, tdi)) return failed;
  }
  greeted_ = true;
  return std::nullopt;
}

// --- the steps of a case ---------------------------------------------------------------------------------------------

namespace {

/// Moves a copy from before END_SESSION past it: the sequence numbers of both directions advance, the session stays.
bool skip_end_session(spdm::Conversation& dead, std::uint32_t id, const oracle::Step& ended, crypto::Random& random) {
  if (!ended.response) return false;
  return dead.seal(Role::requester, id, ended.request.bytes, random) &&
         dead.seal(Role::responder, id, ended.response->bytes, random);
}

/// A device need not have two sessions: cases with two do not apply then.
Trouble no_second_session(Trouble trouble) {
  if (trouble.kind == Trouble::Kind::refused) trouble.kind = Trouble::Kind::absent;
  return trouble;
}

}  // namespace

device::Letter Driver::letter_of(const cases::Step& step, Byte session) const {
  device::Letter letter{session, {}};
  if (const auto* l = std::get_if<spdm::Letter>(&step.letter)) letter.body = device::SpdmLetter{*l};
  if (const auto* l = std::get_if<tdisp::Letter>(&step.letter))
    letter.body = device::TdispLetter{*l, step.known_interface ? Byte{0} : NONE, 0};
  if (const auto* l = std::get_if<ide_km::Letter>(&step.letter)) {
    device::IdeKmLetter inner{*l, 0};
    inner.letter.session = session;
    letter.body = inner;
  }
  return letter;
}

Or<oracle::Step> Driver::send(const cases::Step& step) {
  Byte session = step.via == cases::Via::clear ? NONE : session_;
  if (step.via == cases::Via::second_session) {
    if (!alive(second_))
      if (auto failed = open_session(kind_, true, second_)) return Unexpected{no_second_session(*failed)};
    session = second_;
  }
  const device::Letter letter = letter_of(step, session);
  if (auto other = as_meant(letter, step)) return Unexpected{*other};
  return step.then_reuse ? end_and_reuse(letter) : exchange(letter);
}

/// A record of a session that has ended must not be served. The keys are those of a copy kept from before the end; what
/// comes back is no answer, an ERROR, or a closed connection.
Or<oracle::Step> Driver::end_and_reuse(const device::Letter& letter) {
  const spdm::SessionId id = id_of(letter.session);
  spdm::Conversation dead = follower_->store().conversation;
  auto step = exchange(letter);
  if (!step || !id || !skip_end_session(dead, *id, *step, random_)) return step;
  const Bytes message{dead.negotiated().spdm_version, static_cast<Byte>(wire::spdm::Code::HEARTBEAT), 0, 0};
  auto record = dead.seal(Role::requester, *id, message, random_);
  if (!record) return step;
  dead.on_request(message, id);
  trusted_ = false;  // whatever it does with a dead session, the next case begins anew
  auto answer = link_->exchange({true, *record}, profile_.patience);
  if (!answer || !*answer || !(*answer)->secured) return step;
  auto opened = dead.open(Role::responder, (*answer)->payload);
  const bool served = opened && opened->message().size() > 1 &&
                      opened->message()[1] == static_cast<Byte>(wire::spdm::Code::HEARTBEAT_ACK);
  if (served) step->findings.push_back({"SPDM-LIFE-014", "session", "is served after END_SESSION_ACK"});
  return step;
}

/// A case that needs a defect is not run with a request that turns out to have none: a valid FINISH is no test of a
/// wrong signature where no signature was asked for.
Maybe Driver::as_meant(const device::Letter& letter, const cases::Step& step) {
  const auto defect = [](const auto& l) { return static_cast<int>(l.defect); };
  const int wanted = std::visit(defect, step.letter);
  if (wanted == 0) return std::nullopt;
  const auto* plain = std::get_if<spdm::Letter>(&step.letter);
  if (plain != nullptr && plain->defect == spdm::Defect::malformed && letter.session == NONE &&
      link_->binding().alignment > 1)
    return Trouble{Trouble::Kind::absent, "the padding of the transport hides a missing byte"};
  oracle::Follower trial = *follower_;
  device::Requester requester = requester_;
  auto message = requester.concretise(trial.store(), trial.control(), letter);
  if (!message) return Trouble{Trouble::Kind::unsupported, message.error()};
  const device::Letter& meant = trial.request(*message, id_of(letter.session));
  int actual = -1;
  if (const auto* l = std::get_if<device::SpdmLetter>(&meant.body)) actual = defect(l->letter);
  if (const auto* l = std::get_if<device::TdispLetter>(&meant.body)) actual = defect(l->letter);
  if (const auto* l = std::get_if<device::IdeKmLetter>(&meant.body)) actual = defect(l->letter);
  if (actual == wanted && meant.body.index() == letter.body.index()) return std::nullopt;
  return Trouble{Trouble::Kind::absent,
                 "with this target no such request can be made; it would be " + device::describe(meant)};
}

Or<std::vector<oracle::Step>> Driver::read_back() {
  std::vector<oracle::Step> steps;
  if (!alive(session_) || !profile_.tdisp || !greeted_) return steps;
  for (Byte tdi = 0; tdi < profile_.shape.tdis; ++tdi) {
    auto step = exchange({session_, device::TdispLetter{{}, tdi, 0}});
    if (!step) return Unexpected{step.error()};
    steps.push_back(std::move(*step));
  }
  return steps;
}

Maybe Driver::lacks(const cases::Case& test) const {
  const auto& negotiated = claims_;
  const auto absent = [](std::string why) { return Trouble{Trouble::Kind::absent, std::move(why)}; };
  if (negotiated.spdm_version == 0) return std::nullopt;  // nothing is known of the target yet
  if (negotiated.spdm_version < test.since) return absent("the negotiated SPDM version is older than the case");
  if (test.given >= Given::handshaking && !can(test.session)) return absent("no such session with this target");
  for (const cases::Needs need : test.needs) {
    switch (need) {
      case cases::Needs::nothing:
        break;
      case cases::Needs::session:
        if (!can(SessionKind::any)) return absent("no session in common");
        break;
      case cases::Needs::key_exchange:
        if (!can(SessionKind::key_exchange)) return absent("no KEY_EX_CAP");
        break;
      case cases::Needs::psk:
        if (!can(SessionKind::psk)) return absent("no PSK_CAP, or no --psk given");
        break;
      case cases::Needs::ide_km:
        if (!profile_.ide_km || profile_.shape.kind != device::Kind::endpoint_with_ide) return absent("no IDE_KM");
        break;
      case cases::Needs::tdisp:
        if (!profile_.tdisp) return absent("no TDISP over this transport");
        break;
      case cases::Needs::heartbeat:
        if (!negotiated.both_have(cap::HBEAT_CAP)) return absent("no HBEAT_CAP");
        break;
      case cases::Needs::key_update:
        if (!negotiated.both_have(cap::KEY_UPD_CAP)) return absent("no KEY_UPD_CAP");
        break;
      case cases::Needs::p2p:
        if ((follower_->store().tdis[0].optional_requests.value_or(0) & 3) == 0)
          return absent("no P2P requests offered");
        break;
      case cases::Needs::two_tdis:
        if (profile_.shape.tdis < 2) return absent("only one TDI under test");
        break;
      case cases::Needs::mutual_authentication:
        if (!negotiated.both_have(cap::MUT_AUTH_CAP)) return absent("no MUT_AUTH_CAP");
        break;
    }
  }
  return std::nullopt;
}

}  // namespace lockstep::runner
