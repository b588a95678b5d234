// How the files of machine-made mutants put them into one list.
#pragma once

#include "device/mutants.hpp"

namespace lockstep::device {

/// Adds a device that decides otherwise than the machines.
void add_mutant(Mutants&, std::string name, decltype(Behaviour::decide));

void add_machine_mutants(Mutants&);
void add_coupling_mutants(Mutants&);
void add_store_mutants(Mutants&);

}  // namespace lockstep::device
