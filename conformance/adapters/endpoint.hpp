// An address, and the process that is started behind it.
#pragma once

#include <filesystem>

#include "adapters/fate.hpp"
#include "adapters/socket.hpp"

namespace lockstep::adapters {

struct EndpointOptions {
  Address address;
  std::string spawn = {};             ///< shell command that starts the target; empty: it runs already
  std::filesystem::path output = {};  ///< file for what the target prints; empty: thrown away
  std::chrono::milliseconds start = limits::start;
};

class Endpoint {
 public:
  explicit Endpoint(EndpointOptions options) : options_(std::move(options)) {}
  ~Endpoint() {
    if (child_) child_->stop();
  }
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  bool can_restart() const { return !options_.spawn.empty(); }
  const Address& address() const { return options_.address; }
  /// Starts the process where there is a command and it does not run, or `restart` is asked for; then connects.
  Result<Socket, LinkError> connect(bool restart);
  /// For links: they look at it to tell a death from a lost connection.
  Fate fate() const { return {child_, output_hint(options_.output)}; }

 private:
  std::optional<LinkError> start();
  Result<Socket, LinkError> reach();

  EndpointOptions options_;
  std::shared_ptr<Child> child_;
};

}  // namespace lockstep::adapters
