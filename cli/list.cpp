#include "commands.hpp"
#include "report/coverage.hpp"
#include "selection.hpp"

namespace lockstep::cli {
namespace {

struct Options {
  std::vector<std::string> filters;
  std::string format = "table";
  bool requirements = false;
  bool uncovered = false;
};

int list_cases(const Options& options) {
  const auto selection = select_cases(options.filters);
  if (!selection) return usage_error(selection.error());
  return print(options.format == "json" ? report::case_json(*selection) : report::case_table(*selection));
}

int list_requirements(const Options& options) {
  auto rules = select_requirements(options.filters);
  if (!rules) return usage_error(rules.error());
  if (options.uncovered) {
    const auto by_rule = report::cases_by_rule(cases::all_cases());
    std::erase_if(*rules, [&](Rule rule) { return !by_rule[rule.index()].empty(); });
  }
  return print(options.format == "json" ? report::requirement_json(*rules) : report::requirement_table(*rules));
}

}  // namespace

void add_list(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("list", "List cases or requirements without running anything");
  command->add_option("--filter", options->filters, "Glob or prefix of ids; for cases also req:REQUIREMENT")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  command->add_option("--format", options->format, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->type_name("FORMAT");
  command->add_flag("--requirements", options->requirements, "Requirements, with the number of cases that ask them");
  command->add_flag("--uncovered", options->uncovered, "Only requirements that no case asks about");
  command->callback([options, &status] {
    status = options->requirements || options->uncovered ? list_requirements(*options) : list_cases(*options);
  });
}

}  // namespace lockstep::cli
