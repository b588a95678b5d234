// What is to be done to a target once more: the actions of a trace, of a counterexample, or of a command line.
// docs/traces.md says what the files look like.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runner/action.hpp"

namespace lockstep::runner {

struct Script {
  struct Entry {
    Action action;
    std::string answer;    ///< as recorded, in words; empty: the file does not tell
    std::size_t line = 0;  ///< of the file; 0: it was in the history of its first line, or in no file
  };
  std::string case_id;    ///< empty: the file does not tell
  std::string transport;  ///< name of the binding; empty: the file does not tell
  std::vector<Entry> entries;
};

/// A file of JSON lines. What was done before the last new connection in it is left out. The error names file and line.
Result<Script, std::string> read_script(const std::filesystem::path& path);
/// The same from its text; `name` is what errors call it.
Result<Script, std::string> parse_script(std::string_view text, std::string_view name);
/// Actions between semicolons. The error says which one.
Result<Script, std::string> script_of(std::string_view actions);

/// Such a list. script_of() reads it.
std::string join(const std::vector<std::string>& actions);

}  // namespace lockstep::runner
