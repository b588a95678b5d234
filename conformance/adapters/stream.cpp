#include "adapters/stream.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace lockstep::adapters {

using Kind = LinkError::Kind;

std::string ByteStream::place(std::size_t frame, std::size_t offset) const {
  return peer_ + ", frame " + std::to_string(frame) + ", offset " + std::to_string(offset);
}

std::optional<LinkError> ByteStream::send(View frame) {
  if (const auto why = send_all(socket_, frame, Clock::now() + patience_.frame))
    return LinkError{Kind::closed, peer_ + ": cannot send: " + *why};
  return std::nullopt;
}

Result<std::optional<Bytes>, LinkError> ByteStream::receive(Deadline deadline, const Measure& measure) {
  std::optional<Deadline> frame_deadline;
  for (;;) {
    const auto size = measure(buffer_);
    if (!size)
      return Unexpected{
          LinkError{Kind::bad_frame, place(received_ + 1, size.error().offset) + ": " + size.error().what}};
    if (*size > 0 && buffer_.size() >= *size) {
      const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(*size);
      Bytes frame(buffer_.begin(), end);
      buffer_.erase(buffer_.begin(), end);
      ++received_;
      return std::optional(std::move(frame));
    }
    if (!buffer_.empty() && !frame_deadline) frame_deadline = Clock::now() + patience_.frame;
    acknowledge_at_once(socket_);
    switch (wait_for(socket_.fd(), POLLIN, frame_deadline.value_or(deadline), patience_.wake_fd)) {
      case Waited::woken:
        return std::optional<Bytes>();
      case Waited::timeout:
        if (!frame_deadline) return std::optional<Bytes>();
        return Unexpected{LinkError{Kind::timeout_in_frame, place(received_ + 1, buffer_.size()) +
                                                                ": the frame began and did not end within " +
                                                                std::to_string(patience_.frame.count()) + " ms"}};
      case Waited::ready:
        break;
    }
    if (const auto error = read_some()) return Unexpected{*error};
  }
}

bool ByteStream::has_bytes_waiting() const {
  Byte next = 0;
  return !buffer_.empty() || ::recv(socket_.fd(), &next, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

std::optional<LinkError> ByteStream::read_some() {
  std::array<Byte, 65536> chunk;
  const ssize_t size = ::recv(socket_.fd(), chunk.data(), chunk.size(), MSG_DONTWAIT);
  if (size > 0) {
    append(buffer_, View(chunk).first(static_cast<std::size_t>(size)));
    return std::nullopt;
  }
  if (size < 0 && (errno == EINTR || errno == EAGAIN)) return std::nullopt;
  const std::string how = size == 0 ? "closed the connection" : std::generic_category().message(errno);
  if (buffer_.empty()) return LinkError{Kind::closed, peer_ + ": " + how + " instead of sending a frame"};
  return LinkError{Kind::closed, place(received_ + 1, buffer_.size()) + ": " + how + " inside the frame"};
}

}  // namespace lockstep::adapters
