#include <unistd.h>

#include <map>

#include "adapters/control.hpp"
#include "adapters/server.hpp"
#include "adapters/shim_server.hpp"
#include "adapters/target.hpp"
#include "commands.hpp"
#include "identity.hpp"
#include "model.hpp"
#include "psk.hpp"
#include "runner/reference_device.hpp"

namespace lockstep::cli {
namespace {

constexpr std::string_view TCP_SCHEME = "tcp://", EMU_SCHEME = "emu://";

struct Options {
  std::string listen, transport, fault, control, mut_auth = "none", requester_chain, chain, key;
  std::vector<std::string> psks;
  std::uint64_t seed = 1;
  std::optional<std::uint32_t> data_transfer_size;
  bool stdio = false, basic_mut_auth = false, handshake_in_the_clear = false;
};

/// Where to listen, and in which frames.
struct Place {
  adapters::Address address;
  bool over_tcp = false;  ///< DSP0287 itself, else the frames of spdm-emu
  adapters::Transport transport = adapters::Transport::pci_doe;
};

void tell(const std::string& what) { std::fprintf(stderr, "lockstep: %s\n", what.c_str()); }

/// MutAuthRequested by the name of the option.
const std::map<std::string, spdm::MutAuth> MUT_AUTH{{"none", spdm::MutAuth::none},
                                                    {"provisioned", spdm::MutAuth::no_encapsulation},
                                                    {"encapsulated", spdm::MutAuth::encapsulated},
                                                    {"implicit-digests", spdm::MutAuth::implicit_get_digests}};

/// Who the device is, and how it authenticates the requester. The error says what is wrong with the options.
std::optional<std::string> choose_authentication(const Options& options, device::ResponderOptions& device) {
  auto identity = read_identity("--chain", options.chain, "--key", options.key);
  if (!identity) return identity.error();
  device.identity = std::move(*identity);
  device.basic_mutual_authentication = options.basic_mut_auth;
  device.handshake_in_the_clear = options.handshake_in_the_clear;
  device.mutual_authentication_by = MUT_AUTH.at(options.mut_auth);
  device.mutual_authentication = device.mutual_authentication_by != spdm::MutAuth::none;
  if ((options.mut_auth == "provisioned") == options.requester_chain.empty())
    return "--mut-auth provisioned and --requester-chain go together";
  if (options.requester_chain.empty()) return std::nullopt;
  auto certificates = read_certificates(options.requester_chain);
  if (!certificates) return "--requester-chain: " + certificates.error();
  device.requester_certificates = std::move(*certificates);
  return std::nullopt;
}

Result<device::ResponderOptions, std::string> device_of(const Options& options) {
  device::ResponderOptions device;
  device.seed = options.seed;
  device.data_transfer_size = options.data_transfer_size;
  if (const auto wrong = choose_authentication(options, device)) return Unexpected{*wrong};
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
  if (options.stdio && ::isatty(STDIN_FILENO) != 0)
    return usage_error(
        "serve --stdio is for programs, not for a terminal: lockstep test --target \"shim:lockstep serve --stdio\"");
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
  command->add_option("--chain", options->chain, "DER certificates of the device, root first (default: thrown away)")
      ->type_name("FILE");
  command->add_option("--key", options->key, "PEM of the key of the last certificate in --chain")->type_name("FILE");
  command
      ->add_option("--mut-auth", options->mut_auth,
                   "How KEY_EXCHANGE_RSP asks for mutual authentication: none (default), encapsulated, "
                   "implicit-digests, or provisioned")
      ->check(CLI::IsMember(MUT_AUTH))
      ->type_name("HOW");
  command
      ->add_option("--requester-chain", options->requester_chain,
                   "DER certificates of the requester, root first, for --mut-auth provisioned")
      ->type_name("FILE");
  command->add_flag("--basic-mut-auth", options->basic_mut_auth, "CHALLENGE_AUTH asks for mutual authentication");
  command->add_flag("--handshake-in-the-clear", options->handshake_in_the_clear, "Claims HANDSHAKE_IN_THE_CLEAR_CAP");
  command
      ->add_option("--data-transfer-size", options->data_transfer_size, "Claim CHUNK_CAP and receive so much at once")
      ->check(CLI::Range(42, 4608))
      ->type_name("BYTES");
  command->add_option("--seed", options->seed, "Of everything random (default 1)")->type_name("N");
  command->callback([options, &status] { status = serve(*options); });
}

}  // namespace lockstep::cli
