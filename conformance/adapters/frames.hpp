// Frames of the emulator's socket protocol over one connection; both ends use it.
#pragma once

#include <optional>
#include <string>

#include "adapters/limits.hpp"
#include "adapters/link.hpp"
#include "adapters/socket.hpp"
#include "adapters/transport.hpp"
#include "wire/emu.hpp"

namespace lockstep::adapters {

/// With their terminating zero, as the emulators send them.
inline constexpr std::string_view client_hello{"Client Hello!", 14};
inline constexpr std::string_view server_hello{"Server Hello!", 14};

wire::emu::TransportType frame_type(Transport);

class FrameStream {
 public:
  struct Patience {
    std::chrono::milliseconds frame = limits::frame;  ///< from the first to the last byte of a frame
    int wake_fd = -1;                                 ///< ends a wait for a frame when it becomes readable
  };
  /// `peer` names the other end in errors.
  FrameStream(Socket, std::string peer, Transport, Patience);

  std::optional<LinkError> send(wire::emu::Command, View payload);
  /// nullopt: no frame began before the deadline, or the wait was woken. A frame that began has its own deadline.
  Result<std::optional<wire::emu::Frame>, LinkError> receive(Deadline);
  /// Whether bytes that nobody has read are here already.
  bool has_bytes_waiting() const;

  const std::string& peer() const { return peer_; }
  /// "127.0.0.1:2323, frame 3, offset 8": a place inside the frame that was received last.
  std::string place(std::size_t offset) const { return place(received_, offset); }

 private:
  std::string place(std::size_t frame, std::size_t offset) const;
  std::optional<LinkError> check_header() const;
  std::optional<wire::emu::Frame> take_frame();
  std::optional<LinkError> read_some();

  Socket socket_;
  std::string peer_;
  Transport transport_;
  Patience patience_;
  Bytes buffer_;              // what was read and is no complete frame yet
  std::size_t received_ = 0;  // frames
};

}  // namespace lockstep::adapters
