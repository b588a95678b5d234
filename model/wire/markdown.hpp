// Layouts as Markdown, for the generated documents.
#pragma once

#include <string>

#include "wire/registry.hpp"

namespace lockstep::wire {

/// A section of a document: heading, direction, code and source; a table of offset, size, field and meaning with bits
/// and values; the rules that the message obeys.
std::string markdown(const Layout& layout);

}  // namespace lockstep::wire
