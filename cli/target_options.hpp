// The options that say what is tested, for every command that drives a target.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/link.hpp"
#include "runner/driver.hpp"

namespace lockstep::cli {

struct TargetOptions {
  std::string target = "model:", spawn, transport = "pci-doe", fault, kind = "endpoint", max_version = "1.4";
  std::string injector;
  std::string function_id = "BEEF";  // these three: what spdm-emu and the reference device have
  unsigned stream_id = 0, port_index = 1;
  std::string requester_chain, requester_key;
  std::optional<std::uint32_t> data_transfer_size;
  int patience = 1000;  ///< milliseconds
  bool handshake_in_the_clear = false;
  std::vector<std::string> psks;
  std::uint64_t seed = 0;

  bool is_model() const { return target == "model:"; }
  bool is_shim() const { return target.starts_with("shim:"); }
  bool is_tcp() const { return target.starts_with("tcp://"); }
};

void add_target_options(CLI::App& command, TargetOptions& options);

struct Chosen {
  runner::Profile profile;  ///< refers to `injector`
  std::unique_ptr<adapters::Target> target;
  std::unique_ptr<adapters::Injector> injector;  ///< of --injector; null: none
  std::string transport;                         ///< for reports
};
/// The target that the options mean; `output`: file for what a started target prints, empty: none. The error is a
/// sentence for the user.
Result<Chosen, std::string> choose(const TargetOptions&, std::filesystem::path output);

/// The options that choose the same target again. A published report must not tell a pre-shared key: where one was
/// given in full, @FILE stands for it.
std::string arguments(const TargetOptions&);
/// A word as a shell takes it.
std::string quoted(const std::string& word);

/// `text` is the number that the user gave; none: 32 random bits, a number that a person can type.
std::uint64_t seed_or_random(std::optional<std::uint64_t> given);

}  // namespace lockstep::cli
