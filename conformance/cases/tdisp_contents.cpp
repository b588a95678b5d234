// TDISP: what is inside the messages: flags, reporting offset, reports, nonces, peer-to-peer streams, MMIO attributes.
#include "cases/steps.hpp"

namespace lockstep::cases {
namespace {

using D = tdisp::Defect;
using S = tdisp::Stimulus;
namespace w = wire::tdisp;

Step t(S stimulus, D defect = D::none) { return tdisp_step(stimulus, defect); }
Step lock(std::uint64_t flags = 0) {
  return flags == 0 ? t(S::LOCK_INTERFACE_REQUEST) : ignored({set("FLAGS", flags)}, t(S::LOCK_INTERFACE_REQUEST));
}
Step lock_at(std::uint64_t offset) { return ignored({set("MMIO_REPORTING_OFFSET", offset)}, lock()); }
Step lock_for_p2p() { return {tdisp::Letter{.stimulus = S::LOCK_INTERFACE_REQUEST, .bind_p2p = true}}; }
Step report() { return whole(t(S::GET_DEVICE_INTERFACE_REPORT)); }
Step portion(std::uint64_t offset, std::uint64_t length) {
  return ignored({set("OFFSET", offset), set("LENGTH", length)}, t(S::GET_DEVICE_INTERFACE_REPORT));
}
Step start() { return t(S::START_INTERFACE_REQUEST); }
Step stop() { return t(S::STOP_INTERFACE_REQUEST); }
Step bind(D defect = D::none) { return t(S::BIND_P2P_STREAM_REQUEST, defect); }
Step unbind(D defect = D::none) { return t(S::UNBIND_P2P_STREAM_REQUEST, defect); }

constexpr std::size_t LOCKS = 16, NONCE_BITS = 256;

std::vector<Step> many_locks() {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < LOCKS; ++i) steps = steps + std::vector<Step>{stop(), lock()};
  return steps;
}

/// The nonce of this lock with one bit inverted.
std::vector<Step> every_bit_of_the_nonce() {
  std::vector<Step> steps;
  for (std::size_t bit = 0; bit < NONCE_BITS; ++bit)
    steps.push_back(with({flip("START_INTERFACE_NONCE", bit)}, t(S::START_INTERFACE_REQUEST, D::nonce_junk)));
  return steps;
}

const std::vector<Needs> tdisp = {Needs::tdisp};
const std::vector<Needs> two = {Needs::tdisp, Needs::two_tdis};
const std::vector<Needs> p2p = {Needs::tdisp, Needs::ide_km, Needs::p2p};

// clang-format off
std::vector<Case> flags() { return {
  {.id = "tdisp/lock/unsupported-flags", .about = "A FLAGS bit that LOCK_INTERFACE_FLAGS_SUPPORTED lacks is refused.",
   .asks = {"TDISP-LOCK-013"}, .given = Given::secure, .needs = tdisp, .steps = {t(S::LOCK_INTERFACE_REQUEST, D::flags_unsupported)}},
  {.id = "tdisp/lock/with-msi-x", .about = "LOCK_MSIX shows in the report.",
   .asks = {"TDISP-LOCK-031", "TDISP-RPT-010"}, .given = Given::secure, .needs = tdisp, .steps = {lock(w::LOCK_MSIX), report()}},
  {.id = "tdisp/lock/without-msi-x", .about = "Without LOCK_MSIX the report shows nothing of MSI-X.",
   .asks = {"TDISP-RPT-014", "TDISP-RPT-016", "TDISP-RPT-023", "TDISP-LOCK-032"}, .given = Given::secure, .needs = tdisp, .steps = {lock(), report()}},
  {.id = "tdisp/lock/no-firmware-update", .about = "NO_FW_UPDATE shows in INTERFACE_INFO.",
   .asks = {"TDISP-LOCK-033"}, .given = Given::secure, .needs = tdisp, .steps = {lock(w::NO_FW_UPDATE), report()}},
  {.id = "tdisp/lock/cache-line-of-128", .about = "SYSTEM_CACHE_LINE_SIZE is accepted where it is supported.",
   .asks = {"TDISP-LOCK-001"}, .given = Given::secure, .needs = tdisp, .steps = {lock(w::SYSTEM_CACHE_LINE_SIZE)}},
  {.id = "tdisp/lock/address-mask-without-p2p", .about = "BIND_P2P_ADDRESS_MASK is ignored without BIND_P2P.",
   .asks = {"TDISP-LOCK-035"}, .given = Given::secure, .needs = tdisp, .steps = {ignored({set("BIND_P2P_ADDRESS_MASK", 0xFFFF000000000000)}, lock())}},
  {.id = "tdisp/lock/reporting-offset", .about = "MMIO_REPORTING_OFFSET of this lock, and of no other, is in every range.",
   .asks = {"TDISP-LOCK-029", "TDISP-RPT-024"}, .given = Given::secure, .needs = tdisp,
   .steps = {lock_at(0x100000), report(), stop(), lock_at(0x300000), report(), stop(), lock_at(0x700000), report()}},
  {.id = "tdisp/lock/reporting-offset-of-second-tdi", .about = "MMIO_REPORTING_OFFSET of the second TDI is its own.",
   .asks = {"TDISP-LOCK-029", "TDISP-RPT-024"}, .given = Given::tdi_locked, .needs = two,
   .steps = {report(), to_tdi(1, lock_at(0x100000)), to_tdi(1, report()), to_tdi(1, stop()), to_tdi(1, lock_at(0x300000)), to_tdi(1, report())}},
  {.id = "tdisp/lock/offset-not-aligned", .about = "A MMIO_REPORTING_OFFSET that is no multiple of 4 KiB is refused or rounded.",
   .asks = {"TDISP-LOCK-030"}, .given = Given::secure, .needs = tdisp, .steps = {unsettled({set("MMIO_REPORTING_OFFSET", 1)}, lock())}},
  {.id = "tdisp/lock/offset-overflows", .about = "A MMIO_REPORTING_OFFSET that wraps is refused or added modulo 2^64.",
   .asks = {"TDISP-LOCK-030"}, .given = Given::secure, .needs = tdisp, .steps = {lock_at(0x100000), report(), stop(), unsettled({set("MMIO_REPORTING_OFFSET", 0xFFFFFFFFFFFFF000)}, lock()), portion(0, 0xFFFF)}},
  {.id = "tdisp/lock/keys-not-in-use", .about = "LOCK with keys programmed and the stream still Insecure succeeds or not.",
   .asks = {"TDISP-LOCK-011"}, .given = Given::keyed, .needs = {Needs::tdisp, Needs::ide_km}, .steps = {unsettled({}, lock())}},
};}

std::vector<Case> nonces() { return {
  {.id = "tdisp/lock/fresh-nonce-of-many", .about = "Sixteen locks make sixteen nonces.",
   .asks = {"TDISP-LOCK-023"}, .given = Given::tdi_locked, .needs = tdisp, .steps = many_locks()},
  {.id = "tdisp/lock/nonces-of-two-tdis", .about = "Two TDIs never get the same nonce.",
   .asks = {"TDISP-LOCK-024"}, .given = Given::secure, .needs = two, .steps = {lock(), to_tdi(1, lock()), stop(), lock(), to_tdi(1, stop()), to_tdi(1, lock())}},
  {.id = "tdisp/start/nonce-of-another-tdi", .about = "The nonce of another TDI is refused.",
   .asks = {"TDISP-START-005"}, .given = Given::tdi_locked, .needs = two, .steps = {to_tdi(1, lock()), t(S::START_INTERFACE_REQUEST, D::nonce_of_another_tdi)}},
  {.id = "tdisp/start/second-tdi", .about = "The second TDI is started by its own nonce, and not by that of the first.",
   .asks = {"TDISP-START-005", "TDISP-START-001"}, .given = Given::tdi_locked, .needs = two,
   .steps = {to_tdi(1, lock()), to_tdi(1, t(S::START_INTERFACE_REQUEST, D::nonce_of_another_tdi)), to_tdi(1, stop()), to_tdi(1, lock()), to_tdi(1, start())}},
  {.id = "tdisp/start/each-bit-of-the-nonce", .about = "A nonce with a single wrong bit, whichever it is, does not start the TDI.",
   .asks = {"TDISP-START-003", "TDISP-START-002"}, .given = Given::tdi_locked, .needs = tdisp, .steps = every_bit_of_the_nonce()},
  {.id = "tdisp/start/second-tdi-stays", .about = "START of one TDI does not start another.",
   .asks = {"TDISP-STATE-006", "TDISP-LOCK-025"}, .given = Given::tdi_locked, .needs = two, .steps = {to_tdi(1, lock()), start()}},
};}

std::vector<Case> reports() { return {
  {.id = "tdisp/report/portions-of-16", .about = "The report in portions of 16 bytes is the same report.",
   .asks = {"TDISP-RPT-001", "TDISP-RPT-002", "TDISP-RPT-003", "TDISP-RPT-008"}, .given = Given::tdi_locked, .needs = tdisp,
   .steps = {report(), portion(0, 16), portion(16, 16), portion(5, 7)}},
  {.id = "tdisp/report/crossing-the-end", .about = "A portion that would cross the end is cut there.",
   .asks = {"TDISP-RPT-007", "TDISP-RPT-001"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {report(), portion(8, 0xFFFF), portion(12, 0x1000)}},
  {.id = "tdisp/report/first-byte", .about = "LENGTH 1 gives one byte.",
   .asks = {"TDISP-RPT-002", "TDISP-RPT-003"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {portion(0, 1), portion(1, 1)}},
  {.id = "tdisp/report/far-past-the-end", .about = "OFFSET FFFFh is refused.",
   .asks = {"TDISP-RPT-005"}, .given = Given::tdi_locked, .needs = tdisp,
   .steps = {report(), with({set("OFFSET", 0xFFFF)}, t(S::GET_DEVICE_INTERFACE_REPORT, D::offset_beyond_report))}},
  {.id = "tdisp/report/same-in-run", .about = "The report is the same in CONFIG_LOCKED and in RUN.",
   .asks = {"TDISP-RPT-009", "TDISP-RPT-008", "TDISP-STATE-003"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {report(), start(), portion(0, 0xFFFF)}},
  {.id = "tdisp/report/of-two-tdis", .about = "Two TDIs have reports of their own.",
   .asks = {"TDISP-RPT-008"}, .given = Given::tdi_locked, .needs = two, .steps = {to_tdi(1, lock()), report(), to_tdi(1, report()), portion(0, 0xFFFF)}},
  {.id = "tdisp/capabilities/stable", .about = "TDISP_CAPABILITIES does not change during a session.",
   .asks = {"TDISP-CAP-011"}, .given = Given::established, .needs = tdisp,
   .steps = {t(S::GET_TDISP_CAPABILITIES), t(S::GET_TDISP_CAPABILITIES)}},
  {.id = "tdisp/capabilities/stable-when-locked", .about = "TDISP_CAPABILITIES does not change with the state.",
   .asks = {"TDISP-CAP-011"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {t(S::GET_TDISP_CAPABILITIES), start(), t(S::GET_TDISP_CAPABILITIES)}},
  {.id = "tdisp/capabilities/bind-not-offered", .about = "BIND_P2P_STREAM_REQUEST that REQ_MSGS_SUPPORTED lacks is refused.",
   .asks = {"TDISP-CAP-004"}, .given = Given::tdi_run, .needs = tdisp, .steps = {bind(D::not_supported)}},
  {.id = "tdisp/capabilities/unbind-not-offered", .about = "UNBIND_P2P_STREAM_REQUEST that REQ_MSGS_SUPPORTED lacks is refused.",
   .asks = {"TDISP-CAP-004"}, .given = Given::tdi_run, .needs = tdisp, .steps = {unbind(D::not_supported)}},
  {.id = "tdisp/capabilities/mmio-attribute-not-offered", .about = "SET_MMIO_ATTRIBUTE_REQUEST that REQ_MSGS_SUPPORTED lacks is refused.",
   .asks = {"TDISP-CAP-004"}, .given = Given::tdi_run, .needs = tdisp, .steps = {t(S::SET_MMIO_ATTRIBUTE_REQUEST, D::not_supported)}},
};}

std::vector<Case> peers() { return {
  {.id = "tdisp/p2p/bind-and-unbind", .about = "A keyed stream is bound and released in RUN.",
   .asks = {"TDISP-STATE-019", "TDISP-STATE-023", "TDISP-P2P-009"}, .given = Given::secure, .needs = p2p, .steps = {lock_for_p2p(), start(), bind(), unbind()}},
  {.id = "tdisp/p2p/bind-twice", .about = "BIND of a stream that is bound is refused, or harmless.",
   .asks = {"TDISP-P2P-003"}, .given = Given::secure, .needs = p2p, .steps = {lock_for_p2p(), start(), bind(), unsettled({}, bind())}},
  {.id = "tdisp/p2p/unbind-twice", .about = "UNBIND of a stream that is not bound is refused.",
   .asks = {"TDISP-P2P-004"}, .given = Given::secure, .needs = p2p, .steps = {lock_for_p2p(), start(), bind(), unbind(), unbind(D::p2p_not_bound)}},
  {.id = "tdisp/p2p/bind-without-flag", .about = "BIND without BIND_P2P at LOCK is refused.",
   .asks = {"TDISP-P2P-001"}, .given = Given::tdi_run, .needs = p2p, .steps = {bind(D::p2p_not_enabled)}},
  {.id = "tdisp/p2p/malformed", .about = "BIND and UNBIND of a wrong version or a byte too short are refused, and bind and release nothing.",
   .asks = {"TDISP-HDR-013", "TDISP-HDR-015"}, .given = Given::secure, .needs = p2p,
   .steps = {lock_for_p2p(), start(), bind(D::wrong_version), bind(D::too_short), unbind(D::p2p_not_bound),
             bind(), unbind(D::wrong_version), unbind(D::too_short), unbind()}},
  {.id = "tdisp/p2p/bind-unknown-stream", .about = "BIND of a stream that the device does not have is refused.",
   .asks = {"TDISP-P2P-002"}, .given = Given::secure, .needs = p2p, .steps = {lock_for_p2p(), start(), bind(D::stream_unknown)}},
  {.id = "tdisp/p2p/bind-without-keys", .about = "BIND of a stream without keys is refused.",
   .asks = {"TDISP-P2P-002"}, .given = Given::secure, .needs = {Needs::tdisp, Needs::ide_km, Needs::p2p, Needs::two_streams},
   .steps = {lock_for_p2p(), start(), on_stream(1, bind(D::stream_not_keyed))}},
  {.id = "tdisp/p2p/stop-releases", .about = "STOP releases the bound stream: after the next START it is not bound.",
   .asks = {"TDISP-STOP-006", "TDISP-P2P-004"}, .given = Given::secure, .needs = p2p,
   .steps = {lock_for_p2p(), start(), bind(), stop(), lock_for_p2p(), start(), unbind(D::p2p_not_bound)}},
  {.id = "tdisp/p2p/lost-stream-moves-to-error", .about = "A bound peer-to-peer stream that is lost takes the TDI to ERROR.",
   .asks = {"TDISP-P2P-005"}, .given = Given::secure, .needs = {Needs::tdisp, Needs::ide_km, Needs::p2p, Needs::two_streams},
   .steps = each_slot(ide_km::Stimulus::KEY_PROG, false, 6, 1) + each_slot(ide_km::Stimulus::K_SET_GO, false, 6, 1) +
            std::vector<Step>{lock_for_p2p(), start(), on_stream(1, bind())} + each_slot(ide_km::Stimulus::K_SET_STOP, false, 6, 1)},
  {.id = "tdisp/p2p/failed-stream-moves-to-error", .about = "A check failure of a bound peer-to-peer stream takes the TDI to ERROR.",
   .asks = {"TDISP-P2P-005"}, .given = Given::secure, .needs = {Needs::tdisp, Needs::ide_km, Needs::p2p, Needs::two_streams, Needs::injector},
   .steps = each_slot(ide_km::Stimulus::KEY_PROG, false, 6, 1) + each_slot(ide_km::Stimulus::K_SET_GO, false, 6, 1) +
            std::vector<Step>{lock_for_p2p(), start(), on_stream(1, bind()), on_stream(1, ide_km_step(ide_km::Stimulus::CHECK_FAILED))}},
  {.id = "tdisp/mmio/updatable-range", .about = "SET_MMIO_ATTRIBUTE_REQUEST changes a range that the report calls updatable.",
   .asks = {"TDISP-STATE-027", "TDISP-P2P-010"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {report(), start(), t(S::SET_MMIO_ATTRIBUTE_REQUEST)}},
  {.id = "tdisp/mmio/fixed-range", .about = "SET_MMIO_ATTRIBUTE_REQUEST on a range that is not updatable is refused.",
   .asks = {"TDISP-P2P-006"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {report(), start(), t(S::SET_MMIO_ATTRIBUTE_REQUEST, D::range_not_updatable)}},
  {.id = "tdisp/mmio/malformed", .about = "SET_MMIO_ATTRIBUTE_REQUEST of a wrong version or a byte too short is refused.",
   .asks = {"TDISP-HDR-013", "TDISP-HDR-015"}, .given = Given::tdi_locked, .needs = tdisp,
   .steps = {report(), start(), t(S::SET_MMIO_ATTRIBUTE_REQUEST, D::wrong_version), t(S::SET_MMIO_ATTRIBUTE_REQUEST, D::too_short)}},
  {.id = "tdisp/mmio/unknown-range", .about = "SET_MMIO_ATTRIBUTE_REQUEST on a range that was not reported is refused.",
   .asks = {"TDISP-P2P-007"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {report(), start(), t(S::SET_MMIO_ATTRIBUTE_REQUEST, D::range_unknown)}},
  {.id = "tdisp/mmio/shifted-range", .about = "SET_MMIO_ATTRIBUTE_REQUEST on a range one page off is refused.",
   .asks = {"TDISP-P2P-007"}, .given = Given::tdi_locked, .needs = tdisp,
   .steps = {report(), start(), with({{Edit::How::add, "FirstPage", 1}}, t(S::SET_MMIO_ATTRIBUTE_REQUEST, D::range_unknown))}},
  {.id = "tdisp/vdm/vendor-id-past-the-end", .about = "A VENDOR_ID_LEN beyond the message is refused.",
   .asks = {"TDISP-P2P-012", "TDISP-P2P-011"}, .given = Given::tdi_locked, .needs = tdisp, .steps = {with({set("VENDOR_ID_LEN", 0xFF)}, t(S::VDM_REQUEST))}},
};}
// clang-format on

}  // namespace

std::vector<Case> tdisp_content_cases() { return joined({flags(), nonces(), reports(), peers()}); }

}  // namespace lockstep::cases
