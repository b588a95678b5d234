// All control values and all letters of a TDI, and how gtest prints them.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tdisp/tdi.hpp"

namespace lockstep {

inline std::ostream& operator<<(std::ostream& out, const Answer& answer) {
  if (answer.kind == Answer::Kind::none) return out << "no answer owed";
  if (answer.kind == Answer::Kind::silence) return out << "silence";
  const char* protocols[] = {"SPDM", "IDE_KM", "TDISP"};
  return out << protocols[static_cast<int>(answer.protocol)]
             << (answer.kind == Answer::Kind::error ? " error " : " response ") << answer.code;
}

namespace tdisp {

inline std::ostream& operator<<(std::ostream& out, const Tdi& tdi) {
  return out << name(tdi.state) << (tdi.nonce ? " nonce" : "") << (tdi.bind_p2p ? " bind_p2p" : "")
             << (tdi.p2p_bound ? " p2p_bound" : "");
}
inline std::ostream& operator<<(std::ostream& out, const Letter& letter) {
  return out << name(letter.stimulus) << " " << name(letter.defect) << (letter.bind_p2p ? " BIND_P2P" : "");
}

/// All 32 values, those that cannot occur included.
inline std::vector<Tdi> all_controls() {
  std::vector<Tdi> all;
  for (int state = 0; state < 4; ++state)
    for (int bits = 0; bits < 8; ++bits)
      all.push_back({TdiState(state), (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0});
  return all;
}

inline std::vector<Letter> all_letters() {
  std::vector<Letter> all;
  for (std::size_t stimulus = 0; stimulus < STIMULI; ++stimulus)
    for (std::size_t defect = 0; defect < DEFECTS; ++defect)
      for (bool bind_p2p : {false, true})
        if (Letter letter{Stimulus(stimulus), Defect(defect), bind_p2p}; meaningful(letter)) all.push_back(letter);
  return all;
}

}  // namespace tdisp
}  // namespace lockstep
