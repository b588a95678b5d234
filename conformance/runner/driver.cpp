#include "runner/driver.hpp"

#include <algorithm>
#include <thread>

#include "runner/padding.hpp"
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
  return {binding.sequence_number_size, binding.inner_message_type, binding.max_random_pad, binding.inner_tcp_header};
}

device::Letter spdm_letter(Stimulus stimulus, Byte session = NONE) {
  return {session, device::SpdmLetter{{.stimulus = stimulus}}};
}

bool starts_update(const device::Letter& letter) {
  const auto* l = std::get_if<device::SpdmLetter>(&letter.body);
  return l != nullptr && (l->letter.stimulus == spdm::Stimulus::KEY_UPDATE_UpdateKey ||
                          l->letter.stimulus == spdm::Stimulus::KEY_UPDATE_UpdateAllKeys);
}

Trouble trouble(const adapters::LinkError& error) {
  const bool unimplemented = error.kind == adapters::LinkError::Kind::unimplemented;
  return {unimplemented ? Trouble::Kind::absent : Trouble::Kind::link, error.why};
}

}  // namespace

Driver::Driver(adapters::Target& target, Profile profile)
    : target_(target), profile_(std::move(profile)), requester_(profile_.requester), random_(profile_.requester.seed) {}

namespace {

/// A record that is authentic under another sequence number than the next one breaks the rule about these.
spdm::RecordError misnumbered(const spdm::Conversation& conversation, View record, spdm::RecordError error) {
  constexpr std::uint64_t WINDOW = 8;
  if (error.kind != spdm::RecordError::Kind::not_authentic) return error;
  const auto position = conversation.locate(Role::responder, record, WINDOW);
  if (!position || position->next_keys) return error;
  error.rule = "SECMSG-006";
  error.why =
      "has sequence number " + std::to_string(position->number) + " instead of " + std::to_string(position->expected);
  return error;
}

}  // namespace

// --- one exchange ----------------------------------------------------------------------------------------------------

oracle::Step Driver::receive(const std::optional<adapters::Packet>& packet) {
  if (!packet) return follower_->silence();
  if (!packet->secured) return follower_->response(packet->payload, std::nullopt);
  spdm::Conversation& conversation = follower_->store().conversation;
  auto opened = conversation.open(Role::responder, packet->payload);
  if (!opened) return follower_->unopened(misnumbered(conversation, packet->payload, opened.error()));
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
std::chrono::milliseconds Driver::patience(const device::Letter& letter, bool long_wait) const {
  const std::chrono::milliseconds usual = long_wait ? profile_.long_patience : profile_.patience;
  if (!takes_cryptography(letter)) return usual;
  constexpr Byte LONGEST = 26;  // 67 s: more than that nobody waits
  const Byte exponent = follower_->store().conversation.negotiated().responder.ct_exponent;
  return usual + std::chrono::milliseconds((1ULL << std::min(exponent, LONGEST)) / 1000);
}

/// Nothing is sent in a session when the heartbeat of any may have run out meanwhile: the device may rightly have
/// dropped it, and with it the owner of a stream or the lock of a TDI.
bool Driver::heartbeat_missed(const device::Letter& letter) const {
  if (!id_of(letter.session)) return false;
  return std::any_of(spoken_.begin(), spoken_.end(), [&](const auto& spoken) {
    const auto* data = follower_->store().conversation.session(spoken.first);
    return data != nullptr && data->heartbeat_period != 0 && data->phase == spdm::SessionData::Phase::established &&
           profile_.now() - spoken.second > std::chrono::seconds(2 * data->heartbeat_period);
  });
}

/// What came back for the request that the follower was told of.
Or<oracle::Step> Driver::received(const Action& action, const adapters::Packet& sent,
                                  const std::optional<adapters::Packet>& packet, spdm::SessionId session) {
  if (packet) unreached_ = 0;
  if (session && packet && packet->secured) latest_.received[*session] = packet->payload;
  oracle::Step step = receive(packet);
  weigh_transport(step, sent, packet);
  const auto& negotiated = follower_->store().conversation.negotiated();
  if (negotiated.algorithms_selected) claims_ = negotiated;
  step.action = text(action);
  if (sent.secured) step.request_record = sent.payload;
  if (packet && packet->secured) step.response_record = packet->payload;
  tell(step, session);
  return step;
}

namespace {

/// What came as a record is one, of a session that there is: its type is right, whatever it answers.
bool is_record(const oracle::Step& step) {
  using Kind = spdm::RecordError::Kind;
  return !step.unopened || (step.unopened->kind != Kind::unknown_session && step.unopened->kind != Kind::malformed);
}

}  // namespace

/// What stands around the answer.
void Driver::weigh_transport(oracle::Step& step, const adapters::Packet& sent,
                             const std::optional<adapters::Packet>& packet) {
  for (wire::Finding& finding : link_->take_findings()) step.findings.push_back(std::move(finding));
  if (!packet) return;
  const adapters::Binding& binding = link_->binding();
  if (packet->secured && !sent.secured && binding.kind_of_answer && (binding.answers_in_kind || !is_record(step)))
    step.findings.push_back({binding.kind_of_answer, "type", "a message in the clear is answered as if in a session"});
  if (!step.response) return;
  const std::size_t size =
      packet->secured ? size_of_record(record_format(binding), packet->payload) : size_of_answer(step);
  if (packet->payload.size() >= size + binding.alignment) return;  // more than padding: another rule says so
  if (auto dirty = dirty_padding(Role::responder, packet->payload, size)) step.findings.push_back(std::move(*dirty));
}

void Driver::tell(const oracle::Step& step, spdm::SessionId session) const {
  if (listener_) listener_(step, follower_->store().conversation.context(Role::responder, session));
}

namespace {

/// Whether a stream may have turned Secure or Insecure with this step, or may only now turn with an earlier one.
bool may_turn_a_stream(const oracle::Step& step) {
  for (std::size_t stream = 0; stream < device::MAX_STREAMS; ++stream) {
    const auto may_be = [&](ide_km::StreamState state) {
      const auto is = [&](const oracle::Belief& belief) { return belief.control.streams[stream].state == state; };
      return std::any_of(step.before.begin(), step.before.end(), is) ||
             std::any_of(step.after.begin(), step.after.end(), is);
    };
    if (may_be(ide_km::StreamState::SECURE) && may_be(ide_km::StreamState::INSECURE)) return true;
  }
  return false;
}

}  // namespace

Or<oracle::Step> Driver::exchange_once(const device::Letter& letter, const cases::Step* as) {
  auto message = composed(*follower_, requester_, letter, as);
  if (!message) return Unexpected{message.error()};
  auto step = transmit(letter, *message, Action::of(letter, as));
  if (step && may_turn_a_stream(*step)) std::this_thread::sleep_for(profile_.settling);
  return step;
}

Or<oracle::Step> Driver::transmit(const device::Letter& letter, const Bytes& message, const Action& action) {
  if (heartbeat_missed(letter)) {
    trusted_ = false;
    return Unexpected{Trouble{Trouble::Kind::link, "waited so long for an answer that the session may have expired"}};
  }
  const spdm::SessionId session = id_of(letter.session);
  adapters::Packet packet{session.has_value(), message};
  if (session) {
    spoken_[*session] = profile_.now();
    if (starts_update(letter)) latest_.before_update.insert_or_assign(*session, follower_->store().conversation);
    auto record = follower_->store().conversation.seal(Role::requester, *session, message, random_);
    if (!record) return Unexpected{Trouble{Trouble::Kind::unsupported, record.error().why}};
    packet.payload = latest_.sent[*session] = std::move(*record);
  }
  follower_->request(message, session);
  constexpr int ENOUGH = 3;  // a target that was waited for so often is silent, not slow
  const bool long_wait = in_vain_ < ENOUGH && !follower_->may_be_silent();
  auto answer = link_->exchange(packet, patience(letter, long_wait));
  if (answer && !*answer && long_wait) ++in_vain_;
  if (answer) return received(action, packet, *answer, session);
  return Unexpected{lost(action, packet, message, answer.error())};
}

/// The link broke over a message: recordings show which one it was.
Trouble Driver::lost(const Action& action, const adapters::Packet& sent, const Bytes& message,
                     const adapters::LinkError& error) {
  trusted_ = false;
  oracle::Step step;
  step.letter = action.letter;
  step.action = text(action);
  step.request = {.sender = Role::requester, .bytes = message};
  if (sent.secured) step.request_record = sent.payload;
  step.before = step.after = follower_->oracle().belief();
  step.judgement.progress = false;
  step.judgement.reason = "the link was lost: " + error.why;
  step.findings = link_->take_findings();  // of the object that could not be taken
  tell(step, id_of(action.letter.session));
  if (step.ruling() != oracle::Ruling::legal) breaches_.push_back(step);
  return trouble(error);
}

/// BUSY and ResponseNotReady are legal at any time: the request is made again before anything is concluded. What comes
/// in chunks is fetched.
Or<oracle::Step> Driver::exchange(const device::Letter& letter, const cases::Step* as) {
  auto step = exchange_once(letter, as);
  for (int i = 0; i < BUSY_RETRIES && step; ++i) {
    const Answer& answer = step->observation.answer;
    if (!is_busy(answer) && !is_not_ready(answer)) break;
    std::this_thread::sleep_for(BUSY_PAUSE);
    const bool again = is_busy(answer);
    step =
        exchange_once(again ? letter : spdm_letter(Stimulus::RESPOND_IF_READY, letter.session), again ? as : nullptr);
  }
  if (!step || (as != nullptr && as->unfetched)) return step;
  return fetch(std::move(*step), letter.session);
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
  discovery_ = link_->take_findings();
  session_ = second_ = NONE;
  latest_ = {};
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
  if (on_connect_) on_connect_(fresh);
  trusted_ = true;
  return std::nullopt;
}

Maybe Driver::negotiate(Given given) {
  session_ = second_ = NONE;
  greeted_ = odd_ = false;
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
  if (auto failed = provisioned_for_another(session)) return failed;
  if (spdm::wants_encapsulated_flow(s.mut_auth))
    if (auto failed = authenticate_mutually(session)) return failed;
  return insist(Stimulus::FINISH, session);
}

/// Without an encapsulated flow the target knows the requester beforehand, and a throw-away identity is not the one.
Maybe Driver::provisioned_for_another(Byte session) const {
  const bool provisioned = follower_->control().sessions[session].mut_auth == spdm::MutAuth::no_encapsulation;
  if (!provisioned || profile_.requester.identity) return std::nullopt;
  return Trouble{Trouble::Kind::absent,
                 "the target was provisioned with the requester's certificate chain: name it with --requester-chain "
                 "and --requester-key"};
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
  const auto began = profile_.now();
  const auto before = follower_->control().sessions;
  if (auto failed = insist(kind == SessionKind::psk ? Stimulus::PSK_EXCHANGE : Stimulus::KEY_EXCHANGE)) return failed;
  for (Byte i = 0; i < device::MAX_SESSIONS; ++i)
    if (before[i].state == SessionState::NONE && follower_->control().sessions[i].state != SessionState::NONE)
      place = i;
  if (place == NONE || !follower_->store().session_ids[place])
    return Trouble{Trouble::Kind::refused, "the answer to the key exchange makes no session"};
  spoken_[*follower_->store().session_ids[place]] = began;
  return finish ? finish_session(place) : std::nullopt;
}

Maybe Driver::end_session(Byte& place) {
  const Byte session = std::exchange(place, NONE);
  return alive(session) ? insist(Stimulus::END_SESSION, session) : std::nullopt;
}

}  // namespace lockstep::runner
