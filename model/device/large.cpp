#include "device/large.hpp"

#include <algorithm>

#include "wire/spdm_chunk.hpp"

namespace lockstep::device {
namespace {

namespace w = wire::spdm;
using w::Code;
using w::ErrorCode;

constexpr std::size_t CHUNK_HEADER = 12;  // of CHUNK_RESPONSE in every version
constexpr std::size_t LARGE_MESSAGE_SIZE_FIELD = 4;

wire::Context context_of(const LargeLimits& limits) {
  wire::Context context;
  context.spdm_version = limits.spdm_version;
  return context;
}

Bytes error(const LargeLimits& limits, ErrorCode code, Bytes data = {}) {
  w::ERROR message;
  message.version = limits.spdm_version;
  message.param1 = static_cast<Byte>(code);
  message.extended_error_data = std::move(data);
  return wire::encode(message, {});
}

Bytes acknowledgement(const LargeLimits& limits, Byte handle, std::uint32_t seq_no, Bytes response, Byte attributes) {
  w::CHUNK_SEND_ACK ack;
  ack.version = limits.spdm_version;
  ack.param1 = attributes;
  ack.param2 = handle;
  ack.chunk_seq_no = seq_no;
  ack.response_to_large_request = std::move(response);
  return wire::encode(ack, context_of(limits));
}

bool is(View message, Code code) { return message.size() > 1 && message[1] == static_cast<Byte>(code); }
void spoil(w::CHUNK_RESPONSE& chunk, const LargeLimits& limits) {
  constexpr std::uint32_t UPPER_HALF = 0xFFFF0000;
  if (limits.fault == TransferFault::last_flag_missing) chunk.param1 = 0;
  if (limits.fault == TransferFault::wrong_number && chunk.chunk_seq_no == 1) chunk.chunk_seq_no = 2;
  if (limits.fault == TransferFault::loses_a_byte && chunk.chunk_seq_no != 0) {
    chunk.spdm_chunk.erase(chunk.spdm_chunk.begin());
    --chunk.chunk_size;
  }
  if (limits.fault != TransferFault::half_a_number) return;
  if (limits.spdm_version >= w::VERSION_1_4 && chunk.chunk_seq_no != 0) chunk.chunk_seq_no |= UPPER_HALF;
  if (limits.spdm_version < w::VERSION_1_4) chunk.reserved = 0xFFFF;
}

bool is_chunk(View message) { return is(message, Code::CHUNK_SEND) || is(message, Code::CHUNK_GET); }

}  // namespace

std::optional<LargeTransfers::Taken> LargeTransfers::take(View request, const LargeLimits& limits) {
  if (is_chunk(request)) {
    const bool other_version = request[0] != limits.spdm_version;
    if (other_version && limits.fault == TransferFault::any_version) return chunk_of_version(request, limits);
    if (other_version) return Taken{error(limits, ErrorCode::VersionMismatch), {}};
    return is(request, Code::CHUNK_SEND) ? chunk_send(request, limits) : chunk_get(request, limits);
  }
  const bool serves =
      limits.fault == TransferFault::serves_others || limits.fault == TransferFault::outlives_the_connection;
  if ((!receiving_ && !sending_) || serves) return std::nullopt;
  if (limits.fault == TransferFault::others_end_it) receiving_.reset(), sending_.reset();
  return Taken{error(limits, ErrorCode::UnexpectedRequest), {}};  // and the transfer goes on
}

LargeTransfers::Taken LargeTransfers::chunk_send(View request, const LargeLimits& limits) {
  if (sending_) return {error(limits, ErrorCode::UnexpectedRequest), {}};
  const auto decoded = wire::decode<w::CHUNK_SEND>(request, context_of(limits));
  if (!decoded) return {error(limits, ErrorCode::InvalidRequest), {}};
  const w::CHUNK_SEND& chunk = decoded->message;
  const auto refuse = [&]() -> Taken {
    receiving_.reset();
    return {acknowledgement(limits, chunk.param2, chunk.chunk_seq_no, error(limits, ErrorCode::InvalidRequest),
                            w::EARLY_ERROR_DETECTED),
            {}};
  };
  const auto is_wrong = [&](TransferFault blind, bool wrong) { return wrong && limits.fault != blind; };
  const bool last = (chunk.param1 & w::LAST_CHUNK) != 0;
  if (!receiving_) {
    const bool numbered = chunk.chunk_seq_no == 0;
    if (is_wrong(TransferFault::any_first_number, !numbered) || is_wrong(TransferFault::first_may_be_last, last) ||
        is_wrong(TransferFault::small_size, numbered && chunk.large_message_size <= w::MIN_DATA_TRANSFER_SIZE) ||
        is_wrong(TransferFault::any_size, chunk.large_message_size > limits.message_size))
      return refuse();
    receiving_ = Receiving{chunk.param2, chunk.chunk_seq_no, numbered ? chunk.large_message_size : SIZE_MAX, {}};
  }
  const bool in_order = chunk.param2 == receiving_->handle && chunk.chunk_seq_no == receiving_->next;
  if (is_wrong(TransferFault::any_number, !in_order)) return refuse();
  ++receiving_->next;
  append(receiving_->bytes, chunk.spdm_chunk);
  const std::size_t size = receiving_->bytes.size();
  if (is_wrong(TransferFault::more_than_announced, size > receiving_->size) ||
      is_wrong(TransferFault::less_than_announced, last && size < receiving_->size) ||
      (!last && size == receiving_->size))
    return refuse();
  if (!last) return {acknowledgement(limits, chunk.param2, chunk.chunk_seq_no, {}, 0), {}};
  Bytes whole = std::move(receiving_->bytes);
  receiving_.reset();
  if (is_wrong(TransferFault::chunks_in_chunks, is_chunk(whole))) return refuse();
  if (is_chunk(whole)) return chunk_send(whole, limits);
  closing_ = Closing{chunk.param2, chunk.chunk_seq_no};
  return {{}, std::move(whole)};
}

LargeTransfers::Taken LargeTransfers::chunk_of_version(View request, const LargeLimits& limits) {
  LargeLimits other = limits;
  other.spdm_version = request[0];
  other.fault = TransferFault::makes_up_chunks;
  return chunk_get(request, other);
}

LargeTransfers::Taken LargeTransfers::chunk_get(View request, const LargeLimits& limits) {
  if (!sending_ && limits.fault == TransferFault::makes_up_chunks) large_response(Bytes(limits.transfer_size), limits);
  if (!sending_) return {error(limits, ErrorCode::UnexpectedRequest), {}};
  const auto get = wire::decode<w::CHUNK_GET>(request, context_of(limits));
  const bool right = get && get->message.param2 == sending_->handle && get->message.chunk_seq_no == sending_->next;
  const bool blind = limits.fault == TransferFault::any_chunk_get || limits.fault == TransferFault::makes_up_chunks;
  if (!get || !(right || blind)) return {error(limits, ErrorCode::InvalidRequest), {}};
  const bool first = sending_->next == 0;
  const std::size_t room = limits.transfer_size - CHUNK_HEADER - (first ? LARGE_MESSAGE_SIZE_FIELD : 0);
  const std::size_t size = std::min(room, sending_->bytes.size() - sending_->offset);
  w::CHUNK_RESPONSE chunk;
  chunk.version = limits.spdm_version;
  chunk.param2 = sending_->handle;
  chunk.chunk_seq_no = sending_->next++;
  if (first) chunk.large_message_size = static_cast<std::uint32_t>(sending_->bytes.size());
  chunk.chunk_size = static_cast<std::uint32_t>(size);
  chunk.spdm_chunk = copy(View(sending_->bytes).subspan(sending_->offset, size));
  sending_->offset += size;
  if (sending_->offset == sending_->bytes.size()) {
    chunk.param1 = w::LAST_CHUNK;
    sending_.reset();
  }
  spoil(chunk, limits);
  return {wire::encode(chunk, context_of(limits)), {}};
}

Bytes LargeTransfers::large_response(Bytes response, const LargeLimits& limits) {
  if (limits.fault != TransferFault::same_handle) ++handle_;
  sending_ = Sending{handle_, 0, 0, std::move(response)};
  return error(limits, ErrorCode::LargeResponse, {handle_});
}

Bytes LargeTransfers::give(Bytes response, const LargeLimits& limits) {
  if (!closing_ && limits.fault == TransferFault::in_one_piece) return response;
  if (!closing_) return response.size() > limits.transfer_size ? large_response(std::move(response), limits) : response;
  const Closing closing = *std::exchange(closing_, std::nullopt);
  Bytes ack = acknowledgement(limits, closing.handle, closing.seq_no, response, 0);
  if (ack.size() <= limits.transfer_size) return ack;
  return acknowledgement(limits, closing.handle, closing.seq_no, large_response(std::move(response), limits), 0);
}

}  // namespace lockstep::device
