#include "adapters/server.hpp"
#include "adapters/target.hpp"
#include "commands.hpp"
#include "model.hpp"
#include "psk.hpp"

namespace lockstep::cli {
namespace {

struct Options {
  std::string listen, transport = "pci-doe", fault;
  std::vector<std::string> psks;
  std::uint64_t seed = 1;
};

int serve(const Options& options) {
  if (options.fault == "list") return print(fault_table());
  if (options.listen.empty()) return usage_error("serve needs --listen HOST:PORT");
  auto address = adapters::parse_address(options.listen);
  if (!address) return usage_error("--listen: " + address.error());
  const auto transport = adapters::parse_transport(options.transport);
  if (!transport) return usage_error(transport.error());
  const auto psks = parse_psks(options.psks);
  if (!psks) return usage_error(psks.error());
  device::ResponderOptions device;
  device.seed = options.seed;
  if (!options.psks.empty()) device.psks = psks->keys;
  if (!options.fault.empty()) {
    if (const auto unknown = unknown_fault(options.fault)) return usage_error(*unknown);
    device.fault = options.fault;
  }

  auto server =
      adapters::EmuServer::listen({.address = *address, .transport = *transport, .note = [](const auto& what) {
                                     std::fprintf(stderr, "lockstep: %s\n", what.c_str());
                                   }});
  if (!server) return usage_error(server.error().why);
  const adapters::StopOnSignals stop(*server);
  address->port = server->port();
  if (const int failed = print("listening on " + address->text() + " over " + options.transport +
                               (device.fault ? " with fault " + *device.fault : "") + "\n"))
    return failed;
  const auto end = server->run(reference_device(device, adapters::binding(*transport)).respond);
  if (end) return PASSED;
  std::fprintf(stderr, "lockstep: %s\n", end.error().why.c_str());
  return INCONCLUSIVE;
}

}  // namespace

void add_serve(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("serve", "Serve the reference device over the socket protocol of spdm-emu");
  command->add_option("--listen", options->listen, "Address; port 0 takes a free one")->type_name("HOST:PORT");
  command->add_option("--transport", options->transport, "pci-doe, mctp or none")->type_name("NAME");
  command->add_option("--fault", options->fault, "A fault that the device has; 'list' prints them")->type_name("NAME");
  command->add_option("--psk", options->psks, "Pre-shared key (default: that of DMTF's samples)")
      ->type_name("HINT=HEX")
      ->allow_extra_args(false);
  command->add_option("--seed", options->seed, "Of everything random (default 1)")->type_name("N");
  command->callback([options, &status] { status = serve(*options); });
}

}  // namespace lockstep::cli
