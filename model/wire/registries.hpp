// All layouts, by the document that describes them.
#pragma once

#include "wire/registry.hpp"

namespace lockstep::wire {

struct Registry {
  std::string_view name;   ///< "spdm", "tdisp", "ide_km", "transport"
  std::string_view title;  ///< "SPDM messages"
  Layouts layouts;
};

std::span<const Registry> registries();

}  // namespace lockstep::wire
