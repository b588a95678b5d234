// Who may call what: every caller with every verb of the TSM, and, inside the TVM, which agent holds the TDI.
#include "host/capability.hpp"
#include "host/conversation.hpp"
#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

/// What a call does when it is served. In this part of the world it has no small steps.
void serve(World& w, Call call) {
  switch (call) {
    case Call::bind:
      if (!bound(w) && drive(w, tdisp::Stimulus::LOCK_INTERFACE_REQUEST)) w.owner = Party::TVM1;
      return;
    case Call::start:
      drive(w, tdisp::Stimulus::START_INTERFACE_REQUEST);
      return;
    case Call::accept_mmio:
      if (bound(w)) w.mmio = w.owner;
      return;
    case Call::enable_dma:
      if (bound(w)) w.gate = Gate::PRIVATE;
      return;
    case Call::unbind:
      drive(w, tdisp::Stimulus::STOP_INTERFACE_REQUEST);
      w.owner = w.mmio = Party::nobody;
      w.gate = Gate::OFF;
      return;
    case Call::info:
      return;
  }
}

/// A call of a caller that may not: an error, and nothing else.
template <Caller Who, Call What>
void attempt(World& w, const Setting& s) {
  if (!may(Who, What, s) && !s.has(Flaw::TSM_SKIPS_CALLERS)) return;
  const World before = w;
  serve(w, What);
  if (w != before) w.moved_by_vfio = Who == Caller::vfio;
}
template <Caller Who, Call What>
constexpr Verb row(Actor actor, std::string_view name) {
  return {actor, TSM, name, {AGENTS}, "S1.7 P38 P39", HOSTILE, IF(true), attempt<Who, What>};
}
#define LOCKSTEP_CALLS(actor, caller, prefix)                                                                       \
  row<caller, Call::bind>(actor, prefix "bind"), row<caller, Call::start>(actor, prefix "start"),                   \
      row<caller, Call::accept_mmio>(actor, prefix "accept_mmio"),                                                  \
      row<caller, Call::enable_dma>(actor, prefix "enable_dma"), row<caller, Call::unbind>(actor, prefix "unbind"), \
      row<caller, Call::info>(actor, prefix "info")

bool hands_over(const Setting& s) { return s.is(Agent::FIRMWARE) || s.is(Agent::SVSM); }

// clang-format off
constexpr Verb VERBS[] = {
  // actor to  name  scopes  source  mood
  LOCKSTEP_CALLS(VMM, Caller::host, "host calls "),
  LOCKSTEP_CALLS(TVM, Caller::owner, "owner calls "),
  LOCKSTEP_CALLS(TVM, Caller::other_tvm, "other TVM calls "),
  LOCKSTEP_CALLS(VMM, Caller::vfio, "VFIO calls "),

  {TVM, TSM, "first_agent_takes", {AGENTS}, "S0.2 S0.3 S0.4 d5", USUAL,
   IF(hands_over(s) && !w.first_holds && !w.os_holds),
   DO(w.first_holds = true; w.record = false)},
  {TVM, TVM, "first_agent_hands_over", {AGENTS}, "S0.3 S0.4 P41", USUAL,
   IF(w.first_holds),
   DO(w.first_holds = false; w.record = true)},
  {TVM, TVM, "os_takes", {AGENTS}, "S0.3 S0.4 P41", USUAL,
   IF(!w.os_holds && (w.record || !hands_over(s) || s.has(Flaw::TVM_TAKES_WITHOUT_RECORD))),
   DO(w.os_holds = true; w.record = false; w.source = Source::none; w.decided = false)},
  {TVM, TSM, "os_reads_state", {AGENTS}, "S0.13 P16", USUAL,
   IF(w.os_holds && w.source != Source::TSM),
   DO(w.source = Source::TSM)},
  {TVM, TVM, "os_reads_config", {AGENTS}, "S0.13 P16", USUAL,
   IF(w.os_holds && w.source == Source::none && s.has(Flaw::TVM_TRUSTS_CONFIG)),
   DO(w.source = Source::config)},
  {TVM, TVM, "os_uses_device", {AGENTS}, "S0.3 P16", USUAL,
   IF(w.os_holds && w.source != Source::none && !w.decided),
   DO(w.decided = true)},
  {TVM, TSM, "vendor_debug_write", {AGENTS}, "P43", HOSTILE,
   IF(!w.usurped),
   DO(if (s.has(Flaw::TSM_PASSES_ANY_REQUEST)) w.usurped = true)},
};
// clang-format on
#undef LOCKSTEP_CALLS

}  // namespace

std::span<const Verb> agent_verbs() { return VERBS; }

}  // namespace lockstep::host
