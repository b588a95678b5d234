// How messages reach an implementation under test: whole SPDM messages or secured records, without transport headers.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/injector.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "wire/layout.hpp"

namespace lockstep::adapters {

/// One message as the transport carries it: an SPDM message in the clear, or a secured record (DSP0277).
struct Packet {
  bool secured = false;
  Bytes payload;
};

/// The link is lost or speaks nonsense; where and why. Never used for what the device answers.
struct LinkError {
  enum class Kind {
    refused,           ///< no connection
    closed,            ///< by the peer, before or inside a frame
    timeout_in_frame,  ///< a frame began and did not end
    bad_frame,         ///< bytes that are no frame of this transport, or a frame that nobody asked for
    died,              ///< the target that was started here ended; with exit status or signal
    hung,              ///< connected, but it does not even answer the transport's own questions
    unimplemented,     ///< a shim says that it cannot do this: no verdict on the device
  };
  Kind kind;
  std::string why;  ///< names the place: address, frame, offset
};

/// What differs from one transport binding to another.
struct Binding {
  std::string_view name;                 ///< "pci-doe"
  std::size_t sequence_number_size = 0;  ///< in secured records: MCTP 2, DOE and TCP 0
  bool inner_message_type = false;       ///< MCTP: the message type byte stands inside the record too
  bool inner_tcp_header = false;         ///< TCP: as libspdm sends it, a TCP header stands inside the record too
  std::size_t max_random_pad = 0;
  std::size_t alignment = 1;     ///< answers may be padded with zeros up to this
  std::size_t type_offset = 0;   ///< of the byte in an object that says what it carries
  bool answers_in_kind = false;  ///< the type of an answer is that of the request, whatever it carries
  Rule kind_of_answer = {};      ///< what an answer of the wrong type breaks
};

/// A protocol that a DOE mailbox lists in its discovery.
struct Offered {
  std::uint16_t vendor_id = 0;
  Byte data_object_type = 0;
  bool operator==(const Offered&) const = default;
};

/// Something that answers in this process; nullopt is silence. A packet may be empty: transports can carry that.
using Responder = std::function<std::optional<Packet>(const Packet&)>;
/// What makes a stimulus happen to it; see Injector::inject().
using Inject = std::function<Result<Injected, std::string>(const Injection&)>;

/// A device in this process.
struct LocalDevice {
  LocalDevice(Responder answers, Inject stimuli = {}) : respond(std::move(answers)), inject(std::move(stimuli)) {}
  Responder respond;
  Inject inject;  ///< empty: nothing can be made to happen to it
  /// The device behind its transport: objects with their headers; empty: packets are handed over as they are.
  std::function<std::optional<Bytes>(View object)> objects;
};

struct Claims;

class Link {
 public:
  virtual ~Link() = default;
  virtual const Binding& binding() const = 0;
  /// Sends one packet and waits for the answer. nullopt: no answer within `patience` (or an empty one), which is an
  /// observation, not an error.
  virtual Result<std::optional<Packet>, LinkError> exchange(const Packet&, std::chrono::milliseconds patience) = 0;
  /// Whether bytes can be sent as they are: the link makes the headers around packets itself, and may make others.
  virtual bool takes_objects() const { return false; }
  /// Sends bytes where an object of the transport belongs, headers and all, and waits for the object that answers.
  /// nullopt: none came. Only where takes_objects().
  virtual Result<std::optional<Bytes>, LinkError> exchange_object(View object, std::chrono::milliseconds patience);
  /// What discovery listed when the connection was made, in its order; empty without discovery.
  virtual std::vector<Offered> offered() const { return {}; }
  /// Rules of the transport that the peer has broken since the last call; each cites its rule.
  virtual std::vector<wire::Finding> take_findings() { return {}; }
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
  /// What the target says of itself before the first message (adapters/claims.hpp); nullopt: nothing.
  virtual Result<std::optional<Claims>, LinkError> claims();
  /// The target's own way to out-of-band stimuli; null: none. It lives as long as the target and concerns the device of
  /// the latest connection.
  virtual Injector* injector() { return nullptr; }
};

}  // namespace lockstep::adapters
