// What a conversation remembers: identities, transcripts, channels and sessions. Plain values, no behaviour beyond
// looking things up; Conversation and the checks on single messages (checks_*.cpp) work on it.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/key_exchange.hpp"
#include "spdm/algorithms.hpp"
#include "spdm/secured_message.hpp"

namespace lockstep::spdm {

/// What an observer may know beyond the wire. All empty: an onlooker, for whom sessions stay closed.
struct Secrets {
  /// The pre-shared key of a PSK hint.
  std::function<std::optional<Bytes>(View hint)> psk;
  /// Of the requester or of the responder, for the next KEY_EXCHANGE; whose it is shows by its public value.
  std::optional<crypto::KeyExchange> ephemeral;
  /// The shared secret of a key exchange by its two ExchangeData, for what `ephemeral` cannot do: KEM, key logs.
  std::function<std::optional<Bytes>(View request_exchange_data, View response_exchange_data)> shared_secret;
  /// The handshake secret of a session by what each end made up for it (SessionData::made_up): key logs. Asked where
  /// the others have no answer.
  std::function<std::optional<Bytes>(View request, View response)> handshake_secret;
};

inline constexpr std::size_t SLOTS = 8;
/// Slot number of a public key that was provisioned instead of a certificate chain.
inline constexpr Byte PUBLIC_KEY_SLOT = 0xFF;

/// What is known of one end's slots.
struct Identity {
  struct Slot {
    std::optional<Bytes> chain = {};        ///< whole
    bool of_this_connection = false;        ///< `chain` was read since the last GET_VERSION
    Bytes reading = {};                     ///< portions of CERTIFICATE, up to the first gap
    std::optional<std::size_t> total = {};  ///< portion + remainder + offset, as first seen
    std::optional<Bytes> digest = {};       ///< as DIGESTS or CHALLENGE_AUTH has it
  };
  std::array<Slot, SLOTS> slots;
  std::optional<Byte> provisioned;  ///< bit mask of slots, as the latest DIGESTS of this connection has it
  std::optional<Bytes> public_key;  ///< SubjectPublicKeyInfo, for slot FFh

  /// The whole chain, or the public key for FFh; nullptr when unknown.
  const Bytes* chain(Byte slot) const;
};

/// A request that waits for its response.
struct Pending {
  Bytes bytes;
  wire::AnyMessage message;       ///< empty when it could not be decoded
  std::vector<Rule> refused_for;  ///< rules by which it must be refused
  bool interrupts = false;        ///< came in the middle of a transfer in chunks that it is no part of
  Byte code() const { return bytes.size() > 1 ? bytes[1] : Byte{0}; }
};

/// A large message in pieces.
struct ChunkTransfer {
  Byte handle = 0;
  std::uint32_t next = 0;  ///< ChunkSeqNo expected
  std::uint32_t size = 0;  ///< LargeMessageSize
  Bytes bytes = {};
  bool certain = true;       ///< the responder cannot have given it up
  bool interrupted = false;  ///< another request was refused since the latest chunk
};

/// The order of requests and responses outside sessions, or inside one of them.
struct Channel {
  std::optional<Pending> pending;
  std::optional<Pending> not_ready;  ///< was answered by ResponseNotReady: RESPOND_IF_READY asks for it again
  Byte token = 0;                    ///< of that answer
  std::optional<Pending> large;      ///< was answered by LargeResponse, or is being sent in chunks
  std::optional<ChunkTransfer> chunks;
  std::optional<Byte> large_handle;     ///< of the latest LargeResponse
  std::optional<Pending> encapsulated;  ///< a request of the responder
  Byte encapsulated_id = 0;
  bool encapsulated_answered = false;  ///< by DELIVER_ENCAPSULATED_RESPONSE, which may come twice

  // L1/L2 without VCA: the unsigned GET_MEASUREMENTS and MEASUREMENTS.
  Bytes measurements;           ///< since the last reset
  Bytes unreset_measurements;   ///< since the last signature: where a reset was not made
  bool reset_by_error = false;  ///< the latest reset came from an ERROR
};

/// Of the connection; those of a session are in SessionData.
struct Transcripts {
  Bytes vca;                           ///< A: GET_VERSION to ALGORITHMS
  Bytes b;                             ///< GET_DIGESTS, DIGESTS, GET_CERTIFICATE, CERTIFICATE since the last reset
  Bytes once_b;                        ///< the same, what was asked and answered twice in a row counted once
  Bytes unreset_b;                     ///< as b, since the last CHALLENGE_AUTH
  Bytes latest_of_b;                   ///< request and response
  Bytes requester_b;                   ///< the encapsulated ones
  bool authenticated = false;          ///< a CHALLENGE_AUTH was given
  std::optional<Bytes> first_digests;  ///< D of a multi-key connection
  std::optional<Bytes> latest_digests;

  void reset_b() { b.clear(), once_b.clear(), latest_of_b.clear(); }
};

struct SessionKeys {
  Bytes handshake_secret;
  PerDirection<Bytes> finished;
  PerDirection<Bytes> direction_secret;  ///< of the handshake, then of the data
  Bytes export_secret;                   ///< empty before the session is established
  PerDirection<SecuredDirection> records;
};

struct SessionData {
  enum class Phase { handshaking, established };

  std::uint32_t id = 0;  ///< RspSessionID << 16 | ReqSessionID
  Phase phase = Phase::handshaking;
  bool psk = false;
  bool in_the_clear = false;    ///< handshake in the clear
  Byte responder_slot = 0;      ///< Param2 of KEY_EXCHANGE
  Byte mut_auth_requested = 0;  ///< MutAuthRequested of KEY_EXCHANGE_RSP
  Byte requester_slot = 0;      ///< SlotIDParam of KEY_EXCHANGE_RSP: the chain the responder wants
  Byte heartbeat_period = 0;    ///< seconds
  Byte session_policy = 0;
  std::optional<std::uint16_t> secured_version;  ///< selected version of DSP0277, as VersionNumberEntry

  std::optional<SessionKeys> keys;
  std::string keys_missing;  ///< why there are none

  /// RandomData of KEY_EXCHANGE and its response, or the two contexts of a PSK_EXCHANGE (the second may be empty).
  PerDirection<Bytes> made_up;
  Bytes psk_hint;

  // Transcript, in the order it is hashed.
  Bytes before;                 ///< VCA, D of a multi-key connection, Hash(responder chain); empty: unknown
  Bytes exchange;               ///< KEY_EXCHANGE or PSK_EXCHANGE, and the response up to VerifyData
  Bytes responder_verify_data;  ///< that VerifyData
  Bytes encapsulated_digests;   ///< D of the requester in a multi-key connection
  Bytes finish;                 ///< FINISH or PSK_FINISH, and the response

  Channel channel;
  bool request_key_only = false;  ///< the latest update that was asked for is UpdateKey
  // Of the latest records, in a session with known keys.
  bool request_with_old_key = false;   ///< the request came under the key before the update
  bool response_updated = false;       ///< UpdateAllKeys: the response came under the new key
  bool response_with_old_key = false;  ///< UpdateAllKeys: it came under the old one
};

/// Everything; copyable.
struct Memory {
  RecordFormat records;
  Secrets secrets;
  Negotiated negotiated;
  std::vector<Byte> versions;             ///< of VERSION
  std::optional<std::uint64_t> log_size;  ///< of the measurement extension log, as far as it was seen
  std::set<Byte> measurement_indices;     ///< of the latest MEASUREMENTS with all blocks; empty: none came yet
  Transcripts transcripts;
  PerDirection<Identity> identities;  ///< `request`: the requester's
  Channel outside;
  std::map<std::uint32_t, SessionData> sessions;
  std::optional<std::uint32_t> in_the_clear;  ///< the session whose handshake goes on outside sessions
  std::optional<Byte> latest_handle;          ///< of the latest LargeResponse, wherever it came
  bool transfer_aborted = false;              ///< GET_VERSION came in the middle of a transfer
  std::set<Bytes> seen_values;  ///< what may not come twice (nonces, exchange data), each behind code and field name

  SessionData* find_session(std::uint32_t id);
  const SessionData* find_session(std::uint32_t id) const;
};

}  // namespace lockstep::spdm
