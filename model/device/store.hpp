// The unbounded half of a device state: what was observed on the wire, tagged with the lock epoch or session it belongs
// to; and the pair of functions that joins it with the finite half.
//
//   abstract(store, control, request, session)          what a request means to the machines
//   Requester::concretise(store, control, letter)       the bytes of a request that means the letter (requester.hpp)
//
// The law: abstract(store, control, concretise(store, control, letter)) == letter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "device/control.hpp"
#include "spdm/conversation.hpp"
#include "wire/ide_km.hpp"
#include "wire/tdisp.hpp"

namespace lockstep::device {

/// What a TDI was locked with, as far as its report depends on it.
struct LockedAs {
  std::uint16_t flags = 0;
  std::uint64_t mmio_reporting_offset = 0;
};

struct TdiRecord {
  std::uint32_t function_id = 0;           ///< INTERFACE_ID bits 31:0
  std::vector<Bytes> nonces;               ///< one for each lock, the newest last; the lock epoch is its size
  Bytes report;                            ///< of the current lock, as far as it was read from the start
  std::optional<std::size_t> report_size;  ///< whole, from the first portion of the current lock
  std::vector<bool> outdated;              ///< bytes of the report that were read before it may have changed
  std::optional<std::uint16_t>
      flags_supported;  ///< LOCK_INTERFACE_FLAGS_SUPPORTED as last reported, unknown before TDISP_CAPABILITIES
  std::optional<std::uint16_t>
      optional_requests;  ///< REQ_MSGS_SUPPORTED bits of 88h to 8Ch, unknown before TDISP_CAPABILITIES
  bool adopted = false;   ///< an onlooker has taken the INTERFACE_ID from a request
  /// A report that was read to its end.
  struct Reported {
    LockedAs lock;
    Bytes report;
  };
  std::optional<LockedAs> lock = {};      ///< the current one
  std::optional<Reported> previous = {};  ///< of the lock before
  Bytes capabilities = {};                ///< TDISP_CAPABILITIES behind the header, as first seen in this session
  std::optional<std::uint32_t> capabilities_session = {};
};

struct StreamRecord {
  Byte stream_id = 0;
  Byte port_index = 0;
  bool key_seen = false;         ///< an onlooker has taken the address from a KEY_PROG
  std::vector<Bytes> keys = {};  ///< the latest that were sent, as on the wire
};

/// Everything observed, for one device.
struct Store {
  Store(Shape shape, spdm::Conversation conversation);

  Shape shape;
  spdm::Conversation conversation;
  std::vector<TdiRecord> tdis;
  std::vector<StreamRecord> streams;
  std::array<std::optional<std::uint32_t>, MAX_SESSIONS>
      session_ids{};                   ///< SPDM SessionID of each place in Control.sessions
  std::optional<Byte> max_port_index;  ///< as QUERY_RESP reports it
  std::optional<bool> ide_capable;     ///< IDE Capability shows Link or Selective IDE; unknown before QUERY_RESP
  bool adopts_addresses =
      false;  ///< an onlooker: the first INTERFACE_ID and Stream IDs that are used are those of the device
  Byte tdisp_version = wire::tdisp::VERSION_1_0;

  Byte session_index(std::optional<std::uint32_t> id) const;  ///< NONE: in the clear or unknown
  Byte tdi_index(std::uint32_t function_id) const;            ///< NONE: not hosted
  Byte stream_index(Byte stream_id, Byte port_index) const;   ///< NONE: no such stream
  /// The stream has an address: an onlooker's has none before it has seen a KEY_PROG.
  bool has_address(const StreamRecord& stream) const { return stream.key_seen || !adopts_addresses; }
};

/// What the request means. `seen` is what the conversation made of it (Conversation::on_request). Never fails: a
/// request that cannot be decoded is a letter with that defect.
Letter abstract(const Store&, const Control&, const spdm::Seen& seen, std::optional<std::uint32_t> session);

/// What a row of the machine is about in this very request (an IDE_KM object, with the Protocol ID): a KEY_PROG that is
/// too long, and an invocation field whose words are swapped, have rules of their own.
Rule narrowed(Rule row, View object);

/// An onlooker learns from requests which INTERFACE_ID and Stream ID belong to its TDIs and streams. Returns the TDI
/// that has just got its INTERFACE_ID, NONE: none has.
Byte adopt_addresses(Store&, const spdm::Seen& request);

/// What only the response tells of the request's letter: the mutual authentication and heartbeat of a new session, the
/// end of an encapsulated flow, whether the device has the port or offers the request while it has not said so. Call
/// before the step is judged. nullptr: silence.
void complete(Letter&, const Store&, const spdm::Seen& request, const spdm::Seen* response);

/// What was answered, without its contents, and what the contents say about the state.
struct Observation {
  Answer answer;
  std::optional<tdisp::TdiState> tdi_state;         ///< DEVICE_INTERFACE_STATE
  std::optional<ide_km::StreamState> stream_state;  ///< QUERY_RESP, of the stream the letter names
};
/// nullptr: silence.
Observation abstract_answer(const Store&, const Letter&, const spdm::Seen* response);

/// What is wrong with the contents of an IDE_KM or TDISP answer in the light of the request and of what was seen
/// before: echoes, report arithmetic, nonce freshness. The layouts' own findings included.
std::vector<wire::Finding> check_contents(const Store&, const Letter&, const spdm::Seen& request,
                                          const spdm::Seen& response);

/// Takes over what a message tells: nonces, reports, capabilities, session ids. Call after the step was judged.
void remember(Store&, const Letter&, const spdm::Seen& request, const spdm::Seen* response);

/// The IDE_KM or TDISP message inside a VENDOR_DEFINED message; empty when there is none that decodes.
wire::AnyMessage inner_of(const wire::AnyMessage& message);

}  // namespace lockstep::device
