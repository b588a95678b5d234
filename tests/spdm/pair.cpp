#include "pair.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "crypto/hash.hpp"
#include "spdm/chain.hpp"
#include "spdm/opaque.hpp"

namespace lockstep::spdm::testing {
namespace {

using namespace wire::spdm;

constexpr std::uint16_t secured_version = 0x1200;

std::uint32_t flags_of(const Setup& s, Role role) {
  using namespace capability;
  std::uint32_t flags = CERT_CAP | CHAL_CAP;
  if (s.version >= VERSION_1_1) {
    flags |= MAC_CAP | KEY_EX_CAP | PSK_CAP_NO_CONTEXT | HBEAT_CAP | KEY_UPD_CAP | MUT_AUTH_CAP | ENCAP_CAP;
    if (s.encrypts) flags |= ENCRYPT_CAP;
    if (s.in_the_clear) flags |= HANDSHAKE_IN_THE_CLEAR_CAP;
  }
  if (s.version >= VERSION_1_2) flags |= CHUNK_CAP;
  if (s.multi_key) flags |= MULTI_KEY_CAP_NEG;
  if (role == Role::requester) return s.version >= VERSION_1_1 ? flags : 0;
  flags |= MEAS_CAP_SIG;
  if (s.multi_key) flags |= GET_KEY_PAIR_INFO_CAP;
  if (s.version >= VERSION_1_1 && s.psk_with_context) flags = (flags & ~PSK_CAP) | PSK_CAP_WITH_CONTEXT;
  return flags & ~s.without;
}

template <class M>
M capabilities(const Setup& s, Role role) {
  M message;
  message.version = s.version;
  message.flags = flags_of(s, role);
  message.ct_exponent = 12;
  message.data_transfer_size = 0x1200;
  message.max_spdm_msg_size = 0x20000;
  return message;
}

AlgStruct table(AlgType type, std::uint32_t bit) {
  return {static_cast<Byte>(type), 0x20, static_cast<std::uint16_t>(bit), {}};
}
std::vector<AlgStruct> tables(const Setup& s) {
  return {table(AlgType::DHE, bit_of(s.group)), table(AlgType::AEADCipherSuite, bit_of(s.aead)),
          table(AlgType::ReqBaseAsymAlg, bit_of(s.requester_asym)), table(AlgType::KeySchedule, KEY_SCHEDULE_SPDM)};
}

Byte other_params(const Setup& s) {
  return static_cast<Byte>(other_params::OpaqueDataFmt1 | (s.multi_key ? other_params::MULTI_KEY_CONN : 0));
}

wire::Context context_of(const Setup& s) {
  wire::Context context;
  context.spdm_version = s.version;
  return context;
}

/// Gives the message the Length that it has.
template <class M>
M measured(M message, const wire::Context& context) {
  message.version = context.spdm_version;
  message = wire::canonical(message, context);
  message.length = static_cast<std::uint16_t>(wire::encode(message, context).size());
  return message;
}

NEGOTIATE_ALGORITHMS offer(const Setup& s) {
  NEGOTIATE_ALGORITHMS m;
  m.measurement_specification = MEASUREMENT_SPECIFICATION_DMTF;
  m.base_asym_algo = bit_of(s.asym);
  m.base_hash_algo = bit_of(s.hash);
  if (s.version >= VERSION_1_2) m.other_params_support = other_params(s);
  if (s.version >= VERSION_1_1) m.alg_structs = tables(s);
  return measured(m, context_of(s));
}

ALGORITHMS selection(const Setup& s) {
  ALGORITHMS m;
  m.measurement_specification_sel = MEASUREMENT_SPECIFICATION_DMTF;
  m.measurement_hash_algo = measurement_bit_of(s.hash);
  m.base_asym_sel = bit_of(s.asym);
  m.base_hash_sel = bit_of(s.hash);
  if (s.version >= VERSION_1_2) m.other_params_selection = other_params(s);
  if (s.version >= VERSION_1_1) m.alg_structs = tables(s);
  return measured(m, context_of(s));
}

Bytes value(const Result<Bytes, std::string>& result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().c_str());
  return *result;
}

/// Puts `tail` over the last bytes before `after`.
void overwrite(Bytes& message, const Bytes& tail, std::size_t after = 0) {
  std::copy(tail.begin(), tail.end(), message.end() - static_cast<std::ptrdiff_t>(tail.size() + after));
}
View before_last(const Bytes& message, std::size_t count) { return View(message).first(message.size() - count); }

void note(std::vector<std::string>& problems, const Seen& seen) {
  if (seen.error) problems.push_back(seen.error->field + ": " + seen.error->why);
  for (const wire::Finding& f : seen.findings)
    problems.push_back(std::string(seen.message.name()) + " " + std::string(f.rule.id()) + " " + f.field + ": " +
                       f.what);
  for (const NotJudged& n : seen.not_judged)
    problems.push_back(std::string(seen.message.name()) + " not judged " + std::string(n.rule.id()) + ": " + n.why);
  for (const Seen& inner : seen.carried) note(problems, inner);
}

template <class M>
M versioned(const Setup& s) {
  M message;
  message.version = s.version;
  return message;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Setup& s) {
  return out << "1." << (s.version & 0x0F) << " " << crypto::name(s.hash) << " " << crypto::name(s.asym) << " "
             << crypto::name(s.group) << " " << crypto::name(s.aead) << (s.format == mctp_records ? " MCTP" : " DOE")
             << (s.encrypts ? "" : " MAC only") << (s.in_the_clear ? " in the clear" : "")
             << (s.mutual ? " mutual " + crypto::name(s.requester_asym) : "") << (s.multi_key ? " multi-key" : "");
}

const crypto::Pki& pki_of(crypto::Asym asym) {
  using crypto::Asym;
  static std::map<Asym, crypto::Pki> made;
  if (const auto found = made.find(asym); found != made.end()) return found->second;
  // Padding is no part of an RSA key: RSAPSS takes the certificates of RSASSA.
  static const std::map<Asym, Asym> twins = {{Asym::RSAPSS_2048, Asym::RSASSA_2048},
                                             {Asym::RSAPSS_3072, Asym::RSASSA_3072},
                                             {Asym::RSAPSS_4096, Asym::RSASSA_4096}};
  if (const auto twin = twins.find(asym); twin != twins.end()) {
    crypto::Pki pki = pki_of(twin->second);
    pki.leaf_key = *crypto::PrivateKey::from_pem(asym, pki.leaf_key.to_pem());
    return made.emplace(asym, std::move(pki)).first->second;
  }
  return made.emplace(asym, *crypto::make_pki(asym, crypto::Hash::SHA_256, {.requester_auth = true})).first->second;
}

Pair::Pair(Setup s) : requester(s.format), responder(s.format), setup(s) {
  const auto psk = [](View hint) { return copy(hint) == Bytes{'h'} ? std::optional(Bytes{1, 2, 3}) : std::nullopt; };
  requester.secrets().psk = responder.secrets().psk = psk;
  responder.know_chain(Role::responder, 0, responder_chain());
  requester.know_chain(Role::requester, 0, requester_chain());
}

Bytes Pair::responder_chain() const {
  const crypto::Pki& pki = pki_of(setup.asym);
  return build_chain(setup.version, setup.hash, pki.root(), pki.chain);
}
Bytes Pair::requester_chain() const {
  const crypto::Pki& pki = pki_of(setup.requester_asym);
  return build_chain(setup.version, setup.hash, pki.root(), pki.chain);
}

Seen Pair::send(Role sender, Bytes message, SessionId session) {
  Conversation& from = sender == Role::requester ? requester : responder;
  Conversation& to = sender == Role::requester ? responder : requester;
  Bytes heard = message;
  if (session) {
    const auto record = from.seal(sender, *session, message, random);
    if (!record) return problems.push_back("seal: " + record.error().why), Seen{};
    auto opened = to.open(sender, *record);
    if (!opened) return problems.push_back("open: " + opened.error().why), Seen{};
    heard = opened->message();
  }
  const auto tell = [&](Conversation& c, View m) {
    return sender == Role::requester ? c.on_request(m, session) : c.on_response(m, session);
  };
  note(problems, tell(from, message));
  Seen seen = tell(to, heard);
  note(problems, seen);
  return seen;
}

Seen Pair::send_error(ErrorCode code, SessionId session, Bytes extended) {
  ERROR message;
  message.param1 = static_cast<Byte>(code);
  message.extended_error_data = std::move(extended);
  return send(Role::responder, message, session);
}

bool Pair::has(std::string_view words) const {
  return std::any_of(problems.begin(), problems.end(),
                     [&](const std::string& p) { return p.find(words) != std::string::npos; });
}

std::string Pair::text() const {
  std::string all;
  for (const std::string& p : problems) all += p + "\n";
  return all;
}

Pair negotiated(const Setup& setup) {
  Pair pair(setup);
  pair.negotiate();
  EXPECT_EQ(pair.problems, none);
  return pair;
}

void Pair::negotiate() {
  negotiated_ = false;
  send(Role::requester, GET_VERSION());
  VERSION version;
  version.version_number_entries = {{static_cast<std::uint16_t>(setup.version << 8)}};
  send(Role::responder, version);
  send(Role::requester, wire::encode(capabilities<GET_CAPABILITIES>(setup, Role::requester), context_of(setup)));
  send(Role::responder, wire::encode(capabilities<CAPABILITIES>(setup, Role::responder), context_of(setup)));
  negotiated_ = true;
  send(Role::requester, wire::encode(offer(setup), context_of(setup)));
  send(Role::responder, wire::encode(selection(setup), context_of(setup)));
}

void Pair::read_chain(std::uint16_t portion) {
  send(Role::requester, GET_DIGESTS());
  const Bytes chain = responder_chain();
  DIGESTS digests;
  digests.param1 = setup.version >= VERSION_1_3 ? 1 : 0;
  digests.param2 = 1;
  digests.digests = {{crypto::digest(setup.hash, chain)}};
  if (setup.multi_key) {
    digests.key_pair_ids = {{1}};
    digests.certificate_infos = {{1}};
    digests.key_usage_masks = {{0x000F}};
  }
  send(Role::responder, digests);
  for (std::size_t offset = 0; offset < chain.size();) {
    GET_CERTIFICATE get;
    get.offset = static_cast<std::uint16_t>(offset);
    get.length = portion;
    send(Role::requester, get);
    CERTIFICATE answer;
    const std::size_t size = std::min<std::size_t>(portion, chain.size() - offset);
    if (setup.multi_key) answer.param2 = 1;
    answer.cert_chain = copy(View(chain).subspan(offset, size));
    answer.remainder_length = static_cast<std::uint16_t>(chain.size() - offset - size);
    offset += size;
    send(Role::responder, answer);
  }
}

void Pair::challenge() {
  CHALLENGE request;
  request.nonce = nonce();
  send(Role::requester, request);
  CHALLENGE_AUTH answer;
  answer.param2 = 1;
  answer.cert_chain_hash = crypto::digest(setup.hash, responder_chain());
  answer.nonce = nonce();
  if (setup.version >= VERSION_1_3) answer.context = requester.pending({})->message.as<CHALLENGE>()->context;
  Bytes bytes = encode(Role::responder, answer, {});
  const std::size_t size = crypto::signature_size(setup.asym);
  overwrite(bytes, value(responder.sign(Purpose::responder_challenge_auth, pki_of(setup.asym).leaf_key,
                                        before_last(bytes, size), {})));
  send(Role::responder, bytes);
}

void Pair::measure(bool signature, SessionId session) {
  GET_MEASUREMENTS request;
  request.param1 = signature ? GET_MEASUREMENTS::SIGNATURE_REQUESTED : 0;
  request.param2 = 1;
  if (signature) request.nonce = nonce();
  send(Role::requester, request, session);
  MeasurementBlock block;
  block.index = 1;
  block.measurement_value = Bytes(crypto::hash_size(setup.hash), 0xAB);
  block.dmtf_spec_measurement_value_size = static_cast<std::uint16_t>(block.measurement_value.size());
  block.measurement_size = static_cast<std::uint16_t>(block.measurement_value.size() + 3);
  MEASUREMENTS answer;
  answer.number_of_blocks = 1;
  answer.measurement_record = wire::encode(block, context_of(setup));
  answer.nonce = nonce();
  Bytes bytes = encode(Role::responder, answer, session);
  if (signature)
    overwrite(bytes, value(responder.sign(Purpose::responder_measurements, pki_of(setup.asym).leaf_key,
                                          before_last(bytes, crypto::signature_size(setup.asym)), session)));
  send(Role::responder, bytes, session);
}

void Pair::exchange_keys(std::uint16_t session_half, Byte mut_auth_requested) {
  requester.secrets().ephemeral = *crypto::KeyExchange::generate(setup.group);
  responder.secrets().ephemeral = *crypto::KeyExchange::generate(setup.group);
  KEY_EXCHANGE request;
  request.req_session_id = session_half;
  request.random_data = nonce();
  request.exchange_data = requester.secrets().ephemeral->public_bytes();
  request.opaque_data = build_supported_versions(requester.negotiated(), {0x1100, secured_version});
  send(Role::requester, request);

  KEY_EXCHANGE_RSP answer;
  answer.rsp_session_id = static_cast<std::uint16_t>(~session_half);
  answer.mut_auth_requested = setup.mutual ? mut_auth_requested : 0;
  answer.random_data = nonce();
  answer.exchange_data = responder.secrets().ephemeral->public_bytes();
  answer.opaque_data = build_selected_version(responder.negotiated(), secured_version);
  Bytes bytes = encode(Role::responder, answer, {});
  const std::size_t mac = setup.in_the_clear ? 0 : crypto::hash_size(setup.hash);
  const std::size_t signature = crypto::signature_size(setup.asym);
  overwrite(bytes,
            value(responder.sign(Purpose::responder_key_exchange_rsp, pki_of(setup.asym).leaf_key,
                                 before_last(bytes, signature + mac), {})),
            mac);
  if (mac != 0) overwrite(bytes, value(responder.verify_data(before_last(bytes, mac), {})));
  send(Role::responder, bytes);
}

void Pair::authenticate_requester(SessionId session) {
  send(Role::requester, GET_ENCAPSULATED_REQUEST(), session);
  ENCAPSULATED_REQUEST ask;
  ask.param1 = 1;
  ask.encapsulated_request = wire::encode(versioned<GET_DIGESTS>(setup), context_of(setup));
  send(Role::responder, ask, session);

  const Bytes chain = requester_chain();
  const wire::Context reversed = requester.encapsulated_context(Role::requester, session);
  DELIVER_ENCAPSULATED_RESPONSE deliver;
  deliver.param1 = 1;
  auto digests = versioned<DIGESTS>(setup);
  digests.param1 = setup.version >= VERSION_1_3 ? 1 : 0;
  digests.param2 = 1;
  digests.digests = {{crypto::digest(setup.hash, chain)}};
  if (setup.multi_key) digests.key_pair_ids = {{1}}, digests.certificate_infos = {{1}}, digests.key_usage_masks = {{1}};
  deliver.encapsulated_response = wire::encode(digests, reversed);
  send(Role::requester, deliver, session);

  ENCAPSULATED_RESPONSE_ACK next;
  next.param1 = 2;
  next.param2 = 1;
  next.ack_request_id = setup.version >= VERSION_1_2 ? 1 : 0;
  auto get = versioned<GET_CERTIFICATE>(setup);
  get.length = 0xFFFF;
  next.encapsulated_request = wire::encode(get, reversed);
  send(Role::responder, next, session);

  deliver.param1 = 2;
  auto certificate = versioned<CERTIFICATE>(setup);
  if (setup.multi_key) certificate.param2 = 1;
  certificate.portion_length = static_cast<std::uint16_t>(chain.size());
  certificate.cert_chain = chain;
  deliver.encapsulated_response = wire::encode(certificate, reversed);
  send(Role::requester, deliver, session);

  ENCAPSULATED_RESPONSE_ACK last;
  last.param2 = 2;
  last.ack_request_id = setup.version >= VERSION_1_2 ? 2 : 0;
  last.encapsulated_request = {0};
  send(Role::responder, last, session);
}

void Pair::finish(std::uint32_t id) {
  const SessionId session = setup.in_the_clear ? SessionId{} : SessionId{id};
  const std::size_t mac = crypto::hash_size(setup.hash);
  FINISH request;
  request.param1 = setup.mutual ? FINISH::SIGNATURE_INCLUDED : 0;
  Bytes bytes = encode(Role::requester, request, session);
  if (setup.mutual)
    overwrite(bytes,
              value(requester.sign(Purpose::requester_finish, pki_of(setup.requester_asym).leaf_key,
                                   before_last(bytes, mac + crypto::signature_size(setup.requester_asym)), session)),
              mac);
  overwrite(bytes, value(requester.verify_data(before_last(bytes, mac), session)));
  send(Role::requester, bytes, session);

  Bytes answer = encode(Role::responder, FINISH_RSP(), session);
  if (setup.in_the_clear) overwrite(answer, value(responder.verify_data(before_last(answer, mac), session)));
  send(Role::responder, answer, session);
}

std::uint32_t Pair::begin_session(Byte mut_auth_requested) {
  const auto half = static_cast<std::uint16_t>(0x1000 + requester.memory().sessions.size());
  exchange_keys(half, mut_auth_requested);
  return std::uint32_t{static_cast<std::uint16_t>(~half)} << 16 | half;
}

std::uint32_t Pair::open_session() {
  const std::uint32_t id = begin_session();
  if (setup.mutual) authenticate_requester(setup.in_the_clear ? SessionId{} : SessionId{id});
  finish(id);
  return id;
}

std::uint32_t Pair::begin_psk_session() {
  PSK_EXCHANGE request;
  request.req_session_id = 0x2000;
  request.psk_hint = {'h'};
  request.requester_context = nonce();
  request.opaque_data = build_supported_versions(requester.negotiated(), {secured_version});
  send(Role::requester, request);
  PSK_EXCHANGE_RSP answer;
  answer.rsp_session_id = 0x3000;
  if (setup.psk_with_context) answer.responder_context = nonce();
  answer.opaque_data = build_selected_version(responder.negotiated(), secured_version);
  Bytes bytes = encode(Role::responder, answer, {});
  const std::size_t mac = crypto::hash_size(setup.hash);
  overwrite(bytes, value(responder.verify_data(before_last(bytes, mac), {})));
  send(Role::responder, bytes);
  return 0x30002000;
}

std::uint32_t Pair::open_psk_session() {
  const std::uint32_t id = begin_psk_session();
  if (!setup.psk_with_context) return id;
  const std::size_t mac = crypto::hash_size(setup.hash);
  Bytes finish = encode(Role::requester, PSK_FINISH(), id);
  overwrite(finish, value(requester.verify_data(before_last(finish, mac), id)));
  send(Role::requester, finish, id);
  send(Role::responder, PSK_FINISH_RSP(), id);
  return id;
}

}  // namespace lockstep::spdm::testing
