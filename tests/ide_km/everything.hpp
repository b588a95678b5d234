// Control values and letters of an IDE stream for the tests, and how gtest prints them.
#pragma once

#include <ostream>
#include <vector>

#include "ide_km/stream.hpp"

namespace lockstep::ide_km {

inline constexpr Byte OURS = 0;
inline constexpr Byte THEIRS = 1;

inline std::ostream& operator<<(std::ostream& out, const Stream& stream) {
  return out << name(stream.state) << (stream.enabled ? "" : " disabled") << std::hex << " programmed "
             << stream.programmed << " active " << stream.active << std::dec << " owner " << int(stream.owner);
}
inline std::ostream& operator<<(std::ostream& out, const Letter& letter) {
  return out << name(letter.stimulus) << " " << name(letter.defect) << (letter.slot.k1 ? " K1" : " K0")
             << (letter.slot.tx ? " Tx " : " Rx ") << int(letter.slot.sub_stream) << " session " << int(letter.session);
}

inline std::vector<Slot> slots(bool k1) {
  std::vector<Slot> all;
  for (bool tx : {false, true})
    for (Byte sub_stream = 0; sub_stream < 3; ++sub_stream) all.push_back({k1, tx, sub_stream});
  return all;
}

/// Every letter over two sessions.
inline std::vector<Letter> all_letters() {
  std::vector<Letter> all;
  std::vector<Slot> every = slots(false);
  for (Slot slot : slots(true)) every.push_back(slot);
  for (std::size_t stimulus = 0; stimulus < STIMULI; ++stimulus)
    for (std::size_t defect = 0; defect < DEFECTS; ++defect)
      for (Slot slot : every)
        for (Byte session : {OURS, THEIRS, NO_OWNER})
          if (Letter letter{Stimulus(stimulus), Defect(defect), slot, session}; meaningful(letter))
            all.push_back(letter);
  return all;
}

inline Stream after(Stream stream, Stimulus stimulus, const std::vector<Slot>& all) {
  for (Slot slot : all) stream = step(stream, {.stimulus = stimulus, .slot = slot, .session = OURS}).after;
  return stream;
}
inline Stream programmed(Stream stream = {}, bool k1 = false) { return after(stream, Stimulus::KEY_PROG, slots(k1)); }
inline Stream secure() { return after(programmed(), Stimulus::K_SET_GO, slots(false)); }

}  // namespace lockstep::ide_km
