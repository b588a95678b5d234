// Opaque data of KEY_EXCHANGE and PSK_EXCHANGE: negotiation of the secured message version (DSP0277, "Secured message
// opaque data"; DSP0274 1.2, "General opaque data format").
#pragma once

#include <array>
#include <vector>

#include "spdm/algorithms.hpp"
#include "wire/layout.hpp"

namespace lockstep::spdm {

/// That there are, and that both ends of the model speak, as in VersionNumberEntry; the newest last.
inline constexpr std::array<std::uint16_t, 3> SECURED_MESSAGE_VERSIONS{0x1000, 0x1100, 0x1200};

/// What the opaque data says about secured messages. Versions are as in VersionNumberEntry: 0x1100 is 1.1.
struct SecuredMessageOpaque {
  std::vector<std::uint16_t> supported_versions;  ///< of the requester
  std::optional<std::uint16_t> selected_version;  ///< of the responder
  std::optional<Byte> aead_limit_exponent;        ///< 1.3: sequence numbers stay below 2^n
};

/// The wrapper that belongs to the negotiated version and format: the one of 1.0/1.1, or the general one.
bool uses_general_format(const Negotiated& negotiated);

/// Empty opaque data is an empty result. Error: not the shape that was negotiated; its rule is SECMSG-023 to -025.
Result<SecuredMessageOpaque, wire::Finding> parse_opaque(const Negotiated& negotiated, View opaque_data);
Bytes build_supported_versions(const Negotiated& negotiated, const std::vector<std::uint16_t>& versions);
Bytes build_selected_version(const Negotiated& negotiated, std::uint16_t version);

}  // namespace lockstep::spdm
