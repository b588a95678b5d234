// What each file of this folder adds to the program.
#pragma once

namespace lockstep::bench {

void register_wire();
void register_step();
void register_session();
void register_emu();
void register_host();

}  // namespace lockstep::bench
