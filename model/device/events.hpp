// What happens to a device and is no message: the names that people, scripts and sockets use, and the letters behind
// them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "device/control.hpp"

namespace lockstep::device {

/// An out-of-band event. Its name is that of the machine's stimulus in lower case with hyphens: "config-write-tracked".
/// What only follows from something else is none: a TDI's SESSION_ENDED, a stream's CONVENTIONAL_RESET.
struct Event {
  enum class Of : Byte { device, tdi, stream, session };
  std::string name;
  Of of = Of::device;
  Letter letter;  ///< for the TDI, stream or session with index 0
};
/// Every event, those of the device first.
std::span<const Event> events();

/// The letter of an event; nullopt: there is no event of that name. Events of the whole device have no index.
std::optional<Letter> find_event(std::string_view name, Byte index);

/// An event as it is named outside the model.
struct Happening {
  std::string_view name;
  Byte index = 0;
};
/// nullopt: the letter is a message, or something that only follows from something else.
std::optional<Happening> happening(const Letter&);

/// Why the event cannot happen to a device in this state (it has no such TDI, stream or session); nullopt: it can.
std::optional<std::string> impossible(const Shape&, const Control&, const Letter& event);

}  // namespace lockstep::device
