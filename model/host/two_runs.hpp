// Non-interference: two runs of the world that differ in one bit of the tenant's private data and in nothing else do
// the same, step by step; what everybody else sees must be the same.
#pragma once

#include "host/model.hpp"

namespace lockstep::host {

/// What host, wire and other tenants have seen of the bit.
enum class Seen : Byte { nothing, zero, one };

class TwoRuns {
 public:
  /// Two worlds, and what was seen in each.
  using State = verify::Packed<2 * host::State::WORDS + 1>;

  explicit TwoRuns(const Setting& setting) : model_(setting) {}

  State initial() const;
  template <class Sink>
  void successors(const State& state, Sink sink) const {
    model_.successors(world(state, 0), [&](verify::Label label, const host::State& left) {
      model_.successors(world(state, 1), [&](verify::Label other, const host::State& right) {
        if (label == other) sink(label, step(state, label, left, right));
      });
    });
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
  State step(const State& before, verify::Label, const host::State& left, const host::State& right) const;
  Seen see(const World& before, verify::Label, Seen so_far, bool bit) const;
  Model model_;
};

}  // namespace lockstep::host
