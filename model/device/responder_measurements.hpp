// The measurements of the reference device: a small set in DMTF's format.
#pragma once

#include "spdm/algorithms.hpp"
#include "wire/spdm_measurements.hpp"

namespace lockstep::device {

/// Every block, indices ascending; `raw`: raw bit streams instead of digests.
std::vector<wire::spdm::MeasurementBlock> measurement_blocks(const spdm::Negotiated&, bool raw);
/// MeasurementSummaryHash over the blocks of the trusted computing base (type 1) or all of them (type FFh).
Bytes measurement_summary(const spdm::Negotiated&, Byte type);

}  // namespace lockstep::device
