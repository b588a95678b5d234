#include "wire/spdm_vendor_defined.hpp"

#include "wire/spdm_fields.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view source = "DSP0274, VENDOR_DEFINED_REQUEST request and VENDOR_DEFINED_RESPONSE response";

template <class M>
bool large(const M& m, const Context& c) {
  return c.spdm_version >= VERSION_1_4 && has(m.param1, M::LARGE_PAYLOAD);
}
template <class M>
bool small(const M& m, const Context& c) {
  return !large(m, c);
}

/// Bytes of VendorID in the registries that fix it; registries unknown here are not judged.
bool vendor_id_size_fits(const VendorDefinedFields& m) {
  constexpr Byte sizes[] = {0, 2, 2, 2, 4, 4, 2, 2, 2, 0};
  if (m.standard_id == static_cast<Byte>(RegistryID::DMTF_DSP)) return m.vendor_id_len == 2;
  return m.standard_id >= std::size(sizes) || m.vendor_id_len == sizes[m.standard_id];
}

std::vector<Named> registries() {
  return {{0, "DMTF"}, {1, "TCG"}, {2, "USB"},   {3, "PCI-SIG"}, {4, "IANA"},       {5, "HDBaseT"},
          {6, "MIPI"}, {7, "CXL"}, {8, "JEDEC"}, {9, "VESA"},    {10, "IANA CBOR"}, {11, "DMTF-DSP"}};
}

struct Names {
  std::string_view large_flag, length, large_length, payload;
};

template <class M>
std::vector<Field> vendor_defined(const Names& names) {
  using F = Fields<M>;
  return with_header<M>(
      F::template integer<&M::param1>("Param1", "size of the length field")
          .with_bits({{names.large_flag, 7, 1, "since 1.4"}})
          .with_reserved(0x7F),
      reserved_param2<M>(),
      {F::template integer<&M::standard_id>("StandardID", "registry of the vendor").one_of(registries()),
       F::template integer<&M::vendor_id_len>("VendorIDLen", "bytes of VendorID"),
       F::template counted<&M::vendor_id>("VendorID", "number in the registry", "VendorIDLen"),
       F::template integer<&M::payload_length>(names.length, "bytes of the payload"),
       F::template integer<&M::large_payload_length>(names.large_length, "in its place").when(F::condition(large<M>)),
       F::template counted<&M::vendor_defined_payload>(names.payload, "the vendor's message", names.length)
           .when(F::condition(small<M>)),
       F::template counted<&M::vendor_defined_payload>(names.payload, "the vendor's message", names.large_length)
           .when(F::condition(large<M>))});
}

}  // namespace

const Layout& VENDOR_DEFINED_REQUEST::layout() {
  using M = VENDOR_DEFINED_REQUEST;
  static const Layout layout =
      make_message<M>({"VENDOR_DEFINED_REQUEST", VERSION_1_0, source, "SPDM-VDM-003"},
                      vendor_defined<M>({"LargeReq", "ReqLength", "LargeReqLength", "VendorDefinedReqPayload"}),
                      {rule_check<M>("SPDM-VDM-002", "VendorIDLen does not fit the registry",
                                     [](const M& m, const Context&) { return vendor_id_size_fits(m); })});
  return layout;
}

const Layout& VENDOR_DEFINED_RESPONSE::layout() {
  using M = VENDOR_DEFINED_RESPONSE;
  static const Layout layout =
      make_message<M>({"VENDOR_DEFINED_RESPONSE", VERSION_1_0, source},
                      vendor_defined<M>({"LargeResp", "RespLength", "LargeRespLength", "VendorDefinedRespPayload"}));
  return layout;
}

}  // namespace lockstep::wire::spdm
