// Every property has teeth: it holds where it should, its premise is reached there, and it fails when the actors are
// broken that it is about.
#include "settings.hpp"

namespace lockstep::host {
namespace {

/// The profile with every remedy that the discussions know: each property is expected to hold here. The emulated device
/// has one design at a time.
Setting remedied(const Property& p) {
  const std::string_view design = p.id == "V4"   ? "VIRTIO=ON_DEVICE_BUFFER"
                                  : p.id == "V5" ? "VIRTIO=ENCRYPTED_QUEUE_PASSTHROUGH"
                                                 : "VIRTIO=SNOOP";
  return setting(Profile::tdx, {"CONSENT_BINDING=EPOCH", "APPRAISED_BY=REMOTE", "NO_FW_UPDATE=NO", "BIND_ON=VFIO",
                                "AGENT=FIRMWARE", design});
}

class EveryProperty : public testing::TestWithParam<const Property*> {};

TEST_P(EveryProperty, holds_where_it_should_and_says_something_there) {
  Checker checker;
  const Cell& cell = checker.check(remedied(*GetParam()), *GetParam());
  EXPECT_EQ(verdict_word(cell), "holds") << (cell.counterexample ? as_text(*cell.counterexample, Profile::tdx)
                                                                 : cell.why);
  EXPECT_TRUE(cell.premise_reached);
}

TEST_P(EveryProperty, finds_its_mutant) {
  ASSERT_FALSE(GetParam()->mutant.empty());
  Setting broken = remedied(*GetParam());
  for (const Flaw flaw : GetParam()->mutant) broken.break_(flaw);
  Checker checker;
  const Cell& cell = checker.check(broken, *GetParam());
  EXPECT_EQ(verdict_word(cell), "fails") << cell.why;
  EXPECT_TRUE(cell.counterexample);
}

TEST_P(EveryProperty, says_what_it_is) {
  EXPECT_FALSE(GetParam()->name.empty());
  EXPECT_FALSE(GetParam()->text.empty());
  EXPECT_TRUE(GetParam()->premise != nullptr || GetParam()->step_premise != nullptr);
}

INSTANTIATE_TEST_SUITE_P(Host, EveryProperty, testing::ValuesIn(properties().begin(), properties().end()),
                         [](const auto& tested) {
                           std::string id(tested.param->id);
                           for (char& c : id)
                             if (c == '/' || c == '-') c = '_';
                           return id;
                         });

}  // namespace
}  // namespace lockstep::host
