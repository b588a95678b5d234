#include "adapters/shim_frames.hpp"

#include <algorithm>
#include <cctype>

namespace lockstep::adapters::shim {
namespace {

constexpr std::size_t SIZE_FIELD = 4;
constexpr std::size_t COUNTED_HEADER = HEADER_SIZE - SIZE_FIELD;

std::string_view meaning(Kind kind) {
  switch (kind) {
    case Kind::inject:
      return "a stimulus";
    case Kind::clear:
      return "a message in the clear";
    case Kind::secured:
      return "a secured record";
    case Kind::hello:
      return "hello";
    case Kind::silence:
      return "no answer";
    case Kind::done:
      return "done";
    case Kind::unimplemented:
      return "unimplemented";
    case Kind::error:
      return "an error";
  }
  return {};
}

/// The mistake that everybody makes once: a print statement.
std::string hint(View begun) {
  const bool printed = std::all_of(begun.begin(), begun.begin() + SIZE_FIELD,
                                   [](Byte c) { return std::isprint(c) != 0 || std::isspace(c) != 0; });
  if (!printed) return {};
  std::string text;
  for (const Byte c : begun.first(std::min<std::size_t>(begun.size(), 40)))
    text += std::isprint(c) != 0 ? char(c) : ' ';
  return "; it looks like the text '" + text + "': standard output is for frames, print to standard error";
}

}  // namespace

std::string text(Kind kind) {
  return std::string(1, static_cast<char>(kind)) + " (" + std::string(meaning(kind)) + ")";
}

Bytes encode(const Frame& frame) {
  Bytes bytes;
  append_le(bytes, COUNTED_HEADER + frame.body.size(), SIZE_FIELD);
  bytes.push_back(static_cast<Byte>(frame.kind));
  bytes.push_back(frame.tag);
  append(bytes, frame.body);
  return bytes;
}

Frame decode(View bytes) {
  LOCKSTEP_ASSERT(bytes.size() >= HEADER_SIZE);
  return {static_cast<Kind>(bytes[4]), bytes[5], copy(bytes.subspan(HEADER_SIZE))};
}

Result<std::size_t, BadFrame> measure(View begun) {
  if (begun.size() < SIZE_FIELD) return std::size_t{0};
  const std::size_t size = static_cast<std::size_t>(read_le(begun.first(SIZE_FIELD)));
  if (size < COUNTED_HEADER || size > COUNTED_HEADER + limits::frame_payload)
    return Unexpected{BadFrame{0, "the size is " + std::to_string(size) + ", expected 2 to " +
                                      std::to_string(COUNTED_HEADER + limits::frame_payload) + hint(begun)}};
  if (begun.size() > SIZE_FIELD && meaning(static_cast<Kind>(begun[SIZE_FIELD])).empty())
    return Unexpected{BadFrame{SIZE_FIELD, "there is no kind of frame " + std::to_string(begun[SIZE_FIELD])}};
  return SIZE_FIELD + size;
}

}  // namespace lockstep::adapters::shim
