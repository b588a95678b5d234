#include "verify.hpp"

#include "host/acceptance.hpp"

namespace lockstep::cli {

void add_verify(CLI::App& app, int& status) {
  auto list = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("verify", "Prove properties of the model, or show the shortest counterexample");
  command->footer(
      "Exit codes: 0 holds, 1 fails, 2 usage, 4 inconclusive (a limit, or a premise that cannot be reached).");
  command->add_flag("--list", *list, "Properties, scenarios and policies");
  add_verify_device(*command, status);
  add_verify_host(*command, status);
  add_verify_matrix(*command, status);
  command->callback([command, list, &status] {
    if (*list)
      status = print(device_listing() + "\n" + host::list_text());
    else if (command->get_subcommands().empty())
      status = usage_error("verify what? device, host, matrix, or --list");
  });
}

}  // namespace lockstep::cli
