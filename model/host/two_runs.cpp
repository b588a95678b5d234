#include "host/two_runs.hpp"

namespace lockstep::host {
namespace {

constexpr std::size_t WORDS = host::State::WORDS;

Seen seen(const TwoRuns::State& state, std::size_t run) {
  return static_cast<Seen>(state.words[2 * WORDS] >> (8 * run) & 0xFF);
}

TwoRuns::State join(const host::State& left, const host::State& right, Seen by_left, Seen by_right) {
  TwoRuns::State state;
  for (std::size_t i = 0; i < WORDS; ++i) state.words[i] = left.words[i], state.words[WORDS + i] = right.words[i];
  state.words[2 * WORDS] = static_cast<std::uint64_t>(by_left) | static_cast<std::uint64_t>(by_right) << 8;
  return state;
}

}  // namespace

host::State TwoRuns::world(const State& state, std::size_t run) {
  host::State one;
  for (std::size_t i = 0; i < WORDS; ++i) one.words[i] = state.words[run * WORDS + i];
  return one;
}

TwoRuns::State TwoRuns::initial() const {
  return join(model_.initial(), model_.initial(), Seen::nothing, Seen::nothing);
}

/// Where the tenant's data comes out: a device that still holds it writes it to memory that is another's, and a write
/// of the tenant's time arrives in another's. Memory itself is encrypted or scrubbed when it changes hands, and the
/// link is encrypted.
Seen TwoRuns::see(const World& before, verify::Label label, Seen so_far, bool bit) const {
  const std::string_view verb = model_.verb(label).name;
  const bool written = verb == "dma" && before.secret == Party::TVM1 && before.page != Party::TVM1;
  const bool arrived = verb == "let_write_arrive" && before.in_flight == Party::TVM1 && before.owner == Party::TVM2 &&
                       before.gate == Gate::PRIVATE;
  if (!written && !arrived) return so_far;
  return bit ? Seen::one : Seen::zero;
}

TwoRuns::State TwoRuns::step(const State& before, verify::Label label, const host::State& left,
                             const host::State& right) const {
  return join(left, right, see(unpack(world(before, 0)), label, seen(before, 0), false),
              see(unpack(world(before, 1)), label, seen(before, 1), true));
}

bool TwoRuns::look_alike(const State& state) {
  World left = unpack(world(state, 0)), right = unpack(world(state, 1));
  left.secret = right.secret = Party::nobody;  // inside the device
  return left == right && seen(state, 0) == seen(state, 1);
}

}  // namespace lockstep::host
