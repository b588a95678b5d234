// Ephemeral Diffie-Hellman in the encodings of SPDM's ExchangeData: ECDHE is x || y, FFDHE (RFC 7919) the public
// number, big-endian, padded to the width of the field or modulus.
#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "crypto/algorithms.hpp"

namespace lockstep::crypto {

/// One side of an exchange. Immutable; copies share the key.
class KeyExchange {
 public:
  /// A fresh key. Errors: unsupported.
  static Result<KeyExchange, Error> generate(Group group);
  /// The key of a big-endian private number, for vectors. Errors: unsupported, invalid_public_value (out of range).
  static Result<KeyExchange, Error> from_private(Group group, View private_number);

  Group group() const;
  /// exchange_size(group) bytes.
  Bytes public_bytes() const;
  /// shared_secret_size(group) bytes, leading zeros kept.
  /// Errors: wrong_size; invalid_public_value (point not on the curve; number 0, 1, p-1, or not below p).
  Result<Bytes, Error> shared_secret(View peer_public_bytes) const;

 private:
  struct State;
  explicit KeyExchange(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace lockstep::crypto
