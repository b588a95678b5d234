#include "wire/spdm_authentication.hpp"

#include <bit>

#include "wire/spdm_fields.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view digests_source = "DSP0274, GET_DIGESTS request and DIGESTS response";
constexpr std::string_view certificate_source = "DSP0274, GET_CERTIFICATE request and CERTIFICATE response";
constexpr std::string_view challenge_source = "DSP0274, CHALLENGE request and CHALLENGE_AUTH response";

std::size_t slots(const DIGESTS& m, const Context&) { return static_cast<std::size_t>(std::popcount(m.param2)); }
std::size_t multi_key_slots(const DIGESTS& m, const Context& c) { return c.multi_key ? slots(m, c) : 0; }

template <class M>
bool large(const M& m, const Context& c) {
  return c.spdm_version >= VERSION_1_4 && has(m.param1, M::LARGE_CERT_CHAIN);
}
template <class M>
bool small(const M& m, const Context& c) {
  return !large(m, c);
}

template <class M>
Field slot_with_large() {
  return Fields<M>::template integer<&M::param1>("Param1", "slot, size of the length fields")
      .with_bits({{"SlotID", 0, 4}, {"LargeCertChain", 7, 1, "since 1.4"}})
      .with_reserved(0x70);
}

}  // namespace

const Layout& GET_DIGESTS::layout() {
  static const Layout layout =
      make_message<GET_DIGESTS>({"GET_DIGESTS", VERSION_1_0, digests_source}, header_only<GET_DIGESTS>());
  return layout;
}

const Layout& Digest::layout() {
  using F = Fields<Digest>;
  static const Layout layout =
      make_part<Digest>({"Digest", VERSION_1_0, digests_source},
                        {F::sized<&Digest::value>("Digest", "hash of the certificate chain of one slot",
                                                  [](const Digest&, const Context& c) { return c.hash_size; })});
  return layout;
}

const Layout& KeyPairID::layout() {
  static const Layout layout =
      make_part<KeyPairID>({"KeyPairID", VERSION_1_3, digests_source},
                           {Fields<KeyPairID>::integer<&KeyPairID::value>("KeyPairID", "key pair of one slot")});
  return layout;
}

const Layout& CertificateInfo::layout() {
  static const Layout layout = make_part<CertificateInfo>(
      {"CertificateInfo", VERSION_1_3, digests_source},
      {Fields<CertificateInfo>::integer<&CertificateInfo::value>("CertificateInfo", "what one slot holds")
           .with_bits({{"CertModel", 0, 3, "0 none, 1 DeviceCert, 2 AliasCert, 3 GenericCert"}})
           .with_reserved(0xF8)});
  return layout;
}

const Layout& KeyUsageMask::layout() {
  static const Layout layout =
      make_part<KeyUsageMask>({"KeyUsageMask", VERSION_1_3, digests_source},
                              {Fields<KeyUsageMask>::integer<&KeyUsageMask::value>("KeyUsageMask", "use of one slot")
                                   .with_bits(key_usage::bits())
                                   .with_reserved(key_usage::reserved)});
  return layout;
}

std::vector<Bits> key_usage::bits() {
  return {{"KeyExUse", 0},        {"ChallengeUse", 1},     {"MeasurementUse", 2},
          {"EndpointInfoUse", 3}, {"StandardsKeyUse", 14}, {"VendorKeyUse", 15}};
}

const Layout& DIGESTS::layout() {
  using M = DIGESTS;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"DIGESTS", VERSION_1_0, digests_source, "SPDM-CERT-001"},
      with_header<M>(
          F::integer<&M::param1>("Param1", "SupportedSlotMask since 1.3"),
          F::integer<&M::param2>("Param2", "ProvisionedSlotMask: slots with a digest"),
          {F::list_of<&M::digests>("Digest", "one for each provisioned slot", slots),
           F::list_of<&M::key_pair_ids>("KeyPairID", "multi-key: one for each provisioned slot", multi_key_slots),
           F::list_of<&M::certificate_infos>("CertificateInfo", "multi-key: one for each slot", multi_key_slots),
           F::list_of<&M::key_usage_masks>("KeyUsageMask", "multi-key: one for each slot", multi_key_slots)}),
      {rule_check<M>("SPDM-CERT-002", "slot 0 is not provisioned",
                     [](const M& m, const Context&) { return has(m.param2, 1); })});
  return layout;
}

const Layout& GET_CERTIFICATE::layout() {
  using M = GET_CERTIFICATE;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"GET_CERTIFICATE", VERSION_1_0, certificate_source},
      with_header<M>(slot_with_large<M>(),
                     F::integer<&M::param2>("Param2", "request attributes")
                         .with_bits({{"SlotSizeRequested", 0, 1, "since 1.3: only the size of the slot"}})
                         .with_reserved(0xFE),
                     {F::integer<&M::offset>("Offset", "first byte that is asked for"),
                      F::integer<&M::length>("Length", "bytes that are asked for"),
                      F::integer<&M::large_offset>("LargeOffset", "in place of Offset").when(F::condition(large<M>)),
                      F::integer<&M::large_length>("LargeLength", "in place of Length").when(F::condition(large<M>))}),
      {rule_check<M>("SPDM-CERT-005", "SlotID is greater than 7",
                     [](const M& m, const Context&) { return (m.param1 & 0x0F) <= 7; })});
  return layout;
}

const Layout& CERTIFICATE::layout() {
  using M = CERTIFICATE;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"CERTIFICATE", VERSION_1_0, certificate_source},
      with_header<M>(slot_with_large<M>(),
                     F::integer<&M::param2>("Param2", "since 1.3, multi-key: what the slot holds")
                         .with_bits({{"CertModel", 0, 3, "0 none, 1 DeviceCert, 2 AliasCert, 3 GenericCert"}})
                         .with_reserved(0xF8),
                     {F::integer<&M::portion_length>("PortionLength", "bytes in this message"),
                      F::integer<&M::remainder_length>("RemainderLength", "bytes behind them"),
                      F::integer<&M::large_portion_length>("LargePortionLength", "in place of PortionLength")
                          .when(F::condition(large<M>)),
                      F::integer<&M::large_remainder_length>("LargeRemainderLength", "in place of RemainderLength")
                          .when(F::condition(large<M>)),
                      F::counted<&M::cert_chain>("CertChain", "a portion of the chain", "PortionLength")
                          .when(F::condition(small<M>)),
                      F::counted<&M::cert_chain>("CertChain", "a portion of the chain", "LargePortionLength")
                          .when(F::condition(large<M>))}),
      {rule_check<M>("SPDM-CERT-003", "the certificate model is greater than 3", [](const M& m, const Context& c) {
        return c.spdm_version < VERSION_1_3 || (m.param2 & 7) <= 3;
      })});
  return layout;
}

const Layout& CertificateChain::layout() {
  using M = CertificateChain;
  using F = Fields<M>;
  static const Layout layout =
      make_part<M>({"CertificateChain", VERSION_1_0, "DSP0274, Certificate chain format"},
                   {F::integer<&M::length, 2>("Length", "bytes of the chain").when(before(VERSION_1_4)),
                    F::reserved<&M::reserved>().when(before(VERSION_1_4)),
                    F::integer<&M::length, 4>("Length", "bytes of the chain").since(VERSION_1_4),
                    F::sized<&M::root_hash>("RootHash", "hash of the root certificate",
                                            [](const M&, const Context& c) { return c.hash_size; }),
                    F::rest<&M::certificates>("Certificates", "X.509 in DER, leaf last")},
                   {rule_check<M>("SPDM-CERT-009", "Length is not the size of the chain",
                                  [](const M& m, const Context& c) { return m.length == encode(m, c).size(); })});
  return layout;
}

const Layout& CHALLENGE::layout() {
  using M = CHALLENGE;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"CHALLENGE", VERSION_1_0, challenge_source},
      with_header<M>(F::integer<&M::param1>("Param1", "SlotID, FFh: provisioned public key"),
                     F::integer<&M::param2>("Param2", "type of the measurement summary hash")
                         .one_of(summary_hash_types(), "SPDM-CHAL-007"),
                     {F::fixed<&M::nonce, NONCE_SIZE>("Nonce", "of the requester"),
                      F::fixed<&M::context, REQUESTER_CONTEXT_SIZE>("RequesterContext", "repeated in the response")
                          .since(VERSION_1_3)}),
      {rule_check<M>("SPDM-CHAL-006", "SlotID is not defined",
                     [](const M& m, const Context&) { return m.param1 <= 7 || m.param1 == 0xFF; })});
  return layout;
}

const Layout& CHALLENGE_AUTH::layout() {
  using M = CHALLENGE_AUTH;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"CHALLENGE_AUTH", VERSION_1_0, challenge_source},
      with_header<M>(
          F::integer<&M::param1>("Param1", "slot and mutual authentication")
              .with_bits({{"SlotID", 0, 4}, {"BasicMutAuthReq", 7, 1, "deprecated since 1.2"}})
              .with_reserved(0x70),
          F::integer<&M::param2>("Param2", "SlotMask: provisioned slots"),
          join(join({F::sized<&M::cert_chain_hash>("CertChainHash", "hash of the chain that signs",
                                                   [](const M&, const Context& c) { return c.hash_size; }),
                     F::fixed<&M::nonce, NONCE_SIZE>("Nonce", "of the responder"), summary_hash<M>()},
                    opaque_data_fields<M>()),
               {F::fixed<&M::context, REQUESTER_CONTEXT_SIZE>("RequesterContext", "of the request").since(VERSION_1_3),
                F::sized<&M::signature>("Signature", "over M1",
                                        [](const M&, const Context& c) { return c.signature_size; })})));
  return layout;
}

}  // namespace lockstep::wire::spdm
