// What of the device a run explores: its shape, what the requester may send, what the device may choose.
//
// Everything that the scope leaves out is named here, and printed with every result: a proof is one within its scope.
#pragma once

#include <functional>

#include "device/letters.hpp"
#include "verify/model.hpp"

namespace lockstep::verify {

struct DeviceScope {
  device::Shape shape{.sessions = 1};
  Tag choices = Tag::expected;  ///< the device takes choices up to this tag
  Byte key_sets = 1;            ///< 1: the requester programs K0 only; 2: K0 and K1
  bool whole_key_sets = false;  ///< the requester programs, starts and stops all keys of a key set in one go
  Byte spdm_version = 0x13;     ///< what GET_CAPABILITIES selects
  // What may differ from session to session; without it, it is never asked for.
  bool mutual_authentication = false;
  bool handshake_in_the_clear = false;
  bool heartbeat = false;
  bool termination_policy = false;
  bool psk_without_context = false;
  bool symmetric = true;  ///< TDIs, streams, sessions and sub-streams are interchangeable, and are not told apart

  bool operator==(const DeviceScope&) const = default;
};

/// "2 TDIs, 1 session, ...": everything that makes one run differ from another; the signature of a checkpoint.
std::string describe(const DeviceScope&);

/// A stimulus of the scope: a letter, or the same letter for each key of a key set, one after the other.
struct DeviceAction {
  device::Letter letter;
  bool whole_key_set = false;
};
/// The letters of a stimulus, in the order in which they come.
std::vector<device::Letter> letters_of(const DeviceAction&);

/// Every stimulus of the scope, in a fixed order. A label is an action's place times CHOICES plus the choice.
std::vector<DeviceAction> actions(const DeviceScope&);
constexpr Label label_of(std::size_t action, Choice choice) {
  return static_cast<Label>(action * CHOICES + static_cast<std::size_t>(choice));
}
constexpr std::size_t action_of(Label label) { return label / CHOICES; }
constexpr Choice choice_of(Label label) { return static_cast<Choice>(label % CHOICES); }

/// The rules that the device follows: those of model/device, or a mutant's.
struct DeviceRules {
  std::function<Outcome<device::Control>(const device::Shape&, const device::Control&, const device::Letter&, Choice)>
      step = device::step;
  std::function<Options(const device::Shape&, const device::Control&, const device::Letter&)> options = device::options;
  std::function<device::Letter(const device::Shape&, const device::Control&, device::Letter)> normalised =
      device::normalised;
  std::function<bool(const device::Shape&, const device::Control&, const device::Letter&)> possible = device::possible;
};

/// One step by the rules themselves, without tables.
Outcome<device::Control> apply(const DeviceRules&, const DeviceScope&, const device::Control&, const DeviceAction&,
                               Choice);
/// The choices of the scope.
std::vector<Choice> choices(const DeviceRules&, const DeviceScope&, const device::Control&, const DeviceAction&);

/// The representative of all streams that differ only by the names of the sub-streams; where whole key sets are named
/// by one of them, they are not interchangeable.
ide_km::Stream canonical(const DeviceScope&, ide_km::Stream);

}  // namespace lockstep::verify
