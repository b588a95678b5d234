// IDE_KM: what a refused object leaves behind, which stream and key set an object is for, and what keys must not do.
#include "cases/steps.hpp"

namespace lockstep::cases {
namespace {

using D = ide_km::Defect;
using S = ide_km::Stimulus;

Step k(S stimulus, ide_km::Slot slot = {}, D defect = D::none, Via via = Via::session) {
  return ide_km_step(stimulus, slot, defect, via);
}

constexpr ide_km::Slot last_slot{false, true, 2};

/// Five keys; the sixth comes as `sixth` says. Whatever is answered, the stream must not become Secure, and a TDI must
/// not be locked to it: that shows that the key took no effect.
std::vector<Step> sixth_key(Step sixth) {
  return each_slot(S::KEY_PROG, false, 5) + std::vector<Step>{std::move(sixth)} + each_slot(S::K_SET_GO, false) +
         std::vector<Step>{k(S::QUERY),
                           tdisp_step(tdisp::Stimulus::LOCK_INTERFACE_REQUEST, tdisp::Defect::stream_not_keyed)};
}

Step key(D defect, Via via = Via::session) { return k(S::KEY_PROG, last_slot, defect, via); }

std::vector<Step> all_but_first(S stimulus) {
  std::vector<Step> steps = each_slot(stimulus, false);
  steps.erase(steps.begin());
  return steps;
}

const std::vector<Needs> ide = {Needs::ide_km};
const std::vector<Needs> both = {Needs::ide_km, Needs::tdisp};
const std::vector<Needs> streams = {Needs::ide_km, Needs::two_streams};
const std::vector<Needs> both_and_streams = {Needs::ide_km, Needs::tdisp, Needs::two_streams};
const std::vector<Step> asks_state = {k(S::QUERY)};

// clang-format off
std::vector<Case> refused_keys() { return {
  {.id = "ide_km/key-prog/in-clear", .about = "KEY_PROG outside a session is not acted on: its key is in no slot.",
   .asks = {"IDE-MSG-002"}, .needs = both, .steps = sixth_key(key(D::none, Via::clear))},
  {.id = "ide_km/key-prog/short-changes-nothing", .about = "A KEY_PROG that is short leaves its slot empty.",
   .asks = {"IDE-MSG-025", "IDE-MSG-018"}, .needs = both, .steps = sixth_key(key(D::wrong_length))},
  {.id = "ide_km/key-prog/bad-port-changes-nothing", .about = "A KEY_PROG for a port that there is not leaves every slot empty.",
   .asks = {"IDE-MSG-025", "IDE-MSG-020"}, .needs = both, .steps = std::vector<Step>{k(S::QUERY)} + sixth_key(key(D::port_unsupported))},
  {.id = "ide_km/key-prog/bad-sub-stream-changes-nothing", .about = "A KEY_PROG for an undefined sub-stream leaves every slot empty.",
   .asks = {"IDE-MSG-025", "IDE-MSG-021"}, .needs = both, .steps = sixth_key(key(D::sub_stream_invalid))},
  {.id = "ide_km/key-prog/bad-initial-value-changes-nothing", .about = "A KEY_PROG with a wrong invocation field leaves its slot empty.",
   .asks = {"IDE-MSG-025", "IDE-MSG-022"}, .needs = both, .steps = sixth_key(key(D::ifv_not_initial))},
  {.id = "ide_km/key-prog/bad-stream-changes-nothing", .about = "A KEY_PROG for an unknown stream gives no key to another one.",
   .asks = {"IDE-MSG-025", "IDE-MSG-023"}, .needs = both, .steps = sixth_key(key(D::stream_unknown))},
  {.id = "ide_km/key-prog/foreign-changes-nothing", .about = "A KEY_PROG of a session that does not own the stream leaves its slot empty.",
   .asks = {"IDE-STREAM-015", "IDE-MSG-025"}, .needs = both, .steps = sixth_key(key(D::foreign_session, Via::second_session))},
  {.id = "ide_km/key-prog/long", .about = "A KEY_PROG that is four bytes long is refused.",
   .asks = {"IDE-MSG-019", "IDE-MSG-018"}, .needs = ide, .steps = {with({{Edit::How::append, {}, 4}}, k(S::KEY_PROG, {}, D::wrong_length))}},
  {.id = "ide_km/key-prog/initial-value-swapped", .about = "The two words of the invocation field in the wrong order are refused.",
   .asks = {"IDE-MSG-029", "IDE-MSG-022"}, .needs = ide, .steps = {with({set("IFV_DW1", 1), set("IFV_DW0", 0)}, k(S::KEY_PROG, {}, D::ifv_not_initial))}},
  {.id = "ide_km/key-prog/initial-value-zero", .about = "An invocation field of zero is refused.",
   .asks = {"IDE-MSG-022"}, .needs = ide, .steps = {with({set("IFV_DW0", 0)}, k(S::KEY_PROG, {}, D::ifv_not_initial))}},
  {.id = "ide_km/key-prog/reserved-bits", .about = "Reserved bits of the key and sub-stream byte are ignored or refused.",
   .asks = {"IDE-MSG-024"}, .needs = ide, .steps = {unsettled({flip("Key/Sub-stream", 2)}, k(S::KEY_PROG)), unsettled({flip("Key/Sub-stream", 3)}, k(S::KEY_PROG))}},
  {.id = "ide_km/key-prog/reserved-bits-all-or-nothing", .about = "A key that is refused for reserved bits is in no slot.",
   .asks = {"IDE-MSG-025", "IDE-MSG-024"}, .needs = ide,
   .steps = each_slot(S::KEY_PROG, false, 5) + std::vector<Step>{unsettled({flip("Key/Sub-stream", 2)}, k(S::KEY_PROG, last_slot))} +
            each_slot(S::K_SET_GO, false) + asks_state},
  {.id = "ide_km/header/response-objects", .about = "The objects of responses are not acted on when they come as requests.",
   .asks = {"IDE-MSG-034"}, .given = Given::secure, .needs = ide,
   .steps = {with({set("Object ID", 1)}, k(S::QUERY)), with({set("Object ID", 3)}, k(S::QUERY)), with({set("Object ID", 6)}, k(S::QUERY)), k(S::QUERY)}},
};}

std::vector<Case> key_sets() { return {
  {.id = "ide_km/set-go/every-slot-of-k1", .about = "Six keys of set K1 make the stream Secure as well.",
   .asks = {"IDE-STREAM-002", "IDE-MSG-030"}, .needs = ide, .steps = each_slot(S::KEY_PROG, true) + each_slot(S::K_SET_GO, true) + asks_state},
  {.id = "ide_km/set-go/mixed-sets", .about = "Three keys of K0 and three of K1 are not a key set.",
   .asks = {"IDE-STREAM-001"}, .needs = ide,
   .steps = {k(S::KEY_PROG, {false, false, 0}), k(S::KEY_PROG, {false, false, 1}), k(S::KEY_PROG, {false, false, 2}),
             k(S::KEY_PROG, {true, true, 0}), k(S::KEY_PROG, {true, true, 1}), k(S::KEY_PROG, {true, true, 2}),
             k(S::K_SET_GO, {false, false, 0}), k(S::K_SET_GO, {false, false, 1}), k(S::K_SET_GO, {false, false, 2}),
             k(S::K_SET_GO, {true, true, 0}), k(S::K_SET_GO, {true, true, 1}), k(S::K_SET_GO, {true, true, 2}), k(S::QUERY)}},
  {.id = "ide_km/set-go/other-set", .about = "K_SET_GO of the set without keys has no effect.",
   .asks = {"IDE-MSG-037"}, .given = Given::keyed, .needs = ide, .steps = each_slot(S::K_SET_GO, true) + asks_state},
  {.id = "ide_km/set-go/foreign-session", .about = "K_SET_GO of a session that does not own the stream has no effect.",
   .asks = {"IDE-STREAM-015"}, .given = Given::keyed, .needs = ide,
   .steps = each_slot(S::K_SET_GO, false, 5) + std::vector<Step>{k(S::K_SET_GO, last_slot, D::foreign_session, Via::second_session), k(S::QUERY)}},
  {.id = "ide_km/set-go/in-clear", .about = "K_SET_GO outside a session does not make the stream Secure.",
   .asks = {"IDE-MSG-002"}, .given = Given::keyed, .needs = ide,
   .steps = each_slot(S::K_SET_GO, false, 5) + std::vector<Step>{k(S::K_SET_GO, last_slot, D::none, Via::clear), k(S::QUERY)}},
  {.id = "ide_km/set-go/bad-sub-stream", .about = "K_SET_GO for an undefined sub-stream has no effect.",
   .asks = {"IDE-MSG-036"}, .given = Given::keyed, .needs = ide,
   .steps = all_but_first(S::K_SET_GO) + std::vector<Step>{k(S::K_SET_GO, {}, D::sub_stream_invalid), k(S::QUERY)}},
  {.id = "ide_km/set-stop/bad-sub-stream", .about = "K_SET_STOP for an undefined sub-stream does not disturb the stream.",
   .asks = {"IDE-MSG-036"}, .given = Given::secure, .needs = ide, .steps = {k(S::K_SET_STOP, {}, D::sub_stream_invalid), k(S::QUERY)}},
  {.id = "ide_km/set-go/bad-port", .about = "K_SET_GO for a port that there is not has no effect.",
   .asks = {"IDE-MSG-036"}, .given = Given::keyed, .needs = ide, .steps = {k(S::QUERY), k(S::K_SET_GO, {}, D::port_unsupported), k(S::QUERY)}},
  {.id = "ide_km/set-go/refresh-half", .about = "A change of key set that stops half-way keeps the stream Secure.",
   .asks = {"IDE-STREAM-004"}, .given = Given::secure, .needs = ide, .steps = each_slot(S::KEY_PROG, true) + each_slot(S::K_SET_GO, true, 4) + asks_state},
  {.id = "ide_km/set-go/refresh-while-running", .about = "A change of key set under a running TDI disturbs neither stream nor TDI.",
   .asks = {"TDISP-OOB-017", "IDE-STREAM-004"}, .given = Given::tdi_run, .needs = both, .steps = each_slot(S::KEY_PROG, true) + each_slot(S::K_SET_GO, true) + asks_state},
  {.id = "ide_km/key-prog/active-slot-in-run", .about = "KEY_PROG over a slot in use disturbs neither the stream nor the running TDI.",
   .asks = {"IDE-MSG-026"}, .given = Given::tdi_run, .needs = both, .steps = {k(S::KEY_PROG), k(S::QUERY)}},
  {.id = "ide_km/set-stop/idle-set", .about = "K_SET_STOP of the key set that is not in use keeps the stream Secure.",
   .asks = {"IDE-STREAM-010"}, .given = Given::secure, .needs = ide, .steps = each_slot(S::KEY_PROG, true) + each_slot(S::K_SET_STOP, true) + asks_state},
  {.id = "ide_km/set-stop/in-clear", .about = "K_SET_STOP outside a session does not disturb the stream.",
   .asks = {"IDE-MSG-002"}, .given = Given::tdi_run, .needs = both, .steps = {k(S::K_SET_STOP, {}, D::none, Via::clear), k(S::QUERY)}},
  {.id = "ide_km/set-stop/foreign-session", .about = "K_SET_STOP of a session that does not own the stream does not disturb it.",
   .asks = {"IDE-STREAM-015"}, .given = Given::tdi_run, .needs = both,
   .steps = {k(S::K_SET_STOP, {}, D::foreign_session, Via::second_session), k(S::QUERY)}},
  {.id = "ide_km/set-stop/unknown-stream", .about = "K_SET_STOP for an unknown stream does not disturb another.",
   .asks = {"IDE-MSG-036"}, .given = Given::secure, .needs = ide, .steps = {k(S::K_SET_STOP, {}, D::stream_unknown), k(S::QUERY)}},
  {.id = "ide_km/set-stop/short", .about = "K_SET_STOP of the wrong length does not disturb the stream.",
   .asks = {"IDE-MSG-035"}, .given = Given::secure, .needs = ide, .steps = {k(S::K_SET_STOP, {}, D::wrong_length), k(S::QUERY)}},
  {.id = "ide_km/set-stop/before-secure", .about = "A key that K_SET_STOP has taken out of use does not count: the sixth K_SET_GO does not make the stream Secure.",
   .asks = {"IDE-STREAM-009"}, .given = Given::keyed, .needs = ide,
   .steps = each_slot(S::K_SET_GO, false, 5) + std::vector<Step>{k(S::K_SET_STOP), k(S::K_SET_GO, last_slot), k(S::QUERY)}},
  {.id = "ide_km/set-stop/locked-tdi-to-error", .about = "A locked TDI whose stream turns Insecure goes to ERROR.",
   .asks = {"IDE-STREAM-026"}, .given = Given::tdi_locked, .needs = both, .steps = each_slot(S::K_SET_STOP, false) + asks_state},
  {.id = "ide_km/set-stop/keys-are-gone", .about = "After K_SET_STOP of every slot K_SET_GO alone does not bring the stream back.",
   .asks = {"IDE-STREAM-011"}, .given = Given::secure, .needs = ide, .steps = each_slot(S::K_SET_STOP, false) + each_slot(S::K_SET_GO, false) + asks_state},
  {.id = "ide_km/query/no-keys", .about = "No register that QUERY_RESP shows has the bytes of a key.",
   .asks = {"IDE-STREAM-012", "IDE-STREAM-003"}, .given = Given::secure, .needs = ide, .steps = asks_state},
};}

std::vector<Case> stream_cases() { return {
  {.id = "ide_km/streams/second-stopped", .about = "What happens to one stream does not touch another.",
   .asks = {"IDE-STREAM-025"}, .given = Given::secure, .needs = streams,
   .steps = each_slot(S::KEY_PROG, false, 6, 1) + each_slot(S::K_SET_GO, false, 6, 1) + asks_state + each_slot(S::K_SET_STOP, false, 6, 1) + asks_state},
  {.id = "ide_km/streams/second-stopped-under-tdi", .about = "The end of another stream leaves the TDI running.",
   .asks = {"IDE-STREAM-025"}, .given = Given::tdi_run, .needs = both_and_streams,
   .steps = each_slot(S::KEY_PROG, false, 6, 1) + each_slot(S::K_SET_GO, false, 6, 1) + each_slot(S::K_SET_STOP, false, 6, 1) + asks_state},
  {.id = "ide_km/streams/second-fails-under-tdi", .about = "A check failure of another stream leaves the TDI running.",
   .asks = {"IDE-STREAM-025"}, .given = Given::tdi_run, .needs = {Needs::ide_km, Needs::tdisp, Needs::two_streams, Needs::injector},
   .steps = each_slot(S::KEY_PROG, false, 6, 1) + each_slot(S::K_SET_GO, false, 6, 1) + std::vector<Step>{on_stream(1, k(S::CHECK_FAILED)), k(S::QUERY)}},
  {.id = "ide_km/streams/keys-of-the-other", .about = "Keys of one stream do not count for another: LOCK to the one without is refused.",
   .asks = {"TDISP-LOCK-006", "IDE-STREAM-025"}, .given = Given::secure, .needs = both_and_streams,
   .steps = {on_stream(1, tdisp_step(tdisp::Stimulus::LOCK_INTERFACE_REQUEST, tdisp::Defect::stream_not_keyed))}},
};}
// clang-format on

}  // namespace

std::vector<Case> ide_km_stream_cases() { return joined({refused_keys(), key_sets(), stream_cases()}); }

}  // namespace lockstep::cases
