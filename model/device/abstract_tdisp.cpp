#include <algorithm>

#include "device/abstract.hpp"

namespace lockstep::device {
namespace {

using tdisp::Defect;
using tdisp::Stimulus;
namespace w = wire::tdisp;

constexpr std::size_t HEADER_SIZE = 16;

/// Where several ports have it, that of the first one, which is the one that the host sees.
Byte stream_with_id(const Store& store, Byte stream_id) {
  Byte found = NONE;
  for (std::size_t i = 0; i < store.streams.size(); ++i) {
    const StreamRecord& stream = store.streams[i];
    const bool has_it = stream.stream_id == stream_id && store.has_address(stream);
    if (has_it && (found == NONE || stream.port_index < store.streams[found].port_index)) found = static_cast<Byte>(i);
  }
  return found;
}

Defect lock_defect(const Store& store, const w::LOCK_INTERFACE_REQUEST& lock, const TdispLetter& l) {
  if ((lock.flags & 0xFFE0) != 0) return Defect::flags_reserved;
  if (l.tdi != NONE && (lock.flags & ~store.tdis[l.tdi].flags_supported.value_or(0xFFFF)) != 0)
    return Defect::flags_unsupported;
  return Defect::none;
}

Defect nonce_defect(const Store& store, const Control& control, const Bytes& nonce, Byte tdi) {
  if (tdi == NONE) return Defect::none;
  const auto& own = store.tdis[tdi].nonces;
  if (control.tdis[tdi].nonce && !own.empty() && own.back() == nonce) return Defect::none;
  if (std::find(own.begin(), own.end(), nonce) != own.end()) return Defect::nonce_old;
  for (const TdiRecord& other : store.tdis)
    if (std::find(other.nonces.begin(), other.nonces.end(), nonce) != other.nonces.end())
      return Defect::nonce_of_another_tdi;
  return Defect::nonce_junk;
}

Defect report_defect(const Store& store, const w::GET_DEVICE_INTERFACE_REPORT& get, Byte tdi) {
  if (tdi != NONE && store.tdis[tdi].report_size && get.offset >= *store.tdis[tdi].report_size)
    return Defect::offset_beyond_report;
  return get.length == 0 ? Defect::length_zero : Defect::none;
}

/// The range as the report of this lock has it; nullopt: not a reported range, or the report was not read.
std::optional<w::MMIO_RANGE> reported(const TdiRecord& tdi, const w::MMIO_RANGE& range) {
  const auto report = wire::decode<w::TDI_REPORT>(tdi.report, {});
  if (!report) return std::nullopt;
  for (const w::MMIO_RANGE& known : report->message.mmio_range)
    if (known.range_id == range.range_id && known.first_page == range.first_page &&
        known.number_of_pages == range.number_of_pages)
      return known;
  return std::nullopt;
}

Defect range_defect(const Store& store, const w::MMIO_RANGE& range, Byte tdi) {
  if (tdi == NONE) return Defect::none;
  if (store.adopts_addresses && store.tdis[tdi].report.empty()) return Defect::none;  // it was not recorded
  const auto known = reported(store.tdis[tdi], range);
  if (!known) return Defect::range_unknown;
  return (known->attributes & w::MMIO_RANGE::IS_MEM_ATTR_UPDATABLE) != 0 ? Defect::none : Defect::range_not_updatable;
}

/// Optional requests: offered as far as TDISP_CAPABILITIES says so; nothing is known before it was read.
bool offered(const Store& store, Byte tdi, Byte code) {
  if (code < static_cast<Byte>(w::MessageType::BIND_P2P_STREAM_REQUEST) || tdi == NONE) return true;
  const auto& optional = store.tdis[tdi].optional_requests;
  return !optional || (*optional >> (code - 0x88) & 1) != 0;
}

Defect content_defect(const Store& store, const Control& control, const wire::AnyMessage& message, TdispLetter& l) {
  if (const auto* lock = message.as<w::LOCK_INTERFACE_REQUEST>()) {
    l.stream = stream_with_id(store, lock->default_stream_id);
    l.letter.bind_p2p = (lock->flags & w::BIND_P2P) != 0;
    return lock_defect(store, *lock, l);
  }
  if (const auto* start = message.as<w::START_INTERFACE_REQUEST>())
    return nonce_defect(store, control, start->nonce, l.tdi);
  if (const auto* get = message.as<w::GET_DEVICE_INTERFACE_REPORT>()) return report_defect(store, *get, l.tdi);
  if (const auto* bind = message.as<w::BIND_P2P_STREAM_REQUEST>()) {
    l.stream = stream_with_id(store, bind->p2p_stream_id);
    return Defect::none;
  }
  if (const auto* unbind = message.as<w::UNBIND_P2P_STREAM_REQUEST>()) {
    l.stream = stream_with_id(store, unbind->p2p_stream_id);
    return Defect::none;
  }
  if (const auto* set = message.as<w::SET_MMIO_ATTRIBUTE_REQUEST>()) return range_defect(store, *set, l.tdi);
  return Defect::none;
}

}  // namespace

Stimulus tdisp_stimulus(Byte code) {
  if (code < 0x81 || code > 0x8C) return Stimulus::UNKNOWN_REQUEST;
  return static_cast<Stimulus>(code - 0x81);  // the in-band stimuli stand in the order of their codes
}
static_assert(static_cast<int>(Stimulus::SET_TDISP_CONFIG_REQUEST) == 0x8C - 0x81);

TdispLetter abstract_tdisp(const Store& store, const Control& control, View message) {
  TdispLetter l;
  l.stream = NONE;
  if (message.size() < HEADER_SIZE) {
    l.letter = {.stimulus = Stimulus::UNKNOWN_REQUEST, .defect = Defect::too_short};
    l.tdi = NONE;
    return l;
  }
  const Byte code = message[1];
  l.letter.stimulus = tdisp_stimulus(code);
  l.tdi = store.tdi_index(static_cast<std::uint32_t>(read_le(message.subspan(4, 4))));
  const bool asks_version = l.letter.stimulus == Stimulus::GET_TDISP_VERSION;
  if (message[0] != (asks_version ? w::VERSION_1_0 : store.tdisp_version)) {
    l.letter.defect = Defect::wrong_version;
    return l;
  }
  if (l.letter.stimulus == Stimulus::UNKNOWN_REQUEST) return l;
  if (!offered(store, l.tdi, code)) {
    l.letter.defect = Defect::not_supported;
    return l;
  }
  const auto decoded = w::decode_tdisp(message, {});
  if (!decoded) {
    l.letter.defect = Defect::too_short;
  } else {
    // The stream that it names counts all the same: a device may take no notice of bytes behind the end.
    const Defect inside = content_defect(store, control, decoded->message, l);
    l.letter.defect = decoded->consumed < message.size() ? Defect::too_long : inside;
  }
  return l;
}

}  // namespace lockstep::device
