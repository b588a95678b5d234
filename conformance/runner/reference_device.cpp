#include "runner/reference_device.hpp"

#include "adapters/serve_object.hpp"
#include "device/events.hpp"

namespace lockstep::runner {
namespace {

constexpr std::uint32_t DATA_TRANSFER_SIZE = 0x1000;  // with CHUNK_CAP, so that it can be asked for large messages

Result<adapters::Injected, std::string> make_happen(const device::Shape& shape, device::Responder& device,
                                                    const adapters::Injection& injection) {
  const auto event = device::find_event(injection.stimulus, injection.index);
  if (!event) return adapters::Injected::unimplemented;
  if (auto why = device::impossible(shape, device.control(), *event)) return Unexpected{std::move(*why)};
  device.happens(*event);
  return adapters::Injected::done;
}

}  // namespace

adapters::LocalDevice reference_device(const device::ResponderOptions& options, const adapters::Binding& binding) {
  const spdm::RecordFormat format{binding.sequence_number_size, binding.inner_message_type, binding.max_random_pad,
                                  binding.inner_tcp_header};
  auto device = std::make_shared<device::Responder>(options, format);
  const auto respond = [device](const adapters::Packet& packet) -> std::optional<adapters::Packet> {
    auto answer = device->receive({packet.secured, packet.payload});
    if (!answer) return std::nullopt;
    return adapters::Packet{answer->secured, std::move(answer->payload)};
  };
  const auto inject = [device, shape = options.shape](const adapters::Injection& injection) {
    return make_happen(shape, *device, injection);
  };
  return {respond, inject};
}

adapters::LocalDevice reference_device_behind(const device::ResponderOptions& options, adapters::Transport transport) {
  adapters::LocalDevice device = reference_device(options, adapters::binding(transport));
  device.objects = [transport, respond = device.respond](View object) {
    return adapters::serve_object(transport, object, respond);
  };
  return device;
}

device::ResponderOptions like_model(device::ResponderOptions options) {
  options.shape.tdis = 2;  // one TDI never moves another: that takes two, and so it is with streams
  options.shape.streams = 2;
  options.mutual_authentication = true;
  if (!options.data_transfer_size) options.data_transfer_size = DATA_TRANSFER_SIZE;
  options.mutual_authentication_by = spdm::MutAuth::encapsulated;
  return options;
}

adapters::Claims reference_claims(const device::ResponderOptions& options, adapters::Transport transport) {
  adapters::Claims claims{.name = "lockstep reference device", .transport = transport, .reset = true};
  claims.root_complex_integrated = options.shape.kind == device::Kind::root_complex_integrated;
  device::Store store(options.shape, spdm::Conversation());
  device::name_as_reference(store);
  for (const device::TdiRecord& tdi : store.tdis) claims.function_ids.push_back(tdi.function_id);
  for (const device::StreamRecord& stream : store.streams)
    claims.streams.push_back({stream.stream_id, stream.port_index});
  for (const device::Event& event : device::events()) claims.injects.push_back(event.name);
  return claims;
}

}  // namespace lockstep::runner
