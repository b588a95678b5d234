// Small models whose answers are known from elsewhere.
#pragma once

#include "verify/model.hpp"

namespace lockstep::verify {

/// Two jugs, a tap and a drain; how to measure an amount. With `twins`, both jugs have the same size and are
/// interchangeable.
struct Jugs {
  struct State : Packed<1> {
    std::uint64_t left() const { return get(0, 8); }
    std::uint64_t right() const { return get(8, 8); }
  };
  std::uint64_t left_size = 3, right_size = 5;
  bool symmetric = false;

  static State of(std::uint64_t left, std::uint64_t right) {
    State state;
    state.set(0, 8, left);
    state.set(8, 8, right);
    return state;
  }
  State initial() const { return of(0, 0); }
  template <class Sink>
  void successors(const State& s, Sink&& sink) const {
    const std::uint64_t l = s.left(), r = s.right();
    sink(Label{0}, of(left_size, r));
    sink(Label{1}, of(l, right_size));
    sink(Label{2}, of(0, r));
    sink(Label{3}, of(l, 0));
    const std::uint64_t to_right = std::min(l, right_size - r), to_left = std::min(r, left_size - l);
    sink(Label{4}, of(l - to_right, r + to_right));
    sink(Label{5}, of(l + to_left, r - to_left));
  }
  State canonical(const State& s) const { return symmetric && s.left() > s.right() ? of(s.right(), s.left()) : s; }
  Message message(const State&, Label label) const {
    constexpr const char* TEXTS[] = {"fill left",   "fill right",         "empty left",
                                     "empty right", "pour left to right", "pour right to left"};
    return {"hand", "jugs", TEXTS[label]};
  }
  std::string describe(const State& s) const { return std::to_string(s.left()) + "/" + std::to_string(s.right()); }
};

/// The eight-puzzle: 9!/2 positions can be reached, the farthest by 31 moves (Reinefeld 1993). State: tile of each
/// place, 4 bits each, 0 is the hole.
struct EightPuzzle {
  using State = Packed<1>;
  State initial() const { return {{0x876543210}}; }
  template <class Sink>
  void successors(const State& s, Sink&& sink) const {
    std::size_t hole = 0;
    while (s.get(4 * hole, 4) != 0) ++hole;
    const auto slide = [&](std::size_t from) {
      State next = s;
      next.set(4 * hole, 4, s.get(4 * from, 4));
      next.set(4 * from, 4, 0);
      sink(static_cast<Label>(from), next);
    };
    if (hole >= 3) slide(hole - 3);
    if (hole < 6) slide(hole + 3);
    if (hole % 3 != 0) slide(hole - 1);
    if (hole % 3 != 2) slide(hole + 1);
  }
  State canonical(const State& s) const { return s; }
  Message message(const State&, Label from) const { return {"hand", "board", "slide from " + std::to_string(from)}; }
  std::string describe(const State& s) const { return std::to_string(s.words[0]); }
};

}  // namespace lockstep::verify
