#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>

#include "adapters/child.hpp"
#include "commands.hpp"
#include "report/file.hpp"
#include "report/json_report.hpp"
#include "report/junit.hpp"
#include "report/keylog_file.hpp"
#include "report/progress.hpp"
#include "report/sarif.hpp"
#include "report/text.hpp"
#include "report/trace.hpp"
#include "report_file.hpp"
#include "selection.hpp"
#include "target_options.hpp"

namespace lockstep::cli {
namespace {

struct Options {
  TargetOptions target;
  std::string trace, keylog, expectations, update_expectations;
  std::vector<std::string> filters, reports;
  std::optional<std::uint64_t> seed;
  std::size_t shrink = 60;
  bool strict = false;
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

/// The command that runs the same again; a filter may follow it.
std::string again(const Options& options) {
  return "lockstep test" + arguments(options.target) + (options.strict ? " --strict" : "") + " --seed " +
         std::to_string(options.target.seed);
}

/// The file that the run would have needed; said aloud, and refused until each new entry has a reason.
int update_expectations(const std::string& path, const runner::Run& run, const runner::Expectations& known,
                        int status) {
  if (path.empty()) return status;
  const auto failed = report::write_file(path, known.needed(run.results, run.strict));
  if (failed) {
    std::fprintf(stderr, "lockstep: no expectations were written: %s\n", failed->c_str());
    return with_trouble(status);
  }
  std::fprintf(stderr, "lockstep: wrote %s: a new entry is refused until it says why\n", path.c_str());
  return status;
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
  return write_reports(files,
                       {{"json", [&] { return report::json_report(run); }},
                        {"text", [&] { return report::text_report(run); }},
                        {"junit", [&] { return report::junit_report(run); }},
                        {"sarif", [&] { return report::sarif_report(run); }}},
                       status);
}

/// No file: no expectations.
Result<runner::Expectations, std::string> expectations_of(const Options& options) {
  if (options.expectations.empty()) return runner::Expectations();
  return runner::Expectations::read(options.expectations, runner::today());
}

/// What a started target prints belongs to the traces.
std::filesystem::path output_of(const Options& options) {
  return options.trace.empty() ? std::filesystem::path() : std::filesystem::path(options.trace) / "target.log";
}

int test(Options options) {
  options.target.seed = seed_or_random(options.seed);
  auto selection = select_cases(options.filters);
  if (!selection) return usage_error(selection.error());
  const auto files = parse_report_files(options.reports, {"json", "text", "junit", "sarif"});
  if (!files) return usage_error(files.error());
  const auto expectations = expectations_of(options);
  if (!expectations) return usage_error(expectations.error());
  auto chosen = choose(options.target, output_of(options));
  if (!chosen) return usage_error(chosen.error());
  const auto& profile = chosen->profile;
  const auto& target = chosen->target;

  std::fprintf(stderr, "lockstep %s: %zu cases against %s, seed %llu\n", LOCKSTEP_VERSION, selection->size(),
               target->name().c_str(), static_cast<unsigned long long>(options.target.seed));
  report::Progress progress(selection->size());
  std::optional<report::Tracer> tracer;
  report::Observers observers;
  observers.add(progress);
  if (!options.trace.empty()) {
    tracer.emplace(options.trace,
                   report::TraceHeader{LOCKSTEP_VERSION, target->name(), options.target.seed, options.target.transport},
                   profile.shape);
    observers.add(*tracer);
  }
  std::optional<report::KeyLogFile> keylog;
  if (!options.keylog.empty()) {
    auto file = report::KeyLogFile::create(options.keylog);
    if (!file) return usage_error("--keylog: " + file.error());
    observers.add(keylog.emplace(std::move(*file)));
  }
  stop_on_signals();
  auto run = runner::run(
      *target, profile, std::move(*selection),
      {.strict = options.strict,
       .expectations = &*expectations,
       .shrink = options.shrink,
       .again = again(options),
       .replay = "lockstep replay" + arguments(options.target) + " --seed " + std::to_string(options.target.seed),
       .stop = &interrupted},
      observers);
  run.tool_version = LOCKSTEP_VERSION;
  run.expectations = options.expectations;
  run.transport = chosen->transport;
  run.spdm_version = progress.spdm_version();
  int status = finish(options, run, tracer ? &*tracer : nullptr, *files);
  if (keylog && keylog->error()) {
    std::fprintf(stderr, "lockstep: the key log is not whole: %s\n", keylog->error()->c_str());
    status = with_trouble(status);
  }
  return update_expectations(options.update_expectations, run, *expectations, status);
}

}  // namespace

void add_test(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("test", "Run cases against a device and judge its answers");
  add_target_options(*command, options->target);
  command->add_option("--filter", options->filters, "Glob or prefix of case ids, or req:REQUIREMENT; repeatable")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  command->add_flag("--strict", options->strict, "Warnings fail");
  command
      ->add_option("--report", options->reports,
                   "Write a report: json=FILE, text=FILE, junit=FILE or sarif=FILE; repeatable")
      ->type_name("FORMAT=FILE")
      ->allow_extra_args(false);
  command->add_option("--expect", options->expectations, "Findings that are known and waived; see the README")
      ->type_name("FILE");
  command
      ->add_option("--update-expectations", options->update_expectations,
                   "Write the file of expectations that this run would need; new entries need a reason by hand")
      ->type_name("FILE");
  command->add_option("--trace", options->trace, "Write one trace for each case into this directory")->type_name("DIR");
  command->add_option("--keylog", options->keylog, "Write the secrets of every session, for lockstep check --keylog")
      ->type_name("FILE");
  command
      ->add_option("--shrink", options->shrink,
                   "Runs to spend on the shortest sequence that shows a failure (default 60; 0: none)")
      ->type_name("N");
  command->add_option("--seed", options->seed, "Of everything random; the same seed gives the same run")
      ->type_name("N");
  command->callback([options, &status] { status = test(*options); });
}

}  // namespace lockstep::cli
