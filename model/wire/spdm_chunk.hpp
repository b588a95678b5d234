// Large messages in chunks (DSP0274 1.2, "Large SPDM message transfer").
#pragma once

#include "wire/spdm_header.hpp"

namespace lockstep::wire::spdm {

inline constexpr Byte LAST_CHUNK = 1u << 0;            ///< in Param1 of CHUNK_SEND and CHUNK_RESPONSE
inline constexpr Byte EARLY_ERROR_DETECTED = 1u << 0;  ///< in Param1 of CHUNK_SEND_ACK

/// CHUNK_SEND and CHUNK_RESPONSE. ChunkSeqNo has two bytes and two reserved behind it up to 1.3, four since 1.4.
struct ChunkFields {
  std::uint32_t chunk_seq_no = 0;
  std::uint16_t reserved = 0;  ///< up to 1.3
  std::uint32_t chunk_size = 0;
  std::uint32_t large_message_size = 0;  ///< in the first chunk, ChunkSeqNo 0
  Bytes spdm_chunk;
};

/// Param1: bit 0 LastChunk; Param2: Handle.
struct CHUNK_SEND : Message<Code::CHUNK_SEND>, ChunkFields {
  static const Layout& layout();
};

/// Param1: bit 0 EarlyErrorDetected; Param2: Handle.
struct CHUNK_SEND_ACK : Message<Code::CHUNK_SEND_ACK> {
  static const Layout& layout();
  std::uint32_t chunk_seq_no = 0;
  Bytes response_to_large_request;  ///< with the last chunk or an early error
};

/// Param2: Handle.
struct CHUNK_GET : Message<Code::CHUNK_GET> {
  static const Layout& layout();
  std::uint32_t chunk_seq_no = 0;
};

/// Param1: bit 0 LastChunk; Param2: Handle.
struct CHUNK_RESPONSE : Message<Code::CHUNK_RESPONSE>, ChunkFields {
  static const Layout& layout();
};

}  // namespace lockstep::wire::spdm
