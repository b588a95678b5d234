// SPDM requests, correct and with one defect.
#include <algorithm>

#include "device/abstract.hpp"
#include "device/channel.hpp"
#include "device/offers.hpp"
#include "device/requester.hpp"
#include "spdm/opaque.hpp"
#include "wire/spdm_registry.hpp"

namespace lockstep::device {
namespace {

namespace w = wire::spdm;
namespace cap = wire::spdm::capability;
using spdm::Defect;
using spdm::Stimulus;

constexpr Byte WRONG_VERSION = 0x20;
constexpr Byte UNKNOWN_CODE = 0xA5;
constexpr std::size_t CONTEXT_SIZE = 32;  // RequesterContext, and nonces
constexpr std::uint32_t MESSAGE_SIZE = 0x10000;
constexpr Byte CT_EXPONENT = 20;  // a second for a signature
constexpr Byte UNDEFINED_KEY_OPERATION = 4;

Result<Bytes, std::string> nothing(std::string why) { return Unexpected{std::move(why)}; }

/// The request's code, for the stimuli that are one code each.
Byte code_of(Stimulus stimulus) {
  for (unsigned code = 0x80; code <= 0xFF; ++code)
    if (spdm_stimulus(static_cast<Byte>(code), 0) == stimulus) return static_cast<Byte>(code);
  switch (stimulus) {
    case Stimulus::KEY_UPDATE_UpdateKey:
    case Stimulus::KEY_UPDATE_UpdateAllKeys:
    case Stimulus::KEY_UPDATE_VerifyNewKey:
      return static_cast<Byte>(w::Code::KEY_UPDATE);
    default:
      return UNKNOWN_CODE;
  }
}

/// Param1 where the letter decides it.
Byte param1_of(Stimulus stimulus) {
  switch (stimulus) {
    case Stimulus::KEY_UPDATE_UpdateKey:
      return static_cast<Byte>(w::KeyOperation::UpdateKey);
    case Stimulus::KEY_UPDATE_UpdateAllKeys:
      return static_cast<Byte>(w::KeyOperation::UpdateAllKeys);
    case Stimulus::KEY_UPDATE_VerifyNewKey:
      return static_cast<Byte>(w::KeyOperation::VerifyNewKey);
    case Stimulus::KEY_UPDATE_undefined:
      return UNDEFINED_KEY_OPERATION;
    default:
      return 0;
  }
}

Byte highest_common(const Store& store, const RequesterOptions& options) {
  Byte best = options.lowest_version;
  for (const Byte listed : store.conversation.memory().versions)
    if (listed <= options.highest_version && listed > best) best = listed;
  return best;
}

}  // namespace

Byte Requester::version(const Store& store) const {
  const Byte negotiated = store.conversation.negotiated().spdm_version;
  return negotiated != 0 ? negotiated : highest_common(store, options_);
}

// --- negotiation -----------------------------------------------------------------------------------------------------

Requester::Made Requester::get_capabilities(const Store& store, const spdm::Letter& letter) {
  const Byte version = letter.spdm_version != 0 ? letter.spdm_version : highest_common(store, options_);
  wire::Context context;
  context.spdm_version = version;
  w::GET_CAPABILITIES request;
  request.ct_exponent = letter.defect == Defect::changed_retry ? CT_EXPONENT + 1 : CT_EXPONENT;
  std::uint32_t flags = cap::CERT_CAP | cap::CHAL_CAP | cap::ENCRYPT_CAP | cap::MAC_CAP | cap::MUT_AUTH_CAP |
                        cap::KEY_EX_CAP | cap::PSK_CAP_NO_CONTEXT | cap::ENCAP_CAP | cap::HBEAT_CAP | cap::KEY_UPD_CAP;
  if (options_.data_transfer_size) flags |= cap::CHUNK_CAP;
  if (options_.handshake_in_the_clear) flags |= cap::HANDSHAKE_IN_THE_CLEAR_CAP;
  if (letter.defect == Defect::invalid_field) flags &= ~(cap::ENCRYPT_CAP | cap::MAC_CAP);  // KEY_EX without protection
  request.flags = flags & cap::requester_flags(version);
  request.data_transfer_size = options_.data_transfer_size.value_or(MESSAGE_SIZE);
  request.max_spdm_msg_size = MESSAGE_SIZE;
  return encoded(request, version, context);
}

namespace {

w::AlgStruct table(w::AlgType type, std::uint16_t supported) {
  w::AlgStruct alg;
  alg.alg_type = static_cast<Byte>(type);
  alg.alg_supported = supported;
  return alg;
}

}  // namespace

Requester::Made Requester::negotiate_algorithms(const Store& store, const spdm::Letter& letter) {
  const wire::Context context = store.conversation.context(Role::requester, std::nullopt);
  Offers offers = computable();
  if (options_.identity)
    offers.requester_asym = static_cast<std::uint16_t>(usable(*options_.identity, offers.requester_asym));
  w::NEGOTIATE_ALGORITHMS request;
  request.measurement_specification = w::MEASUREMENT_SPECIFICATION_DMTF;
  request.other_params_support = version(store) >= w::VERSION_1_2 ? w::other_params::OpaqueDataFmt1 : Byte{0};
  request.base_asym_algo = offers.base_asym;
  request.base_hash_algo = offers.base_hash;
  if (version(store) < w::VERSION_1_2) {
    request.base_asym_algo &= 0x1FF;  // SM2 and EdDSA came with 1.2
    request.base_hash_algo &= 0x3F;
  }
  if (letter.defect == Defect::no_common_algorithm) request.base_asym_algo = request.base_hash_algo = 0;
  if (letter.defect == Defect::changed_retry) request.base_asym_algo &= request.base_asym_algo - 1;
  if (version(store) >= w::VERSION_1_1) {
    const bool old = version(store) < w::VERSION_1_2;
    request.alg_structs = {
        table(w::AlgType::DHE, static_cast<std::uint16_t>(old ? offers.dhe & 0x3F : offers.dhe)),
        table(w::AlgType::AEADCipherSuite, static_cast<std::uint16_t>(old ? offers.aead & 0x7 : offers.aead)),
        table(w::AlgType::ReqBaseAsymAlg,
              static_cast<std::uint16_t>(old ? offers.requester_asym & 0x1FF : offers.requester_asym)),
        table(w::AlgType::KeySchedule, w::KEY_SCHEDULE_SPDM)};
    request.param1 = static_cast<Byte>(request.alg_structs.size());
  }
  request.version = version(store);
  request = wire::canonical(std::move(request), context);
  request.length = static_cast<std::uint16_t>(wire::encode(request, context).size());
  if (letter.defect == Defect::invalid_field) ++request.length;
  return wire::encode(request, context);
}

// --- authentication and measurements ---------------------------------------------------------------------------------

Requester::Made Requester::get_certificate(const Store& store, const spdm::Letter& letter) {
  w::GET_CERTIFICATE request;
  request.param1 = letter.defect == Defect::invalid_field ? Byte{spdm::SLOTS} : options_.slot;
  request.length = options_.certificate_portion;
  const auto& slot = store.conversation.memory().identities.response.slots[options_.slot];
  if (!slot.of_this_connection) request.offset = static_cast<std::uint16_t>(slot.reading.size());
  return encoded(request, version(store), store.conversation.context(Role::requester, std::nullopt));
}

Requester::Made Requester::challenge(const Store& store) {
  w::CHALLENGE request;
  request.param1 = options_.slot;
  request.param2 = options_.measurement_summary;
  request.nonce = random_.bytes(w::NONCE_SIZE);
  request.context = random_.bytes(w::REQUESTER_CONTEXT_SIZE);
  return encoded(request, version(store), store.conversation.context(Role::requester, std::nullopt));
}

Requester::Made Requester::get_measurements(const Store& store) {
  w::GET_MEASUREMENTS request;
  const bool signs = (store.conversation.negotiated().responder.flags & cap::MEAS_CAP) == cap::MEAS_CAP_SIG;
  request.param1 = signs ? w::GET_MEASUREMENTS::SIGNATURE_REQUESTED : Byte{0};
  request.param2 = w::GET_MEASUREMENTS::ALL;
  request.nonce = random_.bytes(w::NONCE_SIZE);
  request.slot_id_param = options_.slot;
  request.context = random_.bytes(w::REQUESTER_CONTEXT_SIZE);
  return encoded(request, version(store), store.conversation.context(Role::requester, std::nullopt));
}

/// Signed where the device can sign it.
Requester::Made Requester::get_endpoint_info(const Store& store, spdm::SessionId session) {
  w::GET_ENDPOINT_INFO request;
  request.param1 = w::GET_ENDPOINT_INFO::DEVICE_CLASS_IDENTIFIER;
  if ((store.conversation.negotiated().responder.flags & cap::EP_INFO_CAP) == cap::EP_INFO_CAP_SIG) {
    request.param2 = options_.slot;
    request.request_attributes = w::GET_ENDPOINT_INFO::SIGNATURE_REQUESTED;
    request.nonce = random_.bytes(w::NONCE_SIZE);
  }
  return encoded(request, version(store), store.conversation.context(Role::requester, session));
}

// --- sessions --------------------------------------------------------------------------------------------------------

Requester::Made Requester::key_exchange(Store& store, const spdm::Letter& letter) {
  const auto& negotiated = store.conversation.negotiated();
  if (!negotiated.group) return nothing("no DHE group was negotiated that this build can compute");
  auto ephemeral = crypto::KeyExchange::generate(*negotiated.group);
  if (!ephemeral) return nothing(ephemeral.error().why);
  w::KEY_EXCHANGE request;
  request.param1 = (negotiated.responder.flags & cap::MEAS_CAP) != 0 ? options_.measurement_summary : Byte{0};
  request.param2 = letter.defect == Defect::invalid_field ? Byte{spdm::SLOTS} : options_.slot;
  request.req_session_id = static_cast<std::uint16_t>(read_le(random_.bytes(2)));
  request.random_data = random_.bytes(w::NONCE_SIZE);
  request.exchange_data = ephemeral->public_bytes();
  request.opaque_data = spdm::build_supported_versions(
      negotiated, {spdm::SECURED_MESSAGE_VERSIONS.begin(), spdm::SECURED_MESSAGE_VERSIONS.end()});
  store.conversation.secrets().ephemeral = *ephemeral;
  return encoded(request, version(store), store.conversation.context(Role::requester, std::nullopt));
}

Requester::Made Requester::psk_exchange(Store& store, const spdm::Letter& letter) {
  const auto& negotiated = store.conversation.negotiated();
  w::PSK_EXCHANGE request;
  request.param1 = (negotiated.responder.flags & cap::MEAS_CAP) != 0 ? options_.measurement_summary : Byte{0};
  request.req_session_id = static_cast<std::uint16_t>(read_le(random_.bytes(2)));
  request.psk_hint = letter.defect == Defect::unknown_psk ? text_bytes("no such key") : options_.psk_hint;
  request.requester_context = random_.bytes(CONTEXT_SIZE);
  request.opaque_data = spdm::build_supported_versions(
      negotiated, {spdm::SECURED_MESSAGE_VERSIONS.begin(), spdm::SECURED_MESSAGE_VERSIONS.end()});
  return encoded(request, version(store), store.conversation.context(Role::requester, std::nullopt));
}

Requester::Made Requester::finish(Store& store, const spdm::Letter& letter, spdm::SessionId session) {
  const wire::Context context = store.conversation.context(Role::requester, session);
  w::FINISH request;
  request.version = version(store);
  const auto& memory = store.conversation.memory();
  const auto id = session ? session : memory.in_the_clear;
  const auto* data = id ? store.conversation.session(*id) : nullptr;
  const bool signs = data != nullptr && data->mut_auth_requested != 0 && letter.defect != Defect::mut_auth_missing;
  Bytes message;
  if (signs) {
    if (auto own = know_own_chain(store); !own) return own;
    request.param1 = w::FINISH::SIGNATURE_INCLUDED;
    request.param2 = data->requester_slot;
    message = wire::encode(request, context);
    auto signature = store.conversation.sign(spdm::Purpose::requester_finish, own_->key, message, session);
    if (!signature) return signature;
    if (letter.defect == Defect::bad_signature) signature->back() ^= 1;
    append(message, *signature);
  } else {
    message = wire::encode(request, context);
  }
  auto verify_data = store.conversation.verify_data(message, session);
  if (!verify_data) return verify_data;
  if (letter.defect == Defect::bad_verify_data) verify_data->back() ^= 1;
  append(message, *verify_data);
  return message;
}

Requester::Made Requester::psk_finish(Store& store, const spdm::Letter& letter, spdm::SessionId session) {
  // Sent to finish a KEY_EXCHANGE it must be refused; a device that misses this expects the chain that it knows.
  const auto* data = session ? store.conversation.session(*session) : nullptr;
  if (data != nullptr && data->mut_auth_requested != 0 && options_.identity)
    if (auto own = know_own_chain(store); !own) return own;
  w::PSK_FINISH request;
  request.version = version(store);
  Bytes message = wire::encode(request, store.conversation.context(Role::requester, session));
  auto verify_data = store.conversation.verify_data(message, session);
  if (!verify_data) return verify_data;
  if (letter.defect == Defect::bad_verify_data) verify_data->back() ^= 1;
  append(message, *verify_data);
  return message;
}

// --- every message ---------------------------------------------------------------------------------------------------

Requester::Made Requester::correct_message(Store& store, const spdm::Letter& letter, spdm::SessionId session) {
  switch (letter.stimulus) {
    case Stimulus::GET_VERSION:
      return encoded(w::GET_VERSION{}, w::VERSION_1_0, {});
    case Stimulus::GET_CAPABILITIES:
      return get_capabilities(store, letter);
    case Stimulus::NEGOTIATE_ALGORITHMS:
      return negotiate_algorithms(store, letter);
    case Stimulus::GET_CERTIFICATE:
      return get_certificate(store, letter);
    case Stimulus::CHALLENGE:
      return challenge(store);
    case Stimulus::GET_MEASUREMENTS:
      return get_measurements(store);
    case Stimulus::GET_ENDPOINT_INFO:
      return get_endpoint_info(store, session);
    case Stimulus::KEY_EXCHANGE:
      return key_exchange(store, letter);
    case Stimulus::PSK_EXCHANGE:
      return psk_exchange(store, letter);
    case Stimulus::FINISH:
      return finish(store, letter, session);
    case Stimulus::PSK_FINISH:
      return psk_finish(store, letter, session);
    case Stimulus::DELIVER_ENCAPSULATED_RESPONSE:
      return deliver(store, letter, session);
    case Stimulus::CHUNK_GET: {
      w::CHUNK_GET request;
      const spdm::Channel* channel = channel_of(store, session);
      if (channel != nullptr && channel->chunks) {
        request.param2 = channel->chunks->handle;
        request.chunk_seq_no = channel->chunks->next;
      } else if (const auto handle = store.conversation.memory().latest_handle) {
        request.param2 = *handle;
      }
      return encoded(request, version(store), store.conversation.context(Role::requester, session));
    }
    case Stimulus::RESPOND_IF_READY:
      if (const spdm::Channel* channel = channel_of(store, session); channel != nullptr && channel->not_ready)
        return Bytes{version(store), static_cast<Byte>(w::Code::RESPOND_IF_READY), channel->not_ready->code(),
                     channel->token};
      break;
    default:
      break;
  }
  if (letter.stimulus >= spdm::FIRST_OUT_OF_BAND) return nothing("an event is no message");
  if (letter.stimulus == Stimulus::VENDOR_DEFINED_REQUEST && letter.defect == Defect::not_supported) {
    w::VENDOR_DEFINED_REQUEST request;
    request.standard_id = w::FIRST_UNKEPT_REGISTRY;
    return encoded(request, version(store), store.conversation.context(Role::requester, session));
  }
  const Byte code = code_of(letter.stimulus);
  const wire::Context context = store.conversation.context(Role::requester, session);
  const wire::Layout* layout = w::find_request(code);
  if (layout == nullptr) return Bytes{version(store), code, 0, 0};
  wire::AnyMessage message(*layout);
  wire::canonicalise(*layout, message.object(), context);
  Bytes bytes = wire::encode(*layout, message.object(), context);
  bytes[0] = version(store);
  bytes[2] = param1_of(letter.stimulus);
  if (code == static_cast<Byte>(w::Code::KEY_UPDATE)) bytes[3] = key_update_tag_++;
  return bytes;
}

Requester::Made Requester::spdm_message(Store& store, const Control& control, const SpdmLetter& l, Byte session) {
  spdm::SessionId id = session == NONE ? std::nullopt : store.session_ids[session];
  if (session != NONE && control.sessions[session].in_the_clear &&
      control.sessions[session].state == spdm::SessionState::HANDSHAKING)
    id = std::nullopt;
  auto message = correct_message(store, l.letter, id);
  if (!message) {
    // Wrong order is a case of its own: without the secrets the message has its shape and junk in place of them.
    const wire::Layout* layout = w::find_request(code_of(l.letter.stimulus));
    if (layout == nullptr || l.letter.stimulus >= spdm::FIRST_OUT_OF_BAND) return message;
    const wire::Context context = store.conversation.context(Role::requester, id);
    wire::AnyMessage shape(*layout);
    wire::canonicalise(*layout, shape.object(), context);
    Bytes bytes = wire::encode(*layout, shape.object(), context);
    bytes[0] = version(store);
    message = std::move(bytes);
  }
  if (l.letter.defect == Defect::wrong_version) (*message)[0] = WRONG_VERSION;
  if (l.letter.defect == Defect::malformed) message->pop_back();
  return message;
}

}  // namespace lockstep::device
