// The world above the device: the baseline of each profile, every property in every part, one thread.
#include <benchmark/benchmark.h>

#include "benchmarks.hpp"
#include "host/check.hpp"

namespace lockstep::bench {
namespace {

void baseline(benchmark::State& state, host::Profile profile) {
  host::Setting setting;
  setting.profile = profile;
  setting.policies = host::defaults(profile);
  verify::Counts counts;
  for (auto _ : state) {
    host::Checker checker;
    for (const host::Property* property : host::properties()) checker.check(setting, *property);
    counts = checker.total();
  }
  state.counters["states"] = static_cast<double>(counts.states);
  state.counters["transitions"] = static_cast<double>(counts.transitions);
  state.counters["transitions_per_s"] =
      benchmark::Counter(static_cast<double>(counts.transitions), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["bytes_of_largest"] = static_cast<double>(counts.bytes);
}

}  // namespace

void register_host() {
  for (const host::Profile profile : host::profiles())
    benchmark::RegisterBenchmark(("host/" + std::string(host::name(profile))).c_str(), [profile](
                                                                                           benchmark::State& state) {
      baseline(state, profile);
    })->Unit(benchmark::kMillisecond);
}

}  // namespace lockstep::bench
