// The vendors' names of the abstract verbs.
#pragma once

#include "host/verb.hpp"

namespace lockstep::host {

/// "TIO_TDI_BIND" for bind by AMD's stack; the abstract name where a vendor has no call of its own.
std::string vendor_name(const Verb&, Profile);

/// One line of the table. A name that is empty: the vendor has no call of its own.
struct Rosetta {
  Actor actor;
  std::string_view verb;
  std::array<std::string_view, 5> names;  ///< in the order of Profile
};
std::span<const Rosetta> rosetta();

}  // namespace lockstep::host
