// The JUnit report, read by an XML parser that is not ours: expat, through Python.
#include "report/junit.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "example.hpp"
#include "report/file.hpp"

namespace lockstep::report {
namespace {

using Json = nlohmann::json;

/// {"tag", "attributes", "text", "children"}; null when the parser refuses the text.
Json parsed(const std::string& xml) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("lockstep-junit-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
  EXPECT_FALSE(write_file(path.string(), xml));
  const std::string command =
      "python3 -c '\nimport json, sys, xml.etree.ElementTree as x\n"
      "def j(e): return {\"tag\": e.tag, \"attributes\": e.attrib, \"text\": e.text or \"\", \"children\": [j(c) for c "
      "in e]}\n"
      "try: print(json.dumps(j(x.parse(sys.argv[1]).getroot())))\n"
      "except x.ParseError: print(\"null\")\n' " +
      path.string();
  std::string out;
  std::array<char, 4096> buffer;
  FILE* pipe = ::popen(command.c_str(), "r");
  while (const std::size_t read = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), read);
  EXPECT_EQ(::pclose(pipe), 0);
  std::filesystem::remove(path);
  return Json::parse(out);
}

/// The element's child with this tag; null when it has none.
Json child(const Json& element, const std::string& tag) {
  for (const Json& each : element["children"])
    if (each["tag"] == tag) return each;
  return nullptr;
}
Json test_case(const Json& root, const std::string& name) {
  for (const Json& suite : root["children"])
    for (const Json& each : suite["children"])
      if (each["tag"] == "testcase" && each["attributes"]["name"] == name) return each;
  return nullptr;
}

TEST(JUnit, EachVerdictIsTheElementThatServersCount) {
  const Json root = parsed(junit_report(runner::example_run()));
  EXPECT_EQ(root["tag"], "testsuites");
  EXPECT_EQ(root["attributes"]["tests"], "8");
  EXPECT_EQ(root["attributes"]["failures"], "1");
  EXPECT_EQ(root["attributes"]["errors"], "1");
  EXPECT_EQ(root["attributes"]["skipped"], "3");
  const Json failure = test_case(root, "tdisp/lock/in-run");
  EXPECT_EQ(failure["attributes"]["classname"], "tdisp.lock");
  EXPECT_EQ(failure["attributes"]["time"], "0.250000");
  EXPECT_EQ(child(failure, "failure")["attributes"]["type"], "TDISP-LOCK-001");
  EXPECT_EQ(child(failure, "failure")["attributes"]["message"], "LOCK was served in RUN");
  EXPECT_NE(child(failure, "failure")["text"].get<std::string>().find("again     lockstep test"), std::string::npos);
  EXPECT_EQ(child(test_case(root, "a/pass-1"), "failure"), nullptr);
  EXPECT_EQ(child(test_case(root, "b/warn"), "failure"), nullptr);
  EXPECT_NE(child(test_case(root, "b/warn"), "system-out"), nullptr);
  EXPECT_EQ(child(test_case(root, "c/inconclusive"), "error")["attributes"]["message"], "BUSY to the end");
  EXPECT_EQ(child(test_case(root, "d/p2p-1"), "skipped")["attributes"]["message"],
            "not applicable: no P2P requests offered");
}

TEST(JUnit, NamesRequirementsAndClauses) {
  const Json properties =
      child(test_case(parsed(junit_report(runner::example_run())), "tdisp/lock/in-run"), "properties");
  ASSERT_EQ(properties["children"].size(), 4u);
  EXPECT_EQ(properties["children"][0]["attributes"], Json({{"name", "requirement"}, {"value", "TDISP-LOCK-001"}}));
  EXPECT_EQ(properties["children"][1]["attributes"]["name"], "clause");
  EXPECT_EQ(properties["children"][1]["attributes"]["value"], find_requirement("TDISP-LOCK-001")->clause);
}

TEST(JUnit, WaiversAreSkippedAndUnexpectedPassesFail) {
  auto run = runner::example_run();
  run.results[0].verdict = runner::Verdict::expected_fail;
  run.results[0].waiver = runner::Waiver{"old silicon", "FW-1", "2027-03-01", runner::Verdict::fail};
  run.results[1].verdict = runner::Verdict::unexpected_pass;
  run.results[1].waiver = runner::Waiver{"old silicon", "", "", runner::Verdict::fail};
  run.stale = {"tdisp/* (fail)"};
  const Json root = parsed(junit_report(run));
  const std::string message = child(test_case(root, "tdisp/lock/in-run"), "skipped")["attributes"]["message"];
  for (const char* part : {"expected fail", "old silicon", "FW-1", "2027-03-01"})
    EXPECT_NE(message.find(part), std::string::npos) << message;
  EXPECT_NE(child(test_case(root, "a/pass-1"), "failure"), nullptr);
  EXPECT_NE(child(test_case(root, "stale-expectation"), "failure"), nullptr);
  EXPECT_EQ(root["attributes"]["failures"], "2");
}

TEST(JUnit, WarningsFailInAStrictRunAndAnUnfinishedRunIsAnError) {
  auto run = runner::example_run();
  run.strict = true;
  run.complete = false;
  const Json root = parsed(junit_report(run));
  EXPECT_NE(child(test_case(root, "b/warn"), "failure"), nullptr);
  EXPECT_NE(child(test_case(root, "incomplete"), "error"), nullptr);
  EXPECT_NE(test_case(parsed(junit_report({})), "nothing-run"), nullptr);
}

TEST(JUnit, SurvivesEveryByteThatAPeerCanSend) {
  auto run = runner::example_run();
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  run.results[0].reason = all + "<![CDATA[ ]]> &amp; \xED\xA0\x80 \xEF\xBF\xBF \xF4\x90\x80\x80 \xC0\x80 \xE2\x82";
  run.results[0].decisive[0].response = run.results[0].reason;
  run.results[5].reason = "\x1b[31m red, \"quoted\" and <b>";
  const Json root = parsed(junit_report(run));
  ASSERT_TRUE(root.is_object()) << "the parser refuses it";
  const std::string message = child(test_case(root, "tdisp/lock/in-run"), "failure")["attributes"]["message"];
  EXPECT_EQ(message.rfind("\\x00\\x01", 0), 0u);
  EXPECT_NE(message.find("\\x08\t\n\\x0b"), std::string::npos) << "line ends of attributes are kept";
  EXPECT_NE(message.find("<![CDATA[ ]]> &amp; "), std::string::npos);
  EXPECT_EQ(child(test_case(root, "d/p2p-1"), "skipped")["attributes"]["message"],
            "not applicable: \\x1b[31m red, \"quoted\" and <b>");
}

TEST(XmlText, KeepsWhatXmlHas) {
  EXPECT_EQ(xml_text("\u00e9\u20ac\U0001F600"), "\u00e9\u20ac\U0001F600");
  EXPECT_EQ(xml_text("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace lockstep::report
