// The device target with a device that has a fault: it must be found. A test fails when this target does not.
#include "fuzz/program.hpp"

namespace lockstep::fuzz {

void run(View input) {
  if (const auto illegal = judge_device(input, "tdisp-lock-in-run"))
    fail("the answers of the reference device are legal", *illegal);
}

}  // namespace lockstep::fuzz
