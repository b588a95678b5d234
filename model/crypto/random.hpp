// Randomness as an argument: callers that make nonces and session ids take a Random, so that a run can be repeated.
#pragma once

#include "base/bytes.hpp"

namespace lockstep::crypto {

/// From the operating system through the provider's generator. Thread-safe.
Bytes random_bytes(std::size_t count);

/// One per owner: not to be shared between threads.
class Random {
 public:
  virtual ~Random() = default;
  virtual Bytes bytes(std::size_t count) = 0;
};

class SystemRandom final : public Random {
 public:
  Bytes bytes(std::size_t count) override { return random_bytes(count); }
};

/// HMAC_DRBG with SHA-256 (SP 800-90A, 10.1.2) on a given seed, never reseeded: the same seed gives the same bytes.
/// For nonces that can be repeated; it protects no secret.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(View seed);
  explicit SeededRandom(std::uint64_t seed);
  /// One "generate" call of the standard for each 65536 bytes or part of it.
  Bytes bytes(std::size_t count) override;

 private:
  void update(View data);
  void generate(Bytes& to, std::size_t count);
  Bytes key_;
  Bytes value_;
};

}  // namespace lockstep::crypto
