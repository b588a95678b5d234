#include "adapters/frames.hpp"

namespace lockstep::adapters {
namespace {

using wire::emu::Frame;

Result<std::size_t, BadFrame> measure(View begun, Transport transport) {
  if (begun.size() < wire::emu::HEADER_SIZE) return std::size_t{0};
  Frame header;
  // The interpreter fills the fields in their order, so the header is known although the payload is still to come.
  static_cast<void>(
      wire::decode(Frame::layout(), &header, begun.first(wire::emu::HEADER_SIZE), wire::Context{}).has_value());
  const auto expected = static_cast<std::uint32_t>(frame_type(transport));
  if (header.transport_type != expected)
    return Unexpected{BadFrame{4, "TransportType is " + std::to_string(header.transport_type) +
                                      ", this connection speaks " + std::to_string(expected) + " (" +
                                      std::string(binding(transport).name) + ")"}};
  if (header.payload_size > limits::frame_payload)
    return Unexpected{BadFrame{8, "PayloadSize is " + std::to_string(header.payload_size) + ", the limit is " +
                                      std::to_string(limits::frame_payload)}};
  return wire::emu::HEADER_SIZE + header.payload_size;
}

}  // namespace

wire::emu::TransportType frame_type(Transport transport) {
  switch (transport) {
    case Transport::mctp:
      return wire::emu::TransportType::MCTP;
    case Transport::pci_doe:
      return wire::emu::TransportType::PCI_DOE;
    case Transport::tcp:
      return wire::emu::TransportType::TCP;
    case Transport::none:
      break;
  }
  return wire::emu::TransportType::NONE;
}

FrameStream::FrameStream(Socket socket, std::string peer, Transport transport, Patience patience)
    : stream_(std::move(socket), std::move(peer), patience), transport_(transport) {}

std::optional<LinkError> FrameStream::send(wire::emu::Command command, View payload) {
  return stream_.send(wire::emu::wrap_emu(command, frame_type(transport_), payload));
}

Result<std::optional<Frame>, LinkError> FrameStream::receive(Deadline deadline) {
  auto bytes = stream_.receive(deadline, [this](View begun) { return measure(begun, transport_); });
  if (!bytes) return Unexpected{bytes.error()};
  if (!*bytes) return std::optional<Frame>();
  auto decoded = wire::decode<Frame>(**bytes, wire::Context{});
  LOCKSTEP_ASSERT(decoded.has_value());  // it is as long as its header says
  return std::optional(std::move(decoded->message));
}

}  // namespace lockstep::adapters
