// The device as a composition: sessions, stream and TDI with what one does to another. The world keeps an abstraction
// of the control state of model/device; every step is made by device::step, so that there is one truth.
#pragma once

#include "device/control.hpp"
#include "host/setting.hpp"
#include "host/world.hpp"

namespace lockstep::host {

/// The places of the two sessions in device::Control.
inline constexpr Byte TSM_SESSION = 0, HOST_SESSION = 1;

/// Two sessions, one stream, one TDI.
const device::Shape& device_shape();
device::Control control_of(const World&);
/// Takes what the device has become; an end of the TSM's session is noticed by the TSM only later.
void take(World&, const device::Control&);

/// One letter; whether it was served, or the event met.
bool step_device(World&, const device::Letter&, Choice = Choice::as_specified);

device::Letter spdm_letter(spdm::Stimulus, Byte session);
device::Letter ide_letter(ide_km::Stimulus, Byte session, bool tx, Byte sub_stream);
device::Letter tdisp_letter(tdisp::Stimulus, Byte session);

/// The same object for all three sub-streams of one direction.
bool program_device(World&, Byte session, bool tx);
bool activate_device(World&, Byte session, bool tx);

bool device_secure(const World&);
bool port_secure(const World&);
void clear_port(World&);
/// The TSM takes its session for dead, and has the root port's keys erased.
void give_session_up(World&, const Setting&);

}  // namespace lockstep::host
