// Messages of MCTP that come in several packets (DSP0236, "Message assembly").
#pragma once

#include <map>
#include <optional>
#include <tuple>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lockstep::adapters {

class MctpPackets {
 public:
  /// A packet, transport header first. The whole message behind the header of its first packet when this is the last
  /// one; nullopt when more must come. The error: packets before it are missing.
  Result<std::optional<Bytes>, std::string> take(View packet);
  /// A message has begun and has not come to its end.
  bool unfinished() const { return cut_off_ || !begun_.empty(); }

 private:
  /// Destination, source, and the tag with its owner.
  using Key = std::tuple<Byte, Byte, Byte>;
  struct Message {
    Bytes bytes;
    unsigned next = 0;  ///< packet sequence number, modulo 4
  };
  std::map<Key, Message> begun_;
  bool cut_off_ = false;  ///< by another message with its tag
};

}  // namespace lockstep::adapters
