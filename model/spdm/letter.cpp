#include "spdm/letter.hpp"

#include <algorithm>

#include "machine/names.hpp"

namespace lockstep::spdm {
namespace {

using enum Stimulus;
constexpr Rule NO = Rule::none();

// clang-format off
constexpr Request REQUESTS[] = {
//stimulus                         code  since   wrong_version     absent            not_supported      malformed         invalid_field     too_early         outside_session   in_handshake      in_application
{GET_VERSION,                     0x84, 0x10, "SPDM-VER-003",   NO,               NO,                "SPDM-VER-007",   NO,               NO,               NO,               "SPDM-VER-005",   "SPDM-VER-005"},
{GET_CAPABILITIES,                0xE1, 0x10, "SPDM-VERS-001",  NO,               NO,                "SPDM-CAP-001",   "SPDM-CAP-014",   "SPDM-STATE-001", NO,               "SPDM-SESS-001",  "SPDM-SESS-002"},
{NEGOTIATE_ALGORITHMS,            0xE3, 0x10, "SPDM-VERS-002",  NO,               NO,                "SPDM-ALG-008",   "SPDM-ALG-010",   "SPDM-STATE-002", NO,               "SPDM-SESS-003",  "SPDM-SESS-004"},
{GET_DIGESTS,                     0x81, 0x10, "SPDM-VERS-003",  NO,               "SPDM-CAPREQ-001", "SPDM-LIFE-013",  NO,               "SPDM-STATE-003", NO,               "SPDM-SESS-005",  "SPDM-SESS-005"},
{GET_CERTIFICATE,                 0x82, 0x10, "SPDM-VERS-004",  NO,               "SPDM-CAPREQ-002", "SPDM-LIFE-013",  "SPDM-CERT-005",  "SPDM-STATE-004", NO,               "SPDM-SESS-006",  "SPDM-SESS-006"},
{CHALLENGE,                       0x83, 0x10, "SPDM-VERS-005",  NO,               "SPDM-CAPREQ-003", "SPDM-LIFE-013",  "SPDM-CHAL-006",  "SPDM-STATE-005", NO,               "SPDM-SESS-007",  "SPDM-SESS-008"},
{GET_MEASUREMENTS,                0xE0, 0x10, "SPDM-VERS-006",  NO,               "SPDM-CAPREQ-004", "SPDM-LIFE-013",  "SPDM-MEAS-006",  "SPDM-STATE-006", NO,               "SPDM-SESS-009",  NO},
{KEY_EXCHANGE,                    0xE4, 0x11, "SPDM-VERS-007",  "SPDM-VERS-008",  "SPDM-CAPREQ-005", "SPDM-KEX-009",   "SPDM-KEX-007",   "SPDM-STATE-007", NO,               "SPDM-SESS-010",  "SPDM-SESS-011"},
{FINISH,                          0xE5, 0x11, "SPDM-VERS-009",  "SPDM-VERS-010",  "SPDM-CAPREQ-005", "SPDM-FIN-009",   "SPDM-FIN-008",   "SPDM-STATE-008", "SPDM-SESS-012",  "SPDM-FIN-020",   "SPDM-SESS-013"},
{PSK_EXCHANGE,                    0xE6, 0x11, "SPDM-VERS-011",  "SPDM-VERS-012",  "SPDM-CAPREQ-006", "SPDM-KEX-009",   "SPDM-KEX-017",   "SPDM-STATE-009", NO,               "SPDM-SESS-014",  "SPDM-SESS-015"},
{PSK_FINISH,                      0xE7, 0x11, "SPDM-VERS-013",  "SPDM-VERS-014",  "SPDM-FIN-012",    "SPDM-FIN-009",   "SPDM-FIN-009",   "SPDM-STATE-010", "SPDM-SESS-016",  "SPDM-FIN-019",   "SPDM-SESS-017"},
{HEARTBEAT,                       0xE8, 0x11, "SPDM-VERS-015",  "SPDM-VERS-016",  "SPDM-CAPREQ-007", "SPDM-LIFE-013",  NO,               "SPDM-STATE-011", "SPDM-SESS-018",  "SPDM-SESS-019",  NO},
{KEY_UPDATE_UpdateKey,            0xE9, 0x11, "SPDM-VERS-017",  "SPDM-VERS-018",  "SPDM-CAPREQ-008", "SPDM-LIFE-013",  NO,               "SPDM-STATE-012", "SPDM-SESS-020",  "SPDM-SESS-021",  NO},
{KEY_UPDATE_UpdateAllKeys,        0xE9, 0x11, "SPDM-VERS-017",  "SPDM-VERS-018",  "SPDM-CAPREQ-008", "SPDM-LIFE-013",  NO,               "SPDM-STATE-012", "SPDM-SESS-020",  "SPDM-SESS-021",  NO},
{KEY_UPDATE_VerifyNewKey,         0xE9, 0x11, "SPDM-VERS-017",  "SPDM-VERS-018",  "SPDM-CAPREQ-008", "SPDM-LIFE-013",  NO,               "SPDM-STATE-012", "SPDM-SESS-020",  "SPDM-SESS-021",  NO},
{KEY_UPDATE_undefined,            0xE9, 0x11, "SPDM-VERS-017",  "SPDM-VERS-018",  "SPDM-CAPREQ-008", "SPDM-LIFE-013",  NO,               "SPDM-STATE-012", "SPDM-SESS-020",  "SPDM-SESS-021",  NO},
{GET_ENCAPSULATED_REQUEST,        0xEA, 0x11, "SPDM-VERS-021",  "SPDM-VERS-022",  "SPDM-ENCAP-001",  "SPDM-LIFE-013",  NO,               "SPDM-ENCAP-001", NO,               NO,               NO},
{DELIVER_ENCAPSULATED_RESPONSE,   0xEB, 0x11, "SPDM-VERS-021",  "SPDM-VERS-022",  "SPDM-ENCAP-001",  "SPDM-ENCAP-004", "SPDM-ENCAP-004", "SPDM-ENCAP-001", NO,               NO,               NO},
{END_SESSION,                     0xEC, 0x11, "SPDM-VERS-019",  "SPDM-VERS-020",  "SPDM-VERS-020",   "SPDM-LIFE-013",  NO,               "SPDM-STATE-013", "SPDM-SESS-022",  "SPDM-SESS-023",  NO},
{GET_CSR,                         0xED, 0x12, "SPDM-VERS-023",  "SPDM-VERS-024",  "SPDM-CAPREQ-009", "SPDM-CERT-023",  "SPDM-CERT-021",  "SPDM-STATE-014", NO,               "SPDM-SESS-024",  NO},
{SET_CERTIFICATE,                 0xEE, 0x12, "SPDM-VERS-025",  "SPDM-VERS-026",  "SPDM-CAPREQ-010", "SPDM-CERT-019",  "SPDM-CERT-018",  "SPDM-STATE-015", NO,               "SPDM-SESS-025",  NO},
{GET_MEASUREMENT_EXTENSION_LOG,   0xEF, 0x13, "SPDM-VERS-031",  "SPDM-VERS-032",  "SPDM-CAPREQ-013", "SPDM-LIFE-013",  "SPDM-MEAS-018",  "SPDM-STATE-017", NO,               "SPDM-SESS-027",  NO},
{GET_ENDPOINT_INFO,               0x87, 0x13, "SPDM-VERS-029",  "SPDM-VERS-030",  "SPDM-CAPREQ-012", "SPDM-LIFE-013",  "SPDM-MEAS-020",  "SPDM-STATE-016", NO,               "SPDM-SESS-026",  NO},
{GET_KEY_PAIR_INFO,               0xFC, 0x13, "SPDM-VERS-033",  "SPDM-VERS-034",  "SPDM-CAPREQ-014", "SPDM-LIFE-013",  "SPDM-CERT-027",  "SPDM-STATE-018", NO,               "SPDM-SESS-028",  NO},
{SET_KEY_PAIR_INFO,               0xFD, 0x13, "SPDM-VERS-035",  "SPDM-VERS-036",  "SPDM-CAPREQ-015", "SPDM-LIFE-013",  "SPDM-CERT-027",  "SPDM-STATE-019", NO,               "SPDM-SESS-029",  NO},
{GET_SUPPORTED_EVENT_TYPES,       0xE2, 0x13, "SPDM-VERS-037",  "SPDM-VERS-038",  "SPDM-CAPREQ-016", "SPDM-LIFE-013",  NO,               "SPDM-STATE-020", "SPDM-SESS-030",  "SPDM-SESS-031",  NO},
{SUBSCRIBE_EVENT_TYPES,           0xF0, 0x13, "SPDM-VERS-039",  "SPDM-VERS-040",  "SPDM-CAPREQ-016", "SPDM-ENCAP-012", "SPDM-ENCAP-012", "SPDM-STATE-021", "SPDM-SESS-032",  "SPDM-SESS-033",  NO},
{SEND_EVENT,                      0xF1, 0x13, "SPDM-VERS-041",  "SPDM-VERS-042",  "SPDM-CAPREQ-016", "SPDM-ENCAP-009", "SPDM-ENCAP-010", "SPDM-STATE-022", "SPDM-SESS-034",  "SPDM-SESS-035",  NO},
{SLOT_MANAGEMENT,                 0x88, 0x14, "SPDM-VERS-035",  "SPDM-LIFE-024",  "SPDM-LIFE-024",   "SPDM-LIFE-013",  "SPDM-CERT-027",  "SPDM-STATE-019", NO,               "SPDM-SESS-029",  NO},
{CHUNK_SEND,                      0x85, 0x12, "SPDM-VERS-027",  "SPDM-VERS-028",  "SPDM-CAPREQ-011", "SPDM-CHUNK-006", "SPDM-CHUNK-009", "SPDM-CHUNK-004", NO,               NO,               NO},
{CHUNK_GET,                       0x86, 0x12, "SPDM-VERS-027",  "SPDM-VERS-028",  "SPDM-CAPREQ-011", "SPDM-CHUNK-003", "SPDM-CHUNK-003", "SPDM-CHUNK-004", NO,               NO,               NO},
{RESPOND_IF_READY,                0xFF, 0x10, "SPDM-LIFE-020",  NO,               NO,                "SPDM-LIFE-020",  "SPDM-LIFE-020",  "SPDM-LIFE-020",  NO,               NO,               NO},
{VENDOR_DEFINED_REQUEST,          0xFE, 0x10, "SPDM-VERS-043",  NO,               "SPDM-VDM-001",    "SPDM-VDM-003",   "SPDM-VDM-002",   "SPDM-STATE-023", NO,               "SPDM-STATE-023", NO},
{UNKNOWN_REQUEST,                 0x80, 0x10, NO,               NO,               NO,                NO,               NO,               NO,               NO,               NO,               NO},
};
// clang-format on
static_assert(std::size(REQUESTS) == static_cast<std::size_t>(FIRST_OUT_OF_BAND));

bool opens_session(Stimulus s) { return s == KEY_EXCHANGE || s == PSK_EXCHANGE; }
bool negotiates(Stimulus s) { return s == GET_CAPABILITIES || s == NEGOTIATE_ALGORITHMS; }

bool can_have(Stimulus s, Defect defect) {
  if (defect == Defect::none) return true;
  if (s == RECORD_UNOPENED) return defect == Defect::malformed;
  if (s >= UNKNOWN_REQUEST) return false;
  switch (defect) {
    case Defect::wrong_version:
    case Defect::malformed:
      return true;
    case Defect::not_supported:
      return static_cast<bool>(request(s).not_supported);
    case Defect::invalid_field:
      return static_cast<bool>(request(s).invalid_field);
    case Defect::changed_retry:
    case Defect::identical_retry:
      return negotiates(s);
    case Defect::no_common_algorithm:
      return s == NEGOTIATE_ALGORITHMS;
    case Defect::session_limit:
      return opens_session(s);
    case Defect::unknown_psk:
      return s == PSK_EXCHANGE;
    case Defect::bad_verify_data:
      return s == FINISH || s == PSK_FINISH;
    case Defect::bad_signature:
    case Defect::mut_auth_missing:
      return s == FINISH;
    case Defect::request_id_mismatch:
      return s == DELIVER_ENCAPSULATED_RESPONSE;
    case Defect::too_large:
      return s != GET_VERSION;
    default:
      return false;
  }
}

bool can_ask_for(const Letter& l) {
  const bool opens = l.stimulus == KEY_EXCHANGE || l.stimulus == RESPOND_IF_READY;
  return opens || (l.stimulus == CHALLENGE && l.mut_auth == MutAuth::encapsulated);
}

}  // namespace

bool meaningful(const Letter& l) {
  if (!can_have(l.stimulus, l.defect)) return false;
  Letter plain{.stimulus = l.stimulus, .defect = l.defect};
  if (l.defect == Defect::none) {
    const bool late = l.stimulus == RESPOND_IF_READY;
    const bool opens = opens_session(l.stimulus) || late;
    if (l.stimulus == GET_CAPABILITIES) plain.spdm_version = std::clamp<Byte>(l.spdm_version, 0x10, 0x14);
    if (l.stimulus == KEY_EXCHANGE || late) plain.handshake_in_the_clear = l.handshake_in_the_clear;
    if (l.stimulus == PSK_EXCHANGE || late) plain.psk_without_context = l.psk_without_context;
    if (can_ask_for(l)) plain.mut_auth = l.mut_auth;
    if (opens) plain.heartbeat = l.heartbeat;
    if (opens) plain.termination_policy = l.termination_policy;
    if (l.stimulus == DELIVER_ENCAPSULATED_RESPONSE) plain.encapsulated_last = l.encapsulated_last;
  }
  return plain == l;
}

const Request& request(Stimulus stimulus) {
  LOCKSTEP_ASSERT(stimulus < FIRST_OUT_OF_BAND);
  return REQUESTS[static_cast<std::size_t>(stimulus)];
}

bool exists(Stimulus stimulus, Byte spdm_version) {
  return spdm_version == 0 || stimulus >= FIRST_OUT_OF_BAND || request(stimulus).since <= spdm_version;
}

std::string_view name(Stimulus s) { return machine::enumerator_name<STIMULI>(s); }
std::string_view name(Defect d) { return machine::enumerator_name<DEFECTS>(d); }

}  // namespace lockstep::spdm
