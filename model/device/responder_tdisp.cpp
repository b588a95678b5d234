// TDISP responses of the reference device, and the report of a locked TDI.
#include <algorithm>

#include "device/responder_author.hpp"

namespace lockstep::device {
namespace {

namespace t = wire::tdisp;
using t::MessageType;

constexpr std::uint64_t REQUIRED_REQUESTS = 0xFE;  // 81h to 87h
constexpr Byte ADDRESS_WIDTH = 52;

// The BARs of a TDI: each TDI has a window of its own, BAR 0, 2 and 4 in it.
constexpr std::uint64_t FIRST_WINDOW = 0x2000000000;
constexpr std::uint64_t WINDOW_SIZE = 0x10000000;
constexpr std::uint64_t PAGE = 0x1000;
constexpr std::uint16_t MSI_X_ENABLED_FOUR_VECTORS = 0x8003;

struct Bar {
  std::uint16_t id;
  std::uint64_t offset;
  std::uint32_t pages;
  std::uint16_t attributes;
  std::uint16_t when_msi_x_is_locked;
};
constexpr Bar BARS[] = {
    {0, 0x0000000, 16, 0, 0},
    {2, 0x4000000, 1, t::MMIO_RANGE::IS_NON_TEE_MEM, t::MMIO_RANGE::MSI_X_TABLE | t::MMIO_RANGE::MSI_X_PBA},
    {4, 0x8000000, 256, t::MMIO_RANGE::IS_MEM_ATTR_UPDATABLE, 0},
};

Bytes make_report(const t::LOCK_INTERFACE_REQUEST& lock, Byte tdi) {
  const bool msi_x = (lock.flags & t::LOCK_MSIX) != 0;
  t::TDI_REPORT report;
  report.interface_info = t::TDI_REPORT::DMA_WITHOUT_PASID;
  if ((lock.flags & t::NO_FW_UPDATE) != 0) report.interface_info |= t::TDI_REPORT::NO_FW_UPDATE;
  report.msi_x_message_control = msi_x ? MSI_X_ENABLED_FOUR_VECTORS : std::uint16_t{0};
  for (const Bar& bar : BARS) {
    t::MMIO_RANGE range;
    range.first_page = (FIRST_WINDOW + tdi * WINDOW_SIZE + bar.offset + lock.mmio_reporting_offset) / PAGE;
    range.number_of_pages = bar.pages;
    range.attributes = msi_x && bar.when_msi_x_is_locked != 0 ? bar.when_msi_x_is_locked : bar.attributes;
    range.range_id = bar.id;
    report.mmio_range.push_back(range);
  }
  report.device_specific_info = text_bytes("Lockstep");
  return wire::encode(wire::canonical(report, {}), {});
}

/// Without a lock (a device that has a fault) there is a report all the same.
t::DEVICE_INTERFACE_REPORT portion(const TdiRecord& record, Byte tdi, const t::GET_DEVICE_INTERFACE_REPORT& get,
                                   std::size_t limit) {
  const Bytes report = record.report.empty() ? make_report({}, tdi) : record.report;
  const std::size_t begin = std::min<std::size_t>(get.offset, report.size());
  const std::size_t size = std::min({std::size_t{get.length}, report.size() - begin, limit});
  t::DEVICE_INTERFACE_REPORT response;
  response.report_bytes = copy(View(report).subspan(begin, size));
  response.remainder_length = static_cast<std::uint16_t>(report.size() - begin - size);
  return response;
}

t::TDISP_CAPABILITIES capabilities_of(const ResponderOptions& options) {
  t::TDISP_CAPABILITIES capabilities;
  capabilities.req_msgs_supported = REQUIRED_REQUESTS | std::uint64_t{optional_requests(options)} << 8;
  capabilities.lock_interface_flags_supported = supported_lock_flags();
  capabilities.dev_addr_width = ADDRESS_WIDTH;
  return capabilities;
}

/// The header of the request, whichever it is.
t::Header header_of(View payload) {
  t::Header header;
  if (payload.size() >= 8) {
    header.message_type = payload[1];
    header.function_id = static_cast<std::uint32_t>(read_le(payload.subspan(4, 4)));
  }
  return header;
}

/// What stands behind the Protocol ID in the request.
View tdisp_bytes(const wire::AnyMessage& outer) {
  const auto* envelope = outer.as<wire::spdm::VENDOR_DEFINED_REQUEST>();
  return envelope == nullptr || envelope->vendor_defined_payload.empty()
             ? View{}
             : View(envelope->vendor_defined_payload).subspan(1);
}

t::TDISP_ERROR error_message(std::uint32_t code, Byte request_code) {
  t::TDISP_ERROR error;
  error.error_code = code == Answer::ANY ? static_cast<std::uint32_t>(t::ErrorCode::INVALID_REQUEST) : code;
  if (error.error_code == static_cast<std::uint32_t>(t::ErrorCode::UNSUPPORTED_REQUEST))
    error.error_data = request_code;
  if (error.error_code == static_cast<std::uint32_t>(t::ErrorCode::VENDOR_SPECIFIC_ERROR))
    error.extended_error_data = {0, 2, static_cast<Byte>(wire::spdm::PCISIG_VENDOR_ID), 0};
  return error;
}

}  // namespace

std::uint16_t supported_lock_flags() {
  return t::NO_FW_UPDATE | t::SYSTEM_CACHE_LINE_SIZE | t::LOCK_MSIX | t::BIND_P2P;
}

std::uint16_t optional_requests(const ResponderOptions& options) { return options.optional_requests ? 0x7 : 0; }

void Author::learn_report(Store& store, const Decided& d, const spdm::Seen& request) const {
  const auto* l = std::get_if<TdispLetter>(&d.letter.body);
  const wire::AnyMessage asked = inner_of(request.message);
  const auto* lock = asked.as<t::LOCK_INTERFACE_REQUEST>();
  if (l == nullptr || l->tdi == NONE || lock == nullptr) return;
  TdiRecord& tdi = store.tdis[l->tdi];
  tdi.report = make_report(*lock, l->tdi);
  tdi.report_size = tdi.report.size();
}

Author::Contents Author::tdisp(const Store& store, const Decided& d, const wire::AnyMessage& asked) {
  const t::Header header = header_of(tdisp_bytes(request(store, d)));
  const auto send = [&](auto message) -> Contents {
    message.function_id = header.function_id;
    return finish(store, wire::AnyMessage(message), {});
  };
  if (d.answer.kind == Answer::Kind::error) return send(error_message(d.answer.code, header.message_type));
  const auto* letter = std::get_if<TdispLetter>(&d.letter.body);
  const Byte tdi = letter == nullptr ? NONE : letter->tdi;
  const Byte code = d.answer.code == Answer::ANY ? header.message_type & 0x7F : static_cast<Byte>(d.answer.code);
  switch (static_cast<MessageType>(code)) {
    case MessageType::TDISP_VERSION:
      return send(t::TDISP_VERSION{});
    case MessageType::TDISP_CAPABILITIES:
      return send(capabilities_of(*options_));
    case MessageType::LOCK_INTERFACE_RESPONSE: {
      t::LOCK_INTERFACE_RESPONSE response;
      response.nonce = random_.bytes(response.nonce.size());
      return send(response);
    }
    case MessageType::DEVICE_INTERFACE_REPORT:
      if (const auto* get = asked.as<t::GET_DEVICE_INTERFACE_REPORT>(); get != nullptr && tdi != NONE)
        return send(portion(store.tdis[tdi], tdi, *get, options_->report_portion));
      return Unexpected{Declined{}};
    case MessageType::DEVICE_INTERFACE_STATE: {
      t::DEVICE_INTERFACE_STATE response;
      if (tdi != NONE) response.tdi_state = static_cast<Byte>(d.after.tdis[tdi].state);
      return send(response);
    }
    case MessageType::START_INTERFACE_RESPONSE:
      return send(t::START_INTERFACE_RESPONSE{});
    case MessageType::STOP_INTERFACE_RESPONSE:
      return send(t::STOP_INTERFACE_RESPONSE{});
    case MessageType::BIND_P2P_STREAM_RESPONSE:
      return send(t::BIND_P2P_STREAM_RESPONSE{});
    case MessageType::UNBIND_P2P_STREAM_RESPONSE:
      return send(t::UNBIND_P2P_STREAM_RESPONSE{});
    case MessageType::SET_MMIO_ATTRIBUTE_RESPONSE:
      return send(t::SET_MMIO_ATTRIBUTE_RESPONSE{});
    case MessageType::VDM_RESPONSE: {
      t::VDM_RESPONSE response;
      if (const auto* vdm = asked.as<t::VDM_REQUEST>())
        response.registry_id = vdm->registry_id, response.vendor_id = vdm->vendor_id;
      return send(response);
    }
    case MessageType::SET_TDISP_CONFIG_RESPONSE:
      return send(t::SET_TDISP_CONFIG_RESPONSE{});
    default:
      return Unexpected{Declined{}};
  }
}

}  // namespace lockstep::device
