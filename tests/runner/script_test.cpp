// Scripts from traces, counterexamples and command lines; every mistake has a line.
#include "runner/script.hpp"

#include <gtest/gtest.h>

namespace lockstep::runner {
namespace {

constexpr const char* HEAD = "{\"schema\": \"lockstep/trace-1\"}\n";

std::vector<std::string> actions(const Result<Script, std::string>& script) {
  if (!script) return {script.error()};
  std::vector<std::string> all;
  for (const auto& entry : script->entries) all.push_back(text(entry.action));
  return all;
}
std::string refusal(const std::string& text) {
  const auto script = parse_script(text, "t.jsonl");
  return script ? "accepted" : script.error();
}
bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

using List = std::vector<std::string>;

TEST(Script, OfACounterexampleNeedsNothingButActions) {
  const auto script =
      parse_script(std::string(HEAD) + "{\"action\": \"spdm:GET_VERSION\"}\n\n{\"action\": \"spdm:CHALLENGE\"}", "x");
  EXPECT_EQ(actions(script), (List{"spdm:GET_VERSION", "spdm:CHALLENGE"}));
  ASSERT_TRUE(script);
  EXPECT_EQ(script->entries[1].line, 4u);
  EXPECT_EQ(script->entries[1].answer, "");
}

TEST(Script, BeginsBehindTheLastConnection) {
  const std::string trace =
      "{\"schema\": \"lockstep/trace-1\", \"case\": \"a/b\", \"transport\": \"mctp\", \"history\": "
      "[\"spdm:CHALLENGE\"]}\n"
      "{\"action\": \"spdm:GET_VERSION\", \"answer\": \"VERSION\", \"put_off\": false}\n";
  const auto script = parse_script(trace, "x");
  EXPECT_EQ(actions(script), (List{"spdm:CHALLENGE", "spdm:GET_VERSION"}));
  EXPECT_EQ(script->case_id, "a/b");
  EXPECT_EQ(script->transport, "mctp");
  EXPECT_EQ(script->entries[1].answer, "VERSION");
  const auto anew =
      parse_script(trace + "{\"connection\": \"fresh\"}\n{\"action\": \"spdm:GET_DIGESTS\"}\n{\"result\": {}}\n", "x");
  EXPECT_EQ(actions(anew), List{"spdm:GET_DIGESTS"});
}

TEST(Script, AsksOnceForWhatWasPutOff) {
  const auto script =
      parse_script(std::string(HEAD) +
                       "{\"action\": \"spdm:CHALLENGE\", \"answer\": \"ERROR Busy\", \"put_off\": true}\n"
                       "{\"action\": \"spdm:CHALLENGE\", \"answer\": \"CHALLENGE_AUTH\"}\n"
                       "{\"action\": \"\", \"answer\": \"of the one before\"}\n",
                   "x");
  EXPECT_EQ(actions(script), List{"spdm:CHALLENGE"});
  EXPECT_EQ(script->entries[0].answer, "CHALLENGE_AUTH");
}

TEST(Script, MistakesNameTheLine) {
  EXPECT_EQ(refusal(""), "t.jsonl: the file is empty");
  EXPECT_EQ(refusal(HEAD), "t.jsonl: holds no action");
  EXPECT_TRUE(contains(refusal("{\"schema\": \"lockstep/report-1\"}\n"), "t.jsonl: line 1: expected {\"schema\""));
  EXPECT_TRUE(contains(refusal("\x0a\xd4\xc3\xb2\xa1"), "t.jsonl: line 2: is no JSON"));
  EXPECT_TRUE(contains(refusal(std::string(HEAD) + "{\"action\": \"spdm:GET_VERSION\"}\n{\"action\": \"spdm:GET"),
                       "line 3: is no JSON: the file may have been cut off"));
  EXPECT_TRUE(contains(refusal(std::string(HEAD) + "[]"), "line 2: expected an object"));
  EXPECT_TRUE(contains(refusal(std::string(HEAD) + "{\"actoin\": \"x\"}"), "line 2: is neither an action"));
  EXPECT_TRUE(contains(refusal(std::string(HEAD) + "{\"action\": 7}"), "line 2: action: expected a text"));
  EXPECT_TRUE(
      contains(refusal(std::string(HEAD) + "{\"action\": \"spdm:GET_VERSION\", \"put_off\": 1}"), "line 2: put_off"));
  EXPECT_TRUE(
      contains(refusal(std::string(HEAD) + "{\"action\": \"spdm:GET_VERSIONS\"}"), "line 2: no stimulus is called"));
  EXPECT_TRUE(contains(refusal(std::string(HEAD) + "{\"result\": {}}\n{\"action\": \"spdm:GET_VERSION\"}"),
                       "line 3: stands behind the result"));
  const std::string midway =
      "{\"schema\": \"lockstep/trace-1\", \"case\": \"a/b\", \"history\": null}\n{\"action\": \"spdm:CHALLENGE\"}\n";
  EXPECT_TRUE(contains(refusal(midway), "run the case alone (lockstep test --filter a/b --trace DIR)"));
  EXPECT_EQ(refusal(midway + "{\"connection\": \"again\"}\n{\"action\": \"spdm:GET_VERSION\"}"), "accepted");
  EXPECT_TRUE(contains(refusal("{\"schema\": \"lockstep/trace-1\", \"history\": [\"spdm:GET_VERSIONS\"]}"),
                       "line 1: history: "));
  EXPECT_TRUE(contains(refusal("{\"schema\": \"lockstep/trace-1\", \"history\": \"spdm\"}"), "line 1: history: "));
  EXPECT_TRUE(contains(refusal("{\"schema\": \"lockstep/trace-1\", \"case\": 1}"), "line 1: case: "));
  const auto absent = read_script("/nonexistent/t.jsonl");
  ASSERT_FALSE(absent);
  EXPECT_TRUE(contains(absent.error(), "cannot read /nonexistent/t.jsonl"));
  EXPECT_FALSE(read_script("/tmp"));
}

TEST(Script, OfACommandLine) {
  const List list{"spdm:GET_VERSION", "tdisp:STOP_INTERFACE_REQUEST tdi=0 session=1"};
  EXPECT_EQ(actions(script_of(join(list))), list);
  EXPECT_EQ(actions(script_of("spdm:GET_VERSION;spdm:CHALLENGE;")), (List{"spdm:GET_VERSION", "spdm:CHALLENGE"}));
  EXPECT_EQ(actions(script_of("")), List{"there is no action"});
  EXPECT_TRUE(contains(script_of("spdm:GET_VERSION; spdm:GET_VERSIONS").error(), "action 2: no stimulus"));
  EXPECT_TRUE(contains(script_of("spdm:GET_VERSION;; spdm:GET_VERSION").error(), "action 2: nothing stands here"));
}

}  // namespace
}  // namespace lockstep::runner
