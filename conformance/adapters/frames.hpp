// Frames of the emulator's socket protocol over one connection; both ends use it.
#pragma once

#include "adapters/stream.hpp"
#include "adapters/transport.hpp"
#include "wire/emu.hpp"

namespace lockstep::adapters {

/// With their terminating zero, as the emulators send them.
inline constexpr std::string_view client_hello{"Client Hello!", 14};
inline constexpr std::string_view server_hello{"Server Hello!", 14};

wire::emu::TransportType frame_type(Transport);

class FrameStream {
 public:
  using Patience = ByteStream::Patience;
  /// `peer` names the other end in errors.
  FrameStream(Socket, std::string peer, Transport, Patience);

  std::optional<LinkError> send(wire::emu::Command, View payload);
  /// nullopt: no frame began before the deadline, or the wait was woken. A frame that began has its own deadline.
  Result<std::optional<wire::emu::Frame>, LinkError> receive(Deadline);
  bool has_bytes_waiting() const { return stream_.has_bytes_waiting(); }

  const std::string& peer() const { return stream_.peer(); }
  /// A place inside the frame that was received last.
  std::string place(std::size_t offset) const { return stream_.place(offset); }

 private:
  ByteStream stream_;
  Transport transport_;
};

}  // namespace lockstep::adapters
