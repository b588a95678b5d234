// The small trusted hypervisor under an untrusted one: it owns the page tables, and lets the emulated device at what
// the guest has given.
#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

// clang-format off
constexpr Verb VERBS[] = {
  // actor to  name  scopes  source  mood
  {LOWVISOR, TVM, "snoop_descriptor", {QUEUE}, "S3.6 V3", USUAL,
   IF(s.has_lowvisor() && s.is(Virtio::SNOOP) && w.published != Buffer::none && w.grant == Buffer::none),
   DO(w.grant = s.has(Flaw::LOWVISOR_FETCHES_TWICE) ? w.descriptor : w.published; w.granted = Granter::guest)},
  {LOWVISOR, DEVICE, "copy_through_device_buffer", {QUEUE}, "S3.4", USUAL,
   IF(s.is(Virtio::ON_DEVICE_BUFFER) && w.published != Buffer::none && w.grant == Buffer::none),
   DO(w.grant = w.published; if (w.beside) w.neighbour_seen = true)},
};
// clang-format on

}  // namespace

std::span<const Verb> lowvisor_verbs() { return VERBS; }

}  // namespace lockstep::host
