#include "base/bytes.hpp"

#include "base/result.hpp"

namespace lockstep {

std::string to_hex(View bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (Byte b : bytes) {
    text.push_back(digits[b >> 4]);
    text.push_back(digits[b & 15]);
  }
  return text;
}

namespace {
int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
}  // namespace

std::optional<Bytes> from_hex(std::string_view text) {
  Bytes bytes;
  int high = -1;
  for (char c : text) {
    if (c == ' ') continue;
    const int d = digit(c);
    if (d < 0) return std::nullopt;
    if (high < 0) {
      high = d;
    } else {
      bytes.push_back(static_cast<Byte>(high * 16 + d));
      high = -1;
    }
  }
  if (high >= 0) return std::nullopt;
  return bytes;
}

void append_le(Bytes& to, std::uint64_t value, std::size_t width) {
  LOCKSTEP_ASSERT(width <= 8);
  for (std::size_t i = 0; i < width; ++i) to.push_back(static_cast<Byte>(value >> (8 * i)));
}

void append_be(Bytes& to, std::uint64_t value, std::size_t width) {
  LOCKSTEP_ASSERT(width <= 8);
  for (std::size_t i = width; i-- > 0;) to.push_back(static_cast<Byte>(value >> (8 * i)));
}

std::uint64_t read_le(View bytes) {
  LOCKSTEP_ASSERT(bytes.size() <= 8);
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

std::uint64_t read_be(View bytes) {
  LOCKSTEP_ASSERT(bytes.size() <= 8);
  std::uint64_t value = 0;
  for (Byte b : bytes) value = value << 8 | b;
  return value;
}

Bytes text_bytes(std::string_view text) { return {text.begin(), text.end()}; }

bool equal_constant_time(View a, View b) {
  if (a.size() != b.size()) return false;
  Byte difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference = static_cast<Byte>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "lockstep: defect in the tool: %s does not hold at %s:%d\n", condition, file, line);
  std::fflush(nullptr);
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  std::abort();  // a fuzzer sees this and keeps the input
#endif
  std::_Exit(70);
}

}  // namespace lockstep
