// Where a fault of the reference device takes hold: a few places, and a table of small functions in faults.cpp.
#pragma once

#include "device/responder.hpp"

namespace lockstep::device {

/// A request in the state that it met.
struct Meeting {
  const Shape& shape;
  const Control& before;
  const Letter& letter;  ///< as it really is
};

/// All functions are optional.
struct Behaviour {
  Fault fault;
  /// The device takes the request for another one: it is blind to what is wrong with it.
  void (*misread)(Letter&, const Control&) = nullptr;
  /// It decides otherwise than the machines, whose outcome is given.
  void (*decide)(const Meeting&, Outcome<Control>&) = nullptr;
  /// It writes something else into a response, before anything is signed.
  void (*write)(wire::AnyMessage&, const Store&) = nullptr;
  /// It signs wrongly.
  void (*sign)(Bytes& signature) = nullptr;
  /// It does not notice its own answer to such a request.
  bool (*overlooks)(const Letter&) = nullptr;
  /// A response for which it lacks the contents goes out with zeros in their place.
  bool writes_zeros = false;
};

std::span<const Behaviour> behaviours();

}  // namespace lockstep::device
