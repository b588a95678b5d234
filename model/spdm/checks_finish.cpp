// FINISH, PSK_FINISH and their responses: the handshake ends.
#include <array>

#include "spdm/turn.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

constexpr std::string_view requester_unknown = "the requester's certificate chain is not known";

/// The session whose handshake this message ends; nullptr: there is none.
SessionData* handshake_of(const Turn& turn) {
  const bool handshaking = turn.session != nullptr && turn.session->phase == SessionData::Phase::handshaking;
  return handshaking ? turn.session : nullptr;
}

std::optional<Bytes> expected_verify_data(const Turn& turn, const Bytes& finished_key, const std::optional<Bytes>& th) {
  if (!th) return std::nullopt;
  return KeySchedule(turn.negotiated().spdm_version, *turn.negotiated().hash).verify_data(finished_key, *th);
}

void check_requester_verify_data(Turn& turn, Rule rule, View verify_data) {
  const SessionData& session = *turn.session;
  if (!session.keys) return turn.not_judged(rule, session.keys_missing);
  const auto expected =
      expected_verify_data(turn, session.keys->finished.request,
                           th_finish(turn.memory, session, without_tail(turn.seen.bytes, verify_data.size())));
  if (!expected) return turn.not_judged(rule, std::string(requester_unknown));
  if (!equal_constant_time(*expected, verify_data))
    turn.refusable(rule, "RequesterVerifyData", "is not the HMAC of the transcript");
}

void check_requester_signature(Turn& turn, const FINISH& finish) {
  const std::size_t tail = finish.signature.size() + finish.requester_verify_data.size();
  const Rule rule = "SPDM-FIN-007";
  if (turn.session->before.empty()) return turn.not_judged(rule, turn.session->keys_missing);
  const auto th = th_finish(turn.memory, *turn.session, without_tail(turn.seen.bytes, tail));
  if (!th) return turn.not_judged(rule, std::string(requester_unknown));
  const std::size_t before = turn.seen.findings.size();
  verify_signature(turn, rule, Role::requester, finish.param2, Purpose::requester_finish, {{*th, Rule::none(), {}}},
                   finish.signature);
  if (turn.seen.findings.size() > before) turn.request.refused_for.push_back(rule);
}

void finish(Turn& turn) {
  const auto& request = turn.message<FINISH>();
  if (handshake_of(turn) == nullptr) return;
  const bool signature = (request.param1 & FINISH::SIGNATURE_INCLUDED) != 0;
  const bool asked = turn.session->mut_auth_requested != 0;
  if (signature && !asked)
    turn.refusable("SPDM-FIN-005", "Param1", "a signature although no mutual authentication was asked for");
  if (!signature && asked)
    turn.refusable("SPDM-FIN-006", "Param1", "no signature although mutual authentication was asked for");
  if (signature && asked) check_requester_signature(turn, request);
  check_requester_verify_data(turn, "SPDM-FIN-004", request.requester_verify_data);
}

void psk_finish(Turn& turn) {
  if (handshake_of(turn) == nullptr) return;
  check_requester_verify_data(turn, "SPDM-FIN-014", turn.message<PSK_FINISH>().requester_verify_data);
}

void check_responder_verify_data(Turn& turn, const SessionData& session, View verify_data) {
  const Rule rule = "SPDM-KEX-002";
  if (!session.keys) return turn.not_judged(rule, session.keys_missing);
  const auto expected =
      expected_verify_data(turn, session.keys->finished.response, th_finish(turn.memory, session, session.finish));
  if (!expected) return turn.not_judged(rule, std::string(requester_unknown));
  if (!equal_constant_time(*expected, verify_data))
    turn.finding(rule, "ResponderVerifyData", "is not the HMAC of the transcript");
}

void end_handshake(Turn& turn, View verify_data) {
  if (handshake_of(turn) == nullptr) return;
  SessionData& session = *turn.session;
  session.finish = turn.request.bytes;
  append(session.finish, without_tail(turn.seen.bytes, verify_data.size()));
  if (!verify_data.empty()) check_responder_verify_data(turn, session, verify_data);
  append(session.finish, verify_data);
  establish(turn.memory, session);
  if (turn.memory.in_the_clear == session.id) turn.memory.in_the_clear.reset();
}

void finish_rsp(Turn& turn) { end_handshake(turn, turn.message<FINISH_RSP>().responder_verify_data); }
void psk_finish_rsp(Turn& turn) { end_handshake(turn, {}); }

}  // namespace

CodeChecks finish_checks() {
  static constexpr std::array checks{CodeCheck{Code::FINISH, &finish}, CodeCheck{Code::FINISH_RSP, &finish_rsp},
                                     CodeCheck{Code::PSK_FINISH, &psk_finish},
                                     CodeCheck{Code::PSK_FINISH_RSP, &psk_finish_rsp}};
  return checks;
}

}  // namespace lockstep::spdm
