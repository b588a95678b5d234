// The other end of a socket: serves a responder to whoever connects, one after another.
#pragma once

#include <string_view>

#include "adapters/frames.hpp"
#include "adapters/tcp.hpp"

namespace lockstep::adapters {

struct ServerOptions {
  Address address{"127.0.0.1", wire::emu::PORT};  ///< port 0: a free one
  Transport transport = Transport::pci_doe;
  std::chrono::milliseconds frame = limits::frame;
  std::chrono::milliseconds idle = limits::idle;
  std::function<void(const std::string&)> note = {};  ///< told who came, who went and why
};

/// A client that breaks the protocol loses its own connection and nothing else.
class Server {
 public:
  virtual ~Server() = default;
  std::uint16_t port() const { return local_port(sockets_.listener); }

  enum class End { shutdown, stopped };
  /// Serves until a client says SHUTDOWN or stop() is called.
  Result<End, LinkError> run(const Responder&);
  /// From any thread; also before run(). For good.
  void stop() const;

 protected:
  enum class Next { client, shutdown, stopped };
  struct Sockets {
    Socket listener;
    Socket wake;  ///< an event counter: readable after stop()
  };
  static Result<Sockets, LinkError> open(const ServerOptions&);

  Server(ServerOptions options, Sockets sockets) : options_(std::move(options)), sockets_(std::move(sockets)) {}
  Server(Server&&) = default;
  Server& operator=(Server&&) = default;

  virtual Next serve(Socket connection, std::string client, const Responder&) const = 0;
  /// What the stream receives next; nullopt: stopped. A client may be slow, but not while somebody else waits.
  template <class Stream>
  auto receive(Stream& stream) const -> decltype(stream.receive(Deadline())) {
    for (;;) {
      auto frame = stream.receive(Clock::now() + options_.idle);
      if (!frame || *frame || is_stopped()) return frame;
      if (is_client_waiting())
        return Unexpected{LinkError{LinkError::Kind::closed, stream.peer() + ": idle while another client waits"}};
    }
  }
  ByteStream::Patience patience() const { return {.frame = options_.frame, .wake_fd = sockets_.wake.fd()}; }
  const ServerOptions& options() const { return options_; }
  void note(const std::string& what) const;

 private:
  friend class StopOnSignals;
  bool is_stopped() const;
  bool is_client_waiting() const;

  ServerOptions options_;
  Sockets sockets_;
};

/// The socket of DMTF's emulators. Answers hello and DOE discovery itself and gives every packet to the responder.
/// Silence, and what can not be read as a packet, is answered with an empty frame, as the protocol allows: the
/// emulator's clients wait for ever otherwise.
class EmuServer : public Server {
 public:
  static Result<EmuServer, LinkError> listen(ServerOptions);

 private:
  using Server::Server;
  Next serve(Socket connection, std::string client, const Responder&) const override;
  std::optional<LinkError> answer(FrameStream&, const wire::emu::Frame&, const Responder&) const;
  Bytes answer_to(const Bytes& object, const Responder&) const;
};

/// SPDM over TCP (DSP0287). A role inquiry is told that this end is no requester; what is no SPDM, that it is not
/// supported.
class TcpServer : public Server {
 public:
  /// `transport` counts nothing: it is TCP.
  static Result<TcpServer, LinkError> listen(ServerOptions);

 private:
  using Server::Server;
  Next serve(Socket connection, std::string client, const Responder&) const override;
};

/// While it lives, SIGINT and SIGTERM stop the server. One at a time.
class StopOnSignals {
 public:
  explicit StopOnSignals(const Server&);
  ~StopOnSignals();
  StopOnSignals(const StopOnSignals&) = delete;
  StopOnSignals& operator=(const StopOnSignals&) = delete;

 private:
  struct Before;
  std::unique_ptr<Before> before_;
};

}  // namespace lockstep::adapters
