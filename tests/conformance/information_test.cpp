// A correct device with what not every device has passes the cases about it, in every version that has it.
#include <gtest/gtest.h>

#include "reference_device.hpp"

namespace lockstep {
namespace {

class Information : public testing::TestWithParam<Byte> {};

TEST_P(Information, IsJudgedAndLegal) {
  device::ResponderOptions options = device_options();
  options.information = true;
  auto mine = profile();
  mine.requester.highest_version = GetParam();
  const runner::Run all = run(options, every_case(), mine);
  std::size_t about = 0;
  for (const runner::CaseResult& result : all.results) {
    const bool passed = result.verdict == runner::Verdict::pass;
    EXPECT_TRUE(passed || result.verdict == runner::Verdict::not_applicable)
        << result.case_id << ": " << runner::name(result.verdict) << " " << result.rule.id() << " " << result.reason;
    about += passed && (result.case_id.starts_with("spdm/log/") || result.case_id.starts_with("spdm/endpoint-info/"));
  }
  EXPECT_EQ(about, 6U) << "the cases about the log and ENDPOINT_INFO";
}
INSTANTIATE_TEST_SUITE_P(Spdm, Information, testing::Values(Byte{0x13}, Byte{0x14}));

}  // namespace
}  // namespace lockstep
