// Every answer written wrongly: each field of each response, derived from its layout, before anything is signed.
#include <algorithm>

#include "device/faults_words.hpp"
#include "device/mutants_list.hpp"
#include "wire/names.hpp"

namespace lockstep::device {
namespace {

using wire::Field;
using wire::Kind;
using wire::Layout;
using wire::ide_km::ObjectId;

/// What the reference device writes: nobody sees a fault in what is never sent.
const std::vector<const Layout*>& written() {
  using namespace faulty;
  static const std::vector<const Layout*> all{
      &k::QUERY_RESP::layout(),
      &k::KP_ACK::layout(),
      &k::K_GOSTOP_ACK::layout(),
      &t::TDISP_VERSION::layout(),
      &t::TDISP_CAPABILITIES::layout(),
      &t::LOCK_INTERFACE_RESPONSE::layout(),
      &t::DEVICE_INTERFACE_REPORT::layout(),
      &t::DEVICE_INTERFACE_STATE::layout(),
      &t::START_INTERFACE_RESPONSE::layout(),
      &t::STOP_INTERFACE_RESPONSE::layout(),
      &t::BIND_P2P_STREAM_RESPONSE::layout(),
      &t::UNBIND_P2P_STREAM_RESPONSE::layout(),
      &t::SET_MMIO_ATTRIBUTE_RESPONSE::layout(),
      &t::TDISP_ERROR::layout(),
      &w::ERROR::layout(),
      &w::VENDOR_DEFINED_RESPONSE::layout(),
      &w::END_SESSION_ACK::layout(),
      &w::ENCAPSULATED_RESPONSE_ACK::layout(),
      &w::ENCAPSULATED_REQUEST::layout(),
      &w::KEY_UPDATE_ACK::layout(),
      &w::HEARTBEAT_ACK::layout(),
      &w::PSK_FINISH_RSP::layout(),
      &w::PSK_EXCHANGE_RSP::layout(),
      &w::FINISH_RSP::layout(),
      &w::KEY_EXCHANGE_RSP::layout(),
      &w::MEASUREMENTS::layout(),
      &w::CHALLENGE_AUTH::layout(),
      &w::CERTIFICATE::layout(),
      &w::DIGESTS::layout(),
      &w::ALGORITHMS::layout(),
      &w::CAPABILITIES::layout(),
      &w::VERSION::layout(),
  };
  return all;
}

// --- one wrong thing in a message ------------------------------------------------------------------------------------

using Change = std::function<void(void* message)>;
struct Edit {
  std::string name;  ///< "FLAGS/bit-3"
  Change change;
};
using Edits = std::vector<Edit>;

/// Sizes and counts follow what they count: the message is whole, and says something else.
void count_again(const Field& field, void* message, std::uint64_t count) {
  if (field.length_field != nullptr) field.length_field->set(message, count);
}

void edit_integer(Edits& edits, const Field& field, const std::string& path) {
  const auto put = [&](const std::string& what, std::function<std::uint64_t(std::uint64_t)> value) {
    edits.push_back({path + "/" + what, [&field, value](void* m) { field.set(m, value(field.get(m))); }});
  };
  put("zero", [](auto) { return 0; });
  put("max", [](auto) { return ~std::uint64_t{0}; });
  put("more", [](auto old) { return old + 1; });
  put("less", [](auto old) { return old - 1; });
  const auto flip = [&](std::string_view what, std::uint64_t bit) {
    put(std::string(what), [bit](auto old) { return old ^ bit; });
  };
  if (field.reserved != 0) flip("reserved", field.reserved & (0 - field.reserved));
  for (const wire::Bits& bits : field.bits) flip(bits.name, std::uint64_t{1} << bits.first);
  for (const wire::Named& named : field.values)
    put(std::string(named.name), [value = named.value](auto) { return value; });
}

void edit_bytes(Edits& edits, const Field& field, const std::string& path) {
  const auto put = [&](const std::string& what, void (*change)(Bytes&)) {
    edits.push_back({path + "/" + what, [&field, change](void* m) {
                       Bytes& bytes = field.bytes(m);
                       const std::size_t size = bytes.size();
                       change(bytes);
                       if (bytes.size() != size) count_again(field, m, bytes.size());
                     }});
  };
  put("zeros", [](Bytes& b) { b.assign(b.size(), 0); });
  put("flip-first", [](Bytes& b) {
    if (!b.empty()) b.front() ^= 1;
  });
  put("flip-last", [](Bytes& b) {
    if (!b.empty()) b.back() ^= 1;
  });
  put("empty", [](Bytes& b) { b.clear(); });
  put("shorter", [](Bytes& b) {
    if (!b.empty()) b.pop_back();
  });
  put("longer", [](Bytes& b) { b.push_back(0xFF); });
}

void edit_fields(Edits& edits, const Layout& layout, const std::string& path);

/// The first element, and how many there are.
void edit_list(Edits& edits, const Field& field, const std::string& path) {
  Edits of_element;
  edit_fields(of_element, *field.element(), {});
  for (const Edit& edit : of_element)
    edits.push_back({path + edit.name, [&field, change = edit.change](void* m) {
                       if (field.element_count(m) != 0) change(field.element_at(m, 0));
                     }});
  const auto resize = [&](const std::string& what, std::size_t (*size)(std::size_t)) {
    edits.push_back({path + "/" + what, [&field, size](void* m) {
                       const std::size_t count = size(field.element_count(m));
                       field.resize(m, count);
                       count_again(field, m, count);
                     }});
  };
  resize("none", [](std::size_t) -> std::size_t { return 0; });
  resize("one-less", [](std::size_t n) { return n == 0 ? n : n - 1; });
  resize("one-more", [](std::size_t n) { return n + 1; });
}

/// Bytes that hold messages with a layout of their own, one after the other.
struct Nested {
  std::string_view message, field;
  const Layout* (*layout)();
};
constexpr Nested NESTED[] = {
    {"DEVICE_INTERFACE_REPORT", "REPORT_BYTES", [] { return &faulty::t::TDI_REPORT::layout(); }},
    {"MEASUREMENTS", "MeasurementRecord", [] { return &faulty::w::MeasurementBlock::layout(); }},
};

/// The first of them. What does not read as one is left as it is.
void edit_nested(Edits& edits, const Layout& inner, const Field& field, const std::string& path) {
  Edits of_inner;
  edit_fields(of_inner, inner, {});
  for (const Edit& edit : of_inner)
    edits.push_back({path + edit.name, [&field, &inner, change = edit.change](void* m) {
                       Bytes& bytes = field.bytes(m);
                       const auto object = inner.make();
                       const auto consumed = wire::decode(inner, object.get(), bytes, {});
                       if (!consumed) return;
                       change(object.get());
                       Bytes changed = wire::encode(inner, object.get(), {});
                       append(changed, View(bytes).subspan(*consumed));
                       bytes = std::move(changed);
                       count_again(field, m, bytes.size());
                     }});
}

void edit_fields(Edits& edits, const Layout& layout, const std::string& path) {
  const auto names = wire::unique_names(layout);
  for (std::size_t i = 0; i < layout.fields.size(); ++i) {
    const Field& field = layout.fields[i];
    const std::string here = path + "/" + names[i];
    if (field.kind == Kind::integer) edit_integer(edits, field, here);
    if (field.kind == Kind::bytes) edit_bytes(edits, field, here);
    if (field.kind == Kind::list) edit_list(edits, field, here);
    for (const Nested& nested : NESTED)
      if (nested.message == layout.name && nested.field == field.name)
        edit_nested(edits, *nested.layout(), field, here);
  }
}

// --- the list --------------------------------------------------------------------------------------------------------

Behaviour& add(Mutants& list, std::string name) {
  auto mutant = std::make_unique<Behaviour>();
  mutant->fault = {"answer/" + std::move(name), "machine-made", {}};
  Behaviour& added = *mutant;
  list.push_back(std::move(mutant));
  return added;
}

bool is_this(const Answer& answer, const Layout& layout) {
  if (layout.name == "ERROR") return answer.kind == Answer::Kind::error && answer.protocol == AnswerProtocol::SPDM;
  if (layout.name == "TDISP_ERROR")
    return answer.kind == Answer::Kind::error && answer.protocol == AnswerProtocol::TDISP;
  const auto protocol = layout.protocol == wire::Protocol::TDISP    ? AnswerProtocol::TDISP
                        : layout.protocol == wire::Protocol::IDE_KM ? AnswerProtocol::IDE_KM
                                                                    : AnswerProtocol::SPDM;
  return layout.code && answer == Answer::response(protocol, *layout.code);
}

void add_answers(Mutants& list, const Layout& layout) {
  const std::string name(layout.name);
  Edits edits;
  edit_fields(edits, layout, {});
  for (Edit& edit : edits)
    add(list, name + edit.name).write = [&layout, change = std::move(edit.change)](wire::AnyMessage& m, const Store&) {
      if (&m.layout() == &layout) change(m.object());
    };
  const auto resize = [&](const std::string& what, void (*change)(Bytes&)) {
    add(list, name + "/" + what).resize = [&layout, change](const Layout& of, Bytes& bytes) {
      if (&of == &layout) change(bytes);
    };
  };
  resize("short", [](Bytes& b) { b.pop_back(); });
  resize("long", [](Bytes& b) { b.push_back(0xFF); });
  if (&layout == &faulty::w::VENDOR_DEFINED_RESPONSE::layout()) return;  // the message inside is what is owed
  add(list, name + "/silence").decide = [&layout](const Meeting&, Outcome<Control>& outcome) {
    if (is_this(outcome.answer, layout)) outcome.answer = Answer::silent();
  };
}

// --- what is refused, answered ---------------------------------------------------------------------------------------

/// Answers every request with this letter where the machines refuse it, and does nothing.
void add_answered(Mutants& list, std::string name, Answer answer, std::function<bool(const Meeting&)> meets) {
  Behaviour& mutant = add(list, std::move(name));
  mutant.writes_zeros = true;
  mutant.decide = [answer, meets = std::move(meets)](const Meeting& m, Outcome<Control>& outcome) {
    if (!outcome.answer.is_refusal() || !meets(m)) return;
    outcome.after = m.before;
    outcome.answer = answer;
  };
}

/// The code of a request without its highest bit is that of its response.
constexpr Byte response_code(Byte request) { return request & 0x7F; }

void add_answered_spdm(Mutants& list, spdm::Stimulus stimulus) {
  const Byte code = stimulus == spdm::Stimulus::UNKNOWN_REQUEST ? faulty::w::DIGESTS::code
                                                                : response_code(spdm::request(stimulus).code);
  const Answer answer = Answer::response(AnswerProtocol::SPDM, code);
  const std::string start = std::string(name(stimulus)) + "/refused-in-";
  using enum spdm::ConnectionState;
  for (const auto state : {NOT_STARTED, AFTER_VERSION, AFTER_CAPABILITIES, NEGOTIATED})
    add_answered(list, start + std::string(name(state)), answer, [=](const Meeting& m) {
      return faulty::is(m.letter, stimulus) && m.letter.session == NONE && m.before.connection.state == state;
    });
  for (const auto state : {spdm::SessionState::HANDSHAKING, spdm::SessionState::ESTABLISHED})
    add_answered(list, start + std::string(name(state)), answer, [=](const Meeting& m) {
      return faulty::is(m.letter, stimulus) && m.letter.session != NONE &&
             m.before.sessions[m.letter.session].state == state;
    });
}

bool in_handshake(const Meeting& m) {
  return m.letter.session != NONE && m.before.sessions[m.letter.session].state == spdm::SessionState::HANDSHAKING;
}

/// In each state of the TDI, before the session is there, and for an interface that is not.
void add_answered_tdisp(Mutants& list, tdisp::Stimulus stimulus) {
  const bool unknown = stimulus == tdisp::Stimulus::UNKNOWN_REQUEST;
  const auto first = static_cast<Byte>(faulty::t::MessageType::TDISP_VERSION);
  const Answer answer = Answer::response(
      AnswerProtocol::TDISP, unknown ? first : static_cast<Byte>(first + static_cast<Byte>(stimulus)));  // as requests
  const std::string start = std::string(name(stimulus)) + "/refused-";
  const auto of = [=](const Meeting& m) {
    const auto* body = faulty::tdisp_of(m.letter);
    return body != nullptr && body->letter.stimulus == stimulus;
  };
  using enum tdisp::TdiState;
  for (const auto state : {CONFIG_UNLOCKED, CONFIG_LOCKED, RUN, ERROR})
    add_answered(list, start + "in-" + std::string(name(state)), answer, [=](const Meeting& m) {
      const auto* body = faulty::tdisp_of(m.letter);
      return of(m) && body->tdi != NONE && m.before.tdis[body->tdi].state == state && !in_handshake(m);
    });
  add_answered(list, start + "in-handshake", answer, [=](const Meeting& m) { return of(m) && in_handshake(m); });
  add_answered(list, start + "elsewhere", answer,
               [=](const Meeting& m) { return of(m) && faulty::tdisp_of(m.letter)->tdi == NONE; });
}

void add_answered_ide_km(Mutants& list, ide_km::Stimulus stimulus, const Answer& answer) {
  const std::string start = std::string(name(stimulus)) + "/refused-";
  const auto of = [=](const Meeting& m) {
    const auto* body = faulty::ide_km_of(m.letter);
    return body != nullptr && body->letter.stimulus == stimulus;
  };
  add_answered(list, start + "in-handshake", answer, [=](const Meeting& m) { return of(m) && in_handshake(m); });
  add_answered(list, start + "in-ESTABLISHED", answer, [=](const Meeting& m) { return of(m) && !in_handshake(m); });
}

/// Takes such a record for a HEARTBEAT.
void add_takes(Mutants& list, const std::string& what, bool (*is_such)(const spdm::RecordError&)) {
  auto mutant = std::make_unique<Behaviour>();
  mutant->fault = {"record/" + what + "/taken", "machine-made", {}};
  mutant->takes = [is_such](const spdm::RecordError& error, View, View) { return is_such(error); };
  list.push_back(std::move(mutant));
}

}  // namespace

const Mutants& answer_mutants() {
  static const Mutants all = [] {
    Mutants list;
    for (const Layout* layout : written()) add_answers(list, *layout);
    for (std::size_t i = 0; i < static_cast<std::size_t>(spdm::FIRST_OUT_OF_BAND); ++i)
      add_answered_spdm(list, static_cast<spdm::Stimulus>(i));
    for (Byte i = 0; i < static_cast<Byte>(tdisp::FIRST_OUT_OF_BAND); ++i)
      add_answered_tdisp(list, static_cast<tdisp::Stimulus>(i));
    for (const auto& [stimulus, object] : {std::pair{ide_km::Stimulus::QUERY, ObjectId::QUERY_RESP},
                                           {ide_km::Stimulus::KEY_PROG, ObjectId::KP_ACK},
                                           {ide_km::Stimulus::K_SET_GO, ObjectId::K_GOSTOP_ACK},
                                           {ide_km::Stimulus::K_SET_STOP, ObjectId::K_GOSTOP_ACK},
                                           {ide_km::Stimulus::UNKNOWN_OBJECT, ObjectId::K_GOSTOP_ACK}})
      add_answered_ide_km(list, stimulus, faulty::ide_km_response(object));
    using Why = spdm::RecordError::Kind;
    add_takes(list, "malformed", [](const spdm::RecordError& e) { return e.kind == Why::malformed; });
    add_takes(list, "not-authentic", [](const spdm::RecordError& e) { return e.kind == Why::not_authentic; });
    add_takes(list, "bad-inside", [](const spdm::RecordError& e) { return e.kind == Why::bad_plaintext; });
    return list;
  }();
  return all;
}

}  // namespace lockstep::device
