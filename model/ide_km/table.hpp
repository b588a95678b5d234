// What the parts of the IDE stream machine say to each other: the transition table, the refusal table, the choices.
#pragma once

#include <optional>

#include "ide_km/stream.hpp"

namespace lockstep::ide_km {

/// A letter together with what is wrong with it in the present state.
struct Request {
  const Letter& letter;
  Defect defect;
};

/// The defect that counts: what the control data say themselves (another owner, no key, a key in use) is added.
Defect defect_in(const Stream& stream, const Letter& letter);

struct Taken {
  Stream after;
  Rule rule;
};
/// Runs the transition table. Empty: no row takes the request.
std::optional<Taken> take(const Stream& stream, const Request& request);

/// The refusal of a request; null when there is none.
const Refusal* refusal_of(const Request& request);

constexpr bool in_band(const Letter& letter) { return letter.stimulus < FIRST_OUT_OF_BAND; }

constexpr bool has(std::uint16_t slots, Slot slot) { return (slots & slot.mask()) != 0; }
constexpr std::uint16_t without(std::uint16_t slots, Slot slot) {
  return static_cast<std::uint16_t>(slots & ~slot.mask());
}
constexpr bool whole_set(std::uint16_t slots) {
  return (slots & KEY_SET_K0) == KEY_SET_K0 || (slots & KEY_SET_K1) == KEY_SET_K1;
}
/// The only key that its direction and sub-stream can go on with. Between K_SET_GO and the first TLP with the new key a
/// receiver holds two active keys, and neither is the only one.
constexpr bool in_use(const Stream& stream, Slot slot) {
  return has(stream.active, slot) && !has(stream.active, slot.other());
}

/// All keys are gone and so is the session that owned them.
constexpr void erase(Stream& stream) { stream.programmed = stream.active = 0, stream.owner = NO_OWNER; }

}  // namespace lockstep::ide_km
