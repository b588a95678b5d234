// GET_VERSION, VERSION, GET_CAPABILITIES, CAPABILITIES.
#include "wire/spdm_fields.hpp"
#include "wire/spdm_negotiation.hpp"

namespace lockstep::wire::spdm {
namespace {

using namespace capability;

constexpr std::string_view version_source = "DSP0274, GET_VERSION request and VERSION response";
constexpr std::string_view capabilities_source = "DSP0274, GET_CAPABILITIES request and CAPABILITIES response";

std::vector<Bits> requester_bits() {
  return {{"CERT_CAP", 1},
          {"CHAL_CAP", 2},
          {"ENCRYPT_CAP", 6},
          {"MAC_CAP", 7},
          {"MUT_AUTH_CAP", 8},
          {"KEY_EX_CAP", 9},
          {"PSK_CAP", 10, 2, "1: supported"},
          {"ENCAP_CAP", 12},
          {"HBEAT_CAP", 13},
          {"KEY_UPD_CAP", 14},
          {"HANDSHAKE_IN_THE_CLEAR_CAP", 15},
          {"PUB_KEY_ID_CAP", 16},
          {"CHUNK_CAP", 17, 1, "since 1.2"},
          {"EP_INFO_CAP", 22, 2, "since 1.3; 1: without signature, 2: with signature"},
          {"EVENT_CAP", 25, 1, "since 1.3"},
          {"MULTI_KEY_CAP", 26, 2, "since 1.3; 1: only, 2: negotiable"},
          {"LARGE_RESP_CAP", 31, 1, "since 1.4"}};
}

std::vector<Bits> responder_bits() {
  return {{"CACHE_CAP", 0},
          {"CERT_CAP", 1},
          {"CHAL_CAP", 2},
          {"MEAS_CAP", 3, 2, "1: without signature, 2: with signature"},
          {"MEAS_FRESH_CAP", 5},
          {"ENCRYPT_CAP", 6},
          {"MAC_CAP", 7},
          {"MUT_AUTH_CAP", 8},
          {"KEY_EX_CAP", 9},
          {"PSK_CAP", 10, 2, "1: without context, 2: with context"},
          {"ENCAP_CAP", 12},
          {"HBEAT_CAP", 13},
          {"KEY_UPD_CAP", 14},
          {"HANDSHAKE_IN_THE_CLEAR_CAP", 15},
          {"PUB_KEY_ID_CAP", 16},
          {"CHUNK_CAP", 17, 1, "since 1.2"},
          {"ALIAS_CERT_CAP", 18, 1, "since 1.2"},
          {"SET_CERT_CAP", 19, 1, "since 1.2"},
          {"CSR_CAP", 20, 1, "since 1.2"},
          {"CERT_INSTALL_RESET_CAP", 21, 1, "since 1.2"},
          {"EP_INFO_CAP", 22, 2, "since 1.3; 1: without signature, 2: with signature"},
          {"MEL_CAP", 24, 1, "since 1.3"},
          {"EVENT_CAP", 25, 1, "since 1.3"},
          {"MULTI_KEY_CAP", 26, 2, "since 1.3; 1: only, 2: negotiable"},
          {"GET_KEY_PAIR_INFO_CAP", 28, 1, "since 1.3"},
          {"SET_KEY_PAIR_INFO_CAP", 29, 1, "since 1.3"},
          {"SET_KEY_PAIR_RESET_CAP", 30, 1, "since 1.4"},
          {"LARGE_RESP_CAP", 31, 1, "since 1.4"}};
}

/// `since`: 1.1 for the request, which was its header before.
template <class M>
std::vector<Field> capability_fields(Byte since, Field flags, Field ext_flags) {
  using F = Fields<M>;
  return {F::template reserved<&M::reserved>().since(since),
          F::template integer<&M::ct_exponent>("CTExponent", "cryptographic timeout, 2^CTExponent microseconds")
              .since(since),
          F::template reserved<&M::ext_flags>("Reserved_6").when([since](const void*, const Context& c) {
            return c.spdm_version >= since && c.spdm_version < VERSION_1_4;
          }),
          std::move(ext_flags).since(VERSION_1_4),
          std::move(flags).since(since),
          F::template integer<&M::data_transfer_size>("DataTransferSize", "bytes that one transfer may have")
              .since(VERSION_1_2),
          F::template integer<&M::max_spdm_msg_size>("MaxSPDMmsgSize", "bytes that one message may have")
              .since(VERSION_1_2)};
}

/// Bits of Flags in a version that has them.
using Flags = std::uint32_t;

bool sizes_agree(const CapabilityFields& m) {
  return has(m.flags, CHUNK_CAP) ? m.max_spdm_msg_size >= m.data_transfer_size
                                 : m.max_spdm_msg_size == m.data_transfer_size;
}

std::vector<Check> request_checks() {
  using M = GET_CAPABILITIES;
  return {
      rule_check<M>("SPDM-CAP-014", "DataTransferSize is less than 42",
                    [](const M& m, const Context&) { return m.data_transfer_size >= MIN_DATA_TRANSFER_SIZE; }),
      rule_check<M>("SPDM-CAP-015", "DataTransferSize is greater than MaxSPDMmsgSize",
                    [](const M& m, const Context&) { return m.data_transfer_size <= m.max_spdm_msg_size; }),
      rule_check<M>("SPDM-CAP-016", "MaxSPDMmsgSize is not DataTransferSize without CHUNK_CAP",
                    [](const M& m, const Context&) { return has(m.flags, CHUNK_CAP) || sizes_agree(m); }),
      rule_check<M>(
          "SPDM-CAP-017", "KEY_EX_CAP without ENCRYPT_CAP or MAC_CAP",
          [](const M& m, const Context&) { return !has(m.flags, KEY_EX_CAP) || has(m.flags, ENCRYPT_CAP | MAC_CAP); }),
      rule_check<M>("SPDM-CAP-018", "ENCRYPT_CAP or MAC_CAP without KEY_EX_CAP or PSK_CAP",
                    [](const M& m, const Context&) {
                      return !has(m.flags, ENCRYPT_CAP | MAC_CAP) || has(m.flags, KEY_EX_CAP | PSK_CAP);
                    }),
      rule_check<M>("SPDM-CAP-019", "MUT_AUTH_CAP without ENCAP_CAP",
                    [](const M& m, const Context&) { return !has(m.flags, MUT_AUTH_CAP) || has(m.flags, ENCAP_CAP); }),
      rule_check<M>("SPDM-CAP-020", "PSK_CAP is 2 or 3",
                    [](const M& m, const Context&) { return !has(m.flags, PSK_CAP_WITH_CONTEXT); }),
      rule_check<M>(
          "SPDM-CAP-021", "CERT_CAP and PUB_KEY_ID_CAP",
          [](const M& m, const Context&) { return !has(m.flags, CERT_CAP) || !has(m.flags, PUB_KEY_ID_CAP); }),
      rule_check<M>("SPDM-CAP-022", "CTExponent is greater than 31",
                    [](const M& m, const Context&) { return m.ct_exponent <= 31; }),
      rule_check<M>(
          "SPDM-CAP-023", "supported algorithms are asked for without CHUNK_CAP", [](const M& m, const Context& c) {
            return c.spdm_version < VERSION_1_3 || !has(m.param1, M::SUPPORTED_ALGORITHMS) || has(m.flags, CHUNK_CAP);
          })};
}

std::vector<Check> response_checks() {
  using M = CAPABILITIES;
  return {
      rule_check<M>("SPDM-CAP-002", "MEAS_CAP is 3",
                    [](const M& m, const Context&) { return (m.flags & MEAS_CAP) != MEAS_CAP; }),
      rule_check<M>("SPDM-CAP-003", "PSK_CAP is 3",
                    [](const M& m, const Context&) { return (m.flags & PSK_CAP) != PSK_CAP; }),
      rule_check<M>("SPDM-CAP-004", "ENCRYPT_CAP or MAC_CAP without KEY_EX_CAP or PSK_CAP",
                    [](const M& m, const Context&) {
                      return !has(m.flags, ENCRYPT_CAP | MAC_CAP) || has(m.flags, KEY_EX_CAP | PSK_CAP);
                    }),
      rule_check<M>("SPDM-CAP-005", "KEY_EX_CAP or PSK_CAP without ENCRYPT_CAP or MAC_CAP",
                    [](const M& m, const Context&) {
                      return !has(m.flags, KEY_EX_CAP | PSK_CAP) || has(m.flags, ENCRYPT_CAP | MAC_CAP);
                    }),
      rule_check<M>("SPDM-CAP-006", "MUT_AUTH_CAP without ENCAP_CAP",
                    [](const M& m, const Context&) { return !has(m.flags, MUT_AUTH_CAP) || has(m.flags, ENCAP_CAP); }),
      rule_check<M>("SPDM-CAP-007", "HANDSHAKE_IN_THE_CLEAR_CAP without KEY_EX_CAP",
                    [](const M& m, const Context&) {
                      return !has(m.flags, HANDSHAKE_IN_THE_CLEAR_CAP) || has(m.flags, KEY_EX_CAP);
                    }),
      rule_check<M>(
          "SPDM-CAP-008", "PUB_KEY_ID_CAP and CERT_CAP",
          [](const M& m, const Context&) { return !has(m.flags, CERT_CAP) || !has(m.flags, PUB_KEY_ID_CAP); }),
      rule_check<M>("SPDM-CAP-009", "a capability that signs without CERT_CAP or PUB_KEY_ID_CAP",
                    [](const M& m, const Context& c) {
                      const Flags since_1_3 = c.spdm_version >= VERSION_1_3 ? EP_INFO_CAP_SIG : 0;
                      return !has(m.flags, CHAL_CAP | MEAS_CAP_SIG | KEY_EX_CAP | since_1_3) ||
                             has(m.flags, CERT_CAP | PUB_KEY_ID_CAP);
                    }),
      rule_check<M>("SPDM-CAP-010", "EP_INFO_CAP or MULTI_KEY_CAP is 3",
                    [](const M& m, const Context&) {
                      return (m.flags & EP_INFO_CAP) != EP_INFO_CAP && (m.flags & MULTI_KEY_CAP) != MULTI_KEY_CAP;
                    }),
      rule_check<M>("SPDM-CAP-011", "MULTI_KEY_CAP with PUB_KEY_ID_CAP or without GET_KEY_PAIR_INFO_CAP",
                    [](const M& m, const Context&) {
                      return !has(m.flags, MULTI_KEY_CAP) ||
                             (!has(m.flags, PUB_KEY_ID_CAP) && has(m.flags, GET_KEY_PAIR_INFO_CAP));
                    }),
      rule_check<M>("SPDM-CAP-012", "DataTransferSize is less than 42",
                    [](const M& m, const Context&) { return m.data_transfer_size >= MIN_DATA_TRANSFER_SIZE; }),
      rule_check<M>("SPDM-CAP-013", "MaxSPDMmsgSize does not fit DataTransferSize and CHUNK_CAP",
                    [](const M& m, const Context&) { return sizes_agree(m); }),
      rule_check<M>("SPDM-CAP-026", "flags of a later version",
                    [](const M& m, const Context& c) { return (m.flags & ~responder_flags(c.spdm_version)) == 0; })};
}

}  // namespace

const Layout& GET_VERSION::layout() {
  static const Layout layout = make_message<GET_VERSION>({"GET_VERSION", VERSION_1_0, version_source, "SPDM-VER-007"},
                                                         header_only<GET_VERSION>());
  return layout;
}

const Layout& VersionNumberEntry::layout() {
  using F = Fields<VersionNumberEntry>;
  static const Layout layout = make_part<VersionNumberEntry>(
      {"VersionNumberEntry", VERSION_1_0, version_source},
      {F::integer<&VersionNumberEntry::value>("VersionNumberEntry", "one supported version")
           .with_bits(
               {{"MajorVersion", 12, 4}, {"MinorVersion", 8, 4}, {"UpdateVersionNumber", 4, 4}, {"Alpha", 0, 4}})});
  return layout;
}

const Layout& VERSION::layout() {
  using M = VERSION;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"VERSION", VERSION_1_0, version_source, "SPDM-VER-002"},
      with_header<M>(reserved_param1<M>(), reserved_param2<M>(),
                     {F::reserved<&M::reserved>(),
                      F::integer<&M::version_number_entry_count>("VersionNumberEntryCount", "number of entries"),
                      F::list<&M::version_number_entries>("VersionNumberEntries", "supported versions",
                                                          "VersionNumberEntryCount")}),
      {rule_check<M>("SPDM-VER-001", "SPDMVersion is not 10h",
                     [](const M& m, const Context&) { return m.version == VERSION_1_0; }),
       rule_check<M>("SPDM-VER-002", "no version is listed",
                     [](const M& m, const Context&) { return !m.version_number_entries.empty(); })});
  return layout;
}

const Layout& GET_CAPABILITIES::layout() {
  using M = GET_CAPABILITIES;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"GET_CAPABILITIES", VERSION_1_0, capabilities_source},
      with_header<M>(F::integer<&M::param1>("Param1", "what CAPABILITIES has to tell")
                         .with_bits({{"Supported Algorithms", 0, 1, "since 1.3: add the block"}})
                         .with_reserved(0xFE),
                     reserved_param2<M>(),
                     capability_fields<M>(VERSION_1_1,
                                          F::integer<&M::flags>("Flags", "capabilities of the requester")
                                              .with_bits(requester_bits())
                                              .with_reserved(~requester_flags(VERSION_1_4)),
                                          F::reserved<&M::ext_flags>("ExtFlags"))),
      request_checks());
  return layout;
}

const Layout& CAPABILITIES::layout() {
  using M = CAPABILITIES;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"CAPABILITIES", VERSION_1_0, capabilities_source, "SPDM-CAP-001"},
      join(with_header<M>(
               F::integer<&M::param1>("Param1", "what stands behind MaxSPDMmsgSize")
                   .with_bits({{"Supported Algorithms", 0, 1, "since 1.3: the block is there"}})
                   .with_reserved(0xFE),
               reserved_param2<M>(),
               capability_fields<M>(
                   VERSION_1_0,
                   F::integer<&M::flags>("Flags", "capabilities of the responder").with_bits(responder_bits()),
                   F::integer<&M::ext_flags>("ExtFlags", "more capabilities")
                       .with_bits({{"SLOT_MGMT_CAP", 0}})
                       .with_reserved(0xFFFE))),
           {F::list_of<&M::supported_algorithms>("SupportedAlgorithms", "what the responder would accept",
                                                 [](const M& m, const Context& c) -> std::size_t {
                                                   return c.spdm_version >= VERSION_1_3 &&
                                                          has(m.param1, M::SUPPORTED_ALGORITHMS);
                                                 })}),
      response_checks());
  return layout;
}

}  // namespace lockstep::wire::spdm
