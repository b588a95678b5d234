#include "adapters/mctp_packets.hpp"

namespace lockstep::adapters {

Result<std::optional<Bytes>, std::string> MctpPackets::take(View packet) {
  constexpr std::size_t HEADER = 4, FLAGS = 3;
  constexpr Byte START = 0x80, END = 0x40, TAG = 0x0F;
  if (packet.size() < HEADER) return std::optional(copy(packet));  // too short for anything: its reader says so
  const Byte flags = packet[FLAGS];
  const Key key{packet[1], packet[2], flags & TAG};
  const unsigned number = flags >> 4 & 3;
  if ((flags & START) != 0) {  // what began before with the same tag is dropped
    cut_off_ = cut_off_ || begun_.contains(key);
    begun_[key] = {copy(packet), number};
    begun_[key].bytes[FLAGS] |= END;
  } else {
    const auto found = begun_.find(key);
    if (found == begun_.end() || found->second.next != number) {
      begun_.erase(key);
      return Unexpected{std::string("packets of its message before it were not recorded")};
    }
    append(found->second.bytes, packet.subspan(HEADER));
  }
  Message& message = begun_[key];
  message.next = (number + 1) % 4;
  if ((flags & END) == 0) return std::optional<Bytes>();
  std::optional<Bytes> whole = std::move(message.bytes);
  begun_.erase(key);
  return whole;
}

}  // namespace lockstep::adapters
