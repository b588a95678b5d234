#include "device/store.hpp"

#include "wire/vendor_defined.hpp"

namespace lockstep::device {

Store::Store(Shape device_shape, spdm::Conversation seen) : shape(device_shape), conversation(std::move(seen)) {
  LOCKSTEP_ASSERT(shape.sessions <= MAX_SESSIONS && shape.streams <= MAX_STREAMS && shape.tdis <= MAX_TDIS);
  tdis.resize(shape.tdis);
  streams.resize(shape.streams);
}

Byte Store::session_index(std::optional<std::uint32_t> id) const {
  if (!id) return NONE;
  for (Byte i = 0; i < session_ids.size(); ++i)
    if (session_ids[i] == id) return i;
  return NONE;
}

Byte Store::tdi_index(std::uint32_t function_id) const {
  for (Byte i = 0; i < tdis.size(); ++i)
    if (tdis[i].function_id == function_id) return i;
  return NONE;
}

Byte Store::stream_index(Byte stream_id, Byte port_index) const {
  for (Byte i = 0; i < streams.size(); ++i)
    if (streams[i].stream_id == stream_id && streams[i].port_index == port_index && has_address(streams[i])) return i;
  return NONE;
}

wire::AnyMessage inner_of(const wire::AnyMessage& message) {
  const wire::spdm::VendorDefinedFields* envelope = message.as<wire::spdm::VENDOR_DEFINED_REQUEST>();
  if (envelope == nullptr) envelope = message.as<wire::spdm::VENDOR_DEFINED_RESPONSE>();
  if (envelope == nullptr) return {};
  const auto inner = wire::inner_message(*envelope);
  if (!inner) return {};
  auto decoded = wire::decode_inner(*inner, {});
  return decoded ? decoded->message : wire::AnyMessage{};
}

}  // namespace lockstep::device
