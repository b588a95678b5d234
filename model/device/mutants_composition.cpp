// Couplings left out, and what was seen on the wire remembered wrongly.
#include <initializer_list>
#include <map>

#include "device/faults_words.hpp"
#include "device/mutants_list.hpp"

namespace lockstep::device {
namespace {

using namespace faulty;

bool served(const Answer& answer) { return answer.kind == Answer::Kind::response; }

Byte other_tdi(const Meeting& m) {
  return static_cast<Byte>((std::get<TdispLetter>(m.letter.body).tdi + 1) % m.shape.tdis);
}

}  // namespace

// --- couplings, each left out ----------------------------------------------------------------------------------------

void add_coupling_mutants(Mutants& list) {
  const auto coupling = [&](std::string name, decltype(Behaviour::decide) decide) {
    add_mutant(list, "coupling/" + std::move(name), std::move(decide));
  };
  coupling("session-end/tdis", [](const Meeting& m, Outcome<Control>& o) {
    if (a_session_ended(m, o)) keep_tdis(m, o);
  });
  coupling("session-end/streams", [](const Meeting& m, Outcome<Control>& o) {
    if (a_session_ended(m, o)) o.after.streams = m.before.streams;
  });
  coupling("session-end/every-tdi", [](const Meeting& m, Outcome<Control>& o) {
    if (!a_session_ended(m, o)) return;
    for (Byte i = 0; i < m.shape.tdis; ++i)
      if (o.after.tdis[i].state != tdisp::TdiState::CONFIG_UNLOCKED)
        o.after.tdis[i] = tdisp::Tdi{.state = tdisp::TdiState::ERROR};
  });
  coupling("session-end/every-session", [](const Meeting& m, Outcome<Control>& o) {
    if (a_session_ended(m, o)) o.after.sessions = {};
  });
  coupling("stream-loss/tdis", [](const Meeting& m, Outcome<Control>& o) {
    if (!a_session_ended(m, o) && std::holds_alternative<IdeKmLetter>(m.letter.body)) keep_tdis(m, o);
  });
  coupling("get-version/sessions", [](const Meeting& m, Outcome<Control>& o) {
    if (is(m.letter, spdm::Stimulus::GET_VERSION) && m.letter.session == NONE) {
      const auto connection = o.after.connection;
      o.after = m.before;
      o.after.connection = connection;
    }
  });
  coupling("exchange/session", [](const Meeting& m, Outcome<Control>& o) {
    if (is(m.letter, spdm::Stimulus::KEY_EXCHANGE) || is(m.letter, spdm::Stimulus::PSK_EXCHANGE))
      o.after.sessions = m.before.sessions;
  });
  coupling("lock/binding", [](const Meeting& m, Outcome<Control>& o) {
    if (is(m.letter, tdisp::Stimulus::LOCK_INTERFACE_REQUEST)) o.after.bindings = m.before.bindings;
  });
  coupling("lock/stream", [](const Meeting& m, Outcome<Control>& o) {
    if (is(m.letter, tdisp::Stimulus::LOCK_INTERFACE_REQUEST) && served(o.answer))
      o.after.bindings[std::get<TdispLetter>(m.letter.body).tdi].stream = NONE;
  });
  coupling("bind/stream", [](const Meeting& m, Outcome<Control>& o) {
    if (is(m.letter, tdisp::Stimulus::BIND_P2P_STREAM_REQUEST)) o.after.bindings = m.before.bindings;
  });
  coupling("function-0-reset/tdis", [](const Meeting& m, Outcome<Control>& o) {
    if (is(m.letter, DeviceEvent::FUNCTION_0_RESET)) keep_tdis(m, o);
  });
  coupling("function-0-reset/streams", [](const Meeting& m, Outcome<Control>& o) {
    if (is(m.letter, DeviceEvent::FUNCTION_0_RESET)) o.after.streams = m.before.streams;
  });
  coupling("conventional-reset/tdis", [](const Meeting& m, Outcome<Control>& o) {
    if (is(m.letter, DeviceEvent::CONVENTIONAL_RESET)) keep_tdis(m, o);
  });
  coupling("conventional-reset/streams", [](const Meeting& m, Outcome<Control>& o) {
    if (is(m.letter, DeviceEvent::CONVENTIONAL_RESET)) o.after.streams = m.before.streams;
  });
  coupling("conventional-reset/sessions", [](const Meeting& m, Outcome<Control>& o) {
    if (is(m.letter, DeviceEvent::CONVENTIONAL_RESET)) o.after.sessions = m.before.sessions;
  });
  // One TDI moves another, one stream another.
  for (const auto stimulus : {tdisp::Stimulus::LOCK_INTERFACE_REQUEST, tdisp::Stimulus::START_INTERFACE_REQUEST,
                              tdisp::Stimulus::STOP_INTERFACE_REQUEST})
    coupling("other-tdi/" + std::string(name(stimulus)), [=](const Meeting& m, Outcome<Control>& o) {
      if (!is(m.letter, stimulus) || !served(o.answer)) return;
      const Byte tdi = std::get<TdispLetter>(m.letter.body).tdi;
      o.after.tdis[other_tdi(m)] = o.after.tdis[tdi];
      o.after.bindings[other_tdi(m)] = o.after.bindings[tdi];
    });
  for (const auto stimulus : {ide_km::Stimulus::KEY_PROG, ide_km::Stimulus::K_SET_GO})
    coupling("other-stream/" + std::string(name(stimulus)), [=](const Meeting& m, Outcome<Control>& o) {
      const auto* body = std::get_if<IdeKmLetter>(&m.letter.body);
      if (body == nullptr || body->stream == NONE || body->letter.stimulus != stimulus || !served(o.answer)) return;
      o.after.streams[(body->stream + 1) % m.shape.streams] = o.after.streams[body->stream];
    });
  // What must not touch a TDI unlocks it. (To ERROR a TDI may go by itself at any time: that would tell nothing.)
  const auto unlocks = [&](std::string_view name, bool (*when)(const Meeting&, const Outcome<Control>&)) {
    coupling(std::string(name) + "/unlocks-every-tdi", [when](const Meeting& m, Outcome<Control>& o) {
      if (when(m, o)) o.after.tdis = {}, o.after.bindings = {};
    });
  };
  unlocks("session-end", a_session_ended);
  unlocks("key-update", [](const Meeting& m, const Outcome<Control>& o) {
    return is(m.letter, spdm::Stimulus::KEY_UPDATE_VerifyNewKey) && served(o.answer);
  });
  unlocks("key-set-change", [](const Meeting& m, const Outcome<Control>& o) {
    const auto* body = ide_km_of(m.letter);
    return body != nullptr && body->stream != NONE && body->letter.stimulus == ide_km::Stimulus::K_SET_GO &&
           m.before.streams[body->stream].state == ide_km::StreamState::SECURE && served(o.answer);
  });
  unlocks("refused-request", [](const Meeting& m, const Outcome<Control>& o) {
    return spdm_of(m.letter) != nullptr && m.letter.session != NONE && o.answer.is_refusal();
  });
  coupling("refused-lock/nonce", [](const Meeting& m, Outcome<Control>& o) {
    if (is(m.letter, tdisp::Stimulus::LOCK_INTERFACE_REQUEST) && o.answer.is_refusal())
      o.after.tdis[tdisp_of(m.letter)->tdi].nonce = false;
  });
}

// --- what was seen on the wire, remembered wrongly -------------------------------------------------------------------

void add_store_mutants(Mutants& list) {
  const auto store = [&](std::string name, decltype(Behaviour::misremembers) misremembers) {
    auto mutant = std::make_unique<Behaviour>();
    mutant->fault = {"store/" + std::move(name), "machine-made", {}};
    mutant->misremembers = std::move(misremembers);
    list.push_back(std::move(mutant));
  };
  const auto answers = [](const Letter& letter, spdm::Stimulus stimulus) {
    const auto* l = std::get_if<SpdmLetter>(&letter.body);
    return l != nullptr && l->letter.stimulus == stimulus;
  };
  store("transcript/vca-left-out", [=](Store& s, const Letter& l) {
    if (answers(l, spdm::Stimulus::NEGOTIATE_ALGORITHMS)) s.conversation.altered().transcripts.vca.clear();
  });
  store("transcript/version-left-out", [=](Store& s, const Letter& l) {
    if (answers(l, spdm::Stimulus::GET_VERSION)) s.conversation.altered().transcripts.vca.clear();
  });
  store("transcript/certificates-left-out", [=](Store& s, const Letter& l) {
    if (answers(l, spdm::Stimulus::GET_CERTIFICATE)) s.conversation.altered().transcripts.b.clear();
  });
  store("transcript/chain-hash-left-out", [=](Store& s, const Letter& l) {
    if (answers(l, spdm::Stimulus::KEY_EXCHANGE))
      for (auto& [id, data] : s.conversation.altered().sessions) data.before = s.conversation.altered().transcripts.vca;
  });
  store("transcript/exchange-left-out", [=](Store& s, const Letter& l) {
    if (answers(l, spdm::Stimulus::KEY_EXCHANGE) || answers(l, spdm::Stimulus::PSK_EXCHANGE))
      for (auto& [id, data] : s.conversation.altered().sessions) data.exchange.clear();
  });
  store("transcript/responder-verify-data-left-out", [=](Store& s, const Letter& l) {
    if (answers(l, spdm::Stimulus::KEY_EXCHANGE) || answers(l, spdm::Stimulus::PSK_EXCHANGE))
      for (auto& [id, data] : s.conversation.altered().sessions) data.responder_verify_data.clear();
  });
  store("transcript/measurements-left-out", [=](Store& s, const Letter& l) {
    if (!answers(l, spdm::Stimulus::GET_MEASUREMENTS)) return;
    s.conversation.altered().outside.measurements.clear();
    for (auto& [id, data] : s.conversation.altered().sessions) data.channel.measurements.clear();
  });
  store("transcript/measurements-shared", [](Store& s, const Letter&) {
    for (auto& [id, data] : s.conversation.altered().sessions)
      s.conversation.altered().outside.measurements = data.channel.measurements;
  });
  store("sequence-number/reused",
        [first = std::make_shared<std::map<std::uint32_t, spdm::SecuredDirection>>()](Store& s, const Letter&) {
          for (auto& [id, data] : s.conversation.altered().sessions)
            if (data.keys && data.phase == spdm::SessionData::Phase::established)
              data.keys->records.response = first->try_emplace(id, data.keys->records.response).first->second;
        });
  store("nonce/of-every-tdi", [](Store& s, const Letter&) {
    for (TdiRecord& tdi : s.tdis)
      if (!s.tdis.front().nonces.empty()) tdi.nonces = s.tdis.front().nonces;
  });
  store("nonce/of-the-lock-before", [](Store& s, const Letter&) {
    for (TdiRecord& tdi : s.tdis)
      if (tdi.nonces.size() > 1) tdi.nonces = {tdi.nonces.front()};
  });
  store("report/of-every-tdi", [](Store& s, const Letter&) {
    for (TdiRecord& tdi : s.tdis)
      if (!s.tdis.front().report.empty()) tdi.report = s.tdis.front().report, tdi.report_size = tdi.report.size();
  });
  store("report/of-the-first-lock", [kept = std::make_shared<Bytes>()](Store& s, const Letter&) {
    TdiRecord& tdi = s.tdis.front();
    if (kept->empty()) *kept = tdi.report;
    if (!tdi.report.empty()) tdi.report = *kept, tdi.report_size = tdi.report.size();
  });
  store("session/keys-of-the-first", [](Store& s, const Letter&) {
    auto& sessions = s.conversation.altered().sessions;
    if (sessions.size() > 1 && sessions.begin()->second.keys)
      std::next(sessions.begin())->second.keys = sessions.begin()->second.keys;
  });
  store("session/id-of-the-first", [](Store& s, const Letter&) {
    if (s.session_ids[0] && s.session_ids[1]) s.session_ids[1] = s.session_ids[0];
  });
}

}  // namespace lockstep::device
