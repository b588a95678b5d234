// SPDM: what is inside the messages: capabilities and algorithms against the rules, transcripts in every order that is
// legal, measurements one by one, fields with undefined values.
#include "cases/steps.hpp"
#include "spdm/opaque.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::cases {
namespace {

using D = spdm::Defect;
using S = spdm::Stimulus;
namespace cap = wire::spdm::capability;

Step s(S stimulus, D defect = D::none, Via via = Via::session) { return spdm_step(stimulus, defect, via); }
Step chain() { return whole(s(S::GET_CERTIFICATE)); }
Step capabilities(std::vector<Edit> edits) { return with(std::move(edits), s(S::GET_CAPABILITIES)); }
Step algorithms(std::vector<Edit> edits) { return with(std::move(edits), s(S::NEGOTIATE_ALGORITHMS)); }
Step measure(std::uint64_t attributes, std::uint64_t operation) {
  return ignored({set("Param1", attributes), set("Param2", operation)}, s(S::GET_MEASUREMENTS));
}
std::vector<Step> negotiation() { return {s(S::GET_VERSION), s(S::GET_CAPABILITIES), s(S::NEGOTIATE_ALGORITHMS)}; }

/// Bits of Flags that the correct request has, taken away or added.
Edit toggled(std::uint32_t capability) {
  std::uint64_t bit = 0;
  while ((capability >> bit & 1) == 0) ++bit;
  return flip("Flags", bit);
}

constexpr std::uint64_t SIGNED = 1, RAW = 2, COUNT_ONLY = 0, ALL_BLOCKS = 0xFF;
constexpr std::uint64_t NO_INDEX = 0xE0, EMPTY_SLOT = 7;
constexpr std::size_t FAILURES = 5;

/// The opaque data of the requester from 1.2 on: 11 bytes, then the versions that it offers, each with its major number
/// in the upper half of its second byte: 1 becomes 15.
std::vector<Edit> foreign_versions() {
  std::vector<Edit> edits;
  for (std::size_t i = 0; i < spdm::SECURED_MESSAGE_VERSIONS.size(); ++i)
    for (std::uint64_t bit = 5; bit < 8; ++bit) edits.push_back(flip("OpaqueData", 8 * (11 + 2 * i + 1) + bit));
  return edits;
}

std::vector<Step> failures_then(Step good) {
  std::vector<Step> steps(FAILURES, s(S::KEY_EXCHANGE, D::invalid_field));
  return steps + std::vector<Step>{std::move(good)};
}

const std::vector<Needs> key_exchange = {Needs::key_exchange};

// clang-format off
std::vector<Case> negotiations() { return {
  {.id = "spdm/capabilities/data-transfer-size-too-small", .about = "DataTransferSize below 42 is refused.",
   .asks = {"SPDM-CAP-014"}, .given = Given::version, .steps = {capabilities({set("DataTransferSize", 41)})}, .since = 0x12},
  {.id = "spdm/capabilities/data-transfer-size-above-message-size", .about = "DataTransferSize above MaxSPDMmsgSize is refused.",
   .asks = {"SPDM-CAP-015"}, .given = Given::version, .steps = {capabilities({set("DataTransferSize", 0x20000)})}, .since = 0x12},
  {.id = "spdm/capabilities/sizes-differ-without-chunks", .about = "Different sizes without CHUNK_CAP are refused.",
   .asks = {"SPDM-CAP-016"}, .given = Given::version, .steps = {capabilities({set("DataTransferSize", 0x8000)})}, .since = 0x12},
  {.id = "spdm/capabilities/protection-without-sessions", .about = "ENCRYPT_CAP and MAC_CAP without KEY_EX_CAP and PSK_CAP are refused.",
   .asks = {"SPDM-CAP-018"}, .given = Given::version, .steps = {capabilities({toggled(cap::KEY_EX_CAP), toggled(cap::PSK_CAP_NO_CONTEXT)})}, .since = 0x11, .until = 0x11},
  {.id = "spdm/capabilities/mutual-authentication-without-encapsulation", .about = "MUT_AUTH_CAP without ENCAP_CAP is refused.",
   .asks = {"SPDM-CAP-019"}, .given = Given::version, .steps = {capabilities({toggled(cap::ENCAP_CAP)})}, .since = 0x11, .until = 0x11},
  {.id = "spdm/capabilities/reserved-psk-capability", .about = "PSK_CAP 3 is refused.",
   .asks = {"SPDM-CAP-020"}, .given = Given::version, .steps = {capabilities({toggled(cap::PSK_CAP_WITH_CONTEXT)})}, .since = 0x11},
  {.id = "spdm/capabilities/certificate-and-public-key", .about = "CERT_CAP together with PUB_KEY_ID_CAP is refused.",
   .asks = {"SPDM-CAP-021"}, .given = Given::version, .steps = {capabilities({toggled(cap::PUB_KEY_ID_CAP)})}, .since = 0x11},
  {.id = "spdm/capabilities/algorithms-without-chunks", .about = "A request for the supported algorithms without CHUNK_CAP is refused.",
   .asks = {"SPDM-CAP-023"}, .given = Given::version, .steps = {capabilities({set("Param1", 1)})}, .since = 0x13},
  {.id = "spdm/algorithms/nothing-supported", .about = "An algorithm structure that supports nothing is refused.",
   .asks = {"SPDM-ALG-013"}, .given = Given::capabilities, .steps = {algorithms({mutate("algstructure/algsupported/zero")})}, .since = 0x11},
  {.id = "spdm/algorithms/long", .about = "NEGOTIATE_ALGORITHMS of more than 128 bytes is refused.",
   .asks = {"SPDM-ALG-015"}, .given = Given::capabilities, .steps = {algorithms({{Edit::How::add, "Length", 100}, {Edit::How::append, {}, 100}})}, .since = 0x11},
  {.id = "spdm/algorithms/length-too-small", .about = "A Length below the size of the message is refused.",
   .asks = {"SPDM-ALG-008"}, .given = Given::capabilities, .steps = {algorithms({mutate("length/zero")})}},
  {.id = "spdm/algorithms/fixed-size", .about = "A fixed algorithm size other than 2 is refused.",
   .asks = {"SPDM-ALG-010"}, .given = Given::capabilities, .steps = {algorithms({mutate("algstructure/algcount/zero")})}, .since = 0x11},
  {.id = "spdm/algorithms/algorithm-type-1", .about = "AlgType 1 is refused.",
   .asks = {"SPDM-ALG-012"}, .given = Given::capabilities, .steps = {algorithms({mutate("algstructure/algtype/undefined-0x01")})}, .since = 0x11},
  {.id = "spdm/algorithms/types-not-ascending", .about = "Algorithm types that do not ascend are refused.",
   .asks = {"SPDM-ALG-011"}, .given = Given::capabilities, .steps = {algorithms({mutate("algstructure/algtype/max")})}, .since = 0x11},
  {.id = "spdm/algorithms/nothing-in-common", .about = "Offers without a common algorithm are refused, or answered by none.",
   .asks = {"SPDM-ALG-014"}, .given = Given::capabilities, .steps = {s(S::NEGOTIATE_ALGORITHMS, D::no_common_algorithm)}},
  {.id = "spdm/algorithms/selection", .about = "What is selected was offered, and belongs to the version.",
   .asks = {"SPDM-ALG-002", "SPDM-ALG-017", "SPDM-ALG-018"}, .given = Given::capabilities, .steps = {s(S::NEGOTIATE_ALGORITHMS)}},
  {.id = "spdm/version/again-and-again", .about = "GET_VERSION begins anew every time.",
   .asks = {"SPDM-VER-004"}, .given = Given::negotiated, .steps = {s(S::GET_VERSION), s(S::GET_VERSION), s(S::GET_CAPABILITIES), s(S::GET_VERSION), s(S::GET_CAPABILITIES), s(S::NEGOTIATE_ALGORITHMS)}},
  {.id = "spdm/version/ends-sessions", .about = "GET_VERSION outside a session ends it: nothing under its keys is served any more.",
   .asks = {"SPDM-VER-004"}, .given = Given::established, .needs = {Needs::session, Needs::heartbeat}, .steps = {then_reuse(s(S::GET_VERSION, D::none, Via::clear))}},
};}

std::vector<Case> transcripts() { return {
  {.id = "spdm/challenge/without-certificates", .about = "CHALLENGE after a new negotiation verifies without reading the certificates again.",
   .asks = {"SPDM-CHAL-002", "SPDM-CHAL-001"}, .given = Given::negotiated,
   .steps = std::vector<Step>{s(S::GET_DIGESTS), chain()} + negotiation() + std::vector<Step>{s(S::CHALLENGE)}},
  {.id = "spdm/challenge/digests-only", .about = "CHALLENGE after GET_DIGESTS alone verifies.",
   .asks = {"SPDM-CHAL-002", "SPDM-CHAL-001"}, .given = Given::negotiated,
   .steps = std::vector<Step>{s(S::GET_DIGESTS), chain()} + negotiation() + std::vector<Step>{s(S::GET_DIGESTS), s(S::CHALLENGE)}},
  {.id = "spdm/challenge/certificate-only", .about = "CHALLENGE after GET_CERTIFICATE alone verifies.",
   .asks = {"SPDM-CHAL-003", "SPDM-CHAL-001"}, .given = Given::negotiated, .steps = {chain(), s(S::CHALLENGE)}},
  {.id = "spdm/challenge/after-measurements", .about = "GET_MEASUREMENTS resets the transcript of CHALLENGE.",
   .asks = {"SPDM-CHAL-012", "SPDM-CHAL-001"}, .given = Given::negotiated, .steps = {s(S::GET_DIGESTS), chain(), s(S::GET_MEASUREMENTS), s(S::CHALLENGE)}},
  {.id = "spdm/challenge/without-summary", .about = "Without a request for it there is no measurement summary.",
   .asks = {"SPDM-CHAL-008", "SPDM-CHAL-001"}, .given = Given::negotiated, .steps = {s(S::GET_DIGESTS), chain(), ignored({set("Param2", 0)}, s(S::CHALLENGE))}, .since = 0x12},
  {.id = "spdm/challenge/summary-of-tcb", .about = "The measurement summary of the trusted computing base is there when asked for.",
   .asks = {"SPDM-CHAL-008", "SPDM-CHAL-001"}, .given = Given::negotiated, .steps = {s(S::GET_DIGESTS), chain(), ignored({set("Param2", 1)}, s(S::CHALLENGE))}, .since = 0x12},
  {.id = "spdm/challenge/slot-8", .about = "CHALLENGE for a slot above 7 is refused.",
   .asks = {"SPDM-CHAL-006"}, .given = Given::negotiated, .steps = {with({set("Param1", 8)}, s(S::CHALLENGE))}},
  {.id = "spdm/challenge/undefined-summary", .about = "CHALLENGE with an undefined summary type is refused.",
   .asks = {"SPDM-CHAL-007"}, .given = Given::negotiated, .steps = {with({set("Param2", 2)}, s(S::CHALLENGE))}},
  {.id = "spdm/challenge/empty-slot", .about = "CHALLENGE for a slot that DIGESTS does not name is refused.",
   .asks = {"SPDM-CHAL-006"}, .given = Given::negotiated, .steps = {s(S::GET_DIGESTS), with({set("Param1", EMPTY_SLOT)}, s(S::CHALLENGE))}},
  {.id = "spdm/certificate/empty-slot", .about = "GET_CERTIFICATE for a slot that DIGESTS does not name is refused.",
   .asks = {"SPDM-CERT-006"}, .given = Given::negotiated, .steps = {s(S::GET_DIGESTS), with({set("Param1", EMPTY_SLOT)}, s(S::GET_CERTIFICATE))}},
  {.id = "spdm/certificate/past-the-end", .about = "There are no bytes of a certificate chain behind its end.",
   .asks = {"SPDM-CERT-007"}, .given = Given::negotiated, .steps = {s(S::GET_DIGESTS), chain(), unsettled({set("Offset", 0xFFFF), set("Length", 16)}, s(S::GET_CERTIFICATE))}},
  {.id = "spdm/certificate/size-only", .about = "SlotSizeRequested gives the size and no bytes.",
   .asks = {"SPDM-CERT-011"}, .given = Given::negotiated, .steps = {s(S::GET_DIGESTS), ignored({set("Param2", 1)}, s(S::GET_CERTIFICATE))}, .since = 0x13},
  {.id = "spdm/measurements/unknown-index", .about = "An index that is not among all measurements has no block.",
   .asks = {"SPDM-MEAS-004"}, .given = Given::negotiated, .steps = {measure(0, ALL_BLOCKS), unsettled({set("Param1", 0), set("Param2", NO_INDEX)}, s(S::GET_MEASUREMENTS))}},
  {.id = "spdm/measurements/signed-after-refusal", .about = "A refused request begins the transcript of the measurements anew.",
   .asks = {"SPDM-MEAS-010", "SPDM-MEAS-007"}, .given = Given::negotiated,
   .steps = {s(S::GET_DIGESTS), chain(), measure(0, 1), unsettled({set("Param1", 0), set("Param2", NO_INDEX)}, s(S::GET_MEASUREMENTS)), measure(SIGNED, ALL_BLOCKS)}},
  {.id = "spdm/measurements/count", .about = "Operation 0 gives the number of blocks and no block.",
   .asks = {"SPDM-MEAS-001"}, .given = Given::negotiated, .steps = {measure(0, COUNT_ONLY)}},
  {.id = "spdm/measurements/one-block", .about = "Index 1 gives one block, which has that index.",
   .asks = {"SPDM-MEAS-003"}, .given = Given::negotiated, .steps = {measure(0, 1)}},
  {.id = "spdm/measurements/signed-after-unsigned", .about = "The signature is over all measurements since the last one.",
   .asks = {"SPDM-MEAS-007", "SPDM-MEAS-008", "SPDM-MEAS-016"}, .given = Given::negotiated,
   .steps = {s(S::GET_DIGESTS), chain(), measure(0, COUNT_ONLY), measure(0, 1), measure(SIGNED, ALL_BLOCKS)}, .since = 0x12},
  {.id = "spdm/measurements/reset-by-another-request", .about = "Another request in between resets the transcript of the measurements.",
   .asks = {"SPDM-MEAS-009", "SPDM-MEAS-007"}, .given = Given::negotiated,
   .steps = {s(S::GET_DIGESTS), chain(), measure(0, 1), s(S::GET_DIGESTS), measure(SIGNED, ALL_BLOCKS)}},
  {.id = "spdm/measurements/raw", .about = "Raw bit streams are given, or digests.",
   .asks = {"SPDM-MEAS-015"}, .given = Given::negotiated, .steps = {s(S::GET_DIGESTS), chain(), measure(SIGNED | RAW, ALL_BLOCKS)}, .since = 0x12},
  {.id = "spdm/measurements/slot-8", .about = "Signed measurements for a slot above 7 are refused.",
   .asks = {"SPDM-MEAS-006"}, .given = Given::negotiated, .steps = {with({set("SlotIDParam", 8)}, s(S::GET_MEASUREMENTS))}, .since = 0x11},
  {.id = "spdm/measurements/unsigned-then-signed-in-session", .about = "In a session, too, a signature covers the measurements before it.",
   .asks = {"SPDM-MEAS-007"}, .given = Given::negotiated, .needs = {Needs::session},
   .steps = {s(S::GET_DIGESTS), chain(), over(Via::next_session, measure(0, 1)), measure(SIGNED, ALL_BLOCKS)}, .since = 0x12},
  {.id = "spdm/measurements/outside-after-session", .about = "Measurements in a session are in no signature outside.",
   .asks = {"SPDM-MEAS-011", "SPDM-MEAS-007"}, .given = Given::negotiated, .needs = {Needs::session},
   .steps = {s(S::GET_DIGESTS), chain(), over(Via::next_session, measure(0, 1)), over(Via::clear, measure(SIGNED, ALL_BLOCKS))}, .since = 0x12},
  {.id = "spdm/measurements/slot-8-in-session", .about = "Certificates and signed measurements for a slot above 7 are refused in a session as well.",
   .asks = {"SPDM-MEAS-006", "SPDM-CERT-005"}, .given = Given::established, .needs = {Needs::session},
   .steps = {s(S::GET_CERTIFICATE, D::invalid_field), with({set("SlotIDParam", 8)}, s(S::GET_MEASUREMENTS))}, .since = 0x12},
  {.id = "spdm/measurements/in-session-and-outside", .about = "A session and the connection have measurement transcripts of their own.",
   .asks = {"SPDM-MEAS-011", "SPDM-MEAS-007"}, .given = Given::established, .needs = {Needs::session},
   .steps = {measure(0, 1), s(S::GET_DIGESTS, D::none, Via::clear), over(Via::clear, chain()), over(Via::clear, measure(SIGNED, ALL_BLOCKS))}, .since = 0x12},
  {.id = "spdm/endpoint-info/undefined-subcode", .about = "GET_ENDPOINT_INFO with an undefined subcode is refused.",
   .asks = {"SPDM-MEAS-020"}, .given = Given::negotiated, .steps = {with({set("Param1", 0x7F)}, s(S::GET_ENDPOINT_INFO))}, .since = 0x13},
};}

std::vector<Case> exchanges() { return {
  {.id = "spdm/key-exchange/undefined-summary", .about = "KEY_EXCHANGE with an undefined summary type is refused.",
   .asks = {"SPDM-KEX-008"}, .given = Given::negotiated, .needs = key_exchange, .steps = {with({set("Param1", 2)}, s(S::KEY_EXCHANGE))}, .since = 0x11},
  {.id = "spdm/key-exchange/opaque-past-the-end", .about = "An OpaqueDataLength beyond the message is refused.",
   .asks = {"SPDM-KEX-009"}, .given = Given::negotiated, .needs = key_exchange, .steps = {with({set("OpaqueDataLength", 0xFFFF)}, s(S::KEY_EXCHANGE))}, .since = 0x11},
  {.id = "spdm/key-exchange/opaque-too-long", .about = "KEY_EXCHANGE with more than 1024 bytes of OpaqueData is refused.",
   .asks = {"SECMSG-026"}, .given = Given::negotiated, .needs = key_exchange,
   .steps = {s(S::GET_DIGESTS), chain(), with({{Edit::How::add, "OpaqueDataLength", 1024}, {Edit::How::append, {}, 1024}}, s(S::KEY_EXCHANGE))}, .since = 0x11},
  {.id = "spdm/psk-exchange/opaque-past-the-end", .about = "An OpaqueDataLength of PSK_EXCHANGE beyond the message is refused.",
   .asks = {"SPDM-KEX-009"}, .given = Given::negotiated, .needs = {Needs::psk}, .steps = {with({set("OpaqueDataLength", 0xFFFF)}, s(S::PSK_EXCHANGE))}, .since = 0x11},
  {.id = "spdm/key-exchange/empty-slot", .about = "KEY_EXCHANGE for a slot that DIGESTS does not name is refused.",
   .asks = {"SPDM-KEX-007"}, .given = Given::negotiated, .needs = key_exchange, .steps = {s(S::GET_DIGESTS), with({set("Param2", EMPTY_SLOT)}, s(S::KEY_EXCHANGE))}, .since = 0x11},
  {.id = "spdm/key-exchange/foreign-secured-versions", .about = "KEY_EXCHANGE that offers no secured message version that exists is refused.",
   .asks = {"SPDM-KEX-017"}, .given = Given::negotiated, .needs = key_exchange, .steps = {with(foreign_versions(), s(S::KEY_EXCHANGE))}, .since = 0x12},
  {.id = "spdm/psk-exchange/foreign-secured-versions", .about = "PSK_EXCHANGE that offers no secured message version that exists is refused.",
   .asks = {"SPDM-KEX-017"}, .given = Given::negotiated, .needs = {Needs::psk}, .steps = {with(foreign_versions(), s(S::PSK_EXCHANGE))}, .since = 0x12},
  {.id = "spdm/key-exchange/after-failures", .about = "Exchanges that failed leave nothing behind: the next one is served.",
   .asks = {"SPDM-KEX-001"}, .given = Given::negotiated, .needs = key_exchange, .steps = std::vector<Step>{s(S::GET_DIGESTS), chain()} + failures_then(s(S::KEY_EXCHANGE)), .since = 0x11},
  {.id = "spdm/key-exchange/twice", .about = "A second KEY_EXCHANGE_RSP has new random data and a new key.",
   .asks = {"SPDM-KEX-018", "SPDM-KEX-019"}, .given = Given::negotiated, .needs = key_exchange,
   .steps = {s(S::GET_DIGESTS), chain(), s(S::KEY_EXCHANGE), unsettled({}, s(S::KEY_EXCHANGE))}, .since = 0x11},
  {.id = "spdm/key-exchange/same-requester-half", .about = "The half of a SessionID that is the device's own tells sessions of one ReqSessionID apart.",
   .asks = {"SPDM-KEX-012"}, .given = Given::established, .session = SessionKind::key_exchange, .needs = {Needs::key_exchange, Needs::heartbeat},
   // A device that has a place for one session only may let go of the old one for the new one.
   .steps = {s(S::END_SESSION, D::none, Via::second_session), s(S::HEARTBEAT), over(Via::clear, unsettled({as_in_session("ReqSessionID")}, s(S::KEY_EXCHANGE)))}, .since = 0x11},
  {.id = "spdm/key-exchange/opaque-answer", .about = "The opaque data of KEY_EXCHANGE_RSP has the form of its version.",
   .asks = {"SECMSG-023", "SECMSG-025"}, .given = Given::negotiated, .needs = key_exchange, .steps = {s(S::GET_DIGESTS), chain(), s(S::KEY_EXCHANGE)}, .since = 0x12},
  {.id = "spdm/key-exchange/opaque-answer-1.1", .about = "The opaque data of KEY_EXCHANGE_RSP has the form of 1.1.",
   .asks = {"SECMSG-024"}, .given = Given::negotiated, .needs = key_exchange, .steps = {s(S::GET_DIGESTS), chain(), s(S::KEY_EXCHANGE)}, .since = 0x11, .until = 0x11},
  {.id = "spdm/finish/short", .about = "FINISH without a part of its RequesterVerifyData is refused.",
   .asks = {"SPDM-FIN-009"}, .given = Given::handshaking, .session = SessionKind::key_exchange, .needs = key_exchange, .steps = {s(S::FINISH, D::malformed)}, .since = 0x11},
  {.id = "spdm/finish/after-mutual-authentication", .about = "The encapsulated flow ends with an acknowledgement that says so, and FINISH follows.",
   .asks = {"SPDM-ENCAP-005", "SPDM-ENCAP-006", "SPDM-FIN-001"}, .given = Given::handshaking, .session = SessionKind::key_exchange,
   .needs = {Needs::key_exchange, Needs::mutual_authentication}, .steps = {s(S::FINISH), s(S::GET_DIGESTS)}, .since = 0x12},
  {.id = "spdm/encapsulated/nothing-pending", .about = "GET_ENCAPSULATED_REQUEST with nothing pending is refused.",
   .asks = {"SPDM-ENCAP-001"}, .given = Given::established, .needs = {Needs::session}, .steps = {s(S::GET_ENCAPSULATED_REQUEST)}, .since = 0x11},
  {.id = "spdm/encapsulated/nothing-pending-in-handshake", .about = "A handshake with a pre-shared key has no encapsulated request.",
   .asks = {"SPDM-ENCAP-001"}, .given = Given::handshaking, .session = SessionKind::psk, .needs = {Needs::psk}, .steps = {s(S::GET_ENCAPSULATED_REQUEST)}, .since = 0x11},
  {.id = "spdm/encapsulated/answer-to-nothing", .about = "DELIVER_ENCAPSULATED_RESPONSE with nothing pending is refused.",
   .asks = {"SPDM-ENCAP-001"}, .given = Given::established, .needs = {Needs::session}, .steps = {s(S::DELIVER_ENCAPSULATED_RESPONSE)}, .since = 0x11},
};}

std::vector<Case> lives() { return {
  {.id = "spdm/life/update-twice", .about = "A second update before VerifyNewKey is refused.",
   .asks = {"SPDM-LIFE-008"}, .given = Given::established, .needs = {Needs::session, Needs::key_update}, .steps = {s(S::KEY_UPDATE_UpdateKey), s(S::KEY_UPDATE_UpdateKey)}},
  {.id = "spdm/life/updated-key", .about = "After an update nothing under the key before it is taken.",
   .asks = {"SPDM-LIFE-012"}, .given = Given::established, .needs = {Needs::session, Needs::key_update, Needs::heartbeat},
   .steps = {s(S::KEY_UPDATE_UpdateKey), s(S::KEY_UPDATE_VerifyNewKey), s(S::HEARTBEAT), in_record(Record::updated_key, s(S::HEARTBEAT))}},
  {.id = "spdm/life/malformed-updates", .about = "KEY_UPDATE of a wrong version or a byte too short is refused, and changes no key.",
   .asks = {"SPDM-VERS-017", "SPDM-LIFE-013"}, .given = Given::established, .needs = {Needs::session, Needs::key_update, Needs::heartbeat},
   .steps = {s(S::KEY_UPDATE_UpdateAllKeys, D::wrong_version), s(S::KEY_UPDATE_UpdateAllKeys, D::malformed), s(S::KEY_UPDATE_UpdateAllKeys),
             s(S::KEY_UPDATE_VerifyNewKey, D::wrong_version), s(S::KEY_UPDATE_VerifyNewKey, D::malformed), s(S::KEY_UPDATE_VerifyNewKey), s(S::HEARTBEAT)}},
  {.id = "spdm/life/many-updates", .about = "Keys can be updated again and again, in both ways.",
   .asks = {"SPDM-LIFE-005", "SPDM-LIFE-006", "SPDM-LIFE-011"}, .given = Given::established, .needs = {Needs::session, Needs::key_update, Needs::heartbeat},
   .steps = {s(S::KEY_UPDATE_UpdateKey), s(S::KEY_UPDATE_VerifyNewKey), s(S::HEARTBEAT), s(S::KEY_UPDATE_UpdateAllKeys), s(S::KEY_UPDATE_VerifyNewKey), s(S::HEARTBEAT),
             s(S::KEY_UPDATE_UpdateKey), s(S::KEY_UPDATE_VerifyNewKey), s(S::HEARTBEAT)}},
  {.id = "spdm/life/respond-if-ready-without-need", .about = "RESPOND_IF_READY for a request that was never put off is refused.",
   .asks = {"SPDM-LIFE-020"}, .given = Given::negotiated, .steps = {s(S::RESPOND_IF_READY)}},
  {.id = "spdm/life/response-code", .about = "A response code in place of a request code is refused or dropped.",
   .asks = {"SPDM-LIFE-025", "SPDM-LIFE-024"}, .given = Given::negotiated, .steps = {with({set("RequestResponseCode", 0x61)}, s(S::GET_VERSION))}},
  {.id = "spdm/life/bad-record", .about = "A record that does not decrypt gets DecryptError or nothing, and ends its session.",
   .asks = {"SPDM-LIFE-018"}, .given = Given::established, .needs = {Needs::session, Needs::heartbeat}, .steps = {then_reuse(in_record(Record::flipped, s(S::HEARTBEAT)))}},
  {.id = "spdm/life/end-session-psk", .about = "END_SESSION ends a session made with a pre-shared key.",
   .asks = {"SPDM-LIFE-014"}, .given = Given::established, .session = SessionKind::psk, .needs = {Needs::psk}, .steps = {then_reuse(s(S::END_SESSION))}},
  {.id = "spdm/life/end-session-key-exchange", .about = "END_SESSION ends a session made by KEY_EXCHANGE.",
   .asks = {"SPDM-LIFE-014"}, .given = Given::established, .session = SessionKind::key_exchange, .needs = key_exchange, .steps = {then_reuse(s(S::END_SESSION))}},
  {.id = "spdm/vendor/id-length", .about = "A VendorIDLen that does not fit the registry is refused.",
   .asks = {"SPDM-VDM-002"}, .given = Given::established, .needs = {Needs::session}, .steps = {with({set("StandardID", 3)}, s(S::VENDOR_DEFINED_REQUEST))}},
  {.id = "spdm/vendor/payload-past-the-end", .about = "A ReqLength beyond the message is refused.",
   .asks = {"SPDM-VDM-003"}, .given = Given::established, .needs = {Needs::session}, .steps = {with({set("ReqLength", 0x100)}, s(S::VENDOR_DEFINED_REQUEST))}},
  {.id = "spdm/vendor/envelope", .about = "VENDOR_DEFINED_RESPONSE repeats registry and vendor.",
   .asks = {"SPDM-VDM-006", "TDISP-HDR-002"}, .given = Given::established, .needs = {Needs::tdisp}, .steps = {tdisp_step(tdisp::Stimulus::GET_TDISP_VERSION)}},
};}
// clang-format on

}  // namespace

std::vector<Case> spdm_content_cases() { return joined({negotiations(), transcripts(), exchanges(), lives()}); }

}  // namespace lockstep::cases
