// The set of states that were reached: exact, compact, and with the way back.
//
// A state is kept once, as it is, in the order in which it was found, beside the number of the state it was reached
// from. The hash table holds only positions and a few bits of the hash: about 17 to 23 bytes for a state of one word.
// The set is cut into shards by the hash, so that a shard's table stays in the processor's cache while many states are
// put into it, and so that threads share nothing: one thread at a time works on a shard.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "verify/model.hpp"

namespace lockstep::verify {

inline constexpr unsigned SHARD_BITS = 6;
inline constexpr unsigned SHARDS = 1U << SHARD_BITS;
/// Shard in the upper bits, position in the shard in the lower ones.
using StateId = std::uint32_t;
inline constexpr StateId NO_STATE = 0xFFFFFFFF;
inline constexpr std::uint32_t MAX_POSITION = (1U << (32 - SHARD_BITS)) - 1;
constexpr StateId state_id(unsigned shard, std::uint32_t position) {
  return static_cast<StateId>(shard) << (32 - SHARD_BITS) | position;
}
constexpr unsigned shard_of_id(StateId id) { return id >> (32 - SHARD_BITS); }
constexpr std::uint32_t position_of_id(StateId id) { return id & MAX_POSITION; }

/// Every bit of the result depends on every bit of the state. The upper bits name the shard, the lower ones the slot.
template <class State>
std::uint64_t hash_of(const State& state) {
  std::uint64_t hash = 0x2545F4914F6CDD1D;
  for (const std::uint64_t word : state.words) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    hash = (hash ^ hash >> 32) * 0xD6E8FEB86659FD93;
    hash ^= hash >> 32;
  }
  return hash;
}
constexpr unsigned shard_of_hash(std::uint64_t hash) { return static_cast<unsigned>(hash >> (64 - SHARD_BITS)); }

/// An array that grows in pieces: what is in it never moves.
template <class T>
class Pieces {
  static constexpr unsigned PIECE_BITS = 11;
  static constexpr std::uint32_t PIECE = 1U << PIECE_BITS;

 public:
  const T& operator[](std::uint32_t i) const { return pieces_[i >> PIECE_BITS][i & (PIECE - 1)]; }
  std::uint32_t size() const { return size_; }
  std::uint64_t bytes() const { return pieces_.size() * (PIECE * sizeof(T)) + pieces_.capacity() * sizeof(void*); }
  void push_back(const T& value) {
    if (size_ >> PIECE_BITS == pieces_.size()) pieces_.push_back(std::make_unique_for_overwrite<T[]>(PIECE));
    pieces_[size_ >> PIECE_BITS][size_ & (PIECE - 1)] = value;
    ++size_;
  }

 private:
  std::vector<std::unique_ptr<T[]>> pieces_;
  std::uint32_t size_ = 0;
};

template <class State>
class Shard {
 public:
  Shard() : slots_(64, EMPTY) {}

  /// True: the state is new and stands at size() - 1. `hash`: the lower half of hash_of(state).
  bool insert(const State& state, std::uint32_t hash, StateId parent) {
    std::uint32_t slot = hash & mask();
    const std::uint32_t tag = hash & TAG;
    for (; slots_[slot] != EMPTY; slot = (slot + 1) & mask())
      if ((slots_[slot] & TAG) == tag && states_[slots_[slot] & MAX_POSITION] == state) return false;
    LOCKSTEP_ASSERT(states_.size() < MAX_POSITION);
    slots_[slot] = tag | states_.size();
    states_.push_back(state);
    parents_.push_back(parent);
    if (states_.size() > slots_.size() / 4 * 3) grow();
    return true;
  }

  void prefetch_slot(std::uint32_t hash) const { __builtin_prefetch(&slots_[hash & mask()]); }
  /// When the slot has come: the position of the state that most likely is the one looked for, which is asked for. The
  /// first slots are looked at without branches, which nobody could foretell. Not for an empty shard.
  std::uint32_t guess(std::uint32_t hash) const {
    std::uint32_t found = 0;
    for (std::uint32_t i = GUESSES; i-- > 0;) {
      const std::uint32_t slot = slots_[(hash + i) & mask()];
      found = ((slot ^ hash) & TAG) == 0 ? slot & MAX_POSITION : found;
    }
    found = std::min(found, states_.size() - 1);  // the slot may be empty
    __builtin_prefetch(&states_[found]);
    return found;
  }

  std::uint32_t size() const { return states_.size(); }
  const State& state(std::uint32_t position) const { return states_[position]; }
  StateId parent(std::uint32_t position) const { return parents_[position]; }
  /// Bytes in use, and bytes that the next growth needs on top while it lasts.
  std::uint64_t bytes() const { return states_.bytes() + parents_.bytes() + slots_.capacity() * sizeof(slots_[0]); }
  bool full() const { return states_.size() >= MAX_POSITION - 1; }

  /// The position of a state; NO_STATE: it is not there.
  StateId find(const State& state, std::uint32_t hash) const {
    for (std::uint32_t slot = hash & mask(); slots_[slot] != EMPTY; slot = (slot + 1) & mask())
      if ((slots_[slot] & TAG) == (hash & TAG) && states_[slots_[slot] & MAX_POSITION] == state)
        return slots_[slot] & MAX_POSITION;
    return NO_STATE;
  }

 private:
  static constexpr std::uint32_t EMPTY = 0xFFFFFFFF;  // no position is MAX_POSITION
  static constexpr std::uint32_t TAG = ~MAX_POSITION;
  static constexpr std::uint32_t GUESSES = 3;

  std::uint32_t mask() const { return static_cast<std::uint32_t>(slots_.size() - 1); }
  void grow() {
    std::vector<std::uint32_t> old(slots_.size() * 2, EMPTY);
    old.swap(slots_);
    for (std::uint32_t position = 0; position < states_.size(); ++position) {
      const auto hash = static_cast<std::uint32_t>(hash_of(states_[position]));
      std::uint32_t slot = hash & mask();
      while (slots_[slot] != EMPTY) slot = (slot + 1) & mask();
      slots_[slot] = (hash & TAG) | position;
    }
  }

  Pieces<State> states_;
  Pieces<StateId> parents_;
  std::vector<std::uint32_t> slots_;
};

template <class State>
class StateStore {
 public:
  Shard<State>& shard(unsigned i) { return shards_[i]; }
  const Shard<State>& shard(unsigned i) const { return shards_[i]; }

  bool insert(const State& state, StateId parent) {
    const std::uint64_t hash = hash_of(state);
    return shards_[shard_of_hash(hash)].insert(state, static_cast<std::uint32_t>(hash), parent);
  }
  StateId find(const State& state) const {
    const std::uint64_t hash = hash_of(state);
    const unsigned shard = shard_of_hash(hash);
    const StateId position = shards_[shard].find(state, static_cast<std::uint32_t>(hash));
    return position == NO_STATE ? NO_STATE : state_id(shard, position);
  }
  const State& operator[](StateId id) const { return shards_[shard_of_id(id)].state(position_of_id(id)); }
  StateId parent(StateId id) const { return shards_[shard_of_id(id)].parent(position_of_id(id)); }

  std::uint64_t size() const {
    std::uint64_t all = 0;
    for (const auto& shard : shards_) all += shard.size();
    return all;
  }
  std::uint64_t bytes() const {
    std::uint64_t all = 0;
    for (const auto& shard : shards_) all += shard.bytes();
    return all;
  }
  bool full() const {
    for (const auto& shard : shards_)
      if (shard.full()) return true;
    return false;
  }

 private:
  std::array<Shard<State>, SHARDS> shards_;
};

}  // namespace lockstep::verify
