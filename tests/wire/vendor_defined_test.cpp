// IDE_KM and TDISP inside VENDOR_DEFINED: the envelope's bytes, and what is no such envelope.
#include "wire/vendor_defined.hpp"

#include <gtest/gtest.h>

#include "wire/ide_km.hpp"
#include "wire/tdisp.hpp"

namespace lockstep::wire {
namespace {

const Context context{.spdm_version = 0x12};

TEST(VendorDefined, EnvelopeOfTdispByteByByte) {
  const auto envelope = wrap_inner<spdm::VENDOR_DEFINED_REQUEST>(AnyMessage(tdisp::GET_TDISP_VERSION{}), context);
  EXPECT_EQ(to_hex(encode(envelope, context)),
            "12fe0000"
            "0300"
            "02"
            "0100"
            "1100"
            "01"
            "10810000"
            "000000000000000000000000");
}

TEST(VendorDefined, EnvelopeOfIdeKmByteByByte) {
  const auto envelope = wrap_inner<spdm::VENDOR_DEFINED_RESPONSE>(AnyMessage(ide_km::KP_ACK{}), context);
  EXPECT_EQ(to_hex(encode(envelope, context)),
            "127e0000"
            "0300"
            "02"
            "0100"
            "0800"
            "0003000000000000");
}

TEST(VendorDefined, FindsWhatIsInside) {
  const auto key = wrap_inner<spdm::VENDOR_DEFINED_REQUEST>(AnyMessage(ide_km::KEY_PROG{}), context);
  const auto inner = inner_message(key);
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->protocol, Protocol::IDE_KM);
  const auto decoded = decode_inner(*inner, context);
  ASSERT_TRUE(decoded);
  EXPECT_NE(decoded.value().message.as<ide_km::KEY_PROG>(), nullptr);
  EXPECT_EQ(decoded.value().consumed, 48u);

  const auto lock = wrap_inner<spdm::VENDOR_DEFINED_REQUEST>(AnyMessage(tdisp::LOCK_INTERFACE_REQUEST{}), context);
  const auto tdisp_message = inner_message(lock);
  ASSERT_TRUE(tdisp_message);
  EXPECT_EQ(tdisp_message->protocol, Protocol::TDISP);
  EXPECT_EQ(tdisp_message->bytes.size(), 36u);
}

TEST(VendorDefined, OthersAreNotOurs) {
  const auto good = wrap_inner<spdm::VENDOR_DEFINED_REQUEST>(AnyMessage(tdisp::GET_TDISP_VERSION{}), context);
  ASSERT_TRUE(inner_message(good));
  auto other = good;
  other.standard_id = 1;
  EXPECT_FALSE(inner_message(other)) << "registry";
  other = good;
  other.vendor_id = {0x86, 0x80};
  EXPECT_FALSE(inner_message(other)) << "vendor";
  other = good;
  other.vendor_id = {0x01, 0x00, 0x00};
  EXPECT_FALSE(inner_message(other)) << "vendor id of three bytes";
  other = good;
  other.vendor_defined_payload[0] = 0x7F;
  EXPECT_FALSE(inner_message(other)) << "protocol id";
  other.vendor_defined_payload.clear();
  EXPECT_FALSE(inner_message(other)) << "no payload";
}

}  // namespace
}  // namespace lockstep::wire
