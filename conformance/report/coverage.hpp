// Which requirements cases ask about, and which of them a run exercised.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "cases/case.hpp"
#include "runner/result.hpp"

namespace lockstep::report {

/// "TDISP", "IDE_KM", "SPDM", "Secured Messages", "DOE", "MCTP", "TCP", "Host"; from the id's first word.
std::string_view protocol_of(std::string_view requirement_id);
/// In the order of reports.
std::span<const std::string_view> protocols();

/// Whether a responder, which is what cases are run against, has to obey it.
bool binds_device(const Requirement&);

/// By Rule::index(): the cases that ask about it.
std::vector<std::vector<const cases::Case*>> cases_by_rule(std::span<const cases::Case>);

struct Coverage {
  std::string_view protocol;
  std::size_t rules = 0;      ///< that bind a device
  std::size_t exercised = 0;  ///< by a case that was judged
};
/// One entry for each protocol with rules that bind a device.
std::vector<Coverage> coverage(const runner::Run&);

}  // namespace lockstep::report
