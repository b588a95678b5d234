// The explorer on the device model, side by side in one run with SPIN's pan on the exported model and with a plain
// breadth-first search over the same successors. A program of its own, because one run takes seconds and is the
// measure.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "verify/device_export.hpp"
#include "verify/explorer.hpp"

namespace lockstep::bench {
namespace {

using verify::Label;
using State = verify::Packed<1>;
using Model = verify::DeviceModel<1>;

/// `processor`: seconds of computing, which other work on the machine does not stretch.
struct Measure {
  std::uint64_t states = 0, changes = 0;
  double seconds = 0, processor = 0, bytes_per_state = 0;
  double rate() const { return static_cast<double>(changes) / processor; }
};

double processor_time(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Clock {
 public:
  explicit Clock(int who = RUSAGE_SELF) : who_(who) {}
  void stop(Measure& measure) const {
    measure.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    measure.processor = processor_time(who_) - processor_;
  }

 private:
  int who_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  double processor_ = processor_time(who_);
};

/// The yardstick: one thread, a table of states that is large enough from the start, parent links, nothing else.
Measure plain_search(const Model& model, std::uint64_t states) {
  const Clock clock;
  constexpr std::uint64_t EMPTY = ~std::uint64_t{0};
  std::size_t size = 1;
  while (size < states * 3 / 2) size *= 2;
  std::vector<std::uint64_t> table(size, EMPTY), queue;
  std::vector<std::uint32_t> parents;
  Measure measure;
  const auto insert = [&](const State& state, std::uint32_t parent) {
    std::size_t slot = verify::hash_of(state) & (size - 1);
    for (; table[slot] != EMPTY; slot = (slot + 1) & (size - 1))
      if (table[slot] == state.words[0]) return;
    table[slot] = state.words[0];
    queue.push_back(state.words[0]);
    parents.push_back(parent);
  };
  insert(model.initial(), 0);
  for (std::size_t i = 0; i < queue.size(); ++i)
    model.changes(State{{queue[i]}}, [&](const State& next) {
      ++measure.changes;
      insert(next, static_cast<std::uint32_t>(i));
    });
  measure.states = queue.size();
  clock.stop(measure);
  measure.bytes_per_state =
      static_cast<double>(size * 8 + queue.capacity() * 8 + parents.capacity() * 4) / static_cast<double>(queue.size());
  return measure;
}

Measure explorer(const Model& model, unsigned threads) {
  verify::Explorer search(model, {}, {.threads = threads});
  Measure measure;
  const Clock clock;
  search.run();
  clock.stop(measure);
  const verify::Counts counts = search.counts();
  measure.states = counts.states, measure.changes = counts.changes;
  measure.bytes_per_state = static_cast<double>(counts.bytes) / static_cast<double>(counts.states);
  return measure;
}

/// Exact, depth first, as fast as SPIN has it.
Measure spin(const verify::DeviceTables& tables) {
  const auto in = std::filesystem::temp_directory_path() / "lockstep-bench-spin";
  std::filesystem::create_directories(in);
  std::ofstream(in / "device.pml") << verify::as_promela(tables);
  const std::string cd = "cd " + in.string() + " && ";
  Measure measure;
  if (std::system((cd + "spin -a device.pml > /dev/null && cc -O2 -w -DSAFETY -DNOREDUCE -DMEMLIM=6000 -o pan pan.c")
                      .c_str()) != 0)
    return measure;
  const Clock clock(RUSAGE_CHILDREN);
  if (std::system((cd + "./pan -n -m10000000 -w24 > said").c_str()) != 0) return measure;
  clock.stop(measure);
  std::ifstream said(in / "said");
  for (std::string line; std::getline(said, line);) {
    if (line.find("states, stored") != std::string::npos) measure.states = std::stoull(line);
    if (line.find("transitions (") != std::string::npos) measure.changes = std::stoull(line);
    if (line.starts_with("State-vector ")) measure.bytes_per_state = std::stod(line.substr(13));
  }
  return measure;
}

void show(const char* what, const Measure& measure, const Measure& yardstick) {
  std::printf("%s\n", fmt::format("{:<28} {:>10} states {:>12} moves {:>7.2f} s, {:>6.2f} s of processor {:>8.2f} M "
                                  "moves/s {:>6.1f} bytes/state {:>6.2f} x",
                                  what, measure.states, measure.changes, measure.seconds, measure.processor,
                                  measure.rate() / 1e6, measure.bytes_per_state, measure.rate() / yardstick.rate())
                          .c_str());
}

int run() {
  const verify::DeviceScope scope{
      .shape = {.sessions = 2, .streams = 2, .tdis = 2}, .whole_key_sets = true, .symmetric = false};
  const verify::DeviceTables tables(scope);
  const verify::DeviceLayout layout(tables);
  const verify::DeviceMoves moves(tables);
  const std::vector<verify::Renaming> none;
  const Model model(tables, layout, moves, none);
  std::printf("%s\n(a move: a step that changes the state; steps that do not are left out everywhere)\n",
              describe(scope).c_str());
  const Measure one = explorer(model, 1);
  const Measure plain = plain_search(model, one.states);
  show("plain breadth first", plain, plain);
  show("explorer, 1 thread", one, plain);
  show("explorer, 2 threads", explorer(model, 2), plain);
  show("SPIN pan -O2 -DSAFETY", spin(tables), plain);
  return 0;
}

}  // namespace
}  // namespace lockstep::bench

int main() { return lockstep::bench::run(); }
