// The algorithms that this build can compute, as bits of NEGOTIATE_ALGORITHMS: what a requester of ours offers and what
// the reference device selects from.
#pragma once

#include <cstdint>

namespace lockstep::device {

struct Offers {
  std::uint32_t base_asym = 0;
  std::uint32_t base_hash = 0;
  std::uint16_t dhe = 0;
  std::uint16_t aead = 0;
  std::uint16_t requester_asym = 0;
};

/// Everything that the cryptographic provider does not call unsupported.
Offers computable();

}  // namespace lockstep::device
