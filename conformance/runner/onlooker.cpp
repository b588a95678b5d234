#include "runner/onlooker.hpp"

#include <algorithm>

#include "runner/padding.hpp"
#include "wire/text.hpp"

namespace lockstep::runner {
namespace {

using oracle::Ruling;
using wire::spdm::Code;
constexpr device::Shape SHAPE{
    .sessions = device::MAX_SESSIONS, .streams = device::MAX_STREAMS, .tdis = device::MAX_TDIS};

RecordVerdict::Kind kind_of(Ruling ruling) {
  using Kind = RecordVerdict::Kind;
  return ruling == Ruling::fail ? Kind::fail : ruling == Ruling::warn ? Kind::warn : Kind::legal;
}

std::string text_of(const spdm::Seen& seen, const wire::Context& context) {
  if (const wire::AnyMessage inner = device::inner_of(seen.message)) return wire::text(inner, {});
  if (seen.message) return wire::text(seen.message, context);
  return "undecodable" + (seen.error ? ", " + seen.error->field + ": " + seen.error->why : std::string());
}

device::Store store(spdm::RecordFormat format, const CheckOptions& options) {
  spdm::Secrets secrets;
  secrets.psk = [psk = options.psk](View hint) -> std::optional<Bytes> {
    const auto found = psk.find(copy(hint));
    return found == psk.end() ? std::nullopt : std::optional(found->second);
  };
  secrets.shared_secret = options.shared_secret;
  secrets.handshake_secret = [keylog = options.keylog](View request, View response) {
    return keylog.handshake_secret(request, response);
  };
  device::Store store(SHAPE, spdm::Conversation(format, std::move(secrets)));
  store.adopts_addresses = true;
  return store;
}

/// A requester may ask at any time whether the responder has a request of its own.
bool is_poll(const device::Letter& letter) {
  const auto* l = std::get_if<device::SpdmLetter>(&letter.body);
  return l != nullptr && l->letter.stimulus == spdm::Stimulus::GET_ENCAPSULATED_REQUEST;
}

/// Those of messages inside included.
void collect(std::vector<wire::Finding>& findings, const spdm::Seen& seen) {
  findings.insert(findings.end(), seen.findings.begin(), seen.findings.end());
  for (const spdm::Seen& carried : seen.carried) collect(findings, carried);
}

std::string words(const wire::Finding& finding) {
  return finding.field.empty() ? finding.what : finding.field + ": " + finding.what;
}

/// TDIs and streams that have an address: the others are room that nobody uses.
device::Shape in_use(const device::Store& store) {
  device::Shape shape = store.shape;
  shape.tdis =
      static_cast<Byte>(std::count_if(store.tdis.begin(), store.tdis.end(), [](auto& t) { return t.adopted; }));
  shape.streams =
      static_cast<Byte>(std::count_if(store.streams.begin(), store.streams.end(), [](auto& s) { return s.key_seen; }));
  return shape;
}

}  // namespace

Onlooker::Onlooker(spdm::RecordFormat format, const CheckOptions& options)
    : follower_(store(format, options)), sees_events_(options.tells_events), lossy_(!options.tells_events) {
  follower_.look_on();  // the recording may begin at any time
  if (!options.tells_events) follower_.see_no_events();
}

// --- pairs of a request and its answer -------------------------------------------------------------------------------

void Onlooker::clear(std::size_t number, const Bytes& payload) {
  const bool is_request = payload.size() > 1 && wire::spdm::is_request(payload[1]);
  is_request ? request(number, payload, std::nullopt) : response(number, payload, std::nullopt);
}

/// A message whose content stays unknown still takes its turn.
void Onlooker::takes_turn(std::size_t number, Role role, std::string text) {
  if (role == Role::requester) {
    unanswered();
    waiting_ = Waiting{number, std::move(text), true};
  } else if (!waiting_) {
    missing(number, Role::responder, std::move(text), "its request was not recorded");
  } else {
    waiting_.reset();
  }
}

void Onlooker::unanswered() {
  if (!waiting_) return;
  const Waiting asked = *std::exchange(waiting_, std::nullopt);
  if (asked.closed) return missing(asked.number, Role::responder, asked.text, "no answer to it was recorded");
  const bool refused = follower_.must_be_refused().has_value();
  const oracle::Step step = follower_.silence();
  if (refused && step.ruling() == Ruling::legal) {
    if (is_poll(step.letter)) lossy_ = true;  // it may as well have been answered
    return judge(asked.number, step, "no answer");
  }
  missing(asked.number, Role::responder, asked.text, "no answer to it was recorded");
}

void Onlooker::silence() {
  if (!waiting_) return;
  const Waiting asked = *std::exchange(waiting_, std::nullopt);
  if (!asked.closed) judge(asked.number, follower_.silence(), "no answer");
}

void Onlooker::finish() {
  if (waiting_)
    add(waiting_->number, Role::requester, waiting_->text, Kind::not_judged, {},
        "the recording ends before its answer");
}

/// Sessions whose keys are not known end unseen: the oldest gives up its place when a new one needs it.
void Onlooker::make_room() {
  const auto& sessions = follower_.control().sessions;
  const auto is_free = [](const spdm::Session& s) { return s.state == spdm::SessionState::NONE; };
  if (std::any_of(sessions.begin(), sessions.end(), is_free)) return;
  for (std::size_t place = 0; place < sessions.size(); ++place) {
    const auto id = follower_.store().session_ids[place];
    const auto* data = id ? conversation().session(*id) : nullptr;
    if (data != nullptr && data->keys) continue;
    if (data != nullptr) ended_.insert_or_assign(*id, Ended{*data});
    follower_.happened({static_cast<Byte>(place), device::SpdmLetter{{.stimulus = spdm::Stimulus::SESSION_DROPPED}}});
    return;
  }
}

void Onlooker::request(std::size_t number, View payload, spdm::SessionId session) {
  sender_ = Role::requester;
  unanswered();
  if (!session) make_room();
  const device::Letter& letter = follower_.request(payload, session);
  const spdm::Seen& seen = follower_.asked();
  std::string text = text_of(seen, conversation().context(Role::requester, session));
  waiting_ = Waiting{number, text, false, beyond_what_is_followed(letter, session)};
  const bool first_without_beginning = !begun_ && !session && waiting_->beyond && !std::exchange(no_beginning_, true);
  if (waiting_->beyond)
    return add(number, Role::requester, text, first_without_beginning ? Kind::missing : Kind::not_judged, {},
               *waiting_->beyond);
  std::vector<wire::Finding> findings;
  collect(findings, seen);
  for (wire::Finding& finding : rules_.request(seen)) findings.push_back(std::move(finding));
  if (auto dirty = dirty_padding(Role::requester, payload, seen.bytes.size())) findings.push_back(std::move(*dirty));
  judge_request(number, letter, std::move(findings));
}

/// The rules leave more to a device than an onlooker follows.
std::optional<std::string> Onlooker::beyond_what_is_followed(const device::Letter& letter,
                                                             spdm::SessionId session) const {
  if (!begun_ && !sees_events_ && !session && !follower_.asked().is(Code::GET_VERSION))
    return "its connection began before the recording";
  if (session && letter.session == device::NONE) return "more sessions than are followed";
  const auto& store = follower_.store();
  const bool all_streams = store.streams.back().key_seen;
  if (const auto* l = std::get_if<device::TdispLetter>(&letter.body)) {
    if (l->tdi == device::NONE && store.tdis.back().adopted) return "more TDIs than are followed";
    const bool names_stream = l->letter.stimulus == tdisp::Stimulus::LOCK_INTERFACE_REQUEST ||
                              l->letter.stimulus == tdisp::Stimulus::BIND_P2P_STREAM_REQUEST;
    if (names_stream && l->stream == device::NONE && all_streams) return "more IDE streams than are followed";
  }
  if (const auto* l = std::get_if<device::IdeKmLetter>(&letter.body); l != nullptr && l->stream == device::NONE)
    return all_streams ? "more IDE streams than are followed" : "an IDE stream whose keys were not recorded";
  const auto* l = std::get_if<device::SpdmLetter>(&letter.body);
  if (l != nullptr && l->letter.defect == spdm::Defect::session_limit) return "more sessions than are followed";
  return std::nullopt;
}

void Onlooker::response(std::size_t number, View payload, spdm::SessionId session) {
  sender_ = Role::responder;
  if (!waiting_ || waiting_->closed) {
    if (waiting_) {  // of another protocol or not to be read: an ERROR in the clear may answer it
      waiting_.reset();
      return add(number, Role::responder, to_hex(payload), Kind::not_judged, {}, "its request could not be read");
    }
    return missing(number, Role::responder, to_hex(payload), "its request was not recorded");
  }
  const Waiting asked = *std::exchange(waiting_, std::nullopt);
  if (!sees_events_) drop_session_of_the_same_id(number, payload);
  const auto sessions_before = conversation().memory().sessions;
  const wire::Context context = conversation().context(Role::responder, session);
  oracle::Step step = follower_.response(payload, session);
  const std::string text = text_of(*step.response, context);
  if (auto dirty = dirty_padding(Role::responder, payload, size_of_answer(step)))
    step.findings.push_back(std::move(*dirty));
  rules_.response(step);
  const bool session_ended = bury(sessions_before, step);
  if (step.response->is(Code::VERSION)) {
    begun_ = true;
    lossy_ = false;
  }
  if (asked.beyond) return add(number, Role::responder, text, Kind::not_judged, {}, *asked.beyond);
  judge(number, step, text);
  note_mover(step, session_ended);
}

/// A session that is opened under the ID of another one, which must have died: heartbeats do that to sessions, and else
/// hardly anything.
void Onlooker::drop_session_of_the_same_id(std::size_t number, View payload) {
  const wire::AnyMessage& request = follower_.asked().message;
  const auto opens = [&](auto* exchange, Code response) -> std::optional<std::uint32_t> {
    if (exchange == nullptr || payload.size() < 6 || payload[1] != static_cast<Byte>(response)) return std::nullopt;
    return static_cast<std::uint32_t>(read_le(payload.subspan(4, 2))) << 16 | exchange->req_session_id;
  };
  auto id = opens(request.as<wire::spdm::KEY_EXCHANGE>(), Code::KEY_EXCHANGE_RSP);
  if (!id) id = opens(request.as<wire::spdm::PSK_EXCHANGE>(), Code::PSK_EXCHANGE_RSP);
  if (!id || conversation().session(*id) == nullptr) return;
  const Byte place = follower_.store().session_index(*id);
  if (place == device::NONE) return;
  if (!follower_.control().sessions[place].heartbeat)
    add(number, Role::responder, "Session ID", Kind::warn, "SPDM-KEX-012",
        "is that of a session that was not seen to end");
  ended_.erase(*id);
  follower_.happened({place, device::SpdmLetter{{.stimulus = spdm::Stimulus::SESSION_DROPPED}}});
}

/// Keeps the keys of sessions that this step has ended: what comes under them now is wrong.
bool Onlooker::bury(const std::map<std::uint32_t, spdm::SessionData>& before, const oracle::Step& step) {
  constexpr auto DECRYPT_ERROR = static_cast<std::uint32_t>(wire::spdm::ErrorCode::DecryptError);
  bool any = false;
  for (const auto& [id, session] : before) {
    if (conversation().session(id) != nullptr) continue;
    any = true;
    ended_.insert_or_assign(
        id, Ended{session, step.observation.answer == Answer::error(AnswerProtocol::SPDM, DECRYPT_ERROR)});
    failed_.erase({id, Role::requester});
    failed_.erase({id, Role::responder});
  }
  return any;
}

// --- what is said about them -----------------------------------------------------------------------------------------

/// The requester's side: its own findings, and a request that any device must refuse.
void Onlooker::judge_request(std::size_t number, const device::Letter& letter, std::vector<wire::Finding> findings) {
  const auto worst = std::max_element(findings.begin(), findings.end(), [](const auto& a, const auto& b) {
    return oracle::ruling_of(a) < oracle::ruling_of(b);
  });
  if (worst != findings.end()) {
    const bool fails = oracle::ruling_of(*worst) == Ruling::fail && !lossy_;
    return add(number, Role::requester, waiting_->text, fails ? Kind::fail : Kind::warn, worst->rule, words(*worst));
  }
  const auto refused = lossy_ || lossy_devices_ || is_poll(letter) ? std::nullopt : follower_.must_be_refused();
  if (!refused) return add(number, Role::requester, waiting_->text, Kind::legal);
  add(number, Role::requester, waiting_->text, Kind::warn, *refused,
      "a request that a device refuses here: " + device::describe(letter));
}

void Onlooker::note_mover(const oracle::Step& step, bool session_ended) {
  if (session_ended) mover_ = Mover{};
  const auto* l = std::get_if<device::TdispLetter>(&step.letter.body);
  if (l != nullptr && l->letter.stimulus != tdisp::Stimulus::GET_DEVICE_INTERFACE_STATE)
    mover_ = Mover{*l, step.observation.answer};
}

/// Where only the reported state is wrong, what came before is to blame.
Rule Onlooker::blamed(const oracle::Step& step) const {
  const auto* read = std::get_if<device::TdispLetter>(&step.letter.body);
  if (!step.judgement.state_only || read == nullptr || !mover_) return step.rule();
  if (!mover_->letter) return "TDISP-OOB-009";
  using tdisp::Stimulus;
  const Stimulus moved_by = mover_->letter->letter.stimulus;
  if (mover_->letter->tdi != read->tdi)
    return moved_by == Stimulus::STOP_INTERFACE_REQUEST ? Rule("TDISP-STOP-007") : Rule("TDISP-LOCK-025");
  if (mover_->answer.kind == Answer::Kind::error && mover_->answer.protocol == AnswerProtocol::TDISP)
    return "TDISP-HDR-022";
  if (moved_by == Stimulus::GET_TDISP_VERSION) return "TDISP-VER-004";
  return moved_by == Stimulus::GET_TDISP_CAPABILITIES ? Rule("TDISP-CAP-012") : step.rule();
}

void Onlooker::judge(std::size_t number, const oracle::Step& step, std::string text) {
  const bool of_device = !std::holds_alternative<device::SpdmLetter>(step.letter.body);
  const bool doubtful = lossy_ || (of_device && lossy_devices_);
  const Rule rule = blamed(step);
  Kind kind = kind_of(step.ruling());
  if (kind == Kind::fail && rule && rule.requirement().on_breach != OnBreach::fail) kind = Kind::warn;
  std::string reason = kind == Kind::legal ? std::string() : step.reason();
  if (kind == Kind::fail && !sees_events_ && rule == Rule("TDISP-RPT-024")) {
    kind = Kind::warn;
    reason += "; or its memory was moved, which nothing shows";
  }
  if (kind == Kind::fail && !sees_events_ && rule == Rule("TDISP-STATE-016")) {
    kind = Kind::warn;
    reason += "; or it has not gone to ERROR yet, and no recording shows how long it had";
  }
  if (kind == Kind::fail && doubtful) {
    kind = Kind::warn;
    reason += "; but messages before it are missing";
  }
  add(number, Role::responder, std::move(text), kind, rule, std::move(reason));
}

void Onlooker::missing(std::size_t number, Role sender, std::string text, std::string why) {
  if (!anything_) return add(number, sender, std::move(text), Kind::not_judged, {}, std::move(why));
  lossy_ = lossy_devices_ = true;
  add(number, sender, std::move(text), Kind::missing, {}, std::move(why));
}

void Onlooker::add(std::size_t number, Role sender, std::string text, Kind kind, Rule rule, std::string reason) {
  anything_ = true;
  verdicts_.push_back({number, sender == Role::requester ? "requester" : "responder", std::move(text), kind,
                       kind == Kind::legal ? Rule() : rule, std::move(reason),
                       device::describe(in_use(follower_.store()), follower_.control())});
}

}  // namespace lockstep::runner
