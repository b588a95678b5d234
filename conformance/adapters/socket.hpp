// TCP sockets whose every wait has a deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lockstep::adapters {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

struct Address {
  std::string host;
  std::uint16_t port = 0;

  /// "127.0.0.1:2323", "[::1]:2323"
  std::string text() const;
};

/// Owns a file descriptor.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket();
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

enum class Waited { ready, timeout, woken };
/// Waits for `events` (POLLIN, POLLOUT) on `fd`, or until something can be read from `wake_fd` (-1: none).
Waited wait_for(int fd, short events, Deadline, int wake_fd = -1);

// Errors say what the system said, without the address: the caller knows it better.

Result<Socket, std::string> connect_to(const Address&, Deadline);
/// Port 0 takes a free one: see local_port().
Result<Socket, std::string> listen_on(const Address&);
std::uint16_t local_port(const Socket&);
/// Whether somebody listens there already, found out without a connection: a stray connection ends some emulators.
/// False for addresses of other machines.
bool is_taken(const Address&);

/// The reason when not everything could be sent.
std::optional<std::string> send_all(const Socket&, View, Deadline);

/// For connections: frames leave at once.
void set_no_delay(const Socket&);
/// Acknowledges the next segment at once. The kernel forgets it, so it is said again before each receive: peers that
/// send a frame in pieces with Nagle's algorithm otherwise wait 40 ms for each.
void acknowledge_at_once(const Socket&);

}  // namespace lockstep::adapters
