// IDE_KM objects of the reference device. Every port has one IDE extended capability with selective streams only.
#include <algorithm>

#include "device/responder_author.hpp"

namespace lockstep::device {
namespace {

namespace k = wire::ide_km;

constexpr Byte MAX_PORT_INDEX = 7;
// IDE Capability register: Selective IDE, IDE_KM, Selective IDE for configuration requests, TEE-Limited Stream.
constexpr std::uint32_t CAPABILITY = 1u << 1 | 1u << 6 | 1u << 7 | 1u << 24;
constexpr std::uint32_t STREAM_ENABLE = 1, DEFAULT_STREAM = 1u << 22;
constexpr std::uint32_t ONE_ADDRESS_BLOCK = 1;

/// The register block of a stream; without one, of a stream that is not configured.
k::SELECTIVE_IDE_BLOCK registers(const StreamRecord* record, const ide_km::Stream* stream, bool is_default) {
  k::SELECTIVE_IDE_BLOCK block;
  block.capability = ONE_ADDRESS_BLOCK;
  block.address_association.emplace_back();
  if (record == nullptr) return block;
  block.control = std::uint32_t{record->stream_id} << 24 | (is_default ? DEFAULT_STREAM : 0) |
                  (stream->enabled ? STREAM_ENABLE : 0);
  block.status = static_cast<std::uint32_t>(stream->state);
  block.rid_association_1 = 0xFFFFu << 8;  // every requester below the port
  block.rid_association_2 = 1;
  return block;
}

k::QUERY_RESP query_resp(const Store& store, const Control& control, Byte port) {
  k::QUERY_RESP response;
  const std::uint32_t function = store.tdis.empty() ? 0 : store.tdis[0].function_id;
  response.port_index = port;
  response.dev_func_num = static_cast<Byte>(function & 0xF8);  // function 0 of that device
  response.bus_num = static_cast<Byte>(function >> 8);
  response.max_port_index = MAX_PORT_INDEX;
  for (std::size_t i = 0; i < store.streams.size(); ++i)
    if (store.streams[i].port_index == port)
      response.selective_ide.push_back(registers(&store.streams[i], &control.streams[i], i == 0));
  if (response.selective_ide.empty()) response.selective_ide.push_back(registers(nullptr, nullptr, false));
  response.ide_capability = CAPABILITY | static_cast<std::uint32_t>(response.selective_ide.size() - 1) << 16;
  return response;
}

/// The fields that an acknowledgement repeats, from their place in a request that may be too short.
template <class M>
M acknowledgement(View object) {
  const auto at = [&](std::size_t i) { return i < object.size() ? object[i] : Byte{0}; };
  M message;
  message.stream_id = at(4);
  message.key_sub_stream = at(6) & 0xF3;
  message.port_index = at(7);
  return message;
}

}  // namespace

Author::Contents Author::ide_km(const Store& store, const Decided& d, const wire::AnyMessage& asked) {
  const wire::AnyMessage outer = request(store, d);
  const auto* envelope = outer.as<wire::spdm::VENDOR_DEFINED_REQUEST>();
  const View object = envelope == nullptr ? View{} : View(envelope->vendor_defined_payload);
  if (d.answer.kind == Answer::Kind::error) {
    k::KP_ACK ack = acknowledgement<k::KP_ACK>(object);
    ack.status = d.answer.code == Answer::ANY ? static_cast<Byte>(k::Status::UNSPECIFIED_FAILURE)
                                              : static_cast<Byte>(d.answer.code);
    return finish(store, wire::AnyMessage(ack), {});
  }
  switch (static_cast<k::ObjectId>(d.answer.code)) {
    case k::ObjectId::QUERY_RESP:
      if (const auto* query = asked.as<k::QUERY>())
        return finish(store, wire::AnyMessage(query_resp(store, d.after, query->port_index)), {});
      return Unexpected{Declined{}};
    case k::ObjectId::KP_ACK:
      return finish(store, wire::AnyMessage(acknowledgement<k::KP_ACK>(object)), {});
    case k::ObjectId::K_GOSTOP_ACK:
      return finish(store, wire::AnyMessage(acknowledgement<k::K_GOSTOP_ACK>(object)), {});
    default:
      return Unexpected{Declined{}};
  }
}

}  // namespace lockstep::device
