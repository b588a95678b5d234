// Opaque data: the two wrappers and the elements that negotiate secured messages
// (DSP0274 1.2 "General opaque data format", DSP0277 "Secured message opaque data").
#pragma once

#include "wire/spdm_negotiation.hpp"

namespace lockstep::wire::spdm {

/// One element of either wrapper, padded to four bytes.
struct OpaqueElement {
  static const Layout& layout();
  Byte id = 0;  ///< RegistryID
  Byte vendor_len = 0;
  Bytes vendor_id = {};
  std::uint16_t opaque_element_data_len = 0;
  Bytes opaque_element_data = {};
  Bytes align_padding = {};
};

/// Wrapper of 1.0 and 1.1 (DSP0277), and of OpaqueDataFmt0.
struct OpaqueData {
  static const Layout& layout();
  static constexpr std::uint32_t SPEC_ID = 0x444D5446;
  std::uint32_t spec_id = SPEC_ID;
  Byte opaque_version = 1;
  Byte total_elements = 0;
  std::uint16_t reserved = 0;
  std::vector<OpaqueElement> opaque_list = {};
};

/// Wrapper of OpaqueDataFmt1, since 1.2.
struct OpaqueDataFmt1 {
  static const Layout& layout();
  Byte total_elements = 0;
  std::uint32_t reserved = 0;  ///< three bytes
  std::vector<OpaqueElement> opaque_list = {};
};

// --- OpaqueElementData of registry DMTF ------------------------------------------------------------------------------

/// SMDataID of an element.
enum class SMDataID : Byte { VersionSelection = 0, SupportedVersionList = 1, AEADLimit = 2 };

/// What every element begins with; SMData depends on SMDataID.
struct SMDataElement {
  static const Layout& layout();
  Byte sm_data_version = 1;
  Byte sm_data_id = 0;
  Bytes sm_data = {};
};

/// The responder's choice.
struct SMVersionSelection {
  static const Layout& layout();
  Byte sm_data_version = 1;
  Byte sm_data_id = static_cast<Byte>(SMDataID::VersionSelection);
  std::uint16_t selected_version = 0;  ///< as VersionNumberEntry
};

/// The requester's offer.
struct SMSupportedVersions {
  static const Layout& layout();
  Byte sm_data_version = 1;
  Byte sm_data_id = static_cast<Byte>(SMDataID::SupportedVersionList);
  Byte version_count = 0;
  std::vector<VersionNumberEntry> versions_list = {};
};

}  // namespace lockstep::wire::spdm
