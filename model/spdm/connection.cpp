#include "spdm/connection.hpp"

#include "spdm/refusals.hpp"
#include "spdm/table.hpp"

namespace lockstep::spdm {
namespace {

/// The transition table and what it is made of.
namespace table {

using namespace on;
using machine::none;

struct NOT_STARTED : boost::msm::front::state<> {};
struct AFTER_VERSION : boost::msm::front::state<> {};
struct AFTER_CAPABILITIES : boost::msm::front::state<> {};
struct NEGOTIATED : boost::msm::front::state<> {};
using States = boost::mp11::mp_list<NOT_STARTED, AFTER_VERSION, AFTER_CAPABILITIES, NEGOTIATED>;
constexpr std::size_t STATES = boost::mp11::mp_size<States>::value;

// Guards.
struct FlowIsOpen {
  bool operator()(const auto&, const auto& m) const { return m.connection.encapsulated; }
};
struct NoFlowIsOpen {
  bool operator()(const auto&, const auto& m) const { return !m.connection.encapsulated; }
};
struct FlowGoesOn {
  bool operator()(const auto& e, const auto& m) const {
    return m.connection.encapsulated && !e.letter.encapsulated_last;
  }
};
struct FlowEnds {
  bool operator()(const auto& e, const auto& m) const {
    return m.connection.encapsulated && e.letter.encapsulated_last;
  }
};
struct BasicMutAuth {  // SPDM 1.0 has no encapsulated requests
  bool operator()(const auto& e, const auto& m) const {
    return !m.connection.encapsulated && e.letter.mut_auth != MutAuth::none && m.connection.spdm_version >= 0x11;
  }
};
struct NoBasicMutAuth {
  bool operator()(const auto& e, const auto& m) const { return !m.connection.encapsulated && !BasicMutAuth{}(e, m); }
};

// Actions.
struct ForgetEverything {
  void operator()(const auto&, auto& m) const { m.connection = {}; }
};
struct SelectVersion {
  void operator()(const auto& e, auto& m) const { m.connection.spdm_version = e.letter.spdm_version; }
};
struct Authenticate {
  void operator()(const auto&, auto& m) const { m.connection.authenticated = true; }
};
struct AuthenticateAndOpenFlow {
  void operator()(const auto&, auto& m) const { m.connection.authenticated = m.connection.encapsulated = true; }
};
struct CloseFlow {
  void operator()(const auto&, auto& m) const { m.connection.encapsulated = false; }
};

struct Machine : machine::MachineDefinition<Machine> {
  using initial_state = NOT_STARTED;
  using internal_transition_table = boost::mp11::mp_list<>;
  Connection connection;

  // clang-format off
  using transition_table = boost::mp11::mp_list<
  //   clause            from                event                          to                  do                       if
  Row<"SPDM-VER-001",    NOT_STARTED,        GET_VERSION,                   AFTER_VERSION,      ForgetEverything>,
  Row<"SPDM-VER-004",    AFTER_VERSION,      GET_VERSION,                   AFTER_VERSION,      ForgetEverything>,
  Row<"SPDM-VER-004",    AFTER_CAPABILITIES, GET_VERSION,                   AFTER_VERSION,      ForgetEverything>,
  Row<"SPDM-VER-004",    NEGOTIATED,         GET_VERSION,                   AFTER_VERSION,      ForgetEverything>,
  Row<"SPDM-CAP-001",    AFTER_VERSION,      GET_CAPABILITIES,              AFTER_CAPABILITIES, SelectVersion>,
  Row<"SPDM-ALG-002",    AFTER_CAPABILITIES, NEGOTIATE_ALGORITHMS,          NEGOTIATED>,
  Row<"SPDM-CHUNK-005",  AFTER_CAPABILITIES, CHUNK,                         none>,
  Row<"SPDM-CHAL-001",   NEGOTIATED,         CHALLENGE,                     none,               Authenticate,            NoBasicMutAuth>,
  Row<"SPDM-CHAL-011",   NEGOTIATED,         CHALLENGE,                     none,               AuthenticateAndOpenFlow, BasicMutAuth>,
  Row<"SPDM-ENCAP-001",  NEGOTIATED,         GET_ENCAPSULATED_REQUEST,      none,               none,                    FlowIsOpen>,
  Row<"SPDM-ENCAP-006",  NEGOTIATED,         DELIVER_ENCAPSULATED_RESPONSE, none,               none,                    FlowGoesOn>,
  Row<"SPDM-ENCAP-005",  NEGOTIATED,         DELIVER_ENCAPSULATED_RESPONSE, none,               CloseFlow,               FlowEnds>,
  Row<"SPDM-KEX-001",    NEGOTIATED,         KEY_EXCHANGE,                  none,               none,                    NoFlowIsOpen>,
  Row<"SPDM-KEX-012",    NEGOTIATED,         PSK_EXCHANGE,                  none,               none,                    NoFlowIsOpen>,
  Row<"SPDM-CERT-004",   NEGOTIATED,         CERTIFICATE_REQUEST,           none,               none,                    NoFlowIsOpen>,
  Row<"SPDM-MEAS-007",   NEGOTIATED,         MEASUREMENT_REQUEST,           none,               none,                    NoFlowIsOpen>,
  Row<"SPDM-CERT-020",   NEGOTIATED,         PROVISIONING_REQUEST,          none,               none,                    NoFlowIsOpen>,
  Row<"SPDM-VDM-006",    NEGOTIATED,         VENDOR_DEFINED_REQUEST,        none,               none,                    NoFlowIsOpen>,
  Row<"SPDM-CHUNK-005",  NEGOTIATED,         CHUNK,                         none>,
  Row<"SPDM-CHAL-004",   NOT_STARTED,        CONVENTIONAL_RESET,            NOT_STARTED,        ForgetEverything>,
  Row<"SPDM-CHAL-004",   AFTER_VERSION,      CONVENTIONAL_RESET,            NOT_STARTED,        ForgetEverything>,
  Row<"SPDM-CHAL-004",   AFTER_CAPABILITIES, CONVENTIONAL_RESET,            NOT_STARTED,        ForgetEverything>,
  Row<"SPDM-CHAL-004",   NEGOTIATED,         CONVENTIONAL_RESET,            NOT_STARTED,        ForgetEverything>>;
  // clang-format on
};

}  // namespace table

using Engine = machine::Engine<table::Machine, Event, EVENTS, table::States>;

using enum Stimulus;
using enum ErrorCode;
using enum Choice;
using S = ConnectionState;
using D = Defect;

constexpr Set<S> EARLY{S::NOT_STARTED, S::AFTER_VERSION, S::AFTER_CAPABILITIES};
constexpr Set<S> WITH_VERSION{S::AFTER_CAPABILITIES, S::NEGOTIATED};
constexpr Set<Stimulus> FLOW{GET_ENCAPSULATED_REQUEST, DELIVER_ENCAPSULATED_RESPONSE};
constexpr Set<Stimulus> SESSION_ONLY{FINISH,
                                     PSK_FINISH,
                                     HEARTBEAT,
                                     KEY_UPDATE_UpdateKey,
                                     KEY_UPDATE_UpdateAllKeys,
                                     KEY_UPDATE_VerifyNewKey,
                                     KEY_UPDATE_undefined,
                                     END_SESSION,
                                     GET_SUPPORTED_EVENT_TYPES,
                                     SUBSCRIBE_EVENT_TYPES,
                                     SEND_EVENT};
constexpr Set<Stimulus> NO_REQUEST{HEARTBEAT_EXPIRED, CONVENTIONAL_RESET, FIRMWARE_UPDATED, SESSION_DROPPED};
constexpr Set<D> OUT_OF_ORDER{D::none, D::changed_retry, D::identical_retry};

// clang-format off
constexpr Refusal<S> REFUSALS[] = {
//  stimuli                                 from                 defects                 answer                rule
  { NO_REQUEST,                             ANY,                 ANY,                    NO_EFFECT,            "SPDM-LIFE-016" },
  { RECORD_UNOPENED,                        ANY,                 ANY,                    SILENCE,              "SPDM-LIFE-019" },
  // The version.
  { GET_VERSION,                            ANY,                 D::wrong_version,       VersionMismatch,      &Request::wrong_version },
  { GET_VERSION,                            ANY,                 ANY,                    InvalidRequest,       "SPDM-VER-007" },
  { GET_CAPABILITIES,                       S::AFTER_VERSION,    D::wrong_version,       VersionMismatch,      &Request::wrong_version },
  { ANY,                                    WITH_VERSION,        D::wrong_version,       VersionMismatch,      &Request::wrong_version },
  { UNKNOWN_REQUEST,                        ANY,                 ANY,                    UnsupportedRequest,   "SPDM-LIFE-024" },
  // The order of negotiation.
  { GET_CAPABILITIES,                       S::NOT_STARTED,      ANY,                    UnexpectedRequest,    &Request::too_early },
  { GET_CAPABILITIES,                       ANY,                 D::identical_retry,     UnexpectedRequest,    "SPDM-CAP-025" },
  { GET_CAPABILITIES,                       WITH_VERSION,        OUT_OF_ORDER,           UnexpectedRequest,    "SPDM-CAP-024" },
  { GET_CAPABILITIES,                       ANY,                 D::changed_retry,       UnexpectedRequest,    "SPDM-CAP-024" },
  { NEGOTIATE_ALGORITHMS,                   {S::NOT_STARTED, S::AFTER_VERSION}, ANY,     UnexpectedRequest,    &Request::too_early },
  { NEGOTIATE_ALGORITHMS,                   ANY,                 D::identical_retry,     UnexpectedRequest,    "SPDM-CAP-025" },
  { NEGOTIATE_ALGORITHMS,                   S::NEGOTIATED,       OUT_OF_ORDER,           UnexpectedRequest,    "SPDM-ALG-016" },
  { NEGOTIATE_ALGORITHMS,                   ANY,                 D::changed_retry,       UnexpectedRequest,    "SPDM-ALG-016" },
  { {CHUNK_SEND, CHUNK_GET},                S::AFTER_CAPABILITIES, D::not_supported,     UnsupportedRequest,   &Request::not_supported },
  { {CHUNK_SEND, CHUNK_GET},                {S::NOT_STARTED, S::AFTER_VERSION}, ANY,     UnexpectedRequest,    &Request::too_early },
  { RESPOND_IF_READY,                       ANY,                 ANY,                    InvalidRequest,       "SPDM-LIFE-020" },
  { Set<Stimulus>(ANY) - Set<Stimulus>{GET_CAPABILITIES, NEGOTIATE_ALGORITHMS, CHUNK_SEND, CHUNK_GET},
                                            EARLY,               ANY,                    UnexpectedRequest,    &Request::too_early },
  // What is absent, and what needs a session.
  { ANY,                                    S::NEGOTIATED,       D::not_supported,       UnsupportedRequest,   &Request::not_supported },
  { SESSION_ONLY,                           S::NEGOTIATED,       ANY,                    SESSION_REQUIRED,     &Request::outside_session },
  // What is wrong with the contents.
  { DELIVER_ENCAPSULATED_RESPONSE,          S::NEGOTIATED,       {D::malformed, D::invalid_field}, InvalidResponseCode, "SPDM-ENCAP-004" },
  { DELIVER_ENCAPSULATED_RESPONSE,          S::NEGOTIATED,       D::request_id_mismatch, InvalidRequest,       "SPDM-ENCAP-003" },
  { {KEY_EXCHANGE, PSK_EXCHANGE},           S::NEGOTIATED,       D::session_limit,       SessionLimitExceeded, "SPDM-KEX-011" },
  { PSK_EXCHANGE,                           S::NEGOTIATED,       D::unknown_psk,         InvalidRequest,       "SPDM-FIN-015" },
  { NEGOTIATE_ALGORITHMS,                   ANY,                 D::no_common_algorithm, InvalidRequest,       "SPDM-ALG-014" },
  { NEGOTIATE_ALGORITHMS,                   ANY,                 D::too_large,           InvalidRequest,       "SPDM-ALG-015" },
  { ANY,                                    ANY,                 D::too_large,           REQUEST_TOO_LARGE,    "SPDM-CHUNK-007" },
  { ANY,                                    ANY,                 D::malformed,           InvalidRequest,       &Request::malformed },
  { ANY,                                    ANY,                 D::invalid_field,       InvalidRequest,       &Request::invalid_field },
  // The encapsulated flow: not open, or open.
  { FLOW,                                   S::NEGOTIATED,       D::none,                NO_PENDING_REQUESTS,  "SPDM-ENCAP-001" },
  { ANY,                                    S::NEGOTIATED,       D::none,                RequestInFlight,      "SPDM-ENCAP-002" },
};
// clang-format on

Outcome<Connection> refused(const Connection& control, const Letter& l) {
  const auto* r = find<S>(REFUSALS, control.state, l, control.spdm_version);
  LOCKSTEP_ASSERT(r != nullptr);
  return {control, r->reply.in(control.spdm_version), r->cite.of(l.stimulus, control.spdm_version)};
}

Outcome<Connection> run(const Connection& control, const Letter& l) {
  const Event event = event_of(l);
  auto position = static_cast<std::size_t>(control.state);
  Outcome<Connection> outcome{control, {}, {}};
  if (event == Event::NO_EVENT) return refused(control, l);
  const bool taken = Engine::run(
      position, event, l, [&](table::Machine& m) { m.connection = control; },
      [&](const table::Machine& m) {
        outcome.after = m.connection;
        outcome.rule = m.rule;
      });
  if (!taken) return refused(control, l);
  outcome.after.state = static_cast<ConnectionState>(position);
  if (l.stimulus < FIRST_OUT_OF_BAND) outcome.answer = response_to(l.stimulus);
  return outcome;
}

bool answers_late(const Connection& control, const Letter& l) {
  return control.not_ready && l.stimulus == RESPOND_IF_READY && l.defect == D::none;
}

/// RESPOND_IF_READY is answered by the response to the request that is owed.
Outcome<Connection> as_expected(const Connection& control, const Letter& letter) {
  if (!answers_late(control, letter)) return run(control, seen_in(control.spdm_version, letter));
  Letter owed = letter;
  owed.stimulus = control.owed;
  Connection ready = control;
  ready.not_ready = false;
  ready.owed = {};
  return run(ready, seen_in(ready.spdm_version, owed));
}

/// The request done although it may be refused: nothing is wrong with it, and no encapsulated flow keeps it back.
Outcome<Connection> serve_anyway(const Connection& control, const Letter& letter) {
  Letter l = sound(letter);
  Connection relaxed = control;
  relaxed.encapsulated = FLOW.contains(l.stimulus);
  if (l.stimulus == DELIVER_ENCAPSULATED_RESPONSE && letter.defect != D::wrong_version) l.encapsulated_last = true;
  Outcome<Connection> outcome = as_expected(relaxed, l);
  outcome.rule = as_expected(control, letter).rule;
  if (kind_of(outcome.answer) != Kind::served) return {control, response_to(l.stimulus), outcome.rule};
  if (!FLOW.contains(l.stimulus)) outcome.after.encapsulated |= control.encapsulated;
  return outcome;
}

bool servable(const Connection& control, const Letter& l) {
  return kind_of(as_expected(control, sound(l)).answer) == Kind::served;
}
/// Refused for a second reason as well: no text says which of the two the error code tells.
bool refused_anyway(const Connection& control, const Letter& l) { return !servable(control, l); }
/// What could be lost.
bool forgettable(const Connection& control, const Letter&) { return control.state != S::NOT_STARTED; }
bool flow_is_open(const Connection& control, const Letter&) { return control.encapsulated; }

constexpr Set<Stimulus> HELD_BACK{
    CHALLENGE,         GET_DIGESTS,  GET_CERTIFICATE, GET_MEASUREMENTS,      GET_MEASUREMENT_EXTENSION_LOG,
    GET_ENDPOINT_INFO, GET_CSR,      SET_CERTIFICATE, GET_KEY_PAIR_INFO,     SET_KEY_PAIR_INFO,
    SLOT_MANAGEMENT,   KEY_EXCHANGE, PSK_EXCHANGE,    VENDOR_DEFINED_REQUEST};
constexpr Set<Stimulus> MAY_TAKE_TIME = HELD_BACK | Set<Stimulus>{NEGOTIATE_ALGORITHMS, RESPOND_IF_READY} | FLOW;
constexpr Set<Kind> IN_BAND{Kind::served, Kind::refused};
constexpr Byte ALL = 0xFF;

// clang-format off
constexpr Tolerance<Connection> TOLERANCES[] = {
//  choice            of               stimuli                            from             defects                              versions     tag              rule              when
  { busy,             IN_BAND,         RECORD_UNOPENED,                   ANY,             ANY,                                 0, ALL,      NEVER,           {} },
  { busy,             IN_BAND,         ANY,                               ANY,             ANY,                                 0, ALL,      Tag::tolerated,  {} },
  { not_ready,        Kind::served,    MAY_TAKE_TIME,                     ANY,             ANY,                                 0, ALL,      Tag::tolerated,  "SPDM-LIFE-022" },
  // False alarms P01 and P02: before the negotiation no error code is certain; P03: nor that of FINISH outside a session.
  { other_code,       Kind::refused,   GET_VERSION,                       ANY,             D::wrong_version,                    0, ALL,      Tag::tolerated,  {} },
  { other_code,       Kind::refused,   RECORD_UNOPENED,                   ANY,             ANY,                                 0, 0x11,     Tag::tolerated,  {} },
  { other_code,       Kind::refused,   Set<Stimulus>(ANY) - RESPOND_IF_READY - RECORD_UNOPENED - UNKNOWN_REQUEST, ANY, Set<D>(ANY) - OUT_OF_ORDER, 0, ALL, Tag::tolerated, {}, refused_anyway },
  { other_code,       Kind::refused,   {GET_CAPABILITIES, NEGOTIATE_ALGORITHMS}, ANY,      Set<D>(ANY) - OUT_OF_ORDER,          0, ALL,      Tag::unclear,    {} },
  { other_code,       Kind::refused,   Set<Stimulus>(ANY) - RECORD_UNOPENED, EARLY,        ANY,                                 0, ALL,      Tag::tolerated,  {} },
  { other_code,       Kind::refused,   {FINISH, PSK_FINISH},              ANY,             D::none,                             0, ALL,      Tag::tolerated,  {} },
  { other_code,       Kind::refused,   SESSION_ONLY,                      ANY,             D::none,                             0, 0x11,     Tag::tolerated,  {} },
  { other_code,       Kind::refused,   SESSION_ONLY | RESPOND_IF_READY,   ANY,             D::none,                             0, ALL,      Tag::unclear,    {} },
  { other_code,       Kind::refused,   {CHUNK_SEND, CHUNK_GET},           ANY,             {D::invalid_field, D::too_large},    0, ALL,      Tag::tolerated,  {} },
  { other_code,       Kind::refused,   ANY,                               ANY,             D::session_limit,                    0, ALL,      Tag::tolerated,  {} },
  { other_code,       Kind::refused,   UNKNOWN_REQUEST,                   ANY,             ANY,                                 0, ALL,      Tag::unclear,    {} },
  { other_code,       Kind::refused,   ANY,                               ANY,             D::none,                             0, ALL,      Tag::tolerated,  {} },
  { other_code,       Kind::refused,   ANY,                               ANY,             ANY,                                 0, ALL,      Tag::unclear,    {} },
  { discard,          Kind::refused,   RECORD_UNOPENED,                   ANY,             ANY,                                 0, ALL,      NEVER,           {} },
  { discard,          Kind::refused,   ANY,                               ANY,             D::identical_retry,                  0, ALL,      Tag::unclear,    {} },
  { discard,          Kind::refused,   ANY,                               ANY,             ANY,                                 0, ALL,      Tag::tolerated,  {} },
  // What is refused as a rule and yet may be served.
  { serve,            Kind::refused,   {GET_VERSION, GET_CAPABILITIES},   ANY,             D::wrong_version,                    0, ALL,      NEVER,           {} },
  { serve,            Kind::refused,   ANY,                               WITH_VERSION,    D::wrong_version,                    0, ALL,      Tag::unclear,    {},               servable },
  { serve,            Kind::refused,   {VENDOR_DEFINED_REQUEST, CHUNK_SEND, CHUNK_GET}, ANY, D::not_supported,                  0, ALL,      NEVER,           {} },
  { serve,            Kind::refused,   ANY,                               WITH_VERSION,    D::not_supported,                    0, 0x12,     Tag::unclear,    {},               servable },
  { serve,            Kind::refused,   GET_CAPABILITIES,                  WITH_VERSION,    D::identical_retry,                  0, ALL,      Tag::tolerated,  {} },
  { serve,            Kind::refused,   NEGOTIATE_ALGORITHMS,              S::NEGOTIATED,   D::identical_retry,                  0, ALL,      Tag::tolerated,  {} },
  { serve,            Kind::refused,   NEGOTIATE_ALGORITHMS,              S::AFTER_CAPABILITIES, D::no_common_algorithm,        0, ALL,      Tag::tolerated,  {} },
  { serve,            Kind::refused,   VENDOR_DEFINED_REQUEST,            S::AFTER_CAPABILITIES, D::none,                       0, ALL,      Tag::unclear,    {} },
  { serve,            Kind::refused,   GET_ENCAPSULATED_REQUEST,          S::NEGOTIATED,   D::none,                             0x13, ALL,   Tag::tolerated,  {} },
  { serve,            Kind::refused,   DELIVER_ENCAPSULATED_RESPONSE,     S::NEGOTIATED,   {D::malformed, D::invalid_field},    0, ALL,      Tag::tolerated,  {},               flow_is_open },
  { serve,            Kind::refused,   HELD_BACK,                         S::NEGOTIATED,   D::none,                             0x11, ALL,   Tag::unclear,    {},               flow_is_open },
  { refuse,           Kind::served,    GET_VERSION,                       ANY,             ANY,                                 0, ALL,      NEVER,           {} },
  { refuse,           Kind::served,    ANY,                               ANY,             ANY,                                 0, ALL,      Tag::tolerated,  {} },
  // From 1.2.2 an out-of-order request may cost the negotiation: RequestResynch, another error or silence until GET_VERSION.
  { forgets,          Kind::refused,   {UNKNOWN_REQUEST, RECORD_UNOPENED, RESPOND_IF_READY}, ANY, ANY,                          0, ALL,      NEVER,           {} },
  { forgets,          Kind::refused,   ANY,                               ANY,             OUT_OF_ORDER,                        0x12, ALL,   Tag::tolerated,  "SPDM-LIFE-023",  forgettable },
  { forgets,          Kind::event,     FIRMWARE_UPDATED,                  ANY,             ANY,                                 0, ALL,      Tag::tolerated,  "SPDM-LIFE-017",  forgettable },
  { forgets_silently, Kind::refused,   {UNKNOWN_REQUEST, RECORD_UNOPENED, RESPOND_IF_READY}, ANY, ANY,                          0, ALL,      NEVER,           {} },
  { forgets_silently, Kind::refused,   ANY,                               ANY,             OUT_OF_ORDER,                        0x12, ALL,   Tag::tolerated,  "SPDM-LIFE-023",  forgettable },
  // CACHE_CAP keeps the negotiated state over a reset.
  { no_effect,        Kind::event,     CONVENTIONAL_RESET,                S::NEGOTIATED,   ANY,                                 0, ALL,      Tag::tolerated,  {} },
};
// clang-format on

}  // namespace

Outcome<Connection> step(const Connection& control, const Letter& letter, Choice choice) {
  if (choice == serve) return serve_anyway(control, letter);
  return undone(control, letter, as_expected(control, letter), choice);
}

Options options(const Connection& control, const Letter& letter) {
  const auto outcome = as_expected(control, letter);
  return permitted<Connection>(TOLERANCES, control, seen_in(control.spdm_version, letter), kind_of(outcome.answer),
                               outcome.rule);
}

bool consistent(const Connection& c) {
  const bool versioned = c.state >= S::AFTER_CAPABILITIES;
  const bool negotiated = c.state == S::NEGOTIATED;
  return (c.spdm_version != 0) == versioned && (negotiated || !(c.authenticated || c.encapsulated)) &&
         (!c.encapsulated || c.spdm_version >= (c.authenticated ? 0x11 : 0x13)) &&
         (c.not_ready ? versioned && exists(c.owed, c.spdm_version) && MAY_TAKE_TIME.contains(c.owed) &&
                            c.owed != RESPOND_IF_READY
                      : c.owed == Stimulus{});
}

Answering answering(const Connection& control, const Letter& letter) {
  const Letter l = seen_in(control.spdm_version, letter);
  table::Machine context;
  context.connection = control;
  const Event event = event_of(l);
  const auto position = static_cast<std::size_t>(control.state);
  const std::size_t rows = event == Event::NO_EVENT ? 0 : Engine::count(position, event, l, context);
  return {rows, rows == 0 && find<S>(REFUSALS, control.state, l, control.spdm_version) != nullptr};
}

const machine::StateTable& connection_table() {
  static const auto rows = with_stimuli(Engine::texts(), event_of);
  static const machine::StateTable table{"SPDM connection", name(S::NOT_STARTED), rows,
                                         texts<table::STATES, S>(REFUSALS)};
  return table;
}

std::string_view name(ConnectionState state) { return machine::enumerator_name<table::STATES>(state); }

}  // namespace lockstep::spdm
