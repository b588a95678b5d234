#include "wire/registries.hpp"

#include <array>

#include "wire/ide_km.hpp"
#include "wire/tdisp.hpp"

namespace lockstep::wire {
std::span<const Registry> registries() {
  static const std::array all{
      Registry{"tdisp", "TDISP messages", tdisp::all_layouts()},
      Registry{"ide_km", "IDE_KM objects", ide_km::all_layouts()},
  };
  return all;
}

}  // namespace lockstep::wire
