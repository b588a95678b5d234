// The transition table of one TDI. It runs beside PCIe Base 6.x chapter 11 (figure of the TDI state machine, tables of
// the requests and of the configuration registers).
#include "tdisp/tdi.hpp"

#include "machine/rows.hpp"
#include "tdisp/table.hpp"

namespace lockstep::tdisp {
namespace {

using boost::mp11::mp_list;
using boost::msm::front::state;
using machine::none;
using machine::Otherwise;
using machine::Row;

struct CONFIG_UNLOCKED : state<> {};
struct CONFIG_LOCKED : state<> {};
struct RUN : state<> {};
struct ERROR : state<> {};
using States = mp_list<CONFIG_UNLOCKED, CONFIG_LOCKED, RUN, ERROR>;  // in the order of TdiState

template <Stimulus S>
using On = machine::On<S, Request>;
using GET_TDISP_VERSION = On<Stimulus::GET_TDISP_VERSION>;
using GET_TDISP_CAPABILITIES = On<Stimulus::GET_TDISP_CAPABILITIES>;
using LOCK_INTERFACE_REQUEST = On<Stimulus::LOCK_INTERFACE_REQUEST>;
using GET_DEVICE_INTERFACE_REPORT = On<Stimulus::GET_DEVICE_INTERFACE_REPORT>;
using GET_DEVICE_INTERFACE_STATE = On<Stimulus::GET_DEVICE_INTERFACE_STATE>;
using START_INTERFACE_REQUEST = On<Stimulus::START_INTERFACE_REQUEST>;
using STOP_INTERFACE_REQUEST = On<Stimulus::STOP_INTERFACE_REQUEST>;
using BIND_P2P_STREAM_REQUEST = On<Stimulus::BIND_P2P_STREAM_REQUEST>;
using UNBIND_P2P_STREAM_REQUEST = On<Stimulus::UNBIND_P2P_STREAM_REQUEST>;
using SET_MMIO_ATTRIBUTE_REQUEST = On<Stimulus::SET_MMIO_ATTRIBUTE_REQUEST>;
using VDM_REQUEST = On<Stimulus::VDM_REQUEST>;
using CONVENTIONAL_RESET = On<Stimulus::CONVENTIONAL_RESET>;
using FUNCTION_LEVEL_RESET = On<Stimulus::FUNCTION_LEVEL_RESET>;
using SESSION_ENDED = On<Stimulus::SESSION_ENDED>;
using STREAM_INSECURE = On<Stimulus::STREAM_INSECURE>;
using KEYS_REFRESHED = On<Stimulus::KEYS_REFRESHED>;
using CONFIG_WRITE_TRACKED = On<Stimulus::CONFIG_WRITE_TRACKED>;
using CONFIG_WRITE_SENSITIVE = On<Stimulus::CONFIG_WRITE_SENSITIVE>;
using CONFIG_WRITE_UNDECIDED = On<Stimulus::CONFIG_WRITE_UNDECIDED>;
using CONFIG_WRITE_HARMLESS = On<Stimulus::CONFIG_WRITE_HARMLESS>;
using MEMORY_SPACE_OR_BUS_MASTER_CLEARED = On<Stimulus::MEMORY_SPACE_OR_BUS_MASTER_CLEARED>;
using VF_DISABLED = On<Stimulus::VF_DISABLED>;
using POWER_STATE_LOST = On<Stimulus::POWER_STATE_LOST>;
using FIRMWARE_UPDATE = On<Stimulus::FIRMWARE_UPDATE>;
using SECURITY_LOST = On<Stimulus::SECURITY_LOST>;
using TLP_REJECTED = On<Stimulus::TLP_REJECTED>;
using SCRUBBED = On<Stimulus::SCRUBBED>;

// --- guards ----------------------------------------------------------------------------------------------------------

struct Correct {
  bool operator()(const auto& event, const auto&) const { return event.letter.defect == Defect::none; }
};
/// The nonce is the one of this lock, and it has not been dropped.
struct NonceMatches {
  bool operator()(const auto& event, const auto& machine) const {
    return event.letter.defect == Defect::none && machine.tdi.nonce;
  }
};

// --- actions ---------------------------------------------------------------------------------------------------------

struct CreateNonce {
  void operator()(const auto& event, auto& machine) const {
    machine.tdi.nonce = true;
    machine.tdi.bind_p2p = event.letter.letter.bind_p2p;
  }
};
struct ConsumeNonce {
  void operator()(const auto&, auto& machine) const { machine.tdi.nonce = false; }
};
/// Leaving CONFIG_LOCKED or RUN destroys the nonce, forgets the flags and releases peer-to-peer bindings.
struct Release {
  void operator()(const auto&, auto& machine) const { machine.tdi = {}; }
};
struct BindP2p {
  void operator()(const auto&, auto& machine) const { machine.tdi.p2p_bound = true; }
};
struct UnbindP2p {
  void operator()(const auto&, auto& machine) const { machine.tdi.p2p_bound = false; }
};

template <fixed_string Id>
using R = machine::Cite<Id>;

// clang-format off
struct TdiMachine : machine::MachineDefinition<TdiMachine> {
  using initial_state = CONFIG_UNLOCKED;
  Tdi tdi;

  using transition_table = mp_list<
  //   rule                from             event                               to               do            if
  Row<R<"TDISP-LOCK-001">,  CONFIG_UNLOCKED, LOCK_INTERFACE_REQUEST,             CONFIG_LOCKED,   CreateNonce,  Correct>,
  Row<R<"TDISP-START-001">, CONFIG_LOCKED,   START_INTERFACE_REQUEST,            RUN,             ConsumeNonce, NonceMatches>,

  Row<R<"TDISP-STATE-009">, CONFIG_UNLOCKED, STOP_INTERFACE_REQUEST,             none,            none,         Correct>,
  Row<R<"TDISP-STATE-010">, CONFIG_LOCKED,   STOP_INTERFACE_REQUEST,             CONFIG_UNLOCKED, Release,      Correct>,
  Row<R<"TDISP-STATE-011">, RUN,             STOP_INTERFACE_REQUEST,             CONFIG_UNLOCKED, Release,      Correct>,
  Row<R<"TDISP-STATE-012">, ERROR,           STOP_INTERFACE_REQUEST,             CONFIG_UNLOCKED, Release,      Correct>,

  Row<R<"TDISP-STATE-002">, CONFIG_LOCKED,   GET_DEVICE_INTERFACE_REPORT,        none,            none,         Correct>,
  Row<R<"TDISP-STATE-003">, RUN,             GET_DEVICE_INTERFACE_REPORT,        none,            none,         Correct>,

  Row<R<"TDISP-STATE-013">, CONFIG_UNLOCKED, GET_DEVICE_INTERFACE_STATE,         none,            none,         Correct>,
  Row<R<"TDISP-STATE-014">, CONFIG_LOCKED,   GET_DEVICE_INTERFACE_STATE,         none,            none,         Correct>,
  Row<R<"TDISP-STATE-015">, RUN,             GET_DEVICE_INTERFACE_STATE,         none,            none,         Correct>,
  Row<R<"TDISP-STATE-016">, ERROR,           GET_DEVICE_INTERFACE_STATE,         none,            none,         Correct>,

  Row<R<"TDISP-STATE-019">, RUN,             BIND_P2P_STREAM_REQUEST,            none,            BindP2p,      Correct>,
  Row<R<"TDISP-STATE-023">, RUN,             UNBIND_P2P_STREAM_REQUEST,          none,            UnbindP2p,    Correct>,
  Row<R<"TDISP-STATE-027">, RUN,             SET_MMIO_ATTRIBUTE_REQUEST,         none,            none,         Correct>,

  Row<R<"TDISP-OOB-001">,   CONFIG_LOCKED,   CONVENTIONAL_RESET,                 CONFIG_UNLOCKED, Release>,
  Row<R<"TDISP-OOB-001">,   RUN,             CONVENTIONAL_RESET,                 CONFIG_UNLOCKED, Release>,
  Row<R<"TDISP-OOB-001">,   ERROR,           CONVENTIONAL_RESET,                 CONFIG_UNLOCKED, Release>,
  Row<R<"TDISP-OOB-039">,   ERROR,           SCRUBBED,                           CONFIG_UNLOCKED, Release>,

  Row<R<"TDISP-OOB-003">,   CONFIG_LOCKED,   FUNCTION_LEVEL_RESET,               ERROR,           Release>,
  Row<R<"TDISP-OOB-004">,   RUN,             FUNCTION_LEVEL_RESET,               ERROR,           Release>,
  Row<R<"TDISP-OOB-006">,   ERROR,           FUNCTION_LEVEL_RESET,               none>,
  Row<R<"TDISP-OOB-009">,   CONFIG_LOCKED,   SESSION_ENDED,                      ERROR,           Release>,
  Row<R<"TDISP-OOB-009">,   RUN,             SESSION_ENDED,                      ERROR,           Release>,
  Row<R<"TDISP-OOB-014">,   CONFIG_LOCKED,   STREAM_INSECURE,                    ERROR,           Release>,
  Row<R<"TDISP-OOB-014">,   RUN,             STREAM_INSECURE,                    ERROR,           Release>,
  Row<R<"TDISP-OOB-021">,   CONFIG_LOCKED,   CONFIG_WRITE_TRACKED,               ERROR,           Release>,
  Row<R<"TDISP-OOB-021">,   RUN,             CONFIG_WRITE_TRACKED,               ERROR,           Release>,
  Row<R<"TDISP-OOB-022">,   CONFIG_LOCKED,   CONFIG_WRITE_SENSITIVE,             ERROR,           Release>,
  Row<R<"TDISP-OOB-022">,   RUN,             CONFIG_WRITE_SENSITIVE,             ERROR,           Release>,
  Row<R<"TDISP-OOB-019">,   CONFIG_LOCKED,   MEMORY_SPACE_OR_BUS_MASTER_CLEARED, ERROR,           Release>,
  Row<R<"TDISP-OOB-019">,   RUN,             MEMORY_SPACE_OR_BUS_MASTER_CLEARED, ERROR,           Release>,
  Row<R<"TDISP-OOB-027">,   CONFIG_LOCKED,   VF_DISABLED,                        ERROR,           Release>,
  Row<R<"TDISP-OOB-027">,   RUN,             VF_DISABLED,                        ERROR,           Release>,
  Row<R<"TDISP-OOB-037">,   CONFIG_LOCKED,   POWER_STATE_LOST,                   ERROR,           Release>,
  Row<R<"TDISP-OOB-037">,   RUN,             POWER_STATE_LOST,                   ERROR,           Release>,
  Row<R<"TDISP-OOB-041">,   CONFIG_LOCKED,   SECURITY_LOST,                      ERROR,           Release>,
  Row<R<"TDISP-OOB-041">,   RUN,             SECURITY_LOST,                      ERROR,           Release>>;

  // In every state that has no row of its own above. Out of band: nothing is locked, or the event harms nothing.
  using internal_transition_table = mp_list<
  //         rule              event                                do    if
  Otherwise<R<"TDISP-VER-003">,  GET_TDISP_VERSION,                   none, Correct>,
  Otherwise<R<"TDISP-CAP-012">,  GET_TDISP_CAPABILITIES,              none, Correct>,
  Otherwise<R<"TDISP-P2P-011">,  VDM_REQUEST,                         none, Correct>,
  Otherwise<R<"TDISP-OOB-001">,  CONVENTIONAL_RESET>,
  Otherwise<R<"TDISP-OOB-005">,  FUNCTION_LEVEL_RESET>,
  Otherwise<R<"TDISP-OOB-009">,  SESSION_ENDED>,
  Otherwise<R<"TDISP-OOB-014">,  STREAM_INSECURE>,
  Otherwise<R<"TDISP-OOB-017">,  KEYS_REFRESHED>,
  Otherwise<R<"TDISP-OOB-021">,  CONFIG_WRITE_TRACKED>,
  Otherwise<R<"TDISP-OOB-022">,  CONFIG_WRITE_SENSITIVE>,
  Otherwise<R<"TDISP-OOB-038">,  CONFIG_WRITE_UNDECIDED>,
  Otherwise<R<"TDISP-OOB-032">,  CONFIG_WRITE_HARMLESS>,
  Otherwise<R<"TDISP-OOB-019">,  MEMORY_SPACE_OR_BUS_MASTER_CLEARED>,
  Otherwise<R<"TDISP-OOB-027">,  VF_DISABLED>,
  Otherwise<R<"TDISP-OOB-037">,  POWER_STATE_LOST>,
  Otherwise<R<"TDISP-LOCK-034">, FIRMWARE_UPDATE>,
  Otherwise<R<"TDISP-OOB-041">,  SECURITY_LOST>,
  Otherwise<R<"TDISP-TLP-001">,  TLP_REJECTED>,
  Otherwise<R<"TDISP-OOB-039">,  SCRUBBED>>;
};
// clang-format on

using Engine = machine::Engine<TdiMachine, Stimulus, STIMULI, States>;

}  // namespace

std::optional<Taken> take(const Tdi& tdi, const Request& request) {
  Taken taken;
  auto at = static_cast<std::size_t>(tdi.state);
  const bool handled = Engine::run(
      at, request.letter.stimulus, request, [&](TdiMachine& context) { context.tdi = tdi; },
      [&](const TdiMachine& context) {
        taken = {context.tdi, context.rule};
      });
  if (!handled) return std::nullopt;
  taken.after.state = static_cast<TdiState>(at);
  return taken;
}

Answering answering(const Tdi& tdi, const Letter& letter) {
  const Request request{letter, defect_in(tdi, letter)};
  TdiMachine context;
  context.tdi = tdi;
  return {Engine::count(static_cast<std::size_t>(tdi.state), letter.stimulus, request, context),
          refusal_of(tdi, request) != nullptr};
}

std::span<const machine::RowText> rows() {
  static const auto all = Engine::texts();
  return all;
}

}  // namespace lockstep::tdisp
