// The sub-commands. Each file parses the options of one and hands them to the layer that does the work.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace lockstep::cli {

/// What the program's exit code says.
enum Exit : int {
  PASSED = 0,
  FAILED = 1,
  USAGE = 2,
  STALE = 3,  ///< only expectations that no longer hold
  INCONCLUSIVE = 4,
  NOTHING_RUN = 5,
  DEFECT = 70,  ///< in the tool itself
};

/// Each adds its sub-command to `app`; when it was chosen and parsed, it runs and leaves its exit code in `status`.
void add_test(CLI::App& app, int& status);
void add_check(CLI::App& app, int& status);
void add_replay(CLI::App& app, int& status);
void add_serve(CLI::App& app, int& status);
void add_inject(CLI::App& app, int& status);
void add_list(CLI::App& app, int& status);
void add_show(CLI::App& app, int& status);
void add_vectors(CLI::App& app, int& status);
void add_verify(CLI::App& app, int& status);

/// Says on stderr what is wrong with the command line.
int usage_error(const std::string& what);
/// To stdout; INCONCLUSIVE when it cannot be written.
int print(const std::string& text, int status = PASSED);

}  // namespace lockstep::cli
