// The transition table of one IDE stream at one port. It runs beside PCIe Base 6.x 6.33 and 7.9.26.
#include "ide_km/stream.hpp"

#include "ide_km/table.hpp"
#include "machine/rows.hpp"

namespace lockstep::ide_km {
namespace {

using boost::mp11::mp_list;
using boost::msm::front::state;
using machine::none;
using machine::Otherwise;
using machine::Row;

struct INSECURE : state<> {};
struct SECURE : state<> {};
using States = mp_list<INSECURE, SECURE>;

template <Stimulus S>
using On = machine::On<S, Request>;
using QUERY = On<Stimulus::QUERY>;
using KEY_PROG = On<Stimulus::KEY_PROG>;
using K_SET_GO = On<Stimulus::K_SET_GO>;
using K_SET_STOP = On<Stimulus::K_SET_STOP>;
using CONVENTIONAL_RESET = On<Stimulus::CONVENTIONAL_RESET>;
using FUNCTION_LEVEL_RESET = On<Stimulus::FUNCTION_LEVEL_RESET>;
using SESSION_ENDED = On<Stimulus::SESSION_ENDED>;
using CHECK_FAILED = On<Stimulus::CHECK_FAILED>;
using PCRC_FAILED = On<Stimulus::PCRC_FAILED>;
using MISROUTED_TLP = On<Stimulus::MISROUTED_TLP>;
using IV_EXHAUSTED = On<Stimulus::IV_EXHAUSTED>;
using STREAM_ENABLED = On<Stimulus::STREAM_ENABLED>;
using STREAM_DISABLED = On<Stimulus::STREAM_DISABLED>;
using REGISTERS_CHANGED = On<Stimulus::REGISTERS_CHANGED>;
using LINK_DOWN = On<Stimulus::LINK_DOWN>;
using FIRST_TLP_OF_NEW_KEY_SET = On<Stimulus::FIRST_TLP_OF_NEW_KEY_SET>;

// --- guards ----------------------------------------------------------------------------------------------------------

struct Correct {
  bool operator()(const auto& event, const auto&) const { return event.letter.defect == Defect::none; }
};
/// The session that programmed the keys is gone and the device has waited with tearing the stream down.
struct OwnerIsDead {
  bool operator()(const auto& event, const auto& machine) const {
    return Correct{}(event, machine) && machine.stream.owner == DEAD_OWNER;
  }
};
/// With this slot all six of its key set are active, and the stream is enabled.
struct CompletesKeySet {
  bool operator()(const auto& event, const auto& machine) const {
    const std::uint16_t active = machine.stream.active | event.letter.letter.slot.mask();
    const std::uint16_t set = event.letter.letter.slot.k1 ? KEY_SET_K1 : KEY_SET_K0;
    return Correct{}(event, machine) && machine.stream.enabled && (active & set) == set;
  }
};
struct KeySetActive {
  bool operator()(const auto&, const auto& machine) const { return whole_set(machine.stream.active); }
};
struct KeyInUse {
  bool operator()(const auto& event, const auto& machine) const {
    return Correct{}(event, machine) && in_use(machine.stream, event.letter.letter.slot);
  }
};

// --- actions ---------------------------------------------------------------------------------------------------------

struct Erase {
  void operator()(const auto&, auto& machine) const { erase(machine.stream); }
};
/// Registers are as they were at the start, too.
struct StartAnew {
  void operator()(const auto&, auto& machine) const { machine.stream = {}; }
};
/// The slot holds a new key, which is not in use until K_SET_GO.
struct Program {
  void operator()(const auto& event, auto& machine) const {
    const Letter& letter = event.letter.letter;
    machine.stream.programmed |= letter.slot.mask();
    machine.stream.active = without(machine.stream.active, letter.slot);
    machine.stream.owner = letter.session;
  }
};
struct EraseAndProgram {
  void operator()(const auto& event, auto& machine) const {
    erase(machine.stream);
    Program{}(event, machine);
  }
};
/// The key is used from the next TLP on. A transmitter is done with the other key at once, a receiver only when it has
/// seen the new one.
struct Activate {
  void operator()(const auto& event, auto& machine) const {
    const Slot slot = event.letter.letter.slot;
    machine.stream.active |= slot.mask();
    if (slot.tx && has(machine.stream.active, slot.other())) retire(machine.stream, slot.other());
  }
  static void retire(Stream& stream, Slot slot) {
    stream.active = without(stream.active, slot);
    stream.programmed = without(stream.programmed, slot);
  }
};
struct RetireOther {
  void operator()(const auto& event, auto& machine) const {
    const Slot slot = event.letter.letter.slot;
    if (has(machine.stream.active, slot) && has(machine.stream.active, slot.other()))
      Activate::retire(machine.stream, slot.other());
  }
};
struct Retire {
  void operator()(const auto& event, auto& machine) const {
    Activate::retire(machine.stream, event.letter.letter.slot);
    if (machine.stream.programmed == 0) erase(machine.stream);
  }
};
struct Enable {
  void operator()(const auto&, auto& machine) const { machine.stream.enabled = true; }
};
struct Disable {
  void operator()(const auto&, auto& machine) const { machine.stream.enabled = false; }
};
struct EraseAndDisable {
  void operator()(const auto&, auto& machine) const {
    erase(machine.stream);
    machine.stream.enabled = false;
  }
};

template <fixed_string Id>
using R = machine::Cite<Id>;

// clang-format off
struct StreamMachine : machine::MachineDefinition<StreamMachine> {
  using initial_state = INSECURE;
  Stream stream;

  using transition_table = mp_list<
  //   rule                 from      event                     to        do               if
  Row<R<"IDE-STREAM-013">,  INSECURE, QUERY,                    none,     Erase,           OwnerIsDead>,
  Row<R<"IDE-STREAM-013">,  SECURE,   QUERY,                    INSECURE, Erase,           OwnerIsDead>,
  Row<R<"IDE-STREAM-013">,  INSECURE, KEY_PROG,                 none,     EraseAndProgram, OwnerIsDead>,
  Row<R<"IDE-STREAM-013">,  SECURE,   KEY_PROG,                 INSECURE, EraseAndProgram, OwnerIsDead>,

  Row<R<"IDE-STREAM-002">,  INSECURE, K_SET_GO,                 SECURE,   Activate,        CompletesKeySet>,
  Row<R<"IDE-STREAM-004">,  SECURE,   K_SET_GO,                 none,     Activate,        Correct>,
  Row<R<"IDE-STREAM-007">,  SECURE,   FIRST_TLP_OF_NEW_KEY_SET, none,     RetireOther>,

  Row<R<"IDE-STREAM-009">,  INSECURE, K_SET_STOP,               none,     Retire,          KeyInUse>,
  Row<R<"IDE-STREAM-009">,  SECURE,   K_SET_STOP,               INSECURE, Erase,           KeyInUse>,

  Row<R<"IDE-STREAM-002">,  INSECURE, STREAM_ENABLED,           SECURE,   Enable,          KeySetActive>,
  Row<R<"IDE-STREAM-022">,  SECURE,   STREAM_DISABLED,          INSECURE, EraseAndDisable>,

  Row<R<"IDE-STREAM-017">,  SECURE,   CONVENTIONAL_RESET,       INSECURE, StartAnew>,
  Row<R<"IDE-STREAM-023">,  SECURE,   FUNCTION_LEVEL_RESET,     INSECURE, StartAnew>,
  Row<R<"IDE-STREAM-013">,  SECURE,   SESSION_ENDED,            INSECURE, Erase>,
  Row<R<"IDE-STREAM-018">,  SECURE,   CHECK_FAILED,             INSECURE, Erase>,
  Row<R<"IDE-STREAM-021">,  SECURE,   IV_EXHAUSTED,             INSECURE, Erase>,
  Row<R<"TDISP-OOB-035">,   SECURE,   REGISTERS_CHANGED,        INSECURE, Erase>,
  Row<R<"IDE-STREAM-024">,  SECURE,   LINK_DOWN,                INSECURE, Erase>>;

  // In every state that has no row of its own above.
  using internal_transition_table = mp_list<
  //         rule                event                     do         if
  Otherwise<R<"IDE-MSG-014">,    QUERY,                    none,      Correct>,
  Otherwise<R<"IDE-MSG-017">,    KEY_PROG,                 Program,   Correct>,
  Otherwise<R<"IDE-MSG-030">,    K_SET_GO,                 Activate,  Correct>,
  Otherwise<R<"IDE-STREAM-010">, K_SET_STOP,               none,      Correct>,
  Otherwise<R<"IDE-STREAM-006">, FIRST_TLP_OF_NEW_KEY_SET>,
  Otherwise<R<"IDE-STREAM-001">, STREAM_ENABLED,           Enable>,
  Otherwise<R<"IDE-STREAM-022">, STREAM_DISABLED,          Disable>,
  Otherwise<R<"IDE-STREAM-017">, CONVENTIONAL_RESET,       StartAnew>,
  Otherwise<R<"IDE-STREAM-023">, FUNCTION_LEVEL_RESET,     StartAnew>,
  Otherwise<R<"IDE-STREAM-013">, SESSION_ENDED,            Erase>,
  Otherwise<R<"IDE-STREAM-018">, CHECK_FAILED>,
  Otherwise<R<"IDE-STREAM-019">, PCRC_FAILED>,
  Otherwise<R<"IDE-STREAM-020">, MISROUTED_TLP>,
  Otherwise<R<"IDE-STREAM-021">, IV_EXHAUSTED>,
  Otherwise<R<"TDISP-OOB-035">,  REGISTERS_CHANGED>,
  Otherwise<R<"IDE-STREAM-024">, LINK_DOWN>>;
};
// clang-format on

using Engine = machine::Engine<StreamMachine, Stimulus, STIMULI, States>;

constexpr std::size_t position(StreamState state) { return state == StreamState::SECURE ? 1 : 0; }

}  // namespace

std::optional<Taken> take(const Stream& stream, const Request& request) {
  Taken taken;
  std::size_t at = position(stream.state);
  const bool handled = Engine::run(
      at, request.letter.stimulus, request, [&](StreamMachine& context) { context.stream = stream; },
      [&](const StreamMachine& context) {
        taken = {context.stream, context.rule};
      });
  if (!handled) return std::nullopt;
  taken.after.state = at == 1 ? StreamState::SECURE : StreamState::INSECURE;
  return taken;
}

Answering answering(const Stream& stream, const Letter& letter) {
  const Request request{letter, defect_in(stream, letter)};
  StreamMachine context;
  context.stream = stream;
  return {Engine::count(position(stream.state), letter.stimulus, request, context), refusal_of(request) != nullptr};
}

std::span<const machine::RowText> rows() {
  static const auto all = Engine::texts();
  return all;
}

}  // namespace lockstep::ide_km
