// Every row of the discussions is run, and is kept.
#include "host/acceptance.hpp"

#include "settings.hpp"

namespace lockstep::host {
namespace {

class EveryRow : public testing::TestWithParam<Acceptance> {};

TEST_P(EveryRow, is_kept_or_says_why_it_cannot_be_run) {
  if (GetParam().claims.empty()) {
    EXPECT_FALSE(GetParam().why_not.empty());
    return;
  }
  static Checker checker;
  for (const Claim& claim : GetParam().claims) {
    const Outcome outcome = claim(checker);
    EXPECT_TRUE(outcome.kept) << GetParam().id << ": " << outcome.text;
  }
}

INSTANTIATE_TEST_SUITE_P(Host, EveryRow, testing::ValuesIn(acceptances().begin(), acceptances().end()),
                         [](const auto& tested) {
                           std::string id(tested.param.id);
                           for (char& c : id)
                             if (c == '.' || c == '-') c = '_';
                           return id;
                         });

TEST(Acceptance, every_row_of_the_four_discussions_is_there) {
  constexpr int ROWS[] = {14, 20, 6, 11, 10};
  for (int discussion = 0; discussion < 5; ++discussion)
    for (int row = 1; row <= ROWS[discussion]; ++row) {
      const std::string id = "S" + std::to_string(discussion) + "." + std::to_string(row);
      const auto rows = acceptances();
      EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [&](const Acceptance& each) { return each.id == id; })) << id;
    }
}

}  // namespace
}  // namespace lockstep::host
