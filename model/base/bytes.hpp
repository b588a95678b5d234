// Byte strings as they are on the wire, and the little-endian and big-endian integers in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

using Byte = std::uint8_t;
using Bytes = std::vector<Byte>;
using View = std::span<const Byte>;

/// Lower-case hexadecimal without separators.
std::string to_hex(View bytes);
/// Accepts an even number of hexadecimal digits, spaces ignored; anything else is nullopt.
std::optional<Bytes> from_hex(std::string_view text);

/// Appends `width` bytes (1 to 8) of `value`, least significant first.
void append_le(Bytes& to, std::uint64_t value, std::size_t width);
/// Appends `width` bytes (1 to 8) of `value`, most significant first.
void append_be(Bytes& to, std::uint64_t value, std::size_t width);
/// The value of `bytes` (at most 8), least significant first.
std::uint64_t read_le(View bytes);
/// The value of `bytes` (at most 8), most significant first.
std::uint64_t read_be(View bytes);

inline void append(Bytes& to, View more) { to.insert(to.end(), more.begin(), more.end()); }
inline Bytes copy(View bytes) { return {bytes.begin(), bytes.end()}; }
/// A text as bytes, without terminating zero.
Bytes text_bytes(std::string_view text);
/// Compares in constant time for equal lengths: the way secrets and MACs are compared.
bool equal_constant_time(View a, View b);

}  // namespace lockstep
