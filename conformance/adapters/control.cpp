#include "adapters/control.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <mutex>
#include <system_error>

#include "adapters/limits.hpp"

namespace lockstep::adapters {
namespace {

using Path = std::filesystem::path;

constexpr std::string_view OK = "ok", UNIMPLEMENTED = "unimplemented", ERROR = "error ";

std::string last_error() { return std::generic_category().message(errno); }
std::string at(const Path& path, const std::string& why) { return "control socket " + path.string() + ": " + why; }

Result<sockaddr_un, std::string> address_of(const Path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.empty() || text.size() >= sizeof address.sun_path)
    return Unexpected{at(path, "the path has " + std::to_string(text.size()) + " bytes, the limit is " +
                                   std::to_string(sizeof address.sun_path - 1))};
  std::memcpy(address.sun_path, text.c_str(), text.size());
  return address;
}

Socket new_socket() { return Socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

template <int Call(int, const sockaddr*, socklen_t)>
int call(const Socket& socket, const sockaddr_un& address) {
  return Call(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

/// A socket that its server left behind when it was killed.
bool is_abandoned(const Path& path, const sockaddr_un& address) {
  std::error_code ignored;
  return std::filesystem::is_socket(path, ignored) && call<::connect>(new_socket(), address) != 0 &&
         errno == ECONNREFUSED;
}

/// Reads up to the end of a line, which is not part of it. nullopt: the connection ended, the line is too long, or
/// nothing came in time.
std::optional<std::string> read_line(const Socket& socket, std::string& buffer, Deadline deadline, int wake_fd) {
  for (;;) {
    if (const std::size_t end = buffer.find('\n'); end != buffer.npos) {
      std::string line = buffer.substr(0, end);
      buffer.erase(0, end + 1);
      return line;
    }
    if (buffer.size() > limits::control_line) return std::nullopt;
    if (wait_for(socket.fd(), POLLIN, deadline, wake_fd) != Waited::ready) return std::nullopt;
    std::array<char, 512> chunk;
    const ssize_t size = ::recv(socket.fd(), chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EINTR && errno != EAGAIN)) return std::nullopt;
    if (size > 0) buffer.append(chunk.data(), static_cast<std::size_t>(size));
  }
}

std::optional<Injection> parse(const std::string& line) {
  const std::size_t space = line.find(' ');
  if (space == line.npos || space == 0) return std::nullopt;
  Injection injection{line.substr(0, space), 0};
  const char* const end = line.data() + line.size();
  const auto parsed = std::from_chars(line.data() + space + 1, end, injection.index);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return injection;
}

}  // namespace

LocalDevice locked(LocalDevice device) {
  auto lock = std::make_shared<std::mutex>();
  auto shared = std::make_shared<LocalDevice>(std::move(device));
  const auto respond = [lock, shared](const Packet& packet) {
    const std::lock_guard guard(*lock);
    return shared->respond(packet);
  };
  if (!shared->inject) return {respond};
  return {respond, [lock, shared](const Injection& injection) {
            const std::lock_guard guard(*lock);
            return shared->inject(injection);
          }};
}

Result<std::unique_ptr<ControlServer>, std::string> ControlServer::listen(const Path& path, Inject inject) {
  const auto address = address_of(path);
  if (!address) return Unexpected{address.error()};
  if (is_abandoned(path, *address)) ::unlink(path.c_str());
  Socket listener = new_socket();
  const mode_t mask = ::umask(0077);
  const int bound = call<::bind>(listener, *address);
  const int error = errno;
  ::umask(mask);
  if (bound != 0) return Unexpected{at(path, std::generic_category().message(error))};
  if (::listen(listener.fd(), SOMAXCONN) != 0) return Unexpected{at(path, last_error())};
  Socket wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  LOCKSTEP_ASSERT(wake.fd() >= 0);
  return std::unique_ptr<ControlServer>(
      new ControlServer(path, std::move(listener), std::move(wake), std::move(inject)));
}

ControlServer::ControlServer(Path path, Socket listener, Socket wake, Inject inject)
    : path_(std::move(path)),
      listener_(std::move(listener)),
      wake_(std::move(wake)),
      inject_(std::move(inject)),
      thread_([this] { run(); }) {}

ControlServer::~ControlServer() {
  const std::uint64_t one = 1;
  LOCKSTEP_ASSERT(::write(wake_.fd(), &one, sizeof one) == sizeof one);
  thread_.join();
  ::unlink(path_.c_str());
}

void ControlServer::run() const {
  for (;;) {
    const auto waited = wait_for(listener_.fd(), POLLIN, Clock::now() + limits::idle, wake_.fd());
    if (waited == Waited::woken) return;
    if (waited == Waited::timeout) continue;
    Socket client(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client.fd() >= 0) serve(std::move(client));
  }
}

void ControlServer::serve(Socket client) const {
  for (std::string buffer;;) {
    const auto line = read_line(client, buffer, Clock::now() + limits::idle, wake_.fd());
    if (!line) return;
    if (send_all(client, text_bytes(answer(*line) + "\n"), Clock::now() + limits::frame)) return;
  }
}

std::string ControlServer::answer(const std::string& line) const {
  const auto injection = parse(line);
  if (!injection) return std::string(ERROR) + "expected STIMULUS INDEX, with an index from 0 to 255";
  const auto done = inject_ ? inject_(*injection) : Injected::unimplemented;
  if (!done) return std::string(ERROR) + done.error();
  return std::string(*done == Injected::done ? OK : UNIMPLEMENTED);
}

Result<Injected, std::string> ControlInjector::inject(const Injection& injection) {
  const auto address = address_of(path_);
  if (!address) return Unexpected{address.error()};
  const Socket socket = new_socket();
  if (call<::connect>(socket, *address) != 0) return Unexpected{at(path_, last_error())};
  const std::string line = injection.stimulus + " " + std::to_string(injection.index) + "\n";
  if (const auto why = send_all(socket, text_bytes(line), Clock::now() + limits::frame))
    return Unexpected{at(path_, *why)};
  std::string buffer;
  const auto answer = read_line(socket, buffer, Clock::now() + limits::inject, -1);
  if (!answer) return Unexpected{at(path_, "no answer")};
  if (*answer == OK) return Injected::done;
  if (*answer == UNIMPLEMENTED) return Injected::unimplemented;
  return Unexpected{answer->starts_with(ERROR) ? answer->substr(ERROR.size()) : at(path_, "answers '" + *answer + "'")};
}

}  // namespace lockstep::adapters
