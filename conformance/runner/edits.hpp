// What a case changes in a message that is correct otherwise.
#pragma once

#include <string>

#include "cases/case.hpp"
#include "spdm/conversation.hpp"
#include "wire/layout.hpp"

namespace lockstep::runner {

/// The message with the edits made, in the IDE_KM or TDISP message that it carries where it carries one. `session`:
/// that under test, for edits that speak of it. The error says what this message does not have.
Result<Bytes, std::string> edited(View message, const std::vector<cases::Edit>& edits, const wire::Context& context,
                                  spdm::SessionId session);

}  // namespace lockstep::runner
