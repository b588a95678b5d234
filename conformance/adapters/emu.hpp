// Implementations behind the socket of DMTF's spdm-emu, and everything else that speaks its frames.
#pragma once

#include "adapters/endpoint.hpp"
#include "adapters/frames.hpp"

namespace lockstep::adapters {

struct EmuOptions {
  Address address{"127.0.0.1", wire::emu::PORT};
  Transport transport = Transport::pci_doe;
  std::string spawn = {};             ///< shell command that starts the target; empty: it runs already
  std::filesystem::path output = {};  ///< file for what the target prints; empty: thrown away
  std::chrono::milliseconds frame = limits::frame;
  std::chrono::milliseconds handshake = limits::handshake;
  std::chrono::milliseconds start = limits::start;
};

/// Connects, says hello and, over DOE, runs discovery. Without a command, connect(true) only connects again.
/// A link that is destroyed says CONTINUE, without which the stock emulator ends with its connection. The emulator also
/// closes the connection (LinkError::closed) after messages that it cannot read, and accepts the next one.
class EmuTarget : public Target {
 public:
  explicit EmuTarget(EmuOptions options)
      : endpoint_({options.address, options.spawn, options.output, options.start}), options_(std::move(options)) {}

  std::string name() const override { return "emu://" + endpoint_.address().text(); }
  Result<std::unique_ptr<Link>, LinkError> connect(bool restart) override;
  bool can_restart() const override { return endpoint_.can_restart(); }

 private:
  Endpoint endpoint_;
  EmuOptions options_;
};

}  // namespace lockstep::adapters
