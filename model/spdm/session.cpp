#include "spdm/session.hpp"

#include "spdm/refusals.hpp"
#include "spdm/table.hpp"

namespace lockstep::spdm {
namespace {

/// The transition table and what it is made of.
namespace table {

using namespace on;
using machine::none;

struct NONE : boost::msm::front::state<> {};
struct HANDSHAKING : boost::msm::front::state<> {};
struct ESTABLISHED : boost::msm::front::state<> {};
using States = boost::mp11::mp_list<NONE, HANDSHAKING, ESTABLISHED>;
constexpr std::size_t STATES = boost::mp11::mp_size<States>::value;

// Guards.
struct WithContext {
  bool operator()(const auto& e, const auto&) const { return !e.letter.psk_without_context; }
};
struct WithoutContext {
  bool operator()(const auto& e, const auto&) const { return e.letter.psk_without_context; }
};
struct MutAuthIsDone {
  bool operator()(const auto&, const auto& m) const {
    const Session& s = m.session;
    return !s.psk && !s.encapsulated_open && (!wants_encapsulated_flow(s.mut_auth) || s.encapsulated_done);
  }
};
struct IsPsk {
  bool operator()(const auto&, const auto& m) const { return m.session.psk; }
};
struct FlowIsOwed {
  bool operator()(const auto&, const auto& m) const {
    return wants_encapsulated_flow(m.session.mut_auth) && !m.session.encapsulated_done;
  }
};
struct FlowIsOpen {
  bool operator()(const auto&, const auto& m) const { return m.session.encapsulated_open; }
};
struct FlowGoesOn {
  bool operator()(const auto& e, const auto& m) const {
    return m.session.encapsulated_open && !e.letter.encapsulated_last;
  }
};
struct FlowEnds {
  bool operator()(const auto& e, const auto& m) const {
    return m.session.encapsulated_open && e.letter.encapsulated_last;
  }
};
struct NoFlowIsOpen {
  bool operator()(const auto&, const auto& m) const { return !m.session.encapsulated_open; }
};
struct From12AndNoFlowIsOpen {
  bool operator()(const auto&, const auto& m) const {
    return m.session.spdm_version >= 0x12 && !m.session.encapsulated_open;
  }
};
struct HasHeartbeat {
  bool operator()(const auto&, const auto& m) const { return m.session.heartbeat; }
};
struct NoUpdateIsOpen {
  bool operator()(const auto&, const auto& m) const { return m.session.key_update == KeyUpdate::none; }
};
struct UpdateIsOpen {
  bool operator()(const auto&, const auto& m) const { return m.session.key_update != KeyUpdate::none; }
};
struct PolicyEndsIt {  // SessionPolicy exists from 1.2
  bool operator()(const auto&, const auto& m) const {
    return m.session.spdm_version >= 0x12 && !m.session.termination_policy;
  }
};

// Actions. A session that goes to NONE is forgotten: step() sees to it.
struct Open {
  void operator()(const auto& e, auto& m) const {
    const Letter& l = e.letter;
    m.session.in_the_clear = l.handshake_in_the_clear;
    m.session.mut_auth = l.mut_auth;
    m.session.encapsulated_open = l.mut_auth == MutAuth::implicit_get_digests;
    m.session.heartbeat = l.heartbeat;
    m.session.termination_policy = l.termination_policy;
  }
};
struct OpenPsk {
  void operator()(const auto& e, auto& m) const {
    m.session.psk = true;
    m.session.heartbeat = e.letter.heartbeat;
    m.session.termination_policy = e.letter.termination_policy;
  }
};
struct OpenFlow {
  void operator()(const auto&, auto& m) const { m.session.encapsulated_open = true; }
};
struct CloseFlow {
  void operator()(const auto&, auto& m) const { m.session.encapsulated_open = false; }
};
struct AcceptRequester {
  void operator()(const auto&, auto& m) const {
    m.session.encapsulated_open = false;
    m.session.encapsulated_done = true;
  }
};
struct UpdateRequesterKey {
  void operator()(const auto&, auto& m) const { m.session.key_update = KeyUpdate::requester_key; }
};
struct UpdateAllKeys {
  void operator()(const auto&, auto& m) const { m.session.key_update = KeyUpdate::all_keys; }
};
struct ConfirmKeys {
  void operator()(const auto&, auto& m) const { m.session.key_update = KeyUpdate::none; }
};
struct AnswerDecryptError {
  void operator()(const auto&, auto& m) const { m.answer = error(ErrorCode::DecryptError); }
};
struct AnswerInvalidRequest {
  void operator()(const auto&, auto& m) const { m.answer = error(ErrorCode::InvalidRequest); }
};

struct Machine : machine::MachineDefinition<Machine> {
  using initial_state = NONE;
  using internal_transition_table = boost::mp11::mp_list<>;
  Session session;
  Answer answer;

  // clang-format off
  using transition_table = boost::mp11::mp_list<
  //   clause            from         event                          to           do                    if
  Row<"SPDM-KEX-001",    NONE,        KEY_EXCHANGE,                  HANDSHAKING, Open>,
  Row<"SPDM-KEX-012",    NONE,        PSK_EXCHANGE,                  HANDSHAKING, OpenPsk,              WithContext>,
  Row<"SPDM-FIN-013",    NONE,        PSK_EXCHANGE,                  ESTABLISHED, OpenPsk,              WithoutContext>,
  Row<"SPDM-ENCAP-001",  HANDSHAKING, GET_ENCAPSULATED_REQUEST,      none,        OpenFlow,             FlowIsOwed>,
  Row<"SPDM-ENCAP-006",  HANDSHAKING, DELIVER_ENCAPSULATED_RESPONSE, none,        none,                 FlowGoesOn>,
  Row<"SPDM-ENCAP-005",  HANDSHAKING, DELIVER_ENCAPSULATED_RESPONSE, none,        AcceptRequester,      FlowEnds>,
  Row<"SPDM-FIN-001",    HANDSHAKING, FINISH,                        ESTABLISHED, none,                 MutAuthIsDone>,
  Row<"SPDM-FIN-004",    HANDSHAKING, FINISH_bad_verify_data,        NONE,        AnswerDecryptError,   MutAuthIsDone>,
  Row<"SPDM-FIN-007",    HANDSHAKING, FINISH_bad_signature,          NONE,        AnswerDecryptError,   MutAuthIsDone>,
  Row<"SPDM-FIN-016",    HANDSHAKING, PSK_FINISH,                    ESTABLISHED, none,                 IsPsk>,
  Row<"SPDM-FIN-014",    HANDSHAKING, PSK_FINISH_bad_verify_data,    NONE,        AnswerInvalidRequest, IsPsk>,
  Row<"SPDM-CHUNK-005",  HANDSHAKING, CHUNK,                         none>,
  Row<"SPDM-LIFE-018",   HANDSHAKING, RECORD_UNOPENED,               NONE,        AnswerDecryptError>,
  Row<"SPDM-LIFE-017",   HANDSHAKING, FIRMWARE_UPDATED,              NONE,        none,                 PolicyEndsIt>,
  Row<"SECMSG-029",      HANDSHAKING, SESSION_DROPPED,               NONE>,
  Row<"SPDM-LIFE-001",   ESTABLISHED, HEARTBEAT,                     none,        none,                 HasHeartbeat>,
  Row<"SPDM-LIFE-005",   ESTABLISHED, KEY_UPDATE_UpdateKey,          none,        UpdateRequesterKey,   NoUpdateIsOpen>,
  Row<"SPDM-LIFE-006",   ESTABLISHED, KEY_UPDATE_UpdateAllKeys,      none,        UpdateAllKeys,        NoUpdateIsOpen>,
  Row<"SPDM-LIFE-007",   ESTABLISHED, KEY_UPDATE_VerifyNewKey,       none,        ConfirmKeys,          UpdateIsOpen>,
  Row<"SPDM-LIFE-014",   ESTABLISHED, END_SESSION,                   NONE>,
  Row<"SPDM-ENCAP-001",  ESTABLISHED, GET_ENCAPSULATED_REQUEST,      none,        none,                 FlowIsOpen>,
  Row<"SPDM-ENCAP-006",  ESTABLISHED, DELIVER_ENCAPSULATED_RESPONSE, none,        none,                 FlowGoesOn>,
  Row<"SPDM-ENCAP-005",  ESTABLISHED, DELIVER_ENCAPSULATED_RESPONSE, none,        CloseFlow,            FlowEnds>,
  Row<"SPDM-CERT-004",   ESTABLISHED, CERTIFICATE_REQUEST,           none,        none,                 From12AndNoFlowIsOpen>,
  Row<"SECMSG-020",      ESTABLISHED, APPLICATION_REQUEST,           none,        none,                 NoFlowIsOpen>,
  Row<"SPDM-CHUNK-005",  ESTABLISHED, CHUNK,                         none>,
  Row<"SPDM-LIFE-018",   ESTABLISHED, RECORD_UNOPENED,               NONE,        AnswerDecryptError>,
  Row<"SPDM-LIFE-003",   ESTABLISHED, HEARTBEAT_EXPIRED,             NONE,        none,                 HasHeartbeat>,
  Row<"SPDM-LIFE-017",   ESTABLISHED, FIRMWARE_UPDATED,              NONE,        none,                 PolicyEndsIt>,
  Row<"SECMSG-029",      ESTABLISHED, SESSION_DROPPED,               NONE>>;
  // clang-format on
};

}  // namespace table

using Engine = machine::Engine<table::Machine, Event, EVENTS, table::States>;

using enum Stimulus;
using enum ErrorCode;
using enum Choice;
using S = SessionState;
using D = Defect;

constexpr Set<S> LIVE{S::HANDSHAKING, S::ESTABLISHED};
constexpr Set<Stimulus> FLOW{GET_ENCAPSULATED_REQUEST, DELIVER_ENCAPSULATED_RESPONSE};
constexpr Set<Stimulus> CHUNKS{CHUNK_SEND, CHUNK_GET};
constexpr Set<Stimulus> FINISHES{FINISH, PSK_FINISH};
constexpr Set<Stimulus> CERTIFICATES{GET_DIGESTS, GET_CERTIFICATE};
constexpr Set<Stimulus> NO_REQUEST{HEARTBEAT_EXPIRED, CONVENTIONAL_RESET, FIRMWARE_UPDATED, SESSION_DROPPED};
constexpr Set<Stimulus> NOT_IN_HANDSHAKE = Set<Stimulus>(ANY) - FINISHES - FLOW - CHUNKS - RESPOND_IF_READY;
constexpr Set<Stimulus> NOT_IN_APPLICATION{
    GET_VERSION, GET_CAPABILITIES, NEGOTIATE_ALGORITHMS, CHALLENGE, KEY_EXCHANGE, PSK_EXCHANGE, FINISH, PSK_FINISH};
constexpr Set<Stimulus> UPDATES{KEY_UPDATE_UpdateKey, KEY_UPDATE_UpdateAllKeys};

// clang-format off
constexpr Refusal<S> REFUSALS[] = {
//  stimuli                        from            defects                            answer               rule
  { NO_REQUEST,                    ANY,            ANY,                               NO_EFFECT,           "SPDM-LIFE-016" },
  { ANY,                           S::NONE,        ANY,                               SILENCE,             "SPDM-LIFE-019" },
  { UNKNOWN_REQUEST,               ANY,            ANY,                               UnsupportedRequest,  "SPDM-LIFE-024" },
  { GET_VERSION,                   ANY,            ANY,                               UnexpectedRequest,   "SPDM-VER-005" },
  { ANY,                           ANY,            D::wrong_version,                  VersionMismatch,     &Request::wrong_version },
  { ANY,                           ANY,            D::not_supported,                  UnsupportedRequest,  &Request::not_supported },
  // Where a request is legal.
  { NOT_IN_HANDSHAKE,              S::HANDSHAKING, ANY,                               UnexpectedRequest,   &Request::in_handshake },
  { NOT_IN_APPLICATION,            S::ESTABLISHED, ANY,                               UnexpectedRequest,   &Request::in_application },
  { CERTIFICATES,                  S::ESTABLISHED, ANY,                               UnexpectedRequest,   &Request::in_application, 0x11 },
  // What is wrong with the contents.
  { FINISH,                        ANY,            D::mut_auth_missing,               InvalidRequest,      "SPDM-FIN-021" },
  { DELIVER_ENCAPSULATED_RESPONSE, ANY,            {D::malformed, D::invalid_field},  InvalidResponseCode, "SPDM-ENCAP-004" },
  { DELIVER_ENCAPSULATED_RESPONSE, ANY,            D::request_id_mismatch,            InvalidRequest,      "SPDM-ENCAP-003" },
  { ANY,                           ANY,            D::too_large,                      REQUEST_TOO_LARGE,   "SPDM-CHUNK-007" },
  { ANY,                           ANY,            D::malformed,                      InvalidRequest,      &Request::malformed },
  { ANY,                           ANY,            D::invalid_field,                  InvalidRequest,      &Request::invalid_field },
  // What the session is not ready for: FINISH before the encapsulated flow, PSK_FINISH after KEY_EXCHANGE, ...
  { FINISHES,                      S::HANDSHAKING, ANY,                               UnexpectedRequest,   &Request::in_handshake },
  { KEY_UPDATE_undefined,          S::ESTABLISHED, D::none,                           InvalidRequest,      "SPDM-LIFE-009" },
  { KEY_UPDATE_VerifyNewKey,       S::ESTABLISHED, D::none,                           InvalidRequest,      "SPDM-LIFE-007" },
  { UPDATES,                       S::ESTABLISHED, D::none,                           InvalidRequest,      "SPDM-LIFE-008" },
  { HEARTBEAT,                     S::ESTABLISHED, D::none,                           UnexpectedRequest,   "SPDM-LIFE-002" },
  { RESPOND_IF_READY,              ANY,            D::none,                           InvalidRequest,      "SPDM-LIFE-020" },
  { FLOW,                          ANY,            D::none,                           NO_PENDING_REQUESTS, "SPDM-ENCAP-001" },
  { ANY,                           S::ESTABLISHED, D::none,                           RequestInFlight,     "SPDM-ENCAP-002" },
};
// clang-format on

Outcome<Session> refused(const Session& control, const Letter& l) {
  const auto* r = find<S>(REFUSALS, control.state, l, control.spdm_version);
  LOCKSTEP_ASSERT(r != nullptr);
  return {control, r->reply.in(control.spdm_version), r->cite.of(l.stimulus, control.spdm_version)};
}

Outcome<Session> run(const Session& control, const Letter& l) {
  const Event event = event_in_session(l);
  if (event == Event::NO_EVENT) return refused(control, l);
  auto position = static_cast<std::size_t>(control.state);
  Outcome<Session> outcome{control, {}, {}};
  const auto prepare = [&](table::Machine& m) {
    m.session = control;
    if (l.stimulus < FIRST_OUT_OF_BAND) m.answer = response_to(l.stimulus);
  };
  const auto collect = [&](const table::Machine& m) { outcome = {m.session, m.answer, m.rule}; };
  if (!Engine::run(position, event, l, prepare, collect)) return refused(control, l);
  outcome.after.state = static_cast<SessionState>(position);
  if (outcome.after.state == S::NONE) outcome.after = {};
  return outcome;
}

bool answers_late(const Session& control, const Letter& l) {
  return control.not_ready && l.stimulus == RESPOND_IF_READY && l.defect == D::none;
}

/// RESPOND_IF_READY is answered by the response to the request that is owed.
Outcome<Session> as_expected(const Session& control, const Letter& letter) {
  if (!answers_late(control, letter)) return run(control, seen_in(control.spdm_version, letter));
  Letter owed = letter;
  owed.stimulus = control.owed;
  Session ready = control;
  ready.not_ready = false;
  ready.owed = {};
  return run(ready, seen_in(ready.spdm_version, owed));
}

/// The request done although it may be refused: nothing is wrong with it, and neither an encapsulated flow nor an open
/// key update keeps it back.
Outcome<Session> serve_anyway(const Session& control, const Letter& letter) {
  Letter l = sound(letter);
  Session relaxed = control;
  const bool flow = FLOW.contains(l.stimulus);
  if (flow && control.state == S::ESTABLISHED) relaxed.encapsulated_open = true;
  if (!flow && control.state == S::ESTABLISHED) relaxed.encapsulated_open = false;
  if (UPDATES.contains(l.stimulus)) relaxed.key_update = KeyUpdate::none;
  Outcome<Session> outcome = as_expected(relaxed, l);
  outcome.rule = as_expected(control, letter).rule;
  if (kind_of(outcome.answer) != Kind::served) return {control, response_to(l.stimulus), outcome.rule};
  if (!flow && outcome.after.state == S::ESTABLISHED) outcome.after.encapsulated_open = control.encapsulated_open;
  // An encapsulated response that is not accepted ends the flow at most; it authenticates nobody.
  if (l.stimulus == DELIVER_ENCAPSULATED_RESPONSE &&
      (letter.defect == D::malformed || letter.defect == D::invalid_field)) {
    outcome.after = control;
    outcome.after.encapsulated_open = false;
  }
  return outcome;
}

bool servable(const Session& control, const Letter& l) {
  return kind_of(as_expected(control, sound(l)).answer) == Kind::served;
}
/// Refused for a second reason as well: no text says which of the two the error code tells.
bool refused_anyway(const Session& control, const Letter& l) { return !servable(control, l); }
bool flow_is_open(const Session& control, const Letter&) { return control.encapsulated_open; }
/// The letter by itself does not end the session.
bool survives(const Session& control, const Letter& l) { return as_expected(control, l).after.state != S::NONE; }
bool ends(const Session& control, const Letter& l) { return !survives(control, l); }

constexpr Set<Stimulus> HELD_BACK{GET_DIGESTS,
                                  GET_CERTIFICATE,
                                  GET_MEASUREMENTS,
                                  GET_MEASUREMENT_EXTENSION_LOG,
                                  GET_ENDPOINT_INFO,
                                  GET_CSR,
                                  SET_CERTIFICATE,
                                  GET_KEY_PAIR_INFO,
                                  SET_KEY_PAIR_INFO,
                                  SLOT_MANAGEMENT,
                                  GET_SUPPORTED_EVENT_TYPES,
                                  SUBSCRIBE_EVENT_TYPES,
                                  SEND_EVENT,
                                  VENDOR_DEFINED_REQUEST};
constexpr Set<Stimulus> MAY_TAKE_TIME = HELD_BACK | FINISHES | FLOW | RESPOND_IF_READY;
constexpr Set<Stimulus> UNUSUAL{VENDOR_DEFINED_REQUEST, CHUNK_SEND, CHUNK_GET, FINISH, PSK_FINISH};
constexpr Set<Kind> IN_BAND{Kind::served, Kind::refused};
constexpr Byte ALL = 0xFF;

// clang-format off
constexpr Tolerance<Session> TOLERANCES[] = {
//  choice            of             stimuli                                from            defects                           versions     tag              rule             when
  { busy,             IN_BAND,       RECORD_UNOPENED,                       ANY,            ANY,                              0, ALL,      NEVER,           {} },
  { busy,             Kind::refused, ANY,                                   S::NONE,        ANY,                              0, ALL,      NEVER,           {} },
  { busy,             IN_BAND,       ANY,                                   ANY,            ANY,                              0, ALL,      Tag::tolerated,  {} },
  { not_ready,        Kind::served,  MAY_TAKE_TIME,                         LIVE,           ANY,                              0, ALL,      Tag::tolerated,  "SPDM-LIFE-022" },
  // A session that has ended gives no useful answer: silence, or an error. So does a record that does not open (P21).
  { other_code,       Kind::refused, ANY,                                   S::NONE,        ANY,                              0, ALL,      Tag::tolerated,  "SPDM-LIFE-014" },
  { other_code,       Kind::refused, RECORD_UNOPENED,                       LIVE,           D::malformed,                     0, ALL,      Tag::tolerated,  "SECMSG-011" },
  { other_code,       Kind::refused, PSK_FINISH,                            S::HANDSHAKING, D::bad_verify_data,               0, ALL,      Tag::tolerated,  {} },
  { other_code,       Kind::refused, {GET_VERSION, RECORD_UNOPENED, UNKNOWN_REQUEST, RESPOND_IF_READY}, ANY, ANY,              0, ALL,      Tag::unclear,    {} },
  { other_code,       Kind::refused, ANY,                                   ANY,            Set<D>(ANY) - D::none,            0, ALL,      Tag::tolerated,  {},              refused_anyway },
  { other_code,       Kind::refused, UPDATES | KEY_UPDATE_VerifyNewKey | KEY_UPDATE_undefined, S::ESTABLISHED, ANY,            0, ALL,      Tag::unclear,    {} },
  { other_code,       Kind::refused, {CHUNK_SEND, CHUNK_GET},               ANY,            {D::invalid_field, D::too_large}, 0, ALL,      Tag::tolerated,  {} },
  { other_code,       Kind::refused, ANY,                                   ANY,            D::none,                          0, ALL,      Tag::tolerated,  {} },
  { other_code,       Kind::refused, ANY,                                   ANY,            ANY,                              0, ALL,      Tag::unclear,    {} },
  { discard,          Kind::refused, ANY,                                   LIVE,           ANY,                              0, ALL,      Tag::tolerated,  {} },
  // What is refused as a rule and yet may be served.
  { serve,            Kind::refused, ANY,                                   S::NONE,        ANY,                              0, ALL,      NEVER,           {} },
  { serve,            Kind::refused, ANY,                                   ANY,            D::wrong_version,                 0, ALL,      Tag::unclear,    {},              servable },
  { serve,            Kind::refused, UNUSUAL,                               ANY,            D::not_supported,                 0, ALL,      NEVER,           {} },
  { serve,            Kind::refused, ANY,                                   ANY,            D::not_supported,                 0, 0x12,     Tag::unclear,    {},              servable },
  { serve,            Kind::refused, HEARTBEAT,                             S::ESTABLISHED, D::none,                          0, ALL,      Tag::tolerated,  {} },
  { serve,            Kind::refused, UPDATES | KEY_UPDATE_VerifyNewKey,     S::ESTABLISHED, D::none,                          0, ALL,      Tag::unclear,    {} },
  { serve,            Kind::refused, GET_ENCAPSULATED_REQUEST,              S::ESTABLISHED, D::none,                          0, ALL,      Tag::tolerated,  {} },
  { serve,            Kind::refused, DELIVER_ENCAPSULATED_RESPONSE,         ANY,            {D::malformed, D::invalid_field}, 0, ALL,      Tag::tolerated,  {},              flow_is_open },
  { serve,            Kind::refused, VENDOR_DEFINED_REQUEST,                S::HANDSHAKING, D::none,                          0, ALL,      Tag::unclear,    {} },
  { serve,            Kind::refused, CERTIFICATES,                          S::ESTABLISHED, D::none,                          0, 0x11,     Tag::unclear,    {} },
  { serve,            Kind::refused, HELD_BACK,                             S::ESTABLISHED, D::none,                          0, ALL,      Tag::unclear,    {},              flow_is_open },
  // Refusing without ending: a truncated record may be ignored; no text says that a wrong PSK_FINISH ends the session.
  { refuse,           Kind::refused, RECORD_UNOPENED,                       LIVE,           D::malformed,                     0, ALL,      Tag::tolerated,  "SECMSG-011" },
  { refuse,           Kind::refused, PSK_FINISH,                            S::HANDSHAKING, D::bad_verify_data,               0, ALL,      Tag::unclear,    {},              ends },
  { refuse,           Kind::served,  ANY,                                   ANY,            ANY,                              0, ALL,      Tag::tolerated,  {} },
  // A handshake that meets anything unexpected may end; from 1.2.2 so may a session that meets an out-of-order request.
  { forgets,          IN_BAND,       ANY,                                   S::HANDSHAKING, ANY,                              0, ALL,      Tag::tolerated,  {},              survives },
  { forgets,          Kind::refused, ANY,                                   S::ESTABLISHED, D::none,                          0x12, ALL,   Tag::tolerated,  "SPDM-LIFE-023", survives },
  { forgets,          Kind::event,   FIRMWARE_UPDATED,                      LIVE,           ANY,                              0, ALL,      Tag::tolerated,  "SPDM-LIFE-017", survives },
  { forgets_silently, Kind::refused, RECORD_UNOPENED,                       LIVE,           D::malformed,                     0, ALL,      Tag::tolerated,  "SECMSG-011" },
  { forgets_silently, Kind::refused, ANY,                                   S::HANDSHAKING, ANY,                              0, ALL,      Tag::tolerated,  {},              survives },
  { forgets_silently, Kind::refused, ANY,                                   S::ESTABLISHED, D::none,                          0x12, ALL,   Tag::tolerated,  "SPDM-LIFE-023", survives },
};
// clang-format on

}  // namespace

Outcome<Session> step(const Session& control, const Letter& letter, Choice choice) {
  if (choice == serve) return serve_anyway(control, letter);
  Outcome<Session> outcome = undone(control, letter, as_expected(control, letter), choice);
  if (choice == discard && letter.stimulus == RECORD_UNOPENED && letter.defect == D::malformed)
    outcome.after = control;  // a truncated record that is dropped may also be ignored
  return outcome;
}

Options options(const Session& control, const Letter& letter) {
  const auto outcome = as_expected(control, letter);
  return permitted<Session>(TOLERANCES, control, seen_in(control.spdm_version, letter), kind_of(outcome.answer),
                            outcome.rule);
}

bool consistent(const Session& s) {
  if (s.state == S::NONE) return s == Session{.spdm_version = s.spdm_version};
  const bool key_exchange = !s.psk;
  const bool application = s.state == S::ESTABLISHED;
  const bool wanted = wants_encapsulated_flow(s.mut_auth);
  return s.spdm_version >= 0x11 &&
         (key_exchange || !(s.in_the_clear || s.mut_auth != MutAuth::none || s.encapsulated_done)) &&
         (wanted || !s.encapsulated_done) && (application || wanted || !s.encapsulated_open) &&
         (application ? !wanted || s.encapsulated_done : s.key_update == KeyUpdate::none) &&
         (application || !(s.encapsulated_open && s.encapsulated_done)) &&
         (s.not_ready ? exists(s.owed, s.spdm_version) && MAY_TAKE_TIME.contains(s.owed) && s.owed != RESPOND_IF_READY
                      : s.owed == Stimulus{});
}

Answering answering(const Session& control, const Letter& letter) {
  const Letter l = seen_in(control.spdm_version, letter);
  table::Machine context;
  context.session = control;
  const Event event = event_in_session(l);
  const auto position = static_cast<std::size_t>(control.state);
  const std::size_t rows = event == Event::NO_EVENT ? 0 : Engine::count(position, event, l, context);
  return {rows, rows == 0 && find<S>(REFUSALS, control.state, l, control.spdm_version) != nullptr};
}

const machine::StateTable& session_table() {
  static const auto rows = with_stimuli(Engine::texts(), event_in_session);
  static const machine::StateTable table{"SPDM session", name(S::NONE), rows, texts<table::STATES, S>(REFUSALS)};
  return table;
}

std::string_view name(SessionState state) { return machine::enumerator_name<table::STATES>(state); }

}  // namespace lockstep::spdm
