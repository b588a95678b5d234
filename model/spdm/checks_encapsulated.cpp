// The encapsulated flow: requests of the responder, and the requester in the role of a responder.
#include <array>

#include "spdm/turn.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;
using PayloadType = ENCAPSULATED_RESPONSE_ACK::PayloadType;

/// The session whose handshake the flow belongs to, also when it goes on in the clear.
SessionData* session_of(Turn& turn) {
  if (turn.session != nullptr) return turn.session;
  return turn.memory.in_the_clear ? turn.memory.find_session(*turn.memory.in_the_clear) : nullptr;
}

/// A request of the responder came; the requester owes the response.
void hold(Turn& turn, Byte id, View bytes) {
  Seen inner{.sender = Role::responder};
  decode_into(inner, bytes, encapsulated_context_for(turn.memory, nullptr));
  const bool request = inner.message && is_request(inner.bytes[1]);
  turn.channel.encapsulated = Pending{inner.bytes, request ? inner.message : wire::AnyMessage(), {}};
  turn.channel.encapsulated_id = id;
  turn.channel.encapsulated_answered = false;
  turn.seen.carried.push_back(std::move(inner));
}

void encapsulated_request(Turn& turn) {
  turn.memory.transcripts.requester_b.clear();
  const auto& response = turn.message<ENCAPSULATED_REQUEST>();
  hold(turn, response.param1, response.encapsulated_request);
}

/// MutAuthRequested bit 2: KEY_EXCHANGE_RSP stands for the first ENCAPSULATED_REQUEST, with GET_DIGESTS in it.
void hold_implied_get_digests(Turn& turn) {
  const SessionData* session = session_of(turn);
  if (turn.channel.encapsulated || session == nullptr ||
      (session->mut_auth_requested & KEY_EXCHANGE_RSP::MUT_AUTH_WITH_GET_DIGESTS) == 0)
    return;
  GET_DIGESTS implied;
  implied.version = turn.negotiated().spdm_version;
  turn.channel.encapsulated = Pending{wire::encode(implied, {}), wire::AnyMessage(implied), {}};
  turn.channel.encapsulated_id = turn.message<DELIVER_ENCAPSULATED_RESPONSE>().param1;
  turn.channel.encapsulated_answered = false;
}

void deliver_encapsulated_response(Turn& turn) {
  const auto& request = turn.message<DELIVER_ENCAPSULATED_RESPONSE>();
  hold_implied_get_digests(turn);
  Channel& channel = turn.channel;
  Seen inner{.sender = Role::requester};
  decode_into(inner, request.encapsulated_response,
              encapsulated_context_for(turn.memory, channel.encapsulated ? &*channel.encapsulated : nullptr));
  if (channel.encapsulated) {
    if (request.param1 != channel.encapsulated_id)
      turn.refusable("SPDM-ENCAP-003", "RequestID", "is not that of the encapsulated request");
    const bool fits = inner.message && !inner.is(Code::ERROR) && channel.encapsulated->message &&
                      inner.bytes[1] == (channel.encapsulated->code() & 0x7F);
    if (fits && !channel.encapsulated_answered) {
      Turn reversed{turn.memory, channel, session_of(turn), *channel.encapsulated, inner};
      run({encapsulated_response_checks()}, reversed);
      channel.encapsulated_answered = true;
    }
  }
  turn.seen.carried.push_back(std::move(inner));
}

void encapsulated_response_ack(Turn& turn) {
  const auto& response = turn.message<ENCAPSULATED_RESPONSE_ACK>();
  const auto& request = turn.requested<DELIVER_ENCAPSULATED_RESPONSE>();
  if (turn.negotiated().spdm_version >= VERSION_1_2)
    turn.expect_echo(response.ack_request_id == request.param1, "SPDM-ENCAP-006", "AckRequestID");
  turn.channel.encapsulated.reset();
  switch (static_cast<PayloadType>(response.param2)) {
    case PayloadType::Present:
      return hold(turn, response.param1, response.encapsulated_request);
    case PayloadType::ReqSlotNumber:
      if (SessionData* session = session_of(turn); session != nullptr && !response.encapsulated_request.empty())
        session->requester_slot = response.encapsulated_request.front();
      return;
    case PayloadType::Absent:
      return;
  }
  turn.finding("SPDM-ENCAP-005", "Param2", "payload type is not defined");
}

// --- the requester in the role of a responder ------------------------------------------------------------------------

void remember_b(Turn& turn) {
  append(turn.memory.transcripts.requester_b, turn.request.bytes);
  append(turn.memory.transcripts.requester_b, turn.seen.bytes);
}

void digests(Turn& turn) {
  learn_digests(turn, turn.memory.identities.request);
  remember_b(turn);
  if (turn.negotiated().requester_multi_key && turn.session != nullptr && turn.session->encapsulated_digests.empty())
    turn.session->encapsulated_digests = turn.seen.bytes;
}

void certificate(Turn& turn) {
  learn_certificate(turn, turn.memory.identities.request, Role::requester);
  remember_b(turn);
}

void challenge_auth(Turn& turn) {
  const auto& request = turn.requested<CHALLENGE>();
  const auto& response = turn.message<CHALLENGE_AUTH>();
  turn.expect_echo(response.context == request.context, "SPDM-CHAL-010", "RequesterContext");
  const View so_far = without_tail(turn.seen.bytes, response.signature.size());
  verify_signature(turn, "SPDM-ENCAP-008", Role::requester, request.param1, Purpose::requester_challenge_auth,
                   {{requester_m1_transcript(turn.memory, turn.request.bytes, so_far), Rule::none(), {}}},
                   response.signature);
}

void endpoint_info(Turn& turn) {
  const auto& request = turn.requested<GET_ENDPOINT_INFO>();
  const auto& response = turn.message<ENDPOINT_INFO>();
  if ((request.request_attributes & GET_ENDPOINT_INFO::SIGNATURE_REQUESTED) == 0) return;
  const Byte slot = (request.param2 & 0x0F) == 0x0F ? PUBLIC_KEY_SLOT : request.param2 & 0x0F;
  const View so_far = without_tail(turn.seen.bytes, response.signature.size());
  verify_signature(turn, "SPDM-ENCAP-008", Role::requester, slot, Purpose::requester_endpoint_info,
                   {{il1_transcript(turn.memory, turn.request.bytes, so_far), Rule::none(), {}}}, response.signature);
}

/// The responder renews the key it sends with.
void key_update_ack(Turn& turn) {
  const auto& request = turn.requested<KEY_UPDATE>();
  const auto& response = turn.message<KEY_UPDATE_ACK>();
  turn.expect_echo(response.param1 == request.param1, "SPDM-LIFE-010", "KeyOperation");
  turn.expect_echo(response.param2 == request.param2, "SPDM-LIFE-010", "Tag");
  if (turn.session == nullptr || !turn.session->keys) return;
  if (request.param1 == static_cast<Byte>(KeyOperation::UpdateKey))
    update_keys(turn.memory, *turn.session, Role::responder);
  if (request.param1 == static_cast<Byte>(KeyOperation::VerifyNewKey)) turn.session->keys->records.response.confirm();
}

}  // namespace

CodeChecks encapsulated_checks() {
  static constexpr std::array checks{CodeCheck{Code::ENCAPSULATED_REQUEST, &encapsulated_request},
                                     CodeCheck{Code::DELIVER_ENCAPSULATED_RESPONSE, &deliver_encapsulated_response},
                                     CodeCheck{Code::ENCAPSULATED_RESPONSE_ACK, &encapsulated_response_ack}};
  return checks;
}

CodeChecks encapsulated_response_checks() {
  static constexpr std::array checks{CodeCheck{Code::DIGESTS, &digests}, CodeCheck{Code::CERTIFICATE, &certificate},
                                     CodeCheck{Code::CHALLENGE_AUTH, &challenge_auth},
                                     CodeCheck{Code::ENDPOINT_INFO, &endpoint_info},
                                     CodeCheck{Code::KEY_UPDATE_ACK, &key_update_ack}};
  return checks;
}

}  // namespace lockstep::spdm
