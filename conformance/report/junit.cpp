#include "report/junit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/bytes.hpp"
#include "report/text.hpp"

namespace lockstep::report {
namespace {

using runner::CaseResult;
using runner::Run;
using runner::Verdict;

/// Length of the UTF-8 sequence that `text` begins with; 0: it is none that encodes a character of XML beyond ASCII.
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<Byte>(text[i]) : Byte{0}; };
  const std::size_t length = at(0) >= 0xF0 ? 4 : at(0) >= 0xE0 ? 3 : 2;
  if (at(0) < 0xC2 || at(0) > 0xF4) return 0;
  std::uint32_t code = at(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (at(i) & 0x3F);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  const bool no_character = code == 0xFFFE || code == 0xFFFF || code > 0x10FFFF;
  return code < least[length] || surrogate || no_character ? 0 : length;
}

std::string ascii(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    case '\n':
      return "&#10;";
    case '\t':
      return "&#9;";
    case '\r':
      return "&#13;";
    default:
      return static_cast<Byte>(c) < 0x20 || c == 0x7F ? fmt::format("\\x{:02x}", static_cast<Byte>(c))
                                                      : std::string(1, c);
  }
}

bool is_failure(const Run& run, const CaseResult& result) {
  return result.verdict == Verdict::fail || result.verdict == Verdict::unexpected_pass ||
         (run.strict && result.verdict == Verdict::warn);
}
bool is_skipped(const CaseResult& result) {
  return result.verdict == Verdict::expected_fail || result.verdict == Verdict::not_applicable ||
         result.verdict == Verdict::unsupported;
}

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", xml_text(name), xml_text(value));
}

std::string properties(const CaseResult& result) {
  std::string out;
  for (const Rule rule : result.requirements) {
    out += property("requirement", rule.id());
    out += property("clause", rule.requirement().clause);
  }
  if (result.waiver) out += property("waiver", result.waiver->reason);
  return out.empty() ? out : "    <properties>\n" + out + "    </properties>\n";
}

std::string with_body(std::string_view element, std::string_view type, std::string_view message,
                      std::string_view body) {
  return fmt::format("    <{} type=\"{}\" message=\"{}\">{}</{}>\n", element, xml_text(type), xml_text(message),
                     xml_text(body), element);
}

std::string outcome(const Run& run, const CaseResult& result) {
  if (is_failure(run, result)) {
    const std::string_view type = result.rule ? result.rule.id() : runner::name(result.verdict);
    return with_body("failure", type, result.reason, details(result));
  }
  if (result.verdict == Verdict::inconclusive)
    return with_body("error", "inconclusive", result.reason, details(result));
  if (is_skipped(result)) {
    std::string words(runner::name(result.verdict));
    std::replace(words.begin(), words.end(), '_', ' ');
    const std::string why = result.verdict == Verdict::expected_fail ? waived(result) : result.reason;
    return fmt::format("    <skipped message=\"{}\"/>\n", xml_text(words + ": " + why));
  }
  if (result.verdict == Verdict::warn) return "    <system-out>" + xml_text(details(result)) + "</system-out>\n";
  return {};
}

std::string topic(const CaseResult& result) { return result.case_id.substr(0, result.case_id.rfind('/')); }

std::string testcase(const Run& run, const CaseResult& result) {
  std::string classname = topic(result);
  std::replace(classname.begin(), classname.end(), '/', '.');
  return fmt::format("   <testcase classname=\"{}\" name=\"{}\" time=\"{:.6f}\">\n", xml_text(classname),
                     xml_text(result.case_id), result.seconds) +
         properties(result) + outcome(run, result) + "   </testcase>\n";
}

struct Suite {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  double seconds = 0;
  std::string cases;
};

std::string attributes(const Suite& suite) {
  return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.6f}\"", suite.tests,
                     suite.failures, suite.errors, suite.skipped, suite.seconds);
}

/// What the run as a whole has to say that is about no case.
Suite whole_run(const Run& run) {
  Suite suite;
  const auto add = [&](std::string_view name, std::string_view element, const std::string& message) {
    ++suite.tests;
    ++(element == "failure" ? suite.failures : suite.errors);
    suite.cases += fmt::format("   <testcase classname=\"lockstep\" name=\"{}\" time=\"0\">\n", name) +
                   with_body(element, name, message, verdict_sentence(run)) + "   </testcase>\n";
  };
  if (!run.complete) add("incomplete", "error", "the run was stopped, or the target was lost for good");
  if (run.results.empty()) add("nothing-run", "error", "no case was run");
  for (const std::string& stale : run.stale)
    add("stale-expectation", "failure", stale + " is shown by no case any more");
  return suite;
}

std::string suite_text(std::string_view name, const Suite& suite, const std::string& about) {
  return fmt::format("  <testsuite name=\"{}\" {}>\n", xml_text(name), attributes(suite)) + about + suite.cases +
         "  </testsuite>\n";
}

std::string about(const Run& run) {
  return "    <properties>\n" + property("target", run.target) + property("transport", run.transport) +
         property("spdm_version", run.spdm_version) + property("seed", std::to_string(run.seed)) +
         property("tool_version", run.tool_version) + property("catalogue_version", catalogue_version()) +
         property("expectations", run.expectations) + property("verdict", verdict_sentence(run)) +
         "    </properties>\n";
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = 1;
    if (static_cast<Byte>(text[0]) < 0x80) {
      out += ascii(text[0]);
    } else if (length = utf8_length(text); length != 0) {
      out += text.substr(0, length);
    } else {
      out += "\xEF\xBF\xBD";
      length = 1;
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string junit_report(const Run& run) {
  std::map<std::string, Suite> suites;
  for (const CaseResult& result : run.results) {
    Suite& suite = suites[topic(result)];
    ++suite.tests;
    suite.failures += is_failure(run, result) ? 1 : 0;
    suite.errors += result.verdict == Verdict::inconclusive ? 1 : 0;
    suite.skipped += is_skipped(result) ? 1 : 0;
    suite.seconds += result.seconds;
    suite.cases += testcase(run, result);
  }
  const Suite own = whole_run(run);
  Suite sum = own;
  std::string out = suite_text("lockstep", own, about(run));
  for (const auto& [name, suite] : suites) {
    out += suite_text(name, suite, {});
    sum.tests += suite.tests;
    sum.failures += suite.failures;
    sum.errors += suite.errors;
    sum.skipped += suite.skipped;
    sum.seconds += suite.seconds;
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"lockstep\" " + attributes(sum) + ">\n" + out +
         "</testsuites>\n";
}

}  // namespace lockstep::report
