// A requester and the reference device in one process, each with its own conversation: everything that one side says is
// sealed, opened and judged by the other.
#pragma once

#include <ostream>

#include "device/abstract.hpp"
#include "device/requester.hpp"
#include "device/responder.hpp"

namespace lockstep::device {

inline void PrintTo(const Answer& answer, std::ostream* out) { *out << describe(answer); }
inline void PrintTo(const Letter& letter, std::ostream* out) { *out << describe(letter); }

/// What came back for one request.
struct Reply {
  std::string made;                ///< why there was no request at all; empty: there was one
  std::optional<spdm::Seen> seen;  ///< nullopt: silence
  Observation observation;
  std::vector<wire::Finding> findings;  ///< rules that the answer breaks
};

inline std::string text(const std::vector<wire::Finding>& findings) {
  std::string all;
  for (const wire::Finding& f : findings) all += std::string(f.rule.id()) + " " + f.field + ": " + f.what + "\n";
  return all;
}

struct PairOptions {
  ResponderOptions responder;
  RequesterOptions requester = {};
  spdm::RecordFormat records = spdm::doe_records;
};

class Pair {
 public:
  explicit Pair(PairOptions options)
      : device(options.responder, options.records),
        requester(with_hint(options.requester)),
        store(options.responder.shape, spdm::Conversation(options.records, secrets())),
        random_(99) {
    name_as_reference(store);
  }

  const Control& control() const { return device.control(); }
  spdm::SessionId session_of(const Letter& letter) const {
    if (letter.session == NONE) return std::nullopt;
    const spdm::Session& session = control().sessions[letter.session];
    const bool clear = session.in_the_clear && session.state == spdm::SessionState::HANDSHAKING;
    return clear ? std::nullopt : store.session_ids[letter.session];
  }

  Reply send(const Letter& letter) {
    auto bytes = requester.concretise(store, control(), letter);
    if (!bytes) return {.made = bytes.error(), .seen = {}, .observation = {}, .findings = {}};
    return send_bytes(*bytes, session_of(letter));
  }

  Reply send_bytes(const Bytes& bytes, spdm::SessionId session) {
    Responder::Packet packet{false, bytes};
    if (session) {
      auto record = store.conversation.seal(Role::requester, *session, bytes, random_);
      if (!record) return {.made = record.error().why, .seen = {}, .observation = {}, .findings = {}};
      packet = {true, *record};
    }
    const spdm::Seen request = store.conversation.on_request(bytes, session);
    latest_letter = abstract(store, control(), request, session);
    const auto answer = device.receive(packet);
    Reply reply;
    if (answer) reply = open(*answer);
    complete(latest_letter, store, request, reply.seen ? &*reply.seen : nullptr);
    reply.observation = abstract_answer(store, latest_letter, reply.seen ? &*reply.seen : nullptr);
    if (reply.seen) {
      for (auto& f : reply.seen->findings) reply.findings.push_back(f);
      for (auto& f : check_contents(store, latest_letter, request, *reply.seen)) reply.findings.push_back(f);
    }
    remember(store, latest_letter, request, reply.seen ? &*reply.seen : nullptr);
    return reply;
  }

  Responder device;
  Requester requester;
  Store store;           ///< the requester's
  Letter latest_letter;  ///< as the requester understands what it sent

 private:
  static RequesterOptions with_hint(RequesterOptions options) {
    if (options.psk_hint.empty()) options.psk_hint = text_bytes("TestPskHint");
    return options;
  }
  static spdm::Secrets secrets() {
    spdm::Secrets secrets;
    secrets.psk = [psks = sample_psks()](View hint) -> std::optional<Bytes> {
      const auto found = psks.find(copy(hint));
      return found == psks.end() ? std::nullopt : std::optional(found->second);
    };
    return secrets;
  }
  Reply open(const Responder::Packet& packet) {
    Reply reply;
    if (!packet.secured) {
      reply.seen = store.conversation.on_response(packet.payload, std::nullopt);
      return reply;
    }
    const auto opened = store.conversation.open(Role::responder, packet.payload);
    if (!opened) {
      reply.findings.push_back({opened.error().rule, "record", opened.error().why});
      return reply;
    }
    reply.seen = store.conversation.on_response(opened->message(), opened->session);
    return reply;
  }

  crypto::SeededRandom random_;
};

// --- letters ---------------------------------------------------------------------------------------------------------

inline Letter letter(spdm::Stimulus stimulus, Byte session = NONE, spdm::Defect defect = spdm::Defect::none) {
  return {session, SpdmLetter{{.stimulus = stimulus, .defect = defect}}};
}
inline Letter letter(tdisp::Letter l, Byte session, Byte tdi = 0, Byte stream = 0) {
  return {session, TdispLetter{l, tdi, stream}};
}
inline Letter letter(tdisp::Stimulus stimulus, Byte session, Byte tdi = 0, tdisp::Defect defect = tdisp::Defect::none) {
  return letter(tdisp::Letter{.stimulus = stimulus, .defect = defect}, session, tdi);
}
inline Letter letter(ide_km::Stimulus stimulus, Byte session, ide_km::Slot slot = {},
                     ide_km::Defect defect = ide_km::Defect::none) {
  return {session, IdeKmLetter{{.stimulus = stimulus, .defect = defect, .slot = slot, .session = session}, 0}};
}

}  // namespace lockstep::device
