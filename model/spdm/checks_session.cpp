// What keeps an established session going and ends it; VENDOR_DEFINED_RESPONSE.
#include <array>

#include "spdm/turn.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

void key_update(Turn& turn) {
  if (turn.session == nullptr) return;
  const auto operation = static_cast<KeyOperation>(turn.message<KEY_UPDATE>().param1);
  if (operation == KeyOperation::UpdateKey || operation == KeyOperation::UpdateAllKeys)
    turn.session->request_key_only = operation == KeyOperation::UpdateKey;
  if (operation == KeyOperation::VerifyNewKey && turn.session->request_with_old_key)
    turn.refusable("SPDM-LIFE-007", "KeyOperation", "VerifyNewKey came under the old key");
}

void key_update_ack(Turn& turn) {
  const auto& request = turn.requested<KEY_UPDATE>();
  const auto& response = turn.message<KEY_UPDATE_ACK>();
  turn.expect_echo(response.param1 == request.param1, "SPDM-LIFE-010", "KeyOperation");
  turn.expect_echo(response.param2 == request.param2, "SPDM-LIFE-010", "Tag");
  if (turn.session == nullptr || turn.session->phase != SessionData::Phase::established) return;
  SessionData& session = *turn.session;
  switch (static_cast<KeyOperation>(request.param1)) {
    case KeyOperation::UpdateKey:
      update_keys(turn.memory, session, Role::requester);
      break;
    case KeyOperation::UpdateAllKeys:
      if (session.response_with_old_key)
        turn.finding("SPDM-LIFE-006", {}, "the acknowledgement of UpdateAllKeys came under the old key");
      update_keys(turn.memory, session, Role::requester);
      if (!session.response_updated) update_keys(turn.memory, session, Role::responder);
      break;
    case KeyOperation::VerifyNewKey:
      if (!session.keys) break;
      session.keys->records.request.confirm();
      session.keys->records.response.confirm();
      break;
  }
}

void end_session_ack(Turn& turn) {
  if (turn.session != nullptr) forget_session(turn.memory, turn.session->id);
}

void vendor_defined_response(Turn& turn) {
  const auto& request = turn.requested<VENDOR_DEFINED_REQUEST>();
  const auto& response = turn.message<VENDOR_DEFINED_RESPONSE>();
  turn.expect_echo(response.standard_id == request.standard_id, "SPDM-VDM-006", "StandardID");
  turn.expect_echo(response.vendor_id == request.vendor_id, "SPDM-VDM-006", "VendorID");
}

}  // namespace

CodeChecks session_checks() {
  static constexpr std::array checks{CodeCheck{Code::KEY_UPDATE, &key_update},
                                     CodeCheck{Code::KEY_UPDATE_ACK, &key_update_ack},
                                     CodeCheck{Code::END_SESSION_ACK, &end_session_ack},
                                     CodeCheck{Code::VENDOR_DEFINED_RESPONSE, &vendor_defined_response}};
  return checks;
}

}  // namespace lockstep::spdm
