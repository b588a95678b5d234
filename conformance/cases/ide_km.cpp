// IDE_KM: keys of an IDE stream (PCIe Base 6.x 6.33).
#include "cases/steps.hpp"

namespace lockstep::cases {
namespace {

using D = ide_km::Defect;
using S = ide_km::Stimulus;

Step k(S stimulus, ide_km::Slot slot = {}, D defect = D::none, Via via = Via::session) {
  return ide_km_step(stimulus, slot, defect, via);
}

std::vector<Step> each(S stimulus, bool k1, std::size_t count = 6) { return each_slot(stimulus, k1, count); }

const std::vector<Needs> ide = {Needs::ide_km};

// clang-format off
std::vector<Case> query() { return {
  {.id = "ide_km/query/contents", .about = "QUERY_RESP follows the rules for its fields.",
   .asks = {"IDE-MSG-001", "IDE-MSG-004", "IDE-MSG-005", "IDE-MSG-006", "IDE-MSG-007", "IDE-MSG-010", "IDE-MSG-011", "IDE-MSG-012"},
   .needs = ide, .steps = {k(S::QUERY), k(S::QUERY)}},
  {.id = "ide_km/query/port-beyond-last", .about = "QUERY for a port behind MaxPortIndex gets no QUERY_RESP.",
   .asks = {"IDE-MSG-013"}, .needs = ide, .steps = {k(S::QUERY), k(S::QUERY, {}, D::port_unsupported)}},
  {.id = "ide_km/query/keeps-keys", .about = "QUERY in the session that programmed the keys has no side effect.",
   .asks = {"IDE-MSG-014"}, .given = Given::secure, .needs = {Needs::ide_km, Needs::tdisp},
   .steps = {k(S::QUERY), tdisp_step(tdisp::Stimulus::LOCK_INTERFACE_REQUEST)}},
  {.id = "ide_km/query/takes-nothing-into-use", .about = "QUERY in the session that programmed the keys does not take them into use.",
   .asks = {"IDE-MSG-014"}, .given = Given::keyed, .needs = ide, .steps = {k(S::QUERY), k(S::QUERY)}},
  {.id = "ide_km/query/foreign-session", .about = "QUERY of a session that does not own the stream is refused, and disturbs nothing.",
   .asks = {"IDE-STREAM-015"}, .given = Given::secure, .needs = ide, .steps = {k(S::QUERY, {}, D::foreign_session, Via::second_session), k(S::QUERY)}},
  {.id = "ide_km/query/in-clear", .about = "QUERY outside a session is not served.",
   .asks = {"IDE-MSG-002"}, .needs = ide, .steps = {k(S::QUERY, {}, D::none, Via::clear)}},
  {.id = "ide_km/query/in-handshake", .about = "IDE_KM during the session handshake is not acted on.",
   .asks = {"IDE-MSG-003"}, .given = Given::handshaking, .needs = ide, .steps = {k(S::QUERY)}},
};}

std::vector<Case> key_prog() { return {
  {.id = "ide_km/key-prog/every-slot", .about = "KEY_PROG is accepted for both key sets, both directions and all sub-streams.",
   .asks = {"IDE-MSG-017", "IDE-MSG-001", "IDE-MSG-015", "IDE-MSG-016"}, .needs = ide, .steps = each(S::KEY_PROG, false) + each(S::KEY_PROG, true)},
  {.id = "ide_km/key-prog/short", .about = "A KEY_PROG that is short by one byte is refused.",
   .asks = {"IDE-MSG-018"}, .needs = ide, .steps = {k(S::KEY_PROG, {}, D::wrong_length)}},
  {.id = "ide_km/key-prog/port-beyond-last", .about = "KEY_PROG for a port behind MaxPortIndex is refused.",
   .asks = {"IDE-MSG-020"}, .needs = ide, .steps = {k(S::QUERY), k(S::KEY_PROG, {}, D::port_unsupported)}},
  {.id = "ide_km/key-prog/undefined-sub-stream", .about = "KEY_PROG for a sub-stream that PCIe does not define is refused.",
   .asks = {"IDE-MSG-021"}, .needs = ide, .steps = {k(S::KEY_PROG, {}, D::sub_stream_invalid)}},
  {.id = "ide_km/key-prog/initial-value", .about = "KEY_PROG with an invocation field other than 1 is refused.",
   .asks = {"IDE-MSG-022"}, .needs = ide, .steps = {k(S::KEY_PROG, {}, D::ifv_not_initial)}},
  {.id = "ide_km/key-prog/unknown-stream", .about = "KEY_PROG for a Stream ID that the port does not have is refused.",
   .asks = {"IDE-MSG-023"}, .needs = ide, .steps = {k(S::KEY_PROG, {}, D::stream_unknown)}},
  {.id = "ide_km/key-prog/again", .about = "KEY_PROG over a programmed slot replaces the key.",
   .asks = {"IDE-MSG-017"}, .needs = ide, .steps = {k(S::KEY_PROG), k(S::KEY_PROG)}},
  {.id = "ide_km/key-prog/active-slot", .about = "KEY_PROG over a slot in use does not disturb the stream.",
   .asks = {"IDE-MSG-026"}, .given = Given::secure, .needs = ide, .steps = {k(S::KEY_PROG), k(S::QUERY)}},
  {.id = "ide_km/key-prog/foreign-session", .about = "Keys of a second session are not accepted while the first owns the stream.",
   .asks = {"IDE-STREAM-015"}, .given = Given::secure, .needs = ide, .steps = {k(S::KEY_PROG, {}, D::foreign_session, Via::second_session)}},
};}

std::vector<Case> set_go() { return {
  {.id = "ide_km/set-go/six", .about = "Six keys and six K_SET_GO make the stream Secure.",
   .asks = {"IDE-STREAM-002", "IDE-MSG-030", "IDE-MSG-031", "IDE-MSG-032"}, .given = Given::keyed, .needs = ide,
   .steps = each(S::K_SET_GO, false) + std::vector<Step>{k(S::QUERY)}},
  {.id = "ide_km/set-go/five", .about = "Five of six K_SET_GO leave the stream Insecure.",
   .asks = {"IDE-STREAM-001"}, .given = Given::keyed, .needs = ide, .steps = each(S::K_SET_GO, false, 5) + std::vector<Step>{k(S::QUERY)}},
  {.id = "ide_km/set-go/without-keys", .about = "K_SET_GO without keys never makes the stream Secure.",
   .asks = {"IDE-MSG-037"}, .needs = ide, .steps = each(S::K_SET_GO, false) + std::vector<Step>{k(S::QUERY)}},
  {.id = "ide_km/set-go/again", .about = "K_SET_GO of the key set in use is harmless.",
   .asks = {"IDE-MSG-038"}, .given = Given::secure, .needs = ide, .steps = {k(S::K_SET_GO), k(S::QUERY)}},
  {.id = "ide_km/set-go/five-and-one-again", .about = "A second K_SET_GO of one slot does not stand for that of another.",
   .asks = {"IDE-STREAM-001", "IDE-MSG-038"}, .given = Given::keyed, .needs = ide,
   .steps = each(S::K_SET_GO, false, 5) + std::vector<Step>{k(S::K_SET_GO), k(S::QUERY)}},
  {.id = "ide_km/set-go/refresh", .about = "A change to the other key set keeps the stream Secure.",
   .asks = {"IDE-STREAM-004"}, .given = Given::secure, .needs = ide,
   .steps = each(S::KEY_PROG, true) + each(S::K_SET_GO, true) + std::vector<Step>{k(S::QUERY)}},
  {.id = "ide_km/set-go/short", .about = "K_SET_GO of the wrong length has no effect.",
   .asks = {"IDE-MSG-035"}, .given = Given::keyed, .needs = ide,
   .steps = each(S::K_SET_GO, false, 5) + std::vector<Step>{k(S::K_SET_GO, {false, true, 2}, D::wrong_length), k(S::QUERY)}},
  {.id = "ide_km/set-go/unknown-stream", .about = "K_SET_GO for an unknown stream has no effect.",
   .asks = {"IDE-MSG-036"}, .given = Given::keyed, .needs = ide, .steps = {k(S::K_SET_GO, {}, D::stream_unknown), k(S::QUERY)}},
  {.id = "ide_km/set-stop/in-use", .about = "K_SET_STOP of the key set in use makes the stream Insecure.",
   .asks = {"IDE-STREAM-009"}, .given = Given::secure, .needs = ide, .steps = each(S::K_SET_STOP, false) + std::vector<Step>{k(S::QUERY)}},
  {.id = "ide_km/set-stop/moves-tdi-to-error", .about = "A TDI whose stream turns Insecure goes to ERROR.",
   .asks = {"IDE-STREAM-026", "TDISP-OOB-014"}, .given = Given::tdi_run, .needs = {Needs::ide_km, Needs::tdisp},
   .steps = each(S::K_SET_STOP, false) + std::vector<Step>{k(S::QUERY)}},
  {.id = "ide_km/header/unknown-object", .about = "An unknown object is not acknowledged.",
   .asks = {"IDE-MSG-033"}, .needs = ide, .steps = {k(S::UNKNOWN_OBJECT)}},
  {.id = "ide_km/session/end-makes-insecure", .about = "When the session that programmed the keys has ended, the stream is Insecure.",
   .asks = {"IDE-STREAM-013"}, .given = Given::session_lost, .needs = ide, .steps = {k(S::QUERY)}},
  {.id = "ide_km/session/next-session-programs-keys", .about = "After the owner has gone, another session can program keys.",
   .asks = {"IDE-STREAM-016"}, .given = Given::session_lost, .needs = ide, .steps = each(S::KEY_PROG, false)},
  {.id = "ide_km/session/other-session-ends", .about = "The end of another session keeps the stream Secure.",
   .asks = {"IDE-STREAM-014"}, .given = Given::secure, .needs = ide,
   .steps = {spdm_step(spdm::Stimulus::END_SESSION, spdm::Defect::none, Via::second_session), k(S::QUERY)}},
  {.id = "ide_km/session/key-update-keeps-stream", .about = "KEY_UPDATE of the session does not disturb the stream.",
   .asks = {"IDE-STREAM-027"}, .given = Given::secure, .needs = {Needs::ide_km, Needs::key_update},
   .steps = {spdm_step(spdm::Stimulus::KEY_UPDATE_UpdateAllKeys), spdm_step(spdm::Stimulus::KEY_UPDATE_VerifyNewKey), k(S::QUERY)}},
};}
// clang-format on

}  // namespace

std::vector<Case> ide_km_cases() { return joined({query(), key_prog(), set_go()}); }

}  // namespace lockstep::cases
