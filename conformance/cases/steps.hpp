// Shorthand for the steps of declared cases.
#pragma once

#include "cases/case.hpp"
#include "machine/names.hpp"

namespace lockstep::cases {

inline Step tdisp_step(tdisp::Stimulus stimulus, tdisp::Defect defect = tdisp::Defect::none, Via via = Via::session) {
  return {tdisp::Letter{.stimulus = stimulus, .defect = defect}, via};
}
inline Step ide_km_step(ide_km::Stimulus stimulus, ide_km::Slot slot = {}, ide_km::Defect defect = ide_km::Defect::none,
                        Via via = Via::session) {
  return {ide_km::Letter{.stimulus = stimulus, .defect = defect, .slot = slot}, via};
}
inline Step spdm_step(spdm::Stimulus stimulus, spdm::Defect defect = spdm::Defect::none, Via via = Via::session) {
  return {spdm::Letter{.stimulus = stimulus, .defect = defect}, via};
}

/// The six slots of a key set in the order in which keys are taken into use: Rx before Tx.
std::vector<ide_km::Slot> slots(bool k1);

// One list for each file of cases; all_cases() joins them.
std::vector<Case> tdisp_cases();
std::vector<Case> tdisp_state_cases();  ///< derived: every request in every state and in the clear
std::vector<Case> ide_km_cases();
std::vector<Case> spdm_cases();
std::vector<Case> spdm_order_cases();   ///< derived: every request where it does not belong
std::vector<Case> out_of_band_cases();  ///< derived: every event in every state of a TDI

using machine::kebab;

}  // namespace lockstep::cases
