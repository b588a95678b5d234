#include <unistd.h>

#include "adapters/control.hpp"
#include "adapters/server.hpp"
#include "adapters/shim_server.hpp"
#include "adapters/target.hpp"
#include "commands.hpp"
#include "model.hpp"
#include "psk.hpp"
#include "runner/reference_device.hpp"

namespace lockstep::cli {
namespace {

constexpr std::string_view TCP_SCHEME = "tcp://", EMU_SCHEME = "emu://";

struct Options {
  std::string listen, transport, fault, control;
  std::vector<std::string> psks;
  std::uint64_t seed = 1;
  bool stdio = false;
};

/// Where to listen, and in which frames.
struct Place {
  adapters::Address address;
  bool over_tcp = false;  ///< DSP0287 itself, else the frames of spdm-emu
  adapters::Transport transport = adapters::Transport::pci_doe;
};

void tell(const std::string& what) { std::fprintf(stderr, "lockstep: %s\n", what.c_str()); }

Result<device::ResponderOptions, std::string> device_of(const Options& options) {
  device::ResponderOptions device;
  device.seed = options.seed;
  const auto psks = parse_psks(options.psks);
  if (!psks) return Unexpected{psks.error()};
  if (!options.psks.empty()) device.psks = psks->keys;
  if (!options.fault.empty()) {
    if (const auto unknown = unknown_fault(options.fault)) return Unexpected{*unknown};
    device.fault = options.fault;
  }
  return device;
}

Result<Place, std::string> place_of(const Options& options) {
  Place place;
  std::string_view listen = options.listen;
  place.over_tcp = listen.starts_with(TCP_SCHEME);
  if (place.over_tcp && !options.transport.empty() && options.transport != "tcp")
    return Unexpected{"--transport " + options.transport + ": tcp:// speaks SPDM over TCP"};
  const std::string usual = place.over_tcp ? "tcp" : "pci-doe";
  const auto transport = adapters::parse_transport(options.transport.empty() ? usual : options.transport);
  if (!transport) return Unexpected{transport.error()};
  place.transport = *transport;
  if (options.stdio) return place;
  if (place.over_tcp || listen.starts_with(EMU_SCHEME)) listen.remove_prefix(TCP_SCHEME.size());
  const bool tcp = place.transport == adapters::Transport::tcp;
  auto address = adapters::parse_address(listen, tcp ? wire::tcp::PORT : wire::emu::PORT);
  if (!address) return Unexpected{"--listen: " + address.error()};
  place.address = std::move(*address);
  return place;
}

template <class Server>
int listen(const Place& place, const device::ResponderOptions& options, const adapters::LocalDevice& device) {
  auto server = Server::listen({.address = place.address, .transport = place.transport, .note = tell});
  if (!server) return usage_error(server.error().why);
  const adapters::StopOnSignals stop(*server);
  const adapters::Address bound{place.address.host, server->port()};
  if (const int failed =
          print("listening on " + bound.text() + " over " + std::string(adapters::binding(place.transport).name) +
                (options.fault ? " with fault " + *options.fault : "") + "\n"))
    return failed;
  const auto end = server->run(device.respond);
  if (end) return PASSED;
  tell(end.error().why);
  return INCONCLUSIVE;
}

/// Null without --control.
Result<std::unique_ptr<adapters::ControlServer>, std::string> control_of(const std::string& path,
                                                                         const adapters::LocalDevice& device) {
  if (path.empty()) return std::unique_ptr<adapters::ControlServer>();
  return adapters::ControlServer::listen(path, device.inject);
}

int serve_stdio(const Place& place, const adapters::LocalDevice& device, const device::ResponderOptions& options) {
  const auto failed =
      adapters::serve_shim(STDIN_FILENO, STDOUT_FILENO, runner::reference_claims(options, place.transport), device);
  if (!failed) return PASSED;
  tell(*failed);
  return INCONCLUSIVE;
}

int serve(const Options& options) {
  if (options.fault == "list") return print(fault_table());
  if (options.listen.empty() != options.stdio) return usage_error("serve needs either --listen HOST:PORT or --stdio");
  const auto place = place_of(options);
  if (!place) return usage_error(place.error());
  auto settings = device_of(options);
  if (!settings) return usage_error(settings.error());
  if (options.stdio) *settings = runner::like_model(std::move(*settings));
  const auto device = adapters::locked(runner::reference_device(*settings, adapters::binding(place->transport)));
  const auto control = control_of(options.control, device);
  if (!control) return usage_error(control.error());
  if (options.stdio) return serve_stdio(*place, device, *settings);
  return place->over_tcp ? listen<adapters::TcpServer>(*place, *settings, device)
                         : listen<adapters::EmuServer>(*place, *settings, device);
}

}  // namespace

void add_serve(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("serve", "Serve the reference device on a socket, or as a shim");
  command
      ->add_option(
          "--listen", options->listen,
          "Address for the socket protocol of spdm-emu, tcp://HOST:PORT for SPDM over TCP; port 0 takes a free "
          "one")
      ->type_name("HOST:PORT");
  command->add_flag("--stdio", options->stdio, "Be a shim: frames on standard input and output (docs/shim.md)");
  command->add_option("--transport", options->transport, "pci-doe (default), mctp, tcp or none")->type_name("NAME");
  command
      ->add_option("--control", options->control,
                   "Unix socket to make for out-of-band stimuli; lockstep inject is its client")
      ->type_name("PATH");
  command->add_option("--fault", options->fault, "A fault that the device has; 'list' prints them")->type_name("NAME");
  command->add_option("--psk", options->psks, "Pre-shared key (default: that of DMTF's samples)")
      ->type_name("HINT=HEX")
      ->allow_extra_args(false);
  command->add_option("--seed", options->seed, "Of everything random (default 1)")->type_name("N");
  command->callback([options, &status] { status = serve(*options); });
}

}  // namespace lockstep::cli
