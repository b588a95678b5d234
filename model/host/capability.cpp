#include "host/capability.hpp"

namespace lockstep::host {
namespace {

bool host_may(Call call, const Setting& s) {
  switch (call) {
    case Call::bind:
    case Call::unbind:
    case Call::info:
      return s.can_bind();
    case Call::start:
      return !s.is(StartAuthority::TVM);
    case Call::accept_mmio:
    case Call::enable_dma:
      return false;
  }
  return false;
}

bool owner_may(Call call, const Setting& s) {
  switch (call) {
    case Call::info:
    case Call::accept_mmio:
    case Call::enable_dma:
      return true;
    case Call::start:
      return s.is(StartAuthority::TVM);
    case Call::bind:
    case Call::unbind:
      return false;
  }
  return false;
}

}  // namespace

bool in_role(Call call, const Setting& s) {
  if (s.is(VfioRole::HELPER)) return call == Call::bind || call == Call::unbind;
  if (s.is(VfioRole::ATTESTER))
    return call == Call::info || call == Call::accept_mmio || call == Call::enable_dma || call == Call::start;
  return false;
}

bool may(Caller caller, Call call, const Setting& s) {
  switch (caller) {
    case Caller::host:
      return host_may(call, s);
    case Caller::owner:
      return owner_may(call, s);
    case Caller::other_tvm:
      return false;
    case Caller::vfio:  // what its interface offers, and then what the TSM serves to the side that it is on
      if (call == Call::start && s.is(VfioRunUapi::YES))
        return s.is(VfioRole::ATTESTER) ? owner_may(call, s) : host_may(call, s);
      if (!in_role(call, s) || call == Call::start) return false;
      return s.is(VfioRole::ATTESTER) ? owner_may(call, s) : host_may(call, s);
  }
  return false;
}

}  // namespace lockstep::host
