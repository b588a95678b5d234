#include "adapters/command_injector.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "adapters/child.hpp"
#include "adapters/shim.hpp"

namespace lockstep::adapters {
namespace {

/// What there is to read now, without waiting.
void read_more(const Socket& socket, std::string& printed) {
  std::array<char, 4096> chunk;
  for (ssize_t size = 1; size > 0;) {
    size = ::recv(socket.fd(), chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (size > 0) printed.append(chunk.data(), static_cast<std::size_t>(size));
    if (printed.size() > limits::injector_text) printed.erase(0, printed.size() - limits::injector_text);
  }
}

/// Reads while it runs, so that a command that prints much is not held up.
std::optional<std::string> wait(Child& child, const Socket& socket, Deadline deadline, std::string& printed) {
  auto pause = limits::first_retry;
  for (;;) {
    const auto fate = child.fate();
    read_more(socket, printed);
    if (fate || Clock::now() >= deadline) return fate;
    child.fate_within(pause);
    pause = std::min(2 * pause, limits::last_retry);
  }
}

std::string trimmed(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  return end == text.npos ? "" : text.substr(0, end + 1);
}

}  // namespace

Result<Injected, std::string> CommandInjector::inject(const Injection& injection) {
  const std::string line = command_ + " " + injection.stimulus + " " + std::to_string(injection.index);
  auto talking = Child::start_talking("exec 2>&1 </dev/null\n" + line, {});
  if (!talking) return Unexpected{talking.error()};
  std::string printed;
  const auto fate = wait(*talking->child, talking->socket, Clock::now() + patience_, printed);
  const auto status = talking->child->exit_status();
  if (status == 0) return Injected::done;
  if (status == EXIT_UNIMPLEMENTED) return Injected::unimplemented;
  const std::string how =
      fate ? "ended with " + *fate : "did not end within " + std::to_string(patience_.count()) + " ms";
  const std::string said = trimmed(printed);
  return Unexpected{"the injector '" + line + "' " + how + (said.empty() ? "" : ": " + said)};
}

}  // namespace lockstep::adapters
