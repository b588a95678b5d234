// The shim's end of the frames in docs/shim.md: a device in this process, served on two file descriptors.
#pragma once

#include "adapters/claims.hpp"

namespace lockstep::adapters {

/// Says hello, then answers frames until the input ends. The error says which frame is none, or why nothing can be
/// written. What the device can make happen is asked for every stimulus, whatever `claims` lists.
std::optional<std::string> serve_shim(int input, int output, const Claims& claims, const LocalDevice& device);

}  // namespace lockstep::adapters
