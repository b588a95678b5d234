// Names of fields that are unique within their message, for documents and identifiers.
#pragma once

#include <string>

#include "wire/layout.hpp"

namespace lockstep::wire {

/// The names of the fields in their order; a name that occurred before gets a number: "Reserved", "Reserved 2".
std::vector<std::string> unique_names(const Layout& layout);

/// Lower case, words joined by '-': "LOCK_INTERFACE_REQUEST" is "lock-interface-request".
std::string slug(std::string_view name);

/// "SPDM", "IDE_KM", ...
std::string_view name(Protocol protocol);

}  // namespace lockstep::wire
