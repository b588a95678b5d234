// The reference device, with the model as the oracle: no answer of a correct device breaks a rule, whatever it meets.
// Input: a program (fuzz/program.hpp).
#include "fuzz/program.hpp"

namespace lockstep::fuzz {

void run(View input) {
  if (const auto illegal = judge_device(input)) fail("the answers of the reference device are legal", *illegal);
}

}  // namespace lockstep::fuzz
