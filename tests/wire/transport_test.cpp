// Byte images of the transports, written down from their documents, and what cut-off bytes give.
#include <gtest/gtest.h>

#include <memory>

#include "wire/doe.hpp"
#include "wire/emu.hpp"
#include "wire/mctp.hpp"
#include "wire/secured_message.hpp"
#include "wire/tcp.hpp"

namespace lockstep::wire {
namespace {

Bytes hex(std::string_view text) { return *from_hex(text); }

template <class M>
void expect_errors_below(std::string_view text, std::size_t complete, const Context& context = {}) {
  const Bytes whole = hex(text);
  for (std::size_t size = 0; size < complete; ++size) {
    const auto exact = std::make_unique<Byte[]>(size);
    std::copy_n(whole.begin(), size, exact.get());
    const auto decoded = decode<M>(View(exact.get(), size), context);
    ASSERT_FALSE(decoded) << M::layout().name << " with " << size << " bytes";
    EXPECT_FALSE(decoded.error().field.empty());
    EXPECT_LE(decoded.error().offset, size);
  }
  EXPECT_TRUE(decode<M>(View(whole).first(complete), context));
}

std::vector<Rule> rules(const std::vector<Finding>& findings) {
  std::vector<Rule> all;
  for (const Finding& finding : findings) all.push_back(finding.rule);
  return all;
}

TEST(Doe, PadsToDoubleWordsAndCountsTheHeader) {
  using doe::DataObjectType;
  EXPECT_EQ(to_hex(doe::wrap_doe(DataObjectType::SPDM, hex("10840000"))), "010001000300000010840000");
  EXPECT_EQ(to_hex(doe::wrap_doe(DataObjectType::SECURED_SPDM, hex("aabbccddee"))), "0100020004000000aabbccddee000000");
  EXPECT_EQ(to_hex(doe::wrap_doe(DataObjectType::DISCOVERY, {})), "0100000002000000");
}

TEST(Doe, LengthZeroMeansTheLargestObject) {
  const std::size_t largest = (std::size_t{1} << 20) - 8;
  const Bytes object = doe::wrap_doe(doe::DataObjectType::SPDM, Bytes(largest, 0x5A));
  EXPECT_EQ(object.size(), std::size_t{1} << 20);
  EXPECT_EQ(to_hex(View(object).first(8)), "0100010000000000");
  const auto decoded = decode<doe::DataObject>(object, {});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded.value().message.payload.size(), largest);
}

TEST(Doe, ReservedBitsOfLengthAreIgnoredAndReported) {
  const auto decoded = decode<doe::DataObject>(hex("010001000300048011223344"), {});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(to_hex(decoded.value().message.payload), "11223344");
  ASSERT_EQ(validate(decoded.value().message, {}).size(), 1u);
  EXPECT_EQ(validate(decoded.value().message, {})[0].field, "Length");
}

TEST(Doe, LengthBelowTheHeaderIsReported) {
  const auto decoded = decode<doe::DataObject>(hex("0100010001000000"), {});
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(decoded.value().message.payload.empty());
  EXPECT_EQ(rules(validate(decoded.value().message, {})), std::vector<Rule>{"DOE-009"});
}

TEST(Mctp, TypeByteStandsBeforeTheMessage) {
  EXPECT_EQ(to_hex(mctp::wrap_mctp(mctp::MessageType::SPDM, hex("10840000"))), "0510840000");
  EXPECT_EQ(to_hex(mctp::wrap_mctp(mctp::MessageType::SECURED_MESSAGES, hex("aa"))), "06aa");
}

TEST(Mctp, IntegrityCheckBitIsReportedForSpdm) {
  EXPECT_EQ(rules(validate(mctp::Message{.message_type = 0x85}, {})), std::vector<Rule>{"MCTP-002"});
  EXPECT_EQ(rules(validate(mctp::Message{.message_type = 0x86}, {})), std::vector<Rule>{"MCTP-002"});
  EXPECT_TRUE(validate(mctp::Message{.message_type = 0x81}, {}).empty());
}

TEST(Tcp, PayloadLengthCountsTheRestOfTheHeader) {
  EXPECT_EQ(to_hex(tcp::wrap_tcp(tcp::MessageType::OUT_OF_SESSION, hex("10840000"))), "0600010510840000");
  EXPECT_EQ(to_hex(tcp::wrap_tcp(tcp::MessageType::ROLE_INQUIRY, {})), "020001bf");
  const auto decoded = decode<tcp::Message>(hex("06000106108400001111"), {});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded.value().consumed, 8u);
  EXPECT_EQ(to_hex(decoded.value().message.payload), "10840000");
}

TEST(Tcp, WrongHeadersAreReported) {
  EXPECT_EQ(rules(validate(tcp::Message{.binding_version = 2}, {})), std::vector<Rule>{"TCP-001"});
  EXPECT_EQ(rules(validate(tcp::Message{.payload_length = 1}, {})), std::vector<Rule>{"TCP-002"});
}

TEST(Emu, NumbersAreBigEndian) {
  EXPECT_EQ(to_hex(emu::wrap_emu(emu::Command::NORMAL, emu::TransportType::MCTP, hex("0510840000"))),
            "0000000100000001000000050510840000");
  EXPECT_EQ(to_hex(emu::wrap_emu(emu::Command::TEST, emu::TransportType::PCI_DOE, {})), "0000dead0000000200000000");
  const auto decoded = decode<emu::Frame>(hex("0000fffe000000030000000101"), {});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded.value().message.command, static_cast<std::uint32_t>(emu::Command::SHUTDOWN));
  EXPECT_EQ(decoded.value().message.transport_type, static_cast<std::uint32_t>(emu::TransportType::TCP));
  EXPECT_EQ(decoded.value().message.payload.size(), 1u);
}

TEST(SecuredMessage, LengthCountsCiphertextAndTag) {
  Context context;
  context.sequence_number_size = 2;
  const auto decoded = decode<secured_message::SecuredMessage>(hex("0100020003000400aabbccdd"), context);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded.value().message.req_session_id, 1);
  EXPECT_EQ(decoded.value().message.rsp_session_id, 2);
  EXPECT_EQ(decoded.value().message.session_id(), 0x00020001u);
  EXPECT_EQ(decoded.value().message.sequence_number, 3);
  EXPECT_EQ(to_hex(decoded.value().message.ciphertext_and_tag), "aabbccdd");
  EXPECT_EQ(to_hex(secured_message::associated_data(decoded.value().message, context)), "0100020003000400");
}

TEST(SecuredMessage, RandomDataIsTakenOffByApplicationDataLength) {
  const auto decoded = decode<secured_message::Plaintext>(hex("040014e80000a1b2c3"), {});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(to_hex(decoded.value().message.application_data), "14e80000");
  EXPECT_EQ(to_hex(decoded.value().message.random), "a1b2c3");
}

TEST(SecuredMessage, LengthsBeyondTheEndCiteTheirRule) {
  const auto record = decode<secured_message::SecuredMessage>(hex("010002000500aabbccdd"), {});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().rule, Rule("SECMSG-012"));
  const auto plaintext = decode<secured_message::Plaintext>(hex("050014e80000"), {});
  ASSERT_FALSE(plaintext);
  EXPECT_EQ(plaintext.error().rule, Rule("SECMSG-013"));
}

TEST(Transports, CutOffBytesGiveErrors) {
  Context context;
  context.sequence_number_size = 2;
  expect_errors_below<doe::DataObject>("010001000300000010840000", 12);
  expect_errors_below<doe::DiscoveryRequest>("01020000", 4);
  expect_errors_below<doe::DiscoveryResponse>("01000102", 4);
  expect_errors_below<mctp::Message>("05", 1);
  expect_errors_below<mctp::Packet>("000000c005", 5);
  expect_errors_below<tcp::Message>("0600010510840000", 8);
  expect_errors_below<emu::Frame>("0000000100000001000000050510840000", 17);
  expect_errors_below<secured_message::SecuredMessage>("0100020003000400aabbccdd", 12, context);
  expect_errors_below<secured_message::Plaintext>("040014e80000", 6);
}

}  // namespace
}  // namespace lockstep::wire
