// Three ways to write down how far a device is trusted: four levels (blocked, used but hostile, trusted with shared
// memory, private access), two bits (trusted, accepted), one bit.
#pragma once

#include "host/claims.hpp"

namespace lockstep::host {

enum class Level : Byte { blocked, hostile, shared, secret };
struct TwoBits {
  bool trusted, accepted;
  bool operator==(const TwoBits&) const = default;
};

/// Bits say nothing of use before trust: blocked and hostile are one value of them.
TwoBits bits_of(Level);
/// The lowest level that the bits stand for; accepted but not trusted is the confidential guest's unauthorised device.
Level level_of(TwoBits);
bool bit_of(Level);

/// Every operation on levels (raise, lower) has its operation on bits, with the same mappings allowed after it; one bit
/// takes shared and private for the same.
Claim encodings_refine_each_other();

}  // namespace lockstep::host
