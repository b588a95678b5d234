// What `lockstep replay` says.
#pragma once

#include <string>

#include "report/style.hpp"
#include "runner/replay.hpp"

namespace lockstep::report {

/// Every action with its answer, each broken rule in full, where the target parts from the recording, and the verdict.
std::string replay_text(const runner::Replay&, Style = {});
/// "lockstep/replay-1"
std::string replay_json(const runner::Replay&, std::string_view tool_version);
/// The verdict in one sentence.
std::string verdict_sentence(const runner::Replay&);

}  // namespace lockstep::report
