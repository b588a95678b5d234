// Requests of TDISP and objects of IDE_KM.
#include "device/requester.hpp"

namespace lockstep::device {
namespace {

namespace t = wire::tdisp;
namespace k = wire::ide_km;
using tdisp::Defect;
using tdisp::Stimulus;

constexpr std::uint32_t NOT_HOSTED = 0x00FFF8;  // a Requester ID that no function under test has
constexpr Byte UNKNOWN_STREAM_ID = 0xEE;
constexpr Byte UNKNOWN_CODE = 0xFE;
constexpr Byte WRONG_TDISP_VERSION = 0x20;

template <class M>
Bytes encoded(M message, const Store& store, std::uint32_t function_id) {
  message.version = store.tdisp_version;
  message.function_id = function_id;
  return wire::encode(message, {});
}

Byte stream_id(const Store& store, const TdispLetter& l) {
  if (l.letter.defect == Defect::stream_unknown || l.stream == NONE) return UNKNOWN_STREAM_ID;
  return store.streams[l.stream].stream_id;
}

t::LOCK_INTERFACE_REQUEST lock(const Store& store, const TdispLetter& l) {
  t::LOCK_INTERFACE_REQUEST request;
  request.default_stream_id = stream_id(store, l);
  const std::uint16_t supported = l.tdi == NONE ? std::uint16_t{0} : store.tdis[l.tdi].flags_supported.value_or(0);
  if (l.letter.bind_p2p) request.flags = t::BIND_P2P;
  if (l.letter.defect == Defect::flags_reserved) request.flags = 0x8000;
  if (l.letter.defect == Defect::flags_unsupported)
    request.flags = static_cast<std::uint16_t>(~supported & 0x001F);  // 0 when everything is supported: no such letter
  return request;
}

/// The nonce that stands in the asked relation to what was seen; junk when there is none.
Bytes nonce(const Store& store, const Control& control, const TdispLetter& l, crypto::Random& random) {
  Bytes junk = random.bytes(32);
  if (l.tdi == NONE) return junk;
  const auto& own = store.tdis[l.tdi].nonces;
  switch (l.letter.defect) {
    case Defect::nonce_junk:
      return junk;
    case Defect::nonce_of_another_tdi:
      for (Byte i = 0; i < store.tdis.size(); ++i)
        if (i != l.tdi && !store.tdis[i].nonces.empty()) return store.tdis[i].nonces.back();
      return junk;
    case Defect::nonce_old:
      if (!control.tdis[l.tdi].nonce) return own.empty() ? junk : own.back();  // the one that was destroyed last
      return own.size() > 1 ? own[own.size() - 2] : junk;
    default:
      return own.empty() ? junk : own.back();
  }
}

t::GET_DEVICE_INTERFACE_REPORT report(const Store& store, const TdispLetter& l) {
  t::GET_DEVICE_INTERFACE_REPORT request;
  request.length = 0xFFFF;
  if (l.letter.defect == Defect::length_zero) request.length = 0;
  if (l.tdi == NONE) return request;
  const TdiRecord& tdi = store.tdis[l.tdi];
  if (l.letter.defect == Defect::offset_beyond_report)
    request.offset = static_cast<std::uint16_t>(tdi.report_size.value_or(0xFFFF));
  else if (tdi.report_size && tdi.report.size() < *tdi.report_size)
    request.offset = static_cast<std::uint16_t>(tdi.report.size());  // goes on where the last portion ended
  return request;
}

t::SET_MMIO_ATTRIBUTE_REQUEST mmio_attribute(const Store& store, const TdispLetter& l) {
  t::SET_MMIO_ATTRIBUTE_REQUEST request;
  request.number_of_pages = 1;
  request.range_id = 0xFFFF;
  if (l.tdi == NONE || l.letter.defect == Defect::range_unknown) return request;
  const auto known = wire::decode<t::TDI_REPORT>(store.tdis[l.tdi].report, {});
  if (!known) return request;
  const bool updatable = l.letter.defect != Defect::range_not_updatable;
  for (const t::MMIO_RANGE& range : known->message.mmio_range) {
    if (((range.attributes & t::MMIO_RANGE::IS_MEM_ATTR_UPDATABLE) != 0) != updatable) continue;
    static_cast<t::MMIO_RANGE&>(request) = range;
    request.attributes = t::MMIO_RANGE::IS_NON_TEE_MEM;
    break;
  }
  return request;
}

Bytes correct(const Store& store, const Control& control, const TdispLetter& l, crypto::Random& random) {
  const std::uint32_t id = l.tdi == NONE ? NOT_HOSTED : store.tdis[l.tdi].function_id;
  switch (l.letter.stimulus) {
    case Stimulus::GET_TDISP_VERSION:
      return encoded(t::GET_TDISP_VERSION{}, store, id);
    case Stimulus::GET_TDISP_CAPABILITIES:
      return encoded(t::GET_TDISP_CAPABILITIES{}, store, id);
    case Stimulus::LOCK_INTERFACE_REQUEST:
      return encoded(lock(store, l), store, id);
    case Stimulus::GET_DEVICE_INTERFACE_REPORT:
      return encoded(report(store, l), store, id);
    case Stimulus::START_INTERFACE_REQUEST: {
      t::START_INTERFACE_REQUEST request;
      request.nonce = nonce(store, control, l, random);
      return encoded(request, store, id);
    }
    case Stimulus::STOP_INTERFACE_REQUEST:
      return encoded(t::STOP_INTERFACE_REQUEST{}, store, id);
    case Stimulus::BIND_P2P_STREAM_REQUEST: {
      t::BIND_P2P_STREAM_REQUEST request;
      request.p2p_stream_id = stream_id(store, l);
      return encoded(request, store, id);
    }
    case Stimulus::UNBIND_P2P_STREAM_REQUEST: {
      t::UNBIND_P2P_STREAM_REQUEST request;
      const Byte bound = l.tdi == NONE ? NONE : control.bindings[l.tdi].p2p_stream;
      request.p2p_stream_id = bound == NONE ? stream_id(store, l) : store.streams[bound].stream_id;
      return encoded(request, store, id);
    }
    case Stimulus::SET_MMIO_ATTRIBUTE_REQUEST:
      return encoded(mmio_attribute(store, l), store, id);
    case Stimulus::VDM_REQUEST: {
      t::VDM_REQUEST request;
      request.registry_id = 1;  // a registry and vendor that nobody implements
      request.vendor_id = {0xFF, 0xFF};
      return encoded(wire::canonical(request, {}), store, id);
    }
    case Stimulus::SET_TDISP_CONFIG_REQUEST:
      return encoded(t::SET_TDISP_CONFIG_REQUEST{}, store, id);
    case Stimulus::UNKNOWN_REQUEST: {
      t::GET_DEVICE_INTERFACE_STATE request;
      request.message_type = UNKNOWN_CODE;
      return encoded(request, store, id);
    }
    default:
      return encoded(t::GET_DEVICE_INTERFACE_STATE{}, store, id);
  }
}

}  // namespace

Requester::Made Requester::tdisp_message(const Store& store, const Control& control, const TdispLetter& l) {
  if (l.letter.stimulus >= tdisp::FIRST_OUT_OF_BAND) return Unexpected{std::string("an event is no message")};
  Bytes message = correct(store, control, l, random_);
  if (l.letter.defect == Defect::wrong_version) message[0] = WRONG_TDISP_VERSION;
  if (l.letter.defect == Defect::too_short) message.pop_back();
  if (l.letter.defect == Defect::too_long) message.push_back(0);
  return message;
}

Requester::Made Requester::ide_km_object(const Store& store, const IdeKmLetter& l) {
  using ide_km::Defect;
  const StreamRecord stream = l.stream == NONE ? StreamRecord{UNKNOWN_STREAM_ID, 0} : store.streams[l.stream];
  const Byte port = l.letter.defect == Defect::port_unsupported
                        ? static_cast<Byte>(store.max_port_index.value_or(0xFE) + 1)
                        : stream.port_index;
  Byte key = k::KeySubStream{k::KeySet(l.letter.slot.k1), k::KeyDirection(l.letter.slot.tx),
                             k::SubStream(l.letter.slot.sub_stream)}
                 .byte();
  if (l.letter.defect == Defect::sub_stream_invalid) key = static_cast<Byte>((key & 0x0F) | 0xF0);
  const auto addressed = [&](auto object) {
    object.stream_id = l.letter.defect == Defect::stream_unknown ? UNKNOWN_STREAM_ID : stream.stream_id;
    object.key_sub_stream = key;
    object.port_index = port;
    return object;
  };
  Bytes bytes;
  switch (l.letter.stimulus) {
    case ide_km::Stimulus::QUERY: {
      k::QUERY query;
      query.port_index = port;
      bytes = wire::encode(query, {});
      break;
    }
    case ide_km::Stimulus::KEY_PROG: {
      auto prog = addressed(k::KEY_PROG{});
      prog.key = k::wire_key(random_.bytes(32));
      if (l.letter.defect == Defect::ifv_not_initial) prog.set_ifv(2);
      bytes = wire::encode(prog, {});
      break;
    }
    case ide_km::Stimulus::K_SET_GO:
      bytes = wire::encode(addressed(k::K_SET_GO{}), {});
      break;
    case ide_km::Stimulus::K_SET_STOP:
      bytes = wire::encode(addressed(k::K_SET_STOP{}), {});
      break;
    case ide_km::Stimulus::UNKNOWN_OBJECT:
      bytes = {k::PROTOCOL_ID, UNKNOWN_CODE, 0, 0};
      break;
    default:
      return Unexpected{std::string("an event is no message")};
  }
  if (l.letter.defect == Defect::wrong_length) bytes.pop_back();
  return bytes;
}

}  // namespace lockstep::device
