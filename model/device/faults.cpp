#include <algorithm>
#include <bit>

#include "device/faults_words.hpp"

namespace lockstep::device {
namespace {

using namespace faulty;

// --- TDISP -----------------------------------------------------------------------------------------------------------

void lock_in_run(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, tdisp::Stimulus::LOCK_INTERFACE_REQUEST)) return;
  const Byte i = tdisp_of(m.letter)->tdi;
  if (m.before.tdis[i].state != TdiState::RUN) return;
  Control unlocked = m.before;
  unlocked.tdis[i] = {};
  outcome = step(m.shape, unlocked, m.letter);
}

void get_version_unlocks(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, tdisp::Stimulus::GET_TDISP_VERSION)) return;
  const Byte i = tdisp_of(m.letter)->tdi;
  outcome.after.tdis[i] = {};
  outcome.after.bindings[i] = {};
}

template <TdiState State>
void report_in(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, tdisp::Stimulus::GET_DEVICE_INTERFACE_REPORT)) return;
  const bool readable = tdisp_of(m.letter)->letter.defect == tdisp::Defect::none;
  if (readable && m.before.tdis[tdisp_of(m.letter)->tdi].state == State &&
      outcome.answer.protocol == AnswerProtocol::TDISP)
    outcome.answer = tdisp_response(t::MessageType::DEVICE_INTERFACE_REPORT);
}

void refused_start_moves(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, tdisp::Stimulus::START_INTERFACE_REQUEST)) return;
  const Byte i = tdisp_of(m.letter)->tdi;
  if (outcome.answer.kind == Answer::Kind::error && m.before.tdis[i].state == TdiState::CONFIG_LOCKED)
    outcome.after.tdis[i].state = TdiState::RUN, outcome.after.tdis[i].nonce = false;
}

void stop_keeps_state(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, tdisp::Stimulus::STOP_INTERFACE_REQUEST)) return;
  outcome.after.tdis = m.before.tdis;
  outcome.after.bindings = m.before.bindings;
}

void session_end_keeps_run(const Meeting& m, Outcome<Control>& outcome) {
  if (!a_session_ended(m, outcome)) return;
  outcome.after.tdis = m.before.tdis;
  outcome.after.bindings = m.before.bindings;
}

void second_tdi_moves(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, tdisp::Stimulus::LOCK_INTERFACE_REQUEST) || outcome.answer.kind != Answer::Kind::response) return;
  const Byte i = tdisp_of(m.letter)->tdi;
  for (Byte other = 0; other < m.shape.tdis; ++other)
    if (other != i)
      outcome.after.tdis[other] = outcome.after.tdis[i], outcome.after.bindings[other] = outcome.after.bindings[i];
}

void tdisp_in_clear(const Meeting& m, Outcome<Control>& outcome) {
  if (tdisp_of(m.letter) != nullptr) serve_in_clear(m, outcome);
}

void any_interface(Letter& l, const Control&) {
  auto* body = std::get_if<TdispLetter>(&l.body);
  if (body != nullptr && body->tdi == NONE) body->tdi = 0;
}

void unknown_interface(const Meeting& m, Outcome<Control>& outcome) {
  const auto* body = tdisp_of(m.letter);
  if (body != nullptr && body->tdi == NONE) outcome.after.tdis = m.before.tdis;
}

void any_version(Letter& l, const Control&) {
  auto* body = std::get_if<TdispLetter>(&l.body);
  if (body != nullptr && body->letter.defect == tdisp::Defect::wrong_version) body->letter.defect = tdisp::Defect::none;
}

void repeat_nonce(wire::AnyMessage& message, const Store& store) {
  auto* response = edit<t::LOCK_INTERFACE_RESPONSE>(message);
  const Byte i = response == nullptr ? NONE : store.tdi_index(response->function_id);
  if (i != NONE && !store.tdis[i].nonces.empty()) response->nonce = store.tdis[i].nonces.front();
}

void leave_nonce_almost_fixed(wire::AnyMessage& message, const Store&) {
  auto* response = edit<t::LOCK_INTERFACE_RESPONSE>(message);
  if (response != nullptr) std::fill(response->nonce.begin() + 1, response->nonce.end(), Byte{0});
}

void wrong_remainder(wire::AnyMessage& message, const Store&) {
  if (auto* response = edit<t::DEVICE_INTERFACE_REPORT>(message)) ++response->remainder_length;
}

void bytes_past_end(wire::AnyMessage& message, const Store&) {
  auto* response = edit<t::DEVICE_INTERFACE_REPORT>(message);
  if (response == nullptr || !response->report_bytes.empty()) return;
  response->report_bytes = Bytes(16);
  response->portion_length = 16;
}

// --- IDE_KM ----------------------------------------------------------------------------------------------------------

void secure_with_five_keys(const Meeting& m, Outcome<Control>& outcome) {
  const auto* body = ide_km_of(m.letter);
  if (body == nullptr || body->stream == NONE || body->letter.stimulus != ide_km::Stimulus::K_SET_GO) return;
  ide_km::Stream& stream = outcome.after.streams[body->stream];
  if (std::popcount(stream.active) == 5) stream.state = StreamState::SECURE;
}

void keys_survive_session(const Meeting& m, Outcome<Control>& outcome) {
  if (a_session_ended(m, outcome)) outcome.after.streams = m.before.streams;
}

void foreign_key_prog(const Meeting& m, Outcome<Control>& outcome) {
  const auto* body = ide_km_of(m.letter);
  const bool foreign = body != nullptr && body->letter.stimulus == ide_km::Stimulus::KEY_PROG &&
                       body->letter.defect == ide_km::Defect::foreign_session;
  if (foreign) outcome.answer = ide_km_response(wire::ide_km::ObjectId::KP_ACK);
}

template <ide_km::Defect Defect>
void acknowledge_key(const Meeting& m, Outcome<Control>& outcome) {
  const auto* body = ide_km_of(m.letter);
  const bool bad = body != nullptr && body->letter.stimulus == ide_km::Stimulus::KEY_PROG &&
                   body->letter.defect == Defect && m.letter.session != NONE;
  if (bad) outcome.answer = ide_km_response(wire::ide_km::ObjectId::KP_ACK);
}

void ide_km_in_clear(const Meeting& m, Outcome<Control>& outcome) {
  if (ide_km_of(m.letter) != nullptr) serve_in_clear(m, outcome);
}

// --- SPDM ------------------------------------------------------------------------------------------------------------

const spdm::Session* session_of(const Meeting& m) {
  return m.letter.session == NONE ? nullptr : &m.before.sessions[m.letter.session];
}

/// PSK_FINISH ends the handshake that KEY_EXCHANGE began, and nobody asks for mutual authentication (CVE-2023-31127).
void psk_finish_for_key_exchange(const Meeting& m, Outcome<Control>& outcome) {
  const spdm::Session* session = session_of(m);
  if (!is(m.letter, spdm::Stimulus::PSK_FINISH) || session == nullptr || session->psk ||
      session->state != SessionState::HANDSHAKING || spdm_of(m.letter)->letter.defect == spdm::Defect::wrong_version)
    return;
  outcome = {m.before, spdm_response(w::Code::PSK_FINISH_RSP), outcome.rule};
  outcome.after.sessions[m.letter.session].state = SessionState::ESTABLISHED;
  outcome.after.sessions[m.letter.session].encapsulated_open = false;
}

/// Serves a request that the machines refuse where it came; nothing but the answer is wrong.
template <spdm::Stimulus Stimulus, w::Code Response>
void serve_outside(const Meeting& m, Outcome<Control>& outcome) {
  if (is(m.letter, Stimulus) && m.letter.session == NONE && outcome.answer.kind != Answer::Kind::response &&
      m.before.connection.state == spdm::ConnectionState::NEGOTIATED)
    outcome.answer = spdm_response(Response);
}

void key_exchange_before_algorithms(const Meeting& m, Outcome<Control>& outcome) {
  if (is(m.letter, spdm::Stimulus::KEY_EXCHANGE) && m.letter.session == NONE &&
      m.before.connection.state == spdm::ConnectionState::AFTER_CAPABILITIES)
    outcome.answer = spdm_response(w::Code::KEY_EXCHANGE_RSP);
}

void measurements_in_handshake(const Meeting& m, Outcome<Control>& outcome) {
  const spdm::Session* session = session_of(m);
  if (is(m.letter, spdm::Stimulus::GET_MEASUREMENTS) && session != nullptr &&
      session->state == SessionState::HANDSHAKING && spdm_of(m.letter)->letter.defect == spdm::Defect::none)
    outcome.answer = spdm_response(w::Code::MEASUREMENTS);
}

void request_after_end_session(const Meeting& m, Outcome<Control>& outcome) {
  if (is(m.letter, spdm::Stimulus::END_SESSION) && outcome.answer.kind == Answer::Kind::response)
    outcome.after = m.before;
}
bool is_end_session(const Letter& l) { return is(l, spdm::Stimulus::END_SESSION); }

void verify_without_update(const Meeting& m, Outcome<Control>& outcome) {
  const spdm::Session* session = session_of(m);
  if (is(m.letter, spdm::Stimulus::KEY_UPDATE_VerifyNewKey) && session != nullptr &&
      session->state == SessionState::ESTABLISHED && session->key_update == spdm::KeyUpdate::none)
    outcome.answer = spdm_response(w::Code::KEY_UPDATE_ACK);
}

void wrong_tag(wire::AnyMessage& message, const Store&) {
  if (auto* ack = edit<w::KEY_UPDATE_ACK>(message)) ++ack->param2;
}
void wrong_version_byte(wire::AnyMessage& message, const Store& store) {
  auto* digests = edit<w::DIGESTS>(message);
  if (digests == nullptr) return;
  const Byte negotiated = store.conversation.negotiated().spdm_version;
  digests->version = negotiated == w::VERSION_1_0 ? w::VERSION_1_1 : w::VERSION_1_0;
}
void wrong_digest(wire::AnyMessage& message, const Store&) {
  if (auto* digests = edit<w::DIGESTS>(message)) digests->digests.front().value.back() ^= 1;
}
void wrong_chain_hash(wire::AnyMessage& message, const Store&) {
  if (auto* auth = edit<w::CHALLENGE_AUTH>(message)) auth->cert_chain_hash.back() ^= 1;
}
void repeat_responder_nonce(wire::AnyMessage& message, const Store&) {
  if (auto* auth = edit<w::CHALLENGE_AUTH>(message)) auth->nonce = Bytes(w::NONCE_SIZE, 0x5A);
}
void two_mut_auth_bits(wire::AnyMessage& message, const Store&) {
  if (auto* response = edit<w::KEY_EXCHANGE_RSP>(message))
    response->mut_auth_requested =
        w::KEY_EXCHANGE_RSP::MUT_AUTH_REQUESTED | w::KEY_EXCHANGE_RSP::MUT_AUTH_WITH_ENCAP_REQUEST;
}
void both_psk_capabilities(wire::AnyMessage& message, const Store&) {
  if (auto* response = edit<w::CAPABILITIES>(message); response != nullptr && response->version >= w::VERSION_1_1)
    response->flags |= w::capability::PSK_CAP;
}
template <std::uint32_t Set, std::uint32_t Cleared>
void claims(wire::AnyMessage& message, const Store&) {
  if (auto* response = edit<w::CAPABILITIES>(message); response != nullptr && response->version >= w::VERSION_1_1)
    response->flags = (response->flags | Set) & ~Cleared;
}
constexpr auto SESSIONS = w::capability::KEY_EX_CAP | w::capability::PSK_CAP;
constexpr auto PROTECTION = w::capability::ENCRYPT_CAP | w::capability::MAC_CAP;
void flip_signature(Bytes& signature) { signature.back() ^= 1; }

// --- the list --------------------------------------------------------------------------------------------------------

using tdisp::Stimulus;
using Defect = tdisp::Defect;

const std::vector<Behaviour>& all() {
  static const std::vector<Behaviour> list{
      {.fault = {"tdisp-lock-in-run", "serves LOCK_INTERFACE_REQUEST in RUN", "TDISP-LOCK-003"}, .decide = lock_in_run},
      {.fault = {"tdisp-lock-without-keys", "locks to a stream without keys", "TDISP-LOCK-006"},
       .misread = overlook<Stimulus::LOCK_INTERFACE_REQUEST, Defect::stream_not_keyed>},
      {.fault = {"tdisp-lock-foreign-keys", "locks to a stream that another session keyed", "TDISP-LOCK-008"},
       .misread = overlook<Stimulus::LOCK_INTERFACE_REQUEST, Defect::stream_keyed_elsewhere>},
      {.fault = {"tdisp-start-any-nonce", "starts with any nonce", "TDISP-START-002"},
       .misread = overlook<Stimulus::START_INTERFACE_REQUEST, Defect::nonce_junk, Defect::nonce_old,
                           Defect::nonce_of_another_tdi>},
      {.fault = {"tdisp-start-old-nonce", "starts with the nonce of an earlier lock", "TDISP-START-004"},
       .misread = overlook<Stimulus::START_INTERFACE_REQUEST, Defect::nonce_old>},
      {.fault = {"tdisp-nonce-repeats", "gives the same nonce with every lock", "TDISP-LOCK-023"},
       .write = repeat_nonce},
      {.fault = {"tdisp-nonce-one-random-byte", "only one byte of the nonce is random", "TDISP-LOCK-023"},
       .write = leave_nonce_almost_fixed},
      {.fault = {"tdisp-get-version-unlocks", "GET_TDISP_VERSION unlocks the TDI", "TDISP-VER-004"},
       .decide = get_version_unlocks},
      {.fault = {"tdisp-report-in-unlocked", "gives a report in CONFIG_UNLOCKED", "TDISP-STATE-001"},
       .decide = report_in<TdiState::CONFIG_UNLOCKED>},
      {.fault = {"tdisp-report-in-error", "gives a report in ERROR", "TDISP-STATE-004"},
       .decide = report_in<TdiState::ERROR>},
      {.fault = {"tdisp-report-remainder", "REMAINDER_LENGTH is one too large", "TDISP-RPT-001"},
       .write = wrong_remainder},
      {.fault = {"tdisp-report-past-end", "gives report bytes behind the end of the report", "TDISP-RPT-005"},
       .misread = overlook<Stimulus::GET_DEVICE_INTERFACE_REPORT, Defect::offset_beyond_report>,
       .write = bytes_past_end},
      {.fault = {"tdisp-refused-start-moves", "a refused START_INTERFACE_REQUEST goes to RUN", "TDISP-HDR-022"},
       .decide = refused_start_moves},
      {.fault = {"tdisp-stop-keeps-state", "acknowledges STOP_INTERFACE_REQUEST and does not stop", "TDISP-STATE-011"},
       .decide = stop_keeps_state},
      {.fault = {"tdisp-session-end-keeps-run", "TDIs survive the session that locked them", "TDISP-OOB-009"},
       .decide = session_end_keeps_run},
      {.fault = {"tdisp-second-tdi-moves", "LOCK of one TDI locks the others", "TDISP-LOCK-025"},
       .decide = second_tdi_moves},
      {.fault = {"tdisp-in-clear", "serves TDISP outside sessions", "TDISP-HDR-018"}, .decide = tdisp_in_clear},
      {.fault = {"tdisp-unknown-interface", "answers for an interface that it does not host", "TDISP-HDR-007"},
       .misread = any_interface,
       .decide = unknown_interface},
      {.fault = {"tdisp-wrong-version-served", "serves requests of another TDISPVersion", "TDISP-HDR-013"},
       .misread = any_version},

      {.fault = {"ide-kp-ack-bad-substream", "acknowledges a key for an undefined sub-stream", "IDE-MSG-021"},
       .decide = acknowledge_key<ide_km::Defect::sub_stream_invalid>},
      {.fault = {"ide-kp-ack-bad-port", "acknowledges a key for a port beyond MaxPortIndex", "IDE-MSG-020"},
       .decide = acknowledge_key<ide_km::Defect::port_unsupported>},
      {.fault = {"ide-secure-with-five-keys", "the stream is Secure after five of six K_SET_GO", "IDE-STREAM-001"},
       .decide = secure_with_five_keys},
      {.fault = {"ide-keys-survive-session", "keys survive the session that programmed them", "IDE-STREAM-013"},
       .decide = keys_survive_session},
      {.fault = {"ide-foreign-key-prog", "accepts keys from a second session", "IDE-STREAM-015"},
       .misread = overlook<ide_km::Stimulus::KEY_PROG, ide_km::Defect::foreign_session>,
       .decide = foreign_key_prog},
      {.fault = {"ide-in-clear", "serves IDE_KM outside sessions", "IDE-MSG-002"}, .decide = ide_km_in_clear},

      {.fault = {"spdm-psk-finish-for-key-exchange", "PSK_FINISH ends a handshake of KEY_EXCHANGE (CVE-2023-31127)",
                 "SPDM-FIN-019"},
       .decide = psk_finish_for_key_exchange},
      {.fault = {"spdm-finish-any-verify-data", "accepts any RequesterVerifyData in FINISH", "SPDM-FIN-004"},
       .misread = overlook<spdm::Stimulus::FINISH, spdm::Defect::bad_verify_data>},
      {.fault = {"spdm-psk-finish-any-verify-data", "accepts any RequesterVerifyData in PSK_FINISH", "SPDM-FIN-014"},
       .misread = overlook<spdm::Stimulus::PSK_FINISH, spdm::Defect::bad_verify_data>},
      {.fault = {"spdm-finish-any-signature", "accepts any signature of the requester", "SPDM-FIN-007"},
       .misread = overlook<spdm::Stimulus::FINISH, spdm::Defect::bad_signature>},
      {.fault = {"spdm-finish-without-mutual-authentication", "lets the requester leave out its authentication",
                 "SPDM-FIN-021"},
       .misread = overlook<spdm::Stimulus::FINISH, spdm::Defect::mut_auth_missing>},
      {.fault = {"spdm-finish-without-key-exchange", "answers FINISH outside a handshake", "SPDM-SESS-012"},
       .decide = serve_outside<spdm::Stimulus::FINISH, w::Code::FINISH_RSP>},
      {.fault = {"spdm-key-exchange-before-algorithms", "answers KEY_EXCHANGE before ALGORITHMS", "SPDM-STATE-007"},
       .decide = key_exchange_before_algorithms,
       .writes_zeros = true},
      {.fault = {"spdm-heartbeat-in-clear", "answers HEARTBEAT outside sessions", "SPDM-SESS-018"},
       .decide = serve_outside<spdm::Stimulus::HEARTBEAT, w::Code::HEARTBEAT_ACK>},
      {.fault = {"spdm-measurements-in-handshake", "gives measurements before FINISH", "SPDM-SESS-009"},
       .decide = measurements_in_handshake},
      {.fault = {"spdm-signature-wrong", "signatures do not verify", "SPDM-CHAL-001"}, .sign = flip_signature},
      {.fault = {"spdm-version-byte-wrong", "DIGESTS comes in another SPDMVersion", "SPDM-VERS-003"},
       .write = wrong_version_byte},
      {.fault = {"spdm-request-after-end-session", "goes on serving a session that has ended", "SPDM-LIFE-014"},
       .decide = request_after_end_session,
       .overlooks = is_end_session},
      {.fault = {"spdm-key-update-verify-without-update", "acknowledges VerifyNewKey without an update",
                 "SPDM-LIFE-007"},
       .decide = verify_without_update},
      {.fault = {"spdm-key-update-tag-wrong", "KEY_UPDATE_ACK does not repeat the tag", "SPDM-LIFE-010"},
       .write = wrong_tag},
      {.fault = {"spdm-digest-wrong", "DIGESTS is not the hash of the chain", "SPDM-CERT-004"}, .write = wrong_digest},
      {.fault = {"spdm-challenge-chain-hash-wrong", "CertChainHash is not the hash of the chain", "SPDM-CHAL-005"},
       .write = wrong_chain_hash},
      {.fault = {"spdm-challenge-nonce-repeats", "the nonce of CHALLENGE_AUTH is always the same", "SPDM-CHAL-009"},
       .write = repeat_responder_nonce},
      {.fault = {"spdm-mutual-authentication-two-bits", "MutAuthRequested has two bits", "SPDM-KEX-004"},
       .write = two_mut_auth_bits},
      {.fault = {"spdm-protection-without-sessions", "claims protected records and no way to a session",
                 "SPDM-CAP-004"},
       .write = claims<0, SESSIONS>},
      {.fault = {"spdm-sessions-without-protection", "claims sessions whose records nothing protects", "SPDM-CAP-005"},
       .write = claims<0, PROTECTION>},
      {.fault = {"spdm-clear-handshake-of-nothing", "claims a handshake in the clear without KEY_EXCHANGE",
                 "SPDM-CAP-007"},
       .write = claims<w::capability::HANDSHAKE_IN_THE_CLEAR_CAP, w::capability::KEY_EX_CAP>},
      {.fault = {"spdm-psk-capability-reserved", "PSK_CAP is 3", "SPDM-CAP-003"}, .write = both_psk_capabilities},
  };
  return list;
}

}  // namespace

std::span<const Behaviour> behaviours() {
  static const std::vector<Behaviour> every = [] {
    std::vector<Behaviour> list(all().begin(), all().end());
    for (auto more : {out_of_band_behaviours(), content_behaviours(), decision_behaviours(), chunk_behaviours(),
                      detail_behaviours(), information_behaviours(), unoffered_behaviours()})
      for (Behaviour& behaviour : more) list.push_back(std::move(behaviour));
    return list;
  }();
  return every;
}

}  // namespace lockstep::device
