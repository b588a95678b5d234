// The reference device: the machines with real cryptography behind them. Given the same letters it takes the choice it
// is told to take; without one it does what is expected.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "crypto/random.hpp"
#include "device/identity.hpp"
#include "device/offers.hpp"
#include "device/store.hpp"

namespace lockstep::device {

/// One named fault: a correct device in everything else.
struct Fault {
  std::string name;   ///< "tdisp-lock-in-run"
  std::string about;  ///< what the device does wrong
  Rule breaks;        ///< the rule that it breaks; none for machine-made ones
};
/// Every fault that the reference device can be told to have, sorted by name within each protocol.
std::span<const Fault> faults();
const Fault* find_fault(std::string_view name);

/// Hint and key that the sample code of DMTF's libspdm uses, the hint with and without its terminating zero.
std::map<Bytes, Bytes> sample_psks();

struct ResponderOptions {
  Shape shape;
  std::vector<Byte> versions = {0x10, 0x11, 0x12, 0x13, 0x14};  ///< SPDM versions offered
  std::optional<std::string> fault;                             ///< name of one of faults(), or of a machine-made one
  std::uint64_t seed = 1;
  bool mutual_authentication = false;        ///< asks for it in KEY_EXCHANGE_RSP
  bool basic_mutual_authentication = false;  ///< asks for it in CHALLENGE_AUTH

  /// How KEY_EXCHANGE_RSP asks: MutAuthRequested bit 0, 1 or 2. Bit 0 needs
  /// requester_certificates.
  spdm::MutAuth mutual_authentication_by = spdm::MutAuth::encapsulated;
  std::optional<Identity> identity;           ///< nullopt: a throw-away path of whatever algorithm is negotiated
  std::vector<Bytes> requester_certificates;  ///< provisioned for its slot 0: DER, from the root to the leaf
  bool handshake_in_the_clear = false;        ///< claims HANDSHAKE_IN_THE_CLEAR_CAP
  bool psk_without_context = false;           ///< PSK_CAP 1: PSK_EXCHANGE alone establishes a session
  Byte heartbeat_period = 60;                 ///< seconds, 0: none; who keeps the time says HEARTBEAT_EXPIRED
  bool optional_requests = true;              ///< BIND and UNBIND_P2P_STREAM_REQUEST, SET_MMIO_ATTRIBUTE_REQUEST
  /// Claims CHUNK_CAP and receives no more at once than this: 42 and up. nullopt: every message comes in one piece.
  std::optional<std::uint32_t> data_transfer_size;
  bool information = false;                     ///< claims MEL_CAP and EP_INFO_CAP, from 1.3 on
  std::uint16_t report_portion = 0xFFFF;        ///< most bytes of report in one DEVICE_INTERFACE_REPORT
  std::map<Bytes, Bytes> psks = sample_psks();  ///< key by hint
  std::uint32_t capabilities_left_out = 0;      ///< bits of CAPABILITIES.Flags that it does not claim
  Offers algorithms = computable();             ///< what it selects from
  std::optional<crypto::KeyExchange>
      ephemeral;  ///< of every KEY_EXCHANGE_RSP, for vectors; empty: a fresh one for each

  /// What the device does where the rules leave it a choice; empty: what is specified.
  std::function<Choice(const Control&, const Letter&, const Options&)> choose;
  /// Answers an application message in a session (MCTP message type, message); nullopt: silence.
  std::function<std::optional<Bytes>(Byte type, View message)> application;
};

/// Names the TDIs and streams of the store as the reference device has them: FUNCTION_ID BEEFh and up, Stream ID 0 and
/// up at port 1. Those are the numbers that DMTF's spdm_requester_emu asks for.
void name_as_reference(Store&);

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
  /// The letter of the latest request, and the answer that was decided.
  const Letter& latest_letter() const;
  const Answer& latest_answer() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep::device
