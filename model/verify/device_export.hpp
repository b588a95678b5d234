// The device in the languages of other tools, made from the dense tables. Symmetry among TDIs, streams and sessions is
// left to the tools: the states are those of a model without renamings.
#pragma once

#include "verify/device_properties.hpp"

namespace lockstep::verify {

/// Promela for SPIN: one process, one option for each move, the couplings as inline definitions. `property`: one of
/// Shape::always or never, which becomes an assertion; null: none.
std::string as_promela(const DeviceTables&, const DeviceProperty* property = nullptr);

/// A TLA+ module with the moves as sets of tuples.
std::string as_tla(const DeviceTables&);

/// C for LTSmin: a plug-in of the PINS interface, to be compiled into a shared object with LTSmin's headers.
std::string as_pins(const DeviceTables&);

/// Graphviz source of every state that can be reached; the error says that there are more than `limit`.
Result<std::string, std::string> as_dot(const DeviceTables&, std::uint64_t limit = 2000);

// --- shared by the exports -------------------------------------------------------------------------------------------

/// What a local state is, in a word or two.
std::string text_of(const spdm::Connection&);
std::string text_of(const spdm::Session&);
std::string text_of(const ide_km::Stream&);
std::string text_of(const BoundTdi&);

/// The moves of one machine that change something, gathered by source and target.
struct GatheredMove {
  Local from, to;
  std::uint32_t effect;
  std::vector<unsigned> contexts;  ///< in which it is possible; what they are depends on the machine
};
std::vector<GatheredMove> gathered(const MoveLists&, std::size_t contexts);

/// Local states that break a property, with what else of the device matters.
struct BadTdi {
  Local tdi;
  bool session_alive;     ///< whether the session of its binding is established
  unsigned stream_class;  ///< of the stream of its binding
};
struct BadStream {
  Local stream;
  bool owner_alive;
};
struct BadLocals {
  std::vector<BadTdi> tdis;
  std::vector<BadStream> streams;
  std::vector<Local> sessions;
};
BadLocals bad_locals(const DeviceTables&, const DeviceProperty&);

}  // namespace lockstep::verify
