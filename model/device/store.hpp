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

struct TdiRecord {
  std::uint32_t function_id = 0;      ///< INTERFACE_ID bits 31:0
  std::vector<Bytes> nonces;          ///< one for each lock, the newest last; the lock epoch is its size
  std::optional<Bytes> report;        ///< of the current lock, as far as it was read
  std::uint16_t flags_supported = 0;  ///< LOCK_INTERFACE_FLAGS_SUPPORTED as last reported
  std::optional<std::uint16_t>
      optional_requests;  ///< REQ_MSGS_SUPPORTED bits of 88h to 8Ch, unknown before TDISP_CAPABILITIES
};

struct StreamRecord {
  Byte stream_id = 0;
  Byte port_index = 0;
};

/// Everything observed, for one device.
struct Store {
  explicit Store(spdm::Conversation conversation);

  spdm::Conversation conversation;
  std::vector<TdiRecord> tdis;
  std::vector<StreamRecord> streams;
  std::array<std::optional<std::uint32_t>, MAX_SESSIONS>
      session_ids{};  ///< SPDM SessionID of each place in Control.sessions
  Byte max_port_index = 0;
  std::uint32_t report_limit = 0xFFFF;

  Byte session_index(std::optional<std::uint32_t> id) const;  ///< NONE: in the clear or unknown
  Byte tdi_index(std::uint32_t function_id) const;            ///< NONE: not hosted
  Byte stream_index(Byte stream_id, Byte port_index) const;   ///< NONE: no such stream
};

/// What the request means. `seen` is what the conversation made of it (Conversation::on_request). Never fails: a
/// request that cannot be decoded is a letter with that defect.
Letter abstract(const Store&, const Control&, View message, const spdm::Seen& seen,
                std::optional<std::uint32_t> session);

/// What was answered, without its contents, and what the contents say about the state.
struct Observation {
  Answer answer;
  std::optional<tdisp::TdiState> tdi_state;         ///< DEVICE_INTERFACE_STATE
  std::optional<ide_km::StreamState> stream_state;  ///< QUERY_RESP, of the stream the letter names
};
/// nullopt message: silence.
Observation abstract_answer(const Store&, const Letter&, std::optional<View> message);

/// Takes over what a message tells: nonces, reports, capabilities, session ids. Call after the step was judged.
void remember(Store&, const Letter&, View request, std::optional<View> response);

}  // namespace lockstep::device
