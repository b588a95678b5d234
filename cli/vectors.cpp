#include "vectors/vectors.hpp"

#include <filesystem>
#include <fstream>

#include "commands.hpp"

namespace lockstep::cli {
namespace {

int write_vectors(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::string written;
  for (const vectors::File& file : vectors::files()) {
    std::ofstream out(directory / file.name, std::ios::binary);
    out << file.text << std::flush;
    if (!out) return usage_error((directory / file.name).string() + ": cannot be written");
    written += (directory / file.name).string() + "\n";
  }
  return print(written);
}

}  // namespace

void add_vectors(CLI::App& app, int& status) {
  auto directory = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("vectors", "Write test vectors: messages, and sessions with their secrets");
  command->add_option("DIRECTORY", *directory, "Where the JSON files go; it is made")->required();
  command->callback([directory, &status] { status = write_vectors(*directory); });
}

}  // namespace lockstep::cli
