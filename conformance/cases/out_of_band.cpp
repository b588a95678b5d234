// Derived: everything that can happen to a TDI out of band, in each of its states, and the way out of ERROR. What a
// case asks is the rule that the machine applies there.
#include "cases/steps.hpp"
#include "device/events.hpp"

namespace lockstep::cases {
namespace {

using device::DeviceEvent;
using device::Event;
using tdisp::TdiState;

tdisp::Tdi tdi_in(TdiState state) { return {.state = state, .nonce = state == TdiState::CONFIG_LOCKED}; }

Step state_over(Via via) { return tdisp_step(tdisp::Stimulus::GET_DEVICE_INTERFACE_STATE, tdisp::Defect::none, via); }
Step stop() { return tdisp_step(tdisp::Stimulus::STOP_INTERFACE_REQUEST); }

/// Where the catalogue has a row of its own for one way of what the machine treats alike.
std::vector<Rule> also(tdisp::Stimulus stimulus, TdiState state) {
  if (stimulus == tdisp::Stimulus::CONFIG_WRITE_TRACKED && state == TdiState::CONFIG_LOCKED) return {"TDISP-LOCK-026"};
  return {};
}

Case of_tdi(const Event& event, const TdiPlace& place) {
  const tdisp::Letter letter = std::get<device::TdispLetter>(event.letter.body).letter;
  const auto outcome = tdisp::step(tdi_in(place.state), letter);
  Case test{.id = "tdisp/out-of-band/" + event.name + "-in-" + std::string(place.name),
            .about = std::string(name(letter.stimulus)) + " in " + std::string(name(place.state)) + " leads to " +
                     std::string(name(outcome.after.state)) + ".",
            .asks = also(letter.stimulus, place.state),
            .given = place.given,
            .needs = {Needs::tdisp, Needs::injector},
            .steps = {{letter}}};
  test.asks.push_back(outcome.rule);
  if (outcome.after.state == TdiState::ERROR && place.state != TdiState::ERROR) {
    test.steps.push_back(stop());
    test.asks.push_back("TDISP-STATE-012");
  }
  return test;
}

/// The rule that carries the loss of a stream to its TDIs.
Rule coupling(ide_km::Stimulus stimulus) {
  switch (stimulus) {
    case ide_km::Stimulus::CHECK_FAILED:
      return "TDISP-OOB-015";
    case ide_km::Stimulus::STREAM_DISABLED:
      return "TDISP-OOB-016";
    case ide_km::Stimulus::REGISTERS_CHANGED:
      return "TDISP-OOB-035";
    default:
      return "TDISP-OOB-014";
  }
}

Case of_stream(const Event& event, const TdiPlace& place) {
  const ide_km::Letter letter = std::get<device::IdeKmLetter>(event.letter.body).letter;
  const ide_km::Stream secure{
      .state = ide_km::StreamState::SECURE, .programmed = ide_km::KEY_SET_K0, .active = ide_km::KEY_SET_K0, .owner = 0};
  const auto outcome = ide_km::step(secure, letter);
  const bool lost = outcome.after.state == ide_km::StreamState::INSECURE;
  const bool locked = place.state != TdiState::CONFIG_UNLOCKED;
  Case test{.id = "ide_km/out-of-band/" + event.name + "-in-" + std::string(place.name),
            .about = std::string(name(letter.stimulus)) + " of a Secure stream leads to " +
                     std::string(name(outcome.after.state)) + (locked ? ", and its TDI follows." : "."),
            .given = place.given,
            .needs = {Needs::ide_km, Needs::tdisp, Needs::injector},
            .steps = {{letter}, ide_km_step(ide_km::Stimulus::QUERY)}};
  if (lost && locked) test.asks.push_back(coupling(letter.stimulus));
  test.asks.push_back(outcome.rule);
  if (lost && locked) test.steps.push_back(stop());
  return test;
}

/// What happens to a stream that is not Secure does not make it so.
Case of_keyed_stream(const Event& event) {
  const ide_km::Letter letter = std::get<device::IdeKmLetter>(event.letter.body).letter;
  return {.id = "ide_km/out-of-band/" + event.name + "-when-keyed",
          .about = std::string(name(letter.stimulus)) + " of a stream whose keys are not in use leaves it Insecure.",
          .asks = {"IDE-STREAM-001"},
          .given = Given::keyed,
          .needs = {Needs::ide_km, Needs::injector},
          .steps = {{letter}, ide_km_step(ide_km::Stimulus::QUERY)}};
}

Case of_device(const Event& event, const TdiPlace& place) {
  const bool conventional = std::get<DeviceEvent>(event.letter.body) == DeviceEvent::CONVENTIONAL_RESET;
  Case test{.id = "tdisp/out-of-band/" + event.name + "-in-" + std::string(place.name),
            .about = conventional ? "A conventional reset takes every TDI to CONFIG_UNLOCKED and erases the keys."
                                  : "A reset of the physical function takes its locked and running TDIs to ERROR.",
            .asks = {conventional ? Rule("TDISP-OOB-001") : Rule("TDISP-OOB-007")},
            .given = place.given,
            .needs = {Needs::tdisp, Needs::injector},
            .steps = {{std::get<DeviceEvent>(event.letter.body)}}};
  test.steps.push_back(state_over(conventional ? Via::next_session : Via::session));
  if (place.state == TdiState::RUN) {
    test.needs.push_back(Needs::ide_km);
    test.steps.push_back(ide_km_step(ide_km::Stimulus::QUERY));
  }
  test.asks.push_back(conventional ? Rule("IDE-STREAM-017") : Rule("IDE-STREAM-023"));
  return test;
}

Step flr(Byte tdi) { return to_tdi(tdi, tdisp_step(tdisp::Stimulus::FUNCTION_LEVEL_RESET)); }
Step to_second(tdisp::Stimulus stimulus) { return to_tdi(1, tdisp_step(stimulus)); }
Step refresh(ide_km::Stimulus stimulus, const ide_km::Slot& slot) { return ide_km_step(stimulus, slot); }

/// A whole change of key set: Rx before Tx, as the rule for no lost TLP has it.
std::vector<Step> change_to(bool k1) {
  std::vector<Step> steps;
  for (const auto& slot : slots(k1)) steps.push_back(refresh(ide_km::Stimulus::KEY_PROG, slot));
  for (const auto& slot : slots(k1)) steps.push_back(refresh(ide_km::Stimulus::K_SET_GO, slot));
  return steps;
}

// clang-format off
std::vector<Case> declared() {
  const std::vector<Needs> with_injector = {Needs::tdisp, Needs::injector};
  const std::vector<Needs> siblings = {Needs::tdisp, Needs::injector, Needs::two_tdis};
  std::vector<Case> all{
    {.id = "tdisp/out-of-band/flr-of-another-function", .about = "The reset of one virtual function leaves its siblings running.",
     .asks = {"TDISP-OOB-008"}, .given = Given::tdi_run, .needs = siblings, .steps = {flr(1)}},
    {.id = "tdisp/out-of-band/flr-leaves-locked-sibling", .about = "The reset of one virtual function leaves its siblings locked, with their nonce.",
     .asks = {"TDISP-OOB-008"}, .given = Given::tdi_locked, .needs = siblings,
     .steps = {flr(1), tdisp_step(tdisp::Stimulus::START_INTERFACE_REQUEST)}},
    {.id = "tdisp/out-of-band/reset-of-all-functions", .about = "A reset of the physical function takes both TDIs to ERROR.",
     .asks = {"TDISP-OOB-007"}, .given = Given::tdi_run, .needs = siblings,
     .steps = {to_second(tdisp::Stimulus::LOCK_INTERFACE_REQUEST), {DeviceEvent::FUNCTION_0_RESET}}},
    {.id = "tdisp/out-of-band/heartbeat-missed", .about = "A session whose heartbeat is missed is over, and its TDIs go to ERROR.",
     .asks = {"TDISP-OOB-010", "SPDM-LIFE-003"}, .given = Given::tdi_run, .needs = {Needs::tdisp, Needs::injector, Needs::heartbeat},
     .steps = {then_reuse(spdm_step(spdm::Stimulus::HEARTBEAT_EXPIRED)), state_over(Via::next_session), stop()}},
    {.id = "tdisp/out-of-band/session-dropped", .about = "A session that the device gives up takes its TDIs to ERROR.",
     .asks = {"TDISP-OOB-009", "SECMSG-029"}, .given = Given::tdi_run, .needs = with_injector,
     .steps = {spdm_step(spdm::Stimulus::SESSION_DROPPED), state_over(Via::next_session), stop()}},
    {.id = "spdm/out-of-band/heartbeat-missed", .about = "A session whose heartbeat is missed gives no useful answer any more.",
     .asks = {"SPDM-LIFE-003"}, .given = Given::established, .needs = {Needs::session, Needs::injector, Needs::heartbeat},
     .steps = {then_reuse(spdm_step(spdm::Stimulus::HEARTBEAT_EXPIRED))}},
    {.id = "spdm/out-of-band/firmware-updated", .about = "A session without the policy to survive it ends with an update of the firmware.",
     .asks = {"SPDM-LIFE-017"}, .given = Given::established, .needs = {Needs::session, Needs::injector},
     .steps = {then_reuse(spdm_step(spdm::Stimulus::FIRMWARE_UPDATED))}, .since = 0x12},
    {.id = "spdm/out-of-band/session-dropped", .about = "The keys of a session are gone with it.",
     .asks = {"SECMSG-029"}, .given = Given::established, .needs = {Needs::session, Needs::injector},
     .steps = {then_reuse(spdm_step(spdm::Stimulus::SESSION_DROPPED))}},
    {.id = "spdm/out-of-band/session-dropped-in-handshake", .about = "The keys of a handshake are gone with it.",
     .asks = {"SECMSG-029"}, .given = Given::handshaking, .needs = {Needs::session, Needs::injector},
     .steps = {then_reuse(spdm_step(spdm::Stimulus::SESSION_DROPPED))}},
    {.id = "spdm/out-of-band/firmware-updated-in-handshake", .about = "A handshake without the policy to survive it ends with an update of the firmware.",
     .asks = {"SPDM-LIFE-017", "SECMSG-029"}, .given = Given::handshaking, .needs = {Needs::session, Needs::injector},
     .steps = {then_reuse(spdm_step(spdm::Stimulus::FIRMWARE_UPDATED))}, .since = 0x12},
    {.id = "spdm/out-of-band/conventional-reset", .about = "A conventional reset ends every session.",
     .asks = {"SECMSG-029"}, .given = Given::established, .needs = {Needs::session, Needs::injector},
     .steps = {then_reuse({DeviceEvent::CONVENTIONAL_RESET})}},
    {.id = "ide_km/out-of-band/disabled-is-not-secure", .about = "A stream that is disabled is not Secure, though all its keys are in use.",
     .asks = {"IDE-STREAM-001", "IDE-STREAM-022"}, .given = Given::keyed, .needs = {Needs::ide_km, Needs::injector},
     .steps = std::vector<Step>{ide_km_step(ide_km::Stimulus::STREAM_DISABLED)} + each_slot(ide_km::Stimulus::K_SET_GO, false) +
              std::vector<Step>{ide_km_step(ide_km::Stimulus::QUERY)}},
    {.id = "ide_km/out-of-band/keys-gone-after-disable", .about = "Entering Insecure erases the keys: K_SET_GO alone does not bring the stream back.",
     .asks = {"IDE-STREAM-011"}, .given = Given::secure, .needs = {Needs::ide_km, Needs::tdisp, Needs::injector}},
    {.id = "tdisp/out-of-band/refresh-keeps-run", .about = "A proper change of key set keeps the TDI running.",
     .asks = {"TDISP-OOB-017", "IDE-STREAM-004"}, .given = Given::tdi_run, .needs = {Needs::ide_km, Needs::tdisp}, .steps = change_to(true)},
    {.id = "tdisp/out-of-band/refresh-keeps-locked", .about = "A proper change of key set keeps the TDI locked, and its nonce.",
     .asks = {"TDISP-OOB-017", "IDE-STREAM-004"}, .given = Given::tdi_locked, .needs = {Needs::ide_km, Needs::tdisp}, .steps = change_to(true)},
  };
  // clang-format on
  for (Case& test : all) {
    if (test.id.ends_with("refresh-keeps-locked"))
      test.steps.push_back(tdisp_step(tdisp::Stimulus::START_INTERFACE_REQUEST));
    if (!test.id.ends_with("keys-gone-after-disable")) continue;
    test.steps = {ide_km_step(ide_km::Stimulus::STREAM_DISABLED), ide_km_step(ide_km::Stimulus::STREAM_ENABLED)};
    for (const auto& slot : slots(false)) test.steps.push_back(refresh(ide_km::Stimulus::K_SET_GO, slot));
    test.steps.push_back(ide_km_step(ide_km::Stimulus::QUERY));
  }
  return all;
}

}  // namespace

std::vector<Case> out_of_band_cases() {
  std::vector<Case> all = declared();
  for (const Event& event : device::events()) {
    if (event.of == Event::Of::stream) all.push_back(of_keyed_stream(event));
    for (const TdiPlace& place : TDI_PLACES) {
      if (event.of == Event::Of::tdi) all.push_back(of_tdi(event, place));
      if (event.of == Event::Of::stream && place.state != TdiState::ERROR) all.push_back(of_stream(event, place));
      if (event.of == Event::Of::device) all.push_back(of_device(event, place));
    }
  }
  return all;
}

}  // namespace lockstep::cases
