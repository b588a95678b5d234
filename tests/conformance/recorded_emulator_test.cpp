// Runs of `lockstep test` against DMTF's spdm_responder_emu, recorded with their secrets and judged once more from the
// records alone. What a case found then must be found again, and nothing else: so CI keeps the tie to a real stack
// without the stack. docs/adjudications.md says who is right about each finding.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "recordings.hpp"

namespace lockstep::runner {
namespace {

using Kind = RecordVerdict::Kind;

std::string unzipped(const std::filesystem::path& path) {
  std::string text;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return text;
  char chunk[1 << 16];
  for (int got = 0; (got = gzread(file, chunk, sizeof chunk)) > 0;) text.append(chunk, static_cast<std::size_t>(got));
  gzclose(file);
  return text;
}

/// What a case found when it was recorded, and where it ends.
struct RecordedCase {
  std::string id, verdict, rule;
  std::size_t last = 0;  ///< line of its result
};

/// A result ends the lines of its case.
std::vector<RecordedCase> cases_in(const std::string& text) {
  std::vector<RecordedCase> cases;
  std::istringstream in(text);
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const auto json = nlohmann::json::parse(line);
    if (!json.contains("result")) continue;
    const auto& result = json["result"];
    cases.push_back({result["case"], result["verdict"], result["rule"].is_string() ? result["rule"] : "", number});
  }
  return cases;
}

/// What the records show beside what the case was about (docs/adjudications.md): the TDI stays locked when its session
/// ends, so no case that begins in ERROR gets there; and GET_TDISP_VERSION unlocks the TDI, which is why its nonce is
/// gone.
bool follows_from_another_finding(const RecordedCase& test, const RecordVerdict& found) {
  if (found.rule.id() == "TDISP-OOB-009") return test.verdict == "inconclusive";
  return found.rule.id() == "TDISP-VER-004" && test.rule == "TDISP-VER-005";
}

struct RecordedRun {
  const char* file;
  std::size_t fails;   ///< cases that failed
  std::size_t judged;  ///< at least so many messages are judged again
};

class Emulator : public testing::TestWithParam<RecordedRun> {};

TEST_P(Emulator, IsJudgedFromItsRecordsAsItWasThen) {
  const std::string file = GetParam().file;
  const std::string text = unzipped(recording_path(file + ".jsonl.gz"));
  auto keylog = LoggedSecrets::parse(unzipped(recording_path(file + ".keys.gz")), file);
  ASSERT_TRUE(keylog.has_value());
  CheckOptions options;
  options.keylog = std::move(*keylog);
  const auto report = check_trace(text, file, options);
  ASSERT_TRUE(report.has_value()) << report.error();
  const auto [legal, warned, failed, not_judged, missing] = report->counts();
  EXPECT_GT(legal + warned + failed, GetParam().judged);
  EXPECT_EQ(missing, 0U);

  std::size_t found_again = 0;
  auto verdict = report->records.begin();
  for (const RecordedCase& test : cases_in(text)) {
    bool found = false;
    for (; verdict != report->records.end() && verdict->number <= test.last; ++verdict) {
      if (verdict->kind != Kind::fail || verdict->sender != "responder") continue;
      found = found || verdict->rule.id() == test.rule;
      if (test.verdict == "fail" ? verdict->rule.id() == test.rule : follows_from_another_finding(test, *verdict))
        continue;
      ADD_FAILURE() << test.id << " was " << test.verdict << " " << test.rule << "; line " << verdict->number << ": "
                    << verdict->rule.id() << " " << verdict->reason;
    }
    if (test.verdict != "fail") continue;
    EXPECT_TRUE(found) << test.id << " failed by " << test.rule;
    found_again += found;
  }
  EXPECT_EQ(found_again, GetParam().fails);
}

INSTANTIATE_TEST_SUITE_P(Recorded, Emulator,
                         testing::Values(RecordedRun{"emu_doe14", 13, 5500}, RecordedRun{"emu_doe12", 13, 5500},
                                         RecordedRun{"emu_mctp13", 0, 1000}, RecordedRun{"emu_kex14", 3, 3000}),
                         [](const auto& instance) { return std::string(instance.param.file); });

}  // namespace
}  // namespace lockstep::runner
