// Records that the target cannot open.
#pragma once

#include <map>

#include "cases/case.hpp"
#include "spdm/conversation.hpp"

namespace lockstep::runner {

/// Of each session, by SessionID.
struct LatestRecords {
  std::map<std::uint32_t, Bytes> sent, received;              ///< as they were on the wire
  std::map<std::uint32_t, spdm::Conversation> before_update;  ///< as it was when the latest KEY_UPDATE was sealed
};

/// What a spoilt record is made from.
struct Spoiling {
  const spdm::Conversation& conversation;  ///< the target's, as far as it is known; it stays as it is
  const LatestRecords& latest;
  std::uint32_t session;               ///< over which it goes
  std::optional<std::uint32_t> other;  ///< the second session
  View message;                        ///< what a sound record would carry
};

/// Error: what is missing for it. `how` is not sound.
Result<Bytes, std::string> spoilt_record(cases::Record how, const Spoiling& from, crypto::Random& random);

/// What such a record is to the machines: one that is cut short may be ignored.
spdm::Defect defect_of(cases::Record how);

}  // namespace lockstep::runner
