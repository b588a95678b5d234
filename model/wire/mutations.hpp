// Every way in which one field of a message can be wrong, derived from the layout.
#pragma once

#include <string>

#include "wire/layout.hpp"

namespace lockstep::wire {

struct Mutation {
  std::string name;   ///< stable: "lock-interface-request/flags/bit-15", "stop-interface-request/short-by-one"
  std::string field;  ///< as unique_names() has it, a part behind a dot; empty: the message as a whole
  Bytes bytes;        ///< the mutated message
};

/// For each field of the message that is present: zero, max, each reserved bit, undefined values next to the named
/// ones, counts and lengths off by one, bytes all zero and all ones; of a list its first element. Then the message
/// short by one byte and long by one. What leaves the bytes as they are, or repeats an earlier mutation, is left out.
std::vector<Mutation> mutations(const AnyMessage& message, const Context& context);

}  // namespace lockstep::wire
