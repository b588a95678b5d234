#include "fuzz/program.hpp"

#include <algorithm>

#include "device/events.hpp"
#include "vectors/dialogue.hpp"

namespace lockstep::fuzz {
namespace {

using device::Letter;
using device::NONE;
using oracle::Ruling;
using vectors::letter;

constexpr std::size_t LONGEST = 48;  // operations: what comes later was reached by a shorter program
constexpr std::size_t PLACES = device::MAX_SESSIONS + 1;
constexpr Byte TDIS = 2, STREAMS = 2;
constexpr std::size_t SLOTS = 12;

/// An index, or NONE as the last value.
Byte index_of(std::size_t number, std::size_t count) {
  return number % (count + 1) == count ? NONE : static_cast<Byte>(number % (count + 1));
}
Byte number_of(Byte index, std::size_t count) { return index == NONE ? static_cast<Byte>(count) : index; }

/// The second half of a program: what the device chooses comes from the same bytes as what it meets.
class Run {
 public:
  Run(View program, std::string_view fault) : reader_(program), first_(reader_.byte()), flags_(reader_.byte()) {
    free_choices_ = (reader_.byte() & 1) != 0;
    dialogue_.emplace(options(fault));
  }

  std::optional<std::string> run() {
    set_up();
    choosing_ = free_choices_;
    for (std::size_t i = 0; i < LONGEST && !reader_.empty() && !illegal_; ++i) operate();
    return illegal_;
  }

 private:
  bool has(Flags flag) const { return (flags_ & flag) != 0; }

  vectors::DialogueOptions options(std::string_view fault) {
    vectors::DialogueOptions o;
    o.responder.shape = {
        .kind = has(ROOT_COMPLEX) ? device::Kind::root_complex_integrated : device::Kind::endpoint_with_ide,
        .streams = STREAMS,
        .tdis = TDIS};
    const std::size_t versions = 1 + first_ / STAGES % 5;
    o.responder.versions.resize(versions);
    o.responder.seed = 1000;  // no nonce of one end may be one of the other
    if (!fault.empty()) o.responder.fault = std::string(fault);
    o.responder.psk_without_context = has(PSK_WITHOUT_CONTEXT);
    o.responder.handshake_in_the_clear = o.requester.handshake_in_the_clear = has(CLEAR_HANDSHAKE);
    o.responder.mutual_authentication = o.responder.basic_mutual_authentication = has(MUTUAL);
    if (has(NO_HEARTBEAT)) o.responder.heartbeat_period = 0;
    o.responder.optional_requests = !has(FEW_REQUESTS);
    if (has(SMALL_PORTIONS)) o.responder.report_portion = 24, o.requester.certificate_portion = 0x200;
    if (has(MCTP)) o.records = spdm::mctp_records;
    o.responder.choose = [this](const device::Control&, const Letter&, const Options& permitted) {
      return choose(permitted);
    };
    return o;
  }

  /// A tolerated choice must pass; one that no source settles may warn, then or later.
  Choice choose(const Options& permitted) {
    if (!choosing_) return Choice::as_specified;
    const Option& option = permitted[reader_.below(permitted.size())];
    unclear_ = unclear_ || option.tag == Tag::unclear;
    return option.choice;
  }

  // --- judging -------------------------------------------------------------------------------------------------------

  void judge(const vectors::Dialogue::Judged& judged) {
    if (!judged || illegal_) return;
    const oracle::Step& step = *judged;
    const Ruling ruling = step.ruling();
    if (ruling == Ruling::legal || (ruling == Ruling::warn && unclear_)) return;
    const bool fails = ruling == Ruling::fail;
    illegal_ = std::string(fails ? "fail " : "warn ") + std::string(step.rule() ? step.rule().id() : "(no rule)") +
               ": " + step.reason() + "\n  meaning  " + device::describe(step.letter) + "\n  request  " +
               to_hex(step.request.bytes) + "\n  answer   " + device::describe(step.observation.answer) + " " +
               (step.response ? to_hex(step.response->bytes) : "") + "\n  device   " +
               device::describe(shape(), dialogue_->device().control());
    for (const oracle::Belief& belief : step.before)
      *illegal_ += "\n  believed " + device::describe(shape(), belief.control);
  }

  const device::Shape& shape() const { return dialogue_->device().store().shape; }
  const device::Control& control() const { return dialogue_->device().control(); }

  // --- how far the device is taken -----------------------------------------------------------------------------------

  bool step(const Letter& l) {
    const auto judged = dialogue_->send(l);
    judge(judged);
    return judged && !illegal_ && judged->observation.answer.kind == Answer::Kind::response;
  }
  bool step(spdm::Stimulus stimulus, Byte session = NONE) { return step(letter(stimulus, session)); }

  void set_up() {
    using S = spdm::Stimulus;
    const auto stage = static_cast<Stage>(first_ % STAGES);
    if (stage == Stage::connected) return;
    if (!step(S::GET_VERSION) || !step(S::GET_CAPABILITIES) || !step(S::NEGOTIATE_ALGORITHMS)) return;
    if (stage == Stage::negotiated) return;
    const bool exchange = stage == Stage::handshaking || stage == Stage::key_exchange_session;
    if (exchange && !read_certificate()) return;
    if (!step(exchange ? S::KEY_EXCHANGE : S::PSK_EXCHANGE) || stage == Stage::handshaking) return;
    if (!finish(exchange)) return;
    if (stage >= Stage::secure && !secure()) return;
    using T = tdisp::Stimulus;
    if (stage >= Stage::locked)
      for (const T t : {T::GET_TDISP_VERSION, T::GET_TDISP_CAPABILITIES, T::LOCK_INTERFACE_REQUEST})
        if (!step(letter(t, 0))) return;
    if (stage == Stage::running) step(letter(T::START_INTERFACE_REQUEST, 0));
  }

  bool read_certificate() {
    if (!step(spdm::Stimulus::GET_DIGESTS)) return false;
    for (int i = 0; i < 16; ++i) {
      if (dialogue_->store().conversation.memory().identities.response.chain(0) != nullptr) return true;
      if (!step(spdm::Stimulus::GET_CERTIFICATE)) return false;
    }
    return false;
  }

  bool finish(bool exchange) {
    const auto& session = [this]() -> const spdm::Session& { return control().sessions[0]; };
    if (session().state == spdm::SessionState::ESTABLISHED) return true;
    if (spdm::wants_encapsulated_flow(session().mut_auth)) {
      if (!step(spdm::Stimulus::GET_ENCAPSULATED_REQUEST, 0)) return false;
      for (int i = 0; i < 16 && !session().encapsulated_done; ++i)
        if (!step(spdm::Stimulus::DELIVER_ENCAPSULATED_RESPONSE, 0)) return false;
    }
    return step(exchange ? spdm::Stimulus::FINISH : spdm::Stimulus::PSK_FINISH, 0);
  }

  bool secure() {
    for (const auto stimulus : {ide_km::Stimulus::KEY_PROG, ide_km::Stimulus::K_SET_GO})
      for (const ide_km::Slot& slot : vectors::key_set_0)
        if (!step(letter(stimulus, 0, slot))) return false;
    return true;
  }

  // --- what it meets -------------------------------------------------------------------------------------------------

  void operate() {
    switch (static_cast<Operation>(reader_.below(OPERATIONS))) {
      case Operation::spdm:
        return send(read_spdm());
      case Operation::tdisp:
        return send(read_tdisp());
      case Operation::ide_km:
        return send(read_ide_km());
      case Operation::event:
        return event();
      case Operation::alter:
        alteration_ = Alteration{reader_.byte(), reader_.byte(), reader_.byte()};
        return;
      case Operation::raw: {
        const Byte session = index_of(reader_.byte(), device::MAX_SESSIONS);
        return send_bytes(copy(reader_.bytes(reader_.byte())), dialogue_->session_id(session));
      }
      case Operation::record:
        return record();
    }
  }

  Letter read_spdm() {
    spdm::Letter l;
    l.stimulus = static_cast<spdm::Stimulus>(reader_.below(static_cast<std::size_t>(spdm::FIRST_OUT_OF_BAND)));
    l.defect = static_cast<spdm::Defect>(reader_.below(spdm::DEFECTS));
    const Byte session = index_of(reader_.byte(), device::MAX_SESSIONS);
    const std::size_t version = reader_.below(6);
    if (l.stimulus == spdm::Stimulus::GET_CAPABILITIES && l.defect == spdm::Defect::none && version != 0)
      l.spdm_version = static_cast<Byte>(0x0F + version);
    return letter(l, session);
  }

  Letter read_tdisp() {
    tdisp::Letter l;
    l.stimulus = static_cast<tdisp::Stimulus>(reader_.below(static_cast<std::size_t>(tdisp::FIRST_OUT_OF_BAND)));
    const Byte defect = reader_.byte();
    l.defect = static_cast<tdisp::Defect>((defect & 0x7F) % tdisp::DEFECTS);
    l.bind_p2p = l.stimulus == tdisp::Stimulus::LOCK_INTERFACE_REQUEST && (defect & 0x80) != 0;
    const Byte session = index_of(reader_.byte(), device::MAX_SESSIONS);
    const Byte place = reader_.byte();
    return {session, device::TdispLetter{l, index_of(place % 5, TDIS), index_of(place / 5U, STREAMS)}};
  }

  Letter read_ide_km() {
    ide_km::Letter l;
    l.stimulus = static_cast<ide_km::Stimulus>(reader_.below(static_cast<std::size_t>(ide_km::FIRST_OUT_OF_BAND)));
    l.defect = static_cast<ide_km::Defect>(reader_.below(ide_km::DEFECTS));
    l.session = index_of(reader_.byte(), device::MAX_SESSIONS);
    const Byte place = reader_.byte();
    const std::size_t slot = place % SLOTS;
    l.slot = {slot >= 6, slot / 3 % 2 == 1, static_cast<Byte>(slot % 3)};
    return {l.session, device::IdeKmLetter{l, index_of(place / SLOTS, STREAMS)}};
  }

  /// The most expected state and that of the device must both allow it.
  void event() {
    const auto all = device::events();
    const std::string& name = all[reader_.below(all.size())].name;
    const auto happened = device::find_event(name, static_cast<Byte>(reader_.below(PLACES - 1)));
    if (!happened) return;
    for (const oracle::Belief& belief : dialogue_->follower().oracle().belief())
      if (device::impossible(shape(), belief.control, *happened)) return;
    if (!device::impossible(shape(), control(), *happened)) dialogue_->happens(*happened);
  }

  /// A message may only be made for letters that exist: a requester has no nonce to get wrong in a STOP.
  void send(const Letter& l) {
    const auto bytes = dialogue_->message(l);
    if (bytes) send_bytes(*bytes, dialogue_->session_id(l.session));
  }

  void send_bytes(Bytes bytes, spdm::SessionId session) {
    alter(bytes);
    judge(dialogue_->send(bytes, session));
  }

  void alter(Bytes& bytes) {
    if (!alteration_ || bytes.empty()) return;
    const auto [how, place, value] = *std::exchange(alteration_, std::nullopt);
    if (how % 3 == 0) bytes.resize(place % bytes.size());
    if (how % 3 == 1) bytes.insert(bytes.end(), 1 + place % 4, value);
    if (how % 3 == 2) bytes[place % bytes.size()] = value;
  }

  void record() {
    const Byte how = reader_.byte();
    vectors::Dialogue::Packet packet{true, dialogue_->request().secured ? dialogue_->request().payload : Bytes{}};
    if (how % 3 == 0) packet.payload = copy(reader_.bytes(reader_.byte()));
    if (how % 3 == 1 && !packet.payload.empty()) packet.payload[reader_.below(packet.payload.size())] ^= 1;
    if (packet.payload.empty()) return;  // how 2: the latest record again
    const auto answer = dialogue_->send_unopenable(packet);
    if (answer && !answer->secured && (answer->payload.size() < 2 || answer->payload[1] != 0x7F))
      illegal_ = "fail SECMSG-003: a record that does not open is served\n  answer " + to_hex(answer->payload);
  }

  struct Alteration {
    Byte how, place, value;
  };

  Reader reader_;
  Byte first_, flags_;
  bool free_choices_ = false, choosing_ = false, unclear_ = false;
  std::optional<vectors::Dialogue> dialogue_;
  std::optional<Alteration> alteration_;
  std::optional<std::string> illegal_;
};

}  // namespace

std::optional<std::string> judge_device(View program, std::string_view fault) { return Run(program, fault).run(); }

Bytes program_start(Byte highest_version, Stage stage, Byte flags, bool free_choices) {
  return {static_cast<Byte>((highest_version - 0x10) * STAGES + static_cast<Byte>(stage)), flags,
          static_cast<Byte>(free_choices)};
}

void append_letter(Bytes& program, const Letter& l) {
  const auto add = [&](Operation operation, auto... values) {
    program.push_back(static_cast<Byte>(operation));
    (program.push_back(static_cast<Byte>(values)), ...);
  };
  const Byte session = number_of(l.session, device::MAX_SESSIONS);
  if (const auto event = device::happening(l)) {
    const auto all = device::events();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& e) { return e.name == event->name; });
    return add(Operation::event, found - all.begin(), event->index);
  }
  if (const auto* s = std::get_if<device::SpdmLetter>(&l.body))
    add(Operation::spdm, s->letter.stimulus, s->letter.defect, session,
        s->letter.spdm_version == 0 ? 0 : s->letter.spdm_version - 0x0F);
  if (const auto* t = std::get_if<device::TdispLetter>(&l.body))
    add(Operation::tdisp, t->letter.stimulus, static_cast<Byte>(t->letter.defect) | (t->letter.bind_p2p ? 0x80 : 0),
        session, number_of(t->tdi, TDIS) + 5 * number_of(t->stream, STREAMS));
  if (const auto* k = std::get_if<device::IdeKmLetter>(&l.body))
    add(Operation::ide_km, k->letter.stimulus, k->letter.defect, session,
        k->letter.slot.bit() + SLOTS * number_of(k->stream, STREAMS));
}

void append_raw(Bytes& program, Byte session, View message) {
  program.push_back(static_cast<Byte>(Operation::raw));
  program.push_back(number_of(session, device::MAX_SESSIONS));
  program.push_back(static_cast<Byte>(message.size()));
  append(program, message);
}

}  // namespace lockstep::fuzz
