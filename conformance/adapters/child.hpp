// A process that is started for a test and never outlives it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "adapters/socket.hpp"
#include "base/result.hpp"

namespace lockstep::adapters {

/// A shell command in a process group of its own. What it prints is appended to a file.
/// The first start() makes SIGINT, SIGTERM and SIGHUP kill all children before they end this process, where their
/// action is still the default; a program with handlers of its own calls kill_children() in them.
class Child {
 public:
  /// Without input; `output` takes both what it prints and its errors. Empty: thrown away.
  static Result<std::unique_ptr<Child>, std::string> start(const std::string& command,
                                                           const std::filesystem::path& output);
  /// Its standard input and output are the other end of `socket`; `output` takes its errors.
  struct Talking {
    std::unique_ptr<Child> child;
    Socket socket;
  };
  static Result<Talking, std::string> start_talking(const std::string& command, const std::filesystem::path& output);
  ~Child() { stop(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Ends the whole group, asked first (SIGTERM) and then not; the process is reaped.
  void stop();
  /// "exit status 3", "signal 11 (Segmentation fault)" or, from a shell that stayed, "exit status 139: signal 11
  /// (...)"; nullopt while it runs.
  std::optional<std::string> fate();
  /// Waits for it to end.
  std::optional<std::string> fate_within(std::chrono::milliseconds);
  /// Of a child whose fate() is known and that was not ended by a signal.
  std::optional<int> exit_status() const { return exit_status_; }
  pid_t pid() const { return pid_; }

 private:
  explicit Child(pid_t pid) : pid_(pid) {}
  static Result<std::unique_ptr<Child>, std::string> start(const std::string& command,
                                                           const std::filesystem::path& output, int talk_fd);

  pid_t pid_;  // and process group
  std::optional<std::string> fate_;
  std::optional<int> exit_status_;
};

/// Kills every child of this process; safe in a signal handler.
void kill_children() noexcept;

}  // namespace lockstep::adapters
