#include "wire/tdisp.hpp"

#include "wire/fields.hpp"

namespace lockstep::wire::tdisp {
namespace {

template <class M>
std::vector<Field> with_header(std::vector<Field> fields) {
  using F = Fields<M>;
  return join(
      {F::template integer<&M::version>("TDISPVersion", "[7:4] major, [3:0] minor"),
       F::template integer<&M::message_type>("MessageType", "request 80h + n, response n, TDISP_ERROR 7Fh"),
       F::template reserved<&M::reserved>("Reserved", "TDISP-HDR-005"),
       F::template integer<&M::function_id>("FUNCTION_ID", "the function that hosts the TDI")
           .with_bits({{"Requester ID", 0, 16}, {"Requester Segment", 16, 8}, {"Requester Segment Valid", 24, 1}})
           .with_reserved(0xFE000000),
       F::template reserved<&M::interface_id_reserved>("INTERFACE_ID.Reserved")},
      std::move(fields));
}

}  // namespace

const Layout& LOCK_INTERFACE_REQUEST::layout() {
  using M = LOCK_INTERFACE_REQUEST;
  using F = Fields<M>;
  static const Layout layout = make_layout<M>(
      {.name = "LOCK_INTERFACE_REQUEST",
       .protocol = Protocol::TDISP,
       .direction = Direction::request,
       .code = code,
       .source = "PCIe 6.x 11.3.8",
       .fields = with_header<M>(
           {F::integer<&M::flags>("FLAGS", "what the TSM asks the device to enforce while locked")
                .with_bits({{"NO_FW_UPDATE", 0, 1, "no firmware update while locked or running"},
                            {"SYSTEM_CACHE_LINE_SIZE", 1, 1, "0: 64 bytes, 1: 128 bytes"},
                            {"LOCK_MSIX", 2, 1, "MSI-X table and PBA are locked"},
                            {"BIND_P2P", 3, 1, "peer-to-peer streams may be bound later"},
                            {"ALL_REQUEST_REDIRECT", 4, 1, "translated requests are redirected upstream too"}})
                .with_reserved(0xFFE0),
            F::integer<&M::default_stream_id>("DEFAULT_STREAM_ID", "Stream ID of the default IDE stream"),
            F::reserved<&M::reserved_19>(),
            F::integer<&M::mmio_reporting_offset>("MMIO_REPORTING_OFFSET", "added to every reported MMIO address"),
            F::integer<&M::bind_p2p_address_mask>("BIND_P2P_ADDRESS_MASK", "mask applied to P2P targets")})});
  return layout;
}

}  // namespace lockstep::wire::tdisp
