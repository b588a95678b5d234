#include <fmt/format.h>

#include "host/matrix.hpp"
#include "host/run.hpp"
#include "report/file.hpp"
#include "verify.hpp"

namespace lockstep::cli {
namespace {

struct Options {
  std::string profile = "riscv", scenario = "cvm", memory;
  std::vector<std::string> policies, properties, reports;
  unsigned threads = 1;
};

template <class T>
bool take(const Result<T, std::string>& found, T& into, int& status) {
  if (!found) return status = usage_error(found.error()), false;
  into = *found;
  return true;
}

bool parse_setting(const Options& options, host::Setting& setting, int& status) {
  if (!take(host::find_profile(options.profile), setting.profile, status)) return false;
  if (!take(host::find_scenario(options.scenario), setting.scenario, status)) return false;
  setting.policies = host::defaults(setting.profile);
  for (const std::string& assignment : options.policies)
    if (!take(host::set(setting.policies, assignment), setting.policies, status)) return false;
  return true;
}

bool parse_limits(const Options& options, verify::Limits& limits, int& status) {
  limits.threads = options.threads;
  return options.memory.empty() || take(parse_size(options.memory), limits.memory, status);
}

bool parse_properties(const Options& options, std::vector<const host::Property*>& asked, int& status) {
  for (const std::string& id : options.properties) {
    const host::Property* property = nullptr;
    if (!take(host::find_property(id), property, status)) return false;
    asked.push_back(property);
  }
  if (asked.empty()) asked.assign(host::properties().begin(), host::properties().end());
  return true;
}

int write_all(const std::vector<NamedFile>& files, int status,
              const std::function<std::string(const std::string&)>& text) {
  for (const NamedFile& file : files)
    if (const auto trouble = report::write_file(file.path, text(file.format))) {
      std::fprintf(stderr, "lockstep: %s\n", trouble->c_str());
      status = status == FAILED ? FAILED : INCONCLUSIVE;
    }
  return status;
}

/// The report in one format. Without a counterexample there is nothing to draw, and the chart is empty.
std::string report_of(const host::Run& run, const std::string& format) {
  if (format == "json") return host::as_json(run);
  if (format == "html") return host::as_html(run);
  const verify::TraceText trace = host::first_counterexample(run).value_or(verify::TraceText());
  return format == "svg" ? verify::as_svg(trace) : verify::as_mermaid(trace);
}

int verify_host(const Options& options) {
  int status = USAGE;
  host::Setting setting;
  verify::Limits limits;
  std::vector<const host::Property*> asked;
  std::vector<NamedFile> files;
  if (!parse_setting(options, setting, status) || !parse_limits(options, limits, status) ||
      !parse_properties(options, asked, status) ||
      !take(parse_named_files(options.reports, {"json", "html", "mermaid", "svg"}), files, status))
    return status;
  host::Checker checker(limits);
  const host::Run run = host::run(checker, setting, asked);
  std::fprintf(stderr, "%s\n", host::effort(run.counts).c_str());
  status = write_all(files, exit_code(host::verdict(run)),
                     [&](const std::string& format) { return report_of(run, format); });
  return print(host::as_text(run), status);
}

int verify_matrix(const Options& options) {
  int status = USAGE;
  host::Setting setting;
  verify::Limits limits;
  std::vector<NamedFile> files;
  if (!parse_setting(options, setting, status) || !parse_limits(options, limits, status) ||
      !take(parse_named_files(options.reports, {"html", "md", "json"}), files, status))
    return status;
  host::Checker checker(limits);
  const host::Matrix matrix = host::make_matrix(checker, setting.profile);
  std::fprintf(stderr, "%s\n", host::effort(matrix.counts).c_str());
  const int done = host::complete(matrix) ? PASSED : INCONCLUSIVE;
  status = write_all(files, done, [&](const std::string& format) {
    return format == "json" ? host::as_json(matrix)
           : format == "md" ? host::as_markdown(matrix)
                            : host::as_html(matrix);
  });
  return print(host::as_text(matrix), status);
}

void add_common(CLI::App* command, Options& options) {
  command->add_option("--profile", options.profile, "amd, tdx, cca, riscv or linux")->type_name("NAME");
  command->add_option("--threads", options.threads, "Threads of the explorer")
      ->check(CLI::Range(1, 256))
      ->type_name("N");
  command->add_option("--memory", options.memory, "Limit of an exploration, such as 512M")->type_name("SIZE");
}

}  // namespace

void add_verify_host(CLI::App& verify, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = verify.add_subcommand("host", "The world above the device: TSM, host, tenants, adversary");
  add_common(command, *options);
  command->add_option("--scenario", options->scenario, "cvm, native, cma-only, pkvm or emulated")->type_name("NAME");
  command->add_option("--set", options->policies, "A policy that differs from the profile's")
      ->type_name("POLICY=VALUE")
      ->allow_extra_args(false);
  command->add_option("--property", options->properties, "Only this property")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      ->add_option("--report", options->reports,
                   "json=FILE, html=FILE, or the first counterexample as mermaid=FILE, svg=FILE")
      ->type_name("FORMAT=FILE")
      ->allow_extra_args(false);
  command->callback([options, &status] { status = verify_host(*options); });
}

void add_verify_matrix(CLI::App& verify, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = verify.add_subcommand("matrix", "The policy x property table of the world above the device");
  add_common(command, *options);
  command->add_option("--report", options->reports, "html=FILE, md=FILE or json=FILE")
      ->type_name("FORMAT=FILE")
      ->allow_extra_args(false);
  command->callback([options, &status] { status = verify_matrix(*options); });
}

}  // namespace lockstep::cli
