// SPDM from version to finish and on to the end of a session (DSP0274).
#include "cases/steps.hpp"

namespace lockstep::cases {
namespace {

using D = spdm::Defect;
using S = spdm::Stimulus;

Step s(S stimulus, D defect = D::none, Via via = Via::session) { return spdm_step(stimulus, defect, via); }

/// The encapsulated flow that CHALLENGE_AUTH asks for; nothing where it asks for none.
Step whole_flow() {
  Step step = s(S::DELIVER_ENCAPSULATED_RESPONSE);
  step.until_complete = true;
  return step;
}

Step whole_chain() { return whole(s(S::GET_CERTIFICATE)); }

// clang-format off
std::vector<Case> negotiation() { return {
  {.id = "spdm/version/served", .about = "GET_VERSION is answered by a correct VERSION.",
   .asks = {"SPDM-VER-001", "SPDM-VER-002"}, .given = Given::version, .steps = {s(S::GET_VERSION)}},
  {.id = "spdm/version/wrong-version", .about = "GET_VERSION with a version byte other than 10h is refused.",
   .asks = {"SPDM-VER-003"}, .given = Given::negotiated, .steps = {s(S::GET_VERSION, D::wrong_version)}},
  {.id = "spdm/version/short", .about = "A GET_VERSION of three bytes is refused.",
   .asks = {"SPDM-VER-007"}, .given = Given::negotiated, .steps = {s(S::GET_VERSION, D::malformed)}},
  {.id = "spdm/version/in-session", .about = "GET_VERSION inside a session is refused.",
   .asks = {"SPDM-VER-005"}, .given = Given::established, .needs = {Needs::session}, .steps = {s(S::GET_VERSION)}},
  {.id = "spdm/version/resets", .about = "GET_VERSION takes the connection back to its beginning.",
   .asks = {"SPDM-VER-004"}, .given = Given::negotiated, .steps = {s(S::GET_VERSION), s(S::GET_DIGESTS)}},
  {.id = "spdm/capabilities/served", .about = "GET_CAPABILITIES is answered by correct CAPABILITIES.",
   .asks = {"SPDM-CAP-001", "SPDM-CAP-002", "SPDM-CAP-003", "SPDM-CAP-004", "SPDM-CAP-005", "SPDM-CAP-006", "SPDM-CAP-007", "SPDM-CAP-008", "SPDM-CAP-009",
            "SPDM-CAP-010", "SPDM-CAP-011", "SPDM-CAP-012", "SPDM-CAP-013", "SPDM-CAP-026"}, .given = Given::version, .steps = {s(S::GET_CAPABILITIES)}},
  {.id = "spdm/capabilities/changed-retry", .about = "GET_CAPABILITIES again and different is refused.",
   .asks = {"SPDM-CAP-024"}, .given = Given::capabilities, .steps = {s(S::GET_CAPABILITIES, D::changed_retry)}},
  {.id = "spdm/capabilities/identical-retry", .about = "GET_CAPABILITIES again and the same gets the same answer or is refused.",
   .asks = {"SPDM-CAP-025"}, .given = Given::capabilities, .steps = {s(S::GET_CAPABILITIES, D::identical_retry)}},
  {.id = "spdm/capabilities/key-exchange-without-protection", .about = "KEY_EX_CAP without ENCRYPT_CAP and MAC_CAP.",
   .asks = {"SPDM-CAP-017"}, .given = Given::version, .steps = {s(S::GET_CAPABILITIES, D::invalid_field)}, .since = 0x11},
  {.id = "spdm/capabilities/changed-when-negotiated", .about = "GET_CAPABILITIES after the negotiation, and different, is refused.",
   .asks = {"SPDM-CAP-024"}, .given = Given::negotiated, .steps = {s(S::GET_CAPABILITIES, D::changed_retry)}},
  {.id = "spdm/algorithms/served", .about = "NEGOTIATE_ALGORITHMS is answered by a correct selection.",
   .asks = {"SPDM-ALG-001", "SPDM-ALG-003", "SPDM-ALG-004", "SPDM-ALG-005", "SPDM-ALG-006", "SPDM-ALG-007"}, .given = Given::capabilities, .steps = {s(S::NEGOTIATE_ALGORITHMS)}},
  {.id = "spdm/algorithms/wrong-length", .about = "A Length that is not the size of the message is refused.",
   .asks = {"SPDM-ALG-008"}, .given = Given::capabilities, .steps = {s(S::NEGOTIATE_ALGORITHMS, D::invalid_field)}},
  {.id = "spdm/algorithms/changed-retry", .about = "NEGOTIATE_ALGORITHMS again and different is refused.",
   .asks = {"SPDM-ALG-016"}, .given = Given::negotiated, .steps = {s(S::NEGOTIATE_ALGORITHMS, D::changed_retry)}},
};}

std::vector<Case> authentication() { return {
  {.id = "spdm/certificate/digests", .about = "DIGESTS has one digest for each provisioned slot.",
   .asks = {"SPDM-CERT-001", "SPDM-VERS-003", "SPDM-CERT-002"}, .given = Given::negotiated, .steps = {s(S::GET_DIGESTS)}},
  {.id = "spdm/certificate/chain", .about = "The chain of slot 0 is whole, fits its digest and verifies.",
   .asks = {"SPDM-CERT-004", "SPDM-CERT-003", "SPDM-CERT-008", "SPDM-CERT-009", "SPDM-CERT-010"}, .given = Given::negotiated,
   .steps = {s(S::GET_DIGESTS), whole_chain()}},
  {.id = "spdm/certificate/slot-8", .about = "A slot above 7 is refused.",
   .asks = {"SPDM-CERT-005"}, .given = Given::negotiated, .steps = {s(S::GET_CERTIFICATE, D::invalid_field)}},
  {.id = "spdm/challenge/served", .about = "CHALLENGE_AUTH is signed over the whole transcript.",
   .asks = {"SPDM-CHAL-001", "SPDM-CHAL-005", "SPDM-CHAL-010", "SPDM-CHAL-011"}, .given = Given::negotiated,
   .steps = {s(S::GET_DIGESTS), whole_chain(), s(S::CHALLENGE)}},
  {.id = "spdm/challenge/twice", .about = "CHALLENGE again, after the basic mutual authentication that the first one may ask for, has another nonce.",
   .asks = {"SPDM-CHAL-009", "SPDM-ENCAP-005", "SPDM-ENCAP-006"}, .given = Given::negotiated,
   .steps = {s(S::GET_DIGESTS), whole_chain(), s(S::CHALLENGE), whole_flow(), s(S::CHALLENGE), whole_flow()}},
  {.id = "spdm/measurements/served", .about = "MEASUREMENTS is signed and well formed.",
   .asks = {"SPDM-MEAS-007", "SPDM-MEAS-002", "SPDM-MEAS-012", "SPDM-MEAS-013"}, .given = Given::negotiated,
   .steps = {s(S::GET_DIGESTS), whole_chain(), s(S::GET_MEASUREMENTS)}},
};}

std::vector<Case> key_exchange() { return {
  {.id = "spdm/key-exchange/served", .about = "KEY_EXCHANGE_RSP is signed, proves its key and keeps to the rules.",
   .asks = {"SPDM-KEX-001", "SPDM-KEX-002", "SPDM-KEX-003", "SPDM-KEX-004", "SPDM-KEX-005", "SPDM-KEX-006", "SPDM-KEX-016"},
   .given = Given::negotiated, .needs = {Needs::key_exchange}, .steps = {s(S::GET_DIGESTS), whole_chain(), s(S::KEY_EXCHANGE)}},
  {.id = "spdm/psk-exchange/served", .about = "PSK_EXCHANGE_RSP proves its key and keeps to the rules.",
   .asks = {"SPDM-FIN-016", "SPDM-FIN-017"}, .given = Given::negotiated, .needs = {Needs::psk}, .steps = {s(S::PSK_EXCHANGE)}},
  {.id = "spdm/session/key-exchange", .about = "KEY_EXCHANGE and FINISH open a session.",
   .asks = {"SPDM-FIN-001", "SPDM-FIN-002", "SPDM-FIN-003", "SPDM-FIN-017", "SPDM-FIN-018"}, .given = Given::handshaking, .session = SessionKind::key_exchange,
   .needs = {Needs::key_exchange}, .steps = {s(S::FINISH), s(S::HEARTBEAT)}},
  {.id = "spdm/session/psk", .about = "PSK_EXCHANGE and PSK_FINISH open a session.",
   .asks = {"SPDM-FIN-017", "SPDM-FIN-016"}, .given = Given::handshaking, .session = SessionKind::psk,
   .needs = {Needs::psk}, .steps = {s(S::PSK_FINISH), s(S::HEARTBEAT)}},
  {.id = "spdm/finish/wrong-verify-data", .about = "FINISH with wrong RequesterVerifyData is refused and ends the session.",
   .asks = {"SPDM-FIN-004"}, .given = Given::handshaking, .session = SessionKind::key_exchange, .needs = {Needs::key_exchange},
   .steps = {s(S::FINISH, D::bad_verify_data)}},
  {.id = "spdm/finish/wrong-signature", .about = "FINISH with a wrong signature of the requester is refused.",
   .asks = {"SPDM-FIN-007"}, .given = Given::handshaking, .session = SessionKind::key_exchange,
   .needs = {Needs::key_exchange, Needs::mutual_authentication}, .steps = {s(S::FINISH, D::bad_signature)}},
  {.id = "spdm/finish/without-authentication", .about = "FINISH without the signature that was asked for is refused.",
   .asks = {"SPDM-FIN-021", "SPDM-FIN-006"}, .given = Given::handshaking, .session = SessionKind::key_exchange,
   .needs = {Needs::key_exchange, Needs::mutual_authentication}, .steps = {s(S::FINISH, D::mut_auth_missing)}},
  {.id = "spdm/finish/psk-finish-for-key-exchange", .about = "PSK_FINISH does not finish a KEY_EXCHANGE session (CVE-2023-31127).",
   .asks = {"SPDM-FIN-019"}, .given = Given::handshaking, .session = SessionKind::key_exchange, .needs = {Needs::key_exchange},
   .steps = {s(S::PSK_FINISH), s(S::END_SESSION)}},
  {.id = "spdm/finish/finish-for-psk", .about = "FINISH does not finish a PSK session.",
   .asks = {"SPDM-FIN-020"}, .given = Given::handshaking, .session = SessionKind::psk, .needs = {Needs::psk},
   .steps = {s(S::FINISH), s(S::END_SESSION)}},
  {.id = "spdm/finish/wrong-psk-verify-data", .about = "PSK_FINISH with wrong VerifyData is refused.",
   .asks = {"SPDM-FIN-014"}, .given = Given::handshaking, .session = SessionKind::psk, .needs = {Needs::psk}, .steps = {s(S::PSK_FINISH, D::bad_verify_data)}},
  {.id = "spdm/finish/unknown-psk", .about = "PSK_EXCHANGE with an unknown hint is refused.",
   .asks = {"SPDM-FIN-015"}, .given = Given::negotiated, .session = SessionKind::psk, .needs = {Needs::psk}, .steps = {s(S::PSK_EXCHANGE, D::unknown_psk)}},
  {.id = "spdm/key-exchange/slot-8", .about = "KEY_EXCHANGE for a slot above 7 is refused.",
   .asks = {"SPDM-KEX-007"}, .given = Given::negotiated, .needs = {Needs::key_exchange}, .steps = {s(S::KEY_EXCHANGE, D::invalid_field)}},
};}

std::vector<Case> life() { return {
  {.id = "spdm/life/heartbeat", .about = "HEARTBEAT is acknowledged.",
   .asks = {"SPDM-LIFE-001"}, .given = Given::established, .needs = {Needs::session, Needs::heartbeat}, .steps = {s(S::HEARTBEAT)}},
  {.id = "spdm/life/update-requester-key", .about = "UpdateKey changes the key of the requester's direction.",
   .asks = {"SPDM-LIFE-005", "SPDM-LIFE-010", "SPDM-LIFE-011"}, .given = Given::established, .needs = {Needs::session, Needs::key_update},
   .steps = {s(S::KEY_UPDATE_UpdateKey), s(S::KEY_UPDATE_VerifyNewKey), s(S::HEARTBEAT)}},
  {.id = "spdm/life/update-all-keys", .about = "UpdateAllKeys changes the keys of both directions.",
   .asks = {"SPDM-LIFE-006", "SPDM-LIFE-010", "SPDM-LIFE-011"}, .given = Given::established, .needs = {Needs::session, Needs::key_update},
   .steps = {s(S::KEY_UPDATE_UpdateAllKeys), s(S::KEY_UPDATE_VerifyNewKey), s(S::HEARTBEAT)}},
  {.id = "spdm/life/verify-without-update", .about = "VerifyNewKey without an update is refused.",
   .asks = {"SPDM-LIFE-007"}, .given = Given::established, .needs = {Needs::session, Needs::key_update}, .steps = {s(S::KEY_UPDATE_VerifyNewKey)}},
  {.id = "spdm/life/undefined-operation", .about = "KEY_UPDATE with an undefined operation is refused.",
   .asks = {"SPDM-LIFE-009"}, .given = Given::established, .needs = {Needs::session, Needs::key_update}, .steps = {s(S::KEY_UPDATE_undefined)}},
  {.id = "spdm/life/end-session", .about = "END_SESSION is acknowledged.",
   .asks = {"SPDM-LIFE-014", "SECMSG-029"}, .given = Given::established, .needs = {Needs::session}, .steps = {then_reuse(s(S::END_SESSION))}},
  {.id = "spdm/life/sessions-are-independent", .about = "The end of one session leaves the other alone.",
   .asks = {"SPDM-LIFE-016"}, .given = Given::established, .needs = {Needs::session, Needs::heartbeat},
   .steps = {s(S::END_SESSION, D::none, Via::second_session), s(S::HEARTBEAT)}},
  {.id = "spdm/life/beside-the-connection", .about = "A session made by KEY_EXCHANGE leaves the connection as it was.",
   .asks = {"SPDM-CERT-001"}, .given = Given::established, .session = SessionKind::key_exchange, .needs = {Needs::key_exchange},
   .steps = {s(S::GET_DIGESTS, D::none, Via::clear)}},
  {.id = "spdm/life/unknown-code", .about = "A reserved request code is refused, and changes nothing.",
   .asks = {"SPDM-LIFE-024"}, .given = Given::negotiated, .steps = {s(S::UNKNOWN_REQUEST), s(S::GET_DIGESTS)}},
};}
// clang-format on

}  // namespace

std::vector<Case> spdm_cases() { return joined({negotiation(), authentication(), key_exchange(), life()}); }

}  // namespace lockstep::cases
