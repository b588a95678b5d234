#include "wire/spdm_opaque.hpp"

#include "wire/spdm_fields.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view format_source = "DSP0274, General opaque data format";
constexpr std::string_view secured_source = "DSP0277, Secured Message opaque data";

constexpr std::size_t element_header = 4;  // ID, VendorLen, OpaqueElementDataLen

std::size_t padding(const OpaqueElement& m, const Context&) {
  const std::size_t size = element_header + m.vendor_len + m.opaque_element_data_len;
  return (4 - size % 4) % 4;
}

template <class M>
Field element_list() {
  return Fields<M>::template list<&M::opaque_list>("OpaqueList", "the elements", "TotalElements");
}

template <class M>
std::vector<Field> sm_data_header() {
  using F = Fields<M>;
  return {F::template integer<&M::sm_data_version>("SMDataVersion", "1"),
          F::template integer<&M::sm_data_id>("SMDataID", "what SMData is")
              .one_of({{0, "VersionSelection"}, {1, "SupportedVersionList"}, {2, "AEADLimit"}})};
}

}  // namespace

const Layout& OpaqueElement::layout() {
  using M = OpaqueElement;
  using F = Fields<M>;
  static const Layout layout = make_part<M>(
      {"OpaqueElement", VERSION_1_1, format_source, "SECMSG-023"},
      {F::integer<&M::id>("ID", "registry of the vendor"), F::integer<&M::vendor_len>("VendorLen", "bytes of VendorID"),
       F::counted<&M::vendor_id>("VendorID", "number in the registry", "VendorLen"),
       F::integer<&M::opaque_element_data_len>("OpaqueElementDataLen", "bytes of the data"),
       F::counted<&M::opaque_element_data>("OpaqueElementData", "of the vendor", "OpaqueElementDataLen"),
       F::sized<&M::align_padding>("AlignPadding", "zeros up to four bytes", padding)});
  return layout;
}

const Layout& OpaqueData::layout() {
  using M = OpaqueData;
  using F = Fields<M>;
  static const Layout layout = make_part<M>(
      {"OpaqueData", VERSION_1_1, secured_source},
      {F::integer<&M::spec_id>("SpecID", "444D5446h"), F::integer<&M::opaque_version>("OpaqueVersion", "1"),
       F::integer<&M::total_elements>("TotalElements", "number of elements"), F::reserved<&M::reserved>(),
       element_list<M>()},
      {rule_check<M>("SECMSG-024", "SpecID or OpaqueVersion is not the defined one",
                     [](const M& m, const Context&) { return m.spec_id == SPEC_ID && m.opaque_version == 1; })});
  return layout;
}

const Layout& OpaqueDataFmt1::layout() {
  using M = OpaqueDataFmt1;
  using F = Fields<M>;
  static const Layout layout = make_part<M>({"OpaqueDataFmt1", VERSION_1_2, format_source},
                                            {F::integer<&M::total_elements>("TotalElements", "number of elements"),
                                             F::reserved<&M::reserved, 3>(), element_list<M>()});
  return layout;
}

const Layout& SMDataElement::layout() {
  using M = SMDataElement;
  static const Layout layout =
      make_part<M>({"SMDataElement", VERSION_1_1, secured_source},
                   join(sm_data_header<M>(), {Fields<M>::rest<&M::sm_data>("SMData", "depends on SMDataID")}));
  return layout;
}

const Layout& SMVersionSelection::layout() {
  using M = SMVersionSelection;
  static const Layout layout =
      make_part<M>({"SMVersionSelection", VERSION_1_1, secured_source},
                   join(sm_data_header<M>(),
                        {Fields<M>::integer<&M::selected_version>("SelectedVersion", "version of secured messages")
                             .with_bits({{"MajorVersion", 12, 4},
                                         {"MinorVersion", 8, 4},
                                         {"UpdateVersionNumber", 4, 4},
                                         {"Alpha", 0, 4}})}));
  return layout;
}

const Layout& SMSupportedVersions::layout() {
  using M = SMSupportedVersions;
  using F = Fields<M>;
  static const Layout layout =
      make_part<M>({"SMSupportedVersions", VERSION_1_1, secured_source},
                   join(sm_data_header<M>(),
                        {F::integer<&M::version_count>("VersionCount", "number of versions"),
                         F::list<&M::versions_list>("VersionsList", "versions of secured messages", "VersionCount")}));
  return layout;
}

}  // namespace lockstep::wire::spdm
