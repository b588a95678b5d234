// Recordings that nobody made: the beginning of a real one, then messages that a test makes up, sealed with the keys of
// its session.
#pragma once

#include "crypto/hash.hpp"
#include "crypto/random.hpp"
#include "recordings.hpp"
#include "runner/checker.hpp"
#include "wire/doe.hpp"

namespace lockstep::runner {

inline const Capture& psk_recording() {
  static const Capture recording = recordings().at(3);
  return recording;
}

class Forge {
 public:
  /// Takes over the records up to this one.
  explicit Forge(std::size_t last) : conversation_({}, secrets()) {
    for (const adapters::Record& record : records_of(psk_recording())) {
      if (record.number > last) break;
      follow(record);
      records_.push_back(record);
    }
  }

  /// In the clear.
  void clear(Role sender, const Bytes& message) {
    sender == Role::requester ? conversation_.on_request(message, std::nullopt)
                              : conversation_.on_response(message, std::nullopt);
    const Bytes object = wire::doe::wrap_doe(wire::doe::DataObjectType::SPDM, message);
    records_.push_back(record_of(psk_recording(), records_.size() + 1, object));
  }
  /// The connection begins anew, as in the recording, and has no session yet.
  void connect() {
    for (const Byte code : Bytes{0x84, 0x04, 0xE1, 0x61, 0xE3, 0x63})
      clear(wire::spdm::is_request(code) ? Role::requester : Role::responder, recorded(code));
  }
  /// Opens a session and goes on in it. Its ids are half and half.
  void open_session(std::uint16_t ids, Byte heartbeat = 0) {
    constexpr std::size_t SESSION_ID = 4, CONTEXT_LENGTH = 8, HINT_LENGTH = 6, REQUESTER_CONTEXT = 12, PERIOD = 2;
    Bytes ask = recorded(0xE6), response = recorded(0x66), finish{0x14, 0xE7, 0, 0, 0, 0};
    const auto set_id = [&](Bytes& message) {
      message[SESSION_ID] = static_cast<Byte>(ids), message[SESSION_ID + 1] = static_cast<Byte>(ids >> 8);
    };
    set_id(ask);
    ask[REQUESTER_CONTEXT + ask[HINT_LENGTH]] ^= ++sessions_;
    clear(Role::requester, ask);
    set_id(response);
    response[PERIOD] = heartbeat;
    response.resize(response.size() - crypto::hash_size(*conversation_.negotiated().hash));
    response[response.size() - response[CONTEXT_LENGTH]] ^= sessions_;
    append(response, *conversation_.verify_data(response, std::nullopt));
    clear(Role::responder, response);
    session_ = std::uint32_t{ids} << 16 | ids;
    append(finish, *conversation_.verify_data(finish, session_));
    exchange(finish, {0x14, 0x67, 0, 0, 0, 0});
  }
  std::uint32_t session() const { return session_; }
  /// Another one that is open.
  void go_on_in(std::uint32_t session) { session_ = session; }

  void request(const Bytes& message) { say(Role::requester, message); }
  void response(const Bytes& message) { say(Role::responder, message); }
  void exchange(const Bytes& asked, const Bytes& answered) {
    request(asked);
    response(answered);
  }
  /// Once more, as it was.
  void repeat(std::size_t number) { records_.push_back(records_.at(number - 1)); }
  void drop_last(std::size_t count) { records_.resize(records_.size() - count); }
  /// Sealed under keys of before: those of a session that has ended meanwhile.
  void remember_keys() { old_ = conversation_; }
  void say_with_old_keys(Role sender, const Bytes& message) { seal(*old_, sender, message); }

  std::size_t size() const { return records_.size(); }
  CheckReport judged() const {
    Checker checker(psk_recording().transport, options_of(psk_recording()));
    for (const adapters::Record& record : records_) checker.take(record);
    checker.finish();
    return checker.report();
  }

 private:
  /// The first message in the clear with this code, without padding.
  Bytes recorded(Byte code) const {
    spdm::Conversation conversation({}, secrets());
    for (const adapters::Record& record : records_of(psk_recording())) {
      const Bytes& payload = record.carried->payload;
      if (record.carried->kind != adapters::Carried::Kind::spdm) continue;
      const auto seen = wire::spdm::is_request(payload[1]) ? conversation.on_request(payload, std::nullopt)
                                                           : conversation.on_response(payload, std::nullopt);
      if (payload[1] == code) return seen.bytes;
    }
    return {};
  }

  static spdm::Secrets secrets() {
    spdm::Secrets secrets;
    secrets.psk = [keys = options_of(psk_recording()).psk](View hint) -> std::optional<Bytes> {
      const auto found = keys.find(copy(hint));
      return found == keys.end() ? std::nullopt : std::optional(found->second);
    };
    return secrets;
  }

  void follow(const adapters::Record& record) {
    using adapters::Carried;
    const Bytes& payload = record.carried->payload;
    if (record.carried->kind == Carried::Kind::spdm) {
      wire::spdm::is_request(payload[1]) ? conversation_.on_request(payload, std::nullopt)
                                         : conversation_.on_response(payload, std::nullopt);
    } else if (record.carried->kind == Carried::Kind::secured) {
      auto opened = conversation_.open(Role::requester, payload);
      const bool asks = opened.has_value();
      if (!asks) opened = conversation_.open(Role::responder, payload);
      session_ = opened->session;
      asks ? conversation_.on_request(opened->message(), session_)
           : conversation_.on_response(opened->message(), session_);
    }
  }

  void seal(spdm::Conversation& keys, Role sender, const Bytes& message) {
    const auto record = keys.seal(sender, session_, message, random_);
    const Bytes object = wire::doe::wrap_doe(wire::doe::DataObjectType::SECURED_SPDM, *record);
    records_.push_back(record_of(psk_recording(), records_.size() + 1, object));
  }

  void say(Role sender, const Bytes& message) {
    seal(conversation_, sender, message);
    sender == Role::requester ? conversation_.on_request(message, session_)
                              : conversation_.on_response(message, session_);
  }

  spdm::Conversation conversation_;
  std::optional<spdm::Conversation> old_;
  crypto::SeededRandom random_{1};
  std::uint32_t session_ = 0;
  Byte sessions_ = 0;  ///< that open_session() has opened
  std::vector<adapters::Record> records_;
};

/// A VENDOR_DEFINED message of the PCI-SIG around `payload`, Protocol ID first.
inline Bytes vendor_defined(bool asks, const Bytes& payload) {
  Bytes message{0x14, asks ? Byte{0xFE} : Byte{0x7E}, 0, 0, 3, 0, 2, 1, 0};
  append_le(message, payload.size(), 2);
  append(message, payload);
  return message;
}

inline Bytes tdisp(Byte type, std::uint32_t function, const Bytes& body = {}, Byte version = 0x10) {
  Bytes payload{1, version, type, 0, 0};
  append_le(payload, function, 4);
  append_le(payload, 0, 8);
  append(payload, body);
  return vendor_defined(type >= 0x80, payload);
}

inline Bytes key_prog(Byte stream, Byte slot, Byte key) {
  Bytes payload{0, 2, 0, 0, stream, 0, slot, 1};
  append(payload, Bytes(32, key));
  append_le(payload, 0, 4);
  append_le(payload, 1, 4);
  return vendor_defined(true, payload);
}
inline Bytes kp_ack(Byte stream, Byte slot, Byte status = 0) {
  return vendor_defined(false, {0, 3, 0, 0, stream, status, slot, 1});
}
inline Bytes set_go(Byte stream, Byte slot) { return vendor_defined(true, {0, 4, 0, 0, stream, 0, slot, 1}); }
inline Bytes go_ack(Byte stream, Byte slot) { return vendor_defined(false, {0, 6, 0, 0, stream, 0, slot, 1}); }

// --- what is said of a recording -------------------------------------------------------------------------------------

using Kind = RecordVerdict::Kind;
inline constexpr Byte GET_VERSION = 0x81, LOCK = 0x83, GET_REPORT = 0x84, GET_STATE = 0x85, START = 0x86, STOP = 0x87,
                      VERSION = 0x01, LOCKED = 0x03, REPORT = 0x04, STATE = 0x05, STARTED = 0x06, STOPPED = 0x07,
                      TDISP_ERROR = 0x7F;
inline constexpr Byte UNLOCKED_STATE = 0, LOCKED_STATE = 1, RUN_STATE = 2, ERROR_STATE = 3;
inline constexpr std::size_t SESSION_BEGUN = 42, KEYS_IN_USE = 66;
inline constexpr Byte SECURE = 2, INSECURE = 0;
inline const Bytes END_SESSION{0x14, 0xEC, 0, 0}, END_SESSION_ACK{0x14, 0x6C, 0, 0}, HEARTBEAT{0x14, 0xE8, 0, 0},
    HEARTBEAT_ACK{0x14, 0x68, 0, 0};
inline const Bytes BUSY{0x14, 0x7F, 0x03, 0};
inline const Bytes NOT_READY{0x14, 0x7F, 0x42, 0, 1, 0xFE, 9, 1};  // RDTExponent, RequestCode, Token, RDTM

/// Verdicts on records behind the real ones, of one kind.
inline std::vector<RecordVerdict> of(const CheckReport& report, Kind kind, std::size_t behind) {
  std::vector<RecordVerdict> all;
  for (const RecordVerdict& verdict : report.records)
    if (verdict.kind == kind && verdict.number > behind) all.push_back(verdict);
  return all;
}
/// All that is not clean behind a record, as text.
inline std::string trouble(const CheckReport& report, std::size_t behind = SESSION_BEGUN) {
  std::string all;
  for (const RecordVerdict& v : report.records)
    if (v.kind != Kind::legal && v.number > behind)
      all += std::to_string(v.number) + " " + v.sender + " " + std::string(name(v.kind)) + " " +
             (v.rule ? std::string(v.rule.id()) : "-") + " " + v.reason + " [" + v.message.substr(0, 60) + "]\n";
  return all;
}
/// The rules that are not clean, each with its kind: "warn TDISP-STATE-014 ".
inline std::string rules(const CheckReport& report, std::size_t behind = SESSION_BEGUN) {
  std::string all;
  for (const RecordVerdict& v : report.records)
    if (v.kind != Kind::legal && v.number > behind)
      all += std::string(name(v.kind)) + " " + (v.rule ? std::string(v.rule.id()) : "-") + " ";
  return all;
}

// --- words -----------------------------------------------------------------------------------------------------------

inline void greet(Forge& forge, std::uint32_t function) {
  forge.exchange(tdisp(GET_VERSION, function), tdisp(VERSION, function, {1, 0x10}));
}
inline void read_state(Forge& forge, std::uint32_t function, Byte state) {
  forge.exchange(tdisp(GET_STATE, function), tdisp(STATE, function, {state}));
}
inline void lock(Forge& forge, std::uint32_t function, Byte nonce, Byte stream = 0, std::uint64_t offset = 0) {
  Bytes body{0, 0, stream, 0};
  append_le(body, offset, 8);
  append_le(body, 0, 8);
  forge.exchange(tdisp(LOCK, function, body), tdisp(LOCKED, function, Bytes(32, nonce)));
}
inline void start(Forge& forge, std::uint32_t function, Byte nonce) {
  forge.exchange(tdisp(START, function, Bytes(32, nonce)), tdisp(STARTED, function));
}
inline void stop(Forge& forge, std::uint32_t function) {
  forge.exchange(tdisp(STOP, function), tdisp(STOPPED, function));
}
inline Bytes error(std::uint32_t function, std::uint32_t code, std::uint32_t data = 0, const Bytes& extended = {}) {
  Bytes body;
  append_le(body, code, 4);
  append_le(body, data, 4);
  append(body, extended);
  return tdisp(TDISP_ERROR, function, body);
}
inline constexpr Byte SLOTS[] = {0x00, 0x10, 0x20, 0x02, 0x12, 0x22};  // Rx, then Tx; PR, NPR, CPL
inline void program(Forge& forge, Byte stream, bool k1, Byte key) {
  for (const Byte slot : SLOTS) {
    const Byte s = static_cast<Byte>(slot | (k1 ? 1 : 0));
    forge.exchange(key_prog(stream, s, static_cast<Byte>(key + (slot >> 4) + ((slot & 2) != 0 ? 3 : 0))),
                   kp_ack(stream, s));
  }
}
inline void go(Forge& forge, Byte stream, bool k1) {
  for (const Byte slot : SLOTS) {
    const Byte s = static_cast<Byte>(slot | (k1 ? 1 : 0));
    forge.exchange(set_go(stream, s), go_ack(stream, s));
  }
}
inline void key(Forge& forge, Byte stream, bool k1, Byte first) {
  program(forge, stream, k1, first);
  go(forge, stream, k1);
}
/// One selective block, enabled, of this stream.
inline void query(Forge& forge, Byte stream, Byte state, Byte port = 1) {
  Bytes payload{0, 1, 0, port, 0, 0, 0, 7};
  append_le(payload, 0x2 | 0x40, 4);                                   // IDE Capability: selective, IDE_KM; one stream
  append_le(payload, 0, 4);                                            // IDE Control
  append_le(payload, 0, 4);                                            // Selective Capability
  append_le(payload, 1u | std::uint32_t{stream} << 24 | 1u << 22, 4);  // Control: enabled, default
  append_le(payload, state, 4);
  append_le(payload, 0, 4);
  append_le(payload, 0, 4);
  forge.exchange(vendor_defined(true, {0, 0, 0, port}), vendor_defined(false, payload));
}

}  // namespace lockstep::runner
