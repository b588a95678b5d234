#include "host/trust.hpp"

namespace lockstep::host {
namespace {

constexpr Level LEVELS[] = {Level::blocked, Level::hostile, Level::shared, Level::secret};

bool may_map_private(Level level) { return level == Level::secret; }
bool may_map_private(TwoBits bits) { return bits.trusted && bits.accepted; }
bool may_map_private(bool trusted) { return trusted; }

bool bits_agree() {
  for (const Level level : LEVELS) {
    if (may_map_private(level) != may_map_private(bits_of(level))) return false;
    const Level back = level_of(bits_of(level));
    if (level >= Level::shared && back != level) return false;
    if (bits_of(back) != bits_of(level)) return false;
  }
  return true;
}
/// One bit cannot say "trusted, but with shared memory".
bool one_bit_confuses() { return may_map_private(bit_of(Level::shared)) != may_map_private(Level::shared); }

}  // namespace

TwoBits bits_of(Level level) { return {level >= Level::shared, level == Level::secret}; }
Level level_of(TwoBits bits) {
  if (!bits.trusted) return Level::hostile;
  return bits.accepted ? Level::secret : Level::shared;
}
bool bit_of(Level level) { return level >= Level::shared; }

Claim encodings_refine_each_other() {
  return [](Checker&) -> Outcome {
    return {bits_agree() && one_bit_confuses(),
            "levels and two bits permit the same private mappings, one bit permits more"};
  };
}

}  // namespace lockstep::host
