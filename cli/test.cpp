#include <unistd.h>

#include <chrono>
#include <csignal>
#include <random>

#include "adapters/child.hpp"
#include "adapters/target.hpp"
#include "commands.hpp"
#include "model.hpp"
#include "psk.hpp"
#include "report/json_report.hpp"
#include "report/progress.hpp"
#include "report/text.hpp"
#include "report/trace.hpp"
#include "report_file.hpp"
#include "selection.hpp"

namespace lockstep::cli {
namespace {

constexpr std::string_view MODEL = "model:";
constexpr std::string_view FUNCTION_ID = "BEEF";  // these three: what spdm-emu and the reference device have
constexpr unsigned STREAM_ID = 0, PORT_INDEX = 1;

struct Options {
  std::string target{MODEL}, spawn, transport = "pci-doe", trace, fault, kind = "endpoint", max_version = "1.4";
  std::vector<std::string> filters, reports, psks;
  std::string function_id{FUNCTION_ID};
  unsigned stream_id = STREAM_ID, port_index = PORT_INDEX;
  std::optional<std::uint64_t> seed;
  bool strict = false;

  bool is_model() const { return target == MODEL; }
};

std::atomic<bool> interrupted{false};

/// The first signal lets the case that runs come to its end, the second one does not.
void on_signal(int number) {
  if (!interrupted.exchange(true)) return;
  adapters::kill_children();
  ::_exit(128 + number);
}

void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

std::uint64_t random_seed() {
  std::random_device source;
  return source();  // 32 bits: a number that a person can type
}

std::string quoted(const std::string& word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@%+";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// The command that runs the same again; a filter may follow it.
std::string again(const Options& options) {
  std::string text = "lockstep test";
  const auto add = [&](const char* name, const std::string& value, const std::string& usual) {
    if (value != usual) text += std::string(" ") + name + " " + quoted(value);
  };
  const Options usual;
  add("--target", options.target, usual.target);
  add("--spawn", options.spawn, usual.spawn);
  add("--transport", options.transport, usual.transport);
  add("--fault", options.fault, usual.fault);
  add("--kind", options.kind, usual.kind);
  add("--max-version", options.max_version, usual.max_version);
  add("--function-id", options.function_id, usual.function_id);
  add("--stream-id", std::to_string(options.stream_id), std::to_string(STREAM_ID));
  add("--port-index", std::to_string(options.port_index), std::to_string(PORT_INDEX));
  for (const std::string& psk : options.psks) add("--psk", psk, "");
  if (options.strict) text += " --strict";
  return text + " --seed " + std::to_string(*options.seed);
}

std::optional<std::string> contradiction(const Options& options) {
  if (!options.is_model() && !options.fault.empty())
    return "--fault is for the reference device: it goes with --target model: (or with lockstep serve)";
  const Options usual;
  const bool addressed = options.function_id != usual.function_id || options.stream_id != usual.stream_id ||
                         options.port_index != usual.port_index;
  if (options.is_model() && (addressed || options.transport != usual.transport))
    return "--transport, --function-id, --stream-id and --port-index are for other targets: model: has its own";
  if (options.is_model() && !options.fault.empty()) return unknown_fault(options.fault);
  return std::nullopt;
}

Result<runner::Profile, std::string> profile_of(const Options& options, const Psks& psks) {
  runner::Profile profile;
  const bool root_complex = options.kind == "rciep";
  profile.shape.kind = root_complex ? device::Kind::root_complex_integrated : device::Kind::endpoint_with_ide;
  profile.streams = {{static_cast<Byte>(options.stream_id), static_cast<Byte>(options.port_index)}};
  const auto function_id = from_hex(std::string(options.function_id.size() % 2, '0') + options.function_id);
  if (!function_id || function_id->empty() || function_id->size() > 4)
    return Unexpected{std::string("--function-id expects 1 to 8 hexadecimal digits, for example BEEF")};
  profile.function_ids = {static_cast<std::uint32_t>(read_be(*function_id))};
  if (options.is_model()) {
    profile.shape.tdis = 2;  // one TDI never moves another: that takes two
    profile.function_ids.push_back(profile.function_ids.front() + 1);
  }
  profile.psk = psks.keys;
  profile.requester.psk_hint = psks.hint;
  profile.requester.highest_version = static_cast<Byte>(0x10 + (options.max_version.back() - '0'));
  profile.requester.seed = *options.seed;
  profile.tdisp = profile.ide_km = options.transport == "pci-doe";
  profile.sessions = options.transport != "none";
  return profile;
}

/// The reference device and its tester share the sample key unless another one is given.
Result<Psks, std::string> keys_of(const Options& options) {
  if (!options.psks.empty() || !options.is_model()) return parse_psks(options.psks);
  Psks psks{device::sample_psks(), {}};
  if (!psks.keys.empty()) psks.hint = psks.keys.begin()->first;
  return psks;
}

Result<std::unique_ptr<adapters::Target>, std::string> target_of(const Options& options,
                                                                 const runner::Profile& profile) {
  device::ResponderOptions device;
  device.shape = profile.shape;
  device.seed = *options.seed;
  device.psks = profile.psk;
  device.mutual_authentication = true;
  if (!options.fault.empty()) device.fault = options.fault;
  adapters::TargetOptions target{.transport = options.transport, .spawn = options.spawn};
  if (!options.trace.empty()) target.output = std::filesystem::path(options.trace) / "target.log";
  target.model = [device] { return reference_device(device, adapters::binding(adapters::Transport::pci_doe)); };
  return adapters::parse_target(options.target, std::move(target));
}

int finish(const Options& options, const runner::Run& run, const report::Tracer* tracer,
           const std::vector<ReportFile>& files) {
  const report::Style style = report::Style::of(stdout);
  std::string text = "\n";
  for (const runner::CaseResult& result : run.results)
    if (result.verdict == runner::Verdict::fail || (options.strict && result.verdict == runner::Verdict::warn))
      text += report::details(result, style) + "\n";
  int status = print(text + report::summary(run, style) + report::repeat_commands(run), run.exit_code());
  if (tracer != nullptr && tracer->error()) {
    std::fprintf(stderr, "lockstep: traces are missing: %s\n", tracer->error()->c_str());
    status = with_trouble(status);
  }
  return write_reports(files, report::json_report(run), report::text_report(run), status);
}

int test(Options options) {
  if (!options.seed) options.seed = random_seed();
  auto selection = select_cases(options.filters);
  if (!selection) return usage_error(selection.error());
  const auto files = parse_report_files(options.reports);
  if (!files) return usage_error(files.error());
  if (const auto wrong = contradiction(options)) return usage_error(*wrong);
  const auto psks = keys_of(options);
  if (!psks) return usage_error(psks.error());
  const auto profile = profile_of(options, *psks);
  if (!profile) return usage_error(profile.error());
  auto target = target_of(options, *profile);
  if (!target) return usage_error(target.error());

  std::fprintf(stderr, "lockstep %s: %zu cases against %s, seed %llu\n", LOCKSTEP_VERSION, selection->size(),
               (*target)->name().c_str(), static_cast<unsigned long long>(*options.seed));
  report::Progress progress(selection->size());
  std::optional<report::Tracer> tracer;
  report::Observers observers;
  observers.add(progress);
  if (!options.trace.empty()) {
    tracer.emplace(options.trace, report::TraceHeader{LOCKSTEP_VERSION, (*target)->name(), *options.seed},
                   profile->shape);
    observers.add(*tracer);
  }
  stop_on_signals();
  auto run = runner::run(**target, *profile, std::move(*selection),
                         {.strict = options.strict, .again = again(options), .stop = &interrupted}, observers);
  run.tool_version = LOCKSTEP_VERSION;
  run.transport = options.is_model() ? "memory" : options.transport;
  run.spdm_version = progress.spdm_version();
  return finish(options, run, tracer ? &*tracer : nullptr, *files);
}

void add_target_options(CLI::App& command, Options& options) {
  command
      .add_option("--target", options.target, "emu://HOST:PORT, or model: for the built-in reference device (default)")
      ->type_name("TARGET");
  command.add_option("--spawn", options.spawn, "Command that starts the target; it is started anew when needed")
      ->type_name("COMMAND");
  command.add_option("--transport", options.transport, "pci-doe (default), mctp or none")->type_name("NAME");
  command.add_option("--psk", options.psks, "Pre-shared key; PSK cases need one")
      ->type_name("HINT=HEX")
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
  command.add_option("--fault", options.fault, "A fault that the reference device has; see serve --fault list")
      ->type_name("NAME");
}

}  // namespace

void add_test(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("test", "Run cases against a device and judge its answers");
  add_target_options(*command, *options);
  command->add_option("--filter", options->filters, "Glob or prefix of case ids, or req:REQUIREMENT; repeatable")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  command->add_flag("--strict", options->strict, "Warnings fail");
  command->add_option("--report", options->reports, "Write a report: json=FILE or text=FILE; repeatable")
      ->type_name("FORMAT=FILE")
      ->allow_extra_args(false);
  command->add_option("--trace", options->trace, "Write one trace for each case into this directory")->type_name("DIR");
  command->add_option("--seed", options->seed, "Of everything random; the same seed gives the same run")
      ->type_name("N");
  command->callback([options, &status] { status = test(*options); });
}

}  // namespace lockstep::cli
