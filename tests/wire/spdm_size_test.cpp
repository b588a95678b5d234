// Sizes and offsets of the SPDM messages in every version, from the tables of DSP0274.
#include <gtest/gtest.h>

#include <algorithm>

#include "wire/spdm.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr Byte ALL_VERSIONS[] = {0x10, 0x11, 0x12, 0x13, 0x14};
constexpr Byte SINCE_1_2[] = {0x12, 0x13, 0x14};

/// SHA-384, P-384, RSAPSS-3072 for the requester, secp384r1.
Context context(Byte version) {
  Context c;
  c.spdm_version = version;
  c.hash_size = 48;
  c.signature_size = 96;
  c.requester_signature_size = 384;
  c.request_exchange_size = c.response_exchange_size = 96;
  return c;
}

template <class M>
std::size_t size(Byte version, M message = {}) {
  return encode(canonical(message, context(version)), context(version)).size();
}

template <class M>
M with_param1(Byte value) {
  M message;
  message.param1 = value;
  return message;
}

TEST(SpdmSize, Negotiation) {
  EXPECT_EQ(size<GET_VERSION>(0x10), 4u);
  EXPECT_EQ(size<VERSION>(0x10), 6u);
  EXPECT_EQ(size<GET_CAPABILITIES>(0x10), 4u);
  EXPECT_EQ(size<GET_CAPABILITIES>(0x11), 12u);
  for (const Byte version : SINCE_1_2) EXPECT_EQ(size<GET_CAPABILITIES>(version), 20u);
  EXPECT_EQ(size<CAPABILITIES>(0x10), 12u);
  EXPECT_EQ(size<CAPABILITIES>(0x11), 12u);
  for (const Byte version : SINCE_1_2) EXPECT_EQ(size<CAPABILITIES>(version), 20u);
  for (const Byte version : ALL_VERSIONS) {
    EXPECT_EQ(size<NEGOTIATE_ALGORITHMS>(version), 32u);
    EXPECT_EQ(size<ALGORITHMS>(version), 36u);
  }
}

TEST(SpdmSize, SupportedAlgorithmsBlockStandsInCapabilitiesSince13) {
  const auto block = with_param1<CAPABILITIES>(CAPABILITIES::SUPPORTED_ALGORITHMS);
  EXPECT_EQ(size(0x12, block), 20u);
  EXPECT_EQ(size(0x13, block), 20u + 30u);
}

TEST(SpdmSize, AlgorithmStructures) {
  NEGOTIATE_ALGORITHMS m;
  m.alg_structs.resize(4);
  EXPECT_EQ(size(0x10, m), 32u);  // 1.0 has none
  EXPECT_EQ(size(0x11, m), 48u);
  m.alg_structs[0].alg_count = 0x22;
  EXPECT_EQ(size(0x11, m), 56u);
}

TEST(SpdmSize, Authentication) {
  EXPECT_EQ(size<GET_DIGESTS>(0x10), 4u);
  DIGESTS digests;
  digests.param2 = 0x13;
  EXPECT_EQ(size(0x12, digests), 4u + 3 * 48);
  Context multi_key = context(0x13);
  multi_key.multi_key = true;
  EXPECT_EQ(encode(canonical(digests, multi_key), multi_key).size(), 4u + 3 * (48 + 1 + 1 + 2));
  for (const Byte version : ALL_VERSIONS) {
    EXPECT_EQ(size<GET_CERTIFICATE>(version), 8u);
    EXPECT_EQ(size<CERTIFICATE>(version), 8u);
  }
  EXPECT_EQ(size(0x13, with_param1<GET_CERTIFICATE>(0x80)), 8u);
  EXPECT_EQ(size(0x14, with_param1<GET_CERTIFICATE>(0x80)), 16u);
  EXPECT_EQ(size(0x14, with_param1<CERTIFICATE>(0x80)), 16u);
  EXPECT_EQ(size<CHALLENGE>(0x12), 36u);
  EXPECT_EQ(size<CHALLENGE>(0x13), 44u);
  EXPECT_EQ(size<CHALLENGE_AUTH>(0x12), 4u + 48 + 32 + 2 + 96);
  EXPECT_EQ(size<CHALLENGE_AUTH>(0x13), 4u + 48 + 32 + 2 + 8 + 96);
  EXPECT_EQ(size<CertificateChain>(0x10), 4u + 48);
  EXPECT_EQ(size<CertificateChain>(0x14), 4u + 48);
}

TEST(SpdmSize, Measurements) {
  EXPECT_EQ(size<GET_MEASUREMENTS>(0x10), 4u);
  EXPECT_EQ(size<GET_MEASUREMENTS>(0x13), 12u);
  EXPECT_EQ(size(0x10, with_param1<GET_MEASUREMENTS>(1)), 36u);
  EXPECT_EQ(size(0x11, with_param1<GET_MEASUREMENTS>(1)), 37u);
  EXPECT_EQ(size(0x13, with_param1<GET_MEASUREMENTS>(1)), 45u);
  EXPECT_EQ(size<MEASUREMENTS>(0x12), 42u);
  EXPECT_EQ(size<MEASUREMENTS>(0x13), 50u);
  Context is_signed = context(0x13);
  is_signed.signature_requested = true;
  EXPECT_EQ(encode(canonical(MEASUREMENTS{}, is_signed), is_signed).size(), 50u + 96);
  EXPECT_EQ(encode(canonical(ENDPOINT_INFO{}, is_signed), is_signed).size(), 12u + 32 + 96);
  EXPECT_EQ(size<MeasurementBlock>(0x10), 7u);
  EXPECT_EQ(size<GET_MEASUREMENT_EXTENSION_LOG>(0x13), 12u);
  EXPECT_EQ(size<MEASUREMENT_EXTENSION_LOG>(0x13), 12u);
}

TEST(SpdmSize, Sessions) {
  Context clear = context(0x12);
  clear.handshake_in_the_clear = true;
  EXPECT_EQ(size<KEY_EXCHANGE>(0x11), 40u + 96 + 2);
  EXPECT_EQ(size<KEY_EXCHANGE_RSP>(0x12), 40u + 96 + 2 + 96 + 48);
  EXPECT_EQ(encode(canonical(KEY_EXCHANGE_RSP{}, clear), clear).size(), 40u + 96 + 2 + 96);
  clear.measurement_summary_hash = true;
  EXPECT_EQ(encode(canonical(KEY_EXCHANGE_RSP{}, clear), clear).size(), 40u + 96 + 48 + 2 + 96);
  EXPECT_EQ(encode(canonical(FINISH_RSP{}, clear), clear).size(), 52u);
  EXPECT_EQ(size<FINISH>(0x13), 52u);
  EXPECT_EQ(size<FINISH>(0x14), 54u);
  EXPECT_EQ(size(0x13, with_param1<FINISH>(1)), 4u + 384 + 48);
  EXPECT_EQ(size<FINISH_RSP>(0x13), 4u);
  EXPECT_EQ(size<FINISH_RSP>(0x14), 6u);
  EXPECT_EQ(size<PSK_EXCHANGE>(0x11), 12u);
  EXPECT_EQ(size<PSK_EXCHANGE_RSP>(0x11), 12u + 48);
  EXPECT_EQ(size<PSK_FINISH>(0x13), 52u);
  EXPECT_EQ(size<PSK_FINISH>(0x14), 54u);
  EXPECT_EQ(size<PSK_FINISH_RSP>(0x13), 4u);
  EXPECT_EQ(size<PSK_FINISH_RSP>(0x14), 6u);
  EXPECT_EQ(size<HEARTBEAT>(0x14), 4u);
  EXPECT_EQ(size<KEY_UPDATE>(0x14), 4u);
  EXPECT_EQ(size<END_SESSION>(0x14), 4u);
}

TEST(SpdmSize, EncapsulatedAndChunks) {
  EXPECT_EQ(size<ENCAPSULATED_RESPONSE_ACK>(0x11), 4u);
  EXPECT_EQ(size<ENCAPSULATED_RESPONSE_ACK>(0x12), 8u);
  CHUNK_SEND later;
  later.chunk_seq_no = 1;
  for (const Byte version : SINCE_1_2) {
    EXPECT_EQ(size<CHUNK_SEND>(version), 16u);
    EXPECT_EQ(size(version, later), 12u);
    EXPECT_EQ(size<CHUNK_RESPONSE>(version), 16u);
  }
  EXPECT_EQ(size<CHUNK_SEND_ACK>(0x13), 6u);
  EXPECT_EQ(size<CHUNK_SEND_ACK>(0x14), 8u);
  EXPECT_EQ(size<CHUNK_GET>(0x13), 6u);
  EXPECT_EQ(size<CHUNK_GET>(0x14), 8u);
}

TEST(SpdmSize, Provisioning) {
  EXPECT_EQ(size<GET_CSR>(0x12), 8u);
  EXPECT_EQ(size<CSR>(0x12), 8u);
  EXPECT_EQ(size<SET_CERTIFICATE>(0x12), 4u);
  EXPECT_EQ(size<GET_KEY_PAIR_INFO>(0x13), 5u);
  EXPECT_EQ(size<KEY_PAIR_INFO>(0x13), 23u);
  EXPECT_EQ(size<KEY_PAIR_INFO>(0x14), 25u);
  EXPECT_EQ(size<SET_KEY_PAIR_INFO>(0x13), 13u);
  EXPECT_EQ(size<SET_KEY_PAIR_INFO>(0x14), 14u);
  EXPECT_EQ(size(0x14, with_param1<SET_KEY_PAIR_INFO>(1)), 5u);
  EXPECT_EQ(size<GET_ENDPOINT_INFO>(0x13), 8u);
  GET_ENDPOINT_INFO is_signed;
  is_signed.request_attributes = GET_ENDPOINT_INFO::SIGNATURE_REQUESTED;
  EXPECT_EQ(size(0x13, is_signed), 40u);
  EXPECT_EQ(size<ENDPOINT_INFO>(0x13), 12u);
}

TEST(SpdmSize, EventsVendorDefinedAndError) {
  EXPECT_EQ(size<SUPPORTED_EVENT_TYPES>(0x13), 8u);
  EXPECT_EQ(size<SUBSCRIBE_EVENT_TYPES>(0x13), 4u);
  EXPECT_EQ(size(0x13, with_param1<SUBSCRIBE_EVENT_TYPES>(1)), 8u);
  EXPECT_EQ(size<SEND_EVENT>(0x13), 8u);
  EXPECT_EQ(size<EventData>(0x13), 14u);
  EXPECT_EQ(size<VENDOR_DEFINED_REQUEST>(0x10), 9u);
  EXPECT_EQ(size(0x13, with_param1<VENDOR_DEFINED_REQUEST>(0x80)), 9u);
  EXPECT_EQ(size(0x14, with_param1<VENDOR_DEFINED_RESPONSE>(0x80)), 13u);
  EXPECT_EQ(size<ERROR>(0x10), 4u);
  EXPECT_EQ(size<ResponseNotReadyData>(0x10), 4u);
  EXPECT_EQ(size<RESPOND_IF_READY>(0x10), 4u);
}

struct Place {
  const Layout& (*layout)();
  Byte version;
  std::string_view field;
  std::size_t offset, width;
};

class SpdmOffset : public testing::TestWithParam<Place> {};

/// Sets one field to all ones in a message of zeros: exactly its bytes change.
TEST_P(SpdmOffset, IsWhereTheSpecificationHasIt) {
  const Place& place = GetParam();
  const Layout& layout = place.layout();
  const Context c = context(place.version);
  AnyMessage message(layout);
  canonicalise(layout, message.object(), c);
  const Bytes zeros = encode(layout, message.object(), c);
  const auto field = std::find_if(layout.fields.begin(), layout.fields.end(), [&](const Field& f) {
    return f.name == place.field && (!f.present || f.present(message.object(), c));
  });
  ASSERT_NE(field, layout.fields.end()) << place.field;
  ASSERT_EQ(field->width, place.width);
  field->set(message.object(), ~std::uint64_t{0});
  const Bytes ones = encode(layout, message.object(), c);
  ASSERT_EQ(ones.size(), zeros.size());
  for (std::size_t i = 0; i < ones.size(); ++i) {
    const bool inside = i >= place.offset && i < place.offset + place.width;
    EXPECT_EQ(ones[i], inside ? 0xFF : zeros[i]) << place.field << " byte " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Fields, SpdmOffset,
                         testing::Values(Place{GET_CAPABILITIES::layout, 0x14, "CTExponent", 5, 1},
                                         Place{GET_CAPABILITIES::layout, 0x14, "Flags", 8, 4},
                                         Place{GET_CAPABILITIES::layout, 0x14, "DataTransferSize", 12, 4},
                                         Place{CAPABILITIES::layout, 0x14, "ExtFlags", 6, 2},
                                         Place{CAPABILITIES::layout, 0x10, "Flags", 8, 4},
                                         Place{CAPABILITIES::layout, 0x12, "MaxSPDMmsgSize", 16, 4},
                                         Place{NEGOTIATE_ALGORITHMS::layout, 0x12, "OtherParamsSupport", 7, 1},
                                         Place{NEGOTIATE_ALGORITHMS::layout, 0x10, "BaseHashAlgo", 12, 4},
                                         Place{NEGOTIATE_ALGORITHMS::layout, 0x14, "PqcAsymAlgo", 16, 4},
                                         Place{NEGOTIATE_ALGORITHMS::layout, 0x13, "MELspecification", 31, 1},
                                         Place{ALGORITHMS::layout, 0x10, "MeasurementHashAlgo", 8, 4},
                                         Place{ALGORITHMS::layout, 0x10, "BaseHashSel", 16, 4},
                                         Place{ALGORITHMS::layout, 0x14, "PqcAsymSel", 20, 4},
                                         Place{ALGORITHMS::layout, 0x13, "MELspecificationSel", 31, 1},
                                         Place{ALGORITHMS::layout, 0x10, "Reserved_24", 24, 7},
                                         Place{CERTIFICATE::layout, 0x10, "RemainderLength", 6, 2},
                                         Place{MEASUREMENTS::layout, 0x10, "NumberOfBlocks", 4, 1},
                                         Place{KEY_EXCHANGE::layout, 0x12, "SessionPolicy", 6, 1},
                                         Place{KEY_EXCHANGE_RSP::layout, 0x12, "MutAuthRequested", 6, 1},
                                         Place{KEY_EXCHANGE_RSP::layout, 0x12, "SlotIDParam", 7, 1},
                                         Place{PSK_EXCHANGE_RSP::layout, 0x12, "RspSessionID", 4, 2},
                                         Place{ENCAPSULATED_RESPONSE_ACK::layout, 0x12, "AckRequestID", 4, 1},
                                         Place{CHUNK_GET::layout, 0x13, "ChunkSeqNo", 4, 2},
                                         Place{CHUNK_GET::layout, 0x14, "ChunkSeqNo", 4, 4},
                                         Place{GET_MEASUREMENT_EXTENSION_LOG::layout, 0x13, "Length", 8, 4},
                                         Place{KEY_PAIR_INFO::layout, 0x13, "CurrentAsymAlgo", 16, 4},
                                         Place{SET_KEY_PAIR_INFO::layout, 0x13, "DesiredAsymAlgo", 8, 4},
                                         Place{VENDOR_DEFINED_REQUEST::layout, 0x10, "StandardID", 4, 2}),
                         [](const auto& test) {
                           return std::string(test.param.layout().name) + "_" + std::string(test.param.field) + "_" +
                                  std::to_string(test.param.version);
                         });

}  // namespace
}  // namespace lockstep::wire::spdm
