// Non-interference: two runs of the world that differ in one bit of the tenant's private data and in nothing else do
// the same, step by step; what everybody else can do and see must be the same.
#pragma once

#include <optional>

#include "host/model.hpp"

namespace lockstep::host {

class TwoRuns {
 public:
  /// Two worlds, and whether one run has done what the other could not.
  using State = verify::Packed<2 * host::State::WORDS + 1>;

  explicit TwoRuns(const Setting& setting) : model_(setting) {}

  State initial() const;
  template <class Sink>
  void successors(const State& state, Sink sink) const {
    const host::State left = world(state, 0), right = world(state, 1);
    if (parted(state)) return;
    std::vector<std::optional<host::State>> after_left = after(left), after_right = after(right);
    for (verify::Label label = 0; label < after_left.size(); ++label) {
      const auto &one = after_left[label], &other = after_right[label];
      if (one || other)
        sink(label, join(one.value_or(left), other.value_or(right), one.has_value() != other.has_value()));
    }
  }
  State canonical(const State& state) const { return state; }
  verify::Message message(const State& state, verify::Label label) const {
    return model_.message(world(state, 0), label);
  }
  std::string describe(const State& state) const { return model_.describe(world(state, 0)); }

  const Model& model() const { return model_; }
  static host::State world(const State&, std::size_t run);
  /// Whether the runs look the same to all but the tenant.
  static bool look_alike(const State&);

 private:
  static bool parted(const State&);
  static State join(const host::State& left, const host::State& right, bool parted);
  /// By label; none: the step cannot be made.
  std::vector<std::optional<host::State>> after(const host::State&) const;
  Model model_;
};

}  // namespace lockstep::host
