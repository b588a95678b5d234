// CSR, SET_CERTIFICATE, endpoint information, slots; key pairs are in spdm_key_pair.cpp.
#include "wire/spdm_provisioning.hpp"

#include "wire/spdm_fields.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view csr_source = "DSP0274, GET_CSR request and CSR response";
constexpr std::string_view set_certificate_source = "DSP0274, SET_CERTIFICATE request and SET_CERTIFICATE_RSP response";
constexpr std::string_view endpoint_source = "DSP0274, GET_ENDPOINT_INFO request and ENDPOINT_INFO response";
constexpr std::string_view slot_source = "DSP0274, SLOT_MANAGEMENT request and SLOT_MANAGEMENT_RESP response";

std::size_t endpoint_nonce_size(const ENDPOINT_INFO&, const Context& c) {
  return c.signature_requested ? NONCE_SIZE : 0;
}

/// Messages whose layout behind the header is unknown.
template <class M>
std::vector<Field> opaque_message() {
  using F = Fields<M>;
  return with_header<M>(F::template integer<&M::param1>("Param1", "not known"),
                        F::template integer<&M::param2>("Param2", "not known"),
                        {F::template rest<&M::payload>("Payload", "not known")});
}

}  // namespace

const Layout& GET_CSR::layout() {
  using M = GET_CSR;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"GET_CSR", VERSION_1_2, csr_source, "SPDM-CERT-023"},
      with_header<M>(
          F::integer<&M::param1>("Param1", "KeyPairID since 1.3"),
          F::integer<&M::param2>("Param2", "request attributes since 1.3")
              .with_bits({{"CSRCertModel", 0, 3}, {"CSRTrackingTag", 3, 3}, {"Overwrite", 7}})
              .with_reserved(0x40),
          {F::integer<&M::requester_info_length>("RequesterInfoLength", "bytes of RequesterInfo"),
           F::integer<&M::opaque_data_length>("OpaqueDataLength", "bytes of OpaqueData"),
           F::counted<&M::requester_info>("RequesterInfo", "CertificationRequestInfo in DER", "RequesterInfoLength"),
           F::counted<&M::opaque_data>("OpaqueData", "of the vendor", "OpaqueDataLength")}),
      {rule_check<M>("SPDM-CERT-024", "Overwrite with a tracking tag",
                     [](const M& m, const Context&) { return !has(m.param2, M::OVERWRITE) || !has(m.param2, 0x38); })});
  return layout;
}

const Layout& CSR::layout() {
  using M = CSR;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"CSR", VERSION_1_2, csr_source},
      with_header<M>(reserved_param1<M>(), reserved_param2<M>(),
                     {F::integer<&M::csr_length>("CSRLength", "bytes of the CSR"), F::reserved<&M::reserved>(),
                      F::counted<&M::csr>("CSRdata", "PKCS #10 in DER", "CSRLength")}));
  return layout;
}

const Layout& SET_CERTIFICATE::layout() {
  using M = SET_CERTIFICATE;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"SET_CERTIFICATE", VERSION_1_2, set_certificate_source},
      with_header<M>(F::integer<&M::param1>("Param1", "slot and what happens to it")
                         .with_bits({{"SlotID", 0, 4},
                                     {"SetCertModel", 4, 3, "since 1.3; 1 DeviceCert, 2 AliasCert, 3 GenericCert"},
                                     {"Erase", 7, 1, "since 1.3"}}),
                     F::integer<&M::param2>("Param2", "KeyPairID since 1.3"),
                     {F::rest<&M::cert_chain>("CertChain", "the new chain, nothing with Erase")}),
      {rule_check<M>("SPDM-CERT-017", "SlotID is greater than 7",
                     [](const M& m, const Context&) { return (m.param1 & 0x0F) <= 7; }),
       rule_check<M>("SPDM-CERT-018", "Erase with a certificate model",
                     [](const M& m, const Context&) { return !has(m.param1, M::ERASE) || !has(m.param1, 0x70); })});
  return layout;
}

const Layout& SET_CERTIFICATE_RSP::layout() {
  using M = SET_CERTIFICATE_RSP;
  static const Layout layout = make_message<M>(
      {"SET_CERTIFICATE_RSP", VERSION_1_2, set_certificate_source},
      with_header<M>(Fields<M>::integer<&M::param1>("Param1", "slot").with_bits({{"SlotID", 0, 4}}).with_reserved(0xF0),
                     reserved_param2<M>()));
  return layout;
}

const Layout& GET_ENDPOINT_INFO::layout() {
  using M = GET_ENDPOINT_INFO;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"GET_ENDPOINT_INFO", VERSION_1_3, endpoint_source},
      with_header<M>(
          F::integer<&M::param1>("Param1", "subcode").one_of({{1, "DeviceClassIdentifier"}}, "SPDM-MEAS-020"),
          F::integer<&M::param2>("Param2", "slot that signs")
              .with_bits({{"SlotID", 0, 4, "Fh: provisioned public key"}})
              .with_reserved(0xF0),
          {F::integer<&M::request_attributes>("RequestAttributes", "what the response has")
               .with_bits({{"SignatureRequested", 0}})
               .with_reserved(0xFE),
           F::reserved<&M::reserved, 3>(),
           F::fixed<&M::nonce, NONCE_SIZE>("Nonce", "of the requester")
               .when(F::condition(
                   [](const M& m, const Context&) { return has(m.request_attributes, M::SIGNATURE_REQUESTED); }))}));
  return layout;
}

const Layout& ENDPOINT_INFO::layout() {
  using M = ENDPOINT_INFO;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"ENDPOINT_INFO", VERSION_1_3, endpoint_source},
      with_header<M>(
          reserved_param1<M>(),
          F::integer<&M::param2>("Param2", "slot that signs").with_bits({{"SlotID", 0, 4}}).with_reserved(0xF0),
          {F::reserved<&M::reserved>(), F::sized<&M::nonce>("Nonce", "of the responder", endpoint_nonce_size),
           F::integer<&M::ep_info_len>("EPInfoLen", "bytes of EPInfo"),
           F::counted<&M::ep_info>("EPInfo", "what the subcode asked for", "EPInfoLen"),
           F::sized<&M::signature>("Signature", "over IL1", [](const M&, const Context& c) {
             return c.signature_requested ? c.signature_size : 0;
           })}));
  return layout;
}

const Layout& SLOT_MANAGEMENT::layout() {
  static const Layout layout =
      make_message<SLOT_MANAGEMENT>({"SLOT_MANAGEMENT", VERSION_1_4, slot_source}, opaque_message<SLOT_MANAGEMENT>());
  return layout;
}

const Layout& SLOT_MANAGEMENT_RESP::layout() {
  static const Layout layout = make_message<SLOT_MANAGEMENT_RESP>({"SLOT_MANAGEMENT_RESP", VERSION_1_4, slot_source},
                                                                  opaque_message<SLOT_MANAGEMENT_RESP>());
  return layout;
}

}  // namespace lockstep::wire::spdm
