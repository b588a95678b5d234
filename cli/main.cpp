#include <unistd.h>

#include <exception>

#include "commands.hpp"
#include "requirements/catalogue.hpp"
#include "requirements/no_such.hpp"

namespace lockstep::cli {
namespace {

std::string version() {
  return "lockstep " LOCKSTEP_VERSION "\nrequirement catalogue " + std::string(catalogue_version()) +
         "\nSPDM versions 1.0 1.1 1.2 1.3 1.4\n";
}

/// Long options and names of sub-commands that are most like an argument that nobody expects.
std::string suggestion(const CLI::App& app, const std::string& argument) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
    if (!app.got_subcommand(command)) continue;
    for (const CLI::Option* option : command->get_options())
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  return did_you_mean(argument.substr(0, argument.find('=')), views, 1);
}

int parse_error(const CLI::App& app, const CLI::ParseError& error) {
  std::string what = error.what();
  const auto rest = app.remaining(true);
  if (!rest.empty()) what += suggestion(app, rest.front());
  return usage_error(what + "\nlockstep --help, or lockstep COMMAND --help, tells what there is.");
}

int run(int argc, char** argv) {
  int status = USAGE;
  CLI::App app{"Tests devices against an executable model of SPDM, Secured Messages, IDE_KM and TDISP.", "lockstep"};
  app.set_version_flag("--version", version(), "Versions of the tool, the catalogue and SPDM");
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 passed, 1 a rule is broken, 2 usage, 3 stale expectations, 4 inconclusive or not\n"
      "complete, 5 nothing run, 70 defect in the tool. The first run needs no device: lockstep test");
  add_test(app, status);
  add_check(app, status);
  add_replay(app, status);
  add_serve(app, status);
  add_inject(app, status);
  add_list(app, status);
  add_show(app, status);
  add_vectors(app, status);
  add_verify(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    return parse_error(app, error);
  }
  return status;
}

}  // namespace

int usage_error(const std::string& what) {
  std::fprintf(stderr, "lockstep: %s\n", what.c_str());
  return USAGE;
}

int print(const std::string& text, int status) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  std::perror("lockstep: cannot write to standard output");
  return status == FAILED ? FAILED : INCONCLUSIVE;
}

}  // namespace lockstep::cli

int main(int argc, char** argv) {
  try {
    return lockstep::cli::run(argc, argv);
  } catch (const std::exception& defect) {
    std::fprintf(stderr, "lockstep: defect in the tool: %s\n", defect.what());
    return lockstep::cli::DEFECT;
  }
}
