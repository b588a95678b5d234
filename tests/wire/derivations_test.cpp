// Mutations, Markdown and dictionaries of messages whose layout is known by hand.
#include <gtest/gtest.h>

#include <map>

#include "wire/dictionary.hpp"
#include "wire/ide_km.hpp"
#include "wire/markdown.hpp"
#include "wire/mutations.hpp"
#include "wire/names.hpp"
#include "wire/tdisp.hpp"

namespace lockstep::wire {
namespace {

const Context context;

std::map<std::string, Bytes> by_name(const AnyMessage& message) {
  std::map<std::string, Bytes> found;
  for (const Mutation& mutation : mutations(message, context)) found[mutation.name] = mutation.bytes;
  return found;
}

TEST(Mutations, OfALockRequest) {
  tdisp::LOCK_INTERFACE_REQUEST request;
  request.flags = tdisp::NO_FW_UPDATE;
  const Bytes original = encode(request, context);
  const auto found = by_name(AnyMessage(request));
  const auto with = [&](std::size_t offset, std::initializer_list<Byte> bytes) {
    Bytes changed = original;
    std::copy(bytes.begin(), bytes.end(), changed.begin() + static_cast<long>(offset));
    return changed;
  };
  EXPECT_EQ(found.at("lock-interface-request/flags/bit-15"), with(16, {0x01, 0x80}));
  EXPECT_EQ(found.at("lock-interface-request/flags/bit-5"), with(16, {0x21, 0x00}));
  EXPECT_EQ(found.at("lock-interface-request/flags/zero"), with(16, {0x00, 0x00}));
  EXPECT_EQ(found.at("lock-interface-request/flags/max"), with(16, {0xFF, 0xFF}));
  EXPECT_EQ(found.count("lock-interface-request/flags/bit-4"), 0u) << "a defined bit";
  EXPECT_EQ(found.at("lock-interface-request/tdispversion/undefined-0x11"), with(0, {0x11}));
  EXPECT_EQ(found.at("lock-interface-request/reserved-2/bit-0"), with(19, {0x01}));
  EXPECT_EQ(found.at("lock-interface-request/short-by-one"), Bytes(original.begin(), original.end() - 1));
  EXPECT_EQ(found.at("lock-interface-request/long-by-one").size(), original.size() + 1);
  EXPECT_EQ(found.count("lock-interface-request/default-stream-id/zero"), 0u) << "it is zero";
}

TEST(Mutations, OfCountsAndElements) {
  tdisp::TDI_REPORT report;
  report.mmio_range_count = 1;
  report.mmio_range.resize(1);
  report.mmio_range[0].number_of_pages = 1;
  const auto found = by_name(AnyMessage(report));
  EXPECT_EQ(found.at("tdi-report/mmio-range-count/one-less")[12], 0);
  EXPECT_EQ(found.at("tdi-report/mmio-range-count/one-more")[12], 2);
  EXPECT_EQ(found.at("tdi-report/mmio-range/attributes/bit-4")[16 + 12], 0x10);
  EXPECT_EQ(report.mmio_range_count, 1u) << "the message itself is left alone";
}

TEST(Mutations, OfABytesField) {
  tdisp::START_INTERFACE_REQUEST request;
  request.nonce = Bytes(32, 0x5A);
  const auto found = by_name(AnyMessage(request));
  EXPECT_EQ(found.at("start-interface-request/start-interface-nonce/zeros")[47], 0);
  EXPECT_EQ(found.at("start-interface-request/start-interface-nonce/ones")[16], 0xFF);
}

TEST(Names, NumberRepeatedFields) {
  const auto names = unique_names(ide_km::KEY_PROG::layout());
  EXPECT_EQ(names, (std::vector<std::string>{"Protocol ID", "Object ID", "Reserved", "StreamID", "Reserved 2",
                                             "Key/Sub-stream", "PortIndex", "Key", "IFV_DW1", "IFV_DW0"}));
  EXPECT_EQ(slug("Key/Sub-stream"), "key-sub-stream");
  EXPECT_EQ(slug("REQ_MSGS_SUPPORTED[63:0]"), "req-msgs-supported-63-0");
}

TEST(Markdown, HasOffsetsBitsValuesAndRules) {
  const std::string text = markdown(tdisp::TDISP_CAPABILITIES::layout());
  const auto expect = [&](const char* part) { EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text; };
  expect("## TDISP_CAPABILITIES\n");
  expect("Response, code 0x02, 44 bytes.");
  expect("| 36 | 2 | LOCK_INTERFACE_FLAGS_SUPPORTED |");
  expect("<br>2 LOCK_MSIX: ");
  expect("<br>15:5 reserved |");
  expect("- `TDISP-CAP-003`: ");
  expect("- `TDISP-CAP-006`: reserved bits of LOCK_INTERFACE_FLAGS_SUPPORTED are not zero\n");
}

TEST(Markdown, OffsetsDependOnEarlierCounts) {
  const std::string text = markdown(tdisp::TDI_REPORT::layout());
  EXPECT_NE(text.find("| 16 | 16 \\* MMIO_RANGE_COUNT | MMIO_RANGE |"), std::string::npos) << text;
  EXPECT_NE(text.find("| 16 + 16 \\* MMIO_RANGE_COUNT | 4 | DEVICE_SPECIFIC_INFO_LEN |"), std::string::npos) << text;
}

TEST(Dictionary, HasMessagesBitsAndValuesOnce) {
  const Layout* layouts[] = {&tdisp::TDISP_ERROR::layout(), &tdisp::LOCK_INTERFACE_REQUEST::layout(),
                             &tdisp::TDISP_CAPABILITIES::layout()};
  const std::string text = dictionary(layouts, context);
  EXPECT_NE(text.find("tdisp_error_error_code_invalid_nonce=\"\\x02\\x01\\x00\\x00\"\n"), std::string::npos) << text;
  EXPECT_NE(text.find("lock_interface_request=\"\\x10\\x83\\x00"), std::string::npos) << text;
  EXPECT_NE(text.find("lock_interface_request_flags_lock_msix=\"\\x04\\x00\"\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("lock_interface_flags_supported_lock_msix"), std::string::npos) << "the same bytes again";
}

}  // namespace
}  // namespace lockstep::wire
