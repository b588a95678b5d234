#include "wire/tdisp.hpp"

#include <algorithm>

#include "wire/fields.hpp"

namespace lockstep::wire::tdisp {
namespace {

std::vector<Bits> lock_flags() {
  return {{"NO_FW_UPDATE", 0, 1, "no firmware update while locked or running"},
          {"SYSTEM_CACHE_LINE_SIZE", 1, 1, "0: 64 bytes, 1: 128 bytes"},
          {"LOCK_MSIX", 2, 1, "MSI-X table and PBA are locked"},
          {"BIND_P2P", 3, 1, "peer-to-peer streams may be bound later"},
          {"ALL_REQUEST_REDIRECT", 4, 1, "translated requests are redirected upstream too"}};
}
constexpr std::uint64_t LOCK_FLAGS_RESERVED = 0xFFE0;

std::vector<Bits> xt_mode() { return {{"XT_MODE_SUPPORTED", 0, 1, "in revisions that define XT"}}; }
constexpr std::uint64_t XT_RESERVED = 0xFFFFFFFE;

/// Bit i stands for the request with code 80h + i.
std::vector<Bits> request_bits() {
  return {{"GET_TDISP_VERSION", 1},
          {"GET_TDISP_CAPABILITIES", 2},
          {"LOCK_INTERFACE_REQUEST", 3},
          {"GET_DEVICE_INTERFACE_REPORT", 4},
          {"GET_DEVICE_INTERFACE_STATE", 5},
          {"START_INTERFACE_REQUEST", 6},
          {"STOP_INTERFACE_REQUEST", 7},
          {"BIND_P2P_STREAM_REQUEST", 8},
          {"UNBIND_P2P_STREAM_REQUEST", 9},
          {"SET_MMIO_ATTRIBUTE_REQUEST", 10},
          {"VDM_REQUEST", 11},
          {"SET_TDISP_CONFIG_REQUEST", 12}};
}
constexpr std::uint64_t REQUESTS_DEFINED = 0x1FFE;
constexpr std::uint64_t REQUESTS_REQUIRED = 0xFE;

template <class M>
std::vector<Field> with_header(std::string_view name, Rule reserved_rule, std::vector<Field> fields) {
  using F = Fields<M>;
  return join(
      {F::template integer<&M::version>("TDISPVersion", "[7:4] major, [3:0] minor").one_of({{VERSION_1_0, "1.0"}}),
       F::template integer<&M::message_type>("MessageType", "request 80h + n, response n, TDISP_ERROR 7Fh")
           .one_of({{M::code, name}}),
       F::template reserved<&M::reserved>("Reserved", reserved_rule),
       F::template integer<&M::function_id>("FUNCTION_ID", "the function that hosts the TDI")
           .with_bits({{"Requester ID", 0, 16, "bus 15:8, device and function 7:0"},
                       {"Requester Segment", 16, 8, "0 unless valid"},
                       {"Requester Segment Valid", 24, 1}})
           .with_reserved(0xFE000000),
       F::template reserved<&M::interface_id_reserved>("INTERFACE_ID.Reserved")},
      std::move(fields));
}

struct Described {
  std::string_view name;
  std::string_view source;
  Rule size_rule = Rule::none();
};

template <class M>
const Layout request(Described what, std::vector<Field> fields = {}, std::vector<Check> checks = {}) {
  return make_layout<M>({.name = what.name,
                         .protocol = Protocol::TDISP,
                         .direction = Direction::request,
                         .code = M::code,
                         .source = what.source,
                         .size_rule = what.size_rule,
                         .fields = with_header<M>(what.name, Rule::none(), std::move(fields)),
                         .checks = std::move(checks)});
}

template <class M>
const Layout response(Described what, std::vector<Field> fields = {}, std::vector<Check> checks = {}) {
  return make_layout<M>({.name = what.name,
                         .protocol = Protocol::TDISP,
                         .direction = Direction::response,
                         .code = M::code,
                         .source = what.source,
                         .size_rule = what.size_rule,
                         .fields = with_header<M>(what.name, "TDISP-HDR-005", std::move(fields)),
                         .checks = std::move(checks)});
}

/// REGISTRY_ID, VENDOR_ID_LEN, VENDOR_ID and the vendor's own bytes: VDM messages and extended error data.
template <class M, auto Data>
std::vector<Field> vendor_fields(std::string_view data) {
  using F = Fields<M>;
  return {F::template integer<&M::registry_id>("REGISTRY_ID", "who assigned VENDOR_ID")
              .one_of({{0, "PCI-SIG"}, {1, "CXL"}}),
          F::template integer<&M::vendor_id_len>("VENDOR_ID_LEN", "bytes of VENDOR_ID"),
          F::template counted<&M::vendor_id>("VENDOR_ID", "as the registry assigned it", "VENDOR_ID_LEN"),
          F::template rest<Data>(data, "the vendor's own")};
}

/// The fields of MMIO_RANGE, which SET_MMIO_ATTRIBUTE_REQUEST has too.
template <class M>
std::vector<Field> range_fields(Rule reserved_rule = Rule::none()) {
  using F = Fields<M>;
  return {F::template integer<&M::first_page>("FirstPage", "4 KiB page number, MMIO_REPORTING_OFFSET added"),
          F::template integer<&M::number_of_pages>("NumberOfPages", "of 4 KiB"),
          F::template integer<&M::attributes>("Attributes", "what the range is")
              .with_bits({{"MSI_X_TABLE", 0, 1, "maps the MSI-X table, only when locked"},
                          {"MSI_X_PBA", 1, 1, "maps the MSI-X PBA, only when locked"},
                          {"IS_NON_TEE_MEM", 2, 1, "not TEE memory"},
                          {"IS_MEM_ATTR_UPDATABLE", 3, 1, "SET_MMIO_ATTRIBUTE may change IS_NON_TEE_MEM"}})
              .with_reserved(0xFFF0, reserved_rule),
          F::template integer<&M::range_id>("RangeID", "the device's own choice")};
}

bool well_formed(View extended_error_data) {
  return extended_error_data.size() >= 2 && extended_error_data.size() >= std::size_t{2} + extended_error_data[1];
}

}  // namespace

// --- requests --------------------------------------------------------------------------------------------------------

const Layout& GET_TDISP_VERSION::layout() {
  static const Layout layout = request<GET_TDISP_VERSION>({"GET_TDISP_VERSION", "PCIe 6.x 11.3.4"});
  return layout;
}

const Layout& GET_TDISP_CAPABILITIES::layout() {
  using M = GET_TDISP_CAPABILITIES;
  using F = Fields<M>;
  static const Layout layout = request<M>({"GET_TDISP_CAPABILITIES", "PCIe 6.x 11.3.6"},
                                          {F::integer<&M::tsm_caps>("TSM_CAPS", "what the TSM can do")
                                               .with_bits(xt_mode())
                                               .with_reserved(XT_RESERVED, "TDISP-CAP-014")});
  return layout;
}

const Layout& LOCK_INTERFACE_REQUEST::layout() {
  using M = LOCK_INTERFACE_REQUEST;
  using F = Fields<M>;
  static const Layout layout = request<M>(
      {"LOCK_INTERFACE_REQUEST", "PCIe 6.x 11.3.8"},
      {F::integer<&M::flags>("FLAGS", "what the TSM asks the device to enforce while locked")
           .with_bits(lock_flags())
           .with_reserved(LOCK_FLAGS_RESERVED),
       F::integer<&M::default_stream_id>("DEFAULT_STREAM_ID", "Stream ID of the default IDE stream"),
       F::reserved<&M::reserved_19>(),
       F::integer<&M::mmio_reporting_offset>("MMIO_REPORTING_OFFSET", "added to every reported MMIO address"),
       F::integer<&M::bind_p2p_address_mask>("BIND_P2P_ADDRESS_MASK", "mask applied to P2P targets")});
  return layout;
}

const Layout& GET_DEVICE_INTERFACE_REPORT::layout() {
  using M = GET_DEVICE_INTERFACE_REPORT;
  using F = Fields<M>;
  static const Layout layout =
      request<M>({"GET_DEVICE_INTERFACE_REPORT", "PCIe 6.x 11.3.10"},
                 {F::integer<&M::offset>("OFFSET", "where in the report the portion starts, bytes"),
                  F::integer<&M::length>("LENGTH", "most bytes of report in the response")});
  return layout;
}

const Layout& GET_DEVICE_INTERFACE_STATE::layout() {
  static const Layout layout = request<GET_DEVICE_INTERFACE_STATE>({"GET_DEVICE_INTERFACE_STATE", "PCIe 6.x 11.3.12"});
  return layout;
}

const Layout& START_INTERFACE_REQUEST::layout() {
  using M = START_INTERFACE_REQUEST;
  static const Layout layout =
      request<M>({"START_INTERFACE_REQUEST", "PCIe 6.x 11.3.14"},
                 {Fields<M>::fixed<&M::nonce, 32>("START_INTERFACE_NONCE", "the nonce of LOCK_INTERFACE_RESPONSE")});
  return layout;
}

const Layout& STOP_INTERFACE_REQUEST::layout() {
  static const Layout layout = request<STOP_INTERFACE_REQUEST>({"STOP_INTERFACE_REQUEST", "PCIe 6.x 11.3.16"});
  return layout;
}

const Layout& BIND_P2P_STREAM_REQUEST::layout() {
  using M = BIND_P2P_STREAM_REQUEST;
  static const Layout layout =
      request<M>({"BIND_P2P_STREAM_REQUEST", "PCIe 6.x 11.3"},
                 {Fields<M>::integer<&M::p2p_stream_id>("P2P_STREAM_ID", "Stream ID of the stream to bind")});
  return layout;
}

const Layout& UNBIND_P2P_STREAM_REQUEST::layout() {
  using M = UNBIND_P2P_STREAM_REQUEST;
  static const Layout layout =
      request<M>({"UNBIND_P2P_STREAM_REQUEST", "PCIe 6.x 11.3"},
                 {Fields<M>::integer<&M::p2p_stream_id>("P2P_STREAM_ID", "Stream ID of the stream to unbind")});
  return layout;
}

const Layout& MMIO_RANGE::layout() {
  static const Layout layout = make_layout<MMIO_RANGE>({.name = "MMIO_RANGE",
                                                        .protocol = Protocol::TDISP,
                                                        .source = "PCIe 6.x 11.3.11",
                                                        .fields = range_fields<MMIO_RANGE>("TDISP-RPT-012")});
  return layout;
}

const Layout& SET_MMIO_ATTRIBUTE_REQUEST::layout() {
  using M = SET_MMIO_ATTRIBUTE_REQUEST;
  static const Layout layout = request<M>({"SET_MMIO_ATTRIBUTE_REQUEST", "PCIe 6.x 11.3"}, range_fields<M>());
  return layout;
}

const Layout& VDM_REQUEST::layout() {
  using M = VDM_REQUEST;
  static const Layout layout =
      request<M>({"VDM_REQUEST", "PCIe 6.x 11.3"}, vendor_fields<M, &M::vendor_data>("VENDOR_DATA"));
  return layout;
}

const Layout& SET_TDISP_CONFIG_REQUEST::layout() {
  using M = SET_TDISP_CONFIG_REQUEST;
  static const Layout layout = request<M>(
      {"SET_TDISP_CONFIG_REQUEST", "PCIe 7.0 11.3, unconfirmed"},
      {Fields<M>::integer<&M::config>("TDISP_CONFIG", "for all TDIs of the device")
           .with_bits({{"XT_MODE_ENABLE", 0, 1}, {"XT_BIT_FOR_LOCKED_MSIX", 1, 1, "XT bit of locked MSI-X writes"}})
           .with_reserved(0xFFFFFFFC)});
  return layout;
}

// --- responses -------------------------------------------------------------------------------------------------------

const Layout& TDISP_VERSION::layout() {
  using M = TDISP_VERSION;
  using F = Fields<M>;
  static const Layout layout = response<M>(
      {"TDISP_VERSION", "PCIe 6.x 11.3.5", "TDISP-VER-001"},
      {F::integer<&M::version_num_count>("VERSION_NUM_COUNT", "number of entries, at least 1"),
       F::counted<&M::version_num_entry>("VERSION_NUM_ENTRY", "one byte per version: [7:4] major, [3:0] minor",
                                         "VERSION_NUM_COUNT")},
      {F::check("TDISP-VER-001", "lists no version",
                [](const M& m, const Context&) { return !m.version_num_entry.empty(); }),
       F::check("TDISP-VER-002", "does not list version 1.0",
                [](const M& m, const Context&) {
                  return std::count(m.version_num_entry.begin(), m.version_num_entry.end(), VERSION_1_0) != 0;
                }),
       F::check("TDISP-VER-008", "lists a version twice, or version 0", [](const M& m, const Context&) {
         Bytes sorted = m.version_num_entry;
         std::sort(sorted.begin(), sorted.end());
         return (sorted.empty() || sorted[0] != 0) && std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
       })});
  return layout;
}

const Layout& TDISP_CAPABILITIES::layout() {
  using M = TDISP_CAPABILITIES;
  using F = Fields<M>;
  static const Layout layout = response<M>(
      {"TDISP_CAPABILITIES", "PCIe 6.x 11.3.7", "TDISP-CAP-001"},
      {F::integer<&M::dsm_caps>("DSM_CAPS", "what the DSM can do")
           .with_bits(xt_mode())
           .with_reserved(XT_RESERVED, "TDISP-CAP-007"),
       F::integer<&M::req_msgs_supported>("REQ_MSGS_SUPPORTED[63:0]", "bit i: the request with code 80h + i")
           .with_bits(request_bits())
           .with_reserved(~REQUESTS_DEFINED, "TDISP-CAP-005"),
       F::reserved<&M::req_msgs_supported_high>("REQ_MSGS_SUPPORTED[127:64]", "TDISP-CAP-005"),
       F::integer<&M::lock_interface_flags_supported>("LOCK_INTERFACE_FLAGS_SUPPORTED", "FLAGS that LOCK may carry")
           .with_bits(lock_flags())
           .with_reserved(LOCK_FLAGS_RESERVED, "TDISP-CAP-006"),
       F::reserved<&M::reserved_38, 3>("Reserved", "TDISP-CAP-002"),
       F::integer<&M::dev_addr_width>("DEV_ADDR_WIDTH", "address bits that the device supports"),
       F::integer<&M::num_req_this>("NUM_REQ_THIS", "requests that may be outstanding for this TDI"),
       F::integer<&M::num_req_all>("NUM_REQ_ALL", "requests that may be outstanding for all TDIs of the device")},
      {F::check(
           "TDISP-CAP-003", "REQ_MSGS_SUPPORTED lacks a required request",
           [](const M& m, const Context&) { return (m.req_msgs_supported & REQUESTS_REQUIRED) == REQUESTS_REQUIRED; }),
       F::check("TDISP-CAP-009", "NUM_REQ_THIS is 0", [](const M& m, const Context&) { return m.num_req_this != 0; }),
       F::check("TDISP-CAP-010", "NUM_REQ_ALL is 0 or below NUM_REQ_THIS",
                [](const M& m, const Context&) { return m.num_req_all != 0 && m.num_req_all >= m.num_req_this; })});
  return layout;
}

const Layout& LOCK_INTERFACE_RESPONSE::layout() {
  using M = LOCK_INTERFACE_RESPONSE;
  static const Layout layout =
      response<M>({"LOCK_INTERFACE_RESPONSE", "PCIe 6.x 11.3.9", "TDISP-LOCK-023"},
                  {Fields<M>::fixed<&M::nonce, 32>("START_INTERFACE_NONCE", "random, fresh for every lock")});
  return layout;
}

const Layout& DEVICE_INTERFACE_REPORT::layout() {
  using M = DEVICE_INTERFACE_REPORT;
  using F = Fields<M>;
  static const Layout layout =
      response<M>({"DEVICE_INTERFACE_REPORT", "PCIe 6.x 11.3.11"},
                  {F::integer<&M::portion_length>("PORTION_LENGTH", "bytes of REPORT_BYTES"),
                   F::integer<&M::remainder_length>("REMAINDER_LENGTH", "bytes of the report behind this portion"),
                   F::counted<&M::report_bytes>("REPORT_BYTES", "a portion of TDI_REPORT", "PORTION_LENGTH")});
  return layout;
}

const Layout& DEVICE_INTERFACE_STATE::layout() {
  using M = DEVICE_INTERFACE_STATE;
  static const Layout layout =
      response<M>({"DEVICE_INTERFACE_STATE", "PCIe 6.x 11.3.13"},
                  {Fields<M>::integer<&M::tdi_state>("TDI_STATE", "the state of the TDI")
                       .one_of({{0, "CONFIG_UNLOCKED"}, {1, "CONFIG_LOCKED"}, {2, "RUN"}, {3, "ERROR"}})});
  return layout;
}

const Layout& START_INTERFACE_RESPONSE::layout() {
  static const Layout layout =
      response<START_INTERFACE_RESPONSE>({"START_INTERFACE_RESPONSE", "PCIe 6.x 11.3.15", "TDISP-START-001"});
  return layout;
}

const Layout& STOP_INTERFACE_RESPONSE::layout() {
  static const Layout layout =
      response<STOP_INTERFACE_RESPONSE>({"STOP_INTERFACE_RESPONSE", "PCIe 6.x 11.3.17", "TDISP-STOP-001"});
  return layout;
}

const Layout& BIND_P2P_STREAM_RESPONSE::layout() {
  static const Layout layout = response<BIND_P2P_STREAM_RESPONSE>({"BIND_P2P_STREAM_RESPONSE", "PCIe 6.x 11.3"});
  return layout;
}

const Layout& UNBIND_P2P_STREAM_RESPONSE::layout() {
  static const Layout layout = response<UNBIND_P2P_STREAM_RESPONSE>({"UNBIND_P2P_STREAM_RESPONSE", "PCIe 6.x 11.3"});
  return layout;
}

const Layout& SET_MMIO_ATTRIBUTE_RESPONSE::layout() {
  static const Layout layout = response<SET_MMIO_ATTRIBUTE_RESPONSE>({"SET_MMIO_ATTRIBUTE_RESPONSE", "PCIe 6.x 11.3"});
  return layout;
}

const Layout& VDM_RESPONSE::layout() {
  using M = VDM_RESPONSE;
  static const Layout layout =
      response<M>({"VDM_RESPONSE", "PCIe 6.x 11.3"}, vendor_fields<M, &M::vendor_data>("VENDOR_DATA"));
  return layout;
}

const Layout& SET_TDISP_CONFIG_RESPONSE::layout() {
  static const Layout layout =
      response<SET_TDISP_CONFIG_RESPONSE>({"SET_TDISP_CONFIG_RESPONSE", "PCIe 7.0 11.3, unconfirmed"});
  return layout;
}

const Layout& TDISP_ERROR::layout() {
  using M = TDISP_ERROR;
  using F = Fields<M>;
  static constexpr auto vendor_specific = static_cast<std::uint32_t>(ErrorCode::VENDOR_SPECIFIC_ERROR);
  static const Layout layout = response<M>(
      {"TDISP_ERROR", "PCIe 6.x table 11-28", "TDISP-HDR-020"},
      {F::integer<&M::error_code>("ERROR_CODE", "why the request was refused")
           .one_of({{0x0001, "INVALID_REQUEST"},
                    {0x0003, "BUSY"},
                    {0x0004, "INVALID_INTERFACE_STATE"},
                    {0x0005, "UNSPECIFIED"},
                    {0x0007, "UNSUPPORTED_REQUEST"},
                    {0x0041, "VERSION_MISMATCH"},
                    {0x00FF, "VENDOR_SPECIFIC_ERROR"},
                    {0x0101, "INVALID_INTERFACE"},
                    {0x0102, "INVALID_NONCE"},
                    {0x0103, "INSUFFICIENT_ENTROPY"},
                    {0x0104, "INVALID_DEVICE_CONFIGURATION"}}),
       F::integer<&M::error_data>("ERROR_DATA", "0; request code with UNSUPPORTED_REQUEST; the vendor's with 0xFF"),
       F::rest<&M::extended_error_data>("EXTENDED_ERROR_DATA", "only with VENDOR_SPECIFIC_ERROR")},
      {F::check(
           "TDISP-HDR-021", "extended error data without VENDOR_SPECIFIC_ERROR",
           [](const M& m, const Context&) { return m.error_code == vendor_specific || m.extended_error_data.empty(); }),
       F::check("TDISP-ERR-003", "the extended error data is not well formed", [](const M& m, const Context&) {
         return m.error_code != vendor_specific || well_formed(m.extended_error_data);
       })});
  return layout;
}

const Layout& EXTENDED_ERROR_DATA::layout() {
  using M = EXTENDED_ERROR_DATA;
  static const Layout layout = make_layout<M>({.name = "EXTENDED_ERROR_DATA",
                                               .protocol = Protocol::TDISP,
                                               .source = "PCIe 6.x 11.3",
                                               .size_rule = "TDISP-ERR-003",
                                               .fields = vendor_fields<M, &M::vendor_err_data>("VENDOR_ERR_DATA")});
  return layout;
}

}  // namespace lockstep::wire::tdisp
