// The recorded captures of tests/captures, as a list of messages; and a conversation that is told all of them.
#pragma once

#include <string>
#include <vector>

#include "spdm/conversation.hpp"

namespace lockstep::spdm::testing {

struct Frame {
  std::size_t number = 0;  ///< in the file, from 0
  bool secured = false;
  Bytes bytes;  ///< without transport header, padding included
};

/// The SPDM messages and secured records of a file: DOE discovery is left out.
std::vector<Frame> read_capture(const std::string& name);

/// The pre-shared key of the captures, for its hint.
std::optional<Bytes> recorded_psk(View hint);

/// What became of one frame.
struct Heard {
  std::size_t number = 0;
  Role sender = Role::requester;
  bool secured = false;
  std::optional<RecordError> unopened;  ///< a record that could not be opened
  Seen seen;                            ///< empty for those, and for what is no SPDM inside a record
};

/// Tells the conversation the frames in turn: request, response, request, ...
std::vector<Heard> replay(Conversation& conversation, const std::vector<Frame>& frames);

/// "frame 13: SPDM-CHAL-001 Signature: does not verify over the transcript", one line each, carried messages included.
std::vector<std::string> findings(const std::vector<Heard>& heard);

}  // namespace lockstep::spdm::testing
