// A message on one line, for people: "LOCK_INTERFACE_REQUEST FUNCTION_ID=0x0000beef FLAGS=0x8000 ...".
#pragma once

#include <string>

#include "wire/layout.hpp"

namespace lockstep::wire {

/// Names the message and its fields as the specification does. Zero reserved fields and absent fields are left out,
/// long byte strings are shortened with their size, named values are shown by name.
std::string text(const Layout&, const void* message, const Context&);
inline std::string text(const AnyMessage& message, const Context& context) {
  return message ? text(message.layout(), message.object(), context) : std::string();
}

}  // namespace lockstep::wire
