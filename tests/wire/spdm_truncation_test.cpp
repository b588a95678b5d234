// Every SPDM message cut off at every length: an error that says where, and no read outside (the bytes stand in an
// allocation of exactly their size).
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "capture.hpp"

namespace lockstep::wire::spdm {
namespace {

bool goes_on_to_the_end(const Layout& layout) {
  return std::any_of(layout.fields.begin(), layout.fields.end(), [](const Field& f) { return f.rest; });
}

void expect_errors_at_every_length(const Layout& layout, View whole, const Context& context) {
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto exact = std::make_unique<Byte[]>(size);
    std::copy_n(whole.begin(), size, exact.get());
    AnyMessage message(layout);
    const auto decoded = decode(layout, message.object(), {exact.get(), size}, context);
    if (decoded) {
      EXPECT_TRUE(goes_on_to_the_end(layout)) << layout.name << " is complete with " << size << " bytes";
      EXPECT_EQ(decoded.value(), size) << layout.name;
    } else {
      EXPECT_FALSE(decoded.error().field.empty()) << layout.name;
      EXPECT_FALSE(decoded.error().why.empty()) << layout.name;
      EXPECT_LE(decoded.error().offset, size) << layout.name;
    }
  }
}

TEST(SpdmTruncation, OfRecordedMessages) {
  for (const std::string& name : captures::names()) {
    const captures::Capture capture = captures::read(name);
    for (const captures::Seen& seen : captures::spdm_messages(capture))
      expect_errors_at_every_length(seen.message.layout(), seen.bytes, seen.context);
  }
}

/// Lengths and counts 2, flags that add fields set, every sized field as large as it has to be.
void fill(const Layout& layout, void* message, const Context& context) {
  for (const Field& field : layout.fields) {
    if (field.present && !field.present(message, context)) continue;
    if (field.kind == Kind::integer) {
      const bool is_length = std::any_of(layout.fields.begin(), layout.fields.end(),
                                         [&](const Field& f) { return f.length_field == &field; });
      if (is_length || field.name == "Param1" || field.name == "Param2") field.set(message, is_length ? 2 : 0x83);
      continue;
    }
    const std::size_t size = field.length_field != nullptr ? 2
                             : field.rest                  ? 3
                             : field.size                  ? field.size(message, context)
                                                           : field.width;
    if (field.kind == Kind::bytes) field.bytes(message).assign(size, 0xA5);
    if (field.kind != Kind::list) continue;
    field.resize(message, size);
    for (std::size_t i = 0; i < size; ++i) fill(*field.element(), field.element_at(message, i), context);
  }
}

TEST(SpdmTruncation, OfEveryLayoutInEveryVersion) {
  for (const Layout* layout : all_layouts()) {
    for (Byte version = VERSION_1_0; version <= VERSION_1_4; ++version) {
      Context context;
      context.spdm_version = version;
      context.hash_size = 5;
      context.signature_size = context.requester_signature_size = 7;
      context.request_exchange_size = context.response_exchange_size = 3;
      context.measurement_summary_hash = context.signature_requested = context.multi_key = version % 2 == 0;
      context.handshake_in_the_clear = version % 3 == 0;
      AnyMessage message(*layout);
      fill(*layout, message.object(), context);
      const Bytes whole = encode(*layout, message.object(), context);
      AnyMessage again(*layout);
      const auto decoded = decode(*layout, again.object(), whole, context);
      ASSERT_TRUE(decoded) << layout->name << " " << decoded.error().field;
      EXPECT_EQ(decoded.value(), whole.size()) << layout->name;
      EXPECT_EQ(encode(*layout, again.object(), context), whole) << layout->name;
      expect_errors_at_every_length(*layout, whole, context);
    }
  }
}

TEST(SpdmTruncation, OfTheHeader) {
  const Bytes header = {0x10, 0x84, 0, 0};
  EXPECT_TRUE(decode_spdm(header, {}));
  for (std::size_t size = 0; size < header.size(); ++size)
    EXPECT_FALSE(decode_spdm(View(header).first(size), {})) << size;
}

TEST(SpdmTruncation, NamesTheFieldTheOffsetAndTheRule) {
  const Bytes version = {0x10, 0x04, 0, 0, 0, 2, 0x00, 0x10, 0x00};
  const auto decoded = decode_spdm(version, {});
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().field, "VersionNumberEntries[1].VersionNumberEntry");
  EXPECT_EQ(decoded.error().offset, 8u);
  EXPECT_EQ(decoded.error().rule, Rule("SPDM-VER-002"));
}

}  // namespace
}  // namespace lockstep::wire::spdm
