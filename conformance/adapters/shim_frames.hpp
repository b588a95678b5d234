// The frames between Lockstep and a shim (docs/shim.md); both ends use them.
#pragma once

#include "adapters/stream.hpp"

namespace lockstep::adapters::shim {

enum class Kind : Byte {
  // To the shim.
  inject = 'I',  ///< body: index, then the name of the stimulus
  // Both ways.
  clear = 'C',    ///< body: an SPDM message
  secured = 'S',  ///< body: a secured record
  // From the shim.
  hello = 'H',    ///< body: JSON
  silence = 'N',  ///< the device does not answer
  done = 'D',     ///< the stimulus has happened
  unimplemented = 'U',
  error = 'E',  ///< body: why the shim cannot go on, as text
};
/// "C (a message in the clear)"
std::string text(Kind);

/// Size of what follows (4 bytes, little-endian), kind, tag, body.
struct Frame {
  Kind kind = Kind::hello;
  Byte tag = 0;  ///< of the answer: that of what it answers
  Bytes body = {};
};
inline constexpr std::size_t HEADER_SIZE = 6;

Bytes encode(const Frame&);
/// `bytes` as measure() cut them.
Frame decode(View bytes);
/// Bodies of at most limits::frame_payload, of a known kind.
Result<std::size_t, BadFrame> measure(View begun);

}  // namespace lockstep::adapters::shim
