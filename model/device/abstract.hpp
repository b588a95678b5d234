// The letters of requests, before the state has its say (normalised()); see store.hpp.
#pragma once

#include "device/store.hpp"

namespace lockstep::device {

/// `message`: as it stands behind the Protocol ID.
TdispLetter abstract_tdisp(const Store&, const Control&, View message);
/// `object`: with the Protocol ID.
IdeKmLetter abstract_ide_km(const Store&, View object, Byte session);
SpdmLetter abstract_spdm(const Store&, const Control&, const spdm::Seen& seen, Byte session);

/// The in-band stimulus of a code; UNKNOWN_REQUEST for every other.
tdisp::Stimulus tdisp_stimulus(Byte code);
ide_km::Stimulus ide_km_stimulus(Byte object_id);
spdm::Stimulus spdm_stimulus(Byte code, Byte param1);

}  // namespace lockstep::device
