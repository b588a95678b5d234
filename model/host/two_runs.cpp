#include "host/two_runs.hpp"

namespace lockstep::host {
namespace {

constexpr std::size_t WORDS = host::State::WORDS;

/// What is inside the tenant or the device.
World as_seen_by_others(World world) {
  world.bit = false;
  world.secret = Party::nobody;
  return world;
}

}  // namespace

TwoRuns::State TwoRuns::join(const host::State& left, const host::State& right, bool parted) {
  State state;
  for (std::size_t i = 0; i < WORDS; ++i) state.words[i] = left.words[i], state.words[WORDS + i] = right.words[i];
  state.words[2 * WORDS] = parted ? 1 : 0;
  return state;
}

host::State TwoRuns::world(const State& state, std::size_t run) {
  host::State one;
  for (std::size_t i = 0; i < WORDS; ++i) one.words[i] = state.words[run * WORDS + i];
  return one;
}

bool TwoRuns::parted(const State& state) { return state.words[2 * WORDS] != 0; }

TwoRuns::State TwoRuns::initial() const {
  World other = unpack(model_.initial());
  other.bit = true;
  return join(model_.initial(), pack(other), false);
}

std::vector<std::optional<host::State>> TwoRuns::after(const host::State& state) const {
  std::vector<std::optional<host::State>> found(model_.labels());
  model_.successors(state, [&](verify::Label label, const host::State& next) { found[label] = next; });
  return found;
}

bool TwoRuns::look_alike(const State& state) {
  return !parted(state) && as_seen_by_others(unpack(world(state, 0))) == as_seen_by_others(unpack(world(state, 1)));
}

}  // namespace lockstep::host
