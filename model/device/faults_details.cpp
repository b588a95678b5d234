// Faults of a device that takes amiss what a receiver ignores, and of keys, bindings and reports that change when they
// must not.
#include <algorithm>
#include <bit>

#include "device/faults_words.hpp"
#include "spdm/key_schedule.hpp"

namespace lockstep::device {
namespace {

using namespace faulty;

// --- what a receiver ignores -----------------------------------------------------------------------------------------

using Odd = std::function<bool(const wire::AnyMessage& request)>;

/// A field of a request of `protocol` with such a name is not 0.
Odd carries(wire::Protocol protocol, std::string_view name) {
  return [=](const wire::AnyMessage& request) {
    if (!request || request.layout().protocol != protocol) return false;
    const wire::Field* field = request.layout().find(name);
    return field != nullptr && field->get && field->get(request.object()) != 0;
  };
}

/// A reserved bit or field of a request of `protocol` is not 0.
Odd carries_reserved(wire::Protocol protocol) {
  return [=](const wire::AnyMessage& request) {
    if (!request || request.layout().protocol != protocol) return false;
    const auto& fields = request.layout().fields;
    return std::any_of(fields.begin(), fields.end(), [&](const wire::Field& field) {
      return field.get && (field.get(request.object()) & field.reserved) != 0;
    });
  };
}

bool carries_address_mask(const wire::AnyMessage& request) {
  const auto* lock = request.as<t::LOCK_INTERFACE_REQUEST>();
  return lock != nullptr && (lock->flags & t::BIND_P2P) == 0 && lock->bind_p2p_address_mask != 0;
}

/// The request is refused as one of the wrong length.
Decide refuses(Odd odd) {
  return [odd = std::move(odd)](const Meeting& m, Outcome<Control>& outcome) {
    if (!odd(*m.request)) return;
    Letter letter = m.letter;
    if (auto* l = std::get_if<SpdmLetter>(&letter.body)) l->letter.defect = spdm::Defect::malformed;
    if (auto* l = std::get_if<TdispLetter>(&letter.body)) l->letter.defect = tdisp::Defect::too_short;
    if (auto* l = std::get_if<IdeKmLetter>(&letter.body)) l->letter.defect = ide_km::Defect::wrong_length;
    outcome = step(m.shape, m.before, letter);
  };
}

/// What is odd gets no answer and has no effect.
Decide drops(Odd odd) {
  return [odd = std::move(odd)](const Meeting& m, Outcome<Control>& outcome) {
    if (odd(*m.request)) outcome = {m.before, Answer::silent(), outcome.rule};
  };
}

/// Refused, and the key is in its slot all the same.
void half_refused_key(const Meeting& m, Outcome<Control>& outcome) {
  constexpr Byte RESERVED = 0x0C;
  const auto* prog = m.request->as<k::KEY_PROG>();
  if (prog != nullptr && (prog->key_sub_stream & RESERVED) != 0 && outcome.answer.kind == Answer::Kind::response)
    outcome.answer = Answer::error(AnswerProtocol::IDE_KM, static_cast<std::uint32_t>(k::Status::UNSUPPORTED_VALUE));
}

void unlock(Control& control, std::size_t tdi) {
  control.tdis[tdi] = {};
  control.bindings[tdi] = {};
}

void odd_interface_unlocks(const Meeting& m, Outcome<Control>& outcome) {
  static const Odd odd = carries(wire::Protocol::TDISP, "INTERFACE_ID.Reserved");
  if (odd(*m.request) && tdisp_of(m.letter)->tdi != NONE) unlock(outcome.after, tdisp_of(m.letter)->tdi);
}

// --- TDISP -----------------------------------------------------------------------------------------------------------

Answer invalid_request() {
  return Answer::error(AnswerProtocol::TDISP, static_cast<std::uint32_t>(t::ErrorCode::INVALID_REQUEST));
}

void crossing_refused(const Meeting& m, Outcome<Control>& outcome) {
  const auto* get = m.request->as<t::GET_DEVICE_INTERFACE_REPORT>();
  if (get == nullptr || outcome.answer.kind != Answer::Kind::response) return;
  const auto size = m.store->tdis[tdisp_of(m.letter)->tdi].report_size;
  if (size && get->offset != 0 && get->offset + std::size_t{get->length} > *size) outcome.answer = invalid_request();
}

/// The report, whose last byte is of the device's own making.
void change_last_byte(t::DEVICE_INTERFACE_REPORT& portion) {
  if (portion.remainder_length == 0 && !portion.report_bytes.empty()) portion.report_bytes.back() ^= 1;
}
void report_changes_in_run(wire::AnyMessage& message, const Store& store) {
  auto* portion = edit<t::DEVICE_INTERFACE_REPORT>(message);
  const Byte tdi = portion == nullptr ? NONE : store.tdi_index(portion->function_id);
  if (tdi != NONE && !store.tdis[tdi].outdated.empty()) change_last_byte(*portion);
}

/// What does not fit 64 bits stays at the highest address.
void offset_saturates(wire::AnyMessage& message, const Store& store) {
  constexpr std::uint64_t PAGE = 4096, LAST_PAGE = ~std::uint64_t{0} / PAGE;
  auto* portion = edit<t::DEVICE_INTERFACE_REPORT>(message);
  const Byte tdi = portion == nullptr ? NONE : store.tdi_index(portion->function_id);
  if (tdi == NONE || !store.tdis[tdi].lock) return;
  auto report = wire::decode<t::TDI_REPORT>(portion->report_bytes, {});
  if (!report) return;
  for (t::MMIO_RANGE& range : report->message.mmio_range)
    if (range.first_page < store.tdis[tdi].lock->mmio_reporting_offset / PAGE) range.first_page = LAST_PAGE;
  portion->report_bytes = wire::encode(report->message, {});
}

void second_bind_unlocks(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, T::BIND_P2P_STREAM_REQUEST)) return;
  const Byte tdi = tdisp_of(m.letter)->tdi;
  if (m.before.tdis[tdi].p2p_bound) unlock(outcome.after, tdi);
}

void lost_peer_stream_unnoticed(const Meeting& m, Outcome<Control>& outcome) {
  const auto* body = ide_km_of(m.letter);
  if (body == nullptr) return;
  for (std::size_t i = 0; i < m.shape.tdis; ++i)
    if (m.before.bindings[i].p2p_stream == body->stream && m.before.bindings[i].stream != body->stream) {
      outcome.after.tdis[i] = m.before.tdis[i];
      outcome.after.bindings[i] = m.before.bindings[i];
    }
}

/// An answer of this protocol and kind comes under a Protocol ID that is nobody's.
template <Byte ProtocolId, std::size_t KindAt, Byte Kind>
void other_protocol_id(wire::AnyMessage& message, const Store&) {
  constexpr Byte NOBODYS = 0x7F;
  auto* envelope = edit<w::VENDOR_DEFINED_RESPONSE>(message);
  if (envelope == nullptr || envelope->vendor_defined_payload.size() <= KindAt) return;
  Bytes& payload = envelope->vendor_defined_payload;
  if (payload[0] == ProtocolId && payload[KindAt] == Kind) payload[0] = NOBODYS;
}

// --- IDE_KM ----------------------------------------------------------------------------------------------------------

const IdeKmLetter* addressed(const Meeting& m, K stimulus) {
  const auto* body = ide_km_of(m.letter);
  return body != nullptr && body->stream != NONE && body->letter.stimulus == stimulus &&
                 body->letter.defect == ide_km::Defect::none
             ? body
             : nullptr;
}

void query_takes_keys_into_use(const Meeting& m, Outcome<Control>& outcome) {
  const IdeKmLetter* body = addressed(m, K::QUERY);
  if (body == nullptr) return;
  ide_km::Stream& stream = outcome.after.streams[body->stream];
  if (stream.state != StreamState::INSECURE || stream.programmed != ide_km::KEY_SET_K0) return;
  stream.active = ide_km::KEY_SET_K0;
  stream.state = StreamState::SECURE;
}

void change_of_active_key_unlocks(const Meeting& m, Outcome<Control>& outcome) {
  const IdeKmLetter* body = addressed(m, K::KEY_PROG);
  if (body == nullptr || (m.before.streams[body->stream].active & body->letter.slot.mask()) == 0) return;
  for (std::size_t i = 0; i < m.shape.tdis; ++i)
    if (m.before.bindings[i].stream == body->stream) unlock(outcome.after, i);
}

void goes_are_counted(const Meeting& m, Outcome<Control>& outcome) {
  const IdeKmLetter* body = addressed(m, K::K_SET_GO);
  if (body == nullptr) return;
  const ide_km::Stream& before = m.before.streams[body->stream];
  if ((before.active & body->letter.slot.mask()) != 0 && std::popcount(before.active) == 5)
    outcome.after.streams[body->stream].state = StreamState::SECURE;
}

// --- SPDM ------------------------------------------------------------------------------------------------------------

Decide serves(S stimulus, spdm::ConnectionState state, w::Code response) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (is(m.letter, stimulus) && m.letter.session == NONE && m.before.connection.state == state)
      outcome.answer = spdm_response(response);
  };
}

void retry_served(const Meeting& m, Outcome<Control>& outcome) {
  if (is(m.letter, S::GET_CAPABILITIES) && spdm_of(m.letter)->letter.defect == spdm::Defect::identical_retry)
    outcome = {m.before, spdm_response(w::Code::CAPABILITIES), outcome.rule};
}
void other_capabilities_in_retry(wire::AnyMessage& message, const Store& store) {
  auto* response = edit<w::CAPABILITIES>(message);
  if (response != nullptr && store.conversation.negotiated().spdm_version != 0) ++response->ct_exponent;
}

void undefined_last_payload(wire::AnyMessage& message, const Store&) {
  constexpr Byte UNDEFINED = 7;
  auto* ack = edit<w::ENCAPSULATED_RESPONSE_ACK>(message);
  const auto last = static_cast<Byte>(w::ENCAPSULATED_RESPONSE_ACK::PayloadType::ReqSlotNumber);
  if (ack != nullptr && ack->param2 == last) ack->param2 = UNDEFINED;
}

/// It stands where it would stand had it been asked for.
void summary_unasked(wire::AnyMessage& message, const Store&) {
  auto* auth = edit<w::CHALLENGE_AUTH>(message);
  if (auth != nullptr && auth->measurement_summary_hash.empty()) append(auth->nonce, auth->cert_chain_hash);
}

void flow_out_of_nothing(const Meeting& m, Outcome<Control>& outcome) {
  if (!is(m.letter, S::GET_ENCAPSULATED_REQUEST) || m.letter.session == NONE) return;
  const spdm::Session& session = m.before.sessions[m.letter.session];
  if (session.state == SessionState::HANDSHAKING && outcome.answer.is_refusal())
    outcome.answer = spdm_response(w::Code::ENCAPSULATED_REQUEST);
}

/// An answer of a vendor that has something to say.
void speak(wire::AnyMessage& message, const Store&) {
  auto* response = edit<w::VENDOR_DEFINED_RESPONSE>(message);
  if (response == nullptr || !response->vendor_defined_payload.empty()) return;
  response->vendor_defined_payload = {0x7F, 1};
  response->payload_length = 2;
}
void speak_another_version(wire::AnyMessage& message, const Store& store) {
  auto* response = edit<w::VENDOR_DEFINED_RESPONSE>(message);
  if (response == nullptr || !response->vendor_defined_payload.empty()) return;
  speak(message, store);
  response->version = response->version == w::VERSION_1_2 ? w::VERSION_1_1 : w::VERSION_1_2;
}

/// As soon as the hash is known: the secret that all its PSK sessions begin with.
void use_the_salt_of_others(Store& store, const Letter& letter) {
  const spdm::Negotiated& negotiated = store.conversation.negotiated();
  if (!is(letter, S::NEGOTIATE_ALGORITHMS) || negotiated.session_missing()) return;
  const spdm::KeySchedule schedule(negotiated.spdm_version, *negotiated.hash);
  const Byte salt = static_cast<Byte>(~schedule.psk_salt());
  const Bytes secret = schedule.psk_handshake_secret(sample_psks().begin()->second, salt);
  store.conversation.secrets().psk = {};
  store.conversation.secrets().handshake_secret = [secret](View, View) { return secret; };
}

spdm::SessionData* data_of(Store& store, const Letter& letter) {
  const auto id = letter.session == NONE ? std::nullopt : store.session_ids[letter.session];
  spdm::SessionData* data = id ? store.conversation.altered().find_session(*id) : nullptr;
  return data != nullptr && data->keys ? data : nullptr;
}

void update_key_of_responder_too(Store& store, const Letter& letter) {
  spdm::SessionData* data = is(letter, S::KEY_UPDATE_UpdateKey) ? data_of(store, letter) : nullptr;
  if (data == nullptr) return;
  const spdm::Negotiated& negotiated = store.conversation.negotiated();
  const spdm::KeySchedule schedule(negotiated.spdm_version, *negotiated.hash);
  Bytes& secret = data->keys->direction_secret.response;
  secret = schedule.updated(secret);
  data->keys->records.response.update(schedule.record_keys(secret, *negotiated.aead));
}

void use_one_key(Store& store, const Letter&) {
  for (auto& [id, data] : store.conversation.altered().sessions) {
    if (!data.keys) continue;
    const spdm::RecordKeys& keys = data.keys->records.request.keys();
    spdm::SecuredDirection& response = data.keys->records.response;
    if (response.keys().key == keys.key) continue;
    const std::uint64_t number = response.sequence_number();
    response.update(keys);
    response.confirm();
    response.resume_at(number);
  }
}

void mix_measurements(Store& store, const Letter& letter) {
  if (!is(letter, S::GET_MEASUREMENTS) || letter.session == NONE) return;
  if (const spdm::SessionData* data = data_of(store, letter))
    store.conversation.altered().outside.measurements = data->channel.measurements;
}

void keep_l1(Store& store) {
  spdm::Channel& outside = store.conversation.altered().outside;
  outside.measurements = outside.unreset_measurements;
}
void requests_reset_nothing(Store& store, const Letter& letter) {
  if (!is(letter, S::GET_MEASUREMENTS)) keep_l1(store);
}
void errors_reset_nothing(Store& store, const Letter& letter) {
  if (is(letter, S::GET_MEASUREMENTS)) keep_l1(store);
}
void measurements_reset_nothing(Store& store, const Letter& letter) {
  spdm::Transcripts& transcripts = store.conversation.altered().transcripts;
  if (is(letter, S::GET_MEASUREMENTS)) transcripts.b = transcripts.unreset_b;
}

void end_behind_the_session_id(Bytes& record) { record.resize(4); }

}  // namespace

std::vector<Behaviour> detail_behaviours() {
  using spdm::ConnectionState;
  using wire::Protocol;
  return {
      {.fault = {"tdisp-reserved-refused", "refuses reserved header bytes that are not 0", "TDISP-HDR-006"},
       .decide = refuses(carries(Protocol::TDISP, "Reserved"))},
      {.fault = {"tdisp-odd-interface-unlocks", "reserved bits of INTERFACE_ID unlock the TDI", "TDISP-HDR-009"},
       .decide = odd_interface_unlocks},
      {.fault = {"tdisp-address-mask-dropped", "does not answer BIND_P2P_ADDRESS_MASK without BIND_P2P",
                 "TDISP-LOCK-035"},
       .decide = drops(carries_address_mask)},
      {.fault = {"tdisp-report-crossing-refused", "refuses a portion that would cross the end of the report",
                 "TDISP-RPT-007"},
       .decide = crossing_refused},
      {.fault = {"tdisp-report-changes-in-run", "the report in RUN is another one than in CONFIG_LOCKED",
                 "TDISP-RPT-009"},
       .write = report_changes_in_run},
      {.fault = {"tdisp-offset-saturates", "an MMIO_REPORTING_OFFSET that wraps moves ranges to the highest address",
                 "TDISP-LOCK-030"},
       .write = offset_saturates},
      {.fault = {"tdisp-second-bind-unlocks", "BIND of a stream that is bound unlocks the TDI", "TDISP-P2P-003"},
       .decide = second_bind_unlocks},
      {.fault = {"tdisp-peer-stream-lost-unnoticed", "goes on when the bound peer-to-peer stream is lost",
                 "TDISP-P2P-005"},
       .decide = lost_peer_stream_unnoticed},
      {.fault = {"tdisp-other-protocol-id", "TDISP_ERROR comes under another Protocol ID", "TDISP-HDR-002"},
       .write = other_protocol_id<1, 2, static_cast<Byte>(t::MessageType::TDISP_ERROR)>},

      {.fault = {"ide-other-protocol-id", "KP_ACK comes under another Protocol ID", "IDE-MSG-001"},
       .write = other_protocol_id<0, 1, static_cast<Byte>(k::ObjectId::KP_ACK)>},
      {.fault = {"ide-reserved-refused", "refuses reserved bytes that are not 0", "IDE-MSG-039"},
       .decide = refuses(carries_reserved(Protocol::IDE_KM))},
      {.fault = {"ide-reserved-half-refused", "refuses a key for reserved bits, and programs it", "IDE-MSG-025"},
       .decide = half_refused_key},
      {.fault = {"ide-query-takes-keys-into-use", "QUERY takes keys into use", "IDE-MSG-014"},
       .decide = query_takes_keys_into_use},
      {.fault = {"ide-active-key-unlocks", "KEY_PROG over a slot in use unlocks the TDIs of the stream", "IDE-MSG-026"},
       .decide = change_of_active_key_unlocks},
      {.fault = {"ide-goes-counted", "a second K_SET_GO of one slot counts for another slot", "IDE-STREAM-001"},
       .decide = goes_are_counted},

      {.fault = {"spdm-reserved-refused", "refuses reserved bits that are not 0", "SPDM-FORM-001"},
       .decide = refuses(carries_reserved(Protocol::SPDM))},
      {.fault = {"spdm-capabilities-other-in-retry", "answers the same GET_CAPABILITIES in another way",
                 "SPDM-CAP-025"},
       .decide = retry_served,
       .write = other_capabilities_in_retry},
      {.fault = {"spdm-summary-unasked", "CHALLENGE_AUTH has a measurement summary that nobody asked for",
                 "SPDM-CHAL-008"},
       .write = summary_unasked},
      {.fault = {"spdm-flow-ends-oddly", "the last acknowledgement of a flow has an undefined payload type",
                 "SPDM-ENCAP-005"},
       .write = undefined_last_payload},
      {.fault = {"spdm-flow-out-of-nothing", "gives an encapsulated request where none is pending", "SPDM-ENCAP-001"},
       .decide = flow_out_of_nothing},
      {.fault = {"spdm-respond-if-ready-any", "answers RESPOND_IF_READY for what was never put off", "SPDM-LIFE-020"},
       .decide = serves(S::RESPOND_IF_READY, ConnectionState::NEGOTIATED, w::Code::DIGESTS),
       .writes_zeros = true},
      {.fault = {"spdm-vendor-too-early", "answers VENDOR_DEFINED_REQUEST before ALGORITHMS", "SPDM-STATE-023"},
       .decide =
           serves(S::VENDOR_DEFINED_REQUEST, ConnectionState::AFTER_CAPABILITIES, w::Code::VENDOR_DEFINED_RESPONSE),
       .write = speak,
       .writes_zeros = true},
      {.fault = {"spdm-vendor-any-version", "answers VENDOR_DEFINED_REQUEST of another version, in another one",
                 "SPDM-VERS-043"},
       .decide = serves(S::VENDOR_DEFINED_REQUEST, ConnectionState::NEGOTIATED, w::Code::VENDOR_DEFINED_RESPONSE),
       .write = speak_another_version,
       .writes_zeros = true},
      {.fault = {"spdm-other-salt", "sessions with a pre-shared key begin with the salt of other versions",
                 "SPDM-FIN-016"},
       .misremembers = use_the_salt_of_others},
      {.fault = {"spdm-update-key-updates-all", "UpdateKey changes the key of the responder as well", "SPDM-LIFE-005"},
       .misremembers = update_key_of_responder_too},
      {.fault = {"spdm-update-acknowledged-late", "UpdateAllKeys is acknowledged under the old key", "SPDM-LIFE-006"},
       .acknowledges_under_the_old_key = true},
      {.fault = {"spdm-measurements-mixed", "measurements in a session are in the signature outside", "SPDM-MEAS-011"},
       .misremembers = mix_measurements},
      {.fault = {"secmsg-one-key", "both directions of a session have the key of the requester", "SECMSG-005"},
       .misremembers = use_one_key},
      {.fault = {"secmsg-psk-finish-under-data-keys", "PSK_FINISH_RSP comes under the data keys", "SECMSG-022"},
       .comes_under_data_keys = w::Code::PSK_FINISH_RSP},
      {.fault = {"spdm-finish-under-data-keys", "FINISH_RSP comes under the data keys", "SPDM-FIN-002"},
       .comes_under_data_keys = w::Code::FINISH_RSP},
      {.fault = {"spdm-signing-version", "signatures are made for another version", "SPDM-FIN-018"},
       .signs_as_another_version = true},
      {.fault = {"spdm-label-version", "key labels have another version", "SPDM-FIN-017"},
       .derives_as_another_version = true},
      {.fault = {"spdm-measurements-not-reset", "other requests do not reset L1", "SPDM-MEAS-009"},
       .misremembers = requests_reset_nothing},
      {.fault = {"spdm-measurements-not-reset-by-errors", "errors do not reset L1", "SPDM-MEAS-010"},
       .misremembers = errors_reset_nothing},
      {.fault = {"spdm-challenge-not-reset", "GET_MEASUREMENTS does not reset M1", "SPDM-CHAL-012"},
       .misremembers = measurements_reset_nothing},
      {.fault = {"secmsg-record-cut", "records end behind their SessionID", "SECMSG-001"},
       .spoil = end_behind_the_session_id},
  };
}

}  // namespace lockstep::device
