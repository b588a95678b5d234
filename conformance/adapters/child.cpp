#include "adapters/child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>

#include "adapters/limits.hpp"

namespace lockstep::adapters {
namespace {

using std::chrono::steady_clock;

// Signal handlers may touch nothing else than lock-free atomics. Zero: a free place.
std::array<std::atomic<pid_t>, 256> groups;
static_assert(std::atomic<pid_t>::is_always_lock_free);

bool remember(pid_t group) {
  for (auto& place : groups) {
    pid_t expected = 0;
    if (place.compare_exchange_strong(expected, group)) return true;
  }
  return false;
}

void forget(pid_t group) {
  for (auto& place : groups) {
    pid_t expected = group;
    if (place.compare_exchange_strong(expected, 0)) return;
  }
}

void end_with_children(int signal) {
  kill_children();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void guard_signals() {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction current {};
    ::sigaction(signal, nullptr, &current);
    if (current.sa_handler != SIG_DFL) continue;
    current.sa_handler = end_with_children;
    ::sigaction(signal, &current, nullptr);
  }
}

// No signal may come between the birth of a child and its place in the list.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  const sigset_t& before() const { return before_; }

 private:
  sigset_t before_{};
};

// What posix_spawn() is told, released at the end.
struct SpawnPlan {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};

  /// `talk_fd`: what becomes standard input and output; -1: neither is heard.
  SpawnPlan(const std::string& output, int talk_fd, const sigset_t& mask) {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (talk_fd < 0)
      ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    else
      ::posix_spawn_file_actions_adddup2(&files, talk_fd, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, talk_fd < 0 ? STDERR_FILENO : talk_fd, STDOUT_FILENO);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setsigmask(&attributes, &mask);
    sigset_t all;
    sigfillset(&all);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
};

std::string signal_text(int signal) { return "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")"; }

std::string describe(const siginfo_t& end) {
  if (end.si_code != CLD_EXITED) return signal_text(end.si_status);
  const std::string status = "exit status " + std::to_string(end.si_status);
  // The shell's way to say how its own child ended.
  const int signal = end.si_status - 128;
  return signal > 0 && signal < NSIG ? status + ": " + signal_text(signal) : status;
}

}  // namespace

void kill_children() noexcept {
  for (auto& place : groups)
    if (const pid_t group = place.load(); group > 0) ::kill(-group, SIGKILL);
}

Result<std::unique_ptr<Child>, std::string> Child::start(const std::string& command,
                                                         const std::filesystem::path& output) {
  return start(command, output, -1);
}

Result<Child::Talking, std::string> Child::start_talking(const std::string& command,
                                                         const std::filesystem::path& output) {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return Unexpected{"cannot start '" + command + "': " + std::generic_category().message(errno)};
  Socket ours(ends[0]);
  const Socket theirs(ends[1]);
  auto child = start(command, output, theirs.fd());
  if (!child) return Unexpected{child.error()};
  return Talking{std::move(*child), std::move(ours)};
}

Result<std::unique_ptr<Child>, std::string> Child::start(const std::string& command,
                                                         const std::filesystem::path& output, int talk_fd) {
  static std::once_flag guarded;
  std::call_once(guarded, guard_signals);
  const std::string file = output.empty() ? "/dev/null" : output.string();
  std::string shell = "/bin/sh", option = "-c", text = command;
  char* arguments[] = {shell.data(), option.data(), text.data(), nullptr};
  const SignalsHeld held;
  const SpawnPlan plan(file, talk_fd, held.before());
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, shell.c_str(), &plan.files, &plan.attributes, arguments, environ);
  if (error != 0)
    return Unexpected{"cannot start '" + command + "' with output to " + file + ": " +
                      std::generic_category().message(error)};
  std::unique_ptr<Child> child(new Child(pid));
  if (!remember(pid)) return Unexpected{"too many processes at a time: " + std::to_string(groups.size())};
  return child;
}

std::optional<std::string> Child::fate() {
  if (fate_) return fate_;
  siginfo_t end{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED | WNOHANG | WNOWAIT) != 0 || end.si_pid == 0)
    return std::nullopt;
  // What the leader leaves behind goes first: once the leader is reaped, the number of the group may be another's.
  ::kill(-pid_, SIGKILL);
  forget(pid_);
  ::waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED);
  if (end.si_code == CLD_EXITED) exit_status_ = end.si_status;
  fate_ = describe(end);
  return fate_;
}

std::optional<std::string> Child::fate_within(std::chrono::milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  for (auto pause = limits::first_retry; !fate() && steady_clock::now() < deadline;
       pause = std::min(2 * pause, limits::last_retry))
    std::this_thread::sleep_for(pause);
  return fate_;
}

void Child::stop() {
  if (fate()) return;
  ::kill(-pid_, SIGTERM);
  if (fate_within(limits::terminate)) return;
  ::kill(-pid_, SIGKILL);
  siginfo_t end{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED | WNOWAIT) != 0 && errno == EINTR) continue;
  static_cast<void>(fate());
}

}  // namespace lockstep::adapters
