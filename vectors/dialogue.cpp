#include "vectors/dialogue.hpp"

namespace lockstep::vectors {
namespace {

device::RequesterOptions with_hint(device::RequesterOptions options, const device::ResponderOptions& responder) {
  if (options.psk_hint.empty() && !responder.psks.empty()) options.psk_hint = responder.psks.begin()->first;
  return options;
}

device::Store requester_store(const DialogueOptions& options) {
  spdm::Secrets secrets;
  secrets.psk = [psks = options.responder.psks](View hint) -> std::optional<Bytes> {
    const auto found = psks.find(copy(hint));
    return found == psks.end() ? std::nullopt : std::optional(found->second);
  };
  device::Store store(options.responder.shape, spdm::Conversation(options.records, std::move(secrets)));
  device::name_as_reference(store);
  return store;
}

}  // namespace

Dialogue::Dialogue(DialogueOptions options)
    : device_(options.responder, options.records),
      requester_(with_hint(options.requester, options.responder)),
      follower_(requester_store(options)),
      padding_(options.requester.seed + 1) {}

spdm::SessionId Dialogue::session_id(Byte session) const {
  if (session == device::NONE) return std::nullopt;
  const spdm::Session& s = follower_.control().sessions[session];
  if (s.state == spdm::SessionState::HANDSHAKING && s.in_the_clear) return std::nullopt;
  return follower_.store().session_ids[session];
}

Result<Bytes, std::string> Dialogue::message(const device::Letter& letter) {
  return requester_.concretise(store(), follower_.control(), letter);
}

Dialogue::Judged Dialogue::send(const device::Letter& letter) {
  const auto bytes = message(letter);
  if (!bytes) return Unexpected{bytes.error()};
  return send(*bytes, session_id(letter.session));
}

Dialogue::Judged Dialogue::send(View message, spdm::SessionId session) {
  request_ = {session.has_value(), copy(message)};
  if (session) {
    auto record = store().conversation.seal(Role::requester, *session, message, padding_);
    if (!record) return Unexpected{record.error().why};
    request_.payload = std::move(*record);
  }
  follower_.request(message, session);
  response_ = device_.receive(request_);
  return judge();
}

oracle::Step Dialogue::judge() {
  if (!response_) return follower_.silence();
  if (!response_->secured) return follower_.response(response_->payload, std::nullopt);
  const auto opened = store().conversation.open(Role::responder, response_->payload);
  if (!opened) return follower_.unopened(opened.error());
  return follower_.response(opened->message(), opened->session);
}

std::optional<Dialogue::Packet> Dialogue::send_unopenable(const Packet& packet) {
  const device::Control before = device_.control();
  auto answer = device_.receive(packet);
  const Byte session = device_.latest_letter().session;
  if (session == device::NONE || before == device_.control()) return answer;
  follower_.happened(letter(spdm::Stimulus::RECORD_UNOPENED, session));
  if (store().session_ids[session]) store().conversation.end_session(*store().session_ids[session]);
  return answer;
}

void Dialogue::happens(const device::Letter& event) {
  const device::Control before = device_.control();
  device_.happens(event);
  follower_.happened(event);
  for (std::size_t i = 0; i < device::MAX_SESSIONS; ++i) {
    const bool ended = before.sessions[i].state != spdm::SessionState::NONE &&
                       device_.control().sessions[i].state == spdm::SessionState::NONE;
    if (ended && store().session_ids[i]) store().conversation.end_session(*store().session_ids[i]);
  }
}

}  // namespace lockstep::vectors
