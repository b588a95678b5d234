// What a report must say of the lock that it belongs to. Private to the layer.
#pragma once

#include "device/store.hpp"

namespace lockstep::device {

/// `record`: of the TDI, before this report. Findings by the LOCK_INTERFACE_REQUEST that was served, and by the report
/// of the lock before.
std::vector<wire::Finding> check_report_of_lock(const TdiRecord& record, const wire::tdisp::TDI_REPORT& report);

}  // namespace lockstep::device
