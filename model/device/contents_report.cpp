#include "device/contents_report.hpp"

#include <algorithm>

namespace lockstep::device {
namespace {

namespace t = wire::tdisp;
using Findings = std::vector<wire::Finding>;

constexpr std::uint64_t PAGE = 4096;
constexpr std::uint64_t PAGES = ~std::uint64_t{0} / PAGE + 1;  // addresses wrap at 2^64
constexpr std::uint16_t MSI_X = t::MMIO_RANGE::MSI_X_TABLE | t::MMIO_RANGE::MSI_X_PBA;

bool shows_msi_x(const t::TDI_REPORT& report) {
  return std::any_of(report.mmio_range.begin(), report.mmio_range.end(),
                     [](const t::MMIO_RANGE& range) { return (range.attributes & MSI_X) != 0; });
}

void check_flags(Findings& findings, std::uint16_t flags, const t::TDI_REPORT& report) {
  if ((flags & t::NO_FW_UPDATE) != 0 && (report.interface_info & t::TDI_REPORT::NO_FW_UPDATE) == 0)
    findings.push_back({"TDISP-LOCK-033", "INTERFACE_INFO", "does not say NO_FW_UPDATE, which was asked for"});
  if ((flags & t::LOCK_MSIX) != 0) {
    if (report.msi_x_message_control != 0 && !shows_msi_x(report))
      findings.push_back({"TDISP-LOCK-031", "MMIO_RANGE", "no range is said to map MSI-X, which is locked"});
    return;
  }
  if (report.msi_x_message_control != 0)
    findings.push_back({"TDISP-RPT-014", "MSI_X_MESSAGE_CONTROL", "is not 0, and MSI-X is not locked"});
  if (report.tph_control != 0)
    findings.push_back({"TDISP-RPT-016", "TPH_CONTROL", "is not 0, and MSI-X is not locked"});
  if (shows_msi_x(report)) {
    findings.push_back({"TDISP-RPT-023", "MMIO_RANGE", "a range is said to map MSI-X, which is not locked"});
    findings.push_back({"TDISP-LOCK-032", "MMIO_RANGE", "a range is said to map MSI-X, which is not locked"});
  }
}

/// Two reports of the same ranges differ by the difference of the offsets.
void check_offset(Findings& findings, const TdiRecord::Reported& before, const LockedAs& lock,
                  const t::TDI_REPORT& report) {
  const bool pages = before.lock.mmio_reporting_offset % PAGE == 0 && lock.mmio_reporting_offset % PAGE == 0;
  const auto old = wire::decode<t::TDI_REPORT>(before.report, {});
  if (!pages || !old || before.lock.flags != lock.flags) return;
  const auto& ranges = old->message.mmio_range;
  if (ranges.size() != report.mmio_range.size()) return;
  const std::uint64_t expected = (lock.mmio_reporting_offset - before.lock.mmio_reporting_offset) / PAGE % PAGES;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const std::uint64_t moved = (report.mmio_range[i].first_page - ranges[i].first_page) % PAGES;
    if (moved == expected) continue;
    // No memory lies in the upper half of the address space: only an offset from there takes a range around it.
    const bool wraps = std::max(before.lock.mmio_reporting_offset, lock.mmio_reporting_offset) >> 63 != 0;
    const std::string place = "MMIO_RANGE[" + std::to_string(i) + "].FirstPage";
    if (wraps)
      findings.push_back(
          {"TDISP-LOCK-030", place, "is not the sum modulo 2^64 with an MMIO_REPORTING_OFFSET that wraps"});
    else
      findings.push_back(moved == 0 ? wire::Finding{"TDISP-LOCK-029", place, "does not follow MMIO_REPORTING_OFFSET"}
                                    : wire::Finding{"TDISP-RPT-024", place, "follows another offset than this lock's"});
    return;
  }
}

}  // namespace

Findings check_report_of_lock(const TdiRecord& record, const t::TDI_REPORT& report) {
  Findings findings;
  if (!record.lock) return findings;
  check_flags(findings, record.lock->flags, report);
  if (record.previous) check_offset(findings, *record.previous, *record.lock, report);
  return findings;
}

}  // namespace lockstep::device
