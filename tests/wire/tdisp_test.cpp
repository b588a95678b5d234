// TDISP messages against tables of offsets and sizes written by hand, and one message per rule that breaks it alone.
#include "wire/tdisp.hpp"

#include <functional>

#include "offsets.hpp"

namespace lockstep::wire::tdisp {
namespace {

const Context context;

class TdispOffsets : public testing::TestWithParam<Place> {};
TEST_P(TdispOffsets, AreThoseOfTheSpecification) {
  const Layout* layout = find_layout(all_layouts(), GetParam().message);
  ASSERT_NE(layout, nullptr);
  expect_at(*layout, GetParam());
}

const Place places[] = {
    {"GET_TDISP_VERSION", "TDISPVersion", 0, 1},
    {"GET_TDISP_VERSION", "MessageType", 1, 1},
    {"GET_TDISP_VERSION", "Reserved", 2, 2},
    {"GET_TDISP_VERSION", "FUNCTION_ID", 4, 4},
    {"GET_TDISP_VERSION", "INTERFACE_ID.Reserved", 8, 8},
    {"TDISP_VERSION", "VERSION_NUM_COUNT", 16, 1},
    {"TDISP_VERSION", "VERSION_NUM_ENTRY", 17, 1},
    {"GET_TDISP_CAPABILITIES", "TSM_CAPS", 16, 4},
    {"TDISP_CAPABILITIES", "DSM_CAPS", 16, 4},
    {"TDISP_CAPABILITIES", "REQ_MSGS_SUPPORTED[63:0]", 20, 8},
    {"TDISP_CAPABILITIES", "REQ_MSGS_SUPPORTED[127:64]", 28, 8},
    {"TDISP_CAPABILITIES", "LOCK_INTERFACE_FLAGS_SUPPORTED", 36, 2},
    {"TDISP_CAPABILITIES", "Reserved", 38, 3},
    {"TDISP_CAPABILITIES", "DEV_ADDR_WIDTH", 41, 1},
    {"TDISP_CAPABILITIES", "NUM_REQ_THIS", 42, 1},
    {"TDISP_CAPABILITIES", "NUM_REQ_ALL", 43, 1},
    {"LOCK_INTERFACE_REQUEST", "FLAGS", 16, 2},
    {"LOCK_INTERFACE_REQUEST", "DEFAULT_STREAM_ID", 18, 1},
    {"LOCK_INTERFACE_REQUEST", "Reserved", 19, 1},
    {"LOCK_INTERFACE_REQUEST", "MMIO_REPORTING_OFFSET", 20, 8},
    {"LOCK_INTERFACE_REQUEST", "BIND_P2P_ADDRESS_MASK", 28, 8},
    {"LOCK_INTERFACE_RESPONSE", "START_INTERFACE_NONCE", 16, 32},
    {"GET_DEVICE_INTERFACE_REPORT", "OFFSET", 16, 2},
    {"GET_DEVICE_INTERFACE_REPORT", "LENGTH", 18, 2},
    {"DEVICE_INTERFACE_REPORT", "PORTION_LENGTH", 16, 2},
    {"DEVICE_INTERFACE_REPORT", "REMAINDER_LENGTH", 18, 2},
    {"DEVICE_INTERFACE_STATE", "TDI_STATE", 16, 1},
    {"START_INTERFACE_REQUEST", "START_INTERFACE_NONCE", 16, 32},
    {"BIND_P2P_STREAM_REQUEST", "P2P_STREAM_ID", 16, 1},
    {"UNBIND_P2P_STREAM_REQUEST", "P2P_STREAM_ID", 16, 1},
    {"SET_MMIO_ATTRIBUTE_REQUEST", "FirstPage", 16, 8},
    {"SET_MMIO_ATTRIBUTE_REQUEST", "NumberOfPages", 24, 4},
    {"SET_MMIO_ATTRIBUTE_REQUEST", "Attributes", 28, 2},
    {"SET_MMIO_ATTRIBUTE_REQUEST", "RangeID", 30, 2},
    {"VDM_REQUEST", "REGISTRY_ID", 16, 1},
    {"VDM_REQUEST", "VENDOR_ID_LEN", 17, 1},
    {"TDISP_ERROR", "ERROR_CODE", 16, 4},
    {"TDISP_ERROR", "ERROR_DATA", 20, 4},
    {"MMIO_RANGE", "FirstPage", 0, 8},
    {"MMIO_RANGE", "NumberOfPages", 8, 4},
    {"MMIO_RANGE", "Attributes", 12, 2},
    {"MMIO_RANGE", "RangeID", 14, 2},
    {"TDI_REPORT", "INTERFACE_INFO", 0, 2},
    {"TDI_REPORT", "Reserved", 2, 2},
    {"TDI_REPORT", "MSI_X_MESSAGE_CONTROL", 4, 2},
    {"TDI_REPORT", "LNR_CONTROL", 6, 2},
    {"TDI_REPORT", "TPH_CONTROL", 8, 4},
    {"TDI_REPORT", "MMIO_RANGE_COUNT", 12, 4},
    {"TDI_REPORT", "DEVICE_SPECIFIC_INFO_LEN", 16, 4},
};
INSTANTIATE_TEST_SUITE_P(Wire, TdispOffsets, testing::ValuesIn(places));

struct CodeAndSize {
  Byte code;
  std::size_t size;  ///< with one version entry, without report bytes, vendor data and extended error data
};

class TdispSizes : public testing::TestWithParam<CodeAndSize> {};
TEST_P(TdispSizes, AreThoseOfTheSpecification) {
  const auto [code, size] = GetParam();
  const Layout* layout = (code & 0x80) != 0 ? find_request(code) : find_response(code);
  ASSERT_NE(layout, nullptr);
  EXPECT_EQ(default_size(*layout), size) << layout->name;
  EXPECT_EQ(encode(*layout, AnyMessage(*layout).object(), context)[1], code) << layout->name;
}
INSTANTIATE_TEST_SUITE_P(Wire, TdispSizes,
                         testing::Values(CodeAndSize{0x81, 16}, CodeAndSize{0x82, 20}, CodeAndSize{0x83, 36},
                                         CodeAndSize{0x84, 20}, CodeAndSize{0x85, 16}, CodeAndSize{0x86, 48},
                                         CodeAndSize{0x87, 16}, CodeAndSize{0x88, 17}, CodeAndSize{0x89, 17},
                                         CodeAndSize{0x8A, 32}, CodeAndSize{0x8B, 18}, CodeAndSize{0x8C, 20},
                                         CodeAndSize{0x01, 18}, CodeAndSize{0x02, 44}, CodeAndSize{0x03, 48},
                                         CodeAndSize{0x04, 20}, CodeAndSize{0x05, 17}, CodeAndSize{0x06, 16},
                                         CodeAndSize{0x07, 16}, CodeAndSize{0x08, 16}, CodeAndSize{0x09, 16},
                                         CodeAndSize{0x0A, 16}, CodeAndSize{0x0B, 18}, CodeAndSize{0x0C, 16},
                                         CodeAndSize{0x7F, 24}));

TEST(Tdisp, LockInterfaceRequestByteByByte) {
  LOCK_INTERFACE_REQUEST request;
  request.set_interface_id({function_id(0x1234, 0x56), 0});
  request.flags = NO_FW_UPDATE | LOCK_MSIX;
  request.default_stream_id = 0x77;
  request.mmio_reporting_offset = 0x1122334455667788;
  request.bind_p2p_address_mask = 0x99AABBCCDDEEFF00;
  EXPECT_EQ(to_hex(encode(request, context)),
            "10830000"
            "3412560100000000"
            "00000000"
            "05007700"
            "8877665544332211"
            "00ffeeddccbbaa99");
}

TEST(Tdisp, ReportWithRangesAndVendorBytes) {
  const Bytes bytes = *from_hex(
      "0300 0000 ff07 0000 00000000 02000000"
      "00000080000000001000000001000000"
      "10000080000000000400000004000200"
      "03000000 aabbcc");
  const auto decoded = decode<TDI_REPORT>(bytes, context);
  ASSERT_TRUE(decoded);
  const TDI_REPORT& report = decoded.value().message;
  EXPECT_EQ(decoded.value().consumed, 20 + 16 * 2 + 3u);
  EXPECT_EQ(report.interface_info, TDI_REPORT::NO_FW_UPDATE | TDI_REPORT::DMA_WITHOUT_PASID);
  EXPECT_EQ(report.msi_x_message_control, 0x7FF);
  ASSERT_EQ(report.mmio_range.size(), 2u);
  EXPECT_EQ(report.mmio_range[0].first_page, 0x80000000u);
  EXPECT_EQ(report.mmio_range[0].attributes, MMIO_RANGE::MSI_X_TABLE);
  EXPECT_EQ(report.mmio_range[1].number_of_pages, 4u);
  EXPECT_EQ(report.mmio_range[1].attributes, MMIO_RANGE::IS_NON_TEE_MEM);
  EXPECT_EQ(report.mmio_range[1].range_id, 2);
  EXPECT_EQ(report.device_specific_info, (Bytes{0xAA, 0xBB, 0xCC}));
  EXPECT_TRUE(validate(report, context).empty());
}

TEST(Tdisp, AReportTooShortForItsCountsCitesTheRule) {
  Bytes bytes = encode(TDI_REPORT{}, context);
  bytes[12] = 0xFF;
  const auto decoded = decode<TDI_REPORT>(bytes, context);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().rule.id(), "TDISP-RPT-010");
}

TEST(Tdisp, DecodesByMessageTypeAndReportsWhatItConsumed) {
  Bytes bytes = encode(STOP_INTERFACE_REQUEST{}, context);
  bytes.push_back(0);
  const auto decoded = decode_tdisp(bytes, context);
  ASSERT_TRUE(decoded);
  EXPECT_NE(decoded.value().message.as<STOP_INTERFACE_REQUEST>(), nullptr);
  EXPECT_EQ(decoded.value().consumed, 16u);

  bytes[1] = 0x8F;
  const auto unknown = decode_tdisp(bytes, context);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().offset, 1u);
  EXPECT_FALSE(decode_tdisp(Bytes{0x10}, context));
}

TEST(Tdisp, RequestBitsCountFrom80h) {
  TDISP_CAPABILITIES capabilities;
  capabilities.req_msgs_supported = 0xFE | 1 << 0xA;
  EXPECT_TRUE(capabilities.supports(MessageType::GET_TDISP_VERSION));
  EXPECT_TRUE(capabilities.supports(MessageType::STOP_INTERFACE_REQUEST));
  EXPECT_TRUE(capabilities.supports(MessageType::SET_MMIO_ATTRIBUTE_REQUEST));
  EXPECT_FALSE(capabilities.supports(MessageType::BIND_P2P_STREAM_REQUEST));
}

// --- rules -----------------------------------------------------------------------------------------------------------

TEST(TdispRules, EveryMessageAsBuiltBreaksNone) {
  for (const Layout* layout : all_layouts()) {
    AnyMessage message(*layout);
    EXPECT_TRUE(validate(*layout, message.object(), context).empty()) << layout->name;
  }
}

/// The rules that the message breaks after `change`, in the order of the findings.
template <class M>
std::vector<std::string> broken(std::function<void(M&)> change) {
  M message;
  change(message);
  std::vector<std::string> ids;
  for (const Finding& finding : validate(message, context)) ids.emplace_back(finding.rule.id());
  return ids;
}
using Ids = std::vector<std::string>;

TEST(TdispRules, Header) {
  using M = STOP_INTERFACE_RESPONSE;
  EXPECT_EQ(broken<M>([](M& m) { m.reserved = 1; }), Ids{"TDISP-HDR-005"});
  EXPECT_EQ(broken<STOP_INTERFACE_REQUEST>([](auto& m) { m.reserved = 1; }), Ids{""}) << "the rule binds responders";
}

TEST(TdispRules, Version) {
  using M = TDISP_VERSION;
  EXPECT_EQ(broken<M>([](M& m) { m.version_num_count = 0, m.version_num_entry = {}; }),
            (Ids{"TDISP-VER-001", "TDISP-VER-002"}));
  EXPECT_EQ(broken<M>([](M& m) { m.version_num_entry = {0x11}; }), Ids{"TDISP-VER-002"});
  EXPECT_EQ(broken<M>([](M& m) { m.version_num_count = 2, m.version_num_entry = {0x10, 0x10}; }), Ids{"TDISP-VER-008"});
  EXPECT_EQ(broken<M>([](M& m) { m.version_num_count = 2, m.version_num_entry = {0, 0x10}; }), Ids{"TDISP-VER-008"});
  EXPECT_EQ(broken<M>([](M& m) { m.version_num_count = 2, m.version_num_entry = {0x20, 0x10}; }), Ids{});
}

TEST(TdispRules, Capabilities) {
  using M = TDISP_CAPABILITIES;
  EXPECT_EQ(broken<M>([](M& m) { m.reserved_38 = 1; }), Ids{"TDISP-CAP-002"});
  EXPECT_EQ(broken<M>([](M& m) { m.req_msgs_supported = 0x7E; }), Ids{"TDISP-CAP-003"});
  EXPECT_EQ(broken<M>([](M& m) { m.req_msgs_supported = 0xFFE; }), Ids{}) << "optional requests";
  EXPECT_EQ(broken<M>([](M& m) { m.req_msgs_supported |= 1 << 16; }), Ids{"TDISP-CAP-005"});
  EXPECT_EQ(broken<M>([](M& m) { m.req_msgs_supported_high = 1; }), Ids{"TDISP-CAP-005"});
  EXPECT_EQ(broken<M>([](M& m) { m.lock_interface_flags_supported = 0x3F; }), Ids{"TDISP-CAP-006"});
  EXPECT_EQ(broken<M>([](M& m) { m.dsm_caps = 2; }), Ids{"TDISP-CAP-007"});
  EXPECT_EQ(broken<M>([](M& m) { m.num_req_this = 0; }), Ids{"TDISP-CAP-009"});
  EXPECT_EQ(broken<M>([](M& m) { m.num_req_this = 2; }), Ids{"TDISP-CAP-010"});
  EXPECT_EQ(broken<GET_TDISP_CAPABILITIES>([](auto& m) { m.tsm_caps = 2; }), Ids{"TDISP-CAP-014"});
}

TEST(TdispRules, Error) {
  using M = TDISP_ERROR;
  EXPECT_EQ(broken<M>([](M& m) { m.extended_error_data = {0}; }), Ids{"TDISP-HDR-021"});
  EXPECT_EQ(broken<M>([](M& m) { m.error_code = 0xFF; }), Ids{"TDISP-ERR-003"});
  EXPECT_EQ(broken<M>([](M& m) { m.error_code = 0xFF, m.extended_error_data = {0, 2, 1}; }), Ids{"TDISP-ERR-003"});
  EXPECT_EQ(broken<M>([](M& m) { m.error_code = 0xFF, m.extended_error_data = {0, 2, 1, 0, 9}; }), Ids{});
  EXPECT_EQ(broken<M>([](M& m) { m.error_code = 0x4711; }), Ids{}) << "no rule forbids further codes";
}

TEST(TdispRules, Report) {
  using M = TDI_REPORT;
  const auto with_range = [](M& m, std::uint16_t attributes, std::uint32_t pages) {
    m.mmio_range_count = 1;
    m.mmio_range = {MMIO_RANGE{}};
    m.mmio_range[0].attributes = attributes;
    m.mmio_range[0].number_of_pages = pages;
  };
  EXPECT_EQ(broken<M>([&](M& m) { with_range(m, 0xF, 1); }), Ids{});
  EXPECT_EQ(broken<M>([&](M& m) { with_range(m, 0x10, 1); }), Ids{"TDISP-RPT-012"});
  EXPECT_EQ(broken<M>([&](M& m) { with_range(m, 0, 0); }), Ids{"TDISP-RPT-021"});
  EXPECT_EQ(broken<M>([](M& m) { m.interface_info = 0x20; }), Ids{"TDISP-RPT-011"});
  EXPECT_EQ(broken<M>([](M& m) { m.reserved = 1; }), Ids{"TDISP-RPT-013"});
}

TEST(TdispRules, ShortMessagesCiteTheRuleOfTheirSize) {
  const std::pair<const Layout*, const char*> rules[] = {{&TDISP_VERSION::layout(), "TDISP-VER-001"},
                                                         {&TDISP_CAPABILITIES::layout(), "TDISP-CAP-001"},
                                                         {&LOCK_INTERFACE_RESPONSE::layout(), "TDISP-LOCK-023"},
                                                         {&START_INTERFACE_RESPONSE::layout(), "TDISP-START-001"},
                                                         {&STOP_INTERFACE_RESPONSE::layout(), "TDISP-STOP-001"},
                                                         {&TDISP_ERROR::layout(), "TDISP-HDR-020"}};
  for (const auto& [layout, rule] : rules) {
    Bytes bytes = encode(*layout, AnyMessage(*layout).object(), context);
    bytes.pop_back();
    const auto decoded = decode_tdisp(bytes, context);
    ASSERT_FALSE(decoded) << layout->name;
    EXPECT_EQ(decoded.error().rule.id(), rule);
  }
}

}  // namespace
}  // namespace lockstep::wire::tdisp
