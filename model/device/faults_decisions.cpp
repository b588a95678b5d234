// Faults of a device that serves what it must refuse, refuses what it must serve, or takes records that it must not.
#include "device/faults_words.hpp"

namespace lockstep::device {
namespace {

using namespace faulty;

const spdm::Session* session_of(const Meeting& m) {
  return m.letter.session == NONE ? nullptr : &m.before.sessions[m.letter.session];
}

/// Serves a TDISP request in `from` as if the TDI were in `as`.
Decide serves_in(T stimulus, TdiState from, TdiState as) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (!is(m.letter, stimulus)) return;
    const Byte i = tdisp_of(m.letter)->tdi;
    if (m.before.tdis[i].state != from) return;
    Control pretended = m.before;
    pretended.tdis[i] = {.state = as, .nonce = as == TdiState::CONFIG_LOCKED};
    if (as == TdiState::CONFIG_LOCKED && from == TdiState::CONFIG_UNLOCKED)
      pretended.bindings[i] = {m.letter.session, 0, NONE};
    Letter letter = m.letter;
    std::get<TdispLetter>(letter.body).letter.defect = tdisp::Defect::none;
    outcome = step(m.shape, pretended, letter);
  };
}

void second_session_locks(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, T::LOCK_INTERFACE_REQUEST)) return;
  const Byte i = tdisp_of(m.letter)->tdi;
  if (m.before.tdis[i].state == TdiState::CONFIG_UNLOCKED || m.before.bindings[i].session == m.letter.session) return;
  outcome.answer = tdisp_response(t::MessageType::LOCK_INTERFACE_RESPONSE);
}

void stop_in_error_refused(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, T::STOP_INTERFACE_REQUEST)) return;
  if (m.before.tdis[tdisp_of(m.letter)->tdi].state != TdiState::ERROR) return;
  outcome.answer =
      Answer::error(AnswerProtocol::TDISP, static_cast<std::uint32_t>(t::ErrorCode::INVALID_INTERFACE_STATE));
  outcome.after = m.before;
}

void refused_lock_keeps_locked(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, T::LOCK_INTERFACE_REQUEST) || outcome.answer.kind != Answer::Kind::error) return;
  const Byte i = tdisp_of(m.letter)->tdi;
  if (m.before.tdis[i].state == TdiState::CONFIG_UNLOCKED)
    outcome.after.tdis[i] = {.state = TdiState::CONFIG_LOCKED, .nonce = true};
}

// --- IDE_KM ----------------------------------------------------------------------------------------------------------

const IdeKmLetter* addressed(const Meeting& m, K stimulus) {
  const auto* body = ide_km_of(m.letter);
  return body != nullptr && body->stream != NONE && body->letter.stimulus == stimulus ? body : nullptr;
}

/// The key is in its slot although KEY_PROG was refused.
void refused_key_taken(const Meeting& m, Outcome<Control>& outcome) {
  const auto* body = ide_km_of(m.letter);
  if (body == nullptr || body->letter.stimulus != K::KEY_PROG || outcome.answer.kind != Answer::Kind::error) return;
  const bool bad = body->letter.defect == ide_km::Defect::ifv_not_initial;
  if (!bad || body->stream == NONE) return;
  ide_km::Stream& stream = outcome.after.streams[body->stream];
  stream.programmed |= body->letter.slot.mask();
}

void go_without_key(const Meeting& m, Outcome<Control>& outcome) {
  const IdeKmLetter* body = addressed(m, K::K_SET_GO);
  if (body == nullptr || m.letter.session == NONE) return;
  const ide_km::Stream& before = m.before.streams[body->stream];
  if ((before.programmed & body->letter.slot.mask()) != 0) return;
  Control pretended = m.before;
  pretended.streams[body->stream].programmed |= body->letter.slot.mask();
  if (before.owner == ide_km::NO_OWNER) pretended.streams[body->stream].owner = m.letter.session;
  outcome = step(m.shape, pretended, m.letter);
}

/// What a session that does not own the stream asks is done.
Decide foreign_object(K stimulus) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    const IdeKmLetter* body = addressed(m, stimulus);
    if (body == nullptr || m.letter.session == NONE) return;
    const Byte owner = m.before.streams[body->stream].owner;
    if (owner >= MAX_SESSIONS || owner == m.letter.session) return;
    Letter letter = m.letter;
    letter.session = owner;
    std::get<IdeKmLetter>(letter.body).letter.session = owner;
    std::get<IdeKmLetter>(letter.body).letter.defect = ide_km::Defect::none;
    outcome = step(m.shape, m.before, letter);
  };
}

void unknown_object_acknowledged(const Meeting& m, Outcome<Control>& outcome) {
  const auto* body = ide_km_of(m.letter);
  if (body != nullptr && body->letter.stimulus == K::UNKNOWN_OBJECT && m.letter.session != NONE)
    outcome.answer = ide_km_response(k::ObjectId::K_GOSTOP_ACK);
}

/// The session that programmed the first key is gone, and nobody else may program one.
void owned_for_good(const Meeting& m, Outcome<Control>& outcome) {
  constexpr Byte NOBODY = MAX_SESSIONS - 1;
  if (!a_session_ended(m, outcome)) return;
  for (std::size_t i = 0; i < MAX_STREAMS; ++i)
    if (const ide_km::Stream& before = m.before.streams[i]; before.programmed != 0)
      outcome.after.streams[i] = {.programmed = before.programmed, .owner = NOBODY};
}

// --- SPDM ------------------------------------------------------------------------------------------------------------

void answer_any_vendor(const Meeting& m, Outcome<Control>& outcome) {
  const bool unknown =
      is(m.letter, S::VENDOR_DEFINED_REQUEST) && spdm_of(m.letter)->letter.defect == spdm::Defect::not_supported;
  if (unknown && outcome.answer.is_refusal()) outcome = {m.before, spdm_response(w::Code::VENDOR_DEFINED_RESPONSE), {}};
}
void speak_for_any_vendor(wire::AnyMessage& message, const Store&) {
  auto* response = edit<w::VENDOR_DEFINED_RESPONSE>(message);
  if (response == nullptr || !response->vendor_defined_payload.empty()) return;
  response->standard_id = w::FIRST_UNKEPT_REGISTRY;
  response->vendor_defined_payload = Bytes(4);
  response->payload_length = 4;
}

/// Serves a request in a session that is in `phase`.
Decide serves_in_session(S stimulus, SessionState phase, w::Code response) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    const spdm::Session* session = session_of(m);
    if (!is(m.letter, stimulus) || session == nullptr || session->state != phase) return;
    if (spdm_of(m.letter)->letter.defect != spdm::Defect::wrong_version &&
        outcome.answer.kind != Answer::Kind::response)
      outcome = {m.before, spdm_response(response), outcome.rule};
  };
}
Decide serves_in_clear(S stimulus, w::Code response, spdm::ConnectionState state = spdm::ConnectionState::NEGOTIATED) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (is(m.letter, stimulus) && m.letter.session == NONE && m.before.connection.state == state &&
        outcome.answer.kind != Answer::Kind::response)
      outcome.answer = spdm_response(response);
  };
}

template <S Stimulus, spdm::Defect... Defects>
std::function<void(Letter&, const Control&)> blind() {
  return overlook<Stimulus, Defects...>;
}

// --- records ---------------------------------------------------------------------------------------------------------

using Kind = spdm::RecordError::Kind;
bool is_replay(const spdm::RecordError&, View record, View latest) {
  return std::equal(record.begin(), record.end(), latest.begin(), latest.end());
}
bool is_short(const spdm::RecordError& error, View, View) { return error.kind == Kind::malformed; }
bool is_bad_inside(const spdm::RecordError& error, View, View) { return error.kind == Kind::bad_plaintext; }
bool is_not_authentic(const spdm::RecordError& error, View record, View latest) {
  return error.kind == Kind::not_authentic && !is_replay(error, record, latest);
}

void swap_ids(Bytes& record) {
  std::swap(record[0], record[2]);
  std::swap(record[1], record[3]);
}
void longer_length(Bytes& record) { ++record[4]; }
void other_tag(Bytes& record) { record.back() ^= 1; }
bool is_error(View message) { return message.size() > 1 && message[1] == static_cast<Byte>(w::Code::ERROR); }
bool is_heartbeat_ack(View message) {
  return message.size() > 1 && message[1] == static_cast<Byte>(w::Code::HEARTBEAT_ACK);
}

}  // namespace

std::vector<Behaviour> decision_behaviours() {
  constexpr auto HANDSHAKING = SessionState::HANDSHAKING, ESTABLISHED = SessionState::ESTABLISHED;
  return {
      {.fault = {"tdisp-start-nonce-of-another", "starts with the nonce of another TDI", "TDISP-START-005"},
       .misread = overlook<T::START_INTERFACE_REQUEST, tdisp::Defect::nonce_of_another_tdi>},
      {.fault = {"tdisp-start-in-unlocked", "serves START_INTERFACE_REQUEST in CONFIG_UNLOCKED", "TDISP-STATE-005"},
       .decide = serves_in(T::START_INTERFACE_REQUEST, TdiState::CONFIG_UNLOCKED, TdiState::CONFIG_LOCKED)},
      {.fault = {"tdisp-start-in-run", "serves START_INTERFACE_REQUEST in RUN", "TDISP-STATE-007"},
       .decide = serves_in(T::START_INTERFACE_REQUEST, TdiState::RUN, TdiState::CONFIG_LOCKED)},
      {.fault = {"tdisp-start-in-error", "serves START_INTERFACE_REQUEST in ERROR", "TDISP-STATE-008"},
       .decide = serves_in(T::START_INTERFACE_REQUEST, TdiState::ERROR, TdiState::CONFIG_LOCKED)},
      {.fault = {"tdisp-lock-in-locked", "serves LOCK_INTERFACE_REQUEST in CONFIG_LOCKED", "TDISP-LOCK-002"},
       .decide = serves_in(T::LOCK_INTERFACE_REQUEST, TdiState::CONFIG_LOCKED, TdiState::CONFIG_UNLOCKED)},
      {.fault = {"tdisp-second-session-locks", "lets a second session lock a locked TDI", "TDISP-LOCK-036"},
       .decide = second_session_locks},
      {.fault = {"tdisp-stop-in-error-refused", "refuses STOP_INTERFACE_REQUEST in ERROR", "TDISP-STATE-012"},
       .decide = stop_in_error_refused},
      {.fault = {"tdisp-refused-lock-locks", "a refused LOCK_INTERFACE_REQUEST locks", "TDISP-LOCK-022"},
       .decide = refused_lock_keeps_locked},
      {.fault = {"tdisp-unsupported-flags-served", "locks with FLAGS that it does not support", "TDISP-LOCK-013"},
       .misread = overlook<T::LOCK_INTERFACE_REQUEST, tdisp::Defect::flags_unsupported>},
      {.fault = {"tdisp-unknown-stream-served", "locks to a stream that it does not have", "TDISP-LOCK-010"},
       .misread = overlook<T::LOCK_INTERFACE_REQUEST, tdisp::Defect::stream_unknown>},
      {.fault = {"tdisp-bind-without-flag", "binds a peer-to-peer stream without BIND_P2P at LOCK", "TDISP-P2P-001"},
       .misread = overlook<T::BIND_P2P_STREAM_REQUEST, tdisp::Defect::p2p_not_enabled>,
       .decide =
           [](const Meeting& m, Outcome<Control>& outcome) {
             if (is(m.letter, T::BIND_P2P_STREAM_REQUEST) && m.letter.session != NONE &&
                 m.before.tdis[tdisp_of(m.letter)->tdi].state == TdiState::RUN)
               outcome.answer = tdisp_response(t::MessageType::BIND_P2P_STREAM_RESPONSE);
           }},
      {.fault = {"tdisp-unknown-range-served", "changes the attribute of a range that was not reported",
                 "TDISP-P2P-007"},
       .misread = overlook<T::SET_MMIO_ATTRIBUTE_REQUEST, tdisp::Defect::range_unknown>},
      {.fault = {"tdisp-fixed-range-served", "changes the attribute of a range that is not updatable", "TDISP-P2P-006"},
       .misread = overlook<T::SET_MMIO_ATTRIBUTE_REQUEST, tdisp::Defect::range_not_updatable>},

      {.fault = {"ide-refused-key-taken", "a refused KEY_PROG programs its key", "IDE-MSG-025"},
       .decide = refused_key_taken},
      {.fault = {"ide-go-without-key", "K_SET_GO takes a slot without a key into use", "IDE-MSG-037"},
       .decide = go_without_key},
      {.fault = {"ide-foreign-go", "K_SET_GO of another session takes a key into use", "IDE-STREAM-015"},
       .decide = foreign_object(K::K_SET_GO)},
      {.fault = {"ide-unknown-object-acknowledged", "acknowledges an object that nobody defines", "IDE-MSG-033"},
       .decide = unknown_object_acknowledged},
      {.fault = {"ide-owner-for-good", "the stream stays with the session that programmed it, which has ended",
                 "IDE-STREAM-016"},
       .decide = owned_for_good},
      {.fault = {"spdm-any-vendor-answered", "answers a vendor of a registry that nobody keeps", "SPDM-VDM-001"},
       .decide = answer_any_vendor,
       .write = speak_for_any_vendor,
       .writes_zeros = true},
      {.fault = {"spdm-capabilities-any-size", "takes capabilities that break the rules", "SPDM-CAP-014"},
       .misread = blind<S::GET_CAPABILITIES, spdm::Defect::invalid_field>()},
      {.fault = {"spdm-capabilities-changed-retry", "takes other capabilities in a second GET_CAPABILITIES",
                 "SPDM-CAP-024"},
       .decide =
           serves_in_clear(S::GET_CAPABILITIES, w::Code::CAPABILITIES, spdm::ConnectionState::AFTER_CAPABILITIES)},
      {.fault = {"spdm-algorithms-any", "takes an offer of algorithms that breaks the rules", "SPDM-ALG-010"},
       .misread = blind<S::NEGOTIATE_ALGORITHMS, spdm::Defect::invalid_field>()},
      {.fault = {"spdm-challenge-any-slot", "answers CHALLENGE for a slot above 7", "SPDM-CHAL-006"},
       .misread = blind<S::CHALLENGE, spdm::Defect::invalid_field>(),
       .writes_zeros = true},
      {.fault = {"spdm-certificate-any-slot", "answers GET_CERTIFICATE for a slot above 7", "SPDM-CERT-005"},
       .misread = blind<S::GET_CERTIFICATE, spdm::Defect::invalid_field>(),
       .writes_zeros = true},
      {.fault = {"spdm-certificate-empty-slot", "answers GET_CERTIFICATE for a slot that it does not have",
                 "SPDM-CERT-006"},
       .misread = blind<S::GET_CERTIFICATE, spdm::Defect::invalid_field>(),
       .writes_zeros = true},
      {.fault = {"spdm-any-secured-version", "agrees to secured messages of a version that there is not",
                 "SPDM-KEX-017"},
       .misread = blind<S::PSK_EXCHANGE, spdm::Defect::invalid_field>(),
       .writes_zeros = true},
      {.fault = {"spdm-key-exchange-any-slot", "answers KEY_EXCHANGE for a slot above 7", "SPDM-KEX-007"},
       .misread = blind<S::KEY_EXCHANGE, spdm::Defect::invalid_field>(),
       .writes_zeros = true},
      {.fault = {"spdm-unknown-psk-answered", "answers PSK_EXCHANGE without the key", "SPDM-FIN-015"},
       .misread = blind<S::PSK_EXCHANGE, spdm::Defect::unknown_psk>(),
       .writes_zeros = true},
      {.fault = {"spdm-undefined-key-operation", "acknowledges an undefined operation of KEY_UPDATE", "SPDM-LIFE-009"},
       .decide = serves_in_session(S::KEY_UPDATE_undefined, ESTABLISHED, w::Code::KEY_UPDATE_ACK)},
      {.fault = {"spdm-heartbeat-in-handshake", "answers HEARTBEAT before FINISH", "SPDM-SESS-019"},
       .decide = serves_in_session(S::HEARTBEAT, HANDSHAKING, w::Code::HEARTBEAT_ACK)},
      {.fault = {"spdm-end-session-in-handshake", "answers END_SESSION before FINISH", "SPDM-SESS-023"},
       .decide = serves_in_session(S::END_SESSION, HANDSHAKING, w::Code::END_SESSION_ACK)},
      {.fault = {"spdm-capabilities-in-session", "answers GET_CAPABILITIES in a session", "SPDM-SESS-002"},
       .decide = serves_in_session(S::GET_CAPABILITIES, ESTABLISHED, w::Code::CAPABILITIES),
       .writes_zeros = true},
      {.fault = {"spdm-challenge-in-session", "answers CHALLENGE in a session", "SPDM-SESS-008"},
       .decide = serves_in_session(S::CHALLENGE, ESTABLISHED, w::Code::CHALLENGE_AUTH),
       .writes_zeros = true},
      {.fault = {"spdm-end-session-in-clear", "answers END_SESSION outside sessions", "SPDM-SESS-022"},
       .decide = serves_in_clear(S::END_SESSION, w::Code::END_SESSION_ACK)},
      {.fault = {"spdm-key-update-in-clear", "answers KEY_UPDATE outside sessions", "SPDM-SESS-020"},
       .decide = serves_in_clear(S::KEY_UPDATE_UpdateKey, w::Code::KEY_UPDATE_ACK)},
      {.fault = {"spdm-psk-finish-in-clear", "answers PSK_FINISH outside a handshake", "SPDM-SESS-016"},
       .decide = serves_in_clear(S::PSK_FINISH, w::Code::PSK_FINISH_RSP)},
      {.fault = {"spdm-digests-before-algorithms", "answers GET_DIGESTS before ALGORITHMS", "SPDM-STATE-003"},
       .decide = serves_in_clear(S::GET_DIGESTS, w::Code::DIGESTS, spdm::ConnectionState::AFTER_CAPABILITIES),
       .writes_zeros = true},
      {.fault = {"secmsg-replay-taken", "takes a record twice", "SECMSG-008"}, .takes = is_replay},
      {.fault = {"secmsg-short-record-taken", "takes a record that is cut short", "SECMSG-011"}, .takes = is_short},
      {.fault = {"secmsg-inner-length-taken", "takes a record whose ApplicationDataLength is too great", "SECMSG-013"},
       .takes = is_bad_inside},
      {.fault = {"secmsg-any-tag-taken", "takes records that do not authenticate", "SECMSG-010"},
       .takes = is_not_authentic},
      {.fault = {"spdm-updated-key-taken", "takes records under the key before the update", "SPDM-LIFE-012"},
       .takes = is_not_authentic},
      {.fault = {"secmsg-bare-message-taken", "answers a plain message that comes as a secured one", "SPDM-LIFE-019"},
       .takes_bare_messages = true},
      {.fault = {"secmsg-ids-swapped", "the two halves of SessionID are swapped", "SECMSG-021"}, .spoil = swap_ids},
      {.fault = {"secmsg-length-wrong", "Length is not that of ciphertext and tag", "SECMSG-002"},
       .spoil = longer_length},
      {.fault = {"secmsg-tag-wrong", "the tag of records is wrong", "SECMSG-003"}, .spoil = other_tag},
      {.fault = {"secmsg-sequence-skipped", "sequence numbers do not begin with 0", "SECMSG-006"},
       .skips_sequence_numbers = true},
      {.fault = {"secmsg-errors-in-clear", "answers with an ERROR in the clear in a living session", "SECMSG-019"},
       .bares = is_error},
      {.fault = {"secmsg-answers-in-clear", "answers in the clear what was asked in a session", "SECMSG-020"},
       .bares = is_heartbeat_ack},
  };
}

}  // namespace lockstep::device
