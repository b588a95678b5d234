#include "verify/outcome.hpp"

#include "machine/names.hpp"

namespace lockstep::verify {

std::string_view name(Verdict verdict) { return machine::enumerator_name<3>(verdict); }

std::string_view text_of(End end) {
  switch (end) {
    case End::none:
      return "the run has not ended";
    case End::complete:
      return "every state was visited";
    case End::memory:
      return "the memory limit was reached";
    case End::states:
      return "the limit of states was reached";
    case End::depth:
      return "the limit of depth was reached";
    case End::interrupted:
      return "the run was interrupted";
    case End::decided:
      return "the run ended when its result was known";
  }
  return {};
}

}  // namespace lockstep::verify
