// The bytes of a connection, cut into frames.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "adapters/limits.hpp"
#include "adapters/link.hpp"
#include "adapters/socket.hpp"

namespace lockstep::adapters {

/// What is wrong with the header of a frame, and at which offset of the frame.
struct BadFrame {
  std::size_t offset;
  std::string what;
};
/// The size of the frame that begins with these bytes, header included; 0: the header has not come as far.
using Measure = std::function<Result<std::size_t, BadFrame>(View begun)>;

class ByteStream {
 public:
  struct Patience {
    std::chrono::milliseconds frame = limits::frame;  ///< from the first to the last byte of a frame
    int wake_fd = -1;                                 ///< ends a wait for a frame when it becomes readable
  };
  /// `peer` names the other end in errors.
  ByteStream(Socket socket, std::string peer, Patience patience)
      : socket_(std::move(socket)), peer_(std::move(peer)), patience_(patience) {}

  std::optional<LinkError> send(View frame);
  /// nullopt: no frame began before the deadline, or the wait was woken. A frame that began has its own deadline.
  Result<std::optional<Bytes>, LinkError> receive(Deadline, const Measure&);
  /// Whether bytes that nobody has read are here already.
  bool has_bytes_waiting() const;

  const std::string& peer() const { return peer_; }
  /// "127.0.0.1:2323, frame 3, offset 8": a place inside the frame that was received last.
  std::string place(std::size_t offset) const { return place(received_, offset); }

 private:
  std::string place(std::size_t frame, std::size_t offset) const;
  std::optional<LinkError> read_some();

  Socket socket_;
  std::string peer_;
  Patience patience_;
  Bytes buffer_;              // what was read and is no complete frame yet
  std::size_t received_ = 0;  // frames
};

}  // namespace lockstep::adapters
