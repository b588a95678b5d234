// The reference device as a target in this process, with a fault if one is named.
#pragma once

#include "adapters/memory.hpp"
#include "device/events.hpp"
#include "device/responder.hpp"
#include "runner/run.hpp"

namespace lockstep::runner {

inline Profile test_profile() {
  Profile profile;
  profile.shape.tdis = 2;
  profile.function_ids = {0xBEEF, 0xBEF0};
  profile.streams = {{0, 1}};
  profile.psk = device::sample_psks();
  profile.requester.psk_hint = profile.psk.begin()->first;
  return profile;
}

inline adapters::LocalDevice local_device(const device::ResponderOptions& options) {
  auto device = std::make_shared<device::Responder>(options, spdm::doe_records);
  const auto respond = [device](const adapters::Packet& packet) -> std::optional<adapters::Packet> {
    auto answer = device->receive({packet.secured, packet.payload});
    if (!answer) return std::nullopt;
    return adapters::Packet{answer->secured, std::move(answer->payload)};
  };
  const auto inject =
      [device, shape = options.shape](const adapters::Injection& injection) -> Result<adapters::Injected, std::string> {
    const auto event = device::find_event(injection.stimulus, injection.index);
    if (!event) return adapters::Injected::unimplemented;
    if (auto why = device::impossible(shape, device->control(), *event)) return Unexpected{*why};
    device->happens(*event);
    return adapters::Injected::done;
  };
  return {respond, inject};
}

inline adapters::MemoryTarget device_with(std::optional<std::string> fault) {
  device::ResponderOptions options;
  options.shape = test_profile().shape;
  options.psks = test_profile().psk;
  options.mutual_authentication = true;
  options.fault = std::move(fault);
  return adapters::MemoryTarget("reference device", [options] { return local_device(options); });
}

inline Run run_cases(adapters::Target& target, std::vector<const cases::Case*> selection, RunOptions options = {},
                     Observer* observer = nullptr) {
  Observer nobody;
  return run(target, test_profile(), std::move(selection), options, observer == nullptr ? nobody : *observer);
}

}  // namespace lockstep::runner
