// The caller-capability matrix: which caller may have which verb served by the TSM.
#pragma once

#include "host/setting.hpp"

namespace lockstep::host {

/// host: hypervisor; owner: the TVM that the TDI is bound to; vfio: VFIO in the role that the policy gives it.
BOOST_DEFINE_FIXED_ENUM_CLASS(Caller, Byte, host, owner, other_tvm, vfio)
BOOST_DEFINE_FIXED_ENUM_CLASS(Call, Byte, bind, start, accept_mmio, enable_dma, unbind, info)

/// What the TSM serves.
bool may(Caller, Call, const Setting&);
/// What VFIO may do in its role. A helper outside the TEE brings the device to CONFIG_LOCKED and back; an attester
/// inside takes it from there; a user does neither.
bool in_role(Call, const Setting&);

}  // namespace lockstep::host
