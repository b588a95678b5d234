#include "spdm/opaque.hpp"

#include "wire/spdm_opaque.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

constexpr Byte dmtf_registry = 0;

wire::Context context_of(const Negotiated& negotiated) {
  wire::Context context;
  context.spdm_version = negotiated.spdm_version;
  return context;
}

template <class Wrapper>
Result<std::vector<OpaqueElement>, wire::DecodeError> elements(View opaque_data, const wire::Context& context) {
  auto wrapper = wire::decode<Wrapper>(opaque_data, context);
  if (!wrapper) return Unexpected{wrapper.error()};
  if constexpr (std::is_same_v<Wrapper, OpaqueData>)
    if (wrapper->message.spec_id != OpaqueData::SPEC_ID)
      return Unexpected{wire::DecodeError{"SpecID", 0, "is not that of DSP0277", Rule::none()}};
  if (wrapper->consumed != opaque_data.size())
    return Unexpected{
        wire::DecodeError{"OpaqueList", wrapper->consumed, "bytes follow the last element", Rule::none()}};
  return std::move(wrapper->message.opaque_list);
}

void take(SecuredMessageOpaque& result, View data, const wire::Context& context) {
  const auto element = wire::decode<SMDataElement>(data, context);
  if (!element) return;
  switch (static_cast<SMDataID>(element->message.sm_data_id)) {
    case SMDataID::VersionSelection:
      if (auto selection = wire::decode<SMVersionSelection>(data, context))
        result.selected_version = selection->message.selected_version;
      break;
    case SMDataID::SupportedVersionList:
      if (auto list = wire::decode<SMSupportedVersions>(data, context))
        for (const VersionNumberEntry& entry : list->message.versions_list)
          result.supported_versions.push_back(entry.value);
      break;
    case SMDataID::AEADLimit:
      if (!element->message.sm_data.empty()) result.aead_limit_exponent = element->message.sm_data.front();
      break;
  }
}

Bytes wrap(const Negotiated& negotiated, Bytes element_data) {
  const wire::Context context = context_of(negotiated);
  OpaqueElement element;
  element.id = dmtf_registry;
  element.opaque_element_data = std::move(element_data);
  if (uses_general_format(negotiated)) {
    OpaqueDataFmt1 wrapper;
    wrapper.opaque_list.push_back(std::move(element));
    return wire::encode(wire::canonical(wrapper, context), context);
  }
  OpaqueData wrapper;
  wrapper.opaque_list.push_back(std::move(element));
  return wire::encode(wire::canonical(wrapper, context), context);
}

}  // namespace

bool uses_general_format(const Negotiated& negotiated) {
  return negotiated.spdm_version >= VERSION_1_2 && negotiated.opaque_format == OpaqueFormat::format_1;
}

Result<SecuredMessageOpaque, wire::Finding> parse_opaque(const Negotiated& negotiated, View opaque_data) {
  SecuredMessageOpaque result;
  if (opaque_data.empty()) return result;
  const wire::Context context = context_of(negotiated);
  const bool general = uses_general_format(negotiated);
  const auto list =
      general ? elements<OpaqueDataFmt1>(opaque_data, context) : elements<OpaqueData>(opaque_data, context);
  if (!list) {
    const bool other_format = general ? elements<OpaqueData>(opaque_data, context).has_value()
                                      : elements<OpaqueDataFmt1>(opaque_data, context).has_value();
    const Rule wrapper = general ? Rule("SECMSG-025") : Rule("SECMSG-024");
    const Rule element = other_format ? Rule::none() : list.error().rule;
    return Unexpected{wire::Finding{element ? element : wrapper, "OpaqueData." + list.error().field, list.error().why}};
  }
  for (const OpaqueElement& element : *list)
    if (element.id == dmtf_registry) take(result, element.opaque_element_data, context);
  return result;
}

Bytes build_supported_versions(const Negotiated& negotiated, const std::vector<std::uint16_t>& versions) {
  SMSupportedVersions element;
  for (const std::uint16_t version : versions) element.versions_list.push_back({version});
  const wire::Context context = context_of(negotiated);
  return wrap(negotiated, wire::encode(wire::canonical(element, context), context));
}

Bytes build_selected_version(const Negotiated& negotiated, std::uint16_t version) {
  SMVersionSelection element;
  element.selected_version = version;
  return wrap(negotiated, wire::encode(element, context_of(negotiated)));
}

}  // namespace lockstep::spdm
