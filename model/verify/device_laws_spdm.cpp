#include "verify/device_laws.hpp"

namespace lockstep::verify::laws {
namespace {

bool has_session(const Control& c, bool psk) {
  return std::any_of(c.sessions.begin(), c.sessions.end(), [&](const Session& s) {
    return s.state == SessionState::ESTABLISHED && s.psk == psk && s.key_update == spdm::KeyUpdate::all_keys;
  });
}

/// What a session cannot survive.
bool must_end(const Session& session, const Letter& letter) {
  using enum spdm::Stimulus;
  using spdm::Defect;
  if (session.state == SessionState::NONE) return false;
  const spdm::Letter& l = *spdm_of(letter);
  const bool wrong = l.defect == Defect::bad_verify_data || (!session.psk && l.defect == Defect::bad_signature);
  const bool handshake = session.state == SessionState::HANDSHAKING;
  switch (l.stimulus) {
    case RECORD_UNOPENED:
    case SESSION_DROPPED:
      return true;
    case FIRMWARE_UPDATED:
      return session.spdm_version >= 0x12 && !session.termination_policy;
    case END_SESSION:
      return !handshake && l.defect == Defect::none;
    case FINISH:
      return handshake && wrong && !session.psk && !session.encapsulated_open && !device::flow_owed(session);
    case PSK_FINISH:
      return handshake && wrong && session.psk;
    default:
      return false;
  }
}

bool same_kind(const Session& before, const Session& after) {
  if (before.state == SessionState::NONE || after.state == SessionState::NONE) return true;
  return before.psk == after.psk && before.in_the_clear == after.in_the_clear && before.mut_auth == after.mut_auth &&
         before.heartbeat == after.heartbeat && before.termination_policy == after.termination_policy &&
         before.spdm_version == after.spdm_version && before.state <= after.state;
}

/// Whether the keys of session `i`, established before and after, do what the step says.
bool keys_update(const DeviceStep& s, Byte i) {
  using enum spdm::Stimulus;
  using spdm::KeyUpdate;
  const KeyUpdate before = s.before.sessions[i].key_update, after = s.after.sessions[i].key_update;
  const bool mine = s.letter.session == i && faultless(s.letter);
  if (mine && before == KeyUpdate::none && is(s.letter, KEY_UPDATE_UpdateKey)) return after == KeyUpdate::requester_key;
  if (mine && before == KeyUpdate::none && is(s.letter, KEY_UPDATE_UpdateAllKeys)) return after == KeyUpdate::all_keys;
  if (mine && is(s.letter, KEY_UPDATE_VerifyNewKey)) return after == KeyUpdate::none;
  return before == after;
}

/// What the step may serve: RESPOND_IF_READY fetches the response to an earlier request.
spdm::Stimulus asked_in(const DeviceStep& s) {
  if (!is(s.letter, spdm::Stimulus::RESPOND_IF_READY)) return spdm_of(s.letter)->stimulus;
  return s.letter.session == NONE ? s.before.connection.owed : s.before.sessions[s.letter.session].owed;
}

/// The order of the negotiation, outside sessions.
bool in_order(const DeviceStep& s) {
  using enum spdm::Stimulus;
  using spdm::ConnectionState;
  const spdm::Connection &before = s.before.connection, &after = s.after.connection;
  if (is(s.letter, GET_VERSION) && faultless(s.letter))
    return after == spdm::Connection{.state = ConnectionState::AFTER_VERSION};
  const bool open = before.state == ConnectionState::NEGOTIATED && !before.encapsulated && faultless(s.letter);
  if (is(s.letter, CHALLENGE) && open) return after.state == before.state && after.authenticated;
  const spdm::Stimulus asked = asked_in(s);
  if (asked == CHALLENGE && is(s.letter, RESPOND_IF_READY)) return after.state == before.state;
  if (before.state == after.state) return before.authenticated == after.authenticated;
  const bool capabilities = asked == GET_CAPABILITIES && before.state == ConnectionState::AFTER_VERSION &&
                            after.state == ConnectionState::AFTER_CAPABILITIES;
  const bool algorithms = asked == NEGOTIATE_ALGORITHMS && before.state == ConnectionState::AFTER_CAPABILITIES &&
                          after.state == ConnectionState::NEGOTIATED;
  return (capabilities || algorithms) && !after.authenticated;
}

}  // namespace

void add_sessions(std::vector<DeviceProperty>& all) {
  using enum spdm::Stimulus;
  all.push_back({.name = "session-is-finished-as-it-was-opened",
                 .statement =
                     "A session that KEY_EXCHANGE opened is established by FINISH, one that PSK_EXCHANGE opened "
                     "by PSK_FINISH, at once or when RESPOND_IF_READY fetches the response; or when it is "
                     "opened",
                 .rules = {"SPDM-FIN-019", "SPDM-FIN-020"},
                 .shape = Shape::step,
                 .step =
                     [](const DeviceStep& s) {
                       if (s.letter.session == NONE || !any_session_becomes_established(s)) return true;
                       return asked_in(s) == (s.before.sessions[s.letter.session].psk ? PSK_FINISH : FINISH);
                     },
                 .step_premise = any_session_becomes_established,
                 .mutant = "psk-finish-finishes-key-exchange",
                 .concerns = [](const Letter& l) { return spdm_of(l) != nullptr; },
                 .only_changes = true});
  all.push_back({.name = "mutual-authentication-is-not-skipped",
                 .statement =
                     "A session whose KEY_EXCHANGE_RSP asked for an encapsulated authentication is established only "
                     "after it",
                 .rules = {"SPDM-FIN-021", "SPDM-FIN-019"},
                 .state =
                     [](const Control& c) {
                       return std::none_of(c.sessions.begin(), c.sessions.end(), [](const Session& s) {
                         return s.state == SessionState::ESTABLISHED && spdm::wants_encapsulated_flow(s.mut_auth) &&
                                !s.encapsulated_done;
                       });
                     },
                 .premise =
                     [](const Control& c) {
                       return std::any_of(c.sessions.begin(), c.sessions.end(), [](const Session& s) {
                         return s.state == SessionState::ESTABLISHED && spdm::wants_encapsulated_flow(s.mut_auth);
                       });
                     },
                 .mutant = "psk-finish-finishes-key-exchange",
                 .applies = [](const DeviceScope& scope) { return scope.mutual_authentication; }});
  all.push_back(
      {.name = "session-ends",
       .statement = "END_SESSION, a record that does not open, wrong verify data or a wrong signature in a FINISH or "
                    "PSK_FINISH that is due, a drop, and from SPDM 1.2 on a firmware update that its policy does not "
                    "allow end a session",
       .rules = {"SPDM-LIFE-014", "SPDM-LIFE-017", "SPDM-LIFE-018", "SPDM-FIN-004", "SECMSG-029"},
       .shape = Shape::step,
       .step =
           [](const DeviceStep& s) {
             return !must_end(s.before.sessions[s.letter.session], s.letter) ||
                    s.after.sessions[s.letter.session].state == SessionState::NONE;
           },
       .step_premise = [](const DeviceStep& s) { return must_end(s.before.sessions[s.letter.session], s.letter); },
       .mutant = "end-session-keeps-it",
       .concerns = [](const Letter& l) { return spdm_of(l) != nullptr && l.session != NONE; },
       .as_specified = true});
  all.push_back(
      {.name = "session-keeps-its-kind",
       .statement = "While a session lives it keeps how it was opened, and an established session stays established",
       .rules = {"SPDM-KEX-001", "SPDM-KEX-012"},
       .shape = Shape::step,
       .step =
           [](const DeviceStep& s) {
             for (Byte i = 0; i < device::MAX_SESSIONS; ++i)
               if (!same_kind(s.before.sessions[i], s.after.sessions[i])) return false;
             return true;
           },
       .step_premise = any_session_becomes_established,
       .mutant = "finish-forgets-the-key-exchange",
       .only_changes = true});
  all.push_back({.name = "key-update-is-confirmed",
                 .statement = "An update of keys is opened by KEY_UPDATE with UpdateKey or UpdateAllKeys and closed by "
                              "VerifyNewKey, and by nothing else",
                 .rules = {"SPDM-LIFE-005", "SPDM-LIFE-006", "SPDM-LIFE-007"},
                 .shape = Shape::step,
                 .step =
                     [](const DeviceStep& s) {
                       for (Byte i = 0; i < device::MAX_SESSIONS; ++i)
                         if (alive(s.before, i) && alive(s.after, i) && !keys_update(s, i)) return false;
                       return true;
                     },
                 .step_premise =
                     [](const DeviceStep& s) {
                       return is(s.letter, KEY_UPDATE_VerifyNewKey) && alive(s.before, s.letter.session) &&
                              s.before.sessions[s.letter.session].key_update == spdm::KeyUpdate::all_keys;
                     },
                 .mutant = "key-update-is-never-confirmed",
                 .concerns = [](const Letter& l) { return spdm_of(l) != nullptr; },
                 .as_specified = true});
  all.push_back({.name = "negotiation-goes-in-order",
                 .statement =
                     "GET_VERSION starts anew, GET_CAPABILITIES follows it, NEGOTIATE_ALGORITHMS follows that, at once "
                     "or fetched by RESPOND_IF_READY; only CHALLENGE authenticates the connection",
                 .rules = {"SPDM-VER-001", "SPDM-VER-004", "SPDM-CAP-001", "SPDM-ALG-002", "SPDM-CHAL-001"},
                 .shape = Shape::step,
                 .step = in_order,
                 .step_premise = [](const DeviceStep& s) { return s.before.connection != s.after.connection; },
                 .mutant = "capabilities-negotiate",
                 .concerns = [](const Letter& l) { return spdm_of(l) != nullptr && l.session == NONE; },
                 .as_specified = true});
  all.push_back({.name = "key-exchange-session-can-be-established",
                 .statement =
                     "A session opened by KEY_EXCHANGE can come to an update of all its keys, on a connection that "
                     "was authenticated",
                 .rules = {"SPDM-FIN-001", "SPDM-CHAL-001"},
                 .shape = Shape::sometimes,
                 .state = [](const Control& c) { return has_session(c, false) && c.connection.authenticated; },
                 .mutant = "finish-is-always-refused"});
  all.push_back({.name = "psk-session-can-be-established",
                 .statement =
                     "A session opened by PSK_EXCHANGE can come to an update of all its keys, on a connection that "
                     "was authenticated",
                 .rules = {"SPDM-FIN-016", "SPDM-CHAL-001"},
                 .shape = Shape::sometimes,
                 .state = [](const Control& c) { return has_session(c, true) && c.connection.authenticated; },
                 .mutant = "challenge-does-not-authenticate"});
  all.push_back({.name = "get-version-ends-sessions",
                 .statement = "A GET_VERSION that is served leaves no session",
                 .rules = {"SPDM-VER-004"},
                 .shape = Shape::step,
                 .step =
                     [](const DeviceStep& s) {
                       const bool none = std::all_of(s.after.sessions.begin(), s.after.sessions.end(),
                                                     [](const Session& n) { return n.state == SessionState::NONE; });
                       return none || s.answer().kind != Answer::Kind::response;
                     },
                 .step_premise = [](const DeviceStep& s) { return established(s.before) && faultless(s.letter); },
                 .mutant = "get-version-keeps-sessions",
                 .concerns = [](const Letter& l) { return is(l, GET_VERSION) && l.session == NONE; }});
  all.push_back({.name = "tdi-in-error-can-be-stopped",
                 .statement =
                     "While a session is established and the requester goes on sending STOP_INTERFACE_REQUEST, a "
                     "TDI does not stay in ERROR for ever",
                 .rules = {"TDISP-STATE-012"},
                 .shape = Shape::leads_to,
                 .state = [](const Control& c) { return c.tdis[0].state != TdiState::ERROR || !established(c); },
                 .premise = [](const Control& c) { return c.tdis[0].state == TdiState::ERROR && established(c); },
                 .mutant = "stop-fails-in-error"});
}

}  // namespace lockstep::verify::laws
