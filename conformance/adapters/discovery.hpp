// DOE discovery (PCIe 6.30.1.1), both sides.
#pragma once

#include <functional>

#include "adapters/link.hpp"

namespace lockstep::adapters {

struct Discovery {
  std::vector<Offered> offered;  ///< in the order of the chain
  std::vector<wire::Finding> findings;
};

/// Sends one data object and returns the answer; nullopt is silence.
using AskObject = std::function<Result<std::optional<Bytes>, LinkError>(View object)>;

/// Walks the chain from index 0 with discovery version 0, and with 2 where 0 is not served (which of them is right
/// follows from the capability version, and that cannot be seen from here). Only indices that the chain names are
/// asked for.
/// DOE-003 is found broken when SPDM (type 1) is not listed; that type 2 belongs there as well only a device with
/// sessions has to know, see `offered`.
Result<Discovery, LinkError> discover(const AskObject&);

/// The answer of a mailbox that serves discovery, SPDM and secured SPDM, header included; vendor FFFFh for an unknown
/// index or version. nullopt for a request that is too short.
std::optional<Bytes> answer_discovery(View request_payload);

}  // namespace lockstep::adapters
