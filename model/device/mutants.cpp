#include "device/mutants_list.hpp"

namespace lockstep::device {

void add_mutant(Mutants& list, std::string name, decltype(Behaviour::decide) decide) {
  auto mutant = std::make_unique<Behaviour>();
  mutant->fault = {std::move(name), "machine-made", {}};
  mutant->decide = std::move(decide);
  mutant->writes_zeros = true;
  list.push_back(std::move(mutant));
}

const Mutants& mutants() {
  static const Mutants all = [] {
    Mutants list;
    add_machine_mutants(list);
    add_coupling_mutants(list);
    add_store_mutants(list);
    return list;
  }();
  return all;
}

const Behaviour* find_mutant(std::string_view name) {
  for (const Mutants* list : {&mutants(), &answer_mutants()})
    for (const auto& mutant : *list)
      if (mutant->fault.name == name) return mutant.get();
  return nullptr;
}

}  // namespace lockstep::device
