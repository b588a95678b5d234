// Faults of a device that writes something wrong into an answer.
#include <algorithm>

#include "device/faults_words.hpp"

namespace lockstep::device {
namespace {

using namespace faulty;

constexpr std::uint64_t PAGE = 4096;

/// The TDI that a TDISP message speaks of.
template <class M>
const TdiRecord* tdi_of(const M& message, const Store& store) {
  const Byte i = store.tdi_index(message.function_id);
  return i == NONE ? nullptr : &store.tdis[i];
}

/// Changes a report that goes out in one piece.
template <class Change>
void change_report(wire::AnyMessage& message, const Store& store, Change&& change) {
  auto* portion = edit<t::DEVICE_INTERFACE_REPORT>(message);
  if (portion == nullptr) return;
  const TdiRecord* tdi = tdi_of(*portion, store);
  auto report = wire::decode<t::TDI_REPORT>(portion->report_bytes, {});
  if (tdi == nullptr || !tdi->lock || !report || portion->remainder_length != 0) return;
  change(report->message, *tdi);
  portion->report_bytes = wire::encode(report->message, {});
}

void move_ranges(t::TDI_REPORT& report, std::uint64_t by) {
  for (t::MMIO_RANGE& range : report.mmio_range) range.first_page += by / PAGE;
}

void offset_ignored(wire::AnyMessage& message, const Store& store) {
  change_report(message, store, [](t::TDI_REPORT& report, const TdiRecord& tdi) {
    move_ranges(report, 0 - tdi.lock->mmio_reporting_offset);
  });
}
void offset_of_previous_lock(wire::AnyMessage& message, const Store& store) {
  change_report(message, store, [](t::TDI_REPORT& report, const TdiRecord& tdi) {
    const std::uint64_t old = tdi.previous ? tdi.previous->lock.mmio_reporting_offset : 0;
    move_ranges(report, old - tdi.lock->mmio_reporting_offset);
  });
}
void ranges_from_zero(wire::AnyMessage& message, const Store& store) {
  change_report(message, store, [](t::TDI_REPORT& report, const TdiRecord&) {
    std::uint64_t page = 0;
    for (t::MMIO_RANGE& range : report.mmio_range) {
      range.first_page = page;
      page += range.number_of_pages;
    }
  });
}
void msi_x_control(wire::AnyMessage& message, const Store& store) {
  change_report(message, store, [](t::TDI_REPORT& report, const TdiRecord&) { report.msi_x_message_control = 0x8003; });
}
void tph_control(wire::AnyMessage& message, const Store& store) {
  change_report(message, store, [](t::TDI_REPORT& report, const TdiRecord&) { report.tph_control = 1; });
}
void msi_x_ranges(wire::AnyMessage& message, const Store& store) {
  change_report(message, store, [](t::TDI_REPORT& report, const TdiRecord&) {
    report.mmio_range.front().attributes |= t::MMIO_RANGE::MSI_X_TABLE;
  });
}
void no_msi_x_ranges(wire::AnyMessage& message, const Store& store) {
  change_report(message, store, [](t::TDI_REPORT& report, const TdiRecord&) {
    for (t::MMIO_RANGE& range : report.mmio_range)
      range.attributes &= static_cast<std::uint16_t>(~(t::MMIO_RANGE::MSI_X_TABLE | t::MMIO_RANGE::MSI_X_PBA));
  });
}
void firmware_updates_unsaid(wire::AnyMessage& message, const Store& store) {
  change_report(message, store, [](t::TDI_REPORT& report, const TdiRecord&) {
    report.interface_info &= static_cast<std::uint16_t>(~t::TDI_REPORT::NO_FW_UPDATE);
  });
}
void empty_range(wire::AnyMessage& message, const Store& store) {
  change_report(message, store,
                [](t::TDI_REPORT& report, const TdiRecord&) { report.mmio_range.front().number_of_pages = 0; });
}

/// A portion that does not begin at the start of the report (remainder and size say where it is) begins with a wrong
/// byte.
void later_portions_differ(wire::AnyMessage& message, const Store& store) {
  auto* portion = edit<t::DEVICE_INTERFACE_REPORT>(message);
  const TdiRecord* tdi = portion == nullptr ? nullptr : tdi_of(*portion, store);
  if (tdi == nullptr || portion->report_bytes.empty()) return;
  if (portion->report_bytes.size() + portion->remainder_length < tdi->report.size()) portion->report_bytes.front() ^= 1;
}
void portion_too_long(wire::AnyMessage& message, const Store&) {
  auto* portion = edit<t::DEVICE_INTERFACE_REPORT>(message);
  if (portion == nullptr || portion->remainder_length == 0) return;
  portion->report_bytes.push_back(0);
  ++portion->portion_length;
  --portion->remainder_length;
}
void portion_empty(wire::AnyMessage& message, const Store&) {
  auto* portion = edit<t::DEVICE_INTERFACE_REPORT>(message);
  if (portion == nullptr || portion->remainder_length == 0) return;
  portion->remainder_length = static_cast<std::uint16_t>(portion->remainder_length + portion->report_bytes.size());
  portion->report_bytes.clear();
  portion->portion_length = 0;
}

void capabilities_change(wire::AnyMessage& message, const Store& store) {
  auto* capabilities = edit<t::TDISP_CAPABILITIES>(message);
  const TdiRecord* tdi = capabilities == nullptr ? nullptr : tdi_of(*capabilities, store);
  if (tdi != nullptr) capabilities->num_req_all = static_cast<Byte>(1 + tdi->nonces.size() % 2);
}
void request_missing(wire::AnyMessage& message, const Store&) {
  if (auto* capabilities = edit<t::TDISP_CAPABILITIES>(message))
    capabilities->req_msgs_supported &= ~std::uint64_t{0x80};
}
void version_missing(wire::AnyMessage& message, const Store&) {
  if (auto* versions = edit<t::TDISP_VERSION>(message)) versions->version_num_entry = {0x20};
}
void error_data_zero(wire::AnyMessage& message, const Store&) {
  if (auto* error = edit<t::TDISP_ERROR>(message)) error->error_data = 0;
}
void error_with_extension(wire::AnyMessage& message, const Store&) {
  if (auto* error = edit<t::TDISP_ERROR>(message)) error->extended_error_data = Bytes(4);
}
void header_reserved(wire::AnyMessage& message, const Store&) {
  if (auto* versions = edit<t::TDISP_VERSION>(message)) versions->reserved = 1;
}
void header_interface(wire::AnyMessage& message, const Store&) {
  if (auto* versions = edit<t::TDISP_VERSION>(message)) versions->function_id ^= 1;
}
void nonce_of_other(wire::AnyMessage& message, const Store& store) {
  auto* lock = edit<t::LOCK_INTERFACE_RESPONSE>(message);
  if (lock == nullptr) return;
  for (const TdiRecord& tdi : store.tdis)
    if (tdi.function_id != lock->function_id && !tdi.nonces.empty()) lock->nonce = tdi.nonces.back();
}
void always_unlocked(wire::AnyMessage& message, const Store&) {
  if (auto* state = edit<t::DEVICE_INTERFACE_STATE>(message)) state->tdi_state = 0;
}

void key_ack_elsewhere(wire::AnyMessage& message, const Store&) {
  if (auto* ack = edit<k::KP_ACK>(message)) ack->port_index ^= 1;
}
void go_ack_elsewhere(wire::AnyMessage& message, const Store&) {
  if (auto* ack = edit<k::K_GOSTOP_ACK>(message)) ack->stream_id ^= 1;
}
void go_ack_reserved(wire::AnyMessage& message, const Store&) {
  if (auto* ack = edit<k::K_GOSTOP_ACK>(message)) ack->reserved_5 = 1;
}
void query_port(wire::AnyMessage& message, const Store&) {
  if (auto* query = edit<k::QUERY_RESP>(message)) query->port_index ^= 1;
}
void status_undefined(wire::AnyMessage& message, const Store&) {
  if (auto* query = edit<k::QUERY_RESP>(message)) query->selective_ide.front().status = 1;
}
void show_key(wire::AnyMessage& message, const Store& store) {
  auto* query = edit<k::QUERY_RESP>(message);
  if (query == nullptr || store.streams[0].keys.empty()) return;
  const View key = store.streams[0].keys.back();
  const auto word = [&](std::size_t i) { return static_cast<std::uint32_t>(read_le(key.subspan(4 * i, 4))); };
  auto& block = query->selective_ide.front();
  block.rid_association_1 = word(0);
  block.rid_association_2 = word(1);
  block.address_association.front().address_association_1 = word(2);
  block.address_association.front().address_association_2 = word(3);
}

/// What CERTIFICATE answers, nullptr: it answers something else.
const w::GET_CERTIFICATE* certificate_request(const Store& store) {
  const spdm::Pending* pending = store.conversation.pending(std::nullopt);
  return pending == nullptr ? nullptr : pending->message.as<w::GET_CERTIFICATE>();
}
void give_bytes(w::CERTIFICATE& portion, std::uint16_t size) {
  portion.portion_length = size;
  portion.cert_chain.assign(size, 0);
}
void bytes_past_the_end(wire::AnyMessage& message, const Store& store) {
  auto* portion = edit<w::CERTIFICATE>(message);
  const auto* request = certificate_request(store);
  if (portion != nullptr && request != nullptr && request->offset == 0xFFFF) give_bytes(*portion, request->length);
}
void size_with_bytes(wire::AnyMessage& message, const Store& store) {
  auto* portion = edit<w::CERTIFICATE>(message);
  const auto* request = certificate_request(store);
  if (portion != nullptr && request != nullptr && (request->param2 & request->SLOT_SIZE_REQUESTED) != 0)
    give_bytes(*portion, 16);
}
void block_of_any_index(wire::AnyMessage& message, const Store& store) {
  auto* measurements = edit<w::MEASUREMENTS>(message);
  const spdm::Pending* pending = store.conversation.pending(std::nullopt);
  const auto* request = pending == nullptr ? nullptr : pending->message.as<w::GET_MEASUREMENTS>();
  if (measurements == nullptr || request == nullptr || measurements->number_of_blocks != 0) return;
  w::MeasurementBlock block;
  block.index = request->param2;
  block.dmtf_spec_measurement_value_type = w::MeasurementBlock::RAW_BIT_STREAM;
  measurements->number_of_blocks = 1;
  measurements->measurement_record = wire::encode(wire::canonical(block, {}), {});
  measurements->measurement_record_length = static_cast<std::uint32_t>(measurements->measurement_record.size());
}

void leave_nonce_out(const wire::Layout& layout, Bytes& response) {
  if (&layout != &w::MEASUREMENTS::layout()) return;
  constexpr std::size_t RECORD_LENGTH = 5, RECORD = 8;
  const auto nonce =
      response.begin() + static_cast<std::ptrdiff_t>(RECORD + read_le(View(response).subspan(RECORD_LENGTH, 3)));
  response.erase(nonce, nonce + w::NONCE_SIZE);
}

}  // namespace

std::vector<Behaviour> content_behaviours() {
  return {
      {.fault = {"tdisp-offset-ignored", "MMIO_REPORTING_OFFSET is not in the report", "TDISP-LOCK-029"},
       .write = offset_ignored},
      {.fault = {"tdisp-ranges-below-offset", "the report's ranges begin at zero whatever the offset",
                 "TDISP-LOCK-029"},
       .write = ranges_from_zero},
      {.fault = {"tdisp-offset-of-earlier-lock", "the report has the offset of an earlier lock", "TDISP-RPT-024"},
       .write = offset_of_previous_lock},
      {.fault = {"tdisp-msi-x-control-unlocked", "MSI_X_MESSAGE_CONTROL is reported though MSI-X is not locked",
                 "TDISP-RPT-014"},
       .write = msi_x_control},
      {.fault = {"tdisp-tph-control-unlocked", "TPH_CONTROL is reported though MSI-X is not locked", "TDISP-RPT-016"},
       .write = tph_control},
      {.fault = {"tdisp-msi-x-range-unlocked", "a range is called the MSI-X table though it is not locked",
                 "TDISP-RPT-023"},
       .write = msi_x_ranges},
      {.fault = {"tdisp-msi-x-range-missing", "no range is called the MSI-X table though it is locked",
                 "TDISP-LOCK-031"},
       .write = no_msi_x_ranges},
      {.fault = {"tdisp-no-fw-update-unsaid", "NO_FW_UPDATE does not show in the report", "TDISP-LOCK-033"},
       .write = firmware_updates_unsaid},
      {.fault = {"tdisp-report-range-empty", "a reported range has no pages", "TDISP-RPT-021"}, .write = empty_range},
      {.fault = {"tdisp-report-portions-differ", "portions from the middle of the report are not the report's",
                 "TDISP-RPT-008"},
       .write = later_portions_differ},
      {.fault = {"tdisp-report-portion-too-long", "a portion is longer than LENGTH", "TDISP-RPT-002"},
       .write = portion_too_long},
      {.fault = {"tdisp-report-portion-empty", "a portion is empty though more remains", "TDISP-RPT-003"},
       .write = portion_empty},
      {.fault = {"tdisp-capabilities-change", "TDISP_CAPABILITIES changes during a session", "TDISP-CAP-011"},
       .write = capabilities_change},
      {.fault = {"tdisp-required-request-missing", "REQ_MSGS_SUPPORTED lacks STOP_INTERFACE_REQUEST", "TDISP-CAP-003"},
       .write = request_missing},
      {.fault = {"tdisp-version-missing", "TDISP_VERSION does not list 1.0", "TDISP-VER-002"},
       .write = version_missing},
      {.fault = {"tdisp-error-data-zero", "UNSUPPORTED_REQUEST does not name the request", "TDISP-HDR-011"},
       .write = error_data_zero},
      {.fault = {"tdisp-error-extended", "errors have extended data that is not the vendor's", "TDISP-HDR-021"},
       .write = error_with_extension},
      {.fault = {"tdisp-header-reserved", "reserved header bytes are sent as one", "TDISP-HDR-005"},
       .write = header_reserved},
      {.fault = {"tdisp-header-interface", "answers name another INTERFACE_ID", "TDISP-HDR-004"},
       .write = header_interface},
      {.fault = {"tdisp-nonce-of-another-tdi", "two TDIs get the same nonce", "TDISP-LOCK-024"},
       .write = nonce_of_other},
      {.fault = {"tdisp-state-always-unlocked", "reports CONFIG_UNLOCKED whatever the state", "TDISP-STATE-015"},
       .write = always_unlocked},
      {.fault = {"spdm-certificate-past-the-end", "gives bytes from behind the end of the chain", "SPDM-CERT-007"},
       .write = bytes_past_the_end,
       .makes_up_contents = true},
      {.fault = {"spdm-certificate-size-with-bytes", "gives bytes though only the size was asked for", "SPDM-CERT-011"},
       .write = size_with_bytes},
      {.fault = {"spdm-measurement-of-any-index", "has a measurement of whatever index it is asked for",
                 "SPDM-MEAS-004"},
       .write = block_of_any_index,
       .makes_up_contents = true},
      {.fault = {"spdm-measurements-without-nonce", "MEASUREMENTS has no nonce", "SPDM-MEAS-016"},
       .resize = leave_nonce_out},
      {.fault = {"ide-kp-ack-elsewhere", "KP_ACK names another port", "IDE-MSG-016"}, .write = key_ack_elsewhere},
      {.fault = {"ide-gostop-ack-elsewhere", "K_GOSTOP_ACK names another stream", "IDE-MSG-031"},
       .write = go_ack_elsewhere},
      {.fault = {"ide-gostop-ack-reserved", "K_GOSTOP_ACK has a reserved byte that is not zero", "IDE-MSG-032"},
       .write = go_ack_reserved},
      {.fault = {"ide-query-port", "QUERY_RESP names another port", "IDE-MSG-006"}, .write = query_port},
      {.fault = {"ide-status-undefined", "the status register is neither Insecure nor Secure", "IDE-STREAM-003"},
       .write = status_undefined},
      {.fault = {"ide-registers-show-key", "registers show the bytes of a key", "IDE-STREAM-012"}, .write = show_key},
  };
}

}  // namespace lockstep::device
