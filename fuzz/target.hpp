// One fuzz target: one function in one file of fuzz/targets. libfuzzer.cpp gives it to libFuzzer, replay.cpp runs it
// once for each file of a corpus; both are the same program to ctest.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace lockstep::fuzz {

/// Defined by each target. Whatever the input is, it returns; a property that does not hold ends the program.
void run(View input);

/// Says what does not hold, and aborts: libFuzzer keeps the input then.
[[noreturn]] void fail(std::string_view property, const std::string& detail);
inline void require(bool holds, std::string_view property) {
  if (!holds) fail(property, {});
}

/// Takes an input apart from its front. Behind its end everything is zero, so that every input means something.
class Reader {
 public:
  explicit Reader(View input) : left_(input) {}

  bool empty() const { return left_.empty(); }
  Byte byte() {
    const View one = bytes(1);
    return one.empty() ? Byte{0} : one[0];
  }
  /// At most `size` bytes.
  View bytes(std::size_t size) {
    const View taken = left_.first(std::min(size, left_.size()));
    left_ = left_.subspan(taken.size());
    return taken;
  }
  View rest() { return bytes(left_.size()); }
  /// A number below `limit` (1 to 256).
  std::size_t below(std::size_t limit) { return byte() % limit; }

 private:
  View left_;
};

}  // namespace lockstep::fuzz
