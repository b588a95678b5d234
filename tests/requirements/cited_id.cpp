// Compiled by two tests with CITED_ID defined: an id of the catalogue must build, any other must not.
#include "requirements/rule.hpp"

constexpr lockstep::Rule as_value = CITED_ID;
constexpr lockstep::Rule as_type = lockstep::Req<CITED_ID>::rule;
static_assert(as_value == as_type);
