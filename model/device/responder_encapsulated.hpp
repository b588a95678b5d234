// What the reference device asks the requester in an encapsulated flow: its digests, its chain, and outside sessions
// (basic mutual authentication) a CHALLENGE.
#pragma once

#include "crypto/random.hpp"
#include "device/store.hpp"

namespace lockstep::device {

inline constexpr Byte REQUESTER_SLOT = 0;

/// GET_DIGESTS, with which every flow begins.
Bytes first_encapsulated(const wire::Context&);
/// The request that follows the response which was delivered last. nullopt: the flow is over.
std::optional<Bytes> next_encapsulated(const Store&, spdm::SessionId, crypto::Random&);
/// Whether there is such a request.
bool flow_goes_on(const Store&, spdm::SessionId);

}  // namespace lockstep::device
