// Dictionaries for libFuzzer and AFL++, derived from the layouts.
#pragma once

#include <string>

#include "wire/registry.hpp"

namespace lockstep::wire {

/// One entry per line, NAME="\x81\x10": of every message its beginning in the form a correct sender uses (at most 64
/// bytes), of every integer field of two bytes or more its named values and its single bits. Each byte string occurs
/// once.
std::string dictionary(Layouts layouts, const Context& context);

}  // namespace lockstep::wire
