// Transports and secured messages against recorded traffic.
#include <gtest/gtest.h>

#include "capture.hpp"
#include "wire/doe.hpp"
#include "wire/mctp.hpp"
#include "wire/secured_message.hpp"

namespace lockstep::wire {
namespace {

using captures::Capture;

TEST(RecordedTransport, EveryDoeRecordIsOneDataObject) {
  for (const std::string name : {"doe_dhe_tdisp_14", "doe_psk_tdisp_11", "doe_psk_tdisp_14"}) {
    const Capture capture = captures::read(name);
    ASSERT_EQ(capture.link_type, captures::LINK_DOE);
    for (const Bytes& record : capture.records) {
      const auto object = decode<doe::DataObject>(record, {});
      ASSERT_TRUE(object) << object.error().field;
      EXPECT_EQ(object.value().consumed, record.size());
      EXPECT_EQ(object.value().message.payload.size(), record.size() - 8);
      EXPECT_TRUE(validate(object.value().message, {}).empty());
      EXPECT_EQ(encode(object.value().message, {}), record);
      const auto type = static_cast<doe::DataObjectType>(object.value().message.data_object_type);
      EXPECT_EQ(doe::wrap_doe(type, object.value().message.payload), record);
    }
  }
}

TEST(RecordedTransport, DiscoveryWalksToItsEnd) {
  const Capture capture = captures::read("doe_dhe_tdisp_14");
  const auto payload = [&](std::size_t record) { return View(capture.records.at(record)).subspan(8); };
  const auto request = decode<doe::DiscoveryRequest>(payload(2), {});
  ASSERT_TRUE(request);
  EXPECT_EQ(request.value().message.index, 1);
  EXPECT_EQ(request.value().message.version, 0);
  const Byte types[] = {0, 1, 2}, next[] = {1, 2, 0};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto response = decode<doe::DiscoveryResponse>(payload(2 * i + 1), {});
    ASSERT_TRUE(response);
    EXPECT_EQ(response.value().message.vendor_id, doe::VENDOR_ID_PCISIG);
    EXPECT_EQ(response.value().message.data_object_type, types[i]);
    EXPECT_EQ(response.value().message.next_index, next[i]);
  }
}

TEST(RecordedTransport, EveryMctpRecordIsOnePacket) {
  for (const std::string name : {"mctp_10", "mctp_psk_13"}) {
    const Capture capture = captures::read(name);
    ASSERT_EQ(capture.link_type, captures::LINK_MCTP);
    for (const Bytes& record : capture.records) {
      const auto packet = decode<mctp::Packet>(record, {});
      ASSERT_TRUE(packet);
      EXPECT_EQ(packet.value().message.flags, 0xC0);  // SOM and EOM
      EXPECT_EQ(packet.value().message.body.size(), record.size() - 5);
      EXPECT_TRUE(validate(packet.value().message, {}).empty());
      EXPECT_EQ(encode(packet.value().message, {}), record);
    }
  }
}

/// The record of a session behind the transport's header; empty for all others.
View secured(const Capture& capture, const Bytes& record) {
  const View all(record);
  if (capture.link_type == captures::LINK_MCTP) return all[4] == 0x06 ? all.subspan(5) : View{};
  return all[2] == 0x02 ? all.subspan(8) : View{};
}

void expect_secured_messages(const std::string& name, const Context& context, std::size_t at_least) {
  const Capture capture = captures::read(name);
  std::size_t count = 0;
  for (const Bytes& record : capture.records) {
    const View bytes = secured(capture, record);
    if (bytes.empty()) continue;
    ++count;
    const auto decoded = decode<secured_message::SecuredMessage>(bytes, context);
    ASSERT_TRUE(decoded) << decoded.error().field << " " << decoded.error().why;
    const auto& message = decoded.value().message;
    EXPECT_TRUE(message.session_id() == 0xFFFFFFFF || message.session_id() == 0xFFFEFFFE) << message.session_id();
    EXPECT_GE(message.length, 2u + 16);  // ApplicationDataLength and the tag
    EXPECT_LT(bytes.size() - decoded.value().consumed, 4u);
    EXPECT_EQ(to_hex(encode(message, context)), to_hex(bytes.first(decoded.value().consumed)));
    EXPECT_EQ(secured_message::associated_data(message, context),
              copy(bytes.first(4 + context.sequence_number_size + 2)));
  }
  EXPECT_GE(count, at_least);
}

TEST(RecordedTransport, SecuredMessagesOnDoeHaveNoSequenceNumber) {
  expect_secured_messages("doe_dhe_tdisp_14", {}, 50);
  expect_secured_messages("doe_psk_tdisp_11", {}, 50);
  expect_secured_messages("doe_psk_tdisp_14", {}, 50);
}

TEST(RecordedTransport, SecuredMessagesOnMctpCountFromZeroInEachDirection) {
  Context context;
  context.sequence_number_size = 2;
  expect_secured_messages("mctp_psk_13", context, 10);
  const Capture capture = captures::read("mctp_psk_13");
  std::vector<std::uint16_t> numbers;
  for (const Bytes& record : capture.records)
    if (const View bytes = secured(capture, record); !bytes.empty())
      numbers.push_back(decode<secured_message::SecuredMessage>(bytes, context).value().message.sequence_number);
  // PSK_FINISH and its response under the handshake keys, then two exchanges under the data keys.
  EXPECT_EQ(std::vector<std::uint16_t>(numbers.begin(), numbers.begin() + 6),
            (std::vector<std::uint16_t>{0, 0, 0, 0, 1, 1}));
}

}  // namespace
}  // namespace lockstep::wire
