// Targets by their written form.
#pragma once

#include <filesystem>

#include "adapters/socket.hpp"
#include "adapters/transport.hpp"

namespace lockstep::adapters {

struct TargetOptions {
  std::string transport = "pci-doe";        ///< name of a binding, for emu://
  std::string spawn = {};                   ///< shell command that starts the target; empty: it runs already
  std::filesystem::path output = {};        ///< file for what the started target prints
  std::function<LocalDevice()> model = {};  ///< makes the built-in reference device: "model:"
};

/// "emu://HOST[:PORT]" (port 2323 when none is given, over TCP 4194), "tcp://HOST[:PORT]" (4194), "shim:COMMAND" or
/// "model:". The error is a sentence for the user and names what is nearest.
Result<std::unique_ptr<Target>, std::string> parse_target(std::string_view text, TargetOptions);
/// "HOST", "HOST:PORT", "[IPV6]:PORT"
Result<Address, std::string> parse_address(std::string_view text, std::uint16_t usual_port);
/// By name, with the nearest one in the error.
Result<Transport, std::string> parse_transport(std::string_view name);

}  // namespace lockstep::adapters
