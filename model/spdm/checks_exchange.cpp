// KEY_EXCHANGE_RSP and PSK_EXCHANGE_RSP: the session begins.
#include <algorithm>
#include <array>

#include "crypto/hash.hpp"
#include "spdm/opaque.hpp"
#include "spdm/turn.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

std::string version_text(std::uint16_t version) {
  return std::to_string(version >> 12) + "." + std::to_string(version >> 8 & 0x0F);
}

/// The general number of the version changes with what is incompatible: 1 is the only one there is.
void refuse_foreign_versions(Turn& turn, View offer) {
  const auto offered = parse_opaque(turn.negotiated(), offer);
  if (!offered || offered->supported_versions.empty()) return;
  const auto ours = [](std::uint16_t version) { return version >> 12 == 1; };
  if (std::none_of(offered->supported_versions.begin(), offered->supported_versions.end(), ours))
    turn.refusable("SPDM-KEX-017", "OpaqueData", "offers no secured message version 1");
}

/// Who asks for all events must be able to get some.
void refuse_events(Turn& turn, Byte policy) {
  const bool asks = turn.negotiated().spdm_version >= VERSION_1_3 && (policy & session_policy::EventAllPolicy) != 0;
  if (asks && !turn.negotiated().responder.has(capability::EVENT_CAP))
    turn.refusable("SPDM-KEX-014", "SessionPolicy", "asks for events without EVENT_CAP");
}

void key_exchange(Turn& turn) {
  const auto& request = turn.message<KEY_EXCHANGE>();
  refuse_events(turn, request.session_policy);
  refuse_empty_slot(turn, "SPDM-KEX-007", request.param2);
  refuse_foreign_versions(turn, request.opaque_data);
}

void psk_exchange(Turn& turn) { refuse_foreign_versions(turn, turn.message<PSK_EXCHANGE>().opaque_data); }

void check_secured_version(Turn& turn, View offer, View selection) {
  const auto offered = parse_opaque(turn.negotiated(), offer);
  const auto selected = parse_opaque(turn.negotiated(), selection);
  if (!selected) turn.seen.findings.push_back(selected.error());
  if (!offered || !selected || !selected->selected_version) return;
  const std::uint16_t version = *selected->selected_version;
  const auto same = [&](std::uint16_t other) { return other >> 8 == version >> 8; };  // update and alpha do not count
  if (!offered->supported_versions.empty() &&
      std::none_of(offered->supported_versions.begin(), offered->supported_versions.end(), same))
    turn.finding("SPDM-KEX-016", "OpaqueData", "secured message version " + version_text(version) + " was not offered");
}

/// What holds for both kinds of exchange.
void check_session(Turn& turn, const SessionData& session) {
  if (const SessionData* other = turn.memory.find_session(session.id)) {
    if (!other->keys)  // it may have ended unseen
      turn.not_judged("SPDM-KEX-012", other->keys_missing);
    else if (other->phase == SessionData::Phase::handshaking)  // a device may have dropped it for this one
      turn.not_judged("SPDM-KEX-012", "the other session was never finished");
    else
      turn.finding("SPDM-KEX-012", "RspSessionID", "makes the Session ID of a live session");
  }
  if (session.heartbeat_period != 0 && !turn.negotiated().both_have(capability::HBEAT_CAP))
    turn.finding("SPDM-KEX-006", "HeartbeatPeriod", "is not 0 without HBEAT_CAP on both ends");
}

KeySchedule schedule_of(const Turn& turn) { return {turn.negotiated().spdm_version, *turn.negotiated().hash}; }

bool verifies(const KeySchedule& schedule, const SessionData& session, View finished_key, View verify_data) {
  return equal_constant_time(schedule.verify_data(finished_key, th1(session)), verify_data);
}

/// With the labels of that version in the names of the keys.
bool verifies_in(Byte version, const Turn& turn, const SessionData& session, View verify_data) {
  const KeySchedule schedule(version, *turn.negotiated().hash);
  const Bytes th = crypto::digest(schedule.hash(), th1(session));
  const auto secrets = schedule.handshake_direction_secrets(session.keys->handshake_secret, th);
  return verifies(schedule, session, schedule.finished_key(secrets.response), verify_data);
}

void check_verify_data(Turn& turn, const SessionData& session, View verify_data) {
  if (!session.keys) return turn.not_judged("SPDM-KEX-002", session.keys_missing);
  if (verifies(schedule_of(turn), session, session.keys->finished.response, verify_data)) return;
  for (const Byte version : VERSIONS_WITH_LABELS)
    if (version != turn.negotiated().spdm_version && verifies_in(version, turn, session, verify_data))
      return turn.finding("SPDM-FIN-017", "ResponderVerifyData",
                          "verifies only with the key labels of another version");
  turn.finding("SPDM-KEX-002", "ResponderVerifyData", "is not the HMAC of the transcript");
}

/// The D that the transcript may have. Whose DIGESTS count is open where GET_DIGESTS came more than once.
std::vector<std::optional<Bytes>> possible_digests(const Memory& memory) {
  if (!memory.negotiated.responder_multi_key) return {std::nullopt};
  const Transcripts& t = memory.transcripts;
  std::vector<std::optional<Bytes>> all{t.first_digests};
  if (t.latest_digests != t.first_digests) all.push_back(t.latest_digests);
  if (t.first_digests) all.push_back(std::nullopt);
  return all;
}

/// Verifies the signature; the D that it stands over.
std::optional<Bytes> check_signature(Turn& turn, const KEY_EXCHANGE& request, const KEY_EXCHANGE_RSP& response) {
  const auto digests = possible_digests(turn.memory);
  std::vector<Candidate> candidates;
  for (const auto& d : digests) {
    auto th = before_key_exchange(turn.memory, d, request.param2);
    if (!th) {
      turn.not_judged("SPDM-KEX-001", "the responder's certificate chain is not known");
      return digests.front();
    }
    append(*th, turn.request.bytes);
    append(*th, without_tail(turn.seen.bytes, response.signature.size() + response.responder_verify_data.size()));
    candidates.push_back({std::move(*th), Rule::none(), {}});
  }
  const auto fit = verify_signature(turn, "SPDM-KEX-001", Role::responder, request.param2,
                                    Purpose::responder_key_exchange_rsp, candidates, response.signature);
  return digests[fit.value_or(0)];
}

void key_exchange_rsp(Turn& turn) {
  const auto& request = turn.requested<KEY_EXCHANGE>();
  const auto& response = turn.message<KEY_EXCHANGE_RSP>();
  Memory& memory = turn.memory;
  turn.expect_fresh(response.random_data, "SPDM-KEX-018", "RandomData");
  turn.expect_fresh(response.exchange_data, "SPDM-KEX-019", "ExchangeData");
  if (response.mut_auth_requested != 0 && !turn.negotiated().both_have(capability::MUT_AUTH_CAP))
    turn.finding("SPDM-KEX-005", "MutAuthRequested", "is not 0 without MUT_AUTH_CAP on both ends");
  check_secured_version(turn, request.opaque_data, response.opaque_data);

  const auto digests = turn.negotiated().hash_missing() ? std::nullopt : check_signature(turn, request, response);
  SessionData session = begin_session(
      memory, {turn.request.bytes, without_tail(turn.seen.bytes, response.responder_verify_data.size()), digests},
      request, response);
  check_session(turn, session);
  if (!response.responder_verify_data.empty()) check_verify_data(turn, session, response.responder_verify_data);
  session.responder_verify_data = response.responder_verify_data;
  if (session.in_the_clear) memory.in_the_clear = session.id;
  memory.sessions.insert_or_assign(session.id, std::move(session));
}

/// Salt_0 of a PSK was read differently before 1.3: the other salt is tried, and noted.
void try_other_salt(Turn& turn, SessionData& session, View hint, View verify_data) {
  if (!session.keys) return;
  const KeySchedule schedule = schedule_of(turn);
  const auto fits = [&](const SessionData& s) { return verifies(schedule, s, s.keys->finished.response, verify_data); };
  if (fits(session)) return;
  const auto psk = turn.memory.secrets.psk ? turn.memory.secrets.psk(hint) : std::nullopt;
  if (!psk) return;  // the keys are from a key log
  SessionData other = session;
  const Byte salt = static_cast<Byte>(~schedule.psk_salt());
  give_handshake_keys(turn.memory, other, schedule.psk_handshake_secret(*psk, salt));
  if (!fits(other)) return;
  turn.finding("SPDM-FIN-016", "ResponderVerifyData", "verifies only with the salt of other versions");
  session = std::move(other);
}

void psk_exchange_rsp(Turn& turn) {
  const auto& request = turn.requested<PSK_EXCHANGE>();
  const auto& response = turn.message<PSK_EXCHANGE_RSP>();
  Memory& memory = turn.memory;
  if (!response.responder_context.empty())
    turn.expect_fresh(response.responder_context, "SPDM-KEX-018", "ResponderContext");
  check_secured_version(turn, request.opaque_data, response.opaque_data);
  SessionData session = begin_session(
      memory, {turn.request.bytes, without_tail(turn.seen.bytes, response.responder_verify_data.size()), std::nullopt},
      request, response);
  check_session(turn, session);
  try_other_salt(turn, session, request.psk_hint, response.responder_verify_data);
  check_verify_data(turn, session, response.responder_verify_data);
  session.responder_verify_data = response.responder_verify_data;
  // Without a context of the responder there is no PSK_FINISH.
  const bool finish_follows =
      (turn.negotiated().responder.flags & capability::PSK_CAP) == capability::PSK_CAP_WITH_CONTEXT;
  if (!finish_follows) establish(memory, session);
  memory.sessions.insert_or_assign(session.id, std::move(session));
}

}  // namespace

CodeChecks exchange_checks() {
  static constexpr std::array checks{
      CodeCheck{Code::KEY_EXCHANGE, &key_exchange}, CodeCheck{Code::PSK_EXCHANGE, &psk_exchange},
      CodeCheck{Code::KEY_EXCHANGE_RSP, &key_exchange_rsp}, CodeCheck{Code::PSK_EXCHANGE_RSP, &psk_exchange_rsp}};
  return checks;
}

}  // namespace lockstep::spdm
