#include "fuzz/target.hpp"

#include <cstdio>
#include <cstdlib>

namespace lockstep::fuzz {

void fail(std::string_view property, const std::string& detail) {
  std::fprintf(stderr, "fuzz: does not hold: %.*s\n%s\n", static_cast<int>(property.size()), property.data(),
               detail.c_str());
  std::fflush(nullptr);
  std::abort();
}

}  // namespace lockstep::fuzz
