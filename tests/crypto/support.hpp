#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lockstep::crypto {

inline Bytes hex(std::string_view text) {
  const auto bytes = from_hex(text);
  LOCKSTEP_ASSERT(bytes.has_value());
  return *bytes;
}

inline Bytes flip_bit(Bytes bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ 1 << bit % 8);
  return bytes;
}

}  // namespace lockstep::crypto
