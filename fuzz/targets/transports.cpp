// Transport headers: DOE objects, MCTP messages, TCP messages, and the frames of the emulator's socket protocol as they
// come out of a stream. Input: which of them, then the bytes.
#include <sys/socket.h>

#include <array>

#include "adapters/frames.hpp"
#include "fuzz/target.hpp"
#include "wire/doe.hpp"
#include "wire/tcp.hpp"

namespace lockstep::fuzz {
namespace {

using adapters::Transport;
constexpr std::array transports{Transport::none, Transport::mctp, Transport::pci_doe};

bool only_padding(View bytes) {
  return bytes.size() < 4 && std::all_of(bytes.begin(), bytes.end(), [](Byte b) { return b == 0; });
}

void objects(Transport transport, View bytes) {
  const auto carried = adapters::unwrap(transport, bytes);
  if (!carried) return require(carried.error().offset <= bytes.size(), "an error is inside the object");
  if (!carried->is_packet()) return;
  const auto again = adapters::unwrap(transport, adapters::wrap(transport, carried->packet()));
  require(again && again->kind == carried->kind && again->payload.size() >= carried->payload.size(),
          "a packet comes out of the object around it");
  const View payload = again->payload;
  require(std::equal(carried->payload.begin(), carried->payload.end(), payload.begin()) &&
              only_padding(payload.subspan(carried->payload.size())),
          "a packet comes out as it was");
}

void tcp(View bytes) {
  const auto decoded = wire::decode<wire::tcp::Message>(bytes, {});
  if (!decoded || decoded->message.payload.size() > 65533) return;
  const auto type = static_cast<wire::tcp::MessageType>(decoded->message.message_type);
  const auto again = wire::decode<wire::tcp::Message>(wire::tcp::wrap_tcp(type, decoded->message.payload), {});
  require(again && again->message.payload == decoded->message.payload, "a TCP message comes out as it was");
}

/// Two ends of a connection whose other end has sent `bytes` and is gone.
std::optional<adapters::Socket> received(View bytes) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return std::nullopt;
  adapters::Socket near(ends[0]);
  const adapters::Socket far(ends[1]);
  if (bytes.size() > 0x8000) return std::nullopt;  // more than the kernel buffers would block
  if (adapters::send_all(far, bytes, adapters::Clock::now() + std::chrono::seconds(1))) return std::nullopt;
  return near;
}

void frames(Transport transport, View bytes) {
  auto socket = received(bytes);
  if (!socket) return;
  adapters::FrameStream stream(std::move(*socket), "peer", transport, {});
  std::size_t read = 0;
  for (;;) {
    const auto frame = stream.receive(adapters::Clock::now() + std::chrono::seconds(5));
    if (!frame) return require(!frame.error().why.empty(), "an error says why");
    require(frame->has_value(), "a stream that has ended is not waited for");
    read += wire::emu::HEADER_SIZE + (*frame)->payload.size();
    require(read <= bytes.size(), "no more is read than was sent");
  }
}

}  // namespace

void run(View input) {
  Reader reader(input);
  const std::size_t which = reader.below(2 * transports.size() + 1);
  const View bytes = reader.rest();
  if (which < transports.size()) return objects(transports[which], bytes);
  if (which == transports.size()) return tcp(bytes);
  frames(transports[which - transports.size() - 1], bytes);
}

}  // namespace lockstep::fuzz
