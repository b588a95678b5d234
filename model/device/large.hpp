// Large messages of the reference device (DSP0274 1.2, "Large SPDM message transfer"). They are taken apart and put
// together below the conversation, which sees whole messages only.
#pragma once

#include <optional>

#include "wire/spdm_error.hpp"

namespace lockstep::device {

/// What a device with a fault does wrong with large messages.
enum class TransferFault : Byte {
  none,
  in_one_piece,             ///< sends a large response as it is
  any_chunk_get,            ///< looks at neither handle nor number of CHUNK_GET
  makes_up_chunks,          ///< has a chunk where nothing waits to be fetched
  last_flag_missing,        ///< LastChunk is never set
  loses_a_byte,             ///< each chunk but the first lacks its first byte
  wrong_number,             ///< the second chunk has the number of the third
  any_first_number,         ///< takes a first chunk with another number than 0
  first_may_be_last,        ///< takes a large request in one chunk
  any_size,                 ///< takes LargeMessageSize beyond its MaxSPDMmsgSize
  small_size,               ///< takes LargeMessageSize of 42
  any_number,               ///< takes chunks in any order
  more_than_announced,      ///< takes more bytes than LargeMessageSize
  less_than_announced,      ///< takes less
  chunks_in_chunks,         ///< takes CHUNK_SEND in chunks
  serves_others,            ///< serves other requests in between
  others_end_it,            ///< refuses other requests, and the transfer is over
  half_a_number,            ///< writes something else into the upper half of ChunkSeqNo, or what is reserved there
  same_handle,              ///< every large response has the same handle
  outlives_the_connection,  ///< GET_VERSION does not end it
  any_version,              ///< has a chunk for CHUNK_GET of whatever version, and answers in that
};

/// What was negotiated for large messages.
struct LargeLimits {
  Byte spdm_version = 0;
  std::size_t transfer_size = 0;  ///< the requester's DataTransferSize
  std::size_t message_size = 0;   ///< the device's MaxSPDMmsgSize
  TransferFault fault = TransferFault::none;
};

/// The transfers over one session, or outside sessions: one at a time, in one direction.
class LargeTransfers {
 public:
  /// A request that is about a transfer.
  struct Taken {
    std::optional<Bytes> answer;  ///< the transfer answers it by itself
    std::optional<Bytes> whole;   ///< a large request has come to its end: it is answered through give()
  };
  /// nullopt: an ordinary request.
  std::optional<Taken> take(View request, const LargeLimits& limits);
  /// A response as it goes out: as it is, inside the acknowledgement of the last chunk, or announced by LargeResponse.
  Bytes give(Bytes response, const LargeLimits& limits);

 private:
  struct Receiving {
    Byte handle;
    std::uint32_t next;
    std::size_t size;
    Bytes bytes;
  };
  struct Sending {
    Byte handle;
    std::uint32_t next;
    std::size_t offset;
    Bytes bytes;
  };
  /// The last chunk of a request, whose acknowledgement carries the response.
  struct Closing {
    Byte handle;
    std::uint32_t seq_no;
  };
  Taken chunk_send(View request, const LargeLimits& limits);
  Taken chunk_get(View request, const LargeLimits& limits);
  Taken chunk_of_version(View request, const LargeLimits& limits);
  Bytes large_response(Bytes response, const LargeLimits& limits);

  std::optional<Receiving> receiving_;
  std::optional<Sending> sending_;
  std::optional<Closing> closing_;
  Byte handle_ = 0;  ///< of the latest large response
};

}  // namespace lockstep::device
