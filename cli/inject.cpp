#include <fmt/format.h>

#include <algorithm>

#include "adapters/control.hpp"
#include "adapters/shim.hpp"
#include "commands.hpp"
#include "device/events.hpp"
#include "requirements/no_such.hpp"

namespace lockstep::cli {
namespace {

struct Options {
  std::string control, stimulus;
  unsigned index = 0;
  bool list = false;
};

std::string_view concerns(device::Event::Of of) {
  switch (of) {
    case device::Event::Of::tdi:
      return "the TDI INDEX";
    case device::Event::Of::stream:
      return "the IDE stream INDEX";
    case device::Event::Of::session:
      return "the session INDEX";
    case device::Event::Of::device:
      break;
  }
  return "the device";
}

std::string table() {
  std::size_t width = 0;
  for (const device::Event& event : device::events()) width = std::max(width, event.name.size());
  std::string out;
  for (const device::Event& event : device::events())
    out += fmt::format("{:<{}}  happens to {}\n", event.name, width, concerns(event.of));
  return out;
}

int inject(const Options& options) {
  if (options.list) return print(table());
  if (options.control.empty() || options.stimulus.empty())
    return usage_error("inject needs --control PATH and a STIMULUS; lockstep inject --list names them");
  const auto index = static_cast<Byte>(options.index);
  if (!device::find_event(options.stimulus, index)) {
    std::vector<std::string_view> names;
    for (const device::Event& event : device::events()) names.push_back(event.name);
    return usage_error(no_such("stimulus", options.stimulus, names) + "; lockstep inject --list names them");
  }
  const auto done = adapters::ControlInjector(options.control).inject({options.stimulus, index});
  if (done) return *done == adapters::Injected::done ? PASSED : adapters::EXIT_UNIMPLEMENTED;
  std::fprintf(stderr, "lockstep: %s\n", done.error().c_str());
  return INCONCLUSIVE;
}

}  // namespace

void add_inject(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("inject", "Make something happen to a served device that is no message (serve --control)");
  command->add_option("--control", options->control, "Control socket of the device")->type_name("PATH");
  command->add_option("STIMULUS", options->stimulus, "What happens, for example function-level-reset");
  command->add_option("INDEX", options->index, "Of the TDI, IDE stream or session (default 0)")
      ->check(CLI::Range(0, 255));
  command->add_flag("--list", options->list, "Every stimulus, and what it happens to");
  command->footer("Exit codes: 0 it has happened, 89 the device does not know how, 4 it could not be made to happen.");
  command->callback([options, &status] { status = inject(*options); });
}

}  // namespace lockstep::cli
