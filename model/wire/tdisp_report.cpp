// The report of a locked TDI.
#include <algorithm>

#include "wire/fields.hpp"
#include "wire/tdisp.hpp"

namespace lockstep::wire::tdisp {

const Layout& TDI_REPORT::layout() {
  using M = TDI_REPORT;
  using F = Fields<M>;
  static const Layout layout = make_layout<M>(
      {.name = "TDI_REPORT",
       .protocol = Protocol::TDISP,
       .source = "PCIe 6.x 11.3.11",
       .size_rule = "TDISP-RPT-010",
       .fields = {F::integer<&M::interface_info>("INTERFACE_INFO", "what the locked TDI may do")
                      .with_bits({{"NO_FW_UPDATE", 0, 1, "firmware updates are not permitted in CONFIG_LOCKED and RUN"},
                                  {"DMA_WITHOUT_PASID", 1, 1},
                                  {"DMA_WITH_PASID", 2, 1},
                                  {"ATS", 3, 1, "supported and enabled"},
                                  {"PRS", 4, 1, "supported and enabled"}})
                      .with_reserved(0xFFE0, "TDISP-RPT-011"),
                  F::reserved<&M::reserved>("Reserved", "TDISP-RPT-013"),
                  F::integer<&M::msi_x_message_control>("MSI_X_MESSAGE_CONTROL",
                                                        "0 without MSI-X or when it is not locked"),
                  F::integer<&M::lnr_control>("LNR_CONTROL", "LN Requester control, 0 without the capability"),
                  F::integer<&M::tph_control>("TPH_CONTROL", "TPH Requester control, 0 without it or MSI-X not locked"),
                  F::integer<&M::mmio_range_count>("MMIO_RANGE_COUNT", "number of ranges"),
                  F::list<&M::mmio_range>("MMIO_RANGE", "the ranges of the TDI", "MMIO_RANGE_COUNT"),
                  F::integer<&M::device_specific_info_len>("DEVICE_SPECIFIC_INFO_LEN", "bytes that follow"),
                  F::counted<&M::device_specific_info>("DEVICE_SPECIFIC_INFO", "the device's own",
                                                       "DEVICE_SPECIFIC_INFO_LEN")},
       .checks = {F::check("TDISP-RPT-021", "a range without pages", [](const M& m, const Context&) {
         return std::all_of(m.mmio_range.begin(), m.mmio_range.end(),
                            [](const MMIO_RANGE& range) { return range.number_of_pages != 0; });
       })}});
  return layout;
}

}  // namespace lockstep::wire::tdisp
