// What a model gives to the explorer, and what is asked of it.
//
// A model is a set of packed states with a step relation. Its state is a fixed number of 64-bit words and nothing else,
// so that a state is its own key: two states are the same when their words are. Every step carries a label, a number
// that only the model understands; the explorer keeps it out of the stored states and finds it again for a trace.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "requirements/rule.hpp"

namespace lockstep::verify {

/// A packed state. Derive from it to give the bits names; add no members.
template <std::size_t Words>
struct Packed {
  static constexpr std::size_t WORDS = Words;
  std::array<std::uint64_t, Words> words{};

  /// `width` bits from bit `at` on, counted over all words; a field may lie across the border of two words.
  constexpr std::uint64_t get(std::size_t at, std::size_t width) const {
    const std::size_t word = at / 64, shift = at % 64;
    std::uint64_t value = words[word] >> shift;
    if (shift + width > 64) value |= words[word + 1] << (64 - shift);
    return width == 64 ? value : value & ((std::uint64_t{1} << width) - 1);
  }
  constexpr void set(std::size_t at, std::size_t width, std::uint64_t value) {
    const std::size_t word = at / 64, shift = at % 64;
    const std::uint64_t mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
    words[word] = (words[word] & ~(mask << shift)) | (value & mask) << shift;
    if (shift + width > 64)
      words[word + 1] = (words[word + 1] & ~(mask >> (64 - shift))) | (value & mask) >> (64 - shift);
  }
  /// Turns around the bits that are set in `value`, from bit `at` on.
  constexpr void flip(std::size_t at, std::uint32_t value) {
    const std::size_t word = Words == 1 ? 0 : at / 64, shift = at % 64;
    words[word] ^= std::uint64_t{value} << shift;
    if (Words > 1 && shift > 32) words[(word + 1) % Words] ^= std::uint64_t{value} >> (64 - shift);
  }
  constexpr auto operator<=>(const Packed&) const = default;
  /// Not that of the array, which calls memcmp: half the time of an exploration went there.
  constexpr bool operator==(const Packed& other) const {
    std::uint64_t differing = 0;
    for (std::size_t i = 0; i < Words; ++i) differing |= words[i] ^ other.words[i];
    return differing == 0;
  }
};

using Label = std::uint32_t;

/// One line of a sequence chart: who says what to whom. `from` and `to` are equal where something happens to an actor.
struct Message {
  std::string from, to, text;
  std::string answer = {};  ///< what comes back from `to`; empty: nothing is owed
};

struct AnySink {
  void operator()(Label, const auto&) const {}
  void operator()(const auto&) const {}
};

/// `successors(state, sink)` calls sink(label, next) once for each step that is possible, steps that change nothing
/// included, always in the same order. `canonical(state)` names the representative of all states that differ only by a
/// renaming; a model without symmetry returns its argument. All are called from several threads at once.
///
/// A model may also have `changes(state, sink) -> std::uint64_t`, which calls sink(next) for the same successors but
/// leaves out steps that change nothing and most that come to the same state, and returns how many steps successors()
/// would have given. It serves where no property looks at steps.
template <class M>
concept Model = std::is_trivially_copyable_v<typename M::State> && sizeof(typename M::State) % 8 == 0 &&
                requires(const M& model, const typename M::State& state, Label label) {
  { model.initial() } -> std::same_as<typename M::State>;
  model.successors(state, AnySink());
  { model.canonical(state) } -> std::same_as<typename M::State>;
  { model.message(state, label) } -> std::same_as<Message>;
  { model.describe(state) } -> std::same_as<std::string>;
};

/// What properties look at: what the model makes of a state with view(), once for all of them, or the state itself.
template <Model M>
auto view_of(const M& model, const typename M::State& state) {
  if constexpr (requires { model.view(state); })
    return model.view(state);
  else
    return state;
}
template <Model M>
using View = decltype(view_of(std::declval<const M&>(), std::declval<const typename M::State&>()));

enum class Shape : std::uint8_t {
  always,      ///< `state` is true in every state that can be reached
  never,       ///< `state` is true in none
  sometimes,   ///< `state` is true in one at least
  step,        ///< `step` is true of every step
  eventually,  ///< every fair run comes to a state in which `state` is true
  leads_to,    ///< after every state in which `premise` is true, every fair run comes to one in which `state` is true
};

/// What is to be proved, with the two things that show that the proof is worth something: a premise that can be reached
/// and a mutant of the model that breaks the property.
template <class Seen>
struct Property {
  using OfState = std::function<bool(const Seen&)>;
  using OfStep = std::function<bool(const Seen& before, Label, const Seen& after)>;

  std::string name;       ///< "run-needs-lock": lower case, words joined by hyphens
  std::string statement;  ///< one sentence in the specification's words
  std::vector<Rule> rules;
  Shape shape = Shape::always;
  OfState state = {};
  OfStep step = {};
  /// Without a reachable state (or, for Shape::step, a step) in which the premise is true, "holds" would say nothing.
  OfState premise = {};
  OfStep step_premise = {};
  std::string mutant = {};  ///< name of a model mutant that breaks it
  /// By label: whether steps with it can break `step` or fulfil `step_premise`. Empty: all can.
  std::vector<bool> concerns = {};
  bool only_changes = false;  ///< steps that change nothing can do neither
};

/// Steps that are not put off for ever. Weak: a run in which they stay possible takes one of them; strong: so does a
/// run in which they become possible again and again.
template <class State>
struct Fairness {
  std::string name;
  std::function<bool(const State&, Label)> steps;
  bool strong = false;
};

}  // namespace lockstep::verify
