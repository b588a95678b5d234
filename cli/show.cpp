#include "commands.hpp"
#include "report/explain.hpp"

namespace lockstep::cli {

void add_show(CLI::App& app, int& status) {
  auto id = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("show", "Explain a case, a requirement, a fault or a false alarm");
  command->add_option("ID", *id, "tdisp/lock/in-run, TDISP-LOCK-001, the name of a fault, P01")->required();
  command->callback([id, &status] {
    const auto text = report::explain(*id);
    status = text ? print(*text) : usage_error(text.error());
  });
}

}  // namespace lockstep::cli
