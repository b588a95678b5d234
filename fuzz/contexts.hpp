// What a negotiation may have left, drawn from an input.
#pragma once

#include "fuzz/target.hpp"
#include "wire/context.hpp"

namespace lockstep::fuzz {

/// Takes four bytes.
inline wire::Context read_context(Reader& reader) {
  static constexpr std::size_t hashes[] = {32, 48, 64}, signatures[] = {64, 96, 256};
  wire::Context context;
  context.spdm_version = static_cast<Byte>(0x10 + reader.below(5));
  const std::size_t sizes = reader.byte();
  context.hash_size = hashes[sizes % 3];
  context.measurement_hash_size = context.hash_size;
  context.signature_size = context.request_exchange_size = context.response_exchange_size = signatures[sizes / 3 % 3];
  context.requester_signature_size = signatures[sizes / 9 % 3];
  const Byte flags = reader.byte();
  context.measurement_summary_hash = (flags & 1) != 0;
  context.signature_requested = (flags & 2) != 0;
  context.supported_algorithms = (flags & 4) != 0;
  context.handshake_in_the_clear = (flags & 8) != 0;
  context.multi_key = (flags & 16) != 0;
  context.measurement_capability = (flags & 32) != 0;
  context.sequence_number_size = (reader.byte() & 1) != 0 ? 2 : 0;
  return context;
}

}  // namespace lockstep::fuzz
