// From messages to keys: how a session begins, is established, and renews its keys (DSP0274, "Key schedule").
#include "crypto/hash.hpp"
#include "spdm/opaque.hpp"
#include "spdm/turn.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

KeySchedule schedule_of(const Memory& memory) { return {memory.negotiated.spdm_version, *memory.negotiated.hash}; }

/// DSP0277 1.2 fixed the byte order of the sequence number in the nonce.
NonceOrder nonce_order(const SessionData& session) {
  return session.secured_version.value_or(0) >= 0x1200 ? NonceOrder::little : NonceOrder::unknown;
}

std::optional<std::uint16_t> selected_version(const Memory& memory, View opaque_data) {
  const auto opaque = parse_opaque(memory.negotiated, opaque_data);
  return opaque ? opaque->selected_version : std::nullopt;
}

Result<Bytes, std::string> shared_secret(const Secrets& secrets, const KEY_EXCHANGE& request,
                                         const KEY_EXCHANGE_RSP& response) {
  if (secrets.ephemeral) {
    const Bytes own = secrets.ephemeral->public_bytes();
    if (own == request.exchange_data || own == response.exchange_data) {
      auto secret = secrets.ephemeral->shared_secret(own == request.exchange_data ? response.exchange_data
                                                                                  : request.exchange_data);
      if (!secret) return Unexpected{secret.error().why};
      return std::move(*secret);
    }
  }
  if (secrets.shared_secret)
    if (auto secret = secrets.shared_secret(request.exchange_data, response.exchange_data)) return std::move(*secret);
  return Unexpected{std::string("no secrets: the private values of the key exchange are not known")};
}

/// One of another size is of another session.
std::optional<Bytes> logged_secret(const Memory& memory, const SessionData& session) {
  if (!memory.secrets.handshake_secret) return std::nullopt;
  auto secret = memory.secrets.handshake_secret(session.made_up.request, session.made_up.response);
  return secret && secret->size() == crypto::hash_size(*memory.negotiated.hash) ? secret : std::nullopt;
}

std::uint32_t session_id(std::uint16_t requester, std::uint16_t responder) {
  return std::uint32_t{responder} << 16 | requester;
}

}  // namespace

SessionData begin_session(const Memory& memory, const Opening& opening, const KEY_EXCHANGE& request,
                          const KEY_EXCHANGE_RSP& response) {
  SessionData session;
  session.id = session_id(request.req_session_id, response.rsp_session_id);
  session.in_the_clear = memory.negotiated.handshake_in_the_clear();
  session.responder_slot = request.param2;
  session.mut_auth_requested = response.mut_auth_requested;
  session.requester_slot = response.slot_id_param & 0x0F;
  session.heartbeat_period = response.param1;
  session.session_policy = request.session_policy;
  session.secured_version = selected_version(memory, response.opaque_data);
  session.made_up = {request.random_data, response.random_data};
  session.exchange = copy(opening.request);
  append(session.exchange, opening.response_so_far);

  if (const auto why = memory.negotiated.session_missing()) return session.keys_missing = *why, session;
  auto before = before_key_exchange(memory, opening.digests, request.param2);
  if (!before) return session.keys_missing = "the responder's certificate chain is not known", session;
  session.before = std::move(*before);
  const auto secret = shared_secret(memory.secrets, request, response);
  if (secret)
    give_handshake_keys(memory, session, schedule_of(memory).handshake_secret(*secret));
  else if (auto logged = logged_secret(memory, session))
    give_handshake_keys(memory, session, std::move(*logged));
  else
    session.keys_missing = secret.error();
  return session;
}

SessionData begin_session(const Memory& memory, const Opening& opening, const PSK_EXCHANGE& request,
                          const PSK_EXCHANGE_RSP& response) {
  SessionData session;
  session.id = session_id(request.req_session_id, response.rsp_session_id);
  session.psk = true;
  session.heartbeat_period = response.param1;
  session.session_policy = request.param2;
  session.secured_version = selected_version(memory, response.opaque_data);
  session.made_up = {request.requester_context, response.responder_context};
  session.psk_hint = request.psk_hint;
  session.before = memory.transcripts.vca;
  session.exchange = copy(opening.request);
  append(session.exchange, opening.response_so_far);

  if (const auto why = memory.negotiated.session_missing()) return session.keys_missing = *why, session;
  const auto psk = memory.secrets.psk ? memory.secrets.psk(request.psk_hint) : std::nullopt;
  if (psk)
    give_handshake_keys(memory, session, schedule_of(memory).psk_handshake_secret(*psk));
  else if (auto logged = logged_secret(memory, session))
    give_handshake_keys(memory, session, std::move(*logged));
  else
    session.keys_missing = "no secrets: the pre-shared key of the hint is not known";
  return session;
}

void give_handshake_keys(const Memory& memory, SessionData& session, Bytes handshake_secret) {
  const KeySchedule schedule = schedule_of(memory);
  const RecordScheme scheme{*memory.negotiated.aead, memory.negotiated.encrypts(), memory.records};
  const Bytes th = crypto::digest(schedule.hash(), th1(session));
  PerDirection<Bytes> secrets = schedule.handshake_direction_secrets(handshake_secret, th);
  const auto records = [&](View secret) {
    return SecuredDirection(scheme, schedule.record_keys(secret, scheme.aead), nonce_order(session));
  };
  session.keys =
      SessionKeys{.handshake_secret = std::move(handshake_secret),
                  .finished = {schedule.finished_key(secrets.request), schedule.finished_key(secrets.response)},
                  .direction_secret = secrets,
                  .export_secret = {},
                  .records = {records(secrets.request), records(secrets.response)}};
  session.keys_missing.clear();
}

void establish(const Memory& memory, SessionData& session) {
  session.phase = SessionData::Phase::established;
  if (!session.keys) return;
  const auto transcript = th_finish(memory, session, session.finish);
  if (!transcript) {
    session.keys.reset();
    session.keys_missing = "the requester's certificate chain is not known";
    return;
  }
  SessionKeys& keys = *session.keys;
  const KeySchedule schedule = schedule_of(memory);
  const Bytes th = crypto::digest(schedule.hash(), *transcript);
  const Bytes master = schedule.master_secret(keys.handshake_secret);
  keys.direction_secret = schedule.data_direction_secrets(master, th);
  keys.export_secret = schedule.export_secret(master, th);
  const RecordScheme scheme{*memory.negotiated.aead, memory.negotiated.encrypts(), memory.records};
  const auto renew = [&](SecuredDirection& direction, View secret) {
    direction = SecuredDirection(scheme, schedule.record_keys(secret, scheme.aead), direction.order());
  };
  renew(keys.records.request, keys.direction_secret.request);
  renew(keys.records.response, keys.direction_secret.response);
}

void update_keys(const Memory& memory, SessionData& session, Role direction) {
  if (!session.keys) return;
  SessionKeys& keys = *session.keys;
  const KeySchedule schedule = schedule_of(memory);
  const bool request = direction == Role::requester;
  Bytes& secret = request ? keys.direction_secret.request : keys.direction_secret.response;
  secret = schedule.updated(secret);
  (request ? keys.records.request : keys.records.response)
      .update(schedule.record_keys(secret, *memory.negotiated.aead));
}

void forget_session(Memory& memory, std::uint32_t id) {
  memory.sessions.erase(id);
  if (memory.in_the_clear == id) memory.in_the_clear.reset();
}

}  // namespace lockstep::spdm
