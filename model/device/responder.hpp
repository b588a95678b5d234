// The reference device: the machines with real cryptography behind them. Given the same letters it takes the choice it
// is told to take; without one it does what is expected.
#pragma once

#include <functional>
#include <string>

#include "device/store.hpp"

namespace lockstep::device {

/// One named fault: a correct device in everything else.
struct Fault {
  std::string_view name;   ///< "tdisp-lock-in-run"
  std::string_view about;  ///< what the device does wrong
  Rule breaks;             ///< the rule that it breaks
};
/// Every fault that the reference device can be told to have.
std::span<const Fault> faults();
const Fault* find_fault(std::string_view name);

struct ResponderOptions {
  Shape shape;
  std::vector<Byte> versions = {0x10, 0x11, 0x12, 0x13, 0x14};  ///< SPDM versions offered
  std::optional<std::string> fault;                             ///< name of one of faults()
  std::uint64_t seed = 1;
  bool mutual_authentication = false;        ///< asks for it in KEY_EXCHANGE_RSP
  bool basic_mutual_authentication = false;  ///< asks for it in CHALLENGE_AUTH
};

/// A device. It reads no clock and no socket: it is given packets and events.
class Responder {
 public:
  explicit Responder(ResponderOptions options, spdm::RecordFormat format);
  ~Responder();
  Responder(Responder&&) noexcept;
  Responder& operator=(Responder&&) noexcept;

  /// One packet as the transport carries it: a message in the clear or a secured record. nullopt: no answer.
  struct Packet {
    bool secured = false;
    Bytes payload;
  };
  std::optional<Packet> receive(const Packet& packet);

  /// An out-of-band event.
  void happens(const Letter& event);

  const Control& control() const;
  const Store& store() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep::device
