// Requests taken apart into CHUNK_SEND (DSP0274 1.2, "Large SPDM message transfer").
#pragma once

#include <vector>

#include "cases/case.hpp"
#include "spdm/conversation.hpp"

namespace lockstep::runner {

/// The chunks of `message`, as small as any device takes them. The error says why there are none: the message is too
/// small for chunks, or the target too small for what is to be wrong with them.
Result<std::vector<Bytes>, std::string> chunks_of(View message, cases::Chunks how, const spdm::Negotiated&,
                                                  Byte handle);

}  // namespace lockstep::runner
