#include "verify/device_mutants.hpp"

#include <bit>

#include "wire/spdm_header.hpp"

namespace lockstep::verify {
namespace {

using device::Control;
using device::IdeKmLetter;
using device::Letter;
using device::NONE;
using device::Shape;
using device::SpdmLetter;
using device::TdispLetter;
using ide_km::StreamState;
using spdm::SessionState;
using tdisp::TdiState;
using Outcome = lockstep::Outcome<Control>;

const SpdmLetter* spdm_of(const Letter& letter) { return std::get_if<SpdmLetter>(&letter.body); }
const IdeKmLetter* ide_km_of(const Letter& letter) { return std::get_if<IdeKmLetter>(&letter.body); }
/// The letter when it is this request for a TDI that exists, and comes over a session that is established.
const TdispLetter* tdisp_of(const Letter& letter, tdisp::Stimulus stimulus, const Control& control) {
  const auto* l = std::get_if<TdispLetter>(&letter.body);
  const bool carried = letter.session != NONE && control.sessions[letter.session].state == SessionState::ESTABLISHED;
  return l != nullptr && carried && l->tdi != NONE && l->letter.stimulus == stimulus ? l : nullptr;
}

/// The rules with one step changed afterwards: change(before, normalised letter, choice, outcome).
template <class Change>
DeviceRules afterwards(Change change) {
  DeviceRules rules;
  rules.step = [change](const Shape& shape, const Control& before, const Letter& letter, Choice choice) {
    Outcome outcome = device::step(shape, before, letter, choice);
    change(before, letter, choice, outcome);
    return outcome;
  };
  return rules;
}

void lock(Control& control, const TdispLetter& l, Byte session) {
  control.tdis[l.tdi] = {.state = TdiState::CONFIG_LOCKED, .nonce = true};
  control.bindings[l.tdi] = {.session = session, .stream = l.stream};
}
Answer served(tdisp::Stimulus stimulus) {
  return Answer::response(AnswerProtocol::TDISP, static_cast<std::uint32_t>(stimulus) + 1);
}

/// A TDISP request that the mutant answers in its own way, in some states of the TDI.
template <class Act>
DeviceRules with_request(tdisp::Stimulus stimulus, std::initializer_list<TdiState> states, Act act) {
  return afterwards([=, states = std::vector<TdiState>(states)](const Control& before, const Letter& letter,
                                                                Choice choice, Outcome& outcome) {
    const TdispLetter* l = tdisp_of(letter, stimulus, before);
    if (l == nullptr || choice != Choice::as_specified) return;
    if (std::find(states.begin(), states.end(), before.tdis[l->tdi].state) == states.end()) return;
    act(before, letter, *l, outcome);
  });
}

DeviceRules any_nonce_starts() {
  DeviceRules rules;
  rules.normalised = [](const Shape& shape, const Control& control, Letter letter) {
    if (auto* l = std::get_if<TdispLetter>(&letter.body); l != nullptr && l->letter.defect == tdisp::Defect::nonce_junk)
      l->letter.defect = tdisp::Defect::none;
    return device::normalised(shape, control, letter);
  };
  return rules;
}

/// CVE-2023-31127: the session is established by the message of the other kind of handshake, and what was owed before
/// FINISH is forgotten.
DeviceRules psk_finish_finishes_key_exchange() {
  return afterwards([](const Control& before, const Letter& letter, Choice choice, Outcome& outcome) {
    const SpdmLetter* l = spdm_of(letter);
    if (l == nullptr || letter.session == NONE || choice != Choice::as_specified) return;
    const spdm::Session& session = before.sessions[letter.session];
    if (l->letter.stimulus != spdm::Stimulus::PSK_FINISH || l->letter.defect != spdm::Defect::none) return;
    if (session.state != SessionState::HANDSHAKING || session.psk) return;
    outcome.after = before;
    outcome.after.sessions[letter.session].state = SessionState::ESTABLISHED;
    outcome.after.sessions[letter.session].encapsulated_open = false;
    outcome.answer =
        Answer::response(AnswerProtocol::SPDM, static_cast<std::uint32_t>(wire::spdm::Code::PSK_FINISH_RSP));
  });
}

std::vector<DeviceMutant> make() {
  using enum tdisp::Stimulus;
  using enum TdiState;
  std::vector<DeviceMutant> all;
  all.push_back({"session-end-is-not-noticed", "TDIs stay as they are when their session ends",
                 afterwards([](const Control& before, const Letter& letter, Choice, Outcome& outcome) {
                   if (spdm_of(letter) == nullptr) return;
                   outcome.after.tdis = before.tdis;
                   outcome.after.bindings = before.bindings;
                 })});
  all.push_back({"stream-loss-is-not-noticed", "TDIs stay as they are when their stream loses its protection",
                 afterwards([](const Control& before, const Letter& letter, Choice, Outcome& outcome) {
                   if (ide_km_of(letter) == nullptr) return;
                   outcome.after.tdis = before.tdis;
                   outcome.after.bindings = before.bindings;
                 })});
  all.push_back({"start-keeps-the-nonce", "START does not consume the nonce",
                 afterwards([](const Control& before, const Letter& letter, Choice, Outcome& outcome) {
                   const TdispLetter* l = tdisp_of(letter, START_INTERFACE_REQUEST, before);
                   if (l != nullptr && outcome.after.tdis[l->tdi].state == RUN) outcome.after.tdis[l->tdi].nonce = true;
                 })});
  all.push_back({"start-is-always-refused", "START never succeeds",
                 with_request(START_INTERFACE_REQUEST, {CONFIG_LOCKED},
                              [](const Control& before, const Letter&, const TdispLetter&, Outcome& outcome) {
                                outcome.after = before;
                              })});
  all.push_back({"any-nonce-starts", "START with a junk nonce is served", any_nonce_starts()});
  all.push_back({"lock-in-error", "LOCK is served in ERROR",
                 with_request(LOCK_INTERFACE_REQUEST, {ERROR},
                              [](const Control&, const Letter& letter, const TdispLetter& l, Outcome& outcome) {
                                lock(outcome.after, l, letter.session);
                              })});
  all.push_back({"lock-is-served-again", "LOCK is answered with a nonce in CONFIG_LOCKED and RUN",
                 with_request(LOCK_INTERFACE_REQUEST, {CONFIG_LOCKED, RUN},
                              [](const Control&, const Letter&, const TdispLetter&, Outcome& outcome) {
                                outcome.answer = served(LOCK_INTERFACE_REQUEST);
                              })});
  all.push_back({"function-level-reset-clears-error", "a function-level reset leads from ERROR to CONFIG_UNLOCKED",
                 afterwards([](const Control& before, const Letter& letter, Choice, Outcome& outcome) {
                   const auto* l = std::get_if<TdispLetter>(&letter.body);
                   if (l == nullptr || l->letter.stimulus != FUNCTION_LEVEL_RESET || before.tdis[l->tdi].state != ERROR)
                     return;
                   outcome.after.tdis[l->tdi] = {};
                   outcome.after.bindings[l->tdi] = {};
                 })});
  const auto stays = [](const Control& before, const Letter&, const TdispLetter&, Outcome& outcome) {
    outcome.after = before;
  };
  all.push_back({"stop-fails-in-run", "STOP has no effect in RUN", with_request(STOP_INTERFACE_REQUEST, {RUN}, stays)});
  all.push_back(
      {"stop-fails-in-error", "STOP has no effect in ERROR", with_request(STOP_INTERFACE_REQUEST, {ERROR}, stays)});
  all.push_back({"tracked-write-is-ignored", "a change of a BAR leaves a TDI in CONFIG_LOCKED or RUN",
                 afterwards([](const Control& before, const Letter& letter, Choice, Outcome& outcome) {
                   const auto* l = std::get_if<TdispLetter>(&letter.body);
                   if (l != nullptr && l->letter.stimulus == CONFIG_WRITE_TRACKED) outcome.after = before;
                 })});
  all.push_back({"report-in-error", "DEVICE_INTERFACE_REPORT is given in ERROR",
                 with_request(GET_DEVICE_INTERFACE_REPORT, {ERROR},
                              [](const Control&, const Letter&, const TdispLetter&, Outcome& outcome) {
                                outcome.answer = served(GET_DEVICE_INTERFACE_REPORT);
                              })});
  all.push_back({"refused-start-unlocks", "START with a wrong nonce leads to CONFIG_UNLOCKED",
                 afterwards([](const Control& before, const Letter& letter, Choice, Outcome& outcome) {
                   const TdispLetter* l = tdisp_of(letter, START_INTERFACE_REQUEST, before);
                   if (l == nullptr || before.tdis[l->tdi].state != CONFIG_LOCKED || !outcome.answer.is_refusal())
                     return;
                   outcome.after.tdis[l->tdi] = {};
                   outcome.after.bindings[l->tdi] = {};
                 })});
  all.push_back({"stop-in-the-handshake", "STOP is answered in the handshake of a session",
                 afterwards([](const Control& before, const Letter& letter, Choice choice, Outcome& outcome) {
                   const auto* l = std::get_if<TdispLetter>(&letter.body);
                   const bool handshaking =
                       letter.session != NONE && before.sessions[letter.session].state == SessionState::HANDSHAKING;
                   if (l != nullptr && handshaking && l->letter.stimulus == STOP_INTERFACE_REQUEST &&
                       choice == Choice::as_specified)
                     outcome.answer = served(STOP_INTERFACE_REQUEST);
                 })});
  return all;
}

void add_ide_km(std::vector<DeviceMutant>& all) {
  using ide_km::Stimulus;
  all.push_back({"five-keys-are-enough", "a stream becomes Secure with one key missing",
                 afterwards([](const Control&, const Letter& letter, Choice, Outcome& outcome) {
                   const IdeKmLetter* l = ide_km_of(letter);
                   if (l == nullptr || l->stream == NONE || l->letter.stimulus != Stimulus::K_SET_GO) return;
                   ide_km::Stream& stream = outcome.after.streams[l->stream];
                   if (stream.enabled && std::popcount(stream.active) >= 5) stream.state = StreamState::SECURE;
                 })});
  all.push_back({"empty-slot-goes", "K_SET_GO takes a slot without a key into use",
                 afterwards([](const Control& before, const Letter& letter, Choice choice, Outcome& outcome) {
                   const IdeKmLetter* l = ide_km_of(letter);
                   if (l == nullptr || l->stream == NONE || l->letter.stimulus != Stimulus::K_SET_GO) return;
                   const bool owned = before.streams[l->stream].owner == letter.session;
                   ide_km::Stream& stream = outcome.after.streams[l->stream];
                   if (choice == Choice::as_specified && owned && l->letter.defect == ide_km::Defect::none)
                     stream.active = static_cast<std::uint16_t>(stream.active | l->letter.slot.mask());
                 })});
  all.push_back({"keys-outlive-their-session", "a stream keeps its keys when the session that programmed them ends",
                 afterwards([](const Control& before, const Letter& letter, Choice, Outcome& outcome) {
                   if (spdm_of(letter) != nullptr) outcome.after.streams = before.streams;
                 })});
  all.push_back({"keys-from-anyone", "K_SET_STOP of another session than the owner is obeyed",
                 afterwards([](const Control& before, const Letter& letter, Choice choice, Outcome& outcome) {
                   const IdeKmLetter* l = ide_km_of(letter);
                   if (l == nullptr || l->letter.stimulus != Stimulus::K_SET_STOP || choice != Choice::as_specified)
                     return;
                   if (l->letter.defect != ide_km::Defect::foreign_session || letter.session == NONE) return;
                   if (before.sessions[letter.session].state == SessionState::ESTABLISHED)
                     outcome.after.streams[l->stream] = {};
                 })});
  all.push_back({"check-failure-is-ignored", "an integrity check failure has no effect",
                 afterwards([](const Control& before, const Letter& letter, Choice, Outcome& outcome) {
                   const IdeKmLetter* l = ide_km_of(letter);
                   if (l != nullptr && l->letter.stimulus == Stimulus::CHECK_FAILED) outcome.after = before;
                 })});
}

void add_spdm(std::vector<DeviceMutant>& all) {
  all.push_back({"psk-finish-finishes-key-exchange",
                 "PSK_FINISH establishes a session that KEY_EXCHANGE opened (CVE-2023-31127)",
                 psk_finish_finishes_key_exchange()});
  all.push_back({"end-session-keeps-it", "END_SESSION is acknowledged and ends nothing",
                 afterwards([](const Control& before, const Letter& letter, Choice, Outcome& outcome) {
                   const SpdmLetter* l = spdm_of(letter);
                   if (l != nullptr && letter.session != NONE && l->letter.stimulus == spdm::Stimulus::END_SESSION)
                     outcome.after = before;
                 })});
  using spdm::Stimulus;
  const auto of_session = [](Stimulus stimulus, auto act) {
    return afterwards([=](const Control& before, const Letter& letter, Choice choice, Outcome& outcome) {
      const SpdmLetter* l = spdm_of(letter);
      const bool mine = l != nullptr && letter.session != NONE && l->letter.stimulus == stimulus;
      if (mine && choice == Choice::as_specified)
        act(before.sessions[letter.session], outcome.after.sessions[letter.session]);
    });
  };
  all.push_back({"finish-forgets-the-key-exchange", "FINISH establishes a PSK session",
                 of_session(Stimulus::FINISH, [](const spdm::Session&, spdm::Session& after) {
                   if (after.state == SessionState::ESTABLISHED) after.psk = true;
                 })});
  all.push_back(
      {"finish-is-always-refused", "FINISH establishes nothing",
       of_session(Stimulus::FINISH, [](const spdm::Session& before, spdm::Session& after) { after = before; })});
  all.push_back({"key-update-is-never-confirmed", "VerifyNewKey has no effect",
                 of_session(Stimulus::KEY_UPDATE_VerifyNewKey,
                            [](const spdm::Session& before, spdm::Session& after) { after = before; })});
  const auto of_connection = [](Stimulus stimulus, auto act) {
    return afterwards([=](const Control&, const Letter& letter, Choice choice, Outcome& outcome) {
      const SpdmLetter* l = spdm_of(letter);
      const bool mine = l != nullptr && letter.session == NONE && l->letter.stimulus == stimulus;
      if (mine && choice == Choice::as_specified) act(outcome.after.connection);
    });
  };
  all.push_back({"capabilities-negotiate", "after GET_CAPABILITIES no algorithms need to be negotiated",
                 of_connection(Stimulus::GET_CAPABILITIES, [](spdm::Connection& after) {
                   if (after.state == spdm::ConnectionState::AFTER_CAPABILITIES)
                     after.state = spdm::ConnectionState::NEGOTIATED;
                 })});
  all.push_back({"challenge-does-not-authenticate", "CHALLENGE leaves the connection as it is",
                 of_connection(Stimulus::CHALLENGE, [](spdm::Connection& after) { after.authenticated = false; })});
  all.push_back({"get-version-keeps-sessions", "GET_VERSION is served and ends no session",
                 afterwards([](const Control& before, const Letter& letter, Choice, Outcome& outcome) {
                   const SpdmLetter* l = spdm_of(letter);
                   if (l == nullptr || letter.session != NONE || l->letter.stimulus != spdm::Stimulus::GET_VERSION)
                     return;
                   const spdm::Connection connection = outcome.after.connection;
                   outcome.after = before;
                   outcome.after.connection = connection;
                 })});
}

}  // namespace

const std::vector<DeviceMutant>& device_mutants() {
  static const std::vector<DeviceMutant> all = [] {
    std::vector<DeviceMutant> made = make();
    add_ide_km(made);
    add_spdm(made);
    return made;
  }();
  return all;
}

const DeviceMutant* device_mutant(std::string_view name) {
  for (const DeviceMutant& mutant : device_mutants())
    if (mutant.name == name) return &mutant;
  return nullptr;
}

}  // namespace lockstep::verify
