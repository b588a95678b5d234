// Hash, HMAC (RFC 2104) and HKDF (RFC 5869).
// Precondition of everything here: !unsupported(hash). Negotiation must not select a hash that the provider lacks;
// the SHA-2 and SHA-3 families are always there.
#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "crypto/algorithms.hpp"

namespace lockstep::crypto {

Bytes digest(Hash hash, View data);

Bytes hmac(Hash hash, View key, View data);

/// The pseudo-random key, hash_size(hash) bytes. An empty salt is RFC 5869's default.
Bytes hkdf_extract(Hash hash, View salt, View input_key);
/// `length` at most 255 * hash_size(hash).
Bytes hkdf_expand(Hash hash, View pseudo_random_key, View info, std::size_t length);

/// A running hash, as a transcript needs it: copy it to fork, ask for its value at any time and go on.
class Digest {
 public:
  explicit Digest(Hash hash);
  Digest(const Digest& other);
  Digest(Digest&&) noexcept;
  Digest& operator=(const Digest& other);
  Digest& operator=(Digest&&) noexcept;
  ~Digest();

  Hash hash() const { return hash_; }
  Digest& update(View data);
  /// The hash of everything so far; the running state is not disturbed.
  Bytes value() const;

 private:
  struct State;
  Hash hash_;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep::crypto
