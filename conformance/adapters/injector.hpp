// Out-of-band stimuli: what happens to a device and is no message.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lockstep::adapters {

/// One stimulus, named as the machines name it, in lower case with hyphens: "function-level-reset",
/// "config-write-tracked", "check-failed", "conventional-reset", "heartbeat-expired". device/events.hpp has them all.
struct Injection {
  std::string stimulus;
  Byte index = 0;  ///< of the TDI, IDE stream or session that it concerns; 0 when it concerns the whole device
  bool operator==(const Injection&) const = default;
};

enum class Injected : Byte {
  done,           ///< it has happened, and the device has had the time to notice
  unimplemented,  ///< this injector cannot do it: the case does not apply
};

class Injector {
 public:
  virtual ~Injector() = default;
  /// The error says why a stimulus that the injector knows could not be made to happen.
  virtual Result<Injected, std::string> inject(const Injection&) = 0;
};

}  // namespace lockstep::adapters
