// What TSM and ROOT do of their own accord. Their part in a verb that another actor calls stands in that verb's effect.
#include "host/conversation.hpp"
#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

// clang-format off
constexpr Verb VERBS[] = {
  // actor to  name  scopes  source  hostile
  {TSM, DSM, "read_state", {ACCESS, TEARDOWN}, "S0.13 P16", USUAL,
   IF(quiet(w) && bound(w) && w.tdi == TdiState::ERROR && seen_locked_or_running(w)),
   DO(w.view = View::ERROR)},
  {TSM, DSM, "stop_after_error", {ACCESS}, "L5", USUAL,
   IF(quiet(w) && w.view == View::ERROR && !s.has(Flaw::TSM_NO_RECOVERY)),
   DO(begin_stop(w, s))},
  {TSM, IOMMU, "invalidate", {TEARDOWN}, "P30", USUAL,
   IF(w.cached && w.gate == Gate::OFF),
   DO(w.cached = false)},
  {ROOT, DSM, "reset_fenced_link", {ACCESS, TEARDOWN}, "d13 P12b", USUAL,
   IF(w.fenced && quiet(w)),
   DO(drive(w, tdisp::Stimulus::CONVENTIONAL_RESET);
      if (!s.has(Flaw::TSM_SKIPS_DRAIN)) w.in_flight = Party::nobody;
      w.secret = Party::nobody;
      w.fenced = false)},
  {TSM, IOMMU, "open_gate", {ACCESS}, "P22", USUAL,
   IF(s.has(Flaw::TSM_OPENS_FOR_ANYONE) && w.gate != Gate::PRIVATE && bound(w)),
   DO(w.gate = Gate::PRIVATE)},
};
// clang-format on

}  // namespace

std::span<const Verb> tsm_verbs() { return VERBS; }

}  // namespace lockstep::host
