#include "verify/device_laws.hpp"

namespace lockstep::verify::laws {

void add_envelope(std::vector<DeviceProperty>& all) {
  all.push_back({.name = "refused-changes-nothing",
                 .statement = "A TDISP or IDE_KM request that is refused changes nothing",
                 .rules = {"TDISP-START-011", "IDE-MSG-026", "IDE-STREAM-015"},
                 .shape = Shape::step,
                 .step = [](const DeviceStep& s) { return !(s.is_single() && s.answer().is_refusal()); },
                 .step_premise = [](const DeviceStep& s) { return s.before.tdis[0].state == TdiState::RUN; },
                 .mutant = "refused-start-unlocks",
                 .concerns = asks_tdisp_or_ide_km,
                 .only_changes = true,
                 .as_specified = true});
  all.push_back(
      {.name = "only-in-an-established-session",
       .statement = "TDISP and IDE_KM outside the application phase of a session are refused",
       .rules = {"TDISP-HDR-018", "TDISP-HDR-019", "IDE-MSG-002"},
       .shape = Shape::step,
       .step = [](const DeviceStep& s) { return alive(s.before, s.letter.session) || s.answer().is_refusal(); },
       .step_premise = [](const DeviceStep& s) { return !alive(s.before, s.letter.session); },
       .mutant = "stop-in-the-handshake",
       .concerns = asks_tdisp_or_ide_km,
       .as_specified = true});
}

void add_streams(std::vector<DeviceProperty>& all) {
  all.push_back({.name = "secure-stream-has-six-active-keys",
                 .statement = "A stream is Secure only when it is enabled and a key is active for each direction and "
                              "sub-stream",
                 .rules = {"IDE-STREAM-002", "IDE-STREAM-001"},
                 .state =
                     [](const Control& c) {
                       return !any_stream(c, [](const Stream& s) {
                         return s.state == StreamState::SECURE && !(s.enabled && has_six_active_keys(s));
                       });
                     },
                 .premise =
                     [](const Control& c) {
                       return any_stream(c, [](const Stream& s) { return s.state == StreamState::SECURE; });
                     },
                 .mutant = "five-keys-are-enough"});
  all.push_back(
      {.name = "active-key-was-programmed",
       .statement = "A key slot is active only when a key is programmed in it",
       .rules = {"IDE-MSG-037"},
       .state =
           [](const Control& c) {
             return !any_stream(c, [](const Stream& s) { return (s.active & ~s.programmed) != 0; });
           },
       .premise = [](const Control& c) { return any_stream(c, [](const Stream& s) { return s.active != 0; }); },
       .mutant = "empty-slot-goes"});
  all.push_back(
      {.name = "keys-end-with-their-session",
       .statement = "A stream holds keys only while the session that programmed them is established",
       .rules = {"IDE-STREAM-013"},
       .state =
           [](const Control& c) {
             return !any_stream(c, [&](const Stream& s) { return s.programmed != 0 && !alive(c, s.owner); });
           },
       .premise = [](const Control& c) { return any_stream(c, [](const Stream& s) { return s.programmed != 0; }); },
       .mutant = "keys-outlive-their-session"});
  all.push_back({.name = "keys-only-from-their-owner",
                 .statement = "No IDE_KM request over another session changes a stream while its owner is established",
                 .rules = {"IDE-STREAM-015"},
                 .shape = Shape::step,
                 .step =
                     [](const DeviceStep& s) {
                       const auto* l = std::get_if<IdeKmLetter>(&s.letter.body);
                       if (l == nullptr || l->stream == NONE) return true;
                       const Byte owner = s.before.streams[l->stream].owner;
                       return !alive(s.before, owner) || owner == s.letter.session ||
                              s.before.streams[l->stream] == s.after.streams[l->stream];
                     },
                 .step_premise =
                     [](const DeviceStep& s) {
                       const auto* l = std::get_if<IdeKmLetter>(&s.letter.body);
                       return l != nullptr && l->stream != NONE && alive(s.before, s.before.streams[l->stream].owner) &&
                              alive(s.before, s.letter.session) &&
                              s.before.streams[l->stream].owner != s.letter.session;
                     },
                 .mutant = "keys-from-anyone",
                 .concerns = [](const Letter& l) { return ide_km_of(l) != nullptr && asks_tdisp_or_ide_km(l); },
                 .applies = has_two_sessions});
  all.push_back(
      {.name = "what-endangers-a-stream-ends-its-protection",
       .statement = "A failed check, an exhausted IV, its disabling, a change of its registers or the loss of its "
                    "link makes a Secure stream Insecure and leaves no TDI bound to it in CONFIG_LOCKED or RUN",
       .rules = {"IDE-STREAM-018", "IDE-STREAM-021", "IDE-STREAM-022", "IDE-STREAM-024", "TDISP-OOB-015",
                 "TDISP-OOB-016", "TDISP-OOB-035"},
       .shape = Shape::step,
       .step =
           [](const DeviceStep& s) {
             const Byte k = std::get<IdeKmLetter>(s.letter.body).stream;
             const bool was_secure = s.before.streams[k].state == StreamState::SECURE;
             const auto bound = [&](Byte i, const auto& tdi) {
               return secured(tdi) && s.after.bindings[i].stream == k;
             };
             return !was_secure || (s.after.streams[k].state == StreamState::INSECURE && !any_tdi(s.after, bound));
           },
       .step_premise =
           [](const DeviceStep& s) {
             return s.before.streams[std::get<IdeKmLetter>(s.letter.body).stream].state == StreamState::SECURE;
           },
       .mutant = "check-failure-is-ignored",
       .concerns =
           [](const Letter& l) {
             using enum ide_km::Stimulus;
             return is(l, CHECK_FAILED) || is(l, IV_EXHAUSTED) || is(l, STREAM_DISABLED) || is(l, REGISTERS_CHANGED) ||
                    is(l, LINK_DOWN);
           },
       .as_specified = true,
       .applies = needs_ide});
}

}  // namespace lockstep::verify::laws
