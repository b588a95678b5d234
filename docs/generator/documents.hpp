// The generated documents. A new kind of document is one function here and one line in main.cpp.
#pragma once

#include <string>
#include <vector>

namespace lockstep::docs {

struct Document {
  std::string path;  ///< below docs/generated
  std::string text;
};
using Documents = std::vector<Document>;

/// messages-*.md: every message layout.
Documents message_documents();
/// dictionaries/*.dict for libFuzzer and AFL++.
Documents fuzz_dictionaries();
/// state-*.md and state-*.dot: every machine's transition and refusal table, with its picture.
Documents state_documents();
/// requirements.md: requirements and the cases that ask about them.
Documents requirement_documents();
/// host-policies.md: the policy x property matrix; host-verbs.md: verbs of every actor with the vendors' names.
Documents host_documents();

}  // namespace lockstep::docs
