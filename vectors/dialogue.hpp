// A requester and the reference device in one process. Each has a conversation of its own, every answer is judged.
#pragma once

#include "crypto/random.hpp"
#include "device/requester.hpp"
#include "device/responder.hpp"
#include "oracle/follower.hpp"

namespace lockstep::vectors {

struct DialogueOptions {
  device::ResponderOptions responder;
  device::RequesterOptions requester = {};
  spdm::RecordFormat records = spdm::doe_records;
};

class Dialogue {
 public:
  explicit Dialogue(DialogueOptions options);

  using Packet = device::Responder::Packet;
  using Judged = Result<oracle::Step, std::string>;
  /// Makes the request that means the letter now. Error: why none can be made.
  Result<Bytes, std::string> message(const device::Letter& letter);
  /// Makes it, sends it, judges the answer. Error: there was no such request.
  Judged send(const device::Letter& letter);
  /// Sends any plaintext, in the clear or in a session. Error: the session has no keys.
  Judged send(View message, spdm::SessionId session);
  /// Sends anything that is no record of a living session, or one that does not open; returns what comes back.
  std::optional<Packet> send_unopenable(const Packet& packet);
  /// An out-of-band event, which both sides know of.
  void happens(const device::Letter& event);

  /// The SPDM session that carries a message over the session with this index; FINISH of a handshake in the clear
  /// travels outside.
  spdm::SessionId session_id(Byte session) const;

  const device::Responder& device() const { return device_; }
  const oracle::Follower& follower() const { return follower_; }
  device::Store& store() { return follower_.store(); }
  /// Of the latest exchange, as the transport carries them.
  const Packet& request() const { return request_; }
  const std::optional<Packet>& response() const { return response_; }

 private:
  oracle::Step judge();

  device::Responder device_;
  device::Requester requester_;
  oracle::Follower follower_;
  crypto::SeededRandom padding_;
  Packet request_;
  std::optional<Packet> response_;
};

// --- letters ---------------------------------------------------------------------------------------------------------

inline device::Letter letter(spdm::Letter l, Byte session = device::NONE) { return {session, device::SpdmLetter{l}}; }
inline device::Letter letter(spdm::Stimulus stimulus, Byte session = device::NONE) {
  return letter(spdm::Letter{.stimulus = stimulus}, session);
}
inline device::Letter letter(tdisp::Stimulus stimulus, Byte session, Byte tdi = 0) {
  return {session, device::TdispLetter{{.stimulus = stimulus}, tdi, 0}};
}
inline device::Letter letter(ide_km::Stimulus stimulus, Byte session, ide_km::Slot slot = {}) {
  return {session, device::IdeKmLetter{{.stimulus = stimulus, .slot = slot, .session = session}, 0}};
}

/// The six slots of key set 0 in the order in which they are taken into use: Rx before Tx.
inline constexpr ide_km::Slot key_set_0[] = {{false, false, 0}, {false, false, 1}, {false, false, 2},
                                             {false, true, 0},  {false, true, 1},  {false, true, 2}};

}  // namespace lockstep::vectors
