// How often this thread called OpenSSL: the figure that a set-up is compared with.
#pragma once

#include <cstddef>

namespace lockstep::bench {

struct Calls {
  std::size_t keys = 0;           ///< ephemeral keys made
  std::size_t secrets = 0;        ///< derived
  std::size_t signatures = 0;     ///< made
  std::size_t verifications = 0;  ///< of messages
  std::size_t certificates = 0;   ///< signatures of certificates verified
  std::size_t public_keys = 0;    ///< taken out of a certificate
  std::size_t digests = 0;
  std::size_t digested = 0;  ///< bytes
  std::size_t macs = 0;      ///< HMAC, and so HKDF
  std::size_t seals = 0;
  std::size_t opens = 0;
};

/// Since the last call.
Calls take_calls();

}  // namespace lockstep::bench
