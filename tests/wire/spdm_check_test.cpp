// Each rule that a single SPDM message can break: a correct message breaks none, one change breaks exactly that one.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "wire/spdm.hpp"
#include "wire/spdm_registry.hpp"

namespace lockstep::wire::spdm {
namespace {

using namespace capability;

std::set<std::string> rules(const std::vector<Finding>& findings) {
  std::set<std::string> ids;
  for (const Finding& finding : findings)
    if (finding.rule) ids.emplace(finding.rule.id());
  return ids;
}

template <class M>
std::set<std::string> broken_by(M message, void (*change)(M&), Byte version) {
  Context context;
  context.spdm_version = version;
  context.signature_requested = true;
  context.measurement_hash_size = 32;
  message = canonical(message, context);
  EXPECT_EQ(rules(validate(message, context)), std::set<std::string>{}) << M::layout().name;
  change(message);
  return rules(validate(message, context));
}
using Broken = std::set<std::string>;

GET_CAPABILITIES request() {
  GET_CAPABILITIES m;
  m.flags = CERT_CAP | CHAL_CAP | ENCRYPT_CAP | MAC_CAP | MUT_AUTH_CAP | KEY_EX_CAP | PSK_CAP_NO_CONTEXT | ENCAP_CAP;
  m.data_transfer_size = m.max_spdm_msg_size = 4096;
  return m;
}
template <class Change>
Broken request_breaks(Change change, Byte version = 0x13) {
  return broken_by<GET_CAPABILITIES>(request(), change, version);
}

TEST(SpdmCheck, GetCapabilities) {
  using M = GET_CAPABILITIES;
  EXPECT_EQ(request_breaks([](M& m) { m.data_transfer_size = m.max_spdm_msg_size = 41; }), Broken{"SPDM-CAP-014"});
  EXPECT_EQ(request_breaks([](M& m) { m.flags |= CHUNK_CAP, m.max_spdm_msg_size = 100; }), Broken{"SPDM-CAP-015"});
  EXPECT_EQ(request_breaks([](M& m) { m.max_spdm_msg_size = 5000; }), Broken{"SPDM-CAP-016"});
  EXPECT_EQ(request_breaks([](M& m) { m.flags &= ~(ENCRYPT_CAP | MAC_CAP); }), Broken{"SPDM-CAP-017"});
  EXPECT_EQ(request_breaks([](M& m) { m.flags &= ~(KEY_EX_CAP | PSK_CAP); }, 0x11), Broken{"SPDM-CAP-018"});
  EXPECT_EQ(request_breaks([](M& m) { m.flags &= ~ENCAP_CAP; }, 0x11), Broken{"SPDM-CAP-019"});
  EXPECT_EQ(request_breaks([](M& m) { m.flags |= PSK_CAP; }), Broken{"SPDM-CAP-020"});
  EXPECT_EQ(request_breaks([](M& m) { m.flags |= PUB_KEY_ID_CAP; }), Broken{"SPDM-CAP-021"});
  EXPECT_EQ(request_breaks([](M& m) { m.ct_exponent = 32; }), Broken{"SPDM-CAP-022"});
  EXPECT_EQ(request_breaks([](M& m) { m.param1 = 1; }), Broken{"SPDM-CAP-023"});
}

TEST(SpdmCheck, GetCapabilitiesIsJudgedByTheRulesOfItsVersion) {
  using M = GET_CAPABILITIES;
  EXPECT_EQ(request_breaks([](M& m) { m.flags &= ~(KEY_EX_CAP | PSK_CAP); }, 0x13), Broken{});
  EXPECT_EQ(request_breaks([](M& m) { m.flags &= ~ENCAP_CAP; }, 0x12), Broken{});
  EXPECT_EQ(request_breaks([](M& m) { m.data_transfer_size = 41; }, 0x11), Broken{});
}

CAPABILITIES response() {
  CAPABILITIES m;
  m.flags = CERT_CAP | CHAL_CAP | MEAS_CAP_SIG | ENCRYPT_CAP | MAC_CAP | MUT_AUTH_CAP | KEY_EX_CAP |
            PSK_CAP_WITH_CONTEXT | ENCAP_CAP;
  m.data_transfer_size = m.max_spdm_msg_size = 4096;
  return m;
}
template <class Change>
Broken response_breaks(Change change, Byte version = 0x13) {
  return broken_by<CAPABILITIES>(response(), change, version);
}

TEST(SpdmCheck, Capabilities) {
  using M = CAPABILITIES;
  EXPECT_EQ(response_breaks([](M& m) { m.flags |= MEAS_CAP; }), Broken{"SPDM-CAP-002"});
  EXPECT_EQ(response_breaks([](M& m) { m.flags |= PSK_CAP; }), Broken{"SPDM-CAP-003"});
  EXPECT_EQ(response_breaks([](M& m) { m.flags &= ~(KEY_EX_CAP | PSK_CAP); }), Broken{"SPDM-CAP-004"});
  EXPECT_EQ(response_breaks([](M& m) { m.flags &= ~(ENCRYPT_CAP | MAC_CAP); }), Broken{"SPDM-CAP-005"});
  EXPECT_EQ(response_breaks([](M& m) { m.flags &= ~ENCAP_CAP; }), Broken{"SPDM-CAP-006"});
  EXPECT_EQ(response_breaks([](M& m) { m.flags |= HANDSHAKE_IN_THE_CLEAR_CAP, m.flags &= ~KEY_EX_CAP; }),
            Broken{"SPDM-CAP-007"});
  EXPECT_EQ(response_breaks([](M& m) { m.flags |= PUB_KEY_ID_CAP; }), Broken{"SPDM-CAP-008"});
  EXPECT_EQ(response_breaks([](M& m) { m.flags &= ~CERT_CAP; }), Broken{"SPDM-CAP-009"});
  EXPECT_EQ(response_breaks([](M& m) { m.flags |= EP_INFO_CAP; }), Broken{"SPDM-CAP-010"});
  EXPECT_EQ(response_breaks([](M& m) { m.flags |= MULTI_KEY_CAP_NEG; }), Broken{"SPDM-CAP-011"});
  EXPECT_EQ(response_breaks([](M& m) { m.data_transfer_size = m.max_spdm_msg_size = 41; }), Broken{"SPDM-CAP-012"});
  EXPECT_EQ(response_breaks([](M& m) { m.max_spdm_msg_size = 5000; }), Broken{"SPDM-CAP-013"});
  EXPECT_EQ(response_breaks([](M& m) { m.flags |= CHUNK_CAP, m.max_spdm_msg_size = 100; }), Broken{"SPDM-CAP-013"});
  EXPECT_EQ(response_breaks([](M& m) { m.flags |= LARGE_RESP_CAP; }), Broken{"SPDM-CAP-026"});
}

TEST(SpdmCheck, CapabilitiesOf10AreFreeOfLaterRules) {
  using M = CAPABILITIES;
  EXPECT_EQ(response_breaks([](M& m) { m.flags &= ~CERT_CAP; }, 0x11), Broken{"SPDM-CAP-009"});
  const auto plain = [](M& m) { m.flags = CHAL_CAP | MEAS_CAP_SIG, m.data_transfer_size = m.max_spdm_msg_size = 0; };
  EXPECT_EQ(response_breaks(plain, 0x10), Broken{});
}

ALGORITHMS algorithms() {
  ALGORITHMS m;
  m.length = 36 + 4 * 4;
  m.measurement_specification_sel = MEASUREMENT_SPECIFICATION_DMTF;
  m.other_params_selection = other_params::OpaqueDataFmt1 | other_params::MULTI_KEY_CONN;
  m.base_hash_sel = base_hash_algo::TPM_ALG_SHA_256;
  for (Byte type = 2; type <= 5; ++type) m.alg_structs.push_back({.alg_type = type, .alg_supported = 1});
  return m;
}
template <class Change>
Broken algorithms_break(Change change) {
  return broken_by<ALGORITHMS>(algorithms(), change, 0x13);
}

TEST(SpdmCheck, Algorithms) {
  using M = ALGORITHMS;
  EXPECT_EQ(algorithms_break([](M& m) { m.base_hash_sel = 3; }), Broken{"SPDM-ALG-001"});
  EXPECT_EQ(algorithms_break([](M& m) { m.other_params_selection = 3; }), Broken{"SPDM-ALG-001"});
  EXPECT_EQ(algorithms_break([](M& m) { m.alg_structs[1].alg_supported = 3; }), Broken{"SPDM-ALG-001"});
  EXPECT_EQ(algorithms_break([](M& m) { m.length = 56; }), Broken{"SPDM-ALG-003"});
  EXPECT_EQ(algorithms_break([](M& m) { m.alg_structs[1].alg_type = 2; }), Broken{"SPDM-ALG-004"});
  EXPECT_EQ(algorithms_break([](M& m) { m.alg_structs[1].alg_count = 0x40; }), Broken{"SPDM-ALG-005"});
  EXPECT_EQ(algorithms_break([](M& m) { m.alg_structs[3].alg_type = 7; }), Broken{"SPDM-ALG-017"});
  EXPECT_EQ(algorithms_break([](M& m) { m.base_hash_sel = 0; }), Broken{});  // nothing in common
}

NEGOTIATE_ALGORITHMS negotiate() {
  NEGOTIATE_ALGORITHMS m;
  m.length = 32 + 4 * 4;
  for (Byte type = 2; type <= 5; ++type) m.alg_structs.push_back({.alg_type = type, .alg_supported = 1});
  return m;
}
template <class Change>
Broken negotiate_breaks(Change change) {
  return broken_by<NEGOTIATE_ALGORITHMS>(negotiate(), change, 0x13);
}

TEST(SpdmCheck, NegotiateAlgorithms) {
  using M = NEGOTIATE_ALGORITHMS;
  const auto extend = [](M& m) {
    m.ext_asym_count = 21, m.ext_asym.resize(21);
    m.length = static_cast<std::uint16_t>(m.length + 84);
  };
  EXPECT_EQ(negotiate_breaks([](M& m) { m.length = 47; }), Broken{"SPDM-ALG-008"});
  EXPECT_EQ(negotiate_breaks(extend), (Broken{"SPDM-ALG-009", "SPDM-ALG-015"}));
  EXPECT_EQ(negotiate_breaks([](M& m) { m.alg_structs[0].alg_count = 0x30; }), Broken{"SPDM-ALG-010"});
  EXPECT_EQ(negotiate_breaks([](M& m) { std::swap(m.alg_structs[0], m.alg_structs[1]); }), Broken{"SPDM-ALG-011"});
  EXPECT_EQ(negotiate_breaks([](M& m) { m.alg_structs[3].alg_type = 6; }), Broken{"SPDM-ALG-012"});
  EXPECT_EQ(negotiate_breaks([](M& m) { m.alg_structs[0].alg_type = 1; }), Broken{"SPDM-ALG-012"});
  EXPECT_EQ(negotiate_breaks([](M& m) { m.alg_structs[0].alg_supported = 0; }), Broken{"SPDM-ALG-013"});
}

/// For messages that are correct as they are constructed.
template <class M>
Broken broken(void (*change)(M&), Byte version = 0x13) {
  return broken_by<M>({}, change, version);
}

TEST(SpdmCheck, Version) {
  VERSION m;
  m.version_number_entries = {{0x1000}};
  EXPECT_EQ(broken_by<VERSION>(
                m, [](VERSION& v) { v.version = 0x11; }, 0x10),
            Broken{"SPDM-VER-001"});
  EXPECT_EQ(broken_by<VERSION>(
                m, [](VERSION& v) { v.version_number_entries.clear(); }, 0x10),
            Broken{"SPDM-VER-002"});
}

TEST(SpdmCheck, Authentication) {
  EXPECT_EQ(broken<GET_CERTIFICATE>([](auto& m) { m.param1 = 8; }), Broken{"SPDM-CERT-005"});
  EXPECT_EQ(broken<CERTIFICATE>([](auto& m) { m.param2 = 4; }), Broken{"SPDM-CERT-003"});
  EXPECT_EQ(broken<CHALLENGE>([](auto& m) { m.param1 = 8; }), Broken{"SPDM-CHAL-006"});
  EXPECT_EQ(broken<CHALLENGE>([](auto& m) { m.param2 = 2; }), Broken{"SPDM-CHAL-007"});
  EXPECT_EQ(broken<CHALLENGE>([](auto& m) { m.param1 = 0xFF; }), Broken{});
  DIGESTS digests;
  digests.param2 = 1;
  EXPECT_EQ(broken_by<DIGESTS>(
                digests, [](DIGESTS& m) { m.param2 = 2; }, 0x13),
            Broken{"SPDM-CERT-002"});
  EXPECT_EQ(broken_by<DIGESTS>(
                digests, [](DIGESTS& m) { m.param2 = 3; }, 0x13),
            Broken{});
  EXPECT_EQ(broken_by<CertificateChain>(
                {.length = 4}, [](CertificateChain& m) { m.length = 5; }, 0x13),
            Broken{"SPDM-CERT-009"});
}

TEST(SpdmCheck, Measurements) {
  EXPECT_EQ(broken<GET_MEASUREMENTS>([](auto& m) { m.param1 = 1, m.slot_id_param = 8; }), Broken{"SPDM-MEAS-006"});
  EXPECT_EQ(broken<GET_MEASUREMENTS>([](auto& m) { m.slot_id_param = 8; }), Broken{});
  EXPECT_EQ(broken<MEASUREMENTS>([](auto& m) { m.param2 = 0x30; }), Broken{"SPDM-MEAS-015"});
  GET_ENDPOINT_INFO endpoint;
  endpoint.param1 = GET_ENDPOINT_INFO::DEVICE_CLASS_IDENTIFIER;
  EXPECT_EQ(broken_by<GET_ENDPOINT_INFO>(
                endpoint, [](GET_ENDPOINT_INFO& m) { m.param1 = 2; }, 0x13),
            Broken{"SPDM-MEAS-020"});
}

TEST(SpdmCheck, MeasurementBlock) {
  using M = MeasurementBlock;
  const M digest{.index = 1, .measurement_size = 35, .measurement_value = Bytes(32)};
  EXPECT_EQ(broken_by<M>(
                digest, [](M& m) { m.measurement_size = 32; }, 0x13),
            Broken{"SPDM-MEAS-012"});
  const auto shorten = [](M& m) {
    m.measurement_value.resize(20), m.dmtf_spec_measurement_value_size = 20, m.measurement_size = 23;
  };
  EXPECT_EQ(broken_by<M>(digest, shorten, 0x13), Broken{"SPDM-MEAS-013"});
  EXPECT_EQ(broken_by<M>(
                digest, [](M& m) { m.measurement_specification = 2, m.measurement_value.resize(35); }, 0x13),
            Broken{});
}

TEST(SpdmCheck, Sessions) {
  EXPECT_EQ(broken<KEY_EXCHANGE>([](auto& m) { m.param2 = 8; }), Broken{"SPDM-KEX-007"});
  EXPECT_EQ(broken<KEY_EXCHANGE>([](auto& m) { m.param1 = 2; }), Broken{"SPDM-KEX-008"});
  EXPECT_EQ(broken<KEY_EXCHANGE>([](auto& m) { m.opaque_data_length = 1025, m.opaque_data.resize(1025); }),
            Broken{"SECMSG-026"});
  EXPECT_EQ(broken<KEY_EXCHANGE_RSP>([](auto& m) { m.mut_auth_requested = 3; }), Broken{"SPDM-KEX-004"});
  EXPECT_EQ(broken<KEY_EXCHANGE_RSP>([](auto& m) { m.mut_auth_requested = 3; }, 0x11), Broken{});
  EXPECT_EQ(broken<FINISH>([](auto& m) { m.param1 = 1, m.param2 = 8; }), Broken{"SPDM-FIN-008"});
  EXPECT_EQ(broken<FINISH>([](auto& m) { m.param2 = 8; }), Broken{});  // reserved without a signature
  KEY_UPDATE update;
  update.param1 = static_cast<Byte>(KeyOperation::UpdateKey);
  EXPECT_EQ(broken_by<KEY_UPDATE>(
                update, [](KEY_UPDATE& m) { m.param1 = 4; }, 0x13),
            Broken{"SPDM-LIFE-009"});
}

TEST(SpdmCheck, OpaqueData) {
  EXPECT_EQ(broken<OpaqueData>([](auto& m) { m.spec_id = 0; }, 0x11), Broken{"SECMSG-024"});
  EXPECT_EQ(broken<OpaqueData>([](auto& m) { m.opaque_version = 2; }, 0x11), Broken{"SECMSG-024"});
}

TEST(SpdmCheck, ChunksEventsProvisioning) {
  CHUNK_SEND chunk;
  chunk.large_message_size = 43;
  EXPECT_EQ(broken_by<CHUNK_SEND>(
                chunk, [](CHUNK_SEND& m) { m.param1 = LAST_CHUNK; }, 0x13),
            Broken{"SPDM-CHUNK-006"});
  EXPECT_EQ(broken_by<CHUNK_SEND>(
                chunk, [](CHUNK_SEND& m) { m.large_message_size = 42; }, 0x13),
            Broken{"SPDM-CHUNK-008"});
  SEND_EVENT events;
  events.events_list.resize(2);
  events.events_list[1].event_instance_id = 1;
  EXPECT_EQ(broken_by<SEND_EVENT>(
                events, [](SEND_EVENT& m) { m.events_list[1].event_instance_id = 2; }, 0x13),
            Broken{"SPDM-ENCAP-010"});
  EXPECT_EQ(broken_by<SEND_EVENT>(
                events, [](SEND_EVENT& m) { m.event_count = 0, m.events_list.clear(); }, 0x13),
            Broken{"SPDM-ENCAP-009"});
  EXPECT_EQ(broken<GET_CSR>([](auto& m) { m.param2 = GET_CSR::OVERWRITE | 0x08; }), Broken{"SPDM-CERT-024"});
  EXPECT_EQ(broken<SET_CERTIFICATE>([](auto& m) { m.param1 = 8; }), Broken{"SPDM-CERT-017"});
  EXPECT_EQ(broken<SET_CERTIFICATE>([](auto& m) { m.param1 = SET_CERTIFICATE::ERASE | 0x10; }),
            Broken{"SPDM-CERT-018"});
  EXPECT_EQ(broken_by<GET_KEY_PAIR_INFO>(
                [] {
                  GET_KEY_PAIR_INFO m;
                  return m.key_pair_id = 1, m;
                }(),
                [](GET_KEY_PAIR_INFO& m) { m.key_pair_id = 0; }, 0x13),
            Broken{"SPDM-CERT-027"});
  EXPECT_EQ(broken<VENDOR_DEFINED_REQUEST>([](auto& m) { m.standard_id = 3; }), Broken{"SPDM-VDM-002"});
  EXPECT_EQ(broken<ERROR>([](auto& m) { m.param1 = 0x42; }), Broken{"SPDM-LIFE-022"});
}

TEST(SpdmRegistry, FindsEveryCodeOnce) {
  std::set<std::string_view> names;
  for (const Layout* layout : all_layouts()) {
    EXPECT_TRUE(names.insert(layout->name).second) << layout->name;
    if (!layout->code) continue;
    EXPECT_EQ(layout->direction == Direction::request ? find_request(*layout->code) : find_response(*layout->code),
              layout)
        << layout->name;
  }
  EXPECT_EQ(
      std::count_if(all_layouts().begin(), all_layouts().end(), [](const Layout* l) { return l->code.has_value(); }),
      60);
  EXPECT_EQ(find_request(0x80), nullptr);
  EXPECT_EQ(find_response(0x84), nullptr);
}

TEST(SpdmRegistry, TheContextOfAResponseFollowsFromItsRequest) {
  Context negotiated;
  negotiated.measurement_capability = true;
  negotiated.signature_size = 96;
  negotiated.requester_signature_size = 384;
  CHALLENGE challenge;
  challenge.param2 = 1;
  EXPECT_TRUE(answering(negotiated, AnyMessage(challenge)).measurement_summary_hash);
  EXPECT_FALSE(answering(encapsulated(negotiated), AnyMessage(challenge)).measurement_summary_hash);
  EXPECT_EQ(encapsulated(negotiated).signature_size, 384u);
  challenge.param2 = 0;
  EXPECT_FALSE(answering(negotiated, AnyMessage(challenge)).measurement_summary_hash);
  GET_MEASUREMENTS measurements;
  measurements.param1 = GET_MEASUREMENTS::SIGNATURE_REQUESTED;
  EXPECT_TRUE(answering(negotiated, AnyMessage(measurements)).signature_requested);
}

}  // namespace
}  // namespace lockstep::wire::spdm
