// A step as reports and traces show it.
#pragma once

#include "oracle/follower.hpp"
#include "runner/result.hpp"

namespace lockstep::runner {

Exchange exchange_of(const oracle::Step&, const device::Shape&, const wire::Context&);
/// Everything that one step breaks or strains.
std::vector<Breach> breaches_of(const oracle::Step&);

}  // namespace lockstep::runner
