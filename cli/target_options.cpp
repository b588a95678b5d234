#include "target_options.hpp"

#include <random>

#include "adapters/claims.hpp"
#include "adapters/command_injector.hpp"
#include "adapters/target.hpp"
#include "identity.hpp"
#include "model.hpp"
#include "psk.hpp"
#include "runner/reference_device.hpp"

namespace lockstep::cli {
namespace {

std::optional<std::string> contradiction(const TargetOptions& options) {
  if (!options.is_model() && !options.fault.empty())
    return "--fault is for the reference device: it goes with --target model: (or with lockstep serve)";
  const TargetOptions usual;
  const bool addressed = options.function_id != usual.function_id || options.stream_id != usual.stream_id ||
                         options.port_index != usual.port_index;
  const bool transported = options.transport != usual.transport;
  if (options.is_model() && (addressed || transported))
    return "--transport, --function-id, --stream-id and --port-index are for other targets: model: has its own";
  const bool described = options.kind != usual.kind || options.patience != usual.patience;
  if (options.is_shim() && (addressed || transported || described))
    return "--transport, --function-id, --stream-id, --port-index, --kind and --patience are for other targets: a shim "
           "says in its hello what it has";
  if (options.is_tcp() && transported && options.transport != "tcp")
    return "--transport " + options.transport + ": tcp:// speaks SPDM over TCP";
  if (options.is_model() && !options.fault.empty()) return unknown_fault(options.fault);
  return std::nullopt;
}

Result<runner::Profile, std::string> profile_of(const TargetOptions& options, const Psks& psks) {
  runner::Profile profile;
  const bool root_complex = options.kind == "rciep";
  profile.shape.kind = root_complex ? device::Kind::root_complex_integrated : device::Kind::endpoint_with_ide;
  profile.streams = {{static_cast<Byte>(options.stream_id), static_cast<Byte>(options.port_index)}};
  const auto function_id = from_hex(std::string(options.function_id.size() % 2, '0') + options.function_id);
  if (!function_id || function_id->empty() || function_id->size() > 4)
    return Unexpected{std::string("--function-id expects 1 to 8 hexadecimal digits, for example BEEF")};
  profile.function_ids = {static_cast<std::uint32_t>(read_be(*function_id))};
  if (options.is_model()) {
    const device::Shape shape = runner::like_model({}).shape;
    profile.shape.tdis = shape.tdis;
    profile.shape.streams = shape.streams;
    profile.settling = {};  // it follows at once
    profile.streams.push_back({static_cast<Byte>(options.stream_id + 1), static_cast<Byte>(options.port_index)});
    profile.function_ids.push_back(profile.function_ids.front() + 1);
  }
  auto identity = read_identity("--requester-chain", options.requester_chain, "--requester-key", options.requester_key);
  if (!identity) return Unexpected{identity.error()};
  profile.requester.identity = std::move(*identity);
  profile.requester.data_transfer_size = options.data_transfer_size;
  profile.requester.handshake_in_the_clear = options.handshake_in_the_clear;
  profile.patience = std::chrono::milliseconds(options.patience);
  profile.long_patience = 10 * profile.patience;
  profile.psk = psks.keys;
  profile.requester.psk_hint = psks.hint;
  profile.requester.highest_version = static_cast<Byte>(0x10 + (options.max_version.back() - '0'));
  profile.requester.seed = options.seed;
  profile.tdisp = profile.ide_km = options.transport == "pci-doe" && !options.is_tcp();
  profile.sessions = options.transport != "none";
  return profile;
}

/// What a target says of itself goes before what is usual.
std::optional<std::string> take(const adapters::Claims& claims, runner::Profile& profile) {
  if (claims.function_ids.size() > device::MAX_TDIS || claims.streams.size() > device::MAX_STREAMS)
    return "the target claims " + std::to_string(claims.function_ids.size()) + " TDIs and " +
           std::to_string(claims.streams.size()) + " IDE streams; this version tests at most " +
           std::to_string(device::MAX_TDIS) + " of each";
  profile.tdisp = !claims.function_ids.empty();
  profile.ide_km = !claims.streams.empty();
  profile.sessions = claims.transport != adapters::Transport::none;
  profile.patience = profile.long_patience = claims.patience;
  profile.shape.kind =
      claims.root_complex_integrated ? device::Kind::root_complex_integrated : device::Kind::endpoint_with_ide;
  if (profile.tdisp) {
    profile.function_ids = claims.function_ids;
    profile.shape.tdis = static_cast<Byte>(claims.function_ids.size());
  }
  if (!profile.ide_km) return std::nullopt;
  profile.streams.clear();
  for (const auto& stream : claims.streams) profile.streams.push_back({stream.stream_id, stream.port_index});
  profile.shape.streams = static_cast<Byte>(claims.streams.size());
  return std::nullopt;
}

/// The reference device and its tester share the sample key unless another one is given.
Result<Psks, std::string> keys_of(const TargetOptions& options) {
  if (!options.psks.empty() || !options.is_model()) return parse_psks(options.psks);
  Psks psks{device::sample_psks(), {}};
  if (!psks.keys.empty()) psks.hint = psks.keys.begin()->first;
  return psks;
}

Result<std::unique_ptr<adapters::Target>, std::string> target_of(const TargetOptions& options,
                                                                 const runner::Profile& profile,
                                                                 std::filesystem::path output) {
  device::ResponderOptions device;
  device.shape = profile.shape;
  device.seed = options.seed;
  device.psks = profile.psk;
  device.data_transfer_size = options.data_transfer_size;
  device.handshake_in_the_clear = options.handshake_in_the_clear;
  if (!options.fault.empty()) device.fault = options.fault;
  adapters::TargetOptions target{.transport = options.transport, .spawn = options.spawn, .output = std::move(output)};
  target.model = [device = runner::like_model(device)] {
    return runner::reference_device_behind(device, adapters::Transport::pci_doe);
  };
  return adapters::parse_target(options.target, std::move(target));
}

std::string transport_name(const TargetOptions& options) {
  if (options.is_model()) return "memory";
  return options.is_tcp() ? "tcp" : options.transport;
}

}  // namespace

Result<Chosen, std::string> choose(const TargetOptions& options, std::filesystem::path output) {
  if (const auto wrong = contradiction(options)) return Unexpected{*wrong};
  const auto psks = keys_of(options);
  if (!psks) return Unexpected{psks.error()};
  auto profile = profile_of(options, *psks);
  if (!profile) return Unexpected{profile.error()};
  // A file that cannot be made is said by whoever wants to write it.
  std::error_code ignored;
  if (!output.empty()) std::filesystem::create_directories(output.parent_path(), ignored);
  auto target = target_of(options, *profile, std::move(output));
  if (!target) return Unexpected{target.error()};
  Chosen chosen{std::move(*profile), std::move(*target), nullptr, transport_name(options)};
  // A target that cannot even say what it is has no verdict, and the run says why: this is no matter of options.
  if (const auto claims = chosen.target->claims(); claims && *claims) {
    if (const auto wrong = take(**claims, chosen.profile)) return Unexpected{*wrong};
    chosen.transport = adapters::binding((*claims)->transport).name;
  }
  if (!options.injector.empty()) {
    chosen.injector = std::make_unique<adapters::CommandInjector>(options.injector);
    chosen.profile.injector = chosen.injector.get();
  }
  return chosen;
}

std::string quoted(const std::string& word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@%+";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string arguments(const TargetOptions& options) {
  std::string text;
  const auto add = [&](const char* name, const std::string& value, const std::string& usual) {
    if (value != usual) text += std::string(" ") + name + " " + quoted(value);
  };
  const TargetOptions usual;
  add("--target", options.target, usual.target);
  add("--spawn", options.spawn, usual.spawn);
  add("--transport", options.transport, usual.transport);
  add("--injector", options.injector, usual.injector);
  add("--fault", options.fault, usual.fault);
  add("--kind", options.kind, usual.kind);
  add("--max-version", options.max_version, usual.max_version);
  add("--function-id", options.function_id, usual.function_id);
  add("--stream-id", std::to_string(options.stream_id), std::to_string(usual.stream_id));
  add("--port-index", std::to_string(options.port_index), std::to_string(usual.port_index));
  add("--requester-chain", options.requester_chain, usual.requester_chain);
  add("--requester-key", options.requester_key, usual.requester_key);
  if (options.patience != usual.patience) text += " --patience " + std::to_string(options.patience);
  if (options.data_transfer_size) text += " --data-transfer-size " + std::to_string(*options.data_transfer_size);
  if (options.handshake_in_the_clear) text += " --handshake-in-the-clear";
  for (const std::string& psk : options.psks) add("--psk", without_key(psk), "");
  return text;
}

std::uint64_t seed_or_random(std::optional<std::uint64_t> given) {
  if (given) return *given;
  std::random_device source;
  return source();
}

void add_target_options(CLI::App& command, TargetOptions& options) {
  command
      .add_option(
          "--target", options.target,
          "emu://HOST:PORT (spdm-emu), tcp://HOST:PORT (DSP0287), shim:COMMAND (docs/shim.md), or model: for the "
          "built-in reference device (default)")
      ->type_name("TARGET");
  command.add_option("--spawn", options.spawn, "Command that starts the target; it is started anew when needed")
      ->type_name("COMMAND");
  command.add_option("--transport", options.transport, "Of emu://: pci-doe (default), mctp, tcp or none")
      ->type_name("NAME");
  command
      .add_option("--injector", options.injector,
                  "Called as COMMAND STIMULUS INDEX to make something happen to the device that is no message")
      ->type_name("COMMAND");
  command.add_option("--psk", options.psks, "Pre-shared key, in hexadecimal or in a file; PSK cases need one")
      ->type_name("HINT=HEX|HINT=@FILE")
      ->allow_extra_args(false);
  command.add_option("--function-id", options.function_id, "FUNCTION_ID of the TDI under test (default BEEF)")
      ->type_name("HEX");
  command.add_option("--stream-id", options.stream_id, "Its IDE stream (default 0)")
      ->check(CLI::Range(0, 255))
      ->type_name("N");
  command.add_option("--port-index", options.port_index, "Port of that stream (default 1)")
      ->check(CLI::Range(0, 255))
      ->type_name("N");
  command.add_option("--kind", options.kind, "endpoint (default), or rciep: inside the root complex, without IDE")
      ->check(CLI::IsMember({"endpoint", "rciep"}))
      ->type_name("KIND");
  command.add_option("--max-version", options.max_version, "Highest SPDM version to negotiate (default 1.4)")
      ->check(CLI::IsMember({"1.0", "1.1", "1.2", "1.3", "1.4"}))
      ->type_name("VERSION");
  command
      .add_option("--requester-chain", options.requester_chain,
                  "DER certificates of the requester, root first, for mutual authentication (default: thrown away)")
      ->type_name("FILE");
  command.add_option("--requester-key", options.requester_key, "PEM of the key of the last certificate in that chain")
      ->type_name("FILE");
  command
      .add_option("--data-transfer-size", options.data_transfer_size,
                  "Claim CHUNK_CAP and receive so much at once (default: 65536 and no chunks)")
      ->check(CLI::Range(42, 65536))
      ->type_name("BYTES");
  command
      .add_option("--patience", options.patience,
                  "How long an answer may take, besides the time for cryptography that the target claims (default "
                  "1000); ten times as long where no answer breaks a rule")
      ->check(CLI::Range(1, 3600000))
      ->type_name("MS");
  command.add_flag("--handshake-in-the-clear", options.handshake_in_the_clear, "Claim HANDSHAKE_IN_THE_CLEAR_CAP");
  command.add_option("--fault", options.fault, "A fault that the reference device has; see serve --fault list")
      ->type_name("NAME");
}

}  // namespace lockstep::cli
