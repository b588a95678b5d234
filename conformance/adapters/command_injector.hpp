// --injector COMMAND: the user's own way to make something happen to a device.
#pragma once

#include <chrono>

#include "adapters/injector.hpp"
#include "adapters/limits.hpp"

namespace lockstep::adapters {

/// Runs `COMMAND STIMULUS INDEX` in a shell for each stimulus, and waits for its end: exit status 0 is done, 89
/// unimplemented, anything else an error with what the command printed. What it leaves running is killed.
class CommandInjector : public Injector {
 public:
  explicit CommandInjector(std::string command, std::chrono::milliseconds patience = limits::inject)
      : command_(std::move(command)), patience_(patience) {}
  Result<Injected, std::string> inject(const Injection&) override;

 private:
  std::string command_;
  std::chrono::milliseconds patience_;
};

}  // namespace lockstep::adapters
