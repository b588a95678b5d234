// Vectors of whole sessions: every message, every record, every secret. The reference device and a requester make them;
// the oracle has to find every step legal.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "device/responder_author.hpp"
#include "spdm/transcript.hpp"
#include "vectors/dialogue.hpp"
#include "vectors/vectors.hpp"

namespace lockstep::vectors {
namespace {

using Json = nlohmann::ordered_json;
namespace w = wire::spdm;
using spdm::Stimulus;

/// Keys of one direction, as they protected a record.
struct Epoch {
  std::string name;  ///< "handshake", "data", "data-1" after the first KEY_UPDATE of this direction, ...
  Bytes secret;
  spdm::RecordKeys keys;
  std::uint64_t next = 0;  ///< sequence number
};

class Recorder {
 public:
  explicit Recorder(DialogueOptions options) : format_(options.records), dialogue_(std::move(options)) {}

  Dialogue& dialogue() { return dialogue_; }
  void exchange(const device::Letter& letter) {
    const auto bytes = dialogue_.message(letter);
    LOCKSTEP_ASSERT(bytes.has_value());
    exchange(*bytes, letter.session);
  }
  void exchange(const Bytes& bytes, Byte session = device::NONE);
  void exchange(Stimulus stimulus, Byte session = device::NONE) { exchange(letter(stimulus, session)); }
  void exchange(tdisp::Stimulus stimulus) { exchange(letter(stimulus, 0)); }

  /// Call while the session is in its handshake, and again when it is established.
  void note_handshake();
  void note_established();

  Json document(const Json& about, const Json& inputs) const;

 private:
  const spdm::SessionData& session() {
    return *dialogue_.store().conversation.session(*dialogue_.store().session_ids[0]);
  }
  spdm::KeySchedule schedule() {
    const auto& negotiated = dialogue_.store().conversation.negotiated();
    return {negotiated.spdm_version, *negotiated.hash};
  }
  crypto::Aead aead() { return *dialogue_.store().conversation.negotiated().aead; }
  Epoch& epoch(Role sender) { return sender == Role::requester ? request_ : response_; }
  void use(Role sender, std::string name, Bytes secret);
  void update(Role sender);
  Json record_json(Role sender, View record, View message);
  void add(Role sender, const spdm::Seen& seen, const Dialogue::Packet& packet);

  spdm::RecordFormat format_;
  Dialogue dialogue_;
  Epoch request_, response_;
  Json algorithms_, secrets_ = Json::object(), transcripts_ = Json::object(), keys_ = Json::array(),
                    messages_ = Json::array();
};

// --- keys ------------------------------------------------------------------------------------------------------------

std::string_view name_of(Role role) { return role == Role::requester ? "requester" : "responder"; }

void Recorder::use(Role sender, std::string name, Bytes secret) {
  Epoch& now = epoch(sender);
  now = {std::move(name), secret, schedule().record_keys(secret, aead()), 0};
  keys_.push_back({{"sender", name_of(sender)},
                   {"epoch", now.name},
                   {"secret", to_hex(secret)},
                   {"key", to_hex(now.keys.key)},
                   {"iv", to_hex(now.keys.iv)}});
}

void Recorder::update(Role sender) {
  const std::string& old = epoch(sender).name;
  const int generation = old == "data" ? 1 : std::stoi(old.substr(5)) + 1;
  use(sender, "data-" + std::to_string(generation), schedule().updated(epoch(sender).secret));
}

void Recorder::note_handshake() {
  const spdm::KeySchedule k = schedule();
  const auto& negotiated = dialogue_.store().conversation.negotiated();
  const Bytes handshake = session().keys->handshake_secret;
  const Bytes th1 = crypto::digest(k.hash(), spdm::th1(session()));
  const auto secrets = k.handshake_direction_secrets(handshake, th1);
  algorithms_ = {{"hash", crypto::name(k.hash())}, {"aead", crypto::name(aead())}};
  if (!session().psk) {
    algorithms_["dhe"] = crypto::name(*negotiated.group);
    algorithms_["signature"] = crypto::name(*negotiated.asym);
  }
  transcripts_["th1_hash"] = to_hex(th1);
  secrets_ = {{"handshake_secret", to_hex(handshake)},
              {"request_handshake_secret", to_hex(secrets.request)},
              {"response_handshake_secret", to_hex(secrets.response)},
              {"request_finished_key", to_hex(k.finished_key(secrets.request))},
              {"response_finished_key", to_hex(k.finished_key(secrets.response))}};
  use(Role::requester, "handshake", secrets.request);
  use(Role::responder, "handshake", secrets.response);
}

void Recorder::note_established() {
  const spdm::KeySchedule k = schedule();
  const auto& memory = dialogue_.store().conversation.memory();
  const Bytes th2 = crypto::digest(k.hash(), *spdm::th_finish(memory, session(), session().finish));
  const Bytes master = k.master_secret(session().keys->handshake_secret);
  const auto secrets = k.data_direction_secrets(master, th2);
  transcripts_["th2_hash"] = to_hex(th2);
  secrets_["master_secret"] = to_hex(master);
  secrets_["request_data_secret"] = to_hex(secrets.request);
  secrets_["response_data_secret"] = to_hex(secrets.response);
  secrets_["export_master_secret"] = to_hex(k.export_secret(master, th2));
  use(Role::requester, "data", secrets.request);
  use(Role::responder, "data", secrets.response);
}

// --- messages --------------------------------------------------------------------------------------------------------

/// The record taken apart with the keys of this recorder, which are not those of the conversation that made it.
Json Recorder::record_json(Role sender, View record, View message) {
  Epoch& now = epoch(sender);
  const std::size_t header = 4 + format_.sequence_number_size + 2;
  const View associated = record.first(header);
  const std::size_t length = read_le(record.subspan(header - 2, 2));
  const View sealed = record.subspan(header, length);
  Bytes nonce = now.keys.iv;
  for (std::size_t i = 0; i < 8; ++i) nonce[i] = static_cast<Byte>(nonce[i] ^ (now.next >> 8 * i & 0xFF));
  const auto plaintext = crypto::aead_open(aead(), now.keys.key, nonce, associated, sealed);
  LOCKSTEP_ASSERT(plaintext.has_value());
  const std::size_t at = 2 + (format_.inner_message_type ? 1 : 0);
  LOCKSTEP_ASSERT(to_hex(View(*plaintext).subspan(at, message.size())) == to_hex(message));
  return {{"epoch", now.name},
          {"sequence_number", now.next++},
          {"nonce", to_hex(nonce)},
          {"associated_data", to_hex(associated)},
          {"plaintext", to_hex(*plaintext)},
          {"ciphertext", to_hex(sealed.first(sealed.size() - crypto::tag_size))},
          {"tag", to_hex(sealed.last(crypto::tag_size))}};
}

bool updates(const spdm::Seen& seen, w::Code code, std::initializer_list<w::KeyOperation> operations) {
  if (!seen.is(code) || seen.bytes.size() < 3) return false;
  return std::any_of(operations.begin(), operations.end(),
                     [&](w::KeyOperation o) { return seen.bytes[2] == static_cast<Byte>(o); });
}

void Recorder::add(Role sender, const spdm::Seen& seen, const Dialogue::Packet& packet) {
  Json message = {{"sender", name_of(sender)}, {"message", seen.message.name()}, {"bytes", to_hex(seen.bytes)}};
  if (const wire::AnyMessage inner = device::inner_of(seen.message)) message["inner"] = inner.name();
  if (packet.secured) message["record"] = record_json(sender, packet.payload, seen.bytes);
  messages_.push_back(std::move(message));
}

void Recorder::exchange(const Bytes& bytes, Byte session_index) {
  const auto judged = dialogue_.send(bytes, dialogue_.session_id(session_index));
  LOCKSTEP_ASSERT(judged && judged->ruling() == oracle::Ruling::legal && judged->response);
  add(Role::requester, judged->request, dialogue_.request());
  using enum w::KeyOperation;
  // UpdateAllKeys is acknowledged under the new key already (DSP0274, KEY_UPDATE).
  if (updates(judged->request, w::Code::KEY_UPDATE, {UpdateAllKeys})) update(Role::responder);
  add(Role::responder, *judged->response, *dialogue_.response());
  if (updates(judged->request, w::Code::KEY_UPDATE, {UpdateKey, UpdateAllKeys})) update(Role::requester);
}

Json Recorder::document(const Json& about, const Json& inputs) const {
  Json document = {{"schema", "lockstep-session-1"}};
  document.update(about);
  document["algorithms"] = algorithms_;
  document["inputs"] = inputs;
  document["transcripts"] = transcripts_;
  document["secrets"] = secrets_;
  document["keys"] = keys_;
  document["messages"] = messages_;
  return document;
}

}  // namespace

// --- both sessions ---------------------------------------------------------------------------------------------------

namespace {

constexpr crypto::Asym SIGNATURE = crypto::Asym::ED25519;  // signs without randomness
constexpr crypto::Hash HASH = crypto::Hash::SHA_384;
constexpr crypto::Group GROUP = crypto::Group::SECP384R1;
constexpr crypto::Aead AEAD = crypto::Aead::AES_256_GCM;

/// Everything random follows from these, and no two parties share one.
constexpr std::uint64_t REQUESTER_SEED = 1, RESPONDER_SEED = 1000;

std::uint16_t the_only(const w::AlgStruct& table) {
  switch (static_cast<w::AlgType>(table.alg_type)) {
    case w::AlgType::DHE:
      return spdm::bit_of(GROUP);
    case w::AlgType::AEADCipherSuite:
      return spdm::bit_of(AEAD);
    case w::AlgType::ReqBaseAsymAlg:
      return static_cast<std::uint16_t>(spdm::bit_of(SIGNATURE));
    default:
      return table.alg_supported;
  }
}

/// VERSION to ALGORITHMS. One algorithm of each kind is offered, so that the vectors do not depend on what the provider
/// can compute.
void negotiate(Recorder& recorder) {
  recorder.exchange(Stimulus::GET_VERSION);
  recorder.exchange(Stimulus::GET_CAPABILITIES);
  Dialogue& dialogue = recorder.dialogue();
  const wire::Context context = dialogue.store().conversation.context(Role::requester, std::nullopt);
  const Bytes whole_offer = *dialogue.message(letter(Stimulus::NEGOTIATE_ALGORITHMS));
  auto message = wire::decode<w::NEGOTIATE_ALGORITHMS>(whole_offer, context)->message;
  message.base_asym_algo = spdm::bit_of(SIGNATURE);
  message.base_hash_algo = spdm::bit_of(HASH);
  for (w::AlgStruct& table : message.alg_structs) table.alg_supported = the_only(table);
  recorder.exchange(wire::encode(message, context));
}

void program_keys(Recorder& recorder) {
  for (const auto stimulus : {ide_km::Stimulus::KEY_PROG, ide_km::Stimulus::K_SET_GO})
    for (const ide_km::Slot& slot : key_set_0) recorder.exchange(letter(stimulus, 0, slot));
}

void update_keys(Recorder& recorder) {
  for (const Stimulus update : {Stimulus::KEY_UPDATE_UpdateKey, Stimulus::KEY_UPDATE_UpdateAllKeys}) {
    recorder.exchange(update, 0);
    recorder.exchange(Stimulus::KEY_UPDATE_VerifyNewKey, 0);
    recorder.exchange(Stimulus::HEARTBEAT, 0);
  }
}

}  // namespace

File psk_session_file() {
  const auto [hint, psk] = *device::sample_psks().begin();
  DialogueOptions options;
  options.responder.versions = {0x10, 0x13};
  options.responder.psks = {{hint, psk}};
  options.responder.seed = RESPONDER_SEED;
  options.requester.seed = REQUESTER_SEED;
  options.records = spdm::doe_records;
  Recorder r(options);
  negotiate(r);
  r.exchange(Stimulus::PSK_EXCHANGE);
  r.note_handshake();
  r.exchange(Stimulus::PSK_FINISH, 0);
  r.note_established();
  r.exchange(Stimulus::HEARTBEAT, 0);
  r.exchange(letter(ide_km::Stimulus::QUERY, 0));
  program_keys(r);
  using T = tdisp::Stimulus;
  for (const T t : {T::GET_TDISP_VERSION, T::GET_TDISP_CAPABILITIES, T::LOCK_INTERFACE_REQUEST,
                    T::GET_DEVICE_INTERFACE_REPORT, T::START_INTERFACE_REQUEST, T::GET_DEVICE_INTERFACE_STATE})
    r.exchange(t);
  update_keys(r);
  r.exchange(T::STOP_INTERFACE_REQUEST);
  r.exchange(Stimulus::END_SESSION, 0);
  const Json about = {{"about",
                       "A session with a pre-shared key over DOE: IDE keys are programmed, a TDI is locked, "
                       "started and stopped, keys are updated"},
                      {"spdm_version", "1.3"},
                      {"transport", "pci-doe"}};
  return {"session-psk.json", as_lines(r.document(about, {{"psk_hint", to_hex(hint)}, {"psk", to_hex(psk)}}))};
}

// --- a session with KEY_EXCHANGE -------------------------------------------------------------------------------------

namespace {

// Of root, intermediate and leaf: published with the vectors, they protect nothing.
constexpr std::string_view PRIVATE_KEYS[] = {
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIE48Qd3rPnV4ypQ5dDKSEoCQp1ZFu0dpifj//a2RPqzU\n"
    "-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIGri/LVQYiZBz+S5MJ69BfGq8KTc9qZE1xRhJmopehSz\n"
    "-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEILKjy+tG2XxoS9jiS2OZFG831AaYT/lxY9DeBdkXtQsn\n"
    "-----END PRIVATE KEY-----\n",
};
void provision() {
  crypto::MakePkiOptions options{.name = "Lockstep vectors"};
  for (const std::string_view pem : PRIVATE_KEYS) options.keys.push_back(*crypto::PrivateKey::from_pem(SIGNATURE, pem));
  device::use_device_pki(SIGNATURE, HASH, *crypto::make_pki(SIGNATURE, HASH, options));
}

/// A private number that can be recognised: 48 bytes that count up.
Bytes private_number(Byte first) {
  Bytes number(48);
  for (Byte& byte : number) byte = first++;
  return number;
}

Bytes key_exchange(Dialogue& dialogue, const crypto::KeyExchange& own) {
  const wire::Context context = dialogue.store().conversation.context(Role::requester, std::nullopt);
  auto message = wire::decode<w::KEY_EXCHANGE>(*dialogue.message(letter(Stimulus::KEY_EXCHANGE)), context)->message;
  message.exchange_data = own.public_bytes();
  dialogue.store().conversation.secrets().ephemeral = own;
  return wire::encode(message, context);
}

}  // namespace

File key_exchange_session_file() {
  provision();
  const Bytes requester_private = private_number(0x01), responder_private = private_number(0x41);
  const auto requester = *crypto::KeyExchange::from_private(GROUP, requester_private);
  DialogueOptions options;
  options.responder.versions = {0x10, 0x12};
  options.responder.seed = RESPONDER_SEED;
  options.requester.seed = REQUESTER_SEED;
  options.responder.ephemeral = *crypto::KeyExchange::from_private(GROUP, responder_private);
  options.records = spdm::mctp_records;
  Recorder r(options);
  negotiate(r);
  r.exchange(Stimulus::GET_DIGESTS);
  const auto& identity = r.dialogue().store().conversation.memory().identities.response;
  while (identity.chain(0) == nullptr) r.exchange(Stimulus::GET_CERTIFICATE);
  const Bytes chain = *identity.chain(0);
  r.exchange(Stimulus::CHALLENGE);
  r.exchange(key_exchange(r.dialogue(), requester));
  r.note_handshake();
  r.exchange(Stimulus::FINISH, 0);
  r.note_established();
  r.exchange(Stimulus::GET_MEASUREMENTS, 0);
  update_keys(r);
  r.exchange(Stimulus::END_SESSION, 0);
  const Json about = {{"about",
                       "A session with KEY_EXCHANGE over MCTP: certificate, challenge, measurements in the "
                       "session, keys are updated; records have padding and carry sequence numbers"},
                      {"spdm_version", "1.2"},
                      {"transport", "mctp"}};
  const Json inputs = {
      {"requester_private", to_hex(requester_private)},
      {"responder_private", to_hex(responder_private)},
      {"certificate_chain", to_hex(chain)},
      {"shared_secret", to_hex(*requester.shared_secret(options.responder.ephemeral->public_bytes()))}};
  return {"session-key-exchange.json", as_lines(r.document(about, inputs))};
}

}  // namespace lockstep::vectors
