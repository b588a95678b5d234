// The lines of a trace (docs/traces.md) as JSON; for the files that read traces, and only for them.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "base/result.hpp"

namespace lockstep::runner {

/// Why a line cannot be read; empty: it was.
using Why = std::string;

/// Gives each line but blank ones to `take`, the header first. The error names the line.
inline Why read_trace_lines(std::string_view text,
                            const std::function<Why(std::size_t line, const nlohmann::json& json)>& take) {
  constexpr std::string_view SCHEMA = "lockstep/trace-1";
  bool begun = false;
  const auto read = [&](std::size_t number, std::string_view line) -> Why {
    if (line.find_first_not_of(" \t\r") == line.npos) return {};
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_discarded()) return "is no JSON: the file may have been cut off";
    if (!json.is_object()) return "expected an object";
    const auto schema = json.find("schema");
    if (!begun && (schema == json.end() || *schema != SCHEMA))
      return "expected {\"schema\": \"" + std::string(SCHEMA) + "\", ...}: this is no trace";
    begun = true;
    return take(number, json);
  };
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (const Why why = read(number, text.substr(0, end)); !why.empty())
      return "line " + std::to_string(number) + ": " + why;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

/// A text that need not be there.
inline Why read_text_at(const nlohmann::json& json, const char* key, std::string& to) {
  const auto found = json.find(key);
  if (found == json.end()) return {};
  if (!found->is_string()) return std::string(key) + ": expected a text";
  to = found->get<std::string>();
  return {};
}

}  // namespace lockstep::runner
