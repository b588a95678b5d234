// The matrix names what is asked and what is not.
#include "report/matrix.hpp"

#include <gtest/gtest.h>

#include "report/coverage.hpp"

namespace lockstep::report {
namespace {

const std::vector<cases::Case> two = {
    {.id = "tdisp/a", .about = "a | b", .asks = {"TDISP-LOCK-001"}, .needs = {}, .steps = {}},
    {.id = "tdisp/b", .about = "B", .asks = {"TDISP-LOCK-001", "TDISP-HDR-001"}, .needs = {}, .steps = {}}};

const std::vector<Evidence> evidence = {
    {.rule = "TDISP-LOCK-001", .fault = "a-fault", .case_id = "tdisp/a", .device = "bare", .also = {"TDISP-HDR-002"}},
    {.rule = "TDISP-HDR-001", .why_not = "a reason"}};

TEST(Matrix, GoesBothWays) {
  const std::string text = requirement_matrix(two, evidence);
  const Requirement& lock = *find_requirement("TDISP-LOCK-001");
  EXPECT_NE(text.find("| TDISP-LOCK-001 | SHALL | " + std::string(lock.clause)), std::string::npos);
  EXPECT_NE(text.find("| `tdisp/a` `tdisp/b` |"), std::string::npos);
  EXPECT_NE(text.find("| `tdisp/a` | a \\| b | TDISP-LOCK-001 |"), std::string::npos);
  EXPECT_NE(text.find("| `tdisp/b` | B | TDISP-LOCK-001, TDISP-HDR-001 |"), std::string::npos);
}

TEST(Matrix, CountsAsShownWhatAFaultShows) {
  const std::string text = requirement_matrix(two, evidence);
  EXPECT_NE(text.find("| `a-fault` in `tdisp/a` (bare), with TDISP-HDR-002 |"), std::string::npos);
  EXPECT_NE(text.find("| `tdisp/b` | a reason |"), std::string::npos);
  const std::string_view summary = std::string_view(text).substr(text.find("| TDISP |"));
  EXPECT_EQ(summary.substr(0, summary.find('\n')).substr(summary.find(" | 2 |")), " | 2 | 1 | 0 |");
}

TEST(Matrix, ListsDeviceRulesWithoutCase) {
  const std::string text = requirement_matrix(two, evidence);
  const std::size_t uncovered = text.find("## Rules for devices that no case asks about");
  ASSERT_NE(uncovered, std::string::npos);
  EXPECT_NE(text.find("TDISP-HDR-002", uncovered), std::string::npos);
  EXPECT_EQ(text.substr(0, text.find("## From cases")).find("TDISP-LOCK-001", uncovered), std::string::npos);
  for (const Requirement& requirement : catalogue()) {
    const bool listed = text.find(std::string(requirement.id) + ",") != std::string::npos;
    EXPECT_TRUE(binds_device(requirement) || !listed) << requirement.id;
  }
}

TEST(Evidence, IsReadAsItIsWritten) {
  std::string lines = "# a comment\n\n";
  for (const Evidence& each : evidence) lines += report::text(each) + "\n";
  const auto read = parse_evidence(lines);
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(report::text(read->front()), "TDISP-LOCK-001\ta-fault\ttdisp/a\tbare\tfail\tTDISP-HDR-002");
  EXPECT_EQ(read->back().why_not, "a reason");
}

TEST(Evidence, ThatIsNoneIsAnErrorWithItsLine) {
  for (const char* bad : {"TDISP-NONE-001\tx", "TDISP-HDR-001", "TDISP-HDR-001\ta\tb", "TDISP-HDR-001\ta\tb\tc\tpass",
                          "TDISP-HDR-001\ta\tb\tc\twarn\tX-1"}) {
    const auto read = parse_evidence("# one\n" + std::string(bad));
    ASSERT_FALSE(read.has_value()) << bad;
    EXPECT_EQ(read.error().substr(0, 7), "line 2 ") << bad;
  }
}

}  // namespace
}  // namespace lockstep::report
