// A target to be started by tests: answers every packet with itself, dies on request.
// usage: adapters_peer PORT [WORD...]; the words are printed
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "adapters/server.hpp"

int main(int count, char** arguments) {
  using namespace lockstep::adapters;
  for (int i = 2; i < count; ++i) std::puts(arguments[i]);
  std::fflush(stdout);
  const auto port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
  auto server = EmuServer::listen({.address = {"127.0.0.1", port}});
  if (!server) return 1;
  int served = 0;
  const auto end = server->run([&served](const Packet& packet) -> std::optional<Packet> {
    ++served;
    if (packet.payload[0] == 0xDD) std::raise(SIGKILL);
    if (packet.payload[0] == 0xDE) std::_Exit(3);
    if (packet.payload[0] == 0xCC) return Packet{false, {static_cast<lockstep::Byte>(served), 0, 0, 0}};
    return packet;
  });
  return end ? 0 : 1;
}
