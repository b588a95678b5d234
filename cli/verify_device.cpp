#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "requirements/no_such.hpp"
#include "verify.hpp"
#include "verify/device_export.hpp"
#include "verify/device_run.hpp"

namespace lockstep::cli {
namespace {

using verify::DeviceRun;
using verify::DeviceScope;
using verify::RunReport;

std::atomic<bool> stop = false;

struct Options {
  DeviceRun run;
  std::string kind = "endpoint", choices = "expected", memory, spdm_version = "1.3", mutant, traces;
  std::vector<std::string> varied, exports, reports;
  unsigned tdis = 1, sessions = 1, streams = 1, key_sets = 1;
  bool no_symmetry = false;
};

/// Three quarters of the machine's memory: a run that needs more is told so instead of being killed.
std::uint64_t usual_memory() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 4 *
         3;
}

/// What may differ between sessions, by the names that --vary takes.
const std::vector<std::pair<std::string_view, bool DeviceScope::*>>& variations() {
  static const std::vector<std::pair<std::string_view, bool DeviceScope::*>> all{
      {"mutual-authentication", &DeviceScope::mutual_authentication},
      {"handshake-in-the-clear", &DeviceScope::handshake_in_the_clear},
      {"heartbeat", &DeviceScope::heartbeat},
      {"termination-policy", &DeviceScope::termination_policy},
      {"psk-without-context", &DeviceScope::psk_without_context}};
  return all;
}

/// The rest of the options in their own terms; the error is a sentence.
std::optional<std::string> complete(Options& options) {
  DeviceScope& scope = options.run.scope;
  const bool endpoint = options.kind == "endpoint";
  scope.shape = {.kind = endpoint ? device::Kind::endpoint_with_ide : device::Kind::root_complex_integrated,
                 .sessions = static_cast<Byte>(options.sessions),
                 .streams = static_cast<Byte>(options.streams),
                 .tdis = static_cast<Byte>(options.tdis)};
  scope.key_sets = static_cast<Byte>(options.key_sets);
  scope.symmetric = !options.no_symmetry;
  scope.choices = options.choices == "expected"    ? Tag::expected
                  : options.choices == "tolerated" ? Tag::tolerated
                                                   : Tag::unclear;
  scope.spdm_version = static_cast<Byte>(0x10 + (options.spdm_version[2] - '0'));
  std::vector<std::string_view> names;
  for (const auto& [name, member] : variations()) names.push_back(name);
  for (const std::string& name : options.varied) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return "--vary: " + no_such("variation", name, names);
    scope.*variations()[static_cast<std::size_t>(at - names.begin())].second = true;
  }
  options.run.limits.memory = usual_memory();
  if (!options.memory.empty()) {
    const auto bytes = parse_size(options.memory);
    if (!bytes) return "--memory: " + bytes.error();
    options.run.limits.memory = *bytes;
  }
  if (!options.mutant.empty()) {
    options.run.mutant = verify::device_mutant(options.mutant);
    std::vector<std::string_view> mutants;
    for (const auto& mutant : verify::device_mutants()) mutants.push_back(mutant.name);
    if (options.run.mutant == nullptr) return no_such("mutant", options.mutant, mutants);
  }
  return std::nullopt;
}

std::optional<std::string> write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file ? std::nullopt : std::optional("cannot write " + path + ": " + std::strerror(errno));
}

std::optional<std::string> write_export(const Options& options, const NamedFile& target) {
  const verify::DeviceTables tables(options.run.scope,
                                    options.run.mutant == nullptr ? verify::DeviceRules() : options.run.mutant->rules);
  if (target.format == "promela") return write(target.path, verify::as_promela(tables));
  if (target.format == "tla") return write(target.path, verify::as_tla(tables));
  if (target.format == "pins") return write(target.path, verify::as_pins(tables));
  const auto dot = verify::as_dot(tables);
  return dot ? write(target.path, *dot) : std::optional(dot.error());
}

const verify::TraceText* first_counterexample(const RunReport& report) {
  for (const auto& property : report.properties)
    if (property.verdict == verify::Verdict::fails && property.counterexample) return &*property.counterexample;
  return nullptr;
}

std::optional<std::string> write_report(const RunReport& report, const NamedFile& target) {
  if (target.format == "json") return write(target.path, verify::as_json(report));
  if (target.format == "html") return write(target.path, verify::as_html(report));
  const verify::TraceText* trace = first_counterexample(report);
  if (trace == nullptr) return std::nullopt;  // nothing to draw
  return write(target.path, target.format == "svg" ? verify::as_svg(*trace) : verify::as_mermaid(*trace));
}

/// Each counterexample for `lockstep replay` and as sequence charts.
std::optional<std::string> write_traces(const RunReport& report, const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  for (const auto& property : report.properties) {
    if (property.verdict != verify::Verdict::fails || !property.counterexample) continue;
    const verify::TraceText& trace = *property.counterexample;
    const std::string path = (std::filesystem::path(folder) / property.name).string();
    for (const auto& [ending, text] :
         {std::pair(".jsonl", verify::as_replay(trace, property.name)), std::pair(".mmd", verify::as_mermaid(trace)),
          std::pair(".svg", verify::as_svg(trace))})
      if (auto error = write(path + ending, text)) return error;
  }
  return std::nullopt;
}

void show(const verify::Progress& p) {
  std::fprintf(stderr, "%s\n",
               fmt::format("{:.0f} s: {} states, {} transitions, queue {}, depth {}, {:.0f} states/s, {} MiB",
                           p.seconds, p.states, p.transitions, p.queue, p.depth,
                           static_cast<double>(p.states) / std::max(p.seconds, 1e-9), p.bytes >> 20)
                   .c_str());
}

int run(Options& options) {
  if (const auto error = complete(options)) return usage_error(*error);
  const auto reports = parse_named_files(options.reports, {"json", "html", "mermaid", "svg"});
  if (!reports) return usage_error(reports.error());
  const auto exports = parse_named_files(options.exports, {"promela", "tla", "dot", "pins"}, "--export");
  if (!exports) return usage_error(exports.error());
  for (const NamedFile& target : *exports)
    if (const auto error = write_export(options, target)) return usage_error(*error);
  std::signal(SIGINT, [](int) { stop = true; });
  std::signal(SIGTERM, [](int) { stop = true; });
  const auto report = verify::run_device(options.run, stop, show);
  if (!report) return usage_error(report.error());
  for (const NamedFile& target : *reports)
    if (const auto error = write_report(*report, target)) return usage_error(*error);
  if (!options.traces.empty())
    if (const auto error = write_traces(*report, options.traces)) return usage_error(*error);
  return print(verify::as_text(*report), exit_code(verify::verdict(*report)));
}

}  // namespace

std::string device_listing() {
  std::string text = "Properties of the device (lockstep verify device --property NAME):\n";
  for (const auto& [name, statement] : verify::device_property_names())
    text += fmt::format("  {:<38} {}\n", name, statement);
  text += "\nMutants, devices that break one law each (lockstep verify device --mutant NAME):\n";
  for (const auto& mutant : verify::device_mutants()) text += fmt::format("  {:<38} {}\n", mutant.name, mutant.what);
  return text;
}

void add_verify_device(CLI::App& verify, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = verify.add_subcommand("device", "Explore the device under an arbitrary requester");
  DeviceRun& run_options = options->run;
  command->add_option("--tdis", options->tdis, "Number of TDIs")->check(CLI::Range(1, 4))->capture_default_str();
  command->add_option("--sessions", options->sessions, "Number of SPDM sessions")
      ->check(CLI::Range(1, 4))
      ->capture_default_str();
  command->add_option("--streams", options->streams, "Number of IDE streams")
      ->check(CLI::Range(1, 4))
      ->capture_default_str();
  command->add_option("--key-sets", options->key_sets, "Key sets that the requester programs")
      ->check(CLI::Range(1, 2))
      ->capture_default_str();
  command->add_flag("--whole-key-sets", run_options.scope.whole_key_sets,
                    "The requester programs, starts and stops all six keys of a key set in one go");
  command->add_option("--kind", options->kind, "endpoint (needs IDE) or root-complex")
      ->check(CLI::IsMember({"endpoint", "root-complex"}))
      ->capture_default_str();
  command->add_option("--spdm-version", options->spdm_version, "What GET_CAPABILITIES selects")
      ->check(CLI::IsMember({"1.1", "1.2", "1.3", "1.4"}))
      ->capture_default_str();
  command
      ->add_option("--vary", options->varied,
                   "What may differ between sessions: mutual-authentication, handshake-in-the-clear, heartbeat, "
                   "termination-policy, psk-without-context")
      ->delimiter(',');
  command->add_option("--choices", options->choices, "What the device may choose")
      ->check(CLI::IsMember({"expected", "tolerated", "unclear"}))
      ->capture_default_str();
  command->add_flag("--no-symmetry", options->no_symmetry,
                    "Tell interchangeable TDIs, streams, sessions and sub-streams apart");
  command->add_option("--threads", run_options.limits.threads, "Threads; the result is the same")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--memory", options->memory, "Limit, as 512M or 8G (default: three quarters of the machine)");
  command->add_option("--states", run_options.limits.states, "Limit of states");
  command->add_option("--depth", run_options.limits.depth, "Limit of steps");
  command->add_flag("--first-failure", run_options.limits.first_failure, "Stop at the first property that fails");
  command->add_option("--property", run_options.properties, "Only this one (may come again)");
  command->add_option("--mutant", options->mutant, "Explore a device that breaks a law: lockstep verify --list");
  command
      ->add_option("--compact", run_options.compact,
                   "Hash compaction: keep so many bits of a state instead of the state, and say how probable it is "
                   "that a state was left out; above one in a thousand the run is inconclusive")
      ->check(CLI::Range(8, 64))
      ->type_name("BITS");
  command->add_option("--checkpoint", run_options.checkpoint, "Where to save a run that ends early");
  command->add_option("--resume", run_options.resume, "Go on from a checkpoint");
  command->add_option("--export", options->exports, "promela=FILE, tla=FILE, dot=FILE or pins=FILE (may come again)");
  command->add_option("--report", options->reports,
                      "json=FILE, html=FILE, or the counterexample as mermaid=FILE, svg=FILE");
  command
      ->add_option("--trace", options->traces,
                   "Write each counterexample: DIR/PROPERTY.jsonl for lockstep replay, .mmd and .svg to look at")
      ->type_name("DIR");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace lockstep::cli
