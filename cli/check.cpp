#include "commands.hpp"
#include "psk.hpp"
#include "report/check_report.hpp"
#include "report_file.hpp"

namespace lockstep::cli {
namespace {

struct Options {
  std::string file, keylog;
  std::vector<std::string> psks, reports;
  bool verbose = false;
};

int check(const Options& options) {
  const auto psks = parse_psks(options.psks);
  if (!psks) return usage_error(psks.error());
  const auto files = parse_report_files(options.reports, {"json", "text"});
  if (!files) return usage_error(files.error());
  runner::CheckOptions secrets{.psk = psks->keys};
  if (!options.keylog.empty()) {
    auto keylog = runner::LoggedSecrets::read(options.keylog);
    if (!keylog) return usage_error("--keylog: " + keylog.error());
    secrets.keylog = std::move(*keylog);
  }
  const auto report = runner::check(options.file, secrets);
  if (!report) return usage_error(report.error());
  const int status =
      print(report::check_text(*report, options.verbose, report::Style::of(stdout)), report->exit_code());
  return write_reports(*files,
                       {{"json", [&] { return report::check_json(*report, LOCKSTEP_VERSION); }},
                        {"text", [&] { return report::check_text(*report, options.verbose); }}},
                       status);
}

}  // namespace

void add_check(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("check", "Judge recorded traffic (a capture or a trace), both sides of it");
  command->add_option("FILE", options->file, "A pcap file of DOE or MCTP, or a trace of lockstep test")->required();
  command->add_option("--psk", options->psks, "Pre-shared key that opens its sessions")
      ->type_name("HINT=HEX")
      ->allow_extra_args(false);
  command->add_option("--keylog", options->keylog, "Secrets of its sessions, from lockstep test --keylog")
      ->type_name("FILE");
  command->add_option("--report", options->reports, "Write a report: json=FILE or text=FILE; repeatable")
      ->type_name("FORMAT=FILE")
      ->allow_extra_args(false);
  command->add_flag("--verbose", options->verbose, "Say something of every record");
  command->callback([options, &status] { status = check(*options); });
}

}  // namespace lockstep::cli
