// The SPDM layouts against recorded traffic: five conversations of another implementation, SPDM 1.0 to 1.4.
#include <gtest/gtest.h>

#include <algorithm>

#include "capture.hpp"

namespace lockstep::wire::spdm {
namespace {

using captures::Seen;

class RecordedTraffic : public testing::TestWithParam<std::string> {
 protected:
  const captures::Capture capture = captures::read(GetParam());
  const std::vector<Seen> messages = captures::spdm_messages(capture);
};

INSTANTIATE_TEST_SUITE_P(Captures, RecordedTraffic, testing::ValuesIn(captures::names()),
                         [](const auto& test) { return test.param; });

TEST_P(RecordedTraffic, IsEncodedAsItWasDecoded) {
  ASSERT_GE(messages.size(), 20u);
  for (const Seen& seen : messages) {
    EXPECT_EQ(to_hex(encode(seen.message.layout(), seen.message.object(), seen.context)), to_hex(seen.bytes))
        << seen.message.name();
  }
}

TEST_P(RecordedTraffic, LeavesNothingButThePaddingOfTheTransport) {
  for (const Seen& seen : messages) {
    EXPECT_TRUE(std::all_of(seen.rest.begin(), seen.rest.end(), [](Byte b) { return b == 0; })) << seen.message.name();
    EXPECT_LE(seen.rest.size(), capture.link_type == captures::LINK_DOE ? 3u : 0u) << seen.message.name();
  }
}

TEST_P(RecordedTraffic, BreaksNoRuleThatFails) {
  for (const Seen& seen : messages) {
    for (const Finding& finding : validate(seen.message.layout(), seen.message.object(), seen.context)) {
      const bool fails = finding.rule && finding.rule.requirement().on_breach == OnBreach::fail;
      EXPECT_FALSE(fails) << seen.message.name() << ": " << finding.rule.id() << " " << finding.field << " "
                          << finding.what;
    }
  }
}

/// The first message of type M in a capture.
template <class M>
M first(const std::string& name) {
  const captures::Capture capture = captures::read(name);
  for (const Seen& seen : captures::spdm_messages(capture))
    if (const M* m = seen.message.as<M>()) return *m;
  ADD_FAILURE() << "no " << M::layout().name << " in " << name;
  return {};
}

std::vector<Byte> versions(const VERSION& m) {
  std::vector<Byte> all;
  for (const VersionNumberEntry& entry : m.version_number_entries) all.push_back(entry.version());
  return all;
}

TEST(RecordedFields, VersionEntries) {
  EXPECT_EQ(versions(first<VERSION>("doe_dhe_tdisp_14")), (std::vector<Byte>{0x10, 0x11, 0x12, 0x13, 0x14}));
  EXPECT_EQ(versions(first<VERSION>("mctp_10")), (std::vector<Byte>{0x10}));
  EXPECT_EQ(first<VERSION>("doe_dhe_tdisp_14").version, 0x10);
}

TEST(RecordedFields, Capabilities) {
  const auto request = first<GET_CAPABILITIES>("doe_dhe_tdisp_14");
  EXPECT_EQ(request.version, 0x14);
  EXPECT_EQ(request.flags, 0x8882F7C6u);
  EXPECT_EQ(request.data_transfer_size, 0x1200u);
  EXPECT_EQ(request.max_spdm_msg_size, 0x28000u);
  const auto response = first<CAPABILITIES>("doe_dhe_tdisp_14");
  EXPECT_EQ(response.flags, 0xB99AFBF7u);
  EXPECT_EQ(response.ext_flags, 0);
  EXPECT_TRUE(response.supported_algorithms.empty());
  EXPECT_EQ(first<CAPABILITIES>("mctp_10").flags, 0x37u);
  EXPECT_EQ(first<CAPABILITIES>("doe_psk_tdisp_11").flags, 0xFBF7u);
}

TEST(RecordedFields, Algorithms) {
  const auto m = first<ALGORITHMS>("doe_dhe_tdisp_14");
  EXPECT_EQ(m.length, 0x3C);
  EXPECT_EQ(m.other_params_selection, other_params::OpaqueDataFmt1 | other_params::MULTI_KEY_CONN);
  EXPECT_EQ(m.measurement_hash_algo, measurement_hash_algo::TPM_ALG_SHA_512);
  EXPECT_EQ(m.pqc_asym_sel, 0u);
  EXPECT_EQ(m.mel_specification_sel, MEL_SPECIFICATION_DMTF);
  ASSERT_EQ(m.alg_structs.size(), 6u);
  EXPECT_EQ(m.alg_structs[0].alg_type, static_cast<Byte>(AlgType::DHE));
  EXPECT_EQ(m.alg_structs[0].alg_supported, dhe::secp384r1);
  EXPECT_EQ(m.alg_structs[1].alg_supported, aead::AES_256_GCM);
  EXPECT_EQ(m.alg_structs[2].alg_supported, base_asym_algo::TPM_ALG_RSAPSS_3072);
  EXPECT_EQ(first<NEGOTIATE_ALGORITHMS>("mctp_10").length, 32);
  EXPECT_EQ(first<NEGOTIATE_ALGORITHMS>("doe_dhe_tdisp_14").alg_structs.at(5).alg_type,
            static_cast<Byte>(AlgType::KEMAlg));
}

TEST(RecordedFields, DigestsOfAMultiKeyConnection) {
  const auto m = first<DIGESTS>("doe_dhe_tdisp_14");
  EXPECT_EQ(m.param1, 0x13);
  ASSERT_EQ(m.digests.size(), 3u);
  EXPECT_EQ(to_hex(View(m.digests[0].value).first(4)), "dc024e78");
  ASSERT_EQ(m.key_pair_ids.size(), 3u);
  EXPECT_EQ(m.certificate_infos.size(), 3u);
  EXPECT_EQ(m.key_usage_masks.size(), 3u);
  EXPECT_TRUE(first<DIGESTS>("mctp_10").key_pair_ids.empty());
}

TEST(RecordedFields, CertificatePortions) {
  const auto small = first<CERTIFICATE>("mctp_10");
  EXPECT_EQ(small.portion_length, 0x637);
  EXPECT_EQ(small.remainder_length, 0);
  const auto large = first<CERTIFICATE>("doe_dhe_tdisp_14");
  EXPECT_EQ(large.param1, CERTIFICATE::LARGE_CERT_CHAIN);
  EXPECT_EQ(large.portion_length, 0);
  EXPECT_EQ(large.large_portion_length, 0x637u);
  EXPECT_EQ(large.cert_chain.size(), 0x637u);
}

TEST(RecordedFields, CertificateChainHasTheLengthOfItsPortion) {
  const auto m = first<CERTIFICATE>("mctp_10");
  const auto chain = decode<CertificateChain>(m.cert_chain, {.spdm_version = 0x10, .hash_size = 48});
  ASSERT_TRUE(chain) << chain.error().why;
  EXPECT_EQ(chain.value().message.length, 0x637u);
  EXPECT_EQ(chain.value().message.certificates.at(0), 0x30);  // SEQUENCE of the first certificate
  EXPECT_TRUE(validate(chain.value().message, {.spdm_version = 0x10, .hash_size = 48}).empty());
}

TEST(RecordedFields, MeasurementBlocks) {
  const auto m = first<MEASUREMENTS>("mctp_10");
  const auto record = decode<MeasurementRecord>(m.measurement_record, {});
  ASSERT_TRUE(record) << record.error().field << record.error().why;
  const auto& blocks = record.value().message.blocks;
  ASSERT_EQ(blocks.size(), m.number_of_blocks);
  EXPECT_EQ(blocks[0].index, 1);
  EXPECT_EQ(blocks[0].measurement_size, 0x43);
  EXPECT_EQ(blocks[0].measurement_value.size(), 64u);
  EXPECT_EQ(blocks.back().index, MeasurementBlock::INDEX_DEVICE_MODE);
  EXPECT_TRUE(validate(record.value().message, {.measurement_hash_size = 64}).empty());
}

TEST(RecordedFields, KeyExchange) {
  const auto request = first<KEY_EXCHANGE>("doe_dhe_tdisp_14");
  EXPECT_EQ(request.param1, 0xFF);
  EXPECT_EQ(request.req_session_id, 0xFFFF);
  EXPECT_EQ(request.session_policy, session_policy::TerminationPolicy);
  EXPECT_EQ(to_hex(View(request.random_data).first(4)), "44b03264");
  EXPECT_EQ(request.exchange_data.size(), 96u);
  const auto offer = decode<OpaqueDataFmt1>(request.opaque_data, {});
  ASSERT_TRUE(offer) << offer.error().field;
  EXPECT_EQ(offer.value().consumed, request.opaque_data.size());  // padding of the element included
  ASSERT_EQ(offer.value().message.opaque_list.size(), 1u);
  const auto list = decode<SMSupportedVersions>(offer.value().message.opaque_list[0].opaque_element_data, {});
  ASSERT_TRUE(list);
  ASSERT_EQ(list.value().message.versions_list.size(), 3u);
  EXPECT_EQ(list.value().message.versions_list[2].version(), 0x12);
}

TEST(RecordedFields, KeyExchangeResponseWithTheHandshakeInTheClear) {
  const auto response = first<KEY_EXCHANGE_RSP>("doe_dhe_tdisp_14");
  EXPECT_EQ(response.param1, 0xF0);  // heartbeat period
  EXPECT_EQ(response.mut_auth_requested, KEY_EXCHANGE_RSP::MUT_AUTH_WITH_ENCAP_REQUEST);
  EXPECT_EQ(response.measurement_summary_hash.size(), 48u);
  EXPECT_EQ(response.signature.size(), 96u);
  EXPECT_TRUE(response.responder_verify_data.empty());
  const auto choice = decode<OpaqueDataFmt1>(response.opaque_data, {});
  ASSERT_TRUE(choice);
  const auto selection = decode<SMVersionSelection>(choice.value().message.opaque_list.at(0).opaque_element_data, {});
  ASSERT_TRUE(selection);
  EXPECT_EQ(selection.value().message.selected_version, 0x1200);
  EXPECT_EQ(first<FINISH>("doe_dhe_tdisp_14").signature.size(), 384u);
  EXPECT_EQ(first<FINISH_RSP>("doe_dhe_tdisp_14").responder_verify_data.size(), 48u);
}

TEST(RecordedFields, PskExchangeOf11UsesTheOlderOpaqueData) {
  const auto m = first<PSK_EXCHANGE>("doe_psk_tdisp_11");
  EXPECT_EQ(std::string(m.psk_hint.begin(), m.psk_hint.end()), std::string("TestPskHint") + '\0');
  EXPECT_EQ(m.requester_context.size(), 0x40u);
  const auto data = decode<OpaqueData>(m.opaque_data, {.spdm_version = 0x11});
  ASSERT_TRUE(data) << data.error().field;
  EXPECT_EQ(data.value().message.spec_id, OpaqueData::SPEC_ID);
  EXPECT_EQ(data.value().message.total_elements, 1);
  EXPECT_TRUE(validate(data.value().message, {.spdm_version = 0x11}).empty());
}

TEST(RecordedFields, EncapsulatedMessagesOfTheRequester) {
  const auto ack = first<ENCAPSULATED_RESPONSE_ACK>("doe_psk_tdisp_11");
  EXPECT_EQ(ack.param1, 2);
  EXPECT_EQ(to_hex(ack.encapsulated_request), "118200000000ffff");
  const auto later = first<ENCAPSULATED_RESPONSE_ACK>("mctp_psk_13");
  EXPECT_EQ(later.ack_request_id, 1);
  EXPECT_EQ(to_hex(later.encapsulated_request), "138200000000ffff");
}

TEST(RecordedFields, ProvisioningMessagesOf13) {
  EXPECT_EQ(first<GET_ENDPOINT_INFO>("mctp_psk_13").request_attributes, GET_ENDPOINT_INFO::SIGNATURE_REQUESTED);
  EXPECT_EQ(first<ENDPOINT_INFO>("mctp_psk_13").ep_info_len, 12u);
  EXPECT_EQ(first<MEASUREMENT_EXTENSION_LOG>("mctp_psk_13").portion_length, 0x3Fu);
  const auto pair = first<KEY_PAIR_INFO>("mctp_psk_13");
  EXPECT_EQ(pair.total_key_pairs, 0x18);
  EXPECT_EQ(pair.capabilities, 0x3F);
  EXPECT_EQ(pair.public_key_info.size(), 15u);
  EXPECT_EQ(first<CSR>("mctp_psk_13").csr.size(), 0x218u);
  EXPECT_EQ(first<SET_CERTIFICATE>("mctp_psk_13").cert_chain.size(), 0x637u);
}

}  // namespace
}  // namespace lockstep::wire::spdm
