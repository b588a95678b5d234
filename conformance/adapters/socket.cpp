#include "adapters/socket.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

namespace lockstep::adapters {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

std::string last_error(int error = errno) { return std::generic_category().message(error); }

Result<AddressList, std::string> resolve(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (code != 0) return Unexpected{std::string(::gai_strerror(code))};
  return AddressList(found, &::freeaddrinfo);
}

Socket new_socket(const addrinfo& address) {
  return Socket(::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol));
}

void set_option(const Socket& socket, int level, int option) {
  const int on = 1;
  ::setsockopt(socket.fd(), level, option, &on, sizeof on);  // all options set here are hints or cannot fail
}

std::optional<std::string> connect_one(const Socket& socket, const addrinfo& address, Deadline deadline) {
  if (socket.fd() < 0) return last_error();
  if (::connect(socket.fd(), address.ai_addr, address.ai_addrlen) == 0) return std::nullopt;
  if (errno != EINPROGRESS) return last_error();
  if (wait_for(socket.fd(), POLLOUT, deadline) != Waited::ready) return "no answer in time";
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return last_error(error);
  return std::nullopt;
}

int bind_one(const Socket& socket, const addrinfo& address) {
  set_option(socket, SOL_SOCKET, SO_REUSEADDR);
  return ::bind(socket.fd(), address.ai_addr, address.ai_addrlen);
}

}  // namespace

std::string Address::text() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

Waited wait_for(int fd, short events, Deadline deadline, int wake_fd) {
  pollfd waiting[] = {{wake_fd, POLLIN, 0}, {fd, events, 0}};  // poll() skips negative descriptors
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    const int timeout = static_cast<int>(std::clamp<std::int64_t>(left, 0, 1 << 30));
    const int ready = ::poll(waiting, 2, timeout);
    if (ready < 0 && errno == EINTR) continue;
    LOCKSTEP_ASSERT(ready >= 0);
    if (ready == 0) return Waited::timeout;
    return waiting[0].revents != 0 ? Waited::woken : Waited::ready;
  }
}

Result<Socket, std::string> connect_to(const Address& address, Deadline deadline) {
  const auto list = resolve(address);
  if (!list) return Unexpected{list.error()};
  std::string why = "no address";
  for (const addrinfo* one = list->get(); one != nullptr; one = one->ai_next) {
    Socket socket = new_socket(*one);
    const auto failed = connect_one(socket, *one, deadline);
    if (!failed) {
      set_no_delay(socket);
      return socket;
    }
    why = *failed;
  }
  return Unexpected{why};
}

Result<Socket, std::string> listen_on(const Address& address) {
  const auto list = resolve(address);
  if (!list) return Unexpected{list.error()};
  const addrinfo& first = **list;
  Socket socket = new_socket(first);
  if (socket.fd() < 0 || bind_one(socket, first) != 0 || ::listen(socket.fd(), SOMAXCONN) != 0)
    return Unexpected{last_error()};
  return socket;
}

std::uint16_t local_port(const Socket& socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  LOCKSTEP_ASSERT(::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&bound), &size) == 0);
  const auto raw = bound.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(bound).sin6_port
                                               : reinterpret_cast<const sockaddr_in&>(bound).sin_port;
  return ntohs(raw);
}

bool is_taken(const Address& address) {
  const auto list = resolve(address);
  if (!list) return false;
  const Socket socket = new_socket(**list);
  return socket.fd() >= 0 && bind_one(socket, **list) != 0 && errno == EADDRINUSE;
}

std::optional<std::string> send_all(const Socket& socket, View bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (wait_for(socket.fd(), POLLOUT, deadline) == Waited::timeout) return "it does not read what is sent";
    } else if (errno != EINTR) {
      return last_error();
    }
  }
  return std::nullopt;
}

void set_no_delay(const Socket& socket) { set_option(socket, IPPROTO_TCP, TCP_NODELAY); }
void acknowledge_at_once(const Socket& socket) { set_option(socket, IPPROTO_TCP, TCP_QUICKACK); }

}  // namespace lockstep::adapters
