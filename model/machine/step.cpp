#include "machine/step.hpp"

#include "machine/names.hpp"

namespace lockstep {

std::string_view name(Choice choice) { return machine::enumerator_name<CHOICES>(choice); }

std::string_view name(Tag tag) { return machine::enumerator_name<static_cast<std::size_t>(Tag::unclear) + 1>(tag); }

}  // namespace lockstep
