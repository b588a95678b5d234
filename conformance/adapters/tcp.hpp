// SPDM over TCP (DSP0287): nothing but the binding's own messages on the connection.
#pragma once

#include "adapters/endpoint.hpp"
#include "adapters/stream.hpp"
#include "adapters/transport.hpp"
#include "wire/tcp.hpp"

namespace lockstep::adapters {

/// Messages of the binding over one connection; both ends use it.
class TcpStream {
 public:
  TcpStream(Socket socket, std::string peer, ByteStream::Patience patience)
      : stream_(std::move(socket), std::move(peer), patience) {}

  std::optional<LinkError> send(View message) { return stream_.send(message); }
  /// The next message with its header; nullopt: none began before the deadline, or the wait was woken.
  Result<std::optional<Bytes>, LinkError> receive(Deadline);
  bool has_bytes_waiting() const { return stream_.has_bytes_waiting(); }
  const std::string& peer() const { return stream_.peer(); }
  std::string place(std::size_t offset) const { return stream_.place(offset); }

 private:
  ByteStream stream_;
};

struct TcpOptions {
  EndpointOptions endpoint{.address = {"127.0.0.1", wire::tcp::PORT}};
  std::chrono::milliseconds frame = limits::frame;
};

/// The messages carry no number: one that comes later than the patience allows is thrown away when the next is sent.
class TcpTarget : public Target {
 public:
  explicit TcpTarget(TcpOptions options) : endpoint_(std::move(options.endpoint)), frame_(options.frame) {}

  std::string name() const override { return "tcp://" + endpoint_.address().text(); }
  Result<std::unique_ptr<Link>, LinkError> connect(bool restart) override;
  bool can_restart() const override { return endpoint_.can_restart(); }

 private:
  Endpoint endpoint_;
  std::chrono::milliseconds frame_;
};

}  // namespace lockstep::adapters
