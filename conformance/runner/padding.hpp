// What stands behind a message or record in the object of the transport.
#pragma once

#include "oracle/follower.hpp"

namespace lockstep::runner {

/// It fills the object with zeros: DOE-016 of a responder. `size`: of the message or record that `object` begins with.
std::optional<wire::Finding> dirty_padding(Role sender, View object, std::size_t size);

/// Bytes of the message that has brought the answer, which is there: of the chunk, where it came in chunks.
std::size_t size_of_answer(const oracle::Step&);
/// Bytes of a record by its header; where that is none, all of them.
std::size_t size_of_record(const spdm::RecordFormat&, View record);

}  // namespace lockstep::runner
