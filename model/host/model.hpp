// The world as a model for the explorer (verify/model.hpp).
#pragma once

#include "host/mutant.hpp"
#include "host/property.hpp"

namespace lockstep::host {

class Model {
 public:
  using State = host::State;

  explicit Model(const Setting& setting) : setting_(setting), verbs_(verbs(setting)) {}

  State initial() const;
  template <class Sink>
  void successors(const State& state, Sink sink) const {
    const World before = unpack(state);
    for (verify::Label label = 0; label < verbs_.size(); ++label) {
      const Verb& verb = *verbs_[label];
      const bool spoilt = setting_.mutant != nullptr && setting_.mutant->row == &verb;
      if (!(spoilt ? enabled(*setting_.mutant, before, setting_) : verb.guard(before, setting_))) continue;
      World after = before;
      spoilt ? perform(*setting_.mutant, after, setting_) : verb.effect(after, setting_);
      sink(label, pack(after));
    }
  }
  State canonical(const State& state) const { return state; }
  verify::Message message(const State& state, verify::Label label) const;
  std::string describe(const State& state) const;

  const Setting& setting() const { return setting_; }
  std::size_t labels() const { return verbs_.size(); }
  const Verb& verb(verify::Label label) const { return *verbs_[label]; }
  /// A property as the explorer asks it.
  verify::Property<State> ask(const Property&) const;
  std::vector<verify::Fairness<State>> fairness(const Property&) const;

 private:
  Setting setting_;
  std::vector<const Verb*> verbs_;
};

}  // namespace lockstep::host
