// What is no row of the transition table: the refusals of one TDI; which letters exist; names.
#include "machine/names.hpp"
#include "tdisp/table.hpp"

namespace lockstep::tdisp {
namespace {

using enum Stimulus;
using enum Defect;
using wire::tdisp::ErrorCode;
constexpr auto any = std::nullopt;
constexpr auto UNLOCKED = TdiState::CONFIG_UNLOCKED;
constexpr auto LOCKED = TdiState::CONFIG_LOCKED;
constexpr auto RUN = TdiState::RUN;
constexpr auto IN_ERROR = TdiState::ERROR;

// The order is the order of checks: form, then state, then contents. Devices may check in another order (choices.cpp).
// clang-format off
constexpr Refusal REFUSALS[] = {
  // stimulus                    from      defect                  TDISP_ERROR                              rule
  {any,                          any,      wrong_version,          ErrorCode::VERSION_MISMATCH,             "TDISP-HDR-013"},
  {UNKNOWN_REQUEST,              any,      too_short,              ErrorCode::INVALID_REQUEST,              "TDISP-HDR-017"},
  {UNKNOWN_REQUEST,              any,      any,                    ErrorCode::UNSUPPORTED_REQUEST,          "TDISP-HDR-010"},
  {SET_TDISP_CONFIG_REQUEST,     UNLOCKED, any,                    ErrorCode::UNSUPPORTED_REQUEST,          "TDISP-P2P-013"},
  {SET_TDISP_CONFIG_REQUEST,     any,      any,                    ErrorCode::UNSUPPORTED_REQUEST,          "TDISP-P2P-014"},
  {VDM_REQUEST,                  any,      not_supported,          ErrorCode::UNSUPPORTED_REQUEST,          "TDISP-P2P-011"},
  {any,                          any,      not_supported,          ErrorCode::UNSUPPORTED_REQUEST,          "TDISP-CAP-004"},
  {VDM_REQUEST,                  any,      too_short,              ErrorCode::INVALID_REQUEST,              "TDISP-P2P-012"},
  {START_INTERFACE_REQUEST,      any,      too_short,              ErrorCode::INVALID_REQUEST,              "TDISP-START-003"},
  {any,                          any,      too_short,              ErrorCode::INVALID_REQUEST,              "TDISP-HDR-015"},
  {any,                          any,      too_long,               ErrorCode::INVALID_REQUEST,              "TDISP-HDR-016"},

  {LOCK_INTERFACE_REQUEST,       LOCKED,   any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-LOCK-002"},
  {LOCK_INTERFACE_REQUEST,       RUN,      any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-LOCK-003"},
  {LOCK_INTERFACE_REQUEST,       IN_ERROR, any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-LOCK-004"},
  {GET_DEVICE_INTERFACE_REPORT,  UNLOCKED, any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-001"},
  {GET_DEVICE_INTERFACE_REPORT,  IN_ERROR, any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-004"},
  {START_INTERFACE_REQUEST,      UNLOCKED, any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-005"},
  {START_INTERFACE_REQUEST,      RUN,      any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-007"},
  {START_INTERFACE_REQUEST,      IN_ERROR, any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-008"},
  {BIND_P2P_STREAM_REQUEST,      UNLOCKED, any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-017"},
  {BIND_P2P_STREAM_REQUEST,      LOCKED,   any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-018"},
  {BIND_P2P_STREAM_REQUEST,      IN_ERROR, any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-020"},
  {UNBIND_P2P_STREAM_REQUEST,    UNLOCKED, any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-021"},
  {UNBIND_P2P_STREAM_REQUEST,    LOCKED,   any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-022"},
  {UNBIND_P2P_STREAM_REQUEST,    IN_ERROR, any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-024"},
  {SET_MMIO_ATTRIBUTE_REQUEST,   UNLOCKED, any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-025"},
  {SET_MMIO_ATTRIBUTE_REQUEST,   LOCKED,   any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-026"},
  {SET_MMIO_ATTRIBUTE_REQUEST,   IN_ERROR, any,                    ErrorCode::INVALID_INTERFACE_STATE,      "TDISP-STATE-028"},

  {any,                          any,      foreign_session,        ErrorCode::INVALID_REQUEST,              "TDISP-START-012"},
  {LOCK_INTERFACE_REQUEST,       UNLOCKED, stream_unknown,         ErrorCode::INVALID_REQUEST,              "TDISP-LOCK-010"},
  {LOCK_INTERFACE_REQUEST,       UNLOCKED, stream_ambiguous,       ErrorCode::INVALID_REQUEST,              "TDISP-LOCK-012"},
  {LOCK_INTERFACE_REQUEST,       UNLOCKED, stream_not_keyed,       ErrorCode::INVALID_REQUEST,              "TDISP-LOCK-006"},
  {LOCK_INTERFACE_REQUEST,       UNLOCKED, stream_keyed_elsewhere, ErrorCode::INVALID_REQUEST,              "TDISP-LOCK-008"},
  {LOCK_INTERFACE_REQUEST,       UNLOCKED, stream_not_tc0,         ErrorCode::INVALID_REQUEST,              "TDISP-LOCK-009"},
  {LOCK_INTERFACE_REQUEST,       UNLOCKED, device_configuration,   ErrorCode::INVALID_DEVICE_CONFIGURATION, "TDISP-LOCK-015"},
  {LOCK_INTERFACE_REQUEST,       UNLOCKED, flags_unsupported,      ErrorCode::INVALID_REQUEST,              "TDISP-LOCK-013"},
  {LOCK_INTERFACE_REQUEST,       UNLOCKED, flags_reserved,         ErrorCode::INVALID_REQUEST,              "TDISP-LOCK-014"},
  {START_INTERFACE_REQUEST,      LOCKED,   nonce_junk,             ErrorCode::INVALID_NONCE,                "TDISP-START-002"},
  {START_INTERFACE_REQUEST,      LOCKED,   nonce_old,              ErrorCode::INVALID_NONCE,                "TDISP-START-004"},
  {START_INTERFACE_REQUEST,      LOCKED,   nonce_of_another_tdi,   ErrorCode::INVALID_NONCE,                "TDISP-START-005"},
  {START_INTERFACE_REQUEST,      LOCKED,   nonce_spent,            ErrorCode::INVALID_NONCE,                "TDISP-START-009"},
  {GET_DEVICE_INTERFACE_REPORT,  any,      offset_beyond_report,   ErrorCode::INVALID_REQUEST,              "TDISP-RPT-005"},
  {GET_DEVICE_INTERFACE_REPORT,  any,      length_zero,            ErrorCode::INVALID_REQUEST,              "TDISP-RPT-006"},
  {BIND_P2P_STREAM_REQUEST,      RUN,      p2p_not_enabled,        ErrorCode::INVALID_REQUEST,              "TDISP-P2P-001"},
  {BIND_P2P_STREAM_REQUEST,      RUN,      stream_unknown,         ErrorCode::INVALID_REQUEST,              "TDISP-P2P-002"},
  {BIND_P2P_STREAM_REQUEST,      RUN,      stream_not_keyed,       ErrorCode::INVALID_REQUEST,              "TDISP-P2P-002"},
  {BIND_P2P_STREAM_REQUEST,      RUN,      stream_keyed_elsewhere, ErrorCode::INVALID_REQUEST,              "TDISP-P2P-002"},
  {UNBIND_P2P_STREAM_REQUEST,    RUN,      p2p_not_bound,          ErrorCode::INVALID_REQUEST,              "TDISP-P2P-004"},
  {SET_MMIO_ATTRIBUTE_REQUEST,   RUN,      range_not_updatable,    ErrorCode::INVALID_REQUEST,              "TDISP-P2P-006"},
  {SET_MMIO_ATTRIBUTE_REQUEST,   RUN,      range_unknown,          ErrorCode::INVALID_REQUEST,              "TDISP-P2P-007"},
};
// clang-format on

using Set = std::uint32_t;
static_assert(DEFECTS <= 32);
constexpr Set set(std::initializer_list<Defect> defects) {
  Set all = 0;
  for (Defect defect : defects) all |= Set{1} << static_cast<unsigned>(defect);
  return all;
}

constexpr Set FORM = set({none, wrong_version, too_short, too_long});
constexpr Set OPTIONAL = FORM | set({not_supported, foreign_session});

/// What can be wrong with a request.
Set defects_of(Stimulus stimulus) {
  switch (stimulus) {
    case GET_TDISP_VERSION:
    case GET_TDISP_CAPABILITIES:
      return FORM;
    case GET_DEVICE_INTERFACE_STATE:
    case STOP_INTERFACE_REQUEST:
      return FORM | set({foreign_session});
    case LOCK_INTERFACE_REQUEST:
      return FORM | set({foreign_session, stream_unknown, stream_ambiguous, stream_not_keyed, stream_keyed_elsewhere,
                         stream_not_tc0, device_configuration, flags_unsupported, flags_reserved});
    case GET_DEVICE_INTERFACE_REPORT:
      return FORM | set({foreign_session, offset_beyond_report, length_zero});
    case START_INTERFACE_REQUEST:
      return FORM | set({foreign_session, nonce_old, nonce_of_another_tdi, nonce_junk});
    case BIND_P2P_STREAM_REQUEST:
      return OPTIONAL | set({stream_unknown, stream_not_keyed, stream_keyed_elsewhere, p2p_not_enabled});
    case UNBIND_P2P_STREAM_REQUEST:
      return OPTIONAL | set({p2p_not_bound});
    case SET_MMIO_ATTRIBUTE_REQUEST:
      return OPTIONAL | set({range_not_updatable, range_unknown});
    case VDM_REQUEST:
      return set({none, wrong_version, not_supported, too_short});
    case SET_TDISP_CONFIG_REQUEST:
      return set({none, wrong_version, not_supported, too_short, too_long});
    case UNKNOWN_REQUEST:
      return set({none, wrong_version, too_short});
    default:
      return set({none});
  }
}

template <class T>
bool fits(const std::optional<T>& wanted, T actual) {
  return !wanted || *wanted == actual;
}

std::string_view error_name(ErrorCode code) {
  return machine::name_among<ErrorCode::INVALID_REQUEST, ErrorCode::INVALID_INTERFACE_STATE,
                             ErrorCode::UNSUPPORTED_REQUEST, ErrorCode::VERSION_MISMATCH, ErrorCode::INVALID_NONCE,
                             ErrorCode::INVALID_DEVICE_CONFIGURATION>(code);
}

template <class T>
std::string_view name_or_empty(const std::optional<T>& value) {
  return value ? name(*value) : std::string_view();
}

}  // namespace

std::span<const Refusal> refusals() { return REFUSALS; }

const Refusal* refusal_of(const Tdi& tdi, const Request& request) {
  if (!in_band(request.letter)) return nullptr;
  for (const Refusal& refusal : REFUSALS)
    if (fits(refusal.stimulus, request.letter.stimulus) && fits(refusal.from, tdi.state) &&
        fits(refusal.defect, request.defect))
      return &refusal;
  return nullptr;
}

bool meaningful(const Letter& letter) {
  if (letter.stimulus >= Stimulus::END_OF_STIMULI) return false;
  if (letter.bind_p2p && letter.stimulus != LOCK_INTERFACE_REQUEST) return false;
  return (defects_of(letter.stimulus) & set({letter.defect})) != 0;
}

bool consistent(const Tdi& tdi) {
  return (!tdi.nonce || tdi.state == LOCKED) && (!tdi.bind_p2p || secured(tdi)) && (!tdi.p2p_bound || tdi.state == RUN);
}

Defect defect_in(const Tdi& tdi, const Letter& letter) {
  const Defect said = letter.defect;
  // Its header version is the same in every revision, so a device has no need to look at it.
  if (letter.stimulus == GET_TDISP_VERSION && said == wrong_version) return none;
  // Nobody owns a TDI that is not locked, and nobody needs to own it to read from it.
  const bool reads = letter.stimulus == GET_DEVICE_INTERFACE_STATE || letter.stimulus == GET_DEVICE_INTERFACE_REPORT;
  if (said == foreign_session && (reads || !secured(tdi))) return none;
  if (said != none && said < nonce_old) return said;
  if (letter.stimulus == START_INTERFACE_REQUEST && tdi.state == LOCKED && !tdi.nonce) return nonce_spent;
  if (letter.stimulus == BIND_P2P_STREAM_REQUEST && tdi.state == RUN && !tdi.bind_p2p) return p2p_not_enabled;
  if (letter.stimulus == UNBIND_P2P_STREAM_REQUEST && tdi.state == RUN && !tdi.p2p_bound) return p2p_not_bound;
  return said;
}

machine::StateTable state_table() {
  machine::StateTable table{"TDI", name(TdiState::CONFIG_UNLOCKED), rows(), {}};
  for (const Refusal& refusal : REFUSALS)
    table.refusals.push_back({refusal.rule.id(), name_or_empty(refusal.from), name_or_empty(refusal.stimulus),
                              name_or_empty(refusal.defect), "TDISP_ERROR " + std::string(error_name(refusal.error))});
  return table;
}

std::string_view name(TdiState state) { return machine::enumerator_name<4>(state); }
std::string_view name(Stimulus stimulus) { return machine::enumerator_name<STIMULI>(stimulus); }
std::string_view name(Defect defect) { return machine::enumerator_name<DEFECTS>(defect); }

}  // namespace lockstep::tdisp
