// Where a fault of the reference device takes hold: a few places, and a table of small functions in faults.cpp.
#pragma once

#include "device/large.hpp"
#include "device/responder.hpp"

namespace lockstep::device {

/// A request in the state that it met.
struct Meeting {
  const Shape& shape;
  const Control& before;
  const Letter& letter;  ///< as it really is
  // Of a device; nullptr where only the machines are asked.
  const Store* store = nullptr;
  const wire::AnyMessage* request = nullptr;  ///< SPDM, or the IDE_KM or TDISP message inside; empty: none decodes
};

/// All functions are optional.
struct Behaviour {
  Fault fault;
  /// The device takes the request for another one: it is blind to what is wrong with it.
  std::function<void(Letter&, const Control&)> misread = {};
  /// It decides otherwise than the machines, whose outcome is given.
  std::function<void(const Meeting&, Outcome<Control>&)> decide = {};
  /// It writes something else into a response, before anything is signed.
  std::function<void(wire::AnyMessage&, const Store&)> write = {};
  /// It sends more or fewer bytes of a response than it has written, before anything is signed.
  std::function<void(const wire::Layout&, Bytes& response)> resize = {};
  /// It signs wrongly.
  std::function<void(Bytes& signature)> sign = {};
  /// It does not notice its own answer to such a request.
  std::function<bool(const Letter&)> overlooks = {};
  /// It remembers wrongly what was said.
  std::function<void(Store&, const Letter&)> misremembers = {};
  /// A response for which it lacks the contents goes out with zeros in their place.
  bool writes_zeros = false;
  /// The same even where it decided as it should: it makes up what it does not have.
  bool makes_up_contents = false;
  /// It takes a record that it could not open for a HEARTBEAT. `latest`: the one that it opened last.
  std::function<bool(const spdm::RecordError&, View record, View latest)> takes = {};
  /// It sends another record than it has sealed.
  std::function<void(Bytes& record)> spoil = {};
  /// It answers in the clear although it was asked in a session.
  std::function<bool(View message)> bares = {};
  bool skips_sequence_numbers = false;
  /// This answer, which ends a handshake, comes under the data keys.
  std::optional<wire::spdm::Code> comes_under_data_keys = {};
  bool signs_as_another_version = false;    ///< the version that signatures are made for is not the negotiated one
  bool derives_as_another_version = false;  ///< nor the one in the labels of the keys for ResponderVerifyData
  /// It acknowledges UpdateAllKeys with the key that it has just replaced.
  bool acknowledges_under_the_old_key = false;
  /// It takes a message in a secured object for one in the clear when it can make nothing else of it.
  bool takes_bare_messages = false;
  TransferFault transfer = TransferFault::none;
  /// It looks at no MaxSPDMmsgSize of the requester.
  bool answers_of_any_size = false;
  /// It has a measurement extension log and ENDPOINT_INFO, whatever the options say.
  bool has_information = false;
  /// Bits of CAPABILITIES.Flags that it claims besides, as far as its version has them.
  std::uint32_t claims = 0;
  /// The extended key usage of its leaf certificate is that of a requester.
  bool shows_leaf_of_requester = false;
  /// Every KEY_EXCHANGE_RSP has the ephemeral key of the first.
  bool keeps_ephemeral = false;
};

// Lists of them: faults_*.cpp.
std::vector<Behaviour> out_of_band_behaviours();
std::vector<Behaviour> content_behaviours();
std::vector<Behaviour> decision_behaviours();
std::vector<Behaviour> chunk_behaviours();
std::vector<Behaviour> detail_behaviours();
std::vector<Behaviour> information_behaviours();
std::vector<Behaviour> unoffered_behaviours();

std::span<const Behaviour> behaviours();

}  // namespace lockstep::device
