// The requester: makes the bytes of a request that means a letter, with real cryptography.
#pragma once

#include <string>

#include "crypto/pki.hpp"
#include "crypto/random.hpp"
#include "device/store.hpp"

namespace lockstep::device {

/// How the requester behaves where the specification leaves it a choice.
struct RequesterOptions {
  Byte highest_version = 0x14;
  Byte lowest_version = 0x10;
  Byte slot = 0;
  Bytes psk_hint;                   ///< sent in PSK_EXCHANGE; the key itself comes from the conversation's PSK lookup
  Byte measurement_summary = 0xFF;  ///< MeasurementSummaryHashType of KEY_EXCHANGE and PSK_EXCHANGE
  std::uint16_t certificate_portion = 0x400;
  std::uint64_t seed = 1;  ///< of nonces, session ids and IDE keys
};

class Requester {
 public:
  explicit Requester(RequesterOptions options);

  /// The plaintext message (SPDM level) that means `letter` now. The error says why none can be made: cryptography that
  /// is unsupported, something not yet observed (no certificate before KEY_EXCHANGE), or a letter that is no message.
  Result<Bytes, std::string> concretise(Store&, const Control&, const Letter&);

  const RequesterOptions& options() const { return options_; }

 private:
  RequesterOptions options_;
};

}  // namespace lockstep::device
