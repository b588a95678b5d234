#include "spdm/large.hpp"

#include <algorithm>
#include <string_view>

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

constexpr Byte code_of(Code code) { return static_cast<Byte>(code); }

bool is_chunk(View message) {
  return message.size() > 1 && (message[1] == code_of(Code::CHUNK_SEND) || message[1] == code_of(Code::CHUNK_GET));
}

void finding(Seen& seen, Rule rule, std::string field, std::string what) {
  seen.findings.push_back({rule, std::move(field), std::move(what)});
}

/// GET_VERSION ends every transfer: who goes on with one afterwards breaks that rule.
Rule nothing_under_way(const Memory& memory, Rule rule) {
  return memory.transfer_aborted ? Rule("SPDM-VER-006") : rule;
}

void begin_transfer(const Memory& memory, Channel& channel, const CHUNK_SEND& chunk, Seen& seen) {
  if (chunk.chunk_seq_no != 0)
    finding(seen, nothing_under_way(memory, "SPDM-CHUNK-006"), "ChunkSeqNo",
            "begins with another chunk than the first");
  const std::uint32_t most = memory.negotiated.responder.max_spdm_msg_size;
  if (most != 0 && chunk.large_message_size > most)
    finding(seen, "SPDM-CHUNK-007", "LargeMessageSize", "is more than MaxSPDMmsgSize");
  channel.chunks = ChunkTransfer{.handle = chunk.param2, .size = chunk.large_message_size};
  channel.large.reset();
}

void check_next(Channel& channel, const CHUNK_SEND& chunk, Seen& seen) {
  if (channel.chunks->handle != chunk.param2)
    finding(seen, "SPDM-CHUNK-009", "Handle", "is not that of the transfer");
  else if (channel.chunks->next != chunk.chunk_seq_no)
    finding(seen, "SPDM-CHUNK-009", "ChunkSeqNo", "is not the next one");
}

/// Whether some rule of transfers is broken by the request; the device must refuse it then.
bool refusable(Channel& channel, const Seen& seen) {
  for (const wire::Finding& found : seen.findings)
    if (found.rule.id().starts_with("SPDM-CHUNK") || found.rule == Rule("SPDM-VER-006"))
      channel.pending->refused_for.push_back(found.rule);
  return !channel.pending->refused_for.empty();
}

bool survives_interruption(const Memory& memory) { return memory.negotiated.spdm_version >= VERSION_1_3; }

}  // namespace

bool interrupts(const Channel& channel, Byte code) {
  if (!channel.chunks || code == code_of(Code::GET_VERSION) || code == code_of(Code::RESPOND_IF_READY)) return false;
  return code != code_of(fetching(channel) ? Code::CHUNK_GET : Code::CHUNK_SEND);
}

void take_interruption(const Memory& memory, Channel& channel) {
  channel.pending->interrupts = true;
  if (channel.chunks->certain && survives_interruption(memory))
    channel.pending->refused_for.push_back("SPDM-CHUNK-013");
}

std::optional<Bytes> take_chunk_send(const Memory& memory, Channel& channel, Seen& seen) {
  const auto& chunk = *seen.message.as<CHUNK_SEND>();
  const bool anew = !sending(channel) || (chunk.chunk_seq_no == 0 && !channel.chunks->certain);
  if (anew)
    begin_transfer(memory, channel, chunk, seen);
  else
    check_next(channel, chunk, seen);
  ChunkTransfer& transfer = *channel.chunks;
  ++transfer.next;
  append(transfer.bytes, chunk.spdm_chunk);
  const bool last = (chunk.param1 & LAST_CHUNK) != 0;
  if (transfer.bytes.size() > transfer.size && seen.findings.empty())
    finding(seen, "SPDM-CHUNK-010", "ChunkSize", "the chunks are more than LargeMessageSize");
  if (last && transfer.bytes.size() < transfer.size && seen.findings.empty())
    finding(seen, "SPDM-CHUNK-011", "ChunkSize", "the chunks are less than LargeMessageSize");
  if (last && is_chunk(transfer.bytes)) finding(seen, "SPDM-CHUNK-012", "SPDMchunk", "a chunk message inside chunks");
  const bool over = refusable(channel, seen);
  if (!over && !last) return std::nullopt;
  Bytes whole = std::move(transfer.bytes);
  channel.chunks.reset();
  return over ? std::nullopt : std::optional(std::move(whole));
}

bool refuses_chunk(const Seen& seen) {
  const auto* ack = seen.message.as<CHUNK_SEND_ACK>();
  if (ack == nullptr) return false;
  const Bytes& inside = ack->response_to_large_request;
  return (ack->param1 & EARLY_ERROR_DETECTED) != 0 || (inside.size() > 1 && inside[1] == code_of(Code::ERROR));
}

std::optional<Bytes> take_chunk_send_ack(const Memory& memory, Channel& channel, const Pending& request, Seen& seen) {
  const auto& ack = *seen.message.as<CHUNK_SEND_ACK>();
  if ((ack.param1 & EARLY_ERROR_DETECTED) != 0) {
    take_refused_chunk(memory, channel, request, seen);
    if (sending(channel)) channel.chunks.reset();
  } else if (sending(channel)) {
    channel.chunks->certain = true;
    channel.chunks->interrupted = false;
  }
  if (ack.response_to_large_request.empty() || !channel.large || channel.chunks) return std::nullopt;
  return ack.response_to_large_request;
}

void take_chunk_get(const Memory& memory, Channel& channel, Seen& seen) {
  const auto& get = *seen.message.as<CHUNK_GET>();
  if (!fetching(channel))
    finding(seen, nothing_under_way(memory, "SPDM-CHUNK-004"), {}, "no large response waits to be fetched");
  else if (get.param2 != channel.chunks->handle)
    finding(seen, "SPDM-CHUNK-003", "Handle", "is not that of LargeResponse");
  else if (get.chunk_seq_no != channel.chunks->next)
    finding(seen, "SPDM-CHUNK-003", "ChunkSeqNo", "is not the next one");
  static_cast<void>(refusable(channel, seen));
}

std::optional<Bytes> take_chunk_response(const Memory& memory, Channel& channel, Seen& seen) {
  const auto& chunk = *seen.message.as<CHUNK_RESPONSE>();
  if (!fetching(channel)) return std::nullopt;
  ChunkTransfer& transfer = *channel.chunks;
  transfer.certain = true;
  transfer.interrupted = false;
  if (memory.negotiated.spdm_version < VERSION_1_4 && chunk.reserved != 0)
    finding(seen, "SPDM-CHUNK-014", "Reserved", "is not zero: ChunkSeqNo has two bytes");
  if (chunk.param2 != transfer.handle) finding(seen, "SPDM-CHUNK-005", "Handle", "is not that of LargeResponse");
  if (chunk.chunk_seq_no != transfer.next) {
    const bool half = (chunk.chunk_seq_no & 0xFFFF) == transfer.next;
    finding(seen, half ? Rule("SPDM-CHUNK-014") : Rule("SPDM-CHUNK-005"), "ChunkSeqNo", "is not the next one");
    if (!half) return std::nullopt;
  }
  if (transfer.next == 0) transfer.size = chunk.large_message_size;
  if (transfer.next == 0 && transfer.size > memory.negotiated.requester.max_spdm_msg_size)
    finding(seen, "SPDM-CHUNK-002", "LargeMessageSize", "is more than the requester's MaxSPDMmsgSize");
  ++transfer.next;
  append(transfer.bytes, chunk.spdm_chunk);
  const bool last = (chunk.param1 & LAST_CHUNK) != 0;
  if (transfer.bytes.size() > transfer.size)
    finding(seen, "SPDM-CHUNK-005", "ChunkSize", "the chunks are more than LargeMessageSize");
  if (last && transfer.bytes.size() < transfer.size)
    finding(seen, "SPDM-CHUNK-005", "LastChunk", "the chunks are less than LargeMessageSize");
  if (!last && transfer.bytes.size() >= transfer.size)
    finding(seen, "SPDM-CHUNK-005", "LastChunk", "is missing where the message is complete");
  if (!last) return std::nullopt;
  Bytes whole = std::move(transfer.bytes);
  channel.chunks.reset();
  return whole;
}

void take_large_response(Memory& memory, Channel& channel, Pending request, Seen& seen) {
  if (!memory.negotiated.both_have(capability::CHUNK_CAP)) return;
  const Bytes& data = seen.message.as<ERROR>()->extended_error_data;
  if (data.empty()) finding(seen, "SPDM-CHUNK-001", "ExtendedErrorData", "LargeResponse names no handle");
  const Byte handle = data.empty() ? Byte{0} : data[0];
  if (channel.large_handle == handle) finding(seen, "SPDM-CHUNK-016", "Handle", "is that of the large response before");
  channel.large_handle = memory.latest_handle = handle;
  channel.chunks = ChunkTransfer{.handle = handle};
  // A request that came in chunks is already there: the announcement may stand in place of the acknowledgement.
  const bool of_large_request = request.code() == code_of(Code::CHUNK_SEND) && channel.large;
  if (!of_large_request) channel.large = std::move(request);
}

void take_refused_chunk(const Memory& memory, Channel& channel, const Pending& request, Seen& seen) {
  if (!channel.chunks) return;
  ChunkTransfer& transfer = *channel.chunks;
  const bool right = request.refused_for.empty();
  if (right && transfer.interrupted && transfer.certain && survives_interruption(memory))
    finding(seen, "SPDM-CHUNK-013", {}, "a transfer that another request had interrupted does not go on");
  transfer.certain = false;
}

void check_size(const Memory& memory, Seen& response) {
  const auto& requester = memory.negotiated.requester;
  const bool negotiates = response.is(Code::VERSION) || response.is(Code::CAPABILITIES);
  if (!response.message || negotiates || requester.data_transfer_size == 0) return;
  const std::size_t size = response.bytes.size();
  if (size > requester.max_spdm_msg_size)
    finding(response, "SPDM-CHUNK-002", {}, "is more than the requester's MaxSPDMmsgSize");
  else if (size > requester.data_transfer_size && memory.negotiated.both_have(capability::CHUNK_CAP))
    finding(response, "SPDM-CHUNK-001", {}, "is more than the requester's DataTransferSize, and came in one piece");
}

}  // namespace lockstep::spdm
