#include "adapters/frames.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace lockstep::adapters {
namespace {

using Kind = LinkError::Kind;
using wire::emu::Frame;

// The interpreter fills the fields in their order, so the header is known although the payload is still to come.
std::optional<Frame> read_header(View bytes) {
  if (bytes.size() < wire::emu::HEADER_SIZE) return std::nullopt;
  Frame header;
  static_cast<void>(
      wire::decode(Frame::layout(), &header, bytes.first(wire::emu::HEADER_SIZE), wire::Context{}).has_value());
  return header;
}

}  // namespace

wire::emu::TransportType frame_type(Transport transport) {
  switch (transport) {
    case Transport::mctp:
      return wire::emu::TransportType::MCTP;
    case Transport::pci_doe:
      return wire::emu::TransportType::PCI_DOE;
    case Transport::none:
      break;
  }
  return wire::emu::TransportType::NONE;
}

FrameStream::FrameStream(Socket socket, std::string peer, Transport transport, Patience patience)
    : socket_(std::move(socket)), peer_(std::move(peer)), transport_(transport), patience_(patience) {}

std::string FrameStream::place(std::size_t frame, std::size_t offset) const {
  return peer_ + ", frame " + std::to_string(frame) + ", offset " + std::to_string(offset);
}

std::optional<LinkError> FrameStream::send(wire::emu::Command command, View payload) {
  const Bytes frame = wire::emu::wrap_emu(command, frame_type(transport_), payload);
  if (const auto why = send_all(socket_, frame, Clock::now() + patience_.frame))
    return LinkError{Kind::closed, peer_ + ": cannot send: " + *why};
  return std::nullopt;
}

Result<std::optional<Frame>, LinkError> FrameStream::receive(Deadline deadline) {
  std::optional<Deadline> frame_deadline;
  for (;;) {
    if (const auto error = check_header()) return Unexpected{*error};
    if (auto frame = take_frame()) return frame;
    if (!buffer_.empty() && !frame_deadline) frame_deadline = Clock::now() + patience_.frame;
    acknowledge_at_once(socket_);
    switch (wait_for(socket_.fd(), POLLIN, frame_deadline.value_or(deadline), patience_.wake_fd)) {
      case Waited::woken:
        return std::optional<Frame>();
      case Waited::timeout:
        if (!frame_deadline) return std::optional<Frame>();
        return Unexpected{LinkError{Kind::timeout_in_frame, place(received_ + 1, buffer_.size()) +
                                                                ": the frame began and did not end within " +
                                                                std::to_string(patience_.frame.count()) + " ms"}};
      case Waited::ready:
        break;
    }
    if (const auto error = read_some()) return Unexpected{*error};
  }
}

bool FrameStream::has_bytes_waiting() const {
  Byte next = 0;
  return !buffer_.empty() || ::recv(socket_.fd(), &next, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

std::optional<LinkError> FrameStream::check_header() const {
  const auto header = read_header(buffer_);
  if (!header) return std::nullopt;
  const auto at = [&](std::size_t offset) { return place(received_ + 1, offset); };
  const auto expected = static_cast<std::uint32_t>(frame_type(transport_));
  if (header->transport_type != expected)
    return LinkError{Kind::bad_frame, at(4) + ": TransportType is " + std::to_string(header->transport_type) +
                                          ", this connection speaks " + std::to_string(expected) + " (" +
                                          std::string(binding(transport_).name) + ")"};
  if (header->payload_size > limits::frame_payload)
    return LinkError{Kind::bad_frame, at(8) + ": PayloadSize is " + std::to_string(header->payload_size) +
                                          ", the limit is " + std::to_string(limits::frame_payload)};
  return std::nullopt;
}

std::optional<Frame> FrameStream::take_frame() {
  auto decoded = wire::decode<Frame>(buffer_, wire::Context{});
  if (!decoded) return std::nullopt;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(decoded->consumed));
  ++received_;
  return std::move(decoded->message);
}

std::optional<LinkError> FrameStream::read_some() {
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
