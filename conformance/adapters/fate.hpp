// What became of the process behind a link.
#pragma once

#include <memory>

#include "adapters/child.hpp"
#include "adapters/limits.hpp"
#include "adapters/link.hpp"

namespace lockstep::adapters {

struct Fate {
  std::shared_ptr<Child> child;  ///< null: not ours
  std::string output_hint;       ///< "; its output is in FILE"

  /// A lost connection to a process that has ended is the end of that process.
  LinkError explain(LinkError error) const {
    using Kind = LinkError::Kind;
    const bool lost = error.kind == Kind::closed || error.kind == Kind::refused || error.kind == Kind::hung;
    if (child == nullptr || !lost) return error;
    if (const auto fate = child->fate_within(limits::death))
      return {Kind::died, "the target ended with " + *fate + " (" + error.why + ")" + output_hint};
    return error;
  }
};

inline std::string output_hint(const std::filesystem::path& output) {
  return output.empty() ? std::string() : "; its output is in " + output.string();
}

}  // namespace lockstep::adapters
