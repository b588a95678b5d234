// The matrix names what is asked and what is not.
#include "report/matrix.hpp"

#include <gtest/gtest.h>

#include "report/coverage.hpp"

namespace lockstep::report {
namespace {

const std::vector<cases::Case> two = {
    {.id = "tdisp/a", .about = "a | b", .asks = {"TDISP-LOCK-001"}, .needs = {}, .steps = {}},
    {.id = "tdisp/b", .about = "B", .asks = {"TDISP-LOCK-001", "TDISP-HDR-001"}, .needs = {}, .steps = {}}};

TEST(Matrix, GoesBothWays) {
  const std::string text = requirement_matrix(two);
  const Requirement& lock = *find_requirement("TDISP-LOCK-001");
  EXPECT_NE(text.find("| TDISP-LOCK-001 | SHALL | " + std::string(lock.clause)), std::string::npos);
  EXPECT_NE(text.find("| `tdisp/a` `tdisp/b` |"), std::string::npos);
  EXPECT_NE(text.find("| `tdisp/a` | a \\| b | TDISP-LOCK-001 |"), std::string::npos);
  EXPECT_NE(text.find("| `tdisp/b` | B | TDISP-LOCK-001, TDISP-HDR-001 |"), std::string::npos);
}

TEST(Matrix, ListsDeviceRulesWithoutCase) {
  const std::string text = requirement_matrix(two);
  const std::size_t uncovered = text.find("## Rules for devices that no case asks about");
  ASSERT_NE(uncovered, std::string::npos);
  EXPECT_NE(text.find("TDISP-HDR-002", uncovered), std::string::npos);
  EXPECT_EQ(text.substr(0, text.find("## From cases")).find("TDISP-LOCK-001", uncovered), std::string::npos);
  for (const Requirement& requirement : catalogue()) {
    const bool listed = text.find(std::string(requirement.id) + ",") != std::string::npos;
    EXPECT_TRUE(binds_device(requirement) || !listed) << requirement.id;
  }
}

}  // namespace
}  // namespace lockstep::report
