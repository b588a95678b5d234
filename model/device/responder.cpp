#include "device/responder.hpp"

#include <algorithm>

#include "device/abstract.hpp"
#include "device/faults.hpp"
#include "device/large.hpp"
#include "device/mutants.hpp"
#include "device/responder_author.hpp"
#include "device/responder_encapsulated.hpp"

namespace lockstep::device {
namespace {

using wire::spdm::Code;

constexpr std::uint32_t FIRST_FUNCTION = 0xBEEF;
constexpr Byte PORT = 1;

const Behaviour* find_behaviour(const std::optional<std::string>& name) {
  if (!name) return nullptr;
  const auto all = behaviours();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Behaviour& b) { return b.fault.name == *name; });
  if (found != all.end()) return &*found;
  const Behaviour* mutant = find_mutant(*name);
  LOCKSTEP_ASSERT(mutant != nullptr);
  return mutant;
}

Store make_store(const ResponderOptions& options, spdm::RecordFormat format) {
  spdm::Secrets secrets;
  secrets.psk = [psks = options.psks](View hint) -> std::optional<Bytes> {
    const auto found = psks.find(copy(hint));
    return found == psks.end() ? std::nullopt : std::optional(found->second);
  };
  Store store(options.shape, spdm::Conversation(format, std::move(secrets)));
  name_as_reference(store);
  for (TdiRecord& tdi : store.tdis) {
    tdi.flags_supported = supported_lock_flags();
    tdi.optional_requests = optional_requests(options);
  }
  store.max_port_index = 7;
  return store;
}

/// What cannot be verified authenticates nobody.
void refuse_unverified(Letter& letter, const spdm::Seen& seen) {
  auto* l = std::get_if<SpdmLetter>(&letter.body);
  if (l == nullptr || l->letter.defect != spdm::Defect::none || seen.not_judged.empty()) return;
  if (l->letter.stimulus == spdm::Stimulus::FINISH || l->letter.stimulus == spdm::Stimulus::PSK_FINISH)
    l->letter.defect = spdm::Defect::bad_verify_data;
}

bool offers(const Options& options, Choice choice) {
  return std::any_of(options.begin(), options.end(), [&](const Option& o) { return o.choice == choice; });
}

}  // namespace

std::map<Bytes, Bytes> sample_psks() {
  Bytes hint = text_bytes("TestPskHint");
  Bytes key = text_bytes("TestPskData");
  key.push_back(0);
  std::map<Bytes, Bytes> psks{{hint, key}};
  hint.push_back(0);
  psks[hint] = key;
  return psks;
}

void name_as_reference(Store& store) {
  for (std::size_t i = 0; i < store.tdis.size(); ++i)
    store.tdis[i].function_id = FIRST_FUNCTION + static_cast<std::uint32_t>(i);
  for (std::size_t i = 0; i < store.streams.size(); ++i) store.streams[i] = {static_cast<Byte>(i), PORT};
}

struct Responder::State {
  State(ResponderOptions o, spdm::RecordFormat format)
      : options(std::move(o)),
        store(make_store(options, format)),
        behaviour(find_behaviour(options.fault)),
        author(options, behaviour) {}

  const ResponderOptions options;
  Store store;
  const Behaviour* behaviour;
  Author author;
  Control control;
  Bytes latest_record;  ///< that was opened
  Letter latest_letter;
  Answer latest_answer;
  bool by_fault = false;  ///< the latest decision was
  std::map<spdm::SessionId, LargeTransfers> large;

  Outcome<Control> decide(const Letter& real, const wire::AnyMessage& request = {});
  std::optional<Packet> message(View bytes, spdm::SessionId session);
  std::optional<Packet> whole_message(View bytes, spdm::SessionId session);
  std::optional<LargeLimits> large_limits() const;
  std::optional<Packet> unopened(const spdm::RecordError& error, View record);
  std::optional<Packet> application(const spdm::Opened& opened);
  std::optional<Bytes> compose(Outcome<Control>& outcome, const Letter& letter, spdm::SessionId session);
  bool learns_too_early(View response) const;
  Result<Bytes, spdm::RecordError> seal(View bytes, std::uint32_t session);
  std::optional<Packet> send(const Bytes& bytes, spdm::SessionId session);
  void take(const Control& after);
};

/// What the device does: the machines decide, with the choice that it takes; a fault may decide otherwise.
Outcome<Control> Responder::State::decide(const Letter& real, const wire::AnyMessage& request) {
  Letter read = real;
  if (behaviour != nullptr && behaviour->misread) behaviour->misread(read, control);
  const Options permitted = device::options(options.shape, control, read);
  const Choice choice = options.choose ? options.choose(control, read, permitted) : Choice::as_specified;
  LOCKSTEP_ASSERT(offers(permitted, choice));
  Outcome<Control> outcome = step(options.shape, control, read, choice);
  const Outcome<Control> right = outcome;
  if (behaviour != nullptr && behaviour->decide) {
    const wire::AnyMessage inner = inner_of(request);
    behaviour->decide({options.shape, control, real, &store, inner ? &inner : &request}, outcome);
  }
  by_fault = !(read == real && outcome.after == right.after && outcome.answer == right.answer);
  latest_letter = real;
  latest_answer = outcome.answer;
  return outcome;
}

/// The bytes of the answer. A request that cannot be served after all is refused, and nothing has changed.
std::optional<Bytes> Responder::State::compose(Outcome<Control>& outcome, const Letter& letter,
                                               spdm::SessionId session) {
  if (!(outcome.answer.kind == Answer::Kind::response || outcome.answer.kind == Answer::Kind::error))
    return std::nullopt;
  const Decided decided{letter, session, outcome.after, outcome.answer, by_fault};
  auto contents = author.write(store, decided);
  if (contents) return std::move(*contents);
  outcome.after = control;
  outcome.answer = Answer::error(AnswerProtocol::SPDM, static_cast<std::uint32_t>(contents.error().code));
  latest_answer = outcome.answer;
  return author.error(store, decided, contents.error());
}

/// A conversation that has forgotten the request does not see that it changes the key.
Result<Bytes, spdm::RecordError> Responder::State::seal(View bytes, std::uint32_t session) {
  spdm::SessionData* data = store.conversation.altered().find_session(session);
  const bool forgets = behaviour != nullptr && behaviour->acknowledges_under_the_old_key && data != nullptr;
  if (!forgets) return store.conversation.seal(Role::responder, session, bytes, author.random());
  auto request = std::exchange(data->channel.pending, std::nullopt);
  auto record = store.conversation.seal(Role::responder, session, bytes, author.random());
  data->channel.pending = std::move(request);
  return record;
}

/// Seals what goes back in a session.
std::optional<Responder::Packet> Responder::State::send(const Bytes& bytes, spdm::SessionId session) {
  const bool bare = behaviour != nullptr && behaviour->bares && behaviour->bares(bytes);
  if (!session || bare) return Packet{false, bytes};
  if (behaviour != nullptr && behaviour->skips_sequence_numbers)
    static_cast<void>(store.conversation.seal(Role::responder, *session, bytes, author.random()));
  auto record = seal(bytes, *session);
  if (!record) return std::nullopt;
  if (behaviour != nullptr && behaviour->spoil) behaviour->spoil(*record);
  return Packet{true, std::move(*record)};
}

/// Sessions that are over are over for the conversation as well.
void Responder::State::take(const Control& after) {
  for (std::size_t i = 0; i < MAX_SESSIONS; ++i) {
    const bool ended =
        control.sessions[i].state != spdm::SessionState::NONE && after.sessions[i].state == spdm::SessionState::NONE;
    if (!ended || !store.session_ids[i]) continue;
    store.conversation.end_session(*store.session_ids[i]);
    large.erase(store.session_ids[i]);
  }
  control = after;
}

/// nullopt: messages come and go in one piece.
std::optional<LargeLimits> Responder::State::large_limits() const {
  const spdm::Negotiated& n = store.conversation.negotiated();
  if (!n.both_have(wire::spdm::capability::CHUNK_CAP)) return std::nullopt;
  const TransferFault fault = behaviour == nullptr ? TransferFault::none : behaviour->transfer;
  return LargeLimits{n.spdm_version, n.requester.data_transfer_size, n.responder.max_spdm_msg_size, fault};
}

std::optional<Responder::Packet> Responder::State::message(View bytes, spdm::SessionId session) {
  const bool begins = !session && bytes.size() > 1 && bytes[1] == static_cast<Byte>(Code::GET_VERSION);
  const bool outlives = behaviour != nullptr && behaviour->transfer == TransferFault::outlives_the_connection;
  if (begins && !outlives) large.clear();
  const auto limits = large_limits();
  if (begins || !limits) return whole_message(bytes, session);
  const auto taken = large[session].take(bytes, *limits);
  if (taken && taken->answer) return send(*taken->answer, session);
  return whole_message(taken ? View(*taken->whole) : bytes, session);
}

/// It takes the data keys into use, and sends afterwards.
bool Responder::State::learns_too_early(View response) const {
  return behaviour != nullptr && behaviour->comes_under_data_keys &&
         response[1] == static_cast<Byte>(*behaviour->comes_under_data_keys);
}

std::optional<Responder::Packet> Responder::State::whole_message(View bytes, spdm::SessionId session) {
  const auto limits = large_limits();
  const spdm::Seen seen = store.conversation.on_request(bytes, session);
  Letter letter = abstract(store, control, seen, session);
  refuse_unverified(letter, seen);
  author.ask(store, letter, seen, session);
  Outcome<Control> outcome = decide(letter, seen.message);
  const auto response = compose(outcome, letter, session);
  std::optional<Packet> packet;
  const auto learn = [&] {
    const spdm::Seen answered = store.conversation.on_response(*response, session);
    remember(store, letter, seen, &answered);
    author.learn(store, {letter, session, outcome.after, outcome.answer}, seen);
  };
  if (response) {
    const bool overlooked = behaviour != nullptr && behaviour->overlooks && behaviour->overlooks(letter);
    const bool too_early = learns_too_early(*response);
    if (too_early) learn();
    packet = send(limits ? large[session].give(*response, *limits) : *response, session);
    if (!overlooked && !too_early) learn();
  }
  if (behaviour != nullptr && behaviour->misremembers) behaviour->misremembers(store, letter);
  take(outcome.after);
  return packet;
}

/// A record that does not authenticate. Its session is known as long as it lives.
std::optional<Responder::Packet> Responder::State::unopened(const spdm::RecordError& error, View record) {
  const bool taken = behaviour != nullptr && behaviour->takes && behaviour->takes(error, record, latest_record);
  if (taken && error.session && store.conversation.session(*error.session) != nullptr)
    return message(Bytes{store.conversation.negotiated().spdm_version, static_cast<Byte>(Code::HEARTBEAT), 0, 0},
                   error.session);
  if (behaviour != nullptr && behaviour->takes_bare_messages && record[0] == wire::spdm::VERSION_1_0)
    return message(record, std::nullopt);
  Letter letter;
  letter.session = store.session_index(error.session);
  SpdmLetter body{{.stimulus = spdm::Stimulus::RECORD_UNOPENED}};
  if (error.kind == spdm::RecordError::Kind::malformed) body.letter.defect = spdm::Defect::malformed;
  letter.body = body;
  Outcome<Control> outcome = decide(letter);
  const bool lives =
      letter.session != NONE && store.conversation.session(*store.session_ids[letter.session]) != nullptr;
  const spdm::SessionId session = lives ? error.session : std::nullopt;
  const auto response = compose(outcome, letter, session);
  std::optional<Packet> packet;
  if (response) packet = send(*response, session);
  take(outcome.after);
  return packet;
}

std::optional<Responder::Packet> Responder::State::application(const spdm::Opened& opened) {
  if (!options.application) return std::nullopt;
  const auto answer = options.application(*opened.content.inner_type, opened.message());
  if (!answer) return std::nullopt;
  auto record =
      store.conversation.seal(Role::responder, opened.session, *answer, author.random(), *opened.content.inner_type);
  if (!record) return std::nullopt;
  return Packet{true, std::move(*record)};
}

Responder::Responder(ResponderOptions options, spdm::RecordFormat format)
    : state_(std::make_unique<State>(std::move(options), format)) {}
Responder::~Responder() = default;
Responder::Responder(Responder&&) noexcept = default;
Responder& Responder::operator=(Responder&&) noexcept = default;

std::optional<Responder::Packet> Responder::receive(const Packet& packet) {
  if (!packet.secured) return state_->message(packet.payload, std::nullopt);
  const auto opened = state_->store.conversation.open(Role::requester, packet.payload);
  if (!opened) return state_->unopened(opened.error(), packet.payload);
  state_->latest_record = packet.payload;
  if (!opened->is_spdm()) return state_->application(*opened);
  return state_->message(opened->message(), opened->session);
}

void Responder::happens(const Letter& event) { state_->take(state_->decide(event).after); }

const Control& Responder::control() const { return state_->control; }
const Store& Responder::store() const { return state_->store; }
const Letter& Responder::latest_letter() const { return state_->latest_letter; }
const Answer& Responder::latest_answer() const { return state_->latest_answer; }

std::span<const Fault> faults() {
  static const std::vector<Fault> all = [] {
    std::vector<Fault> list;
    for (const Behaviour& behaviour : behaviours()) list.push_back(behaviour.fault);
    return list;
  }();
  return all;
}

const Fault* find_fault(std::string_view name) {
  const auto all = faults();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Fault& f) { return f.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace lockstep::device
