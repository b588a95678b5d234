// Large messages in chunks (DSP0274 1.2, "Large SPDM message transfer"): the course of a transfer as an observer sees
// it. Private to the layer.
#pragma once

#include "spdm/conversation.hpp"

namespace lockstep::spdm {

/// A response that waits to be fetched, or a request that is being sent: one of both at a time.
inline bool fetching(const Channel& channel) { return channel.chunks && channel.large; }
inline bool sending(const Channel& channel) { return channel.chunks && !channel.large; }
/// Whether such a request comes in the middle of a transfer that it is no part of.
bool interrupts(const Channel& channel, Byte code);
/// It must be refused, and the transfer goes on. Older versions than 1.3 leave that open.
void take_interruption(const Memory& memory, Channel& channel);

/// With the last chunk: the large request.
std::optional<Bytes> take_chunk_send(const Memory& memory, Channel& channel, Seen& seen);
/// With an early error or behind the last chunk: what answers the large request.
std::optional<Bytes> take_chunk_send_ack(const Memory& memory, Channel& channel, const Pending& request, Seen& seen);
void take_chunk_get(const Memory& memory, Channel& channel, Seen& seen);
/// With the last chunk: the large response.
std::optional<Bytes> take_chunk_response(const Memory& memory, Channel& channel, Seen& seen);
/// LargeResponse announces what the requester fetches from now on.
void take_large_response(Memory& memory, Channel& channel, Pending request, Seen& seen);
/// A part of a transfer was refused by ERROR.
void take_refused_chunk(const Memory& memory, Channel& channel, const Pending& request, Seen& seen);
/// CHUNK_SEND_ACK with an early error, or with ERROR in place of the response.
bool refuses_chunk(const Seen& seen);

/// DataTransferSize and MaxSPDMmsgSize of the requester.
void check_size(const Memory& memory, Seen& response);

}  // namespace lockstep::spdm
