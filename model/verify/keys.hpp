// What is kept of a state that was visited: the state itself or, with hash compaction, some bits of its hash.
#pragma once

#include <cmath>

#include "verify/state_store.hpp"

namespace lockstep::verify {

/// Each state as it is: nothing is ever left out.
template <class State>
struct Exact {
  using Key = State;
  static constexpr bool EXACT = true;
  const State& key(const State& state) const { return state; }
};

/// The upper bits of the hash, in one word. Two states with the same bits are taken for one, and what only the second
/// one leads to is left out. A failure that is found is one all the same: it was seen on a state in full.
template <class State>
struct Compacted {
  using Key = Packed<1>;
  static constexpr bool EXACT = false;

  unsigned bits = 64;  ///< 1 to 64

  Key key(const State& state) const { return {{hash_of(state) >> (64 - bits)}}; }
  /// The probability that among so many states two had the same bits, if the hash spreads like chance:
  /// 1 - exp(-n(n - 1) / 2^(bits + 1)), P. Wolper and D. Leroy, Reliable Hashing without Collision Detection, CAV 1993.
  double omission(std::uint64_t states) const {
    if (State::WORDS == 1 && bits == 64) return 0;  // hash_of() of one word is one to one
    const auto n = static_cast<double>(states);
    return -std::expm1(-n * (n - 1) / std::ldexp(1.0, static_cast<int>(bits) + 1));
  }
};

}  // namespace lockstep::verify
