#include <benchmark/benchmark.h>

#include "benchmarks.hpp"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  lockstep::bench::register_wire();
  lockstep::bench::register_step();
  lockstep::bench::register_session();
  lockstep::bench::register_emu();
  lockstep::bench::register_host();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
