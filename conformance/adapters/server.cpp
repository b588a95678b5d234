#include "adapters/server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "adapters/discovery.hpp"

namespace lockstep::adapters {
namespace {

using Kind = LinkError::Kind;
using wire::emu::Command;
using wire::emu::Frame;

void wake(int event) {
  const std::uint64_t one = 1;
  // Can only fail when the counter is full, and then it is readable already.
  static_cast<void>(::write(event, &one, sizeof one) == sizeof one);
}

std::atomic<int> signalled{-1};  // event of the server that a signal stops

void stop_signalled(int) {
  const int error = errno;
  if (const int event = signalled.load(); event >= 0) wake(event);
  errno = error;
}

}  // namespace

Result<EmuServer, LinkError> EmuServer::listen(ServerOptions options) {
  auto listener = listen_on(options.address);
  if (!listener)
    return Unexpected{LinkError{Kind::refused, "cannot listen on " + options.address.text() + ": " + listener.error()}};
  Socket event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  LOCKSTEP_ASSERT(event.fd() >= 0);
  return EmuServer(std::move(options), std::move(*listener), std::move(event));
}

void EmuServer::stop() const { wake(wake_.fd()); }
bool EmuServer::is_stopped() const { return wait_for(wake_.fd(), POLLIN, Clock::now()) == Waited::ready; }
bool EmuServer::is_client_waiting() const { return wait_for(listener_.fd(), POLLIN, Clock::now()) == Waited::ready; }
void EmuServer::note(const std::string& what) const {
  if (options_.note) options_.note(what);
}

Result<EmuServer::End, LinkError> EmuServer::run(const Responder& responder) {
  for (std::size_t client = 1; !is_stopped();) {
    if (wait_for(listener_.fd(), POLLIN, Clock::now() + options_.idle, wake_.fd()) != Waited::ready) continue;
    Socket connection(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (connection.fd() < 0) {
      if (errno == EINTR || errno == EAGAIN || errno == ECONNABORTED) continue;
      return Unexpected{LinkError{Kind::refused, "cannot accept on " + options_.address.text() + ": " +
                                                     std::generic_category().message(errno)}};
    }
    set_no_delay(connection);
    FrameStream stream(std::move(connection), "client " + std::to_string(client++), options_.transport,
                       {.frame = options_.frame, .wake_fd = wake_.fd()});
    note(stream.peer() + ": connected");
    if (serve(stream, responder) == Next::shutdown) return End::shutdown;
  }
  return End::stopped;
}

EmuServer::Next EmuServer::serve(FrameStream& stream, const Responder& responder) const {
  for (;;) {
    const auto frame = next_frame(stream);
    if (!frame) return note(frame.error().why), Next::client;
    if (!*frame) return Next::stopped;
    if (const auto error = answer(stream, **frame, responder)) return note(error->why), Next::client;
    if ((*frame)->command == static_cast<std::uint32_t>(Command::SHUTDOWN)) return Next::shutdown;
    if ((*frame)->command == static_cast<std::uint32_t>(Command::CONTINUE)) return Next::client;
  }
}

// nullopt: stopped. A client may be slow, but not while somebody else waits.
Result<std::optional<Frame>, LinkError> EmuServer::next_frame(FrameStream& stream) const {
  for (;;) {
    auto frame = stream.receive(Clock::now() + options_.idle);
    if (!frame || *frame || is_stopped()) return frame;
    if (is_client_waiting())
      return Unexpected{LinkError{Kind::closed, stream.peer() + ": idle while another client waits"}};
  }
}

std::optional<LinkError> EmuServer::answer(FrameStream& stream, const Frame& frame, const Responder& responder) const {
  const auto command = static_cast<Command>(frame.command);
  switch (command) {
    case Command::NORMAL:
      return stream.send(command, answer_to(frame.payload, responder));
    case Command::TEST:
      return stream.send(command, text_bytes(server_hello));
    case Command::SHUTDOWN:
    case Command::CONTINUE:
      return stream.send(command, {});
    case Command::OOB_ENCAP_KEY_UPDATE:
    case Command::OOB_ENCAP_ENDPOINT_INFO:
    case Command::UNKNOWN:
      break;
  }
  note(stream.place(0) + ": Command " + std::to_string(frame.command) + " is not served");
  return stream.send(Command::UNKNOWN, {});
}

Bytes EmuServer::answer_to(const Bytes& object, const Responder& responder) const {
  const auto carried = unwrap(options_.transport, object);
  if (!carried)
    return note("a client's message: " + carried.error().field + " at offset " +
                std::to_string(carried.error().offset) + " " + carried.error().why),
           Bytes{};
  if (carried->kind == Carried::Kind::discovery) return answer_discovery(carried->payload).value_or(Bytes{});
  if (!carried->is_packet()) return note("a client's message: " + carried->other + " is not served"), Bytes{};
  const auto answer = responder(carried->packet());
  return answer ? wrap(options_.transport, *answer) : Bytes{};
}

struct StopOnSignals::Before {
  struct sigaction interrupt {};
  struct sigaction terminate {};
};

StopOnSignals::StopOnSignals(const EmuServer& server) : before_(std::make_unique<Before>()) {
  LOCKSTEP_ASSERT(signalled.exchange(server.wake_.fd()) < 0);
  struct sigaction action {};
  action.sa_handler = stop_signalled;
  ::sigaction(SIGINT, &action, &before_->interrupt);
  ::sigaction(SIGTERM, &action, &before_->terminate);
}

StopOnSignals::~StopOnSignals() {
  ::sigaction(SIGINT, &before_->interrupt, nullptr);
  ::sigaction(SIGTERM, &before_->terminate, nullptr);
  signalled.store(-1);
}

}  // namespace lockstep::adapters
