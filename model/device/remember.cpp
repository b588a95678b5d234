// What Store takes over from an exchange, once it was judged.
#include <algorithm>

#include "device/store.hpp"
#include "wire/spdm.hpp"

namespace lockstep::device {
namespace {

namespace t = wire::tdisp;

/// Session ID of a session that has just begun. The other half stands in the request, and when that was
/// RESPOND_IF_READY only the conversation knows it.
template <class Exchange>
std::optional<std::uint32_t> new_session(const Store& store, const spdm::Seen& request, std::uint16_t responder_half) {
  if (const auto* exchange = request.message.as<Exchange>())
    return std::uint32_t{responder_half} << 16 | exchange->req_session_id;
  for (const auto& [id, data] : store.conversation.memory().sessions)
    if (id >> 16 == responder_half && store.session_index(id) == NONE) return id;
  return std::nullopt;
}

/// A new connection may be that of a device that was reset: its memory may lie elsewhere now, and its firmware may be
/// another.
void forget_before_reset(Store& store) {
  for (TdiRecord& tdi : store.tdis) {
    tdi.flags_supported.reset();
    tdi.optional_requests.reset();
    tdi.lock.reset();
    tdi.previous.reset();
  }
}

void remember_session(Store& store, const Letter& letter, const spdm::Seen& request, const spdm::Seen& response) {
  const auto* l = std::get_if<SpdmLetter>(&letter.body);
  if (l == nullptr) return;
  if (response.is(wire::spdm::Code::VERSION)) {
    store.session_ids = {};
    if (store.adopts_addresses) forget_before_reset(store);
  }
  if (l->created == NONE) return;
  std::optional<std::uint32_t> id;
  if (const auto* rsp = response.message.as<wire::spdm::KEY_EXCHANGE_RSP>())
    id = new_session<wire::spdm::KEY_EXCHANGE>(store, request, rsp->rsp_session_id);
  if (const auto* rsp = response.message.as<wire::spdm::PSK_EXCHANGE_RSP>())
    id = new_session<wire::spdm::PSK_EXCHANGE>(store, request, rsp->rsp_session_id);
  if (id) store.session_ids[l->created] = id;
}

void remember_portion(TdiRecord& tdi, const t::GET_DEVICE_INTERFACE_REPORT& get,
                      const t::DEVICE_INTERFACE_REPORT& portion) {
  if (!tdi.report_size) tdi.report_size = std::size_t{get.offset} + portion.portion_length + portion.remainder_length;
  if (get.offset > tdi.report.size()) return;
  const std::size_t end = get.offset + portion.report_bytes.size();
  if (end > tdi.report.size()) tdi.report.resize(end);
  std::copy(portion.report_bytes.begin(), portion.report_bytes.end(), tdi.report.begin() + get.offset);
  for (std::size_t i = get.offset; i < std::min(end, tdi.outdated.size()); ++i) tdi.outdated[i] = false;
}

/// A TDI that was started, and one with a range that has another attribute, may have a report of their own.
void may_change_report(TdiRecord& tdi) { tdi.outdated.assign(tdi.report.size(), true); }

/// The report of a lock that is over.
void put_aside(TdiRecord& tdi) {
  if (tdi.lock && tdi.report_size && tdi.report.size() == *tdi.report_size)
    tdi.previous = TdiRecord::Reported{*tdi.lock, tdi.report};
  tdi.lock.reset();
  tdi.report.clear();
  tdi.report_size.reset();
  tdi.outdated.clear();
}

void remember_tdisp(TdiRecord& tdi, const wire::AnyMessage& request, const wire::AnyMessage& response) {
  if (const auto* lock = response.as<t::LOCK_INTERFACE_RESPONSE>()) {
    tdi.nonces.push_back(lock->nonce);
    put_aside(tdi);
    if (const auto* asked = request.as<t::LOCK_INTERFACE_REQUEST>())
      tdi.lock = LockedAs{asked->flags, asked->mmio_reporting_offset};
  }
  if (const auto* caps = response.as<t::TDISP_CAPABILITIES>()) {
    tdi.flags_supported = caps->lock_interface_flags_supported;
    tdi.optional_requests = static_cast<std::uint16_t>(caps->req_msgs_supported >> 8 & 0x1F);
  }
  const auto* get = request.as<t::GET_DEVICE_INTERFACE_REPORT>();
  const auto* portion = response.as<t::DEVICE_INTERFACE_REPORT>();
  if (get != nullptr && portion != nullptr) remember_portion(tdi, *get, *portion);
  if (response.as<t::START_INTERFACE_RESPONSE>() != nullptr || response.as<t::SET_MMIO_ATTRIBUTE_RESPONSE>() != nullptr)
    may_change_report(tdi);
  if (request.as<t::STOP_INTERFACE_REQUEST>() != nullptr && response.as<t::STOP_INTERFACE_RESPONSE>() != nullptr)
    put_aside(tdi);
}

void remember_capabilities(TdiRecord& tdi, std::optional<std::uint32_t> session, const wire::AnyMessage& response) {
  if (response.as<t::TDISP_CAPABILITIES>() == nullptr || tdi.capabilities_session == session) return;
  tdi.capabilities = wire::encode(response.layout(), response.object(), {});
  tdi.capabilities_session = session;
}

void remember_key(StreamRecord& stream, const wire::AnyMessage& request) {
  constexpr std::size_t KEPT = 12;  // one for each slot
  const auto* prog = request.as<wire::ide_km::KEY_PROG>();
  if (prog == nullptr) return;
  stream.keys.emplace_back(prog->key.begin(), prog->key.end());
  if (stream.keys.size() > KEPT) stream.keys.erase(stream.keys.begin());
}

/// The next TDI that has no INTERFACE_ID yet takes this one.
Byte adopt_tdi(Store& store, std::uint32_t function_id) {
  for (std::size_t i = 0; i < store.tdis.size(); ++i) {
    TdiRecord& tdi = store.tdis[i];
    if (tdi.adopted && tdi.function_id == function_id) return NONE;
    if (tdi.adopted) continue;
    tdi.function_id = function_id;
    tdi.adopted = true;
    return static_cast<Byte>(i);
  }
  return NONE;
}

void adopt_stream(Store& store, Byte stream_id, Byte port_index) {
  for (StreamRecord& stream : store.streams) {
    if (!stream.key_seen) stream = {stream_id, port_index, true};
    if (stream.stream_id == stream_id && stream.port_index == port_index) return;
  }
}

}  // namespace

Byte adopt_addresses(Store& store, const spdm::Seen& request) {
  if (!store.adopts_addresses) return NONE;
  const wire::AnyMessage inner = inner_of(request.message);
  if (!inner) return NONE;
  if (const auto* prog = inner.as<wire::ide_km::KEY_PROG>()) adopt_stream(store, prog->stream_id, prog->port_index);
  if (inner.layout().protocol != wire::Protocol::TDISP) return NONE;
  return adopt_tdi(store, static_cast<std::uint32_t>(inner.layout().find("FUNCTION_ID")->get(inner.object())));
}

void remember(Store& store, const Letter& letter, const spdm::Seen& request, const spdm::Seen* response) {
  if (response == nullptr) return;
  remember_session(store, letter, request, *response);
  const wire::AnyMessage inner = inner_of(response->message);
  if (!inner) return;
  if (const auto* l = std::get_if<TdispLetter>(&letter.body); l != nullptr && l->tdi != NONE) {
    remember_tdisp(store.tdis[l->tdi], inner_of(request.message), inner);
    remember_capabilities(store.tdis[l->tdi], letter.session == NONE ? std::nullopt : store.session_ids[letter.session],
                          inner);
  }
  if (const auto* l = std::get_if<IdeKmLetter>(&letter.body); l != nullptr && l->stream != NONE)
    remember_key(store.streams[l->stream], inner_of(request.message));
  if (const auto* query = inner.as<wire::ide_km::QUERY_RESP>()) {
    store.max_port_index = query->max_port_index;
    store.ide_capable = (query->ide_capability & 3) != 0;
  }
}

}  // namespace lockstep::device
