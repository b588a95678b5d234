// The control socket of the reference device: out-of-band stimuli for a device that is served to somebody else.
// A client sends lines "STIMULUS INDEX\n"; each is answered by "ok\n", "unimplemented\n" or "error WHY\n".
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>

#include "adapters/link.hpp"
#include "adapters/socket.hpp"

namespace lockstep::adapters {

/// Both functions under one lock, for a device that two threads use.
LocalDevice locked(LocalDevice device);

/// Listens from its construction to its destruction, in a thread of its own, on a Unix socket that only its owner may
/// use; the file goes with it. One client after the other; one that says nothing for long is dropped.
class ControlServer {
 public:
  /// The error says why there is no socket at `path`. One that was left behind, and that nobody listens on, is
  /// replaced.
  static Result<std::unique_ptr<ControlServer>, std::string> listen(const std::filesystem::path& path, Inject inject);
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  ControlServer(std::filesystem::path path, Socket listener, Socket wake, Inject inject);
  void run() const;
  void serve(Socket client) const;
  std::string answer(const std::string& line) const;

  std::filesystem::path path_;
  Socket listener_, wake_;
  Inject inject_;
  std::thread thread_;
};

/// The client: one connection for each stimulus.
class ControlInjector : public Injector {
 public:
  explicit ControlInjector(std::filesystem::path path) : path_(std::move(path)) {}
  Result<Injected, std::string> inject(const Injection&) override;

 private:
  std::filesystem::path path_;
};

}  // namespace lockstep::adapters
