#include "adapters/server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "adapters/serve_object.hpp"

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

Result<Server::Sockets, LinkError> Server::open(const ServerOptions& options) {
  auto listener = listen_on(options.address);
  if (!listener)
    return Unexpected{LinkError{Kind::refused, "cannot listen on " + options.address.text() + ": " + listener.error()}};
  Socket event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  LOCKSTEP_ASSERT(event.fd() >= 0);
  return Sockets{std::move(*listener), std::move(event)};
}

void Server::stop() const { wake(sockets_.wake.fd()); }
bool Server::is_stopped() const { return wait_for(sockets_.wake.fd(), POLLIN, Clock::now()) == Waited::ready; }
bool Server::is_client_waiting() const {
  return wait_for(sockets_.listener.fd(), POLLIN, Clock::now()) == Waited::ready;
}
void Server::note(const std::string& what) const {
  if (options_.note) options_.note(what);
}

Result<Server::End, LinkError> Server::run(const Responder& responder) {
  for (std::size_t number = 1; !is_stopped();) {
    const auto waited = wait_for(sockets_.listener.fd(), POLLIN, Clock::now() + options_.idle, sockets_.wake.fd());
    if (waited != Waited::ready) continue;
    Socket connection(::accept4(sockets_.listener.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (connection.fd() < 0) {
      if (errno == EINTR || errno == EAGAIN || errno == ECONNABORTED) continue;
      return Unexpected{LinkError{Kind::refused, "cannot accept on " + options_.address.text() + ": " +
                                                     std::generic_category().message(errno)}};
    }
    set_no_delay(connection);
    const std::string client = "client " + std::to_string(number++);
    note(client + ": connected");
    if (serve(std::move(connection), client, responder) == Next::shutdown) return End::shutdown;
  }
  return End::stopped;
}

// --- the emulator's socket -------------------------------------------------------------------------------------------

Result<EmuServer, LinkError> EmuServer::listen(ServerOptions options) {
  auto sockets = open(options);
  if (!sockets) return Unexpected{sockets.error()};
  return EmuServer(std::move(options), std::move(*sockets));
}

Server::Next EmuServer::serve(Socket connection, std::string client, const Responder& responder) const {
  FrameStream stream(std::move(connection), std::move(client), options().transport, patience());
  for (;;) {
    const auto frame = receive(stream);
    if (!frame) return note(frame.error().why), Next::client;
    if (!*frame) return Next::stopped;
    if (const auto error = answer(stream, **frame, responder)) return note(error->why), Next::client;
    if ((*frame)->command == static_cast<std::uint32_t>(Command::SHUTDOWN)) return Next::shutdown;
    if ((*frame)->command == static_cast<std::uint32_t>(Command::CONTINUE)) return Next::client;
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
  return serve_object(options().transport, object, responder, options().note).value_or(Bytes{});
}

// --- SPDM over TCP ---------------------------------------------------------------------------------------------------

Result<TcpServer, LinkError> TcpServer::listen(ServerOptions options) {
  auto sockets = open(options);
  if (!sockets) return Unexpected{sockets.error()};
  return TcpServer(std::move(options), std::move(*sockets));
}

Server::Next TcpServer::serve(Socket connection, std::string client, const Responder& responder) const {
  TcpStream stream(std::move(connection), std::move(client), patience());
  for (;;) {
    const auto message = receive(stream);
    if (!message) return note(message.error().why), Next::client;
    if (!*message) return Next::stopped;
    const auto answer = serve_object(Transport::tcp, **message, responder, options().note);
    if (!answer) continue;
    if (const auto error = stream.send(*answer)) return note(error->why), Next::client;
  }
}

// --- signals ---------------------------------------------------------------------------------------------------------

struct StopOnSignals::Before {
  struct sigaction interrupt {};
  struct sigaction terminate {};
};

StopOnSignals::StopOnSignals(const Server& server) : before_(std::make_unique<Before>()) {
  LOCKSTEP_ASSERT(signalled.exchange(server.sockets_.wake.fd()) < 0);
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
