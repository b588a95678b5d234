// Derived: every request where it does not belong, and with a version byte that was not negotiated (DSP0274, order of
// requests); and that a request which was refused there has done nothing. One row is the request and the rule for each
// wrong place; {} where the place is right or no rule speaks of it.
#include <algorithm>

#include "cases/steps.hpp"

namespace lockstep::cases {
namespace {

using S = spdm::Stimulus;

struct Row {
  S request;
  Rule too_early;    ///< before the negotiation is complete
  Rule outside;      ///< outside a session
  Rule handshake;    ///< in the handshake phase of a session
  Rule application;  ///< in the application phase of a session
  Rule version;      ///< SPDMVersion other than the negotiated one
  Byte since;
};

// clang-format off
constexpr Row rows[] = {
    {S::GET_CAPABILITIES,                "SPDM-STATE-001",  {},               "SPDM-SESS-001",  "SPDM-SESS-002",  "SPDM-VERS-001",   0x10},
    {S::NEGOTIATE_ALGORITHMS,            "SPDM-STATE-002",  {},               "SPDM-SESS-003",  "SPDM-SESS-004",  "SPDM-VERS-002",   0x10},
    {S::GET_DIGESTS,                     "SPDM-STATE-003",  {},               "SPDM-SESS-005",  {},               "SPDM-VERS-003",   0x10},
    {S::GET_CERTIFICATE,                 "SPDM-STATE-004",  {},               "SPDM-SESS-006",  {},               "SPDM-VERS-004",   0x10},
    {S::CHALLENGE,                       "SPDM-STATE-005",  {},               "SPDM-SESS-007",  "SPDM-SESS-008",  "SPDM-VERS-005",   0x10},
    {S::GET_MEASUREMENTS,                "SPDM-STATE-006",  {},               "SPDM-SESS-009",  {},               "SPDM-VERS-006",   0x10},
    {S::KEY_EXCHANGE,                    "SPDM-STATE-007",  {},               "SPDM-SESS-010",  "SPDM-SESS-011",  "SPDM-VERS-007",   0x11},
    {S::FINISH,                          "SPDM-STATE-008",  "SPDM-SESS-012",  {},               "SPDM-SESS-013",  "SPDM-VERS-009",   0x11},
    {S::PSK_EXCHANGE,                    "SPDM-STATE-009",  {},               "SPDM-SESS-014",  "SPDM-SESS-015",  "SPDM-VERS-011",   0x11},
    {S::PSK_FINISH,                      "SPDM-STATE-010",  "SPDM-SESS-016",  {},               "SPDM-SESS-017",  "SPDM-VERS-013",   0x11},
    {S::HEARTBEAT,                       "SPDM-STATE-011",  "SPDM-SESS-018",  "SPDM-SESS-019",  {},               "SPDM-VERS-015",   0x11},
    {S::KEY_UPDATE_UpdateKey,            "SPDM-STATE-012",  "SPDM-SESS-020",  "SPDM-SESS-021",  {},               "SPDM-VERS-017",   0x11},
    {S::END_SESSION,                     "SPDM-STATE-013",  "SPDM-SESS-022",  "SPDM-SESS-023",  {},               "SPDM-VERS-019",   0x11},
    {S::GET_ENCAPSULATED_REQUEST,        {},                {},               {},               {},               "SPDM-VERS-021",   0x11},
    {S::GET_CSR,                         "SPDM-STATE-014",  {},               "SPDM-SESS-024",  {},               "SPDM-VERS-023",   0x12},
    {S::SET_CERTIFICATE,                 "SPDM-STATE-015",  {},               "SPDM-SESS-025",  {},               "SPDM-VERS-025",   0x12},
    {S::CHUNK_GET,                       {},                {},               {},               {},               "SPDM-VERS-027",   0x12},
    {S::GET_ENDPOINT_INFO,               "SPDM-STATE-016",  {},               "SPDM-SESS-026",  {},               "SPDM-VERS-029",   0x13},
    {S::GET_MEASUREMENT_EXTENSION_LOG,   "SPDM-STATE-017",  {},               "SPDM-SESS-027",  {},               "SPDM-VERS-031",   0x13},
    {S::GET_KEY_PAIR_INFO,               "SPDM-STATE-018",  {},               "SPDM-SESS-028",  {},               "SPDM-VERS-033",   0x13},
    {S::SET_KEY_PAIR_INFO,               "SPDM-STATE-019",  {},               "SPDM-SESS-029",  {},               "SPDM-VERS-035",   0x13},
    {S::GET_SUPPORTED_EVENT_TYPES,       "SPDM-STATE-020",  "SPDM-SESS-030",  "SPDM-SESS-031",  {},               "SPDM-VERS-037",   0x13},
    {S::SUBSCRIBE_EVENT_TYPES,           "SPDM-STATE-021",  "SPDM-SESS-032",  "SPDM-SESS-033",  {},               "SPDM-VERS-039",   0x13},
    {S::SEND_EVENT,                      "SPDM-STATE-022",  "SPDM-SESS-034",  "SPDM-SESS-035",  {},               "SPDM-VERS-041",   0x13},
    {S::VENDOR_DEFINED_REQUEST,          "SPDM-STATE-023",  {},               {},               {},               "SPDM-VERS-043",   0x10},
};
// clang-format on

/// Where a request comes too early: GET_CAPABILITIES before VERSION, NEGOTIATE_ALGORITHMS before CAPABILITIES, the rest
/// before ALGORITHMS.
Given too_early(S request) {
  if (request == S::GET_CAPABILITIES) return Given::nothing;
  return request == S::NEGOTIATE_ALGORITHMS ? Given::version : Given::capabilities;
}

/// Where a wrong version byte is seen: as early as the request is legal. Requests of sessions are tried in one.
Given right_place(S request) {
  if (request == S::GET_CAPABILITIES) return Given::version;
  if (request == S::NEGOTIATE_ALGORITHMS) return Given::capabilities;
  switch (request) {
    case S::HEARTBEAT:
    case S::KEY_UPDATE_UpdateKey:
    case S::END_SESSION:
      return Given::established;
    case S::FINISH:
    case S::PSK_FINISH:
      return Given::handshaking;
    default:
      return Given::negotiated;
  }
}

SessionKind kind_for(S request) {
  if (request == S::FINISH) return SessionKind::key_exchange;
  return request == S::PSK_FINISH ? SessionKind::psk : SessionKind::any;
}

std::string request_name(S request) { return request == S::KEY_UPDATE_UpdateKey ? "key-update" : kebab(name(request)); }

/// A device that serves the request where it must not, must not lose its certificates by it: slot 15 exists nowhere.
/// (SET_KEY_PAIR_INFO is harmless as it stands: there is no key pair 0.)
void make_harmless(Step& step) {
  step.edits = {set("Param1", 0x0F)};
  if (std::get<spdm::Letter>(step.letter).defect == spdm::Defect::wrong_version)
    step.edits.push_back(set("SPDMVersion", 0x20));
}

void add(std::vector<Case>& all, const Row& row, Rule rule, std::string_view where, Given given, spdm::Defect defect) {
  if (!rule) return;
  Case test{.id = "spdm/order/" + request_name(row.request) + "-" + std::string(where),
            .about = std::string(rule.requirement().statement) + ".",
            .asks = {rule},
            .given = given,
            .steps = {spdm_step(row.request, defect)},
            .since = row.since};
  if (row.request == S::SET_CERTIFICATE) make_harmless(test.steps.front());
  if (given >= Given::handshaking) test.needs = {Needs::session};
  if (given == right_place(row.request)) test.session = kind_for(row.request);
  all.push_back(std::move(test));
}

/// Rows of the table are asked for by the rule that they have there.
std::vector<Rule> rules_of(Rule Row::*place) {
  std::vector<Rule> all;
  for (const Row& row : rows)
    if (row.*place) all.push_back(row.*place);
  return all;
}

Step harmless(S request) {
  Step step = spdm_step(request);
  if (request == S::SET_CERTIFICATE) make_harmless(step);
  return step;
}

Step wrong(S request) { return spdm_step(request, spdm::Defect::wrong_version); }
Step absent(S request) { return spdm_step(request, spdm::Defect::not_supported); }

/// Requests without a row, for no rule speaks of them alone.
constexpr S others[] = {S::KEY_UPDATE_UpdateAllKeys,      S::KEY_UPDATE_VerifyNewKey, S::KEY_UPDATE_undefined,
                        S::DELIVER_ENCAPSULATED_RESPONSE, S::RESPOND_IF_READY,        S::CHUNK_SEND};
bool is_chunk(S request) { return request == S::CHUNK_SEND || request == S::CHUNK_GET; }

/// Every request that comes too early there, and then `next`.
Case too_early_at(Given given, std::string id, std::string about, std::initializer_list<S> legal,
                  std::vector<Step> next) {
  Case test{.id = std::move(id), .about = std::move(about), .asks = rules_of(&Row::too_early), .given = given};
  for (const Row& row : rows)
    if (std::find(legal.begin(), legal.end(), row.request) == legal.end()) test.steps.push_back(harmless(row.request));
  for (const S request : others) test.steps.push_back(spdm_step(request));
  test.steps = test.steps + next;
  return test;
}

/// A request that is refused in the handshake has not finished it: what only a session serves is refused, too. (With a
/// pre-shared key: a handshake by KEY_EXCHANGE may be in the clear, where most of them are served.)
Case refused_in_handshake() {
  Case test{.id = "spdm/order/handshake-is-finished-by-finish-only",
            .about = "No request that is refused in the handshake phase leads to the application phase.",
            .asks = rules_of(&Row::handshake),
            .given = Given::handshaking,
            .session = SessionKind::psk,
            .needs = {Needs::psk},
            .since = 0x11};
  const auto then_end = [&](S request) {
    Step step = harmless(request);
    step.afresh = !test.steps.empty();
    test.steps.push_back(std::move(step));
    test.steps.push_back(spdm_step(S::END_SESSION));
  };
  for (const Row& row : rows)
    if (row.request != S::FINISH && row.request != S::PSK_FINISH && !is_chunk(row.request)) then_end(row.request);
  for (const S request : others)
    if (!is_chunk(request)) then_end(request);
  then_end(S::GET_VERSION);
  then_end(S::UNKNOWN_REQUEST);
  return test;
}

}  // namespace

std::vector<Case> spdm_order_cases() {
  std::vector<Case> all{
      too_early_at(Given::nothing, "spdm/order/nothing-before-version",
                   "Whatever comes before GET_VERSION is refused, and opens no connection.", {},
                   {spdm_step(S::GET_CAPABILITIES), spdm_step(S::GET_DIGESTS)}),
      too_early_at(Given::version, "spdm/order/nothing-before-capabilities",
                   "Whatever comes between VERSION and GET_CAPABILITIES is refused.", {S::GET_CAPABILITIES},
                   {spdm_step(S::GET_DIGESTS)}),
      refused_in_handshake(),
      {.id = "spdm/order/wrong-versions-in-session",
       .about = "Requests with a version byte that was not negotiated are refused in a session as well.",
       .asks = {"SPDM-VERS-003", "SPDM-VERS-004", "SPDM-VERS-006", "SPDM-VERS-043"},
       .given = Given::established,
       .needs = {Needs::session},
       .steps = {wrong(S::GET_DIGESTS), wrong(S::GET_CERTIFICATE), wrong(S::GET_MEASUREMENTS),
                 wrong(S::VENDOR_DEFINED_REQUEST)},
       .since = 0x12},
      {.id = "spdm/order/chunks-before-algorithms",
       .about = "Without CHUNK_CAP chunks before ALGORITHMS are refused, and the negotiation goes on.",
       .asks = {"SPDM-CAPREQ-011"},
       .given = Given::capabilities,
       .steps = {absent(S::CHUNK_GET), absent(S::CHUNK_SEND), spdm_step(S::NEGOTIATE_ALGORITHMS)},
       .since = 0x12},
      {.id = "spdm/order/chunks-in-handshake",
       .about = "In a handshake without CHUNK_CAP chunks are refused, and the handshake is not finished.",
       .asks = {"SPDM-CAPREQ-011", "SPDM-SESS-023"},
       .given = Given::handshaking,
       .needs = {Needs::session},
       .steps = {absent(S::CHUNK_GET), spdm_step(S::END_SESSION), afresh(absent(S::CHUNK_SEND)),
                 spdm_step(S::END_SESSION)},
       .since = 0x12},
      {.id = "spdm/order/respond-if-ready-on-the-way",
       .about = "RESPOND_IF_READY without need is refused at every step of the negotiation, and disturbs none.",
       .asks = {"SPDM-LIFE-020"},
       .given = Given::version,
       .steps = {spdm_step(S::RESPOND_IF_READY), spdm_step(S::GET_CAPABILITIES), spdm_step(S::RESPOND_IF_READY),
                 spdm_step(S::NEGOTIATE_ALGORITHMS), spdm_step(S::RESPOND_IF_READY), spdm_step(S::GET_DIGESTS)}}};
  for (const Row& row : rows) {
    add(all, row, row.too_early, "too-early", too_early(row.request), spdm::Defect::none);
    add(all, row, row.outside, "outside-session", Given::negotiated, spdm::Defect::none);
    add(all, row, row.handshake, "in-handshake", Given::handshaking, spdm::Defect::none);
    add(all, row, row.application, "in-application-phase", Given::established, spdm::Defect::none);
    add(all, row, row.version, "wrong-version", right_place(row.request), spdm::Defect::wrong_version);
  }
  return all;
}

}  // namespace lockstep::cases
