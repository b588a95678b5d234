// Names the rule that a judged request is about, where the row of the machine stands for several.
#pragma once

#include "oracle/follower.hpp"

namespace lockstep::oracle {

/// The heaviest finding; null: there is none.
const wire::Finding* worst(const std::vector<wire::Finding>& findings);

/// Puts the narrower rule, and what it weighs, into the judgement of the step.
void cite_narrower(Step& step);

}  // namespace lockstep::oracle
