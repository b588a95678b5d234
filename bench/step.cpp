// One step of each machine, and of the device as a whole with an established session and a keyed stream.
#include <benchmark/benchmark.h>

#include "benchmarks.hpp"
#include "flow.hpp"

namespace lockstep::bench {
namespace {

template <class Step>
void add(const std::string& name, Step step) {
  benchmark::RegisterBenchmark(("step/" + name).c_str(), [step](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(step());
  })->MinTime(0.05);
}

}  // namespace

void register_step() {
  static device::Pair pair{{}};
  LOCKSTEP_ASSERT(set_up_session(pair, true, served_by(pair)) && prepare_lock(served_by(pair)));
  static const device::Control control = pair.control();
  static const device::Shape shape = pair.store.shape;
  const auto lock = device::letter(tdisp::Stimulus::LOCK_INTERFACE_REQUEST, 0);
  const auto start = device::letter(tdisp::Stimulus::START_INTERFACE_REQUEST, 0);  // refused: nothing is locked
  LOCKSTEP_ASSERT(device::step(shape, control, lock).after.tdis[0].state == tdisp::TdiState::CONFIG_LOCKED);
  LOCKSTEP_ASSERT(device::step(shape, control, start).after == control);

  add("tdisp::step/LOCK_INTERFACE_REQUEST",
      [l = std::get<device::TdispLetter>(lock.body).letter] { return tdisp::step(control.tdis[0], l); });
  add("ide_km::step/KEY_PROG",
      [l = ide_km::Letter{.stimulus = ide_km::Stimulus::KEY_PROG, .slot = {.k1 = true}, .session = 0}] {
        return ide_km::step(control.streams[0], l);
      });
  add("spdm::step/connection/GET_DIGESTS",
      [l = spdm::Letter{.stimulus = spdm::Stimulus::GET_DIGESTS}] { return spdm::step(control.connection, l); });
  add("spdm::step/session/HEARTBEAT",
      [l = spdm::Letter{.stimulus = spdm::Stimulus::HEARTBEAT}] { return spdm::step(control.sessions[0], l); });
  add("device::step/LOCK_INTERFACE_REQUEST", [lock] { return device::step(shape, control, lock); });
  add("device::step/START_INTERFACE_REQUEST refused", [start] { return device::step(shape, control, start); });
  add("device::options/LOCK_INTERFACE_REQUEST", [lock] { return device::options(shape, control, lock); });
}

}  // namespace lockstep::bench
