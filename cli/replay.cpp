#include "commands.hpp"
#include "report/replay_report.hpp"
#include "report_file.hpp"
#include "target_options.hpp"

namespace lockstep::cli {
namespace {

struct Options {
  TargetOptions target;
  std::string file, actions;
  std::vector<std::string> reports;
  std::optional<std::uint64_t> seed;
};

Result<runner::Script, std::string> script_of(const Options& options) {
  if (options.file.empty() == options.actions.empty())
    return Unexpected{std::string("replay needs a trace, or --actions")};
  if (!options.file.empty()) return runner::read_script(options.file);
  auto script = runner::script_of(options.actions);
  if (!script) return Unexpected{"--actions: " + script.error()};
  return script;
}

int replay(Options options) {
  options.target.seed = seed_or_random(options.seed);
  const auto files = parse_report_files(options.reports, {"json", "text"});
  if (!files) return usage_error(files.error());
  const auto script = script_of(options);
  if (!script) return usage_error(script.error());
  auto chosen = choose(options.target, {});
  if (!chosen) return usage_error(chosen.error());
  const auto replayed = runner::replay(*chosen->target, chosen->profile, *script);
  const int status = print(report::replay_text(replayed, report::Style::of(stdout)), replayed.exit_code());
  return write_reports(*files,
                       {{"json", [&] { return report::replay_json(replayed, LOCKSTEP_VERSION); }},
                        {"text", [&] { return report::replay_text(replayed); }}},
                       status);
}

}  // namespace

void add_replay(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("replay", "Do what a trace tells once more, with fresh cryptography, and judge it");
  command->add_option("TRACE", options->file, "Of lockstep test --trace, or a counterexample of lockstep verify");
  command->add_option("--actions", options->actions, "The actions themselves, in place of a trace")
      ->type_name("ACTION; ...");
  add_target_options(*command, options->target);
  command->add_option("--report", options->reports, "Write a report: json=FILE or text=FILE; repeatable")
      ->type_name("FORMAT=FILE")
      ->allow_extra_args(false);
  command->add_option("--seed", options->seed, "Of everything random; the same seed gives the same run")
      ->type_name("N");
  command->callback([options, &status] { status = replay(*options); });
}

}  // namespace lockstep::cli
