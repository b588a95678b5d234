#include "host/verb.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>

#include "machine/names.hpp"

namespace lockstep::host {

std::string_view name(Actor actor) { return boost::describe::enum_to_string(actor, ""); }
std::string_view name(Flaw flaw) { return machine::enumerator_name<FLAWS>(flaw); }
std::string_view name(Scope scope) {
  static constexpr std::array<std::string_view, SCOPES> names{"access", "evidence",    "teardown", "link",    "order",
                                                              "ranges", "translation", "agents",   "connect", "queue"};
  return names[static_cast<std::size_t>(scope)];
}

std::vector<const Verb*> all_verbs() {
  std::vector<const Verb*> all;
  for (const auto& table : {vmm_verbs(), tsm_verbs(), device_verbs(), tvm_verbs(), agent_verbs(), lowvisor_verbs()})
    for (const Verb& verb : table) all.push_back(&verb);
  return all;
}

std::vector<const Verb*> verbs(const Setting& setting) {
  std::vector<const Verb*> part;
  for (const Verb* verb : all_verbs()) {
    if (!verb->scopes.contains(setting.scope) || verb->mood > setting.moods) continue;
    if (verb->mood == Mood::HOSTILE && verb->actor == Actor::VMM && setting.host_is_trusted()) continue;
    part.push_back(verb);
  }
  return part;
}

}  // namespace lockstep::host
