#include "runner/script.hpp"

#include <utility>

#include "runner/text_file.hpp"
#include "runner/trace_lines.hpp"

namespace lockstep::runner {
namespace {

using Json = nlohmann::json;

constexpr std::string_view SEPARATOR = "; ";

class Reader {
 public:
  Why line(std::size_t number, const Json& json) {
    if (ended_) return "stands behind the result, which is the last line";
    return std::exchange(begun_, true) ? further(number, json) : first(json);
  }

  Result<Script, std::string> finish() {
    if (!begun_) return Unexpected{std::string("the file is empty")};
    if (midway_)
      return Unexpected{
          "line 1: the case began on a connection on which more than 200 actions had been done, which the trace does "
          "not hold: it cannot be replayed; run the case alone (lockstep test --filter " +
          (script_.case_id.empty() ? "CASE" : script_.case_id) + " --trace DIR) for a trace that can"};
    for (const Done& done : recording_.done()) {
      auto action = parse_action(done.action);
      LOCKSTEP_ASSERT(action.has_value());  // read before
      script_.entries.push_back({std::move(*action), done.answer, done.line});
    }
    if (script_.entries.empty()) return Unexpected{std::string("holds no action")};
    return std::move(script_);
  }

 private:
  Why first(const Json& json) {
    if (const Why why = read_text_at(json, "case", script_.case_id); !why.empty()) return why;
    if (const Why why = read_text_at(json, "transport", script_.transport); !why.empty()) return why;
    const auto history = json.find("history");
    if (history == json.end()) return {};
    midway_ = history->is_null();
    if (midway_) return {};
    if (!history->is_array()) return "history: expected a list of actions";
    for (const Json& each : *history) {
      if (!each.is_string()) return "history: expected a list of actions";
      if (const Why why = add({.action = each.get<std::string>(), .answer = ""}); !why.empty())
        return "history: " + why;
    }
    return {};
  }

  Why further(std::size_t number, const Json& json) {
    if (json.contains("result")) return ended_ = true, Why();
    if (json.contains("connection")) {
      recording_.connects();
      midway_ = false;
      return {};
    }
    if (!json.contains("action")) return "is neither an action nor a connection nor a result";
    Done done{.line = number};
    if (const Why why = read_text_at(json, "action", done.action); !why.empty()) return why;
    if (const Why why = read_text_at(json, "answer", done.answer); !why.empty()) return why;
    if (const auto put_off = json.find("put_off"); put_off != json.end()) {
      if (!put_off->is_boolean()) return "put_off: expected true or false";
      done.put_off = put_off->get<bool>();
    }
    return add(std::move(done));
  }

  Why add(Done done) {
    if (!done.action.empty())
      if (const auto action = parse_action(done.action); !action) return action.error();
    recording_.add(std::move(done));
    return {};
  }

  Script script_;
  Recording recording_;
  bool begun_ = false, ended_ = false, midway_ = false;
};

}  // namespace

Result<Script, std::string> parse_script(std::string_view text, std::string_view name) {
  Reader reader;
  const Why why = read_trace_lines(text, [&](std::size_t line, const Json& json) { return reader.line(line, json); });
  if (!why.empty()) return Unexpected{std::string(name) + ": " + why};
  auto script = reader.finish();
  if (!script) return Unexpected{std::string(name) + ": " + script.error()};
  return script;
}

Result<Script, std::string> read_script(const std::filesystem::path& path) {
  const auto text = read_text(path);
  if (!text) return Unexpected{text.error()};
  return parse_script(*text, path.string());
}

Result<Script, std::string> script_of(std::string_view actions) {
  Script script;
  while (!actions.empty()) {
    const std::size_t end = std::min(actions.find(';'), actions.size());
    auto action = parse_action(actions.substr(0, end));
    if (!action) return Unexpected{"action " + std::to_string(script.entries.size() + 1) + ": " + action.error()};
    script.entries.push_back({std::move(*action), "", 0});
    actions.remove_prefix(std::min(end + 1, actions.size()));
  }
  if (script.entries.empty()) return Unexpected{std::string("there is no action")};
  return script;
}

std::string join(const std::vector<std::string>& actions) {
  std::string text;
  for (const std::string& action : actions) text += (text.empty() ? "" : std::string(SEPARATOR)) + action;
  return text;
}

}  // namespace lockstep::runner
