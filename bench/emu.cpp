// GET_VERSION round trips over loopback: against our server, and against a stock emulator where one is given.
#include "adapters/emu.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <thread>

#include "adapters/server.hpp"
#include "benchmarks.hpp"
#include "device/responder.hpp"

namespace lockstep::bench {
namespace {

using namespace std::chrono_literals;

/// The reference device, served in a thread.
class Served {
 public:
  Served()
      : thread_([this] { static_cast<void>(server_.run([this](const auto& packet) { return answer(packet); })); }) {}
  ~Served() {
    server_.stop();
    thread_.join();
  }
  adapters::Address address() const { return {"127.0.0.1", server_.port()}; }

 private:
  std::optional<adapters::Packet> answer(const adapters::Packet& packet) {
    auto answer = device_.receive({packet.secured, packet.payload});
    if (!answer) return std::nullopt;
    return adapters::Packet{answer->secured, std::move(answer->payload)};
  }

  device::Responder device_{{}, spdm::doe_records};
  adapters::EmuServer server_ = std::move(adapters::EmuServer::listen({.address = {"127.0.0.1", 0}}).value());
  std::thread thread_;
};

std::uint16_t stock_port() {
  const char* const port = std::getenv("LOCKSTEP_EMU_PORT");
  return port != nullptr ? static_cast<std::uint16_t>(std::atoi(port)) : wire::emu::PORT;
}

void round_trips(benchmark::State& state, adapters::EmuTarget& target) {
  const auto link = target.connect(target.can_restart());
  if (!link) return state.SkipWithError(link.error().why.c_str());
  const adapters::Packet get_version{false, {0x10, 0x84, 0x00, 0x00}};
  for (auto _ : state) {
    const auto answer = (*link)->exchange(get_version, 1s);
    const bool version = answer && *answer && (*answer)->payload.size() > 1 && (*answer)->payload[1] == 0x04;
    if (!version) return state.SkipWithError(answer ? "no VERSION came" : answer.error().why.c_str());
  }
  state.SetItemsProcessed(state.iterations());  // items_per_second: round trips
}

}  // namespace

void register_emu() {
  benchmark::RegisterBenchmark("emu/reference device/GET_VERSION",
                               [](benchmark::State& state) {
                                 const Served served;
                                 adapters::EmuTarget target({.address = served.address()});
                                 round_trips(state, target);
                               })
      ->UseRealTime()
      ->MinTime(1);

  static const char* const command = std::getenv("LOCKSTEP_EMU_SPAWN");
  if (command == nullptr) return;
  benchmark::RegisterBenchmark("emu/stock emulator/GET_VERSION",
                               [](benchmark::State& state) {
                                 adapters::EmuTarget target({.address = {"127.0.0.1", stock_port()}, .spawn = command});
                                 round_trips(state, target);
                               })
      ->UseRealTime()
      ->MinTime(1);
}

}  // namespace lockstep::bench
