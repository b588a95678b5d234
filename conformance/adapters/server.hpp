// The other end of the emulator's socket: serves a responder to whoever connects, one after another.
#pragma once

#include <string_view>

#include "adapters/frames.hpp"

namespace lockstep::adapters {

struct ServerOptions {
  Address address{"127.0.0.1", wire::emu::PORT};  ///< port 0: a free one
  Transport transport = Transport::pci_doe;
  std::chrono::milliseconds frame = limits::frame;
  std::chrono::milliseconds idle = limits::idle;
  std::function<void(const std::string&)> note = {};  ///< told who came, who went and why
};

/// Answers hello and DOE discovery itself and gives every packet to the responder. Silence, and what can not be read as
/// a packet, is answered with an empty frame, as the protocol allows: the emulator's clients wait for ever otherwise.
/// A client that breaks the protocol loses its own connection and nothing else.
class EmuServer {
 public:
  static Result<EmuServer, LinkError> listen(ServerOptions);

  std::uint16_t port() const { return local_port(listener_); }

  enum class End { shutdown, stopped };
  /// Serves until a client says SHUTDOWN or stop() is called.
  Result<End, LinkError> run(const Responder&);
  /// From any thread; also before run(). For good.
  void stop() const;

 private:
  friend class StopOnSignals;
  enum class Next { client, shutdown, stopped };

  EmuServer(ServerOptions options, Socket listener, Socket wake)
      : options_(std::move(options)), listener_(std::move(listener)), wake_(std::move(wake)) {}
  Next serve(FrameStream&, const Responder&) const;
  Result<std::optional<wire::emu::Frame>, LinkError> next_frame(FrameStream&) const;
  std::optional<LinkError> answer(FrameStream&, const wire::emu::Frame&, const Responder&) const;
  Bytes answer_to(const Bytes& object, const Responder&) const;
  bool is_stopped() const;
  bool is_client_waiting() const;
  void note(const std::string& what) const;

  ServerOptions options_;
  Socket listener_;
  Socket wake_;  // an event counter: readable after stop()
};

/// While it lives, SIGINT and SIGTERM stop the server. One at a time.
class StopOnSignals {
 public:
  explicit StopOnSignals(const EmuServer&);
  ~StopOnSignals();
  StopOnSignals(const StopOnSignals&) = delete;
  StopOnSignals& operator=(const StopOnSignals&) = delete;

 private:
  struct Before;
  std::unique_ptr<Before> before_;
};

}  // namespace lockstep::adapters
