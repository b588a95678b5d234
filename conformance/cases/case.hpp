// A case is data: what it asks, where it starts, what it sends. The model says what may come back.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "device/control.hpp"
#include "requirements/catalogue.hpp"

namespace lockstep::cases {

/// How far the device is taken by legal steps before the case begins. Every stage includes those before it.
enum class Given : Byte {
  nothing,       ///< connected, no message yet
  version,       ///< VERSION received
  capabilities,  ///< CAPABILITIES received
  negotiated,    ///< ALGORITHMS received
  handshaking,   ///< KEY_EXCHANGE_RSP or PSK_EXCHANGE_RSP received, FINISH not yet sent
  established,   ///< a session; the addressed TDI in CONFIG_UNLOCKED, its stream without keys
  keyed,         ///< six keys of set 0 programmed
  secure,        ///< and taken into use: the stream is Secure
  session_lost,  ///< the session that made it Secure has ended, another is open
  tdi_locked,    ///< TDI in CONFIG_LOCKED
  tdi_run,       ///< TDI in RUN
  tdi_error,     ///< TDI in ERROR, reached in band: locked, the session ended, a new session and Secure stream
};

/// The kind of session the case runs in.
enum class SessionKind : Byte { any, key_exchange, psk };

/// Over what a step is sent.
enum class Via : Byte {
  session,         ///< the case's session (the connection itself when the case has none)
  clear,           ///< outside any session
  second_session,  ///< another established session, opened when first needed
  next_session,    ///< a session opened for this step, which is the case's session from here on
};

/// One thing that is different from the correct message. Fields are named as the message's layout has them.
struct Edit {
  enum class How : Byte {
    set,      ///< the field has this value
    add,      ///< the value is added to it
    flip,     ///< this bit of the field is inverted; of bytes: counted from bit 0 of the first byte
    raise,    ///< this bit of the field is one
    cut,      ///< the message ends so many bytes early
    append,   ///< so many bytes FFh follow it
    session,  ///< the field has the requester's half of the SessionID of the case's session
    mutate,   ///< `field` names one of wire::mutations(), without the message: "flags/bit-15"
  };
  How how = How::set;
  std::string field = {};
  std::uint64_t value = 0;
};

/// What is wrong with the record that carries a message; the target cannot open any but the first.
enum class Record : Byte {
  sound,
  flipped,           ///< a bit of the ciphertext
  flipped_tag,       ///< a bit of the tag
  truncated,         ///< the last four bytes are missing
  length_too_great,  ///< Length is more than what follows
  length_changed,    ///< Length and the record are four bytes longer than what was authenticated
  inner_length,      ///< authentic, but ApplicationDataLength is more than the plaintext
  replayed,          ///< the session's latest record once more
  skipped,           ///< one sequence number is left out
  reflected,         ///< the target's own latest record of the session
  of_other_session,  ///< made in the second session, with the SessionID of this one
  unknown_session,   ///< with a SessionID that no session has
  updated_key,       ///< under the key that the latest KEY_UPDATE has replaced
  bare,              ///< no record: the message itself where one belongs
};
inline constexpr std::size_t RECORDS = static_cast<std::size_t>(Record::bare) + 1;  ///< behind the last one

/// How a message goes in chunks (CHUNK_SEND), and what is wrong with the transfer.
enum class Chunks : Byte {
  none,  ///< it goes in one piece
  sound,
  begun,                ///< the first chunk only: a step CHUNK_SEND sends the others
  first_numbered_one,   ///< the numbers begin at 1
  first_is_last,        ///< one chunk has it all
  size_beyond_limit,    ///< LargeMessageSize is more than the target's MaxSPDMmsgSize
  size_too_small,       ///< LargeMessageSize is 42, and so much is sent
  number_skipped,       ///< the numbers leave out 1
  number_repeated,      ///< the first chunk comes twice
  other_handle,         ///< the second chunk has another handle
  more_than_announced,  ///< LargeMessageSize is one less than what is sent
  less_than_announced,  ///< LargeMessageSize is one more
  nested,               ///< what comes in chunks is a CHUNK_SEND
};
inline constexpr std::size_t CHUNKS = static_cast<std::size_t>(Chunks::nested) + 1;  ///< behind the last one

/// What is wrong with the object of the transport that carries a message. It is judged by what comes back: nothing, a
/// closed connection or an object that serves nobody is right.
enum class Object : Byte {
  sound,
  unknown_type,        ///< DOE: Data Object Type 77h
  unknown_vendor,      ///< DOE: Vendor ID 1234h
  length_one,          ///< DOE: Length is 1, less than the header
  length_short,        ///< DOE: Length is one less than the double words that follow
  length_beyond,       ///< DOE: Length is one more
  secured_type,        ///< DOE: the message stands in a secured object, and in no record
  plain_type,          ///< DOE: a record stands in a plain object
  unknown_index,       ///< DOE: discovery of index 200, no message
  unknown_version,     ///< DOE: discovery with version 7, no message
  other_message_type,  ///< MCTP: vendor defined, 7Eh
  role_inquiry,        ///< TCP: a role inquiry, no message
  binding_version,     ///< TCP: BindingVersion 2
};
inline constexpr std::size_t OBJECTS = static_cast<std::size_t>(Object::binding_version) + 1;  ///< behind the last one

/// One thing that happens in a case: a message, or an out-of-band stimulus, which is the injector's. The runner makes
/// the message's bytes from the letter.
struct Step {
  /// From the machine's FIRST_OUT_OF_BAND on, and every DeviceEvent: out of band.
  std::variant<spdm::Letter, ide_km::Letter, tdisp::Letter, device::DeviceEvent> letter;
  Via via = Via::session;
  Byte tdi = 0;     ///< TDISP: which TDI; device::NONE: an INTERFACE_ID that is not hosted
  Byte stream = 0;  ///< IDE_KM: which stream; LOCK and BIND: the stream that they name
  std::vector<Edit> edits = {};
  bool same_meaning = false;  ///< the edits touch only what a receiver ignores: the letter stays what it is
  bool may_refuse = false;    ///< and no rule settles that: a refusal that moves nothing is as good
  Record record = Record::sound;
  Object object = Object::sound;
  Chunks chunks = Chunks::none;
  bool unfetched = false;  ///< a large response is left where it is: steps CHUNK_GET fetch it
  /// GET_CERTIFICATE, GET_DEVICE_INTERFACE_REPORT: again until the last portion has come. DELIVER_ENCAPSULATED_RESPONSE
  /// outside sessions: the whole flow, from GET_ENCAPSULATED_REQUEST on, if the target asked for one.
  bool until_complete = false;
  bool then_reuse = false;  ///< one more record under the session's old keys follows, which must not be served
  bool afresh = false;      ///< first the device is taken to where the case begins once more
};

/// What the target must have for the case to apply.
enum class Needs : Byte {
  nothing,
  session,
  key_exchange,
  psk,
  ide_km,
  tdisp,
  heartbeat,
  key_update,
  p2p,
  two_tdis,
  two_streams,
  mutual_authentication,
  injector,  ///< a way to out-of-band stimuli
  doe,       ///< messages go through a DOE mailbox that was asked what it offers
  mctp,
  tcp,
  chunks,           ///< CHUNK_CAP
  measurement_log,  ///< MEL_CAP
  endpoint_info,    ///< EP_INFO_CAP with signatures
  objects,          ///< a way on which objects of the transport go as the tester makes them
};

struct Case {
  std::string id = {};          ///< "tdisp/lock/in-run"
  std::string about = {};       ///< one sentence
  std::vector<Rule> asks = {};  ///< what it decides, the main rule first
  Given given = Given::established;
  SessionKind session = SessionKind::any;
  std::vector<Needs> needs = {};
  std::vector<Step> steps = {};
  Byte since = 0x10;  ///< lowest SPDM version it applies to
  Byte until = 0xFF;  ///< highest one
};

/// Every case, declared and derived, sorted by id.
std::span<const Case> all_cases();
const Case* find_case(std::string_view id);

}  // namespace lockstep::cases
