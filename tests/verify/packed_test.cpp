// Fields of a packed state: each keeps its value whatever is written around it, across the border of two words as well.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "verify/model.hpp"

namespace lockstep::verify {
namespace {

TEST(Packed, AFieldKeepsItsValueAndItsNeighboursTheirs) {
  EXPECT_TRUE(rc::check([](std::uint64_t noise, std::uint64_t value) {
    const auto width = *rc::gen::inRange<std::size_t>(1, 65);
    const auto at = *rc::gen::inRange<std::size_t>(0, 193 - width);
    Packed<3> state{{noise, ~noise, noise}};
    const Packed<3> before = state;
    state.set(at, width, value);
    const std::uint64_t mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
    RC_ASSERT(state.get(at, width) == (value & mask));
    for (std::size_t bit = 0; bit < 192; ++bit) {
      if (bit < at || bit >= at + width) RC_ASSERT(state.get(bit, 1) == before.get(bit, 1));
    }
  }));
}

TEST(Packed, FlippingWhatDiffersSetsAField) {
  EXPECT_TRUE(rc::check([](std::uint64_t noise, std::uint32_t value) {
    const auto width = *rc::gen::inRange<std::size_t>(1, 33);
    const auto at = *rc::gen::inRange<std::size_t>(0, 193 - width);
    Packed<3> flipped{{noise, ~noise, noise}}, set = flipped;
    set.set(at, width, value);
    flipped.flip(at, static_cast<std::uint32_t>(flipped.get(at, width) ^ set.get(at, width)));
    RC_ASSERT(flipped == set);
  }));
}

}  // namespace
}  // namespace lockstep::verify
