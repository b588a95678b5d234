// How messages reach an implementation under test: whole SPDM messages or secured records, without transport headers.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lockstep::adapters {

/// One message as the transport carries it: an SPDM message in the clear, or a secured record (DSP0277).
struct Packet {
  bool secured = false;
  Bytes payload;
};

/// The link is lost or speaks nonsense; where and why. Never used for what the device answers.
struct LinkError {
  enum class Kind { refused, closed, timeout_in_frame, bad_frame, died };
  Kind kind;
  std::string why;  ///< names the place: address, frame, offset
};

/// What differs from one transport binding to another.
struct Binding {
  std::string_view name;                 ///< "pci-doe"
  std::size_t sequence_number_size = 0;  ///< in secured records: MCTP 2, DOE and TCP 0
  bool inner_message_type = false;       ///< MCTP: the message type byte stands inside the record too
  std::size_t max_random_pad = 0;
  std::size_t alignment = 1;  ///< answers may be padded with zeros up to this
};

class Link {
 public:
  virtual ~Link() = default;
  virtual const Binding& binding() const = 0;
  /// Sends one packet and waits for the answer. nullopt: no answer within `patience` (or an empty one), which is an
  /// observation, not an error.
  virtual Result<std::optional<Packet>, LinkError> exchange(const Packet&, std::chrono::milliseconds patience) = 0;
};

/// Starts, restarts and reaches the implementation under test.
class Target {
 public:
  virtual ~Target() = default;
  virtual std::string name() const = 0;
  /// A fresh connection; `restart` starts the implementation anew as well where that is possible.
  virtual Result<std::unique_ptr<Link>, LinkError> connect(bool restart) = 0;
  /// Whether connect(true) really gives a device without memory of what was before.
  virtual bool can_restart() const = 0;
};

}  // namespace lockstep::adapters
